"""Digests of what was stored, so that a change behind our back can be told.

The rows and the remarks of an upload are digested when they are written. When it is accepted, a seal
is put on both and on all that was decided on; `chains` put it into the act. A bridge is digested with its
deductions, and what the sites of an upload cover once all of them are measured.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select, update

from geo_app.store.tables import bridges, deductions, remarks, site_areas, sites, uploads

ROWS_AT_ONCE = 2_000
_WORDS = (
    *("layer", "code", "ordinal", "own_code", "record", "name", "stated_district", "district"),
    *("outside_m", "status", "started_on", "completed_on", "amount", "declared_area", "note"),
    *("min_lon", "min_lat", "max_lon", "max_lat"),
)
_SHAPES = ("geometry", "drawn")
# of an accepted upload: what never changes again, in a fixed order
_DECIDED = (
    *("id", "kind", "mode", "base", "layer", "sha256", "filename", "size", "received_at", "received_by", "synthetic"),
    *("choices", "format", "sublayer", "records", "accepted", "rejected", "crs", "crs_source", "encoding"),
    *("encoding_source", "columns", "total", "basis", "effect", "boundary_set", "why"),
    *("accepted_seq", "accepted_at", "accepted_by", "digest", "remarks_digest"),
)
_REMARK = ("kind", "record", "rule", "values")


class Lines:
    """SHA-256 over rows as JSON; in what batches they come makes no difference."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take in rows."""
        if rows:
            # One call for all rows: the encoder is written in C, and a call of it costs.
            self._hash.update(json.dumps(rows, separators=(",", ":"))[1:-1].encode("ascii") + b",")

    def hexdigest(self) -> str:
        """Return the digest of all rows so far."""
        return self._hash.hexdigest()


class RowDigest:
    """SHA-256 over site rows in the order in which they are written.

    Each column is a stream of its own: JSON values, each followed by a comma; of the outlines the
    lengths in the same way, and their bytes. In what batches the rows come makes no difference.
    """

    def __init__(self) -> None:
        self._streams = {name: hashlib.sha256() for name in (*_WORDS, "removed", *_SHAPES, *map(_length, _SHAPES))}

    def add(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Take in rows, given as columns; ``removed`` may be absent where nothing is."""
        if not len(columns["code"]):
            return
        words = {name: columns[name] for name in _WORDS}
        words["removed"] = columns.get("removed") or [False] * len(columns["code"])
        for name in _SHAPES:
            shapes = [each or b"" for each in columns[name]]
            words[_length(name)] = list(map(len, shapes))
            self._streams[name].update(b"".join(shapes))
        for name, values in words.items():
            # One call for a whole column: the encoder is written in C, and a call of it costs.
            self._streams[name].update(json.dumps(values, separators=(",", ":"))[1:-1].encode("ascii") + b",")

    def hexdigest(self) -> str:
        """Return the digest of all rows so far."""
        return hashlib.sha256(b"".join(each.digest() for each in self._streams.values())).hexdigest()


def _length(name: str) -> str:
    return f"length of {name}"


def close(connection: Connection, upload_id: int) -> None:
    """Seal an accepted upload."""
    own = uploads.c.id == upload_id
    row = connection.execute(select(uploads).where(own)).one()
    digests = {
        "digest": row.digest or digest_of(connection, upload_id),
        "remarks_digest": row.remarks_digest or remarks_digest_of(connection, upload_id),
    }
    sealed = digests | {"seal": seal_of({**row._mapping, **digests})}
    connection.execute(update(uploads).where(own).values(**sealed))


def close_all(connection: Connection) -> None:
    """Seal the accepted uploads that an older version has left without."""
    unsealed = or_(uploads.c.digest.is_(None), uploads.c.remarks_digest.is_(None), uploads.c.seal.is_(None))
    for upload_id in connection.scalars(
        select(uploads.c.id).where(uploads.c.accepted_seq.is_not(None), unsealed)
    ).all():
        close(connection, upload_id)


def seal_bridge(connection: Connection, bridge_id: int) -> None:
    """Digest a bridge and its deductions."""
    digest = bridge_digest_of(connection, bridge_id)
    connection.execute(update(bridges).where(bridges.c.id == bridge_id).values(digest=digest))


def seal_of(upload: Mapping[Any, Any]) -> str:
    """Make the seal of an upload."""
    return digest_of_values([upload[name] for name in _DECIDED])


def digest_of(connection: Connection, upload_id: int) -> str:
    """Make the digest of an upload's rows as they are in the store."""
    columns = [sites.c[name] for name in (*_WORDS, *_SHAPES, "removed")]
    query = select(*columns).where(sites.c.upload_id == upload_id).order_by(sites.c.id)
    names = [column.name for column in columns]
    made = RowDigest()
    for rows in _batches(connection, query):
        made.add(dict(zip(names, zip(*rows, strict=True), strict=True)))
    return made.hexdigest()


def digest_of_remarks(rows: Sequence[Mapping[str, Any]]) -> str:
    """Make the digest of remarks as they are about to be written."""
    made = Lines()
    made.add([[row[name] for name in _REMARK] for row in rows])
    return made.hexdigest()


def remarks_digest_of(connection: Connection, upload_id: int) -> str:
    """Make the digest of an upload's remarks as they are in the store."""
    columns = [remarks.c[name] for name in _REMARK]
    return _lines(connection, select(*columns).where(remarks.c.upload_id == upload_id).order_by(remarks.c.id))


def areas_digest_of(connection: Connection, upload_id: int) -> str:
    """Make the digest of what an upload's sites cover."""
    query = select(*site_areas.c).join(sites, sites.c.id == site_areas.c.site_id).where(sites.c.upload_id == upload_id)
    return _lines(connection, query.order_by(site_areas.c.site_id))


def bridge_digest_of(connection: Connection, bridge_id: int) -> str:
    """Make the digest of a bridge, whatever columns it has, and its deductions."""
    columns = [each for each in bridges.c if each.name not in ("id", "upload_id", "digest")]
    taken = select(*(each for each in deductions.c if each.name != "bridge_id")).where(
        deductions.c.bridge_id == bridge_id
    )
    row = connection.execute(select(*columns).where(bridges.c.id == bridge_id)).one()
    return digest_of_values([*row, _lines(connection, taken.order_by(deductions.c.site_id, deductions.c.place))])


def digest_of_values(values: Sequence[Any]) -> str:
    """Make the digest of one row."""
    made = Lines()
    made.add([values])
    return made.hexdigest()


def _lines(connection: Connection, query: Select[Any]) -> str:
    made = Lines()
    for rows in _batches(connection, query):
        made.add([list(row) for row in rows])
    return made.hexdigest()


def _batches(connection: Connection, query: Select[Any]) -> Iterable[Sequence[Row[Any]]]:
    return connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}).partitions()
