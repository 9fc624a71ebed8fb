"""Read Excel workbooks by openpyxl, behind our own look into the archive."""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from geo_app.errors import AnswerNeeded, UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import sheetxml, tables
from geo_app.ingest.child.archive import Archive
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import Output, PartHead

ERRORS = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, NotImplementedError,
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException,
)  # fmt: skip


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's own, but for sheets of charts, which it stumbles over and which hold no rows."""

    def read_chartsheet(self, _sheet: object, _rel: object) -> None:
        """Pass a sheet of charts over."""


def read(job: Job, out: Output) -> None:
    """Read the sheets of an Excel workbook; each that holds a table is a sublayer, a hidden one only if it is named.

    Raises
    ------
    UnreadableFile
        If it is damaged or holds no table.
    """
    looks = _look(job)
    try:
        with job.path.open("rb") as source:  # kept files have no suffix, and openpyxl judges a path by it
            book = _open(source)
            hidden = {sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"}
            filtered = {sheet.title: looks[sheet._worksheet_path].hidden for sheet in book.worksheets}
            sheets = {sheet.name: sheet for sheet in _sheets(book, looks, Archive(job.path, job.name))}
    except ERRORS as error:
        raise _damaged(job, str(error)[:200] or type(error).__name__) from error
    if not sheets:
        raise UnreadableFile(tables.NO_ROWS, file=job.name)
    notes = _notes(sheets)
    shown = [name for name in sheets if name not in {*hidden, *notes} or name == job.sublayer]
    if not shown:
        raise _only_hidden(job, tuple(sheets))
    out.announce("hidden_sheets", [name for name in sheets if name in hidden and name not in shown])
    out.announce("other_data", [name for name in notes if name not in {*hidden, *shown}])
    out.file("xlsx", shown)
    for name in choose(shown, job.sublayer, job.name):
        tables.tell(sheets[name], PartHead(name, sheets[name].header), job, out)
        if filtered[name]:
            out.finding("hidden_rows", count=filtered[name])
        out.end_part()


def _open(source: BinaryIO) -> Workbook:
    reader = _Reader(source, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _damaged(job: Job, found: str) -> UnreadableFile:
    return UnreadableFile(
        N_("{file} is a damaged workbook: {found}. Save it again in Excel or WPS."), file=job.name, found=found
    )


def _notes(sheets: dict[str, tables.Sheet]) -> list[str]:
    """Tell sheets of one column, which explain the others, from tables; where all are so, none is."""
    narrow = [name for name, sheet in sheets.items() if len(sheet.header) == 1]
    return narrow if len(narrow) < len(sheets) else []


def _only_hidden(job: Job, names: tuple[str, ...]) -> AnswerNeeded:
    return AnswerNeeded(
        N_("Only hidden sheets of {file} hold a table: {choices}. Name the one to read with {option}."),
        needs="sublayer",
        option="--sublayer NAME",
        choices=names,
        file=job.name,
    )


def _look(job: Job) -> dict[str, sheetxml.Look]:
    """Look through the archive before openpyxl unpacks it: member name to what stands in it."""
    archive = Archive(job.path, job.name)
    members = [member for member in archive.members if member.suffix in (".xml", ".rels")]
    if not any(member.name == "xl/workbook.xml" for member in members):
        raise UnreadableFile(
            N_("{file} is named .xlsx, but holds no workbook. Save it again in Excel or WPS."), file=job.name
        )
    looks = {member.name: sheetxml.look(archive, member, job.name) for member in members}
    for name, look in looks.items():
        if not look.is_sound:
            raise _damaged(job, f"{name}: row numbers")
    return looks


def _sheets(book: Workbook, looks: Mapping[str, sheetxml.Look], archive: Archive) -> Iterator[tables.Sheet]:
    members = {member.name: member for member in archive.members}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        unsaved = {}
        if looks[sheet._worksheet_path].has_formulas:
            unsaved = archive.look(members[sheet._worksheet_path], sheetxml.unsaved_formulas)
        found = tables.find_sheet(sheet.title, _rows(sheet, unsaved))
        if found is not None:
            yield found


def _rows(sheet: Any, unsaved: Mapping[tuple[int, int], str]) -> Iterator[list[str]]:
    in_row: dict[int, dict[int, str]] = {}
    for (number, column), formula in unsaved.items():
        in_row.setdefault(number, {})[column - 1] = formula
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        row = [cell_text(value) for value in values]
        for place, formula in in_row.get(number, {}).items():
            row[place] = tables.Formula(formula)
        yield row


def cell_text(value: object) -> str:
    """Write a cell's value as text; dates in ISO form, whole numbers without a point.

    Examples
    --------
    >>> cell_text(3.0), cell_text(dt.datetime(2023, 9, 14)), cell_text(None)
    ('3', '2023-09-14', '')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
