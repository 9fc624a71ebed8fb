"""Chains: rows that are only ever added, each digested with the one before it, so that none can be changed unseen.

There are four: the acts, what people decided about contested ground, what became of findings, and what was done to
claims. The digest of the last row of each is noted beside them, so that rows cut off at the end are missed too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, insert, select, update

from geo_app.store.sealing import close, close_all, digest_of_values
from geo_app.store.tables import acts, claim_acts, decisions, documents, finding_states, findings, meta, uploads


@dataclass(frozen=True)
class Chain:
    """A chain of rows.

    Attributes
    ----------
    table : Table
        With ``seq`` and ``digest``.
    rows : Select
        ``seq digest`` of each, and what is digested of it, in an order that never changes.
    """

    table: Table
    rows: Select[Any]

    @property
    def end(self) -> str:
        """The key of `meta` under which the digest of the last row is."""
        return self.table.name


def _chain(table: Table, values: Iterable[Any], whole: Any) -> Chain:
    return Chain(table, select(table.c.seq, table.c.digest, *values).select_from(whole))


def _noted(table: Table) -> list[Any]:
    return [column.label(f"noted_{column.name}") for column in table.c if column.name != "digest"]


# what a finding is about: without it, what somebody said of one finding could be made to stand with another
_ABOUT = ("layer", "rule", "code", "ordinal", "other_layer", "other_code", "other_ordinal", "upload_id")
ACTS = _chain(acts, [uploads.c.seal, *_noted(acts)], acts.join(uploads, uploads.c.id == acts.c.upload_id))
DECISIONS = _chain(decisions, _noted(decisions), decisions)
JUDGEMENTS = _chain(
    finding_states,
    [*_noted(finding_states), *(findings.c[name] for name in _ABOUT)],
    finding_states.join(findings, findings.c.id == finding_states.c.finding_id),
)
CLAIM_ACTS = _chain(
    claim_acts,
    [*_noted(claim_acts), documents.c.sha256],
    claim_acts.join(documents, documents.c.id == claim_acts.c.document_id),
)
CHAINS = (ACTS, DECISIONS, JUDGEMENTS, CLAIM_ACTS)


def accepted(connection: Connection, upload_id: int) -> None:
    """Seal an upload that an act has just accepted, and the act; digest what is not digested yet."""
    close(connection, upload_id)
    extend(connection, ACTS)


def extend(connection: Connection, chain: Chain, count: int = 1) -> None:
    """Digest the newest rows of a chain, which have just been added."""
    newest = chain.rows.order_by(chain.table.c.seq.desc()).limit(count)
    _link(connection, chain, connection.execute(newest).all()[::-1], _end(connection, chain))


def seal_all(connection: Connection) -> None:
    """Seal what an older version has left without: accepted uploads, and the rows of chains."""
    close_all(connection)
    for chain in CHAINS:
        _link(connection, chain, connection.execute(chain.rows.order_by(chain.table.c.seq)).all(), "")


def broken(connection: Connection, chain: Chain) -> int | None:
    """Return the number of the first row that is not as it was noted, or is missing; None where all are."""
    before, number = "", 0
    rows: Iterable[Sequence[Any]] = connection.execute(chain.rows.order_by(chain.table.c.seq))
    for row in rows:
        number = row[0]
        if row[1] != _digest(row, before):
            return number
        before = row[1]
    return None if _end(connection, chain) == before else number + 1


def _link(connection: Connection, chain: Chain, rows: Iterable[Sequence[Any]], before: str) -> None:
    """Digest the rows that have no digest yet, in order, and note the last one."""
    made = []
    for row in rows:
        before = row[1] or _digest(row, before)
        if not row[1]:
            made.append({"own": row[0], "made": before})
    if made:
        own = update(chain.table).where(chain.table.c.seq == bindparam("own")).values(digest=bindparam("made"))
        connection.execute(own, made)
        connection.execute(insert(meta).prefix_with("OR REPLACE").values(key=chain.end, value=before))


def _digest(row: Sequence[Any], before: str) -> str:
    return digest_of_values([before, *row[2:]])


def _end(connection: Connection, chain: Chain) -> str:
    return connection.scalar(select(meta.c.value).where(meta.c.key == chain.end)) or ""
