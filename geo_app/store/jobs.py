"""Jobs: what was asked of the worker. The queue carries ids only; the truth is here."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from geo_app.store.database import Database, now
from geo_app.store.readings import begin
from geo_app.store.tables import jobs, uploads


class Jobs:
    """Port to the jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, upload_id: int) -> int:
        """Begin a reading of an upload, note the job that is to do it, and return the job's id.

        Raises
        ------
        NotFound, Conflict
            If there is no such upload, or it was accepted or discarded.
        """
        with self._database.write() as connection:
            number = begin(connection, upload_id)
            row = connection.execute(
                insert(jobs).values(kind=kind, upload_id=upload_id, reading_no=number, queued_at=now())
            )
            return int(row.lastrowid)

    def ask(self, kind: str, upload_id: int) -> int:
        """Note a job that an accepted upload makes necessary, and return its id."""
        with self._database.write() as connection:
            row = connection.execute(insert(jobs).values(kind=kind, upload_id=upload_id, queued_at=now()))
            return int(row.lastrowid)

    def ask_once(self, kind: str, upload_id: int) -> int | None:
        """Note a job as `ask` does, unless one of its kind has not ended; return its id, or None."""
        with self._database.write() as connection:
            if connection.scalar(select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.ended_at.is_(None)).limit(1)):
                return None
            row = connection.execute(insert(jobs).values(kind=kind, upload_id=upload_id, queued_at=now()))
            return int(row.lastrowid)

    def start(self, job_id: int) -> Row[Any] | None:
        """Mark a job as begun once more and return it; None if it has ended already."""
        with self._database.write() as connection:
            open_job = (jobs.c.id == job_id, jobs.c.ended_at.is_(None))
            begun = {"started_at": now(), "attempts": jobs.c.attempts + 1}
            connection.execute(update(jobs).where(*open_job).values(**begun))
            return connection.execute(select(jobs).where(*open_job)).first()

    def give_back(self, job_id: int) -> None:
        """Take back a start: the worker was told to stop, the job has not failed."""
        with self._database.write() as connection:
            open_job = (jobs.c.id == job_id, jobs.c.ended_at.is_(None), jobs.c.attempts > 0)
            connection.execute(update(jobs).where(*open_job).values(attempts=jobs.c.attempts - 1))

    def end(self, job_id: int, fault: str | None = None) -> None:
        """Mark a job as ended, and why it failed if it did."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(ended_at=now(), fault=fault))

    def fault(self, job_id: int) -> str | None:
        """Return why a job ended without having done its work; None if it has done it, or has not ended."""
        with self._database.read() as connection:
            return connection.scalar(select(jobs.c.fault).where(jobs.c.id == job_id))

    def end_all(self, upload_id: int) -> None:
        """Mark every job of an upload as ended; nobody wants them any more."""
        with self._database.write() as connection:
            open_jobs = (jobs.c.upload_id == upload_id, jobs.c.ended_at.is_(None))
            connection.execute(update(jobs).where(*open_jobs).values(ended_at=now()))

    def waiting(self) -> list[Row[Any]]:
        """Return the uploads that a job without an end is about: ``id filename``."""
        query = select(uploads.c.id, uploads.c.filename).join(jobs).where(jobs.c.ended_at.is_(None))
        with self._database.read() as connection:
            return list(connection.execute(query.distinct().order_by(uploads.c.id)))

    def end_kind(self, kind: str, layer: str) -> None:
        """Mark every job of a kind for a layer as ended; what they ask for is done."""
        own = select(uploads.c.id).where(uploads.c.layer == layer)
        with self._database.write() as connection:
            open_jobs = (jobs.c.kind == kind, jobs.c.upload_id.in_(own), jobs.c.ended_at.is_(None))
            connection.execute(update(jobs).where(*open_jobs).values(ended_at=now()))

    def unfinished(self) -> list[int]:
        """Return the ids of jobs without an end, oldest first."""
        query = select(jobs.c.id).where(jobs.c.ended_at.is_(None)).order_by(jobs.c.id)
        with self._database.read() as connection:
            return list(connection.scalars(query))
