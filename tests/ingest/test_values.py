"""What stands in cells: numbers, dates, words, names."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_app.errors import AnswerNeeded, Refused, UnknownColumn
from geo_app.ingest import amounts, columns, dates, statuses
from geo_app.ingest.unitwords import Unit, area_unit_by_value, unit_in_name
from geo_app.rules import RULES
from geo_app.units import MU, to_parts
from tests.ingest import files
from tests.ingest.conftest import left_out, rules

TONNES = Unit("吨", "mass", Fraction(1))


@pytest.mark.parametrize(
    ("written", "tonnes"),
    [
        ("5", "5"), ("1,234.5", "1234.5"), ("1,234.5 吨", "1234.5"), ("１２３．５", "123.5"),
        ("12,345,678", "12345678"),
        ("1 234.5", "1234.5"), ("300公斤", "0.3"), ("1.2万吨", "12000"), ("1.2万", "12000"),
        ("2 tons", "1.81436948"),
        ("+3", "3"), ("1.5e3", "1500"), (".5", "0.5"), ("0", "0"), ("1,234", "1234"), ("7.", "7"),
    ],
)  # fmt: skip
def test_amounts_are_read(written, tonnes):
    assert amounts.parse([written], "c", TONNES).parts == [to_parts(Decimal(tonnes), "mass")]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("****", "not_a_number"), ("NaN", "not_a_number"), ("inf", "not_a_number"), ("-5", "negative_number"),
        ("−5", "negative_number"), ("约5吨", "not_a_number"), ("5立方米", "wrong_unit"),
        ("5 方", "wrong_unit"),
        ("1.2.3", "not_a_number"), ("1,23,4", "not_a_number"), ("n/a", "not_a_number"),
        ("9" * 17, "number_too_large"),
        ("#DIV/0!", "not_a_number"), ("5-6", "not_a_number"), ("1e999", "number_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_a_fault(written, rule):
    read = amounts.parse([written], "c", TONNES)
    assert (read.parts, read.faults[0].rule) == ([None], rule)


@given(st.lists(st.one_of(st.text(max_size=12), st.text("0123456789.,'+-eE 吨万kg%　１。", max_size=12)), max_size=6))
def test_any_text_is_an_amount_or_missing_or_a_fault(values):
    read = amounts.parse(values, "c", TONNES)
    assert len(read.parts) == len(values)
    assert all(part is None or part >= 0 for part in read.parts)
    assert all(read.parts[row] is None for row in read.faults)


def test_a_gap_inside_a_number_is_none():
    assert amounts.parse(["15.0        8"], "c", TONNES).faults[0].rule == "not_a_number"


def test_empty_is_missing_and_never_zero():
    read = amounts.parse([None, "", " "], "c", TONNES)
    assert (read.parts, read.faults) == ([None, None, None], {})


def test_a_comma_that_is_both_in_one_column_is_ambiguous():
    read = amounts.parse(["67,8", "1,234.5", "67,800"], "c", TONNES)
    assert {row: fault.rule for row, fault in read.faults.items()} == {2: "ambiguous_number"}


@given(st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False), st.sampled_from([Fraction(1), MU]))
def test_amounts_agree_with_exact_arithmetic(value, factor):
    unit = Unit("x", "area", factor)
    assert amounts.parse([f"{value:f}"], "c", unit).parts == [to_parts(value, "area", factor)]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2023-09-14", "2023-09-14"), ("2023/9/14", "2023-09-14"), ("2023.9.14", "2023-09-14"),
        ("20230914", "2023-09-14"),
        ("2023年9月14日", "2023-09-14"), ("2023年9月", "2023-09"), ("2023", "2023"), ("2023年", "2023"),
        ("202309", "2023-09"),
        ("2023-09-14 08:30:00", "2023-09-14"), ("2023-09-14T08:30:00Z", "2023-09-14"),
        ("14 Sep 2023", "2023-09-14"),
        ("Sep 14, 2023", "2023-09-14"), ("２０２３－０９－１４", "2023-09-14"), ("4/4/2023", "2023-04-04"),
        ("soon", None), ("2023-13-01", None), ("2023-02-30", None), ("45183", None), ("3/4/2023", None),
        ("0000-00-00", None),
        ("1823-01-01", None),
    ],
)  # fmt: skip
def test_dates(written, iso):
    read, faults = dates.parse([written], "c")
    assert read == [iso]
    assert bool(faults) == (iso is None)


def test_day_and_month_are_told_apart_by_other_rows():
    assert dates.parse(["3/4/2023", "25/4/2023"], "c")[0][0] == "2023-04-03"
    assert dates.parse(["3/4/2023", "4/25/2023"], "c")[0][0] == "2023-03-04"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("已完成", "finished"), (" 已验收 ", "verified"), ("未完成", "ongoing"), ("2023年已完成", None),
        ("拟验收", None),
        ("未验收", None), ("不合格", None), ("Completed", "finished"), ("incomplete", None),
        ("not completed", None), ("谜", None),
    ],
)  # fmt: skip
def test_status_words(layers, written, status):
    read, findings = statuses.read([written], layers["grassland_restored"].status)
    assert read == [status]
    assert bool(findings) == (status is None)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("重量(吨)", "吨"), ("重量（吨）", "吨"), ("面积_亩", "亩"), ("Area_ha", "ha"), ("area (m2)", "m2"),
        ("Hectares", "hectares"),
        ("金额(万元)", "万元"), ("清理量(万吨)", "万吨"), ("net_weight_kg", "kg"),
        ("Waste in Place (tons)", "tons"),
        ("体积(m³)", "m3"), ("Alpha", None), ("Amount", None), ("Datum", None), ("MJ", None), ("编号", None),
        ("面积(", None),
    ],
)  # fmt: skip
def test_units_in_names(name, word):
    found = unit_in_name(name)
    assert (found and found.word) == word


@pytest.mark.parametrize(
    ("factor", "word"), [(1, "m²"), (2000 / 3, "亩"), (1e4, "ha"), (1e6, "km²"), (4046.86, "acres")]
)
def test_units_by_value(factor, word):
    areas = np.array([5e3, 7e4, 3e5, 0, np.nan])
    stated = np.array([*(areas[:3] / factor * [1.0, 0.9, 1.1]), 1, 1])
    found = area_unit_by_value(stated, areas, None)
    assert (found.unit.word, found.share, found.rows) == (word, 1.0, 3)


def test_a_column_serves_once_and_the_best_name_wins():
    known = {"code": ["TBBH", "ID"], "name": ["MC", "ID"]}
    assert columns.guess(["id", "tbbh"], known, {}, is_cut=False) == {"code": "tbbh", "name": "id"}


def test_chosen_columns_come_first_and_may_be_none():
    known = {"code": ["A"], "name": ["B"]}
    assert columns.guess(["A", "B"], known, {"name": "A", "code": ""}, is_cut=False) == {"name": "A"}


@pytest.mark.parametrize(("chosen", "match"), [({"code": "X"}, "are: A, B"), ({"colour": "A"}, "none of our columns")])
def test_a_column_that_is_not_there_is_refused_with_the_list(chosen, match):
    with pytest.raises(UnknownColumn, match=match):
        columns.guess(["A", "B"], {}, chosen, is_cut=False)


# --- through a whole file


def csv(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return tmp_path / "a.csv"


def test_codes_are_numbered_where_they_repeat(tmp_path, take):
    reading = take(csv(tmp_path, "磅单号,吨数\nA,1\nB,2\nA,3\n,4\n"), "waste_household")
    assert reading.sites["code"].tolist() == ["A", "B", "A", None]
    assert reading.sites["ordinal"].tolist() == [1, 1, 2, 1]
    assert {"repeated_code", "code_from_row"} <= rules(reading)


def test_volume_never_becomes_weight(tmp_path, take):
    reading = take(csv(tmp_path, "磅单号,清理量(m³)\nA,1\n"), "waste_household")
    assert (reading.total, reading.sites["amount"].isna().all()) == (0, True)
    assert "wrong_measure" in rules(reading)


def test_a_layer_of_weights_needs_a_column_of_weights(tmp_path, take):
    path = csv(tmp_path, "磅单号,别的\nA,1\n")
    with pytest.raises(AnswerNeeded) as asked:
        take(path, "waste_household")
    assert (asked.value.needs, asked.value.choices) == ("columns", ("磅单号", "别的"))
    assert take(path, "waste_household", columns={"quantity": "别的"}).total == 1_000_000
    assert "quantity_missing" in rules(take(path, "waste_household", columns={"quantity": ""}))


def test_each_row_of_a_count_layer_counts_one_unless_it_says_more(tmp_path, take):
    assert take(csv(tmp_path, "案件编号\nA\nB\n"), "cases_administrative").total == 2
    assert take(csv(tmp_path, "案件编号,数量\nA,3\nB,4\n"), "cases_administrative").total == 7


def test_money_in_ten_thousands(tmp_path, take):
    assert take(csv(tmp_path, "id,金额(万元)\nA,20.5\n"), "funds_treatment").total == 20_500_000


def test_a_file_without_status_asks_for_it(tmp_path, take):
    with pytest.raises(AnswerNeeded) as asked:
        take(csv(tmp_path, "磅单号,吨数\nA,1\n"), "waste_household", status=None)
    assert (asked.value.needs, asked.value.option) == ("status", "--status WORD")
    with pytest.raises(Refused, match="is no status"):
        take(csv(tmp_path, "磅单号,吨数\nA,1\n"), "waste_household", status="perhaps")


def test_a_bad_date_is_a_rejection(tmp_path, take):
    reading = take(csv(tmp_path, "磅单号,吨数,过磅日期\nA,1,2023年9月\nB,1,早些\n"), "waste_household")
    assert left_out(reading) == {2: "not_a_date"}
    assert reading.sites["completed_on"].tolist() == ["2023-09"]


def test_a_file_without_a_good_record_is_refused_with_the_reason(tmp_path, take):
    with pytest.raises(Refused, match=r"None of the 2 records .* '\*\*\*\*'") as refused:
        take(csv(tmp_path, "磅单号,吨数\nA,****\nB,****\n"), "waste_household")
    assert refused.value.values["rule"] == "not_a_number"


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("MJ", "15", "unit_by_value"),
        ("MJ_ha", "15", "unit_contradicted"),
        ("MJ", "7.7", "unit_unknown"),
        ("面积_亩", "15", None),
    ],
)
def test_the_unit_of_a_declared_area(tmp_path, take, column, value, rule):
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(3)], {column: [value] * 3})
    reading = take(files.zipped(tmp_path, parts), columns={"declared_area": column})
    assert {found for found in rules(reading) if found.startswith("unit")} == ({rule} if rule else set())
    declared = None if rule == "unit_unknown" else 100_000_000
    assert (
        reading.sites["declared_area"].astype(object).where(reading.sites["declared_area"].notna(), None).tolist()
        == [declared] * 3
    )


def test_every_rule_has_both_sentences():
    assert all(rule.name == name and rule.template and rule.cure for name, rule in RULES.items())


def test_point_in_a_decimal_comma_column_is_not_guessed():
    read = amounts.parse(["1.234", "2.345,5", "1.5"], "重量", Unit("吨", "mass", Fraction(1)))
    assert read.parts == [None, 2345_500_000, 1_500_000]
    assert read.faults[0].rule == "ambiguous_number"


@pytest.mark.parametrize(
    ("codes", "is_number"),
    [
        (["1", "2", "3"], True),
        (["3", "1", "2", "5"], True),
        (["1", "2", "1", "2"], True),
        (["0", "1"], True),
        (["001", "002"], True),
        (["1.0", "2.0"], True),
        (["1"], True),
        (["101", "102"], False),
        (["1", "2", "A3"], False),
        (["1", "7", "20"], False),
        (["632801", "632802"], False),
    ],
)
def test_code_that_only_numbers_the_rows_is_told(tmp_path, take, codes, is_number):
    path = tmp_path / "a.csv"
    path.write_text("序号,净重(吨)\n" + "".join(f"{code},1\n" for code in codes), encoding="utf-8")
    assert ("running_number" in rules(take(path, "waste_household"))) is is_number


def test_count_of_a_part_of_a_thing_is_left_out(tmp_path, take):
    path = tmp_path / "a.csv"
    cells = ["3", "3.0", "3.5", "0.5", "1.5万", "2.5家", "2 家", '"1,234.5"']
    path.write_text("编号,数量\n" + "".join(f"E{n},{cell}\n" for n, cell in enumerate(cells)), encoding="utf-8")
    reading = take(path, "enterprises_air")
    assert reading.sites["amount"].tolist() == [3, 3, 15_000, 2]
    assert left_out(reading) == dict.fromkeys((3, 4, 6, 8), "not_whole")
