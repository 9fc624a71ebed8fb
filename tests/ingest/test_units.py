"""In which unit a column is: as a person says, as its values say, as its name says."""

import numpy as np
import pandas as pd
import pytest

from geo_app.errors import AnswerNeeded, Refused
from geo_app.ingest import unitwords
from tests.ingest import files
from tests.ingest.conftest import left_out, rules


def plots(tmp_path, column, values):
    """Squares of 15 mu with a column."""
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(len(values))], {column: values})
    return files.zipped(tmp_path, parts)


def table(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return tmp_path / "a.csv"


def column(reading, ours):
    return next(each for each in reading.columns if each.ours == ours)


@pytest.mark.parametrize("name", ["MJ_M", "MJM", "HFMJ_M", "MJ", "面积"])
def test_mu_behind_a_pinyin_area_is_no_metre(tmp_path, take, name):
    reading = take(plots(tmp_path, name, ["15", "15", "14.9"]), columns={"declared_area": name})
    assert (reading.units["declared_area"], column(reading, "declared_area").fit) == ("亩", 1.0)
    assert reading.sites["declared_area"].tolist() == [100_000_000, 100_000_000, 99_333_333]
    assert "wrong_measure" not in rules(reading)


def test_the_values_decide_against_a_pinyin_name(tmp_path, take):
    reading = take(plots(tmp_path, "MJ_M", ["10000", "10000"]))
    assert reading.units["declared_area"] == "m²"
    assert "unit_contradicted" in rules(reading)


def test_the_share_of_rows_that_fit_is_shown(tmp_path, take):
    reading = take(plots(tmp_path, "面积_亩", ["15", "15", "15", "99"]))
    assert column(reading, "declared_area").fit == 0.75


def test_a_person_names_the_unit(tmp_path, take):
    path = plots(tmp_path, "面积_亩", ["1", "1"])
    reading = take(path, units={"declared_area": "ha"})
    assert (reading.units["declared_area"], column(reading, "declared_area").fit) == ("ha", 1.0)
    assert reading.sites["declared_area"].tolist() == [100_000_000] * 2
    assert not {"unit_contradicted", "unit_by_value"} & rules(reading)


def test_a_person_names_the_unit_of_a_weight(tmp_path, take):
    path = table(tmp_path, "编号,重量(吨)\nA,12340\nB,5公斤\n")
    reading = take(path, "waste_household", units={"quantity": "kg"})
    assert reading.sites["amount"].tolist() == [12_340_000, 5000]
    with pytest.raises(Refused, match="no unit of mass"):
        take(path, "waste_household", units={"quantity": "m3"})


def test_a_column_of_volumes_becomes_a_weight_only_if_a_person_says_so(tmp_path, take):
    path = table(tmp_path, "编号,清理量(m³)\nA,1\n")
    assert "wrong_measure" in rules(take(path, "waste_household"))
    assert take(path, "waste_household", units={"quantity": "t"}).total == 1_000_000


def test_tickets_without_a_unit_are_told_by_what_a_lorry_carries(tmp_path, take):
    reading = take(table(tmp_path, "磅单号,净重\nA,12340\nB,8200\nC,15100\n"), "waste_household")
    assert (reading.units["quantity"], column(reading, "quantity").fit) == ("kg", 1.0)
    assert reading.total == 35_640_000
    assert "weight_by_value" in rules(reading)
    assert take(table(tmp_path, "磅单号,净重\nA,12.34\nB,8.2\n"), "waste_household").units["quantity"] == "t"


KG, TONNES = "--unit quantity=kg", "--unit quantity=t"


@pytest.mark.parametrize(
    ("text", "option", "proposed", "other"),
    [
        ("磅单号,净重(吨)\nA,12340\nB,8200\n", KG, 20_540_000_000, 20_540_000),
        ("磅单号,净重(公斤)\nA,12.34\nB,8.2\n", TONNES, 20_540, 20_540_000),
        ("编号,净重\nA,12340\nB,8200\n", KG, 20_540_000_000, 20_540_000),
        ("编号,净重\nA,52340\nB,48200\nC,20500\n", TONNES, 121_040_000, 121_040_000_000),
    ],
    ids=["tickets in tonnes", "tickets in kilograms", "heaps or loads", "heavier than any heap"],
)
def test_weights_that_may_be_a_thousand_times_too_large_are_asked_about(tmp_path, take, text, option, proposed, other):
    path = table(tmp_path, text)
    with pytest.raises(AnswerNeeded, match="--unit quantity") as asked:
        take(path, "waste_household", confirmed=())
    assert (asked.value.needs, asked.value.option) == ("confirmation", f"--accept / {option}")
    totals = [
        take(path, "waste_household", confirmed=said).total
        for said in (("all",), *zip(asked.value.choices, strict=True))
    ]
    assert totals == [proposed, proposed, other]


def test_tickets_that_contradict_their_unit_are_said(tmp_path, take):
    assert "unit_doubtful" in rules(take(table(tmp_path, "磅单号,净重(吨)\nA,12340\nB,8200\n"), "waste_household"))


def test_a_lorry_somewhat_overloaded_is_said_and_not_asked_about(tmp_path, take):
    reading = take(table(tmp_path, "磅单号,净重(吨)\nA,67.8\n"), "waste_household", confirmed=())
    assert (reading.total, "unit_doubtful" in rules(reading)) == (67_800_000, True)


def test_heaps_that_no_load_could_be_are_tonnes_and_that_is_said(tmp_path, take):
    reading = take(table(tmp_path, "编号,净重\nA,49\n"), "waste_household", confirmed=())
    assert (reading.total, reading.units["quantity"]) == (49_000_000, "t")
    assert "unit_assumed" in rules(reading)


def test_another_column_that_names_its_unit_tells_ours(tmp_path, take):
    text = "编号,净重,重量_kg\nA,3,3000\nB,5,5000\n"
    reading = take(table(tmp_path, text), "waste_household", columns={"quantity": "净重"})
    assert (reading.units["quantity"], column(reading, "quantity").fit) == ("t", 1.0)


@pytest.mark.parametrize(("values", "mapped"), [(("3.5", "4"), "ZL"), (("香日德镇", "夏日哈镇"), None)])
def test_zl_is_a_weight_by_its_type(tmp_path, take, values, mapped):
    text = "磅单号,ZL\n" + "".join(f"B{n},{value}\n" for n, value in enumerate(values))
    choices = {} if mapped else {"columns": {"quantity": ""}}
    reading = take(table(tmp_path, text), "waste_household", **choices)
    assert [each.name for each in reading.columns if each.ours == "quantity"] == ([mapped] if mapped else [])
    assert reading.total == (7_500_000 if mapped else 0)


def test_a_share_of_rows_below_three_in_five_decides_nothing(tmp_path, take):
    reading = take(plots(tmp_path, "MJ", ["15", "10000", "1"]))
    assert "unit_unknown" in rules(reading)
    assert reading.sites["declared_area"].isna().all()


def test_square_degrees_are_recognised(tmp_path, take):
    squares = [files.lonlat_square(n) for n in range(3)]
    properties = [{"id": n, "Shape_Area": square.area} for n, square in enumerate(squares)]
    assert "square_degrees" in rules(take(files.geojson(tmp_path / "a.geojson", squares, properties)))


def test_a_ratio_needs_something_to_compare():
    nothing = np.array([np.nan, 0.0])
    assert unitwords.area_unit_by_value(nothing, nothing, None) is None
    assert unitwords.fit_of(nothing, nothing, unitwords.AREA_UNITS[0]) is None
    assert unitwords.mass_unit_by_size(nothing, 40) is None


def test_a_fault_in_a_declared_area_leaves_its_record_out(tmp_path, take):
    assert left_out(take(plots(tmp_path, "面积_亩", ["15", "****"]))) == {2: "not_a_number"}


@pytest.mark.parametrize(
    ("rows", "amounts", "out"),
    [
        ("A,1200,kg\nB,900,\nC,1.5,吨\n", [1_200_000, 1_500_000], {2: "unit_missing"}),
        ("A,1200,kg\nB,900,kg\nC,2,车\n", [1_200_000, 900_000], {3: "unknown_unit"}),
        ("A,1000,公斤\nB,2,吨\nC,3,吨/年\n", [1_000_000, 2_000_000], {3: "unknown_unit"}),
        ("A,12,吨\nB,9,方\nC,,车\nD,3吨,\nE,5吨,吨\n", [12_000_000, None, 3_000_000, 5_000_000], {2: "wrong_unit"}),
    ],
    ids=["blank", "unknown", "of a rate", "of another measure"],
)
def test_each_row_is_in_the_unit_beside_it(tmp_path, take, rows, amounts, out):
    reading = take(table(tmp_path, "编号,重量,单位\n" + rows), "waste_household")
    assert [None if pd.isna(each) else each for each in reading.sites["amount"]] == amounts
    assert left_out(reading) == out


def test_the_units_of_the_rows_are_named(tmp_path, take):
    path = table(tmp_path, "编号,重量,单位\nA,1000,公斤\nB,2,吨\nC,3,吨\nD,4,方\n")
    assert take(path, "waste_household").units == {"quantity": "公斤, 吨"}


def test_rows_without_a_unit_are_in_the_one_that_the_column_or_a_person_names(tmp_path, take):
    rows = "A,1000,公斤\nB,2000,\n"
    named = take(table(tmp_path, "编号,重量(kg),单位\n" + rows), "waste_household")
    said = take(table(tmp_path, "编号,重量,单位\n" + rows), "waste_household", units={"quantity": "kg"})
    assert (named.total, said.total) == (3_000_000, 3_000_000)


def test_a_column_of_offices_says_no_unit(tmp_path, take):
    reading = take(table(tmp_path, "编号,重量,单位\nA,1,城管局\nB,2,环卫站\n"), "waste_household")
    assert (reading.total, reading.units) == (3_000_000, {"quantity": "t"})
    assert "unit_assumed" in rules(reading)


@pytest.mark.parametrize("word", ["tons", "ton", "short tons", "US tons", "us short tons"])
def test_tons_are_short_ones_and_said_to_be(tmp_path, take, word):
    reading = take(table(tmp_path, f"ticket_no,weight ({word})\nA,10\n"), "waste_household")
    assert reading.sites["amount"].tolist() == [9_071_847]
    (found,) = [each for each in reading.findings if each.rule == "short_tons"]
    assert found.values["column"] == f"weight ({word})"


@pytest.mark.parametrize(
    "text", ["ticket_no,weight\nA,10 tons\nB,1 t\n", "ticket_no,weight,unit\nA,10,tons\nB,1,t\n"], ids=["cell", "unit"]
)
def test_tons_of_a_row_are_said_to_be_short_ones(tmp_path, take, text):
    reading = take(table(tmp_path, text), "waste_household")
    assert reading.sites["amount"].tolist() == [9_071_847, 1_000_000]
    assert "short_tons" in rules(reading)


@pytest.mark.parametrize(
    "text",
    ["ticket_no,weight (tons)\nA,10\n", "ticket_no,weight\nA,10 tons\n", "ticket_no,weight,unit\nA,10,tons\n"],
    ids=["name", "cell", "unit"],
)
@pytest.mark.parametrize(("unit", "grams"), [("t", 10_000_000), ("short tons", 9_071_847)])
def test_a_person_says_which_tons(tmp_path, take, text, unit, grams):
    reading = take(table(tmp_path, text), "waste_household", units={"quantity": unit})
    assert reading.sites["amount"].tolist() == [grams]
    assert "short_tons" not in rules(reading)


@pytest.mark.parametrize("word", ["tonnes", "metric tons", "t", "吨", "公吨"])
def test_tonnes_are_no_tons(tmp_path, take, word):
    reading = take(table(tmp_path, f"ticket_no,weight ({word})\nA,10\n"), "waste_household")
    assert reading.sites["amount"].tolist() == [10_000_000]
    assert "short_tons" not in rules(reading)


@pytest.mark.parametrize(("word", "grams"), [("短吨", 9_071_847), ("美吨", 9_071_847), ("长吨", 10_160_469)])
def test_foreign_tons_are_no_tonnes(tmp_path, take, word, grams):
    assert take(table(tmp_path, f"磅单号,重量({word})\nA,10\n"), "waste_household").total == grams


def test_tons_below_a_name_in_tonnes_are_short_ones(tmp_path, take):
    reading = take(table(tmp_path, "ticket_no,weight (t)\nA,10 tons\n"), "waste_household")
    assert (reading.total, "short_tons" in rules(reading)) == (9_071_847, True)
