"""Signing in by a one-time link, and the sessions that follow."""

import datetime as dt
import secrets
from contextlib import suppress
from dataclasses import dataclass

from geo_app.errors import NotAllowed, StoreFailed
from geo_app.i18n import N_
from geo_app.services.landproof import Landproof

LINK_MINUTES = 15
IDLE_HOURS = 12
LONGEST_DAYS = 7

_REFUSALS = {
    "unknown": N_("This sign-in link is not known here. Start Landproof again; it prints a new one."),
    "used": N_("This sign-in link has been used. Start Landproof again; it prints a new one."),
    "expired": N_("This sign-in link is older than 15 minutes. Start Landproof again; it prints a new one."),
}


@dataclass(frozen=True)
class User:
    """Who is signed in: `role` is ``reader`` or ``editor``, who may also accept uploads."""

    id: str
    name: str
    role: str


def new_link(lp: Landproof) -> str:
    """Make a sign-in token that works once, within 15 minutes."""
    token = secrets.token_urlsafe(32)
    lp.store.users.add_link(token)
    return token


def use_link(lp: Landproof, token: str) -> str:
    """Use a sign-in token and return the token of a new session.

    Raises
    ------
    NotAllowed
        If the link is unknown, used or too old.
    """
    made_after = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=LINK_MINUTES)
    outcome = lp.store.users.use_link(token, made_after)
    if outcome != "ok":
        raise NotAllowed(_REFUSALS[outcome], reason=outcome)
    session = secrets.token_urlsafe(32)
    lp.store.users.add_session(session, "reviewer")
    return session


def user_of(lp: Landproof, session: str) -> User | None:
    """Return the user of a session; None when it was ended, sat idle for 12 hours or is 7 days old."""
    row = lp.store.users.session(session)
    if row is None:
        return None
    now = dt.datetime.now(dt.UTC)
    idle = now - dt.datetime.fromisoformat(row.seen_at)
    age = now - dt.datetime.fromisoformat(row.made_at)
    if idle > dt.timedelta(hours=IDLE_HOURS) or age > dt.timedelta(days=LONGEST_DAYS):
        return None
    if idle > dt.timedelta(minutes=5):  # not at every request: each note is a write
        with suppress(StoreFailed):  # on a full disk reading goes on
            lp.store.users.seen(session)
    return User(session, row.user, "editor")


def end_session(lp: Landproof, session: str) -> None:
    """Sign out for good, also for a copied cookie."""
    lp.store.users.end_session(session)
