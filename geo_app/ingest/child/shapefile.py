"""Read a shapefile: headers and counts checked here, outlines by GDAL, attributes by `dbf`."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs, dbf, gdal, shpindex, text
from geo_app.ingest.child.output import Output, PartHead
from geo_app.ingest.crstext import MAX_TEXT

NEEDED = (".shp", ".shx", ".dbf")
_DAMAGED = N_(
    "{part} of {file} is damaged: its header says {declared} bytes, but it holds {found}. "
    "Copy all parts of the shapefile again from the original."
)


@dataclass(frozen=True)
class Shapefile:
    """The parts of one shapefile, by suffix, and the name it was sent under."""

    name: str
    parts: Mapping[str, Path]


def read(source: Shapefile, encoding: str | None, out: Output) -> None:
    """Read one shapefile as a part.

    Raises
    ------
    UnreadableFile
        If a part is missing or the parts do not agree.
    """
    _demand_parts(source)
    index = shpindex.index(_bytes(source, ".shp"), _bytes(source, ".shx"), source.name)
    table = dbf.open_table(source.parts[".dbf"], source.name)
    if len(table.cells) != index.count:
        raise UnreadableFile(
            N_(
                "{file} does not fit together: {shapes} shapes (.shp) and {rows} attribute records (.dbf). "
                "Copy all parts again from the original; nothing was read."
            ),
            file=source.name,
            shapes=index.count,
            rows=len(table.cells),
        )
    decision = text.decide(table.pieces, _declared(source, table), encoding, source.name)
    _head(source, table, decision, out)
    _records(source, table, index, decision, out)
    out.end_part()


def _demand_parts(source: Shapefile) -> None:
    missing = [suffix for suffix in NEEDED if suffix not in source.parts or not source.parts[suffix].stat().st_size]
    if missing:
        raise UnreadableFile(
            N_(
                "The shapefile {file} is incomplete: {missing} is missing or empty. "
                "Send .shp, .shx, .dbf and .prj of the same name together, in one .zip."
            ),
            file=source.name,
            missing=", ".join(missing),
        )


def _bytes(source: Shapefile, suffix: str) -> np.ndarray:
    path = source.parts[suffix]
    size = path.stat().st_size
    content = np.memmap(path, np.uint8, "r")
    head = content[: shpindex.HEADER_BYTES].tobytes()
    if size < shpindex.HEADER_BYTES or head[:4] != b"\x00\x00\x27\x0a":
        raise UnreadableFile(
            N_("{part} of {file} does not begin as a shapefile does. Copy all parts again from the original."),
            part=suffix,
            file=source.name,
        )
    declared = struct.unpack(">I", head[24:28])[0] * 2
    if declared != size or (suffix == ".shx" and (size - shpindex.HEADER_BYTES) % 8):
        raise UnreadableFile(_DAMAGED, part=suffix, file=source.name, declared=declared, found=size)
    return content


def _declared(source: Shapefile, table: dbf.Table) -> str | None:
    named = text.declared_codec(_start(source, ".cpg", 200))
    return named or text.LANGUAGE_DRIVERS.get(table.language_driver)


def _start(source: Shapefile, suffix: str, size: int) -> str:
    """Read the beginning of a small text part; empty where it is not there."""
    if suffix not in source.parts:
        return ""
    with source.parts[suffix].open("rb") as stream:
        content = stream.read(size)
    for codec in ("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "gb18030"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _head(source: Shapefile, table: dbf.Table, decision: text.Decision, out: Output) -> None:
    errors = "replace" if decision.need else "strict"
    names = [field.name.decode(decision.codec, "ignore" if errors == "strict" else errors) for field in table.fields]
    read = [place for place, field in enumerate(table.fields) if field.is_read]
    out.part(
        PartHead(
            sublayer=source.name,
            columns=[names[place] for place in read],
            crs=crs.describe(_start(source, ".prj", MAX_TEXT + 1)),
            encoding=decision.label or None,
            encoding_source=decision.source,
            encoding_need=decision.need,
            decimals={names[at]: table.fields[at].decimals for at in read if table.fields[at].kind in "NF"},
        )
    )
    _tell(table, names, decision, out)


def _tell(table: dbf.Table, names: list[str], decision: text.Decision, out: Output) -> None:
    for name, field in zip(names, table.fields, strict=True):
        if not field.is_read:
            out.finding("unread_column", column=name, kind=f"DBF {field.kind}")
    if decision.overruled:
        out.finding("encoding_declaration_wrong", declared=decision.overruled, encoding=decision.label)
    elif decision.source == "inferred" and not decision.need:
        out.finding("encoding_inferred", encoding=decision.label, sample=decision.sample[:20])
    deleted = int((~table.live).sum())
    if deleted:
        out.finding("deleted_records", count=deleted)


def _records(source: Shapefile, table: dbf.Table, index: shpindex.Index, decision: text.Decision, out: Output) -> None:
    errors = "replace" if decision.need else "strict"
    live = table.live
    count = len(live)
    for record, (rule, values) in index.faults.items():
        if live[record]:
            out.reject(record + 1, rule, **values)
    unusable = np.zeros(count, bool)
    unusable[list(index.faults)] = True
    start = 0
    for wkb in gdal.outlines(source.parts[".shp"], count):
        rows = slice(start, start + len(wkb))
        start = rows.stop
        kept = pa.array(live[rows])
        columns = [
            pa.array(table.texts(field, rows, decision.codec, errors)).filter(kept)
            for field in table.fields
            if field.is_read
        ]
        records = pa.array(np.arange(rows.start, rows.stop) + 1)
        out.batch(records.filter(kept), gdal.blank(wkb, unusable[rows]).filter(kept), columns)
        out.progress(rows.stop / count)
