"""Tell the parent what was read: files, parts, batches, faults."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from geo_app.errors import AnswerNeeded, GeoAppError
from geo_app.ingest import frames

BATCH_RECORDS = 20_000
MOST_NAMES = 50


@dataclass
class PartHead:
    """What is known of a sublayer before its records."""

    sublayer: str
    columns: Sequence[str]
    crs: Mapping[str, Any] | None = None
    encoding: str | None = "UTF-8"
    encoding_source: str | None = "file"
    encoding_need: AnswerNeeded | None = None
    decimals: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Output:
    """Frames to the parent."""

    stream: BinaryIO = field(default_factory=lambda: sys.stdout.buffer)
    names: list[str] = field(default_factory=list)
    announced: list[tuple[str, str]] = field(default_factory=list)

    def announce(self, rule: str, names: Iterable[str]) -> None:
        """Have it said, once a sublayer begins, what the file holds besides; nothing where there is nothing."""
        if told := list(names):
            more = [f"… {len(told) - MOST_NAMES}"] if len(told) > MOST_NAMES else []
            self.announced.append((rule, ", ".join([*told[:MOST_NAMES], *more])))

    def file(self, format_id: str, sublayers: Iterable[str]) -> None:
        """Name the format and the sublayers of the file."""
        self._send(kind="file", format=format_id, sublayers=list(sublayers))

    def part(self, head: PartHead) -> None:
        """Begin a sublayer."""
        need = head.encoding_need
        self.names = unique_names(head.columns)
        self._send(
            kind="part",
            sublayer=head.sublayer,
            columns=self.names,
            crs=head.crs,
            encoding=head.encoding,
            encoding_source=head.encoding_source,
            encoding_need=None if need is None else _told(need),
            decimals=dict(head.decimals),
        )
        for name in dict.fromkeys(each for each in head.columns if list(head.columns).count(each) > 1):
            self.finding("duplicate_column", column=name)
        while self.announced:
            rule, told = self.announced.pop(0)
            self.finding(rule, names=told)

    def batch(self, records: Sequence[int] | pa.Array, geometry: Any, columns: Sequence[Any]) -> None:
        """Send records: their numbers, WKB or None, and a list of text or None for each column."""
        arrays = [pa.array(records, pa.int64()), _as(geometry, pa.binary())]
        arrays += [_blank_to_null(_as(each, pa.string())) for each in columns]
        names = ["record", "geometry", *(str(at) for at in range(len(columns)))]
        frames.write_batch(self.stream, pa.RecordBatch.from_arrays(arrays, names))

    def document(self, kind: str, text: str, encoding: str | None) -> None:
        """Send the text of a document, and what it was."""
        self._send(kind="document", format=kind, text=_whole(text), encoding=encoding)

    def reject(self, record: int, rule: str, **values: object) -> None:
        """Say that a record cannot be taken, and why."""
        self._send(kind="rejection", record=record, rule=rule, values=values)

    def finding(self, rule: str, record: int | None = None, **values: object) -> None:
        """Say what a person should look at."""
        self._send(kind="finding", record=record, rule=rule, values=values)

    def progress(self, done: float) -> None:
        """Tell how much has been read, from 0 to 1."""
        self._send(kind="progress", done=done)

    def end_part(self) -> None:
        """End a sublayer."""
        self._send(kind="end_part")

    def end(self) -> None:
        """Say that everything was read."""
        self._send(kind="end")

    def refuse(self, error: GeoAppError) -> None:
        """Say why the file cannot be taken, or what has to be answered first."""
        self._send(kind="error", **_told(error))

    def _send(self, **message: object) -> None:
        frames.write_json(self.stream, message)


def _told(error: GeoAppError) -> dict[str, object]:
    told: dict[str, object] = {
        "error": type(error).__name__,
        "template": error.template,
        "values": {name: _plain(value) for name, value in error.values.items()},
    }
    if isinstance(error, AnswerNeeded):
        told |= {"needs": error.needs, "option": error.option, "choices": list(error.choices)}
    return told


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _as(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return values if values.type == kind else values.cast(kind)
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([each and _whole(each) for each in values], kind)


def _whole(text: str) -> str:
    """Put a question mark for half a surrogate pair, which only JSON escapes can bring."""
    return text.encode("utf-8", "replace").decode()


def _blank_to_null(texts: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def unique_names(names: Iterable[str]) -> list[str]:
    """Keep equal names apart by number: ``NAME``, ``NAME (2)``.

    Examples
    --------
    >>> unique_names(["NAME", "", "NAME"])
    ['NAME', 'column 2', 'NAME (2)']
    """
    taken: list[str] = []
    for place, given in enumerate(names, 1):
        name = base = _whole(given.strip()) or f"column {place}"
        number = 2
        while name in taken:
            name, number = f"{base} ({number})", number + 1
        taken.append(name)
    return taken
