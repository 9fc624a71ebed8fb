"""A digest of an upload's rows, made when they are written, so that a changed row can be told."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from geo_app.store.tables import sites, uploads

ROWS_AT_ONCE = 2_000
_WORDS = (
    *("layer", "code", "ordinal", "own_code", "record", "name", "stated_district", "district"),
    *("outside_m", "status", "started_on", "completed_on", "amount", "declared_area", "note"),
    *("min_lon", "min_lat", "max_lon", "max_lat"),
)
_SHAPES = ("geometry", "drawn")


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


def seal(connection: Connection, upload_id: int, digest: str | None = None) -> None:
    """Keep the digest of an upload's rows, by default of those in the store."""
    values = {"digest": digest or digest_of(connection, upload_id)}
    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**values))


def seal_all(connection: Connection) -> None:
    """Keep the digests of accepted uploads that an older version has left without."""
    query = select(uploads.c.id).where(uploads.c.accepted_seq.is_not(None), uploads.c.digest.is_(None))
    for upload_id in connection.scalars(query).all():
        seal(connection, upload_id)


def digest_of(connection: Connection, upload_id: int) -> str:
    """Make the digest of an upload's rows as they are in the store."""
    columns = [sites.c[name] for name in (*_WORDS, *_SHAPES, "removed")]
    query = select(*columns).where(sites.c.upload_id == upload_id).order_by(sites.c.id)
    names = [column.name for column in columns]
    made = RowDigest()
    for rows in connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}).partitions():
        made.add(dict(zip(names, zip(*rows, strict=True), strict=True)))
    return made.hexdigest()
