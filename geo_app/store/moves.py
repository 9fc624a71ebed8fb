"""Sites that a person gave another code: where they went, and what rests on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from geo_app.errors import Conflict
from geo_app.i18n import N_
from geo_app.store.folding import in_force, replay
from geo_app.store.tables import sites, uploads

_gone, _here = sites.alias("gone"), sites.alias("here")
_MOVES = (
    select(
        _gone.c.code,
        _gone.c.ordinal,
        _here.c.code.label("new_code"),
        _here.c.ordinal.label("new_ordinal"),
        uploads.c.id.label("upload"),
        uploads.c.accepted_by.label("who"),
        uploads.c.why,
    )
    .select_from(uploads)
    .join(_gone, and_(_gone.c.upload_id == uploads.c.id, _gone.c.removed))
    .join(_here, and_(_here.c.upload_id == uploads.c.id, ~_here.c.removed))
    .where(uploads.c.kind == "edit")
    .order_by(uploads.c.accepted_seq)
)


def moves_of(connection: Connection, layer: str) -> list[Row[Any]]:
    """Return the changes of code that are in force in a layer, in order.

    Returns
    -------
    list of rows
        ``code ordinal new_code new_ordinal``, the ``upload`` that the correction is, ``who`` and ``why``.
    """
    return list(connection.execute(_MOVES.where(uploads.c.layer == layer, in_force(uploads))))


def ordinal_before(connection: Connection, layer: str, at: tuple[str, int], code: str) -> int | None:
    """Return the ordinal that the site `at` a code and ordinal had under another code; None if it never had that."""
    for move in reversed(moves_of(connection, layer)):
        if (move.new_code, move.new_ordinal) == at:
            at = (move.code, move.ordinal)
            if move.code == code:
                return int(move.ordinal)
    return None


def demand_grounds(
    connection: Connection, layer: str, acts: Sequence[Row[Any]], bases: Mapping[int, int | None], upload_id: int
) -> None:
    """Let no change of code go while a later file holds the site by its new one; both codes would count.

    Parameters
    ----------
    acts : all acts, with the one that `upload_id` was just undone or brought back by
    bases : see `folding.replay`

    Raises
    ------
    Conflict
        If an upload in force was accepted while a change of code was, which is not any more.
    """
    later, its_upload = sites.alias("later"), uploads.alias("its_upload")
    same = (later.c.layer == _here.c.layer, later.c.code == _here.c.code, later.c.ordinal == _here.c.ordinal)
    query = (
        _MOVES.add_columns(its_upload.c.id.label("user"), its_upload.c.accepted_seq)
        .join(later, and_(*same))
        .join(its_upload, and_(its_upload.c.id == later.c.upload_id, in_force(its_upload)))
        .where(uploads.c.layer == layer, ~in_force(uploads), its_upload.c.accepted_seq > uploads.c.accepted_seq)
    )
    for row in connection.execute(query):
        if row.upload not in replay((act for act in acts if act.seq <= row.accepted_seq), bases):
            continue
        sentence = _COMES_WITHOUT if row.user == upload_id else _GOES_ALONE
        raise Conflict(sentence, upload=row.user, edit=row.upload, code=row.new_code, old=row.code)


_GOES_ALONE = N_(
    "Upload {upload} holds a site as {code}, which correction {edit} made of {old}; without it both would count. "
    "Undo upload {upload} first, or change the code back by another correction."
)
_COMES_WITHOUT = N_(
    "Upload {upload} holds a site as {code}, which correction {edit} made of {old} and which is not in force; both "
    "would count. To bring upload {upload} back, bring upload {edit} back first."
)
