"""Read tables: find the header, keep every cell as text, find the place of each row."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import places, text
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead, unique_names

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 30
MAX_CELL = 1 << 20
MAX_COLUMNS = 2000
_DISARMED = re.compile("'+[=+\\-@\t\r]")  # what exports, ours too, make of a text that looks like a formula
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?|\d{4}([-/.]\d{1,2}){1,2}", re.ASCII)
NO_ROWS = N_("{file} holds no rows below a header. Send a table with a header and one row for each site.")


class Formula(str):
    """A cell's formula whose result the file does not hold."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Attributes
    ----------
    header, rows
        The names, and the rows with the number of each below the header.
    above : list of str
        What stands above the header.
    has_two_rows : bool
        Whether the header is two rows high.
    columns : int
        How many columns the file has, also beyond `MAX_COLUMNS`.
    """

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    above: list[str]
    has_two_rows: bool = False
    columns: int = 0


def read_csv(job: Job, out: Output) -> None:
    """Read a table of separated values.

    Raises
    ------
    UnreadableFile
        If it holds no rows, or quotation marks that would swallow some.
    """
    content = job.path.read_bytes()
    decision = text.decide_whole(content, None, job.encoding, job.name)
    written = text.decoded(content, decision)
    csv.field_size_limit(MAX_CELL)
    rows = _paired(written, sniff(written), job.name)
    sheet = find_sheet(job.name, ([_armed(cell) for cell in row] for row in rows))
    if "\0" in ("".join(sheet.header) if sheet else written):
        raise UnreadableFile(
            N_("{file} is no text: it holds a zero at byte {place}. Save it again as CSV in UTF-8."),
            file=job.name,
            place=content.find(0),
        )
    if sheet is None:
        raise UnreadableFile(NO_ROWS, file=job.name)
    out.file("csv", choose([job.name], job.sublayer, job.name))
    head = PartHead(job.name, sheet.header, None, decision.label or None, decision.source, decision.need)
    tell(sheet, head, job, out)
    if decision.overruled is None and decision.source == "inferred" and not decision.need:
        out.finding("encoding_inferred", encoding=decision.label, sample=decision.sample[:20])
    out.end_part()


def _reader(written: str, delimiter: str, *, strict: bool = False) -> Any:
    return csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=strict)


def _paired(written: str, delimiter: str, file: str) -> list[list[str]]:
    """Split rows; quotation marks that do not pair may stand in them, but must not swallow any.

    Raises
    ------
    UnreadableFile
        If a mark makes one cell of the rest of the file, or of several rows.
    """
    reader, rows = _reader(written, delimiter, strict=True), []
    begun = 1
    try:
        for row in reader:
            if reader.line_num > begun and _holds_rows(row, delimiter):
                raise UnreadableFile(
                    N_(
                        "{file} cannot be read as a table: lines {line} to {last} would be one row, as a quotation "
                        "mark in them ends only where a later row begins. Correct the marks; nothing was read."
                    ),
                    file=file,
                    line=begun,
                    last=reader.line_num,
                )
            rows.append(row)
            begun = reader.line_num + 1
    except csv.Error as error:
        if loose := _loose(written, delimiter):
            return loose
        raise UnreadableFile(
            N_(
                "{file} cannot be read as a table: in the row that begins in line {line}, a quotation mark does not "
                "end where a cell does, or a cell has more than {limit} characters. Correct the line; nothing was read."
            ),
            file=file,
            line=begun,
            limit=MAX_CELL,
        ) from error
    return rows


def _loose(written: str, delimiter: str) -> list[list[str]] | None:
    """Split rows in which marks do not pair; None where a cell would go on over the end of its line."""
    try:
        rows = list(_reader(written, delimiter))
    except csv.Error:
        return None
    return None if any("\n" in cell or "\r" in cell for row in rows for cell in row) else rows


def _holds_rows(row: Sequence[str], delimiter: str) -> bool:
    """Tell whether a cell of several lines is what is left of its row, whole rows, and the begin of the last one."""
    width = len(row) - 1
    for place, cell in enumerate(row):
        counts = [line.count(delimiter) for line in cell.splitlines()]
        if width > 1 and len(counts) > 1 and counts == [width - place, *[width] * (len(counts) - 2), place]:
            return True
    return False


def _armed(cell: str) -> str:
    """Take the apostrophe away that keeps a spreadsheet from running a text."""
    return cell[1:] if cell.startswith("'") and _DISARMED.match(cell) else cell


def sniff(written: str) -> str:
    r"""Find the separator that makes the widest table of the first rows.

    Examples
    --------
    >>> sniff("a;b\n1,5;2\n"), sniff("编号\t名称\n1\tx")
    (';', '\t')
    """

    def merit(delimiter: str) -> tuple[bool, int, float]:
        rows = _few(written, delimiter)
        widths = sorted(len(row) for row in rows)
        usual = widths[len(widths) // 2] if widths else 0
        # Decimal commas split every row but the header, which then would lie further down.
        return usual > 1, -(header_row(rows) or 0), usual * widths.count(usual) / max(len(widths), 1)

    return max(DELIMITERS, key=merit)


def _few(written: str, delimiter: str) -> list[list[str]]:
    try:
        return [row for row in islice(_reader(written, delimiter), LOOKED_AT) if any(row)]
    except csv.Error:
        return []


def find_sheet(name: str, rows: Iterable[Sequence[str]]) -> Sheet | None:
    """Find header and rows; None where there is no row below a header."""
    every, widest = [], 0
    for row in rows:
        widest = max(widest, len(row))
        every.append([cell if isinstance(cell, Formula) else cell.strip() for cell in row[: MAX_COLUMNS + 1]])
    at = header_row(every[:LOOKED_AT])
    if at is None:
        return None
    above = [next(cell for cell in row if cell) for row in every[:at] if any(row)]
    names = merged(every[at], every[at + 1]) if at + 1 < len(every) else None
    start = at + (1 if names is None else 2)
    filled = [(number, row) for number, row in enumerate(every[start:], 1) if any(row)]
    if not filled:
        return None
    header = every[at] if names is None else names
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        header, filled = header[:MAX_COLUMNS], [(number, row[:MAX_COLUMNS]) for number, row in filled]
    return Sheet(name, header, filled, above, names is not None, widest)


def merged(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """Put a header of two rows into one, the lower name before the upper; None where the second row is none of it.

    A cell over several columns holds its name in the first of them, and below each stands a name;
    a row of the table does not follow that, or has a number somewhere.

    Examples
    --------
    >>> merged(["单号", "重量", "", "备注"], ["", "毛重", "净重", ""])
    ['单号', '毛重', '净重', '备注']
    >>> merged(["单号", "重量", ""], ["A1", "毛重", "净重"])
    """
    width = max(len(upper), len(lower))
    first, second = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    pairs = list(zip(first, second, strict=True))
    below_gap = [not one and bool(other) for one, other in pairs]
    begins_group = [bool(one and other) for one, other in pairs]
    has_number = any(character.isdigit() for cell in second for character in cell)
    is_grouped = all(below_gap[at + 1 : at + 2] == [True] for at, begins in enumerate(begins_group) if begins)
    follows = all(at and (begins_group[at - 1] or below_gap[at - 1]) for at, gap in enumerate(below_gap) if gap)
    is_header = any(below_gap) and is_grouped and follows and not has_number
    return [other or one for one, other in pairs] if is_header else None


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Find the header: the first row that is at least three fifths as wide as the widest and holds names.

    A narrow row of names above rows of values is the header as well; the rows are then too wide,
    but they are not lost.

    Examples
    --------
    >>> header_row([["台账", "", ""], ["编号", "名称", "吨数"], ["1", "x", "2"]])
    1
    >>> header_row([["编号", "吨数"], ["A", "10", "完成", "2024"], ["B", "20", "完成", "2024"]])
    0
    """
    widths = [sum(bool(cell) for cell in row) for row in rows]
    widest = max(widths, default=0)
    at = next((at for at, width in enumerate(widths) if width and width >= 0.6 * widest), None)
    if at is None or not holds_values(rows[at], rows[at + 1 :]):
        return at
    names = [row for row in range(at) if widths[row] > 1 and not any(map(_NUMBER.fullmatch, rows[row]))]
    return names[-1] if names else at


