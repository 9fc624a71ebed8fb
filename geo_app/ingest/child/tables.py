"""Read tables: find the header, keep every cell as text, find the place of each row."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import places, text
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead, unique_names

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 30
MAX_CELL = 1 << 20
MAX_COLUMNS = 2000
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?|\d{4}([-/.]\d{1,2}){1,2}", re.ASCII)
_MARKS = ((b"\xef\xbb\xbf", "utf-8", "UTF-8"), (b"\xff\xfe", "utf-16", "UTF-16"), (b"\xfe\xff", "utf-16", "UTF-16"))
NO_ROWS = N_("{file} holds no rows below a header. Send a table with a header and one row for each site.")


class Formula(str):
    """A cell's formula whose result the file does not hold."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """A table of text: its header, and its rows with the number of each below the header."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    above: list[str]


def read_csv(job: Job, out: Output) -> None:
    """Read a table of separated values.

    Raises
    ------
    UnreadableFile
        If it holds no rows, or quotation marks that would swallow some.
    """
    content = job.path.read_bytes()
    decision = _decide(content, job)
    written = content.decode(decision.codec, "replace" if decision.need else "strict").removeprefix("\ufeff")
    csv.field_size_limit(MAX_CELL)
    sheet = find_sheet(job.name, _every(written, sniff(written), job.name))
    if "\0" in ("".join(sheet.header) if sheet else written):
        raise UnreadableFile(
            N_("{file} holds zero bytes, as no text does. Save it again as CSV in UTF-8."), file=job.name
        )
    if sheet is None:
        raise UnreadableFile(NO_ROWS, file=job.name)
    out.file("csv", choose([job.name], job.sublayer, job.name))
    head = PartHead(job.name, sheet.header, None, decision.label or None, decision.source, decision.need)
    tell(sheet, head, job, out)
    if decision.overruled is None and decision.source == "inferred" and not decision.need:
        out.finding("encoding_inferred", encoding=decision.label, sample=decision.sample[:20])
    out.end_part()


def _decide(content: bytes, job: Job) -> text.Decision:
    for mark, codec, label in _MARKS:
        if content.startswith(mark) and job.encoding is None:
            try:
                content.decode(codec)
            except UnicodeDecodeError:
                continue
            return text.Decision(codec, label, "file")
    return text.decide(lambda codec: [content.decode(codec)], None, job.encoding, job.name)


def _every(written: str, delimiter: str, file: str) -> Iterator[list[str]]:
    """Give every row; refuse where a quotation mark makes one cell of the rest of the file, or of several rows."""
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                N_(
                    "{file} cannot be read as a table: in the row that begins in line {line}, a quotation mark does "
                    "not end where a cell does, or a cell has more than {limit} characters. Correct the line; nothing "
                    "was read."
                ),
                file=file,
                line=begun,
                limit=MAX_CELL,
            ) from error
        if reader.line_num > begun and _holds_rows(row, delimiter):
            raise UnreadableFile(
                N_(
                    "{file} cannot be read as a table: lines {line} to {last} would be one row, as a quotation mark in "
                    "them ends only where a later row begins. Correct the marks; nothing was read."
                ),
                file=file,
                line=begun,
                last=reader.line_num,
            )
        yield row


def _holds_rows(row: Sequence[str], delimiter: str) -> bool:
    """Tell whether a cell of several lines is what is left of its row, whole rows, and the begin of the last one."""
    width = len(row) - 1
    for place, cell in enumerate(row):
        counts = [line.count(delimiter) for line in cell.splitlines()]
        if width > 1 and len(counts) > 1 and counts == [width - place, *[width] * (len(counts) - 2), place]:
            return True
    return False


def _few(written: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    try:
        return [row for row in islice(reader, LOOKED_AT) if any(row)]
    except csv.Error:
        return []


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


def find_sheet(name: str, rows: Iterable[Sequence[str]]) -> Sheet | None:
    """Find header and rows; None where there is no row below a header."""
    every = [[cell if isinstance(cell, Formula) else cell.strip() for cell in row[: MAX_COLUMNS + 1]] for row in rows]
    at = header_row(every[:LOOKED_AT])
    if at is None:
        return None
    filled = [(number, row) for number, row in enumerate(every[at + 1 :], 1) if any(row)]
    if not filled:
        return None
    above = [next(cell for cell in row if cell) for row in every[:at] if any(row)]
    header = every[at]
    while header and not header[-1]:
        header.pop()
    return Sheet(name, header, filled, above)


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
    """Tell the parent of a table, up to its end.

    Raises
    ------
    UnreadableFile
        If its first row holds values.
    """
    if holds_values(sheet.header, [row for _, row in sheet.rows[:LOOKED_AT]]):
        raise UnreadableFile(
            N_(
                "The first row of {file} holds values ({cells}), not the names of columns. Put a row of names above "
                "it; nothing was read."
            ),
            file=sheet.name,
            cells=", ".join(sheet.header[:10]),
        )
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
