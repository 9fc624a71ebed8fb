"""A file as it stands: what the child process tells, put together."""

import re
import string
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import shapely

from geo_app import errors
from geo_app.errors import AnswerNeeded, GeoAppError, UnreadableFile
from geo_app.geometry import relabelled
from geo_app.i18n import N_
from geo_app.ingest import shapes, wkb
from geo_app.ingest.contract import Choices, RawFile, RawPart
from geo_app.ingest.crstext import is_self_contained
from geo_app.ingest.frames import BrokenStream
from geo_app.ingest.process import Limits, messages
from geo_app.ingest.shapes import KEPT_DECODED, Shapes
from geo_app.model import Finding, Rejection
from geo_app.rules import RULES

_ERRORS: Mapping[str, type[GeoAppError]] = {
    each.__name__: each
    for each in (errors.Refused, errors.UnreadableFile, errors.UnsupportedFormat, errors.UnknownColumn, AnswerNeeded)
}
DEFAULT_LIMITS = Limits()
_CODE = re.compile(r"[A-Za-z]+:\w+")


@dataclass
class _Part:
    """A part while its frames arrive."""

    head: dict[str, Any]
    records: list[np.ndarray] = field(default_factory=list)
    shapes: list[Shapes] = field(default_factory=list)
    undecoded: list[tuple[int, bytes]] = field(default_factory=list)
    texts: list[pa.RecordBatch] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch over; outlines are decoded while the child process reads on.

        Everything is copied, so that the batch with its outlines can go.
        """
        outlines, decoded = wkb.decode(batch.column("geometry"))
        records = batch.column("record").to_numpy().copy()
        lost = np.flatnonzero(shapely.is_missing(decoded) & (outlines != None))  # noqa: E711 - elementwise
        self.undecoded += zip(records[lost].tolist(), outlines[lost], strict=True)
        self.records.append(records)
        self.shapes.append(shapes.noted(outlines, decoded))
        if sum(map(len, self.shapes)) > KEPT_DECODED:
            self.shapes = [replace(each, decoded=None) for each in self.shapes]
        columns = [pa.concat_arrays([each, each[:0]]) for each in batch.columns[2:]]
        self.texts.append(pa.RecordBatch.from_arrays(columns, [str(at) for at in range(len(columns))]))


def read_raw(
    path: Path,
    *,
    name: str,
    choices: Choices | None = None,
    limits: Limits = DEFAULT_LIMITS,
    scratch: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> RawFile:
    """Read a file without interpreting it.

    All parsing happens in a child process without network and with limits; a file that kills,
    stalls or bloats it costs one sentence.

    Parameters
    ----------
    path : Path
        Where the bytes are. A ``.shp`` is read with the parts beside it.
    name : str
        What the file was called when it was sent; its suffix tells the format.
    choices : Choices, optional
        `encoding`, `sublayer` and the place columns matter here.
    scratch : Path, optional
        Folder for unpacked parts; they are removed before this returns.
    progress : function, optional
        Called with 0..1. What it raises ends the reading.

    Raises
    ------
    Refused
        If the file cannot be taken.
    AnswerNeeded
        If there are several sublayers and none is named.
    """
    answers = choices or Choices()
    job = {
        "task": "main",
        "path": str(Path(path).resolve()),
        "name": name,
        "encoding": answers.encoding,
        "sublayer": answers.sublayer,
        "columns": dict(answers.columns),
    }
    try:
        return _gathered(job, name, limits, scratch, progress)
    except BrokenStream as error:
        raise UnreadableFile(
            N_("{file} cannot be read: its content is not what its kind should hold."), file=name
        ) from error


def _gathered(
    job: dict[str, Any], name: str, limits: Limits, scratch: Path | None, progress: Callable[[float], None] | None
) -> RawFile:
    told: dict[str, Any] = {}
    parts: list[_Part] = []
    with messages(job, name, limits, scratch) as incoming:
        for message in incoming:
            if isinstance(message, pa.RecordBatch):
                _last(parts).add(message)
            elif message["kind"] == "error":
                raise _knowing(error_from(message), told)
            elif message["kind"] == "progress" and progress is not None:
                progress(min(float(message["done"]), 1.0))
            else:
                _take(message, told, parts)
    if not told or not parts:
        raise BrokenStream("nothing was read")
    return RawFile(name, told["format"], tuple(told["sublayers"]), tuple(_finished(part) for part in parts))


def _knowing(error: GeoAppError, told: Mapping[str, Any]) -> GeoAppError:
    """Tell with an error which format the file turned out to be."""
    error.known = {"format": told.get("format")}
    return error


def _last(parts: list[_Part]) -> _Part:
    if not parts:
        raise BrokenStream("records come before their part")
    return parts[-1]


def _take(message: dict[str, Any], told: dict[str, Any], parts: list[_Part]) -> None:
    kind = message["kind"]
    if kind == "file":
        told |= message
    elif kind == "part":
        parts.append(_Part(message))
    elif kind in ("rejection", "finding"):
        if message["rule"] not in RULES:
            raise BrokenStream("a rule that does not exist")
        part = _last(parts)
        if kind == "rejection":
            part.rejections.append(Rejection(message["record"], message["rule"], message["values"]))
        else:
            part.findings.append(Finding(message["rule"], message["record"], message["values"]))


def error_from(message: dict[str, Any]) -> GeoAppError:
    """Make the error that the child process told of."""
    kind = str(message.get("error"))
    if kind == "AnswerNeeded":
        return need_from(message)
    if kind not in _ERRORS or not _is_plain(message["template"], message["values"]):
        raise BrokenStream("an error of a kind that was not agreed")
    return _ERRORS[kind](message["template"], **message["values"])


def need_from(message: dict[str, Any]) -> AnswerNeeded:
    """Make the question that the child process told of."""
    values = {name: value for name, value in message["values"].items() if name not in ("option", "choices")}
    if not _is_plain(message["template"], values | {"option": "", "choices": ""}):
        raise BrokenStream("a question of a kind that was not agreed")
    return AnswerNeeded(
        message["template"],
        needs=str(message.get("needs")),
        option=str(message.get("option")),
        choices=tuple(str(choice) for choice in message.get("choices", ())),
        **values,
    )


def _is_plain(template: str, values: dict[str, Any]) -> bool:
    """Tell whether a sentence has nothing but known names in its places."""
    try:
        places = list(string.Formatter().parse(template))
    except ValueError:
        return False
    return all(name is None or (not spec and name in values) for _, name, spec, _ in places)


def _finished(part: _Part) -> RawPart:
    head = part.head
    crs = head["crs"]
    if crs and not is_self_contained(str(crs["wkt"])):
        raise BrokenStream("a coordinate system leans on another file")
    records = np.concatenate(part.records) if part.records else np.zeros(0, np.int64)
    known = {each.record for each in part.rejections}
    if len(known) != len(part.rejections) or not known <= set(records.tolist() if known else ()):
        raise BrokenStream("records are rejected twice, or do not exist")
    undecoded = [wkb.fault(record, outline) for record, outline in part.undecoded if record not in known]
    findings = list(part.findings)
    system = pyproj.CRS.from_user_input(crs["wkt"]) if crs else None
    name = None if system is None else _name(system, crs["name"])
    if crs and crs["named"]:
        findings.append(Finding("crs_by_parameters", None, {"named": crs["named"], "crs": name}))
    return RawPart(
        sublayer=head["sublayer"],
        crs=system,
        crs_name=name,
        encoding=head["encoding"],
        encoding_source=head["encoding_source"],
        encoding_need=need_from(head["encoding_need"]) if head["encoding_need"] else None,
        records=records,
        shapes=shapes.joined(part.shapes),
        table=_table(part.texts, head["columns"], len(records)),
        decimals=head["decimals"],
        rejections=tuple(sorted([*part.rejections, *undecoded], key=lambda each: each.record)),
        findings=tuple(findings),
    )


def _name(crs: pyproj.CRS, told: str) -> str:
    """Give the name under which a system can be had again: its code, else a PROJ string."""
    if _CODE.fullmatch(told):
        return told
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what a PROJ string leaves out
        return str(relabelled(crs).to_proj4())


def _table(batches: list[pa.RecordBatch], names: list[str], count: int) -> pd.DataFrame:
    if not batches or not names:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in names}, index=range(count))
    texts = pa.Table.from_batches(batches).rename_columns(names)
    batches.clear()
    return texts.to_pandas()
