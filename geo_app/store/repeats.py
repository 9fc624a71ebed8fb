"""The same bytes again: known where taking them in once more would change nothing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from geo_app.errors import AlreadyAccepted, Conflict
from geo_app.i18n import N_
from geo_app.store.folding import current, in_force
from geo_app.store.tables import sites, uploads


def find_same(
    connection: Connection, sha256: str, layer: str, mode: str, choices: Mapping[str, Any]
) -> Row[Any] | None:
    """Find the newest upload in force of the same bytes, read the same way, that taking them in would not change."""
    if mode == "add":
        return None
    for other in reversed(_others(connection, sha256, layer)):
        if _is_alike(other, choices) and _changes_nothing(connection, other, mode):
            return other
    return None


def demand_new(connection: Connection, row: Row[Any], after: int = 0) -> None:
    """Let an upload come into force only if its sites are not there already.

    Parameters
    ----------
    after : int
        The number of the act since which it has not been in force; what was accepted before had
        it beside it.

    Raises
    ------
    AlreadyAccepted
        If another upload of the same bytes, read the same way, is in force, and nothing would change.
    Conflict
        If another one is, and the rows of both cannot be matched, as they have no codes of their own
        or were read from other columns.
    """
    if row.kind != "file" or row.mode == "add":
        return
    for other in _others(connection, row.sha256, row.layer):
        if other.id == row.id or other.accepted_seq < after:
            continue
        is_alike = _is_alike(other, row.choices)
        if is_alike and _changes_nothing(connection, other, row.mode):
            raise AlreadyAccepted(
                N_("Upload {upload} is the same file as upload {first}, which is in force. Its sites count once."),
                upload=row.id,
                first=other.id,
            )
        are_same_rows = other.choices.get("sublayer") == row.choices.get("sublayer")
        # one that replaces ends what was accepted before it, so only a later one stands beside it
        stands_beside = row.mode == "merge" or (row.accepted_seq is not None and other.accepted_seq > row.accepted_seq)
        if stands_beside and are_same_rows and not (is_alike and _is_coded(connection, other.id)):
            raise Conflict(
                N_(
                    "Upload {upload} is the same file as upload {first}, which is in force, and its rows cannot be "
                    "matched with those. Undo upload {first} first, or its sites would stand twice."
                ),
                upload=row.id,
                first=other.id,
            )


def _others(connection: Connection, sha256: str, layer: str) -> list[Row[Any]]:
    query = select(uploads).where(uploads.c.sha256 == sha256, uploads.c.layer == layer, in_force(uploads))
    return list(connection.execute(query.order_by(uploads.c.accepted_seq)))


def _is_alike(other: Row[Any], choices: Mapping[str, Any]) -> bool:
    return other.mode != "add" and _read_as(other.choices) == _read_as(choices)


def _read_as(choices: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a person answered that changes how a file is read; what was confirmed only lets it pass."""
    return {name: value for name, value in choices.items() if value and name != "confirmed"}


def _changes_nothing(connection: Connection, other: Row[Any], mode: str) -> bool:
    """Tell whether all sites of an upload hold, and with mode ``replace`` no others of its layer."""
    rows = select(1).select_from(sites.join(uploads))
    later = select(1).where(uploads.c.layer == other.layer, uploads.c.accepted_seq > other.accepted_seq)
    changes = []
    if connection.scalar(
        select(exists(later.where(in_force(uploads))))
    ):  # else nothing can have ended any of its sites
        changes.append(rows.where(sites.c.upload_id == other.id, ~current()))
    if mode == "replace":
        changes.append(rows.where(sites.c.layer == other.layer, sites.c.upload_id != other.id, current()))
    return not any(connection.scalar(select(exists(each))) for each in changes)


def _is_coded(connection: Connection, upload_id: int) -> bool:
    uncoded = select(1).where(sites.c.upload_id == upload_id, sites.c.own_code.is_(False))
    return not connection.scalar(select(exists(uncoded)))
