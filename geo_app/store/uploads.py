"""Uploads: received files, how they were read, and when they became visible."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from geo_app.errors import Conflict, NotFound
from geo_app.i18n import N_
from geo_app.model import Finding, Rejection
from geo_app.store.database import Database, now
from geo_app.store.folding import in_force, replay
from geo_app.store.tables import acts, remarks, sites, uploads


class Uploads:
    """Port to the uploads; a row is a mapping of the columns of `tables.uploads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **values: Any) -> int:
        """Note a received file and return its id."""
        with self._database.write() as connection:
            row = connection.execute(
                insert(uploads).values(state="received", received_at=now(), progress=0.0, **values)
            )
            return int(row.lastrowid)

    def find(self, upload_id: int) -> Row[Any]:
        """Return an upload, or raise NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
        if row is None:
            raise NotFound(N_("There is no upload {upload}. Look at the list of uploads."), upload=upload_id)
        return row

    def same(self, sha256: str, layer: str) -> Row[Any] | None:
        """Return the newest upload of the same bytes into a layer that is in force."""
        query = (
            select(uploads)
            .where(uploads.c.sha256 == sha256, uploads.c.layer == layer, in_force(uploads))
            .order_by(uploads.c.id.desc())
        )
        with self._database.read() as connection:
            return connection.execute(query).first()

    def all(self) -> list[Row[Any]]:
        """Return every upload, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(uploads).order_by(uploads.c.id.desc())))

    def change(self, upload_id: int, **values: Any) -> None:
        """Set columns of an upload that is not accepted yet.

        Raises
        ------
        Conflict
            If the upload was accepted or discarded meanwhile.
        """
        open_state = uploads.c.state.not_in(("accepted", "discarded"))
        with self._database.write() as connection:
            changed = connection.execute(update(uploads).where(uploads.c.id == upload_id, open_state).values(**values))
        if not changed.rowcount:
            raise Conflict(N_("Upload {upload} is closed: it was accepted or discarded before."), upload=upload_id)

    def accept(self, upload_id: int, who: str) -> int:
        """Make an upload's rows visible; return its sequence number.

        Raises
        ------
        Conflict
            If the upload is not ready.
        """
        with self._database.write() as connection:
            ready = (uploads.c.id == upload_id, uploads.c.state == "ready")
            if connection.scalar(select(uploads.c.id).where(*ready)) is None:
                raise Conflict(
                    N_("Upload {upload} is not ready to be accepted. Open it to see what it waits for."),
                    upload=upload_id,
                )
            number = _act(connection, "accept", upload_id, who, why=None)
            made = {"state": "accepted", "accepted_seq": number, "accepted_at": now(), "accepted_by": who}
            connection.execute(update(uploads).where(*ready).values(**made))
        return number

    def toggle(self, upload_id: int, who: str, why: str | None) -> bool:
        """Undo an accepted upload, or undo its undoing; return whether it is now undone.

        Raises
        ------
        Conflict
            If the upload was never accepted.
        """
        own = uploads.c.id == upload_id
        with self._database.write() as connection:
            row = connection.execute(select(uploads.c.state, uploads.c.undone).where(own)).first()
            if row is None or row.state != "accepted":
                raise Conflict(N_("Upload {upload} was not accepted, so there is nothing to undo."), upload=upload_id)
            _act(connection, "redo" if row.undone else "undo", upload_id, who, why)
            connection.execute(update(uploads).where(own).values(undone=not row.undone))
            _carry(connection)
        return not row.undone

    def acts(self, upload_id: int | None = None) -> list[Row[Any]]:
        """Return every act, or those on one upload, in order."""
        query = select(acts).order_by(acts.c.seq)
        if upload_id is not None:
            query = query.where(acts.c.upload_id == upload_id)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def in_force_after(self, upload_id: int) -> tuple[int, ...]:
        """Return the uploads that were in force just after one was accepted.

        Raises
        ------
        NotFound
            If there is no such upload.
        Conflict
            If it was not accepted.
        """
        upload = self.find(upload_id)
        if upload.accepted_seq is None:
            raise Conflict(N_("Upload {upload} was not accepted, so it has no totals of its own."), upload=upload_id)
        with self._database.read() as connection:
            bases = _bases(connection)
        return tuple(replay((act for act in self.acts() if act.seq <= upload.accepted_seq), bases))

    def clear(self, upload_id: int) -> None:
        """Drop the rows that an upload has staged but nobody has seen.

        Raises
        ------
        Conflict
            If the upload is accepted.
        """
        with self._database.write() as connection:
            seq = connection.scalar(select(uploads.c.accepted_seq).where(uploads.c.id == upload_id))
            if seq is not None:
                raise Conflict(N_("Upload {upload} is accepted; nothing of it is ever deleted."), upload=upload_id)
            own = select(sites.c.id).where(sites.c.upload_id == upload_id)
            connection.exec_driver_sql(
                "DELETE FROM site_boxes WHERE id IN (SELECT id FROM sites WHERE upload_id = ?)", (upload_id,)
            )
            connection.execute(delete(sites).where(sites.c.id.in_(own)))
            connection.execute(delete(remarks).where(remarks.c.upload_id == upload_id))

    def remark(self, upload_id: int, rejections: Iterable[Rejection], findings: Iterable[Finding]) -> None:
        """Keep what was left out and what was found."""
        kinds = (("rejection", rejections), ("finding", findings))
        rows = [
            {"upload_id": upload_id, "kind": kind, "record": each.record, "rule": each.rule, "values": each.values}
            for kind, group in kinds
            for each in group
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(remarks), rows)

    def remarks(self, upload_id: int, kind: str, limit: int | None = None) -> list[Row[Any]]:
        """Return the rejections or the findings of an upload, in record order."""
        query = (
            select(remarks)
            .where(remarks.c.upload_id == upload_id, remarks.c.kind == kind)
            .order_by(remarks.c.record, remarks.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def remark_counts(self, upload_id: int, kind: str) -> Mapping[str, int]:
        """Count the remarks of an upload by rule."""
        query = (
            select(remarks.c.rule, func.count())
            .where(remarks.c.upload_id == upload_id, remarks.c.kind == kind)
            .group_by(remarks.c.rule)
            .order_by(func.count().desc())
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def basis(self, layer: str) -> str:
        """Name the state of a layer: which uploads make it up."""
        query = (
            select(uploads.c.accepted_seq)
            .where(uploads.c.layer == layer, in_force(uploads))
            .order_by(uploads.c.accepted_seq)
        )
        with self._database.read() as connection:
            return ",".join(str(seq) for (seq,) in connection.execute(query))

    def last_accepted(self) -> Row[Any] | None:
        """Return the last accepted upload that is in force."""
        query = select(uploads).where(in_force(uploads)).order_by(uploads.c.accepted_seq.desc())
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first()


def edit(connection: Connection, layer: str, source: int, who: str, why: str) -> int:
    """Note a person's change as an upload of its own, accepted at once; return its id."""
    origin = connection.execute(select(uploads).where(uploads.c.id == source)).one()
    row = connection.execute(
        insert(uploads).values(
            kind="edit",
            base=source,
            sha256="",
            filename=origin.filename,
            size=0,
            layer=layer,
            state="accepted",
            received_at=now(),
            received_by=who,
            synthetic=origin.synthetic,
            choices={},
            why=why,
            records=1,
            accepted=1,
            rejected=0,
            crs=origin.crs,
            progress=1.0,
        )
    )
    number = _act(connection, "accept", int(row.lastrowid), who, why)
    made = {"accepted_seq": number, "accepted_at": now(), "accepted_by": who}
    connection.execute(update(uploads).where(uploads.c.id == row.lastrowid).values(**made))
    return int(row.lastrowid)


def _bases(connection: Connection) -> dict[int, int | None]:
    return {row.id: row.base for row in connection.execute(select(uploads.c.id, uploads.c.base))}


def _carry(connection: Connection) -> None:
    """Let every edit go, or come back, with what it edits."""
    force = set(replay(connection.execute(select(acts).order_by(acts.c.seq)), _bases(connection)))
    edits = connection.execute(select(uploads.c.id, uploads.c.undone).where(uploads.c.base.is_not(None))).all()
    for upload in edits:
        gone = upload.id not in force and not upload.undone
        connection.execute(update(uploads).where(uploads.c.id == upload.id).values(base_undone=gone))


def _act(connection: Connection, kind: str, upload_id: int, who: str, why: str | None) -> int:
    row = connection.execute(insert(acts).values(kind=kind, upload_id=upload_id, who=who, why=why, at=now()))
    return int(row.lastrowid)
