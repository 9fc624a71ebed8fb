"""Read a GeoPackage by SQLite itself, read-only and with every door shut.

No GDAL: it would run views and turn text in number columns into zeros. A GeoPackage geometry is
a short header and WKB.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_IS_EMPTY, _IS_EXTENDED = 0x10, 0x20
_WAL_MODE = 2
_PLACEHOLDER = "ogr_empty_table"  # GDAL writes it into a GeoPackage without any layer
_OWN = (_PLACEHOLDER, "layer_styles")  # the second is QGIS's
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_TRANSACTION}
_PRAGMAS = {"quick_check", "table_xinfo", "trusted_schema", "cell_size_check", "mmap_size"}
_GAP = r"(?:\s|--[^\n]*\n|/\*.*?\*/)"
_VIRTUAL = re.compile(rf"{_GAP}*create{_GAP}+virtual\b", re.IGNORECASE | re.DOTALL)
_FUNCTIONS = {"lower", "count", "coalesce"}
_DAMAGED = N_("{file} is a damaged database: {found}. Copy it again from the original.")


@dataclass(frozen=True)
class Table:
    """A feature table: its name, its geometry column, its coordinate system, its other columns, its order."""

    name: str
    geometry: str
    system: int | None
    columns: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    has_rowid: bool


def read(job: Job, out: Output) -> None:
    """Read the feature tables of a GeoPackage.

    Raises
    ------
    UnreadableFile
        If it is damaged, no GeoPackage, or holds no feature table.
    """
    try:
        with sqlite3.connect(f"file:{quote(str(job.path))}?mode=ro&immutable=1", uri=True) as database:
            database.set_authorizer(_allow)
            _check(database, job)
            tables = {table.name: table for table in _tables(database)}
            if not tables:
                raise UnreadableFile(
                    N_("{file} holds no table with geometry. Export a layer of sites into it."), file=job.name
                )
            out.announce("other_data", _others(database, tables))
            out.file("gpkg", tables)
            for name in choose(list(tables), job.sublayer, job.name):
                _part(database, tables[name], job, out)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if "decode to UTF-8" in str(error):
            raise UnreadableFile(
                N_("{file} holds text that is not UTF-8, as that of a GeoPackage has to be. Export it again."),
                file=job.name,
            ) from error
        raise UnreadableFile(_DAMAGED, file=job.name, found=" ".join(str(error).split())) from error


def _allow(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Let SQLite read, and do nothing else."""
    is_good = action in _READS
    if action == sqlite3.SQLITE_PRAGMA:
        is_good = first in _PRAGMAS
    elif action == sqlite3.SQLITE_FUNCTION:
        is_good = second in _FUNCTIONS
    return sqlite3.SQLITE_OK if is_good else sqlite3.SQLITE_DENY


def _check(database: sqlite3.Connection, job: Job) -> None:
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {setting}")
    found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise UnreadableFile(_DAMAGED, file=job.name, found=" ".join(found.split()))
    known = _names(database)
    if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= known.keys():
        raise UnreadableFile(
            N_("{file} is a database, but no GeoPackage with geometry. Export the sites as GeoPackage."),
            file=job.name,
        )


def _names(database: sqlite3.Connection) -> dict[str, str]:
    """Give the real tables, by name in lower case; views and virtual tables run code of their own."""
    rows = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {name.lower(): name for name, sql in rows if not _VIRTUAL.match(sql or "")}


