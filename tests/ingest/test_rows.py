"""Tables: every row of the file is a record, and none is swallowed by a quotation mark or taken for a header."""

import re
import zipfile

import pytest

from geo_app.errors import AnswerNeeded, Refused, UnreadableFile
from tests.ingest import files
from tests.ingest.conftest import left_out


def table(tmp_path, text, name="a.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,"甲,完成,10\n2,乙,完成,20\n3,丙,完成,30\n', 2),
        ('1,甲,完成,10\n2,"乙,完成,20\n3,"丙,完成,30\n', 3),
        ('1,"甲,完成,10\n2,乙",完成,20\n', 2),
    ],
    ids=["to the end", "to the next mark", "a whole row inside a cell"],
)
def test_a_quotation_mark_swallows_no_rows(tmp_path, take, rows, line):
    path = table(tmp_path, "编号,名称,状态,净重(吨)\n" + rows)
    with pytest.raises(UnreadableFile, match=f"lines? {line}"):
        take(path, "waste_household")


def test_a_note_of_several_lines_is_one_cell(tmp_path, take):
    path = table(tmp_path, '编号,净重(吨),备注\n1,2,"第一行,\n第二行, 完"\n2,3,"""好"""\n')
    reading = take(path, "waste_household")
    assert (reading.accepted, reading.total) == (2, 5_000_000)


def test_rows_wider_than_the_header_are_records(tmp_path, take):
    path = table(tmp_path, "编号,重量(吨)\nA1,10,完成,甲村,2024\nA2,20,完成,乙村,2024\nA3,5\n")
    reading = take(path, "waste_household")
    assert (reading.records, left_out(reading)) == (3, {1: "extra_cells", 2: "extra_cells"})


@pytest.mark.parametrize("rows", ["A1,10,完成\nA2,20,完成\n", "台账,,\nA1,10,完成\nA2,20,完成\n"])
def test_a_table_without_a_header_is_refused(tmp_path, take, rows):
    with pytest.raises(Refused, match="A1, 10, 完成"):
        take(table(tmp_path, rows), "waste_household", columns={})


@pytest.mark.parametrize(
    "head",
    ["编号,重量(吨),2021,2022\n", "台账,,,\n编号,重量(吨),2021,2022\n", "单位,吨,,\n编号,重量(吨),2021,2022\n"],
    ids=["years", "a title above", "two cells above"],
)
def test_a_header_may_hold_years_and_stand_below_a_title(tmp_path, take, head):
    reading = take(table(tmp_path, head + "A1,10,1,2\nA2,20,3,4\n"), "waste_household")
    assert (reading.records, reading.total) == (2, 30_000_000)


def test_a_zero_byte_costs_its_row(tmp_path, take):
    reading = take(table(tmp_path, "code,weight_t\n1,10\n2,2\x000\n3,5\n"), "waste_household")
    assert (left_out(reading), reading.total) == ({2: "zero_byte"}, 15_000_000)


@pytest.mark.parametrize("text", ["co\x00de,weight_t\n1,10\n", "\x01\x00\x02\x03"])
def test_what_has_zero_bytes_in_its_header_is_no_text(tmp_path, take, text):
    with pytest.raises(UnreadableFile, match="a zero at byte"):
        take(table(tmp_path, text), "waste_household")


def test_a_formula_that_was_never_calculated_is_no_missing_amount(tmp_path, take):
    rows = [["磅单号", "净重(吨)"], ["A", 10], ["B", "=B2*2"], ["C", None]]
    reading = take(files.workbook(tmp_path / "a.xlsx", {"s": rows}), "waste_household")
    assert (reading.accepted, left_out(reading)) == (2, {2: "formula_unsaved"})
    assert reading.rejected[0].values == {"column": "净重(吨)", "value": "=B2*2"}


def test_the_result_of_a_formula_is_its_value(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"s": [["磅单号", "净重(吨)", "备注"], ["A", "=1+2", "=1"]]})
    calculated = {b"<f>1+2</f><v/>": b"<f>1+2</f><v>3</v>", b'r="C2"': b'r="C2" t="str"'}
    assert take(edited(path, "xl/worksheets/sheet1.xml", calculated), "waste_household").total == 3_000_000


