"""What is visible: the fold of all acts, or of the acts up to one of them.

An upload is in force when it was accepted and is not undone, and so is what it edits. Of the versions of a site (layer,
code, ordinal) the one whose upload was accepted last holds, unless it says that the site is
gone. An upload of mode ``replace`` puts an end to every earlier version of its layer.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, exists, func, select

from geo_app.store.tables import acts, sites, uploads


def replay(noted: Iterable[Row[Any]], bases: Mapping[int, int | None]) -> list[int]:
    """Play acts in order and return the ids of the uploads that are in force after the last one.

    Parameters
    ----------
    noted : rows of ``acts``, in order
    bases : mapping
        Upload id to the upload that it edits, None for a file; an edit goes with its base.
    """
    holds: dict[int, bool] = {}
    for act in noted:
        holds[act.upload_id] = act.kind != "undo"
    return [upload for upload in holds if all(holds.get(each, False) for each in _chain(upload, bases))]


def history(connection: Connection) -> tuple[list[Row[Any]], dict[int, int | None]]:
    """Return all that `replay` plays: every act in order, and what each upload edits."""
    bases = {row.id: row.base for row in connection.execute(select(uploads.c.id, uploads.c.base))}
    return list(connection.execute(select(acts).order_by(acts.c.seq))), bases


def _chain(upload: int, bases: Mapping[int, int | None]) -> Iterator[int]:
    at: int | None = upload
    while at is not None:
        yield at
        at = bases.get(at)


def in_force(accepted: FromClause, uploads_then: Sequence[int] | None = None) -> ColumnElement[bool]:
    """Say that an upload is in force.

    Parameters
    ----------
    accepted : the table ``uploads`` or an alias of it
    uploads_then : sequence of int, optional
        The uploads in force at the time that is asked about; without it, now.
    """
    if uploads_then is None:
        accepted_once = accepted.c.accepted_seq.is_not(None)
        return and_(accepted_once, accepted.c.undone.is_(False), accepted.c.base_undone.is_(False))
    listed = func.json_each(json.dumps(list(uploads_then))).table_valued("value")
    return accepted.c.id.in_(select(listed.c.value))


def basis_of(connection: Connection, layer: str) -> str:
    """Name the state of a layer: the uploads that make it up, in the order in which they were accepted."""
    query = select(uploads.c.id).where(uploads.c.layer == layer, in_force(uploads))
    return ",".join(map(str, connection.scalars(query.order_by(uploads.c.accepted_seq))))


def current(uploads_then: Sequence[int] | None = None) -> ColumnElement[bool]:
    """Say that a row of `sites`, joined with its upload, is the version that holds."""
    later, its_upload, replacing = sites.alias("later"), uploads.alias("its_upload"), uploads.alias("replacing")
    superseded = exists(
        select(1)
        .select_from(later.join(its_upload, later.c.upload_id == its_upload.c.id))
        .where(
            later.c.layer == sites.c.layer,
            later.c.code == sites.c.code,
            later.c.ordinal == sites.c.ordinal,
            its_upload.c.accepted_seq > uploads.c.accepted_seq,
            in_force(its_upload, uploads_then),
        )
    )
    replaced = exists(
        select(1)
        .select_from(replacing)
        .where(
            replacing.c.layer == sites.c.layer,
            replacing.c.mode == "replace",
            replacing.c.accepted_seq > uploads.c.accepted_seq,
            in_force(replacing, uploads_then),
        )
    )
    return and_(in_force(uploads, uploads_then), sites.c.removed.is_(False), ~superseded, ~replaced)