def _tables(database: sqlite3.Connection) -> Iterator[Table]:
    known = _names(database)
    sqls = dict(database.execute("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'table'").fetchall())
    rows = database.execute(
        "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns g JOIN gpkg_contents c "
        "ON lower(c.table_name) = lower(g.table_name) WHERE c.data_type = 'features' ORDER BY c.rowid"
    ).fetchall()
    for name, geometry, system in rows:
        if str(name).lower() not in known or name == _PLACEHOLDER:
            continue
        real = known[name.lower()]
        described = database.execute(f"PRAGMA table_xinfo({_quoted(real)})").fetchall()
        columns = [(each[1], str(each[2])) for each in described if each[6] == 0]
        shape = next((each for each, _ in columns if each.lower() == str(geometry).lower()), None)
        if shape is None:
            continue
        others = [(each, kind) for each, kind in columns if each != shape]
        read = tuple(each for each, kind in others if "BLOB" not in kind.upper())
        unread = [(each, kind) for each, kind in others if "BLOB" in kind.upper()]
        unread += [(each[1], "GENERATED") for each in described if each[6] in (2, 3)]
        yield Table(real, shape, _integer(system), read, tuple(unread), "without rowid" not in sqls[real].lower())


def _others(database: sqlite3.Connection, tables: Iterable[str]) -> list[str]:
    """Name tables without geometry, and views, which are not read."""
    query = "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes') ORDER BY rowid"
    known = {name.lower() for name in (*tables, *_OWN)}
    return [str(name) for (name,) in database.execute(query) if str(name).lower() not in known]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else None


def _system(database: sqlite3.Connection, number: int | None) -> dict[str, str | None] | None:
    row = database.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (number,),
    ).fetchone()
    if row is None or number in (None, -1, 0):
        return None
    organization, code, definition = row
    by_text = crs.describe(str(definition))
    if by_text is not None:
        return by_text
    is_epsg = str(organization).upper() == "EPSG" and _integer(code) is not None
    return crs.describe(f"EPSG:{_integer(code)}") if is_epsg else None


def _part(database: sqlite3.Connection, table: Table, job: Job, out: Output) -> None:
    out.part(PartHead(table.name, table.columns, _system(database, table.system)))
    for column, kind in table.unread:
        out.finding("unread_column", column=column, kind=kind)
    with job.path.open("rb") as stream:
        if stream.read(20)[18] == _WAL_MODE:
            out.finding("unsaved_pages")
    names = ", ".join(_quoted(name) for name in (table.geometry, *table.columns))
    total = database.execute(f"SELECT count(*) FROM {_quoted(table.name)}").fetchone()[0] or 1  # noqa: S608 - quoted
    order = " ORDER BY rowid" if table.has_rowid else ""
    rows = database.execute(f"SELECT {names} FROM {_quoted(table.name)}{order}")  # noqa: S608 - quoted
    count, holding_bytes = 0, set[int]()
    while batch := rows.fetchmany(BATCH_RECORDS):
        shapes, *values = zip(*batch, strict=True)
        records = range(count + 1, count + len(batch) + 1)
        count += len(batch)
        wkb = [_wkb(shape, record, out) for record, shape in zip(records, shapes, strict=True)]
        out.batch(records, wkb, [[_text(value) for value in column] for column in values])
        holding_bytes |= {at for at, column in enumerate(values) if bytes in map(type, column)}
        out.progress(count / total)
    for at in sorted(holding_bytes):
        out.finding("unread_column", column=table.columns[at], kind="BLOB")
    out.end_part()


def _wkb(shape: object, record: int, out: Output) -> bytes | None:
    """Take the header off a GeoPackage geometry."""
    if shape is None:
        return None
    if not isinstance(shape, bytes) or shape[:2] != b"GP" or len(shape) < 8:
        out.reject(record, "unreadable_geometry", reason="GeoPackage")
        return None
    flags = shape[3]
    envelope = flags >> 1 & 0x07
    if flags & _IS_EXTENDED or envelope >= len(_ENVELOPE_BYTES):
        out.reject(record, "unreadable_geometry", reason="GeoPackage")
        return None
    if flags & _IS_EMPTY:
        out.reject(record, "empty_geometry")
        return None
    return shape[8 + _ENVELOPE_BYTES[envelope] :]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return None if isinstance(value, bytes) else repr(value)
