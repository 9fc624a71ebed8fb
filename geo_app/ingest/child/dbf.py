"""The attribute table of a shapefile, read from its bytes.

GDAL turns ``1,234.500`` into 1.0, ``****`` into nothing and undeclared GBK into Latin-1, all
without a word; here every value stays the text that stands in the file.
"""

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_

LIVE, DELETED = 0x20, 0x2A
CHUNK = 20_000
TEXT_KINDS = "CNFDL"
_BINARY = {("I", 4): "<i4", ("+", 4): "<i4", ("O", 8): "<f8", ("B", 8): "<f8"}
_DAMAGED = N_(
    "The attribute table of {file} (.dbf) is damaged: {found}. Copy all parts of the shapefile again from the original."
)


@dataclass(frozen=True)
class Field:
    """One column: raw name, kind, place and width in the record, declared decimals."""

    name: bytes
    kind: str
    start: int
    width: int
    decimals: int

    @property
    def is_read(self) -> bool:
        """Tell whether the values can be turned into text."""
        return self.kind in TEXT_KINDS or (self.kind, self.width) in _BINARY


@dataclass(frozen=True)
class Table:
    """An attribute table: its columns, its language driver and its records as bytes."""

    fields: tuple[Field, ...]
    language_driver: int
    cells: np.ndarray  # (records, record width) uint8, mapped from the file

    @property
    def live(self) -> np.ndarray:
        """Tell which records are not marked as deleted."""
        return np.asarray(self.cells[:, 0] != DELETED)

    def pieces(self, codec: str) -> Iterator[str]:
        """Decode the names and all text strictly, piece by piece."""
        for field in self.fields:
            yield decode_tail(field.name, codec, is_full=len(field.name) >= 9)
        for field in self.fields:
            if field.kind == "C":
                for at in range(0, len(self.cells), CHUNK):
                    yield "".join(decode_cells(self._cells(field, slice(at, at + CHUNK)), codec))

    def texts(self, field: Field, rows: slice, codec: str, errors: str = "strict") -> list[str]:
        """Write the values of a column as text, with their padding."""
        cells = self._cells(field, rows)
        if field.kind == "C":
            return decode_cells(cells, codec, errors)
        if field.kind in TEXT_KINDS:
            texts = decode_cells(cells, codec, "replace")
            return [_plain(text.strip()) for text in texts] if field.kind in "DL" else texts
        values = np.ascontiguousarray(cells).view(_BINARY[field.kind, field.width])[:, 0]
        return [repr(value) for value in values.tolist()]

    def _cells(self, field: Field, rows: slice) -> np.ndarray:
        return self.cells[rows, field.start : field.start + field.width]


def _plain(value: str) -> str:
    return "" if value in ("?", "00000000") else value


def open_table(path: Path, file: str) -> Table:
    """Read the header of a .dbf, check it against the file's size and map the records.

    Raises
    ------
    UnreadableFile
        If header, size and record width do not agree.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            raise UnreadableFile(_DAMAGED, file=file, found=f"{size} bytes")
        count, head_bytes, width = struct.unpack("<IHH", head[4:12])
        described = stream.read(max(head_bytes - 32, 0))
    fields = tuple(_fields(described, width))
    if not fields or head_bytes < 33 or fields[-1].start + fields[-1].width > width:
        raise UnreadableFile(_DAMAGED, file=file, found=f"header {head_bytes} bytes, record {width} bytes")
    held = max(size - head_bytes, 0) // width
    if held != count:
        raise UnreadableFile(
            N_(
                "The attribute table of {file} (.dbf) says it has {declared} records, but holds {found}. "
                "Copy all parts of the shapefile again from the original."
            ),
            file=file,
            declared=count,
            found=held,
        )
    cells = np.zeros((0, width), np.uint8)
    if count:
        cells = np.memmap(path, np.uint8, "r", offset=head_bytes, shape=(count, width))
    if not np.isin(cells[:, 0], (LIVE, DELETED, 0)).all():
        raise UnreadableFile(_DAMAGED, file=file, found="a record does not begin where it should")
    return Table(fields, head[29], cells)


def _fields(described: bytes, width: int) -> Iterator[Field]:
    start = 1
    for at in range(0, len(described) - 31, 32):
        entry = described[at : at + 32]
        if entry[0] == 0x0D:
            return
        kind, length, decimals = chr(entry[11]).upper(), entry[16], entry[17]
        if kind == "C":  # wide text keeps the upper byte of its width where decimals stand
            wide = length + 256 * decimals
            length, decimals = (wide if start + wide <= width else length), 0
        yield Field(entry[:11].split(b"\0")[0], kind, start, length, decimals)
        start += length


def decode_cells(cells: np.ndarray, codec: str, errors: str = "strict") -> list[str]:
    """Decode one column of fixed width strictly; spaces around a value stay.

    All cells are decoded in one go, each followed by a line feed, which is part of no character
    of any encoding met here; only where that fails they are taken one by one.
    """
    count, width = cells.shape
    padded = np.full((count, width + 1), 0x0A, np.uint8)
    padded[:, :width] = cells
    ended = padded[:, :width] == 0
    if ended.any():  # what stands behind a zero byte is left over from an earlier value
        padded[:, :width][np.logical_or.accumulate(ended, axis=1)] = 0x20
    try:
        texts = padded.tobytes().decode(codec, errors).split("\n")[:-1]
    except UnicodeDecodeError:
        texts = []
    if len(texts) == count:
        return texts
    return [_decode_cell(row[:width].tobytes(), codec, errors) for row in padded]


def _decode_cell(cell: bytes, codec: str, errors: str) -> str:
    text = cell.rstrip(b" ")
    if errors != "strict":
        return text.decode(codec, errors)
    return decode_tail(text, codec, is_full=len(text) >= len(cell) - 3).strip()


def decode_tail(text: bytes, codec: str, *, is_full: bool) -> str:
    """Decode strictly; where the text fills its place, a character cut at its end is dropped."""
    if not is_full:
        return text.decode(codec)
    return codecs.getincrementaldecoder(codec)("strict").decode(text)
