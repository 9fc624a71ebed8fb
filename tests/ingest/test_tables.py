"""Tables as people keep them: quotation marks, headers, footers, encodings, too many columns."""

import zipfile

import openpyxl
import pytest

from geo_app.errors import AnswerNeeded, Refused
from tests.ingest import files
from tests.ingest.conftest import left_out, rules

TICKETS = "waste_household"
TEXT = "磅单号,净重(吨),备注\nA,1,好\nB,2.5,坏\n"


def csv(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-8-sig"])
def test_wide_text_is_read_with_and_without_a_mark(tmp_path, take, encoding):
    mark = b"\xff\xfe\0\0" if encoding == "utf-32-le" else b""
    reading = take(csv(tmp_path, mark + TEXT.encode(encoding)), TICKETS)
    assert (reading.accepted, reading.total) == (2, 3_500_000)


def test_a_zero_in_text_is_named(tmp_path, take):
    with pytest.raises(Refused, match="a zero at byte 8"):
        take(csv(tmp_path, "重量,x".encode() + b"\0\nA,1\n"), TICKETS)


@pytest.mark.parametrize(
    "text",
    ['磅单号,净重(吨),备注\nA,1,"x\nB,2,y\nC,3,z\n', '磅单号,净重(吨),备注\nA,1,"x\nB,2,"y\nC,3,z\n'],
    ids=["to the end", "to the next"],
)
def test_an_unclosed_quotation_mark_swallows_no_rows(tmp_path, take, text):
    with pytest.raises(Refused, match="quotation mark"):
        take(csv(tmp_path, text), TICKETS)


def test_marks_that_swallow_nothing_are_left_as_they_are(tmp_path, take):
    reading = take(
        csv(tmp_path, '磅单号,净重(吨),备注\nA,1,5" pipe\nB,2,"x"y\nC,3,"多\n行"\n'.replace("\n行", "行")), TICKETS
    )
    assert reading.accepted == 3


def test_columns_beyond_the_limit_are_said(tmp_path, take):
    many = [f"c{n}" for n in range(3000)]
    reading = take(csv(tmp_path, ",".join(["磅单号", "净重(吨)", *many]) + "\n" + ",".join("1" * 3002) + "\n"), TICKETS)
    (found,) = [each for each in reading.findings if each.rule == "columns_left_out"]
    assert (found.values["found"], len(reading.columns)) == (3002, 2000)


def test_a_question_names_no_thousand_columns(tmp_path, take):
    with pytest.raises(AnswerNeeded) as asked:
        take(csv(tmp_path, ",".join(f"c{n}" for n in range(1500)) + "\n" + ",".join("1" * 1500) + "\n"), TICKETS)
    assert len(str(asked.value)) < 1000
    assert len(asked.value.choices) == 1500


@pytest.mark.parametrize(
    "rows",
    [
        [["磅单号", "重量", None], [None, "毛重", "净重"], ["A", 5, 3], ["B", 6, 4]],
        [["台账"], ["磅单号", "重量", None, "备注"], [None, "毛重", "净重", None], ["A", 5, 3, None], ["B", 6, 4, "x"]],
    ],
    ids=["bare", "below a title"],
)
def test_a_header_of_two_rows_is_one(tmp_path, take, rows):
    reading = take(files.workbook(tmp_path / "a.xlsx", {"s": rows}), TICKETS)
    assert (reading.total, reading.sites["record"].tolist()) == (7_000_000, [1, 2])
    assert "two_header_rows" in rules(reading)


def test_a_first_row_with_gaps_is_no_header(tmp_path, take):
    reading = take(csv(tmp_path, "磅单号,净重(吨),备注,\nA,,好,x\nB,2,,\n"), TICKETS)
    assert (reading.records, "two_header_rows" in rules(reading)) == (2, False)


@pytest.mark.parametrize(
    ("text", "layer"), [("A,1\nB,2\n", "enterprises_air"), ("1,96.1,36.2\n2,96.2,36.3\n", TICKETS)]
)
def test_a_table_without_a_header_is_refused(tmp_path, take, text, layer):
    with pytest.raises(Refused, match="no header"):
        take(csv(tmp_path, text), layer)


def test_years_as_column_names_are_a_header(tmp_path, take):
    assert take(csv(tmp_path, "编号,2023,2024\nE1,1,2\n"), "enterprises_air").accepted == 1


@pytest.mark.parametrize(
    "text", ["制表人：张三", "注:以上数据来自环卫局", "审核人: 李四", "填报单位：环卫局", "Prepared by: me"]
)
def test_a_line_below_the_table_is_no_site(tmp_path, take, text):
    reading = take(csv(tmp_path, f"编号,名称\nE1,甲厂\n{text},\n"), "enterprises_air")
    assert (reading.total, left_out(reading)) == (1, {2: "footer_row"})


def test_a_site_with_a_colon_is_a_site(tmp_path, take):
    assert take(csv(tmp_path, "编号,名称\n注一:1,甲\n备注村,乙\n"), "enterprises_air").accepted == 2


def test_codes_that_a_spreadsheet_rounded_are_said(tmp_path, take):
    reading = take(csv(tmp_path, "磅单号,净重(吨)\n6.32801E+11,1\n6.32802E+11,2\n"), TICKETS)
    assert "rounded_code" in rules(reading)


def test_rows_in_several_systems_are_refused(tmp_path, take):
    text = "编号,净重(吨),wkt\nA,1,SRID=4326;POINT(97 37)\nB,2,SRID=4520;POINT(32500000 4100000)\n"
    with pytest.raises(Refused, match="several coordinate systems"):
        take(csv(tmp_path, text), TICKETS)


def test_an_empty_point_is_empty(tmp_path, take):
    text = "编号,净重(吨),wkt\nA,1,POINT EMPTY\nB,2,POINT(97 37)\n"
    assert left_out(take(csv(tmp_path, text), TICKETS, crs="EPSG:4490")) == {1: "empty_geometry"}


def test_a_latitude_that_is_none_is_called_so(tmp_path, take):
    reading = take(csv(tmp_path, "编号,净重(吨),经度,纬度\nA,1,97,95\nB,2,97,37\n"), TICKETS)
    assert [each.values["expected"] for each in reading.rejected] == ["latitude"]


# --- workbooks

LEDGER = [["磅单号", "净重(吨)", "备注"], ["A", 1, "x"], ["B", 2.5, "y"]]


def rewritten(path, change):
    """The workbook with its one sheet's XML changed."""
    with zipfile.ZipFile(path) as book:
        members = {info.filename: book.read(info) for info in book.infolist()}
    name = next(name for name in members if name.endswith("sheet1.xml"))
    return files.packed(path, members | {name: change(members[name])})


def test_a_sheet_of_charts_is_passed_over(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"s": LEDGER})
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("c")
    book.save(path)
    assert take(path, TICKETS).total == 3_500_000


