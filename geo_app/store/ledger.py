"""Published documents and the claims that are made from them. Nothing is overwritten: acts are only ever added."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select

from geo_app.errors import Conflict, NotFound
from geo_app.i18n import N_
from geo_app.store.chains import CLAIM_ACTS, extend
from geo_app.store.database import Database, now
from geo_app.store.tables import claim_acts, documents

DOCUMENT = 0  # the claim number under which what is known about the document itself is kept
PROPOSED, CONFIRMED, DROPPED = "proposed", "confirmed", "dropped"
STATES = (PROPOSED, CONFIRMED, DROPPED)


@dataclass(frozen=True)
class Change:
    """What is to become of a claim; `claim` is None for a new one."""

    claim: int | None
    state: str
    value: Mapping[str, Any]


class Ledger:
    """Port to the documents and their claims.

    A claim, as it is, is a row of `tables.claim_acts`: the last act about it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, values: Mapping[str, Any], about: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> None:
        """Note a document, what is known about it, and the claims that are proposed from it.

        Parameters
        ----------
        values : columns of `tables.documents`, but for ``received_at``

        Raises
        ------
        Conflict
            If there is one of that name, or with the same bytes.
        """
        with self._database.write() as connection:
            same = connection.scalar(select(documents.c.id).where(documents.c.sha256 == values["sha256"]).limit(1))
            if same:
                raise Conflict(N_("This very document is in the ledger already: {report}."), report=same)
            if connection.scalar(select(documents.c.id).where(documents.c.id == values["id"])):
                raise Conflict(N_("There is a report {report} already. Choose another name."), report=values["id"])
            connection.execute(insert(documents).values(**values, received_at=now()))
            changes = [Change(DOCUMENT, CONFIRMED, about), *(Change(None, PROPOSED, value) for value in claims)]
            _act(connection, values["id"], "received", changes, values["received_by"], "")

    def act(
        self, document: str, act: str, changes: Sequence[Change], *, who: str, why: str = "", seen: int | None = None
    ) -> list[int]:
        """Note what was done to claims of a document in one go; return their numbers.

        Parameters
        ----------
        seen : int, optional
            The newest act about the document that the person knew of.

        Raises
        ------
        Conflict
            If somebody else has done something since to one of the claims.
        """
        with self._database.write() as connection:
            if seen is not None:
                touched = [change.claim for change in changes if change.claim is not None]
                about = and_(claim_acts.c.document_id == document, claim_acts.c.claim.in_(touched))
                newest = connection.scalar(select(func.max(claim_acts.c.seq)).where(about)) or 0
                if newest > seen:
                    raise Conflict(
                        N_("Somebody else has worked on this figure meanwhile. Nothing was changed. Look at it again.")
                    )
            return _act(connection, document, act, changes, who, why)

    def documents(self) -> list[Row[Any]]:
        """Return every document without its text, the newest first."""
        columns = [column for column in documents.c if column.name != "text"]
        with self._database.read() as connection:
            return list(connection.execute(select(*columns).order_by(documents.c.received_at.desc(), documents.c.id)))

    def find(self, document: str) -> Row[Any]:
        """Return a document with its text, or raise NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(documents).where(documents.c.id == document)).one_or_none()
        if row is None:
            raise NotFound(N_("There is no report {report} in the ledger."), report=document)
        return row

    def of_hash(self, sha256: str) -> str | None:
        """Return the document with these bytes, None where there is none."""
        with self._database.read() as connection:
            return connection.scalar(select(documents.c.id).where(documents.c.sha256 == sha256).limit(1))

    def claims(self, document: str | None = None) -> list[Row[Any]]:
        """Return the claims of a document, or of all, as they are now, and with number 0 what is known about each."""
        query = select(claim_acts).where(claim_acts.c.seq.in_(_newest(document)))
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(claim_acts.c.document_id, claim_acts.c.claim)))

    def history(self, document: str, claim: int | None = None) -> list[Row[Any]]:
        """Return what was done to a document's claims, or to one of them, in order."""
        query = select(claim_acts).where(claim_acts.c.document_id == document).order_by(claim_acts.c.seq)
        if claim is not None:
            query = query.where(claim_acts.c.claim == claim)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def altered(self) -> list[str]:
        """Return the documents whose text is not the one that was read when they were received."""
        first = select(claim_acts.c.document_id, claim_acts.c.value).where(
            claim_acts.c.claim == DOCUMENT, claim_acts.c.act == "received"
        )
        with self._database.read() as connection:
            noted = {row[0]: row[1].get("text_sha256") for row in connection.execute(first)}
            texts = connection.execute(select(documents.c.id, documents.c.text)).all()
        return [name for name, text in texts if noted.get(name) not in (None, digest_of_text(text))]

    def last(self) -> int:
        """Return the number of the newest act, 0 where there is none."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.max(claim_acts.c.seq))) or 0)


def digest_of_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _newest(document: str | None) -> Any:
    query = select(func.max(claim_acts.c.seq)).group_by(claim_acts.c.document_id, claim_acts.c.claim)
    return query if document is None else query.where(claim_acts.c.document_id == document)


def _act(connection: Connection, document: str, act: str, changes: Sequence[Change], who: str, why: str) -> list[int]:
    of_document = claim_acts.c.document_id == document
    batch = int(connection.scalar(select(func.max(claim_acts.c.seq))) or 0) + 1
    number = int(connection.scalar(select(func.max(claim_acts.c.claim)).where(of_document)) or 0)
    rows, numbers = [], []
    for at, change in enumerate(changes):
        if change.claim is None:
            number += 1
        numbers.append(number if change.claim is None else change.claim)
        rows.append(
            {
                "seq": batch + at,
                "batch": batch,
                "document_id": document,
                "claim": numbers[-1],
                "act": act,
                "state": change.state,
                "value": dict(change.value),
                "who": who,
                "why": why,
                "at": now(),
            }
        )
    connection.execute(insert(claim_acts), rows)
    extend(connection, CLAIM_ACTS, len(rows))
    return numbers
