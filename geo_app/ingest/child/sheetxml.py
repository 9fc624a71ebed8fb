"""Look through the XML of a workbook's sheets for what openpyxl passes over without a word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.cell import coordinate_to_tuple

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.archive import Archive, Member

MOST_ROWS = 1 << 20  # of any sheet in Excel
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,15})["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass
class Look:
    """What stands in a sheet: whether it has formulas, how many hidden rows, whether its rows are in order."""

    has_formulas: bool = False
    hidden: int = 0
    is_sound: bool = True


def look(archive: Archive, member: Member, file: str) -> Look:
    """Look through one XML member.

    Raises
    ------
    UnreadableFile
        If it declares a document type, which no workbook needs.
    """
    found, last, rest = Look(), 0, b""
    for chunk in archive.chunks(member):
        content = rest + chunk
        if any(mark in content for mark in _DOCTYPES):
            raise UnreadableFile(
                N_("{file} declares a document type (DOCTYPE), which no workbook needs. Save it again."), file=file
            )
        whole = content.rfind(b">") + 1 or max(len(content) - len(_DOCTYPES[-1]), 0)
        rest, content = content[whole:], content[:whole]
        found.has_formulas = found.has_formulas or _FORMULA.search(content) is not None
        for row in _ROW.finditer(content):
            number = _NUMBER.search(row[1])
            at = int(number[1]) if number else last + 1
            found.is_sound = found.is_sound and last < at <= MOST_ROWS
            found.hidden += _HIDDEN.search(row[1]) is not None
            last = at
    return found


def unsaved_formulas(stream: IO[bytes]) -> dict[tuple[int, int], str]:
    """Find the cells whose formula was never calculated: row and column, from 1, to the formula."""
    return {coordinate_to_tuple(place): formula for place, formula in _unsaved(stream)}


def _unsaved(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    for _, row in iterparse(stream):  # noqa: S314 - what declares a document type has been refused
        if _tag(row) != "row":
            continue
        for cell in row:
            parts = {_tag(part): part.text or "" for part in cell}
            has_result = parts.get("v") or ("v" in parts and cell.get("t") == "str")  # an empty text is one
            if "f" in parts and not has_result and "r" in cell.attrib:
                yield cell.attrib["r"], f"={parts['f']}"
        row.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