def holds_values(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row is one of values: numbers where numbers follow below, and no name above numbers.

    Examples
    --------
    >>> holds_values(["A", "10"], [["B", "20"]]), holds_values(["编号", "2021"], [["1", "20"]])
    (True, False)
    """
    is_number = [bool(_NUMBER.fullmatch(cell)) for cell in row]
    columns = [[other[place] for other in below if place < len(other) and other[place]] for place in range(len(row))]
    is_numeric = [all(map(_NUMBER.fullmatch, column)) if column else None for column in columns]
    is_named = any(numeric and not number for number, numeric in zip(is_number, is_numeric, strict=True))
    return not is_named and any(
        number and numeric is not False for number, numeric in zip(is_number, is_numeric, strict=True)
    )


def tell(sheet: Sheet, head: PartHead, job: Job, out: Output) -> None:
    """Tell the parent of a table, up to its end."""
    width = len(sheet.header)
    names = unique_names(sheet.header)
    records = [number for number, _ in sheet.rows]
    cells = [[*row[:width], *[""] * (width - len(row))] for _, row in sheet.rows]
    columns = [list(column) for column in zip(*cells, strict=True)]
    found = places.find(names, columns, job.columns)
    head.crs = found.system
    out.part(head)
    for at, (number, row) in enumerate(sheet.rows):
        if fault := _fault(row, names):
            out.reject(number, fault[0], **fault[1])
            found.faults.pop(at, None)
    found.tell(out, records)
    if sheet.columns > MAX_COLUMNS:
        out.finding("columns_left_out", found=sheet.columns, limit=MAX_COLUMNS)
    if sheet.has_two_rows:
        out.finding("two_header_rows", names=", ".join(sheet.header)[:200])
    if sheet.above:
        out.finding("rows_above_header", count=len(sheet.above), value=sheet.above[0][:60])
    for start in range(0, len(records), BATCH_RECORDS):
        rows = slice(start, start + BATCH_RECORDS)
        out.batch(records[rows], found.shapes[rows], [column[rows] for column in columns])
        out.progress(min(rows.stop, len(records)) / len(records))


def _fault(row: Sequence[str], names: Sequence[str]) -> tuple[str, dict[str, object]] | None:
    """Say why a row cannot be taken, whatever its columns mean."""
    used = max((place + 1 for place, cell in enumerate(row) if cell), default=0)
    if used > len(names):
        return "extra_cells", {"found": used, "expected": len(names)}
    if Formula in map(type, row):
        place = list(map(type, row)).index(Formula)
        return "formula_unsaved", {"column": names[place], "value": row[place][:60]}
    if "\0" in "".join(row):
        return "zero_byte", {"column": next(name for name, cell in zip(names, row, strict=False) if "\0" in cell)}
    return None
