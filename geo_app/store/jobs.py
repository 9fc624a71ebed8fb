"""Jobs: what was asked of the worker. The queue carries ids only; the truth is here."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from geo_app.store.database import Database, now
from geo_app.store.tables import jobs


class Jobs:
    """Port to the jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, upload_id: int) -> int:
        """Note a job and return its id."""
        with self._database.write() as connection:
            row = connection.execute(insert(jobs).values(kind=kind, upload_id=upload_id, queued_at=now()))
            return int(row.lastrowid)

    def start(self, job_id: int) -> Row[Any] | None:
        """Mark a job as begun and return it; None if it has ended already."""
        with self._database.write() as connection:
            open_job = (jobs.c.id == job_id, jobs.c.ended_at.is_(None))
            connection.execute(update(jobs).where(*open_job).values(started_at=now()))
            return connection.execute(select(jobs).where(*open_job)).first()

    def end(self, job_id: int) -> None:
        """Mark a job as ended, however it went."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(ended_at=now()))

    def unfinished(self) -> list[int]:
        """Return the ids of jobs without an end, oldest first."""
        with self._database.read() as connection:
            return [id_ for (id_,) in connection.execute(select(jobs.c.id).where(jobs.c.ended_at.is_(None)))]
