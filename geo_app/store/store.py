"""The store as the use cases see it."""

from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from geo_app.store.areas import Areas
from geo_app.store.behind import Behind
from geo_app.store.bridges import Bridges
from geo_app.store.changes import Changes
from geo_app.store.database import Database
from geo_app.store.decisions import Decisions
from geo_app.store.findings import Findings
from geo_app.store.jobs import Jobs
from geo_app.store.keeping import Keeping
from geo_app.store.ledger import Ledger
from geo_app.store.readings import Readings
from geo_app.store.sites import Sites
from geo_app.store.tables import meta
from geo_app.store.uploads import Uploads
from geo_app.store.users import Users


class Store:
    """One instance's state in SQLite.

    Parameters
    ----------
    path : Path
        Database file; made, with its folder, where missing.
    """

    def __init__(self, path: Path) -> None:
        self._database = database = Database(path)
        self.uploads = Uploads(database)
        self.sites = Sites(database)
        self.areas = Areas(database)
        self.bridges = Bridges(database)
        self.behind = Behind(database)
        self.decisions = Decisions(database)
        self.changes = Changes(database)
        self.findings = Findings(database)
        self.jobs = Jobs(database)
        self.readings = Readings(database)
        self.keeping = Keeping(database)
        self.ledger = Ledger(database)
        self.users = Users(database)

    def get(self, key: str) -> str | None:
        """Return a value of the instance itself, None where it was never set."""
        with self._database.read() as connection:
            return connection.scalar(select(meta.c.value).where(meta.c.key == key))

    def put(self, key: str, value: str) -> None:
        """Set a value of the instance itself."""
        with self._database.write() as connection:
            changed = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
            if not changed.rowcount:
                connection.execute(insert(meta).values(key=key, value=value))

    def put_first(self, key: str, value: str) -> str:
        """Set a value unless it has one already; return the value that holds."""
        try:
            with self._database.write() as connection:
                connection.execute(insert(meta).values(key=key, value=value))
        except IntegrityError:
            pass
        return self.get(key) or value

    def close(self) -> None:
        """Let go of the database file."""
        self._database.close()
