"""CSV and XLSX that a spreadsheet opens without running anything."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

_FORMULA = re.compile("'*[=+\\-@\t\r]")  # also behind apostrophes, so that the reader knows which one is ours
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Cell = str | int | float | None


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]], _about: Sequence[str] = ()) -> bytes:
    """Write a table as UTF-8 with a byte order mark, which spreadsheets need to show Chinese.

    Numbers stay numbers. A text that a spreadsheet would take for a formula gets an apostrophe
    before it. A missing value is an empty cell.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_disarmed(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]  # header and rows


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], about: Sequence[str] = ()) -> bytes:
    """Write a table as a workbook; `about` becomes a first sheet that says what the figures are."""
    return write_book({"data": (header, rows)}, about)


def write_book(tables: Mapping[str, Table], about: Sequence[str] = ()) -> bytes:
    """Write tables as a workbook, a sheet each; `about` becomes a first sheet that says what the figures are."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        if about:
            sheet = book.add_worksheet("about")
            for at, line in enumerate(about):
                sheet.write_string(at, 0, _ILLEGAL.sub("", line))
        for name, (header, rows) in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, row in enumerate((header, *rows)):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(at, column, _ILLEGAL.sub("", cell))
                    elif cell is not None:
                        sheet.write_number(at, column, cell)
    return target.getvalue()


def _disarmed(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