def edited(path, member, changes):
    """The same archive with other bytes in one member."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    members[member] = re.sub(rb"<v ?/>|<v></v>", b"<v/>", members[member])  # as either writer of XML leaves it
    for old, new in changes.items():
        assert old in members[member]
        members[member] = members[member].replace(old, new, 1)
    return files.packed(path, members)


@pytest.mark.parametrize(
    "row",
    [
        ",合计,,30,",
        "3,合计,,30,",
        ",,,30,合计",
        ",本页小计,,30,",
        ",Total,,30,",
        *(
            f"{word},,,30,"
            for word in ("合計", "合计(吨)", "共计2条", "汇总", "Sum", "Grand total", "总　计", "TOTAL", "累计")
        ),
    ],
)
def test_a_row_that_adds_up_others_is_left_out_by_a_confirmation(tmp_path, take, row):
    path = table(tmp_path, f"序号,类别,状态,重量(吨),备注\n1,生活垃圾,完成,10,\n2,建筑垃圾,完成,20,\n{row}\n")
    with pytest.raises(AnswerNeeded, match="that add up others") as asked:
        take(path, "waste_household", confirmed=(), status=None)
    assert asked.value.choices == ("totals",)
    reading = take(path, "waste_household", status=None)
    assert (reading.total, left_out(reading)) == (30_000_000, {3: "total_row"})


@pytest.mark.parametrize(
    "row",
    [
        "3,生活垃圾,完成,30,总计30吨",
        "3,生活垃圾,,30,已计入全县合计",
        "3,累计清运,完成,30,",
        "3,Total cleared,完成,30,",
        "3,total,完成,30,",
        "合计村,生活垃圾,完成,30,",
        "Summit,生活垃圾,完成,30,",
    ],
)
def test_a_site_that_speaks_of_a_total_is_a_site(tmp_path, take, row):
    path = table(tmp_path, f"序号,类别,状态,重量(吨),备注\n1,生活垃圾,完成,10,\n2,建筑垃圾,完成,20,\n{row}\n")
    assert take(path, "waste_household", status=None, confirmed=()).accepted == 3


def test_a_column_in_which_most_rows_are_totals_says_something_else(tmp_path, take):
    path = table(tmp_path, "序号,口径,重量(吨)\n1,累计,10\n2,累计,20\n3,新增,30\n")
    assert take(path, "waste_household", confirmed=()).accepted == 3


def sheets(tmp_path, **tables):
    return files.workbook(tmp_path / "a.xlsx", tables)


def test_each_sheet_has_columns_and_units_of_its_own(tmp_path, take):
    path = sheets(
        tmp_path,
        甲=[["编号", "重量(吨)", "状态"], ["A", 10, "完成"], ["B", "x", "完成"]],
        乙=[["磅单号", "净重(公斤)", "整改状态"], ["C", 2000, "已完成"], ["合计", 2000, None]],
        丙=[["编号", "重量", "单位", "状态"], ["D", 500, "kg", "完成"], ["E", 7, None, "完成"]],
    )
    reading = take(path, "waste_household", sublayer="all", status=None)
    assert reading.sites["amount"].tolist() == [10_000_000, 2_000_000, 500_000]
    assert (list(reading.sites["code"]), set(reading.sites["status"])) == (["A", "C", "D"], {"finished"})
    assert left_out(reading) == {2: "not_a_number", 4: "total_row", 6: "unit_missing"}
    assert reading.units == {"quantity": "吨, 公斤, kg"}
    assert [each.name for each in reading.columns if each.ours == "quantity"] == ["重量(吨) / 净重(公斤) / 重量"]


def test_what_a_person_said_of_all_sheets_can_be_said_again(tmp_path, take):
    path = sheets(tmp_path, 甲=[["编号", "重量(吨)"], ["A", 10]], 乙=[["编号", "重量(公斤)"], ["B", 2000]])
    first = take(path, "waste_household", sublayer="all")
    said = {each.ours: each.name for each in first.columns if each.ours}
    assert take(path, "waste_household", sublayer="all", columns=said).total == first.total == 12_000_000


def test_a_sheet_without_an_amount_is_asked_about_and_not_missing(tmp_path, take):
    path = sheets(tmp_path, 甲=[["编号", "重量(吨)"], ["A", 10]], 乙=[["编号", "数值"], ["B", 2]])
    with pytest.raises(AnswerNeeded, match="乙") as asked:
        take(path, "waste_household", sublayer="all")
    assert (asked.value.needs, asked.value.choices) == ("columns", ("编号", "数值"))
    assert take(path, "waste_household", sublayer="all", columns={"quantity": "数值"}).total == 12_000_000


def test_declared_areas_of_each_sublayer_are_in_its_own_unit(tmp_path, take):
    frames = {
        "a": files.frame([files.square(n) for n in range(3)], 面积=["15"] * 3),
        "b": files.frame([files.square(n) for n in range(3, 6)], 面积=["10000"] * 3),
    }
    reading = take(files.gpkg(tmp_path / "a.gpkg", frames), sublayer="all")
    assert set(reading.sites["declared_area"]) == {100_000_000}
    assert reading.units["declared_area"] == "亩, m²"


def test_a_count_of_rows_and_a_column_of_counts_add_up(tmp_path, take):
    path = sheets(tmp_path, 甲=[["案件编号", "案件数"], ["A", 3]], 乙=[["案件编号", "备注"], ["B", "x"], ["C", "y"]])
    assert take(path, "cases_administrative", sublayer="all").total == 5
