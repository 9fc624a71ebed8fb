"""What openpyxl does not tell of the XML in a workbook: document types, and formulas without a result."""

import re
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple

_CHUNK = 1 << 16
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_OVERLAP = 60


def declares_type(stream: IO[bytes]) -> bool:
    """Tell whether an XML text declares a document type, however far in front of its first element."""
    seen: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append(True)
    parser.StartElementHandler = lambda *_: seen.append(False)
    try:
        while not seen and (chunk := stream.read(_CHUNK)):
            parser.Parse(chunk)
    except expat.ExpatError:
        pass  # whoever reads it says what is wrong with it
    return bool(seen) and seen[0]


def may_hold_formulas(stream: IO[bytes]) -> bool:
    """Tell whether it is worth while to look for formulas, which takes as long as reading the cells."""
    before = b""
    while chunk := stream.read(_CHUNK):
        chunk = before + chunk.replace(b"\0", b"")
        if _FORMULA.search(chunk):
            return True
        before = chunk[-_OVERLAP:]
    return False


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
