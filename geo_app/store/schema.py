"""Which version the tables have, and how older ones are brought up to date.

The number is SQLite's ``user_version``. Tables and columns are only ever added, so that the first
half of an upgrade is always the same; what else a version needs stands in `STEPS`.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.schema import CreateColumn

from geo_app.errors import StoreFailed
from geo_app.i18n import N_
from geo_app.store import tables
from geo_app.store.chains import seal_all

# What has to be done to the rows of version n to make them those of version n + 1.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "INSERT OR IGNORE INTO acts (seq, kind, upload_id, who, at) SELECT accepted_seq, 'accept', id,"
        " coalesce(accepted_by, received_by), accepted_at FROM uploads WHERE accepted_seq IS NOT NULL",
        "DROP TABLE counts",  # made again when asked for, without a reference that slows deleting
        "DROP TABLE count_states",
    ),
    (
        "DROP TABLE IF EXISTS counts",
        "DROP TABLE IF EXISTS count_states",
        "DROP TABLE IF EXISTS site_boxes",
        "INSERT OR IGNORE INTO runs SELECT min(id), max(id), upload_id, min(min_lon), min(min_lat), max(max_lon),"
        " max(max_lat) FROM sites WHERE min_lon IS NOT NULL GROUP BY upload_id, id / 128",
        "UPDATE uploads SET digest = NULL",  # made in another way before
    ),
    ("DELETE FROM deductions", "DELETE FROM bridges"),  # made again when asked for, with a digest
    (),  # what sites cover is measured by the next review; what people decided and said is sealed as it is
)
VERSION = len(STEPS)

_COLUMNS = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"


def is_current(connection: Connection) -> bool:
    """Tell whether the file has every table and column of this version.

    Raises
    ------
    StoreFailed
        If a newer version wrote it.
    """
    found = _version(connection)
    if found > VERSION:
        raise StoreFailed(
            N_(
                "This instance was written by a newer Landproof (schema {found}, known up to {known}). "
                "Nothing was changed. Start that version, or restore a backup of this one."
            ),
            why="newer",
            found=found,
            known=VERSION,
        )
    return found == VERSION and not _missing(connection)


def bring_up_to_date(connection: Connection, path: Path) -> None:
    """Add what is missing, within the given writing transaction; an older file is copied first.

    The copy is named after the version it has and stays beside the file.
    """
    if is_current(connection):
        return  # another process was faster
    found, is_new = _version(connection), not _columns(connection)
    if not is_new:
        _copy(path, path.with_name(f"{path.name}.schema-{found}"))
    tables.metadata.create_all(connection)
    for table, column in _missing(connection):
        wanted = tables.metadata.tables[table].c[column]
        declared = str(CreateColumn(wanted).compile(dialect=connection.dialect))
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN {declared}')
    for index in (index for each in tables.metadata.sorted_tables for index in each.indexes):
        index.create(connection, checkfirst=True)
    for statements in STEPS[found:] if not is_new else ():
        for statement in statements:
            connection.exec_driver_sql(statement)
    tables.metadata.create_all(connection)  # what a step has dropped to be made anew
    seal_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)


def _columns(connection: Connection) -> set[tuple[str, str]]:
    return {(row[0], row[1]) for row in connection.exec_driver_sql(_COLUMNS)}


def _missing(connection: Connection) -> list[tuple[str, str]]:
    """Return the tables' columns that the file does not have, in the order of their declaration."""
    known = _columns(connection)
    wanted = [(table.name, column.name) for table in tables.metadata.sorted_tables for column in table.columns]
    return [each for each in wanted if each not in known]


def _copy(path: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    source = sqlite3.connect(path)
    try:
        source.execute("VACUUM INTO ?", (str(partial),))
    finally:
        source.close()
    partial.replace(target)
