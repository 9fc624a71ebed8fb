"""Read the text of a PDF by pypdf; its lines become paragraphs again, as a figure may go over the end of a line."""

import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.output import Output

MOST_PAGES = 2000
ERRORS = (
    PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, ArithmeticError, AssertionError,
    RecursionError, NotImplementedError, EOFError, OSError, LookupError, struct.error, zlib.error,
)  # fmt: skip
_FULL = 0.8  # of the usual width of a page's lines: a line as wide goes on in the next
_WIDE = "WF"
_CHINESE = r"\u2e80-\u9fff\uff00-\uffef“”"
# the gap of a change of font beside a Chinese character, as in 5.8 万吨; nobody wrote it
_FONT_GAP = re.compile(rf"(?<=[{_CHINESE}]) (?=[!-~“”])|(?<=[!-~“”]) (?=[{_CHINESE}])")
_SENTENCE_END = ("。", "！", "？", "；")
_HEADING = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:、|[）)])")
_IN_NUMBER = "0123456789.,"
_HAN = re.compile("[\u4e00-\u9fff]")
_TAIL, _PROSE = 30, 10  # characters looked at, and how many of them make prose of a line
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·\s]*\d{1,4}[-—–·\s]*|第\s*\d+\s*页.{0,12}|Page \d+(?: of \d+)?)\s*", re.IGNORECASE
)
# what fonts write for common characters: radicals, ligatures
_FORMS = {
    code: written
    for start, end in ((0x2E80, 0x2FE0), (0xFB00, 0xFB07), (0xF900, 0xFB00))
    for code in range(start, end)
    if (written := unicodedata.normalize("NFKC", chr(code))) != chr(code)
}


@dataclass(frozen=True)
class _Page:
    """The text of a page, whether there is something else on it, and why it cannot be read."""

    text: str
    has_more: bool
    fault: Exception | None = None


def read(path: Path, name: str, out: Output) -> str:
    """Give the text of a PDF; say which of its pages hold pictures instead.

    Raises
    ------
    UnreadableFile
        If it is encrypted, damaged, or all pictures.
    """
    try:
        reader = PdfReader(path)
        _open(reader, name)
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise UnreadableFile(
                N_("{file} has {found} pages; up to {limit} are read. Send the pages that have the figures."),
                file=name,
                found=count,
                limit=MOST_PAGES,
            )
        pages = [_page(page) for page in reader.pages]
    except ERRORS as error:
        raise _damaged(name, error) from error
    if not any(page.text for page in pages):
        raise next((_damaged(name, page.fault) for page in pages if page.fault), _without_text(name, count))
    if silent := [number for number, page in enumerate(pages, 1) if not page.text and page.has_more]:
        out.finding("pages_without_text", pages=", ".join(map(str, silent[:50])), count=count)
    return flowing(page.text for page in pages)


def _damaged(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        N_("{file} is a damaged PDF: {found}. Save or print it as PDF again."),
        file=name,
        found=(str(error) or type(error).__name__).strip(". ")[:150],
    )


def _without_text(name: str, count: int) -> UnreadableFile:
    return UnreadableFile(
        N_(
            "{file} is a PDF without text, as a scanner makes them (pages: {count}); expected text that can be "
            "selected. Send the original, or have its text recognised first and send that."
        ),
        file=name,
        count=count,
    )


def _open(reader: PdfReader, name: str) -> None:
    """Open what is only protected against changes; that needs no password."""
    if not reader.is_encrypted:
        return
    try:
        is_open = bool(reader.decrypt(""))
    except (DependencyError, FileNotDecryptedError, NotImplementedError):
        is_open = False
    if not is_open:
        raise UnreadableFile(
            N_(
                "{file} is an encrypted PDF. Save or print it as a PDF without protection, or copy its text, "
                "and send that."
            ),
            file=name,
        )


def _page(page: PageObject) -> _Page:
    try:
        text = page.extract_text().translate(_FORMS)
        resources = page.get("/Resources")
        return _Page(text.strip(), bool(resources and "/XObject" in resources.get_object()))
    except ERRORS as error:
        return _Page("", True, error)


def flowing(pages: Iterable[str]) -> str:
    r"""Put lines together that go on in the next one, over pages as well; what heads each page is given once, before.

    Examples
    --------
    >>> flowing(["标题\n本年全县恢复被非法开垦的草\n原11.5万亩，清理危险废物\n5.8 万吨。\n-1-", "次段"])
    '标题\n本年全县恢复被非法开垦的草原11.5万亩，清理危险废物5.8万吨。\n次段'
    >>> flowing(["公报\n恢复草原三万亩，\n复垦耕地四万亩，", "公报\n清理垃圾五吨。\n二、成效"])
    '公报\n恢复草原三万亩，复垦耕地四万亩，清理垃圾五吨。\n二、成效'
    """
    every = [
        _unnumbered([_FONT_GAP.sub("", line.strip()) for line in page.splitlines() if line.strip()]) for page in pages
    ]
    running = _running(every)
    written = list(running)
    goes_on = False
    for found in every:
        lines = _unnumbered([line for line in found if line not in running])
        widths = sorted(map(_width, lines))
        usual = widths[-1 - len(widths) // 10] if widths else 0
        for line in lines:
            if goes_on and not (written[-1].endswith(_SENTENCE_END) and _HEADING.match(line)):
                written[-1] += _gap(written[-1], line) + line
            else:
                written.append(line)
            goes_on = len(lines) > 1 and _width(line) >= _FULL * usual
    return "\n".join(written)


def _running(pages: Sequence[list[str]]) -> list[str]:
    """Find the lines at the head or foot of most pages."""
    counts = Counter(line for lines in pages for line in dict.fromkeys([*lines[:2], *lines[-2:]]))
    return [line for line, count in counts.items() if count > 1 and count > len(pages) / 2]


def _unnumbered(lines: list[str]) -> list[str]:
    """Give the lines of a page without its number."""
    first = 1 if lines and _PAGE_NUMBER.fullmatch(lines[0]) else 0
    last = len(lines) - (1 if len(lines) > first and _PAGE_NUMBER.fullmatch(lines[-1]) else 0)
    return lines[first:last]


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in line)


def _gap(before: str, after: str) -> str:
    """Give what stands between two lines put together: nothing beside Chinese or within its numbers, else a space."""
    if before[-1] in _IN_NUMBER and after[0].isdecimal():  # a Chinese line may end in a number, one of a table as well
        return "" if len(_HAN.findall(before[-_TAIL:])) >= _PROSE else " "
    is_wide = unicodedata.east_asian_width(before[-1]) in _WIDE or unicodedata.east_asian_width(after[0]) in _WIDE
    return "" if is_wide else " "
