"""What is looked at to keep the store sound: its checks, its copies, which files it needs."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from geo_app.store.chains import CHAINS, broken
from geo_app.store.database import Database
from geo_app.store.folding import history, replay
from geo_app.store.sealing import areas_digest_of, bridge_digest_of, digest_of, remarks_digest_of, seal_of
from geo_app.store.tables import bridges, documents, finding_states, findings, sites, uploads


class Keeping:
    """Port to the checks and copies of the whole store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file and its references; empty where all is well."""
        with self._database.read() as connection:
            found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(100)")]
            broken = [
                f"{row[0]} {row[1]}: {row[2]} missing"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(100)
            ]
        return [each for each in found if each != "ok"] + broken

    def files(self) -> dict[str, list[int]]:
        """Return the SHA-256 of every file that has to be there, with the uploads that are about it; documents too."""
        needed: dict[str, list[int]] = {}
        query = select(uploads.c.sha256, uploads.c.id).where(uploads.c.kind == "file", uploads.c.dropped.is_(False))
        with self._database.read() as connection:
            for sha256, upload in connection.execute(query.order_by(uploads.c.id)):
                needed.setdefault(sha256, []).append(upload)
            for sha256 in connection.scalars(select(documents.c.sha256)):
                needed.setdefault(sha256, [])
        return needed

    def refused_files(self, *, final: bool = False) -> list[str]:
        """Return the SHA-256 of the kept files that only refused uploads are about, the oldest first.

        Parameters
        ----------
        final : bool
            Only those that no answer would make readable.
        """
        refused = uploads.c.state == "refused"
        if final:
            refused = and_(refused, func.coalesce(func.json_extract(uploads.c.message, "$.final"), 0) == 1)
        query = select(uploads.c.sha256).where(uploads.c.kind == "file").group_by(uploads.c.sha256)
        gone = func.min(uploads.c.dropped) == 1
        with self._database.read() as connection:
            found = query.having(func.min(refused) == 1, ~gone).order_by(func.max(uploads.c.id))
            return list(connection.scalars(found))

    def forget(self, files: Collection[str]) -> None:
        """Note that the bytes of files that only refused uploads are about will be removed."""
        if files:
            with self._database.write() as connection:
                connection.execute(update(uploads).where(uploads.c.sha256.in_(files)).values(dropped=True))

    def accepted(self) -> list[int]:
        """Return the uploads that were accepted; the rows of each have a digest."""
        query = select(uploads.c.id).where(uploads.c.accepted_seq.is_not(None))
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(uploads.c.id)))

    def altered(self, upload_id: int) -> list[str]:
        """Return what of an accepted upload is not as it was: ``rows``, ``remarks``, ``upload``, ``areas``."""
        with self._database.read() as connection:
            row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).one()
            has_rows = row.digest == digest_of(connection, upload_id)
            found = {
                "rows": has_rows,
                "remarks": row.remarks_digest == remarks_digest_of(connection, upload_id),
                "upload": row.seal == seal_of(row._mapping),
                "areas": not has_rows or row.areas_digest in (None, areas_digest_of(connection, upload_id)),
            }
        return [name for name, holds in found.items() if not holds]

    def broken(self) -> dict[str, int]:
        """Return the first row of each chain that is not as it was noted, or is missing, by the name of its table."""
        with self._database.read() as connection:
            found = {chain.end: broken(connection, chain) for chain in CHAINS}
        return {name: number for name, number in found.items() if number is not None}

    def misstated(self) -> list[int]:
        """Return the findings whose state is not the last one that was noted of them."""
        last = select(finding_states.c.state).where(finding_states.c.finding_id == findings.c.id)
        noted = last.order_by(finding_states.c.seq.desc()).limit(1).scalar_subquery()
        query = select(findings.c.id).where(findings.c.state.is_distinct_from(noted)).order_by(findings.c.id)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def out_of_step(self) -> list[int]:
        """Return the uploads of which it does not follow from the acts whether they are in force."""
        with self._database.read() as connection:
            noted, bases = history(connection)
            rows = connection.execute(select(uploads)).all()
        force = set(replay(noted, bases))
        accepted = {act.upload_id: act.seq for act in noted if act.kind == "accept"}
        undone = {act.upload_id: act.kind == "undo" for act in noted}
        found = []
        for row in rows:
            is_gone = undone.get(row.id, False)
            carried = row.id in accepted and row.id not in force and not is_gone
            if (row.accepted_seq, row.undone, row.base_undone) != (accepted.get(row.id), is_gone, carried):
                found.append(row.id)
        return found

    def altered_bridges(self) -> list[Row[Any]]:
        """Return the bridges that are not as they were found."""
        with self._database.read() as connection:
            rows = connection.execute(select(bridges)).all()
            return [row for row in rows if row.digest != bridge_digest_of(connection, row.id)]

    def site_count(self) -> int:
        """Count all site versions, staged ones too."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(sites)) or 0)

    def copy_to(self, target: Path) -> None:
        """Write a copy of one state of the store to a file; writers go on meanwhile."""
        self._database.copy_to(target)
