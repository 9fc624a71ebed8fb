"""Sign-in links and sessions; only hashes of their tokens are kept."""

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import Row, insert, select, update

from geo_app.store.database import Database, now
from geo_app.store.tables import links, sessions


class Users:
    """Port to links and sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_link(self, token: str) -> None:
        """Keep a new sign-in link."""
        with self._database.write() as connection:
            connection.execute(insert(links).values(token_hash=_hash(token), made_at=now()))

    def use_link(self, token: str, made_after: dt.datetime) -> str:
        """Use a link once: ``"ok"``, ``"unknown"``, ``"expired"`` or ``"used"``."""
        own = links.c.token_hash == _hash(token)
        with self._database.write() as connection:
            row = connection.execute(select(links).where(own)).first()
            if row is None:
                return "unknown"
            if row.used_at:
                return "used"
            if row.made_at < made_after.isoformat(timespec="seconds"):
                return "expired"
            connection.execute(update(links).where(own).values(used_at=now()))
            return "ok"

    def add_session(self, token: str, user: str) -> None:
        """Keep a new session."""
        with self._database.write() as connection:
            connection.execute(
                insert(sessions).values(token_hash=_hash(token), user=user, made_at=now(), seen_at=now())
            )

    def session(self, token: str) -> Row[Any] | None:
        """Return a session that was not ended."""
        query = select(sessions).where(sessions.c.token_hash == _hash(token), sessions.c.ended_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(query).first()

    def seen(self, token: str) -> None:
        """Note that a session was used just now."""
        self._set(token, seen_at=now())

    def end_session(self, token: str) -> None:
        """End a session for good."""
        self._set(token, ended_at=now())

    def _set(self, token: str, **values: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.token_hash == _hash(token)).values(**values))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