def test_hidden_rows_are_read_and_said(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"s": LEDGER})
    book = openpyxl.load_workbook(path)
    book["s"].row_dimensions[2].hidden = True
    book.save(path)
    reading = take(path, TICKETS)
    assert (reading.total, "hidden_rows" in rules(reading)) == (3_500_000, True)


@pytest.mark.parametrize("number", [b"1", b"2", b"1000000000"], ids=["before", "twice", "far beyond"])
def test_rows_out_of_order_lose_none(tmp_path, take, number):
    path = files.workbook(tmp_path / "a.xlsx", {"s": LEDGER})
    path = rewritten(path, lambda sheet: sheet.replace(b'<row r="3"', b'<row r="' + number + b'"'))
    with pytest.raises(Refused, match="damaged workbook"):
        take(path, TICKETS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_found_wherever_it_stands(tmp_path, take, encoding):
    head = b"<?xml version='1.0'?>" + b" " * 3_000_000 + b"<!DOCTYPE x [<!ENTITY a 'b'>]>"
    path = files.workbook(tmp_path / "a.xlsx", {"s": LEDGER})
    path = rewritten(path, lambda sheet: (head + sheet).decode().encode(encoding))
    with pytest.raises(Refused, match="DOCTYPE"):
        take(path, TICKETS)


def test_a_workbook_behind_a_password_is_called_so(tmp_path, take):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(Refused, match="behind a password"):
        take(path, TICKETS)
