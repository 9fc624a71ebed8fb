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
_MARKS = ((b"\xef\xbb\xbf", "utf-8", "UTF-8"), (b"\xff\xfe", "utf-16", "UTF-16"), (b"\xfe\xff", "utf-16", "UTF-16"))
_DISARMED = re.compile("'+[=+\\-@\t\r]")  # what exports, ours too, make of a text that looks like a formula
NO_ROWS = N_("{file} holds no rows below a header. Send a table with a header and one row for each site.")


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
        If it holds no rows, or a cell that cannot be one.
    """
    content = job.path.read_bytes()
    decision = _decide(content, job)
    written = content.decode(decision.codec, "replace" if decision.need else "strict").removeprefix("\ufeff")
    csv.field_size_limit(MAX_CELL)
    try:
        delimiter = sniff(written)
        sheet = find_sheet(job.name, ([_armed(cell) for cell in row] for row in _rows(written, delimiter)))
    except csv.Error as error:
        raise UnreadableFile(
            N_("{file} cannot be read as a table: {found}. Check its quotation marks."), file=job.name, found=error
        ) from error
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


def _rows(written: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)


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
        rows = [row for row in islice(_rows(written, delimiter), LOOKED_AT) if any(row)]
        widths = sorted(len(row) for row in rows)
        usual = widths[len(widths) // 2] if widths else 0
        # Decimal commas split every row but the header, which then would lie further down.
        return usual > 1, -(header_row(rows) or 0), usual * widths.count(usual) / max(len(widths), 1)

    return max(DELIMITERS, key=merit)


def find_sheet(name: str, rows: Iterable[Sequence[str]]) -> Sheet | None:
    """Find header and rows; None where there is no row below a header."""
    every = [[cell.strip() for cell in row[: MAX_COLUMNS + 1]] for row in rows]
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
    """Find the header: the first row that is at least three fifths as wide as the widest.

    Examples
    --------
    >>> header_row([["台账", "", ""], ["编号", "名称", "吨数"], ["1", "x", "2"]])
    1
    """
    widths = [sum(bool(cell) for cell in row) for row in rows]
    widest = max(widths, default=0)
    return next((at for at, width in enumerate(widths) if width and width >= 0.6 * widest), None)


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
        used = max((place + 1 for place, cell in enumerate(row) if cell), default=0)
        if used > width:
            out.reject(number, "extra_cells", found=used, expected=width)
            found.faults.pop(at, None)
    found.tell(out, records)
    if sheet.above:
        out.finding("rows_above_header", count=len(sheet.above), value=sheet.above[0][:60])
    for start in range(0, len(records), BATCH_RECORDS):
        rows = slice(start, start + BATCH_RECORDS)
        out.batch(records[rows], found.shapes[rows], [column[rows] for column in columns])
        out.progress(min(rows.stop, len(records)) / len(records))
