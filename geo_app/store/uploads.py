"""Uploads: received files, how they were read, and when they became visible."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from geo_app.errors import Conflict, NotFound
from geo_app.i18n import N_
from geo_app.model import Finding, Rejection
from geo_app.points import point
from geo_app.store.bridges import let_hold
from geo_app.store.chains import ACTS, accepted, extend
from geo_app.store.database import Database, now
from geo_app.store.folding import basis_of, history, in_force, replay
from geo_app.store.moves import demand_grounds
from geo_app.store.readings import demand_acceptable, demand_current
from geo_app.store.repeats import demand_new, find_same
from geo_app.store.sealing import digest_of_remarks
from geo_app.store.tables import acts, remarks, uploads


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

    def same(self, sha256: str, layer: str, mode: str, choices: Mapping[str, Any]) -> Row[Any] | None:
        """Return the upload in force that taking the same bytes in again would not change; None where there is none."""
        with self._database.read() as connection:
            return find_same(connection, sha256, layer, mode, choices)

    def all(self) -> list[Row[Any]]:
        """Return every upload, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(uploads).order_by(uploads.c.id.desc())))

    def change(self, upload_id: int, *, reading_no: int | None = None, **values: Any) -> None:
        """Set columns of an upload that is not accepted yet.

        Parameters
        ----------
        reading_no : int, optional
            The reading that says so.

        Raises
        ------
        Conflict
            If the upload was accepted or discarded meanwhile.
        Superseded
            If the reading is no longer wanted.
        """
        open_state = uploads.c.state.not_in(("accepted", "discarded"))
        with self._database.write() as connection:
            demand_current(connection, upload_id, reading_no)
            changed = connection.execute(update(uploads).where(uploads.c.id == upload_id, open_state).values(**values))
        if not changed.rowcount:
            raise Conflict(N_("Upload {upload} is closed: it was accepted or discarded before."), upload=upload_id)

    def accept(self, upload_id: int, who: str, reading_no: int | None = None) -> int:
        """Make an upload's rows visible; return its sequence number.

        Raises
        ------
        Conflict, AlreadyAccepted
            See `readings.demand_acceptable`.
        """
        with self._database.write() as connection:
            demand_acceptable(connection, upload_id, reading_no)
            number = _act(connection, "accept", upload_id, who, why=None)
            made = {"state": "accepted", "accepted_seq": number, "accepted_at": now(), "accepted_by": who}
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**made))
            accepted(connection, upload_id)
            let_hold(connection, upload_id)
            point("accept.inside")
        return number

    def toggle(self, upload_id: int, who: str, why: str | None) -> bool:
        """Undo an accepted upload, or undo its undoing; return whether it is now undone.

        Raises
        ------
        Conflict
            If the upload was never accepted, the same file is in force by now, or a site would stand
            twice, under two codes; see `moves.demand_grounds`.
        """
        own = uploads.c.id == upload_id
        with self._database.write() as connection:
            row = connection.execute(select(uploads).where(own)).first()
            if row is None or row.state != "accepted":
                raise Conflict(N_("Upload {upload} was not accepted, so there is nothing to undo."), upload=upload_id)
            if row.undone:
                demand_new(connection, row, after=_last_act(connection, upload_id))
            _act(connection, "redo" if row.undone else "undo", upload_id, who, why)
            connection.execute(update(uploads).where(own).values(undone=not row.undone))
            extend(connection, ACTS)
            noted, bases = history(connection)
            _carry(connection, noted, bases)
            demand_grounds(connection, row.layer, noted, bases, upload_id)
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
            noted, bases = history(connection)
        return tuple(replay((act for act in noted if act.seq <= upload.accepted_seq), bases))

    def remark(
        self,
        upload_id: int,
        rejections: Iterable[Rejection],
        findings: Iterable[Finding],
        reading_no: int | None = None,
    ) -> None:
        """Keep what was left out and what was found, as long as the reading that found it is wanted."""
        kinds = (("rejection", rejections), ("finding", findings))
        rows = [
            {"upload_id": upload_id, "kind": kind, "record": each.record, "rule": each.rule, "values": each.values}
            for kind, group in kinds
            for each in group
        ]
        sealed = {"remarks_digest": digest_of_remarks(rows)}
        with self._database.write() as connection:
            demand_current(connection, upload_id, reading_no)
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**sealed))
            if rows:
                connection.execute(insert(remarks), rows)
            point("remark.inside")

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

    def basis(self, layer: str) -> str:
        """Name the state of a layer: which uploads make it up."""
        with self._database.read() as connection:
            return basis_of(connection, layer)

    def bases(self) -> dict[str, str]:
        """Name the state of each layer that has uploads in force, all at one time; see `folding.basis_of`."""
        query = select(uploads.c.layer, uploads.c.id).where(in_force(uploads)).order_by(uploads.c.accepted_seq)
        found: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for layer, number in connection.execute(query):
                found.setdefault(layer, []).append(str(number))
        return {layer: ",".join(numbers) for layer, numbers in found.items()}

    def rows_in_force(self, layers: Iterable[str]) -> int:
        """Count the accepted rows of the uploads in force of layers, of which each site has one or more."""
        query = select(func.sum(uploads.c.accepted)).where(uploads.c.layer.in_(list(layers)), in_force(uploads))
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def boundary_sets(self, layer: str) -> set[str]:
        """Return the boundary sets by which a layer's uploads in force were put into districts."""
        query = select(uploads.c.boundary_set).where(uploads.c.layer == layer, in_force(uploads)).distinct()
        with self._database.read() as connection:
            return {row[0] for row in connection.execute(query) if row[0]}

    def any_own(self) -> bool:
        """Tell whether an upload in force is not synthetic."""
        query = select(uploads.c.id).where(in_force(uploads), uploads.c.synthetic.is_(False)).limit(1)
        with self._database.read() as connection:
            return connection.scalar(query) is not None

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


def _carry(connection: Connection, noted: Iterable[Row[Any]], bases: Mapping[int, int | None]) -> None:
    """Let every edit go, or come back, with what it edits."""
    force = set(replay(noted, bases))
    edits = connection.execute(select(uploads.c.id, uploads.c.undone).where(uploads.c.base.is_not(None))).all()
    for upload in edits:
        gone = upload.id not in force and not upload.undone
        connection.execute(update(uploads).where(uploads.c.id == upload.id).values(base_undone=gone))


def _last_act(connection: Connection, upload_id: int) -> int:
    return int(connection.scalar(select(func.max(acts.c.seq)).where(acts.c.upload_id == upload_id)) or 0)


def _act(connection: Connection, kind: str, upload_id: int, who: str, why: str | None) -> int:
    row = connection.execute(insert(acts).values(kind=kind, upload_id=upload_id, who=who, why=why, at=now()))
    return int(row.lastrowid)
