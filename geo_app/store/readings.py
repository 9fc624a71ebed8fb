"""One reading of an upload: its number, whether it is still wanted, and what it leaves behind.

Every reading that is begun raises the upload's number. A reading writes only while its number is
the newest, so that one that was overtaken or cancelled changes nothing, however late it comes.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select, update

from geo_app.errors import Conflict, NotFound, Stale, Superseded
from geo_app.i18n import N_
from geo_app.store.bridges import drop_staged
from geo_app.store.database import Database
from geo_app.store.folding import basis_of
from geo_app.store.repeats import demand_new
from geo_app.store.tables import jobs, remarks, runs, sites, uploads

ROWS_AT_ONCE = 5_000
_CLOSED = ("accepted", "discarded")
_UNDER_WAY = ("received", "reading")


class Readings:
    """Port to the readings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, upload_id: int) -> int:
        """Begin a reading, which ends every earlier one, and return its number.

        Raises
        ------
        NotFound, Conflict
            If there is no such upload, or it was accepted or discarded.
        """
        with self._database.write() as connection:
            return begin(connection, upload_id)

    def give_up(self, upload_id: int, message: Mapping[str, Any]) -> bool:
        """Refuse an upload that waits to be read, or is being read, without an open job; tell whether it still was."""
        with self._database.write() as connection:
            own = update(uploads).where(uploads.c.id == upload_id, _is_orphan())
            return bool(connection.execute(own.values(state="refused", message=message)).rowcount)

    def cancel(self, upload_id: int, who: str) -> None:
        """Close an upload for good; a reading that is under way stops, its jobs are over.

        Raises
        ------
        NotFound, Conflict
            If there is no such upload, or it was accepted or discarded.
        """
        closed = {"state": "discarded", "accepted_by": who, "reading_no": uploads.c.reading_no + 1}
        with self._database.write() as connection:
            _demand_open(connection, upload_id)
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**closed))

    def advance(self, upload_id: int, number: int, share: float) -> None:
        """Note how far a reading has come, 0 to 1.

        Raises
        ------
        Superseded
            If it is no longer wanted.
        """
        with self._database.write() as connection:
            demand_current(connection, upload_id, number)
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(progress=share))

    def drop(self, upload_id: int) -> None:
        """Drop staged rows and remarks, in steps that keep nobody else waiting.

        Raises
        ------
        Conflict
            If the upload is accepted.
        """
        while self._drop_some(upload_id):
            pass

    def _drop_some(self, upload_id: int) -> bool:
        some = select(sites.c.id).where(sites.c.upload_id == upload_id).order_by(sites.c.id).limit(ROWS_AT_ONCE)
        with self._database.write() as connection:
            if connection.scalar(select(uploads.c.accepted_seq).where(uploads.c.id == upload_id)) is not None:
                raise Conflict(N_("Upload {upload} is accepted; nothing of it is ever deleted."), upload=upload_id)
            last = connection.scalar(select(func.max(some.subquery().c.id)))
            if last is None:
                connection.execute(delete(remarks).where(remarks.c.upload_id == upload_id))
                drop_staged(connection, upload_id)
                return False
            connection.execute(delete(runs).where(runs.c.upload_id == upload_id, runs.c.first <= last))
            connection.execute(delete(sites).where(sites.c.upload_id == upload_id, sites.c.id <= last))
        return True

    def leftovers(self) -> list[int]:
        """Return the uploads that were refused or discarded and still have staged rows."""
        staged = exists(select(1).where(sites.c.upload_id == uploads.c.id))
        query = select(uploads.c.id).where(uploads.c.state.in_(("refused", "discarded")), staged)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def orphans(self) -> list[int]:
        """Return the uploads that wait to be read, or are being read, without an open job."""
        with self._database.read() as connection:
            return list(connection.scalars(select(uploads.c.id).where(_is_orphan())))


def begin(connection: Connection, upload_id: int) -> int:
    """Begin a reading and return its number; see `Readings.begin`."""
    _demand_open(connection, upload_id)
    own = uploads.c.id == upload_id
    begun = {"state": "reading", "progress": 0.0, "message": None, "reading_no": uploads.c.reading_no + 1}
    connection.execute(update(uploads).where(own).values(**begun))
    return int(connection.scalar(select(uploads.c.reading_no).where(own)) or 0)


def demand_current(connection: Connection, upload_id: int, number: int | None) -> None:
    """Raise Superseded if a reading is no longer wanted; None stands for whichever is."""
    if number is None:
        return
    wanted = select(1).where(uploads.c.id == upload_id, uploads.c.reading_no == number, uploads.c.state == "reading")
    if connection.scalar(wanted) is None:
        raise superseded(upload_id)


def superseded(upload_id: int) -> Superseded:
    """Say that a reading is no longer wanted."""
    return Superseded(
        N_("Upload {upload} was cancelled, or is being read anew; this reading was stopped."), upload=upload_id
    )


def demand_acceptable(connection: Connection, upload_id: int, number: int | None) -> None:
    """Let an upload be accepted only as a person saw it, within the transaction that accepts it.

    Parameters
    ----------
    number : int or None
        The reading that the person looked at; None stands for the newest.

    Raises
    ------
    Conflict
        If the upload is not ready, or has been read anew.
    AlreadyAccepted, Conflict
        See `repeats.demand_new`.
    Stale
        If its layer has changed since it was compared with it.
    """
    row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
    if row is None or row.state != "ready":
        raise Conflict(
            N_("Upload {upload} is not ready to be accepted. Open it to see what it waits for."), upload=upload_id
        )
    if number is not None and row.reading_no != number:
        raise Conflict(
            N_("Upload {upload} has been read anew since this page was opened. Look at it again, then accept it."),
            upload=upload_id,
        )
    demand_new(connection, row)
    if row.basis != basis_of(connection, row.layer):
        raise Stale(
            N_(
                "Layer {layer} has changed since upload {upload} was compared with it, so nothing was accepted. "
                "Have it read again, look at what it changes now, then accept it."
            ),
            layer=row.layer,
            upload=upload_id,
        )


def _is_orphan() -> ColumnElement[bool]:
    wanted = exists(select(1).where(jobs.c.upload_id == uploads.c.id, jobs.c.ended_at.is_(None)))
    return and_(uploads.c.state.in_(_UNDER_WAY), ~wanted)


def _demand_open(connection: Connection, upload_id: int) -> None:
    state = connection.scalar(select(uploads.c.state).where(uploads.c.id == upload_id))
    if state is None:
        raise NotFound(N_("There is no upload {upload}. Look at the list of uploads."), upload=upload_id)
    if state in _CLOSED:
        raise Conflict(N_("Upload {upload} is closed: it was accepted or discarded before."), upload=upload_id)
