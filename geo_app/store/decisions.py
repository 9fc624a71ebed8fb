"""What persons have decided about contested ground. Rows are only ever added; the newest about a pair holds."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, union_all

from geo_app.errors import Conflict
from geo_app.i18n import N_
from geo_app.model import SiteKey
from geo_app.store.chains import DECISIONS, extend
from geo_app.store.database import Database, now
from geo_app.store.tables import bridges, decisions, pairs


class Decisions:
    """Port to the decisions; a row has the columns of `tables.decisions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, winner: SiteKey, loser: SiteKey, *, who: str, why: str, withdrawn: bool = False, seen: int | None = None
    ) -> int:
        """Note to whom the ground belongs that two sites share, or that it is undecided again.

        Parameters
        ----------
        seen : int, optional
            The newest decision about the pair that the person knew of, 0 for none.

        Raises
        ------
        Conflict
            If there is a newer one than was seen.
        """
        own = dict(zip(("layer", "code", "ordinal"), winner, strict=True))
        others = dict(zip(("other_layer", "other_code", "other_ordinal"), loser, strict=True))
        with self._database.write() as connection:
            known = _rows(connection, winner, loser)
            if seen is not None and seen != (known[-1].seq if known else 0):
                raise Conflict(
                    N_("Somebody else has decided about {code} and {other} meanwhile. Look at the pair again."),
                    code=winner.code,
                    other=loser.code,
                )
            values = own | others | {"who": who, "why": why, "withdrawn": withdrawn, "at": now()}
            number = int(connection.execute(insert(decisions).values(**values)).lastrowid)
            extend(connection, DECISIONS)
            return number

    def about(self, one: SiteKey, other: SiteKey) -> list[Row[Any]]:
        """Return every decision about two sites, in order."""
        with self._database.read() as connection:
            return _rows(connection, one, other)

    def all(self) -> list[Row[Any]]:
        """Return every decision, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(decisions).order_by(decisions.c.seq.desc())))

    def holding(self, layer: str) -> list[Row[Any]]:
        """Return the decisions that hold about sites of a layer."""
        query = select(decisions).where(or_(decisions.c.layer == layer, decisions.c.other_layer == layer))
        with self._database.read() as connection:
            return holding(connection.execute(query.order_by(decisions.c.seq)))

    def last(self) -> dict[str, int]:
        """Return the number of the newest decision about sites of each layer; layers without any are left out."""
        about = [select(decisions.c.seq, decisions.c[name].label("layer")) for name in ("layer", "other_layer")]
        each = union_all(*about).subquery()
        with self._database.read() as connection:
            query = select(each.c.layer, func.max(each.c.seq)).group_by(each.c.layer)
            return {row[0]: row[1] for row in connection.execute(query)}

    def contests(self, place: str | None = None, sites_in: tuple[int, int] | None = None) -> list[Row[Any]]:
        """Return the pairs of sites that both claim some ground by the kept bridges, most of it first.

        Parameters
        ----------
        place : str, optional
            Only the bridges of this place, whatever the period.
        sites_in : (int, int), optional
            Only this pair, whichever of them loses.

        Returns
        -------
        list of rows
            ``one`` and ``other``, ids, the smaller first; ``common``, m².
        """
        one, other = func.min(pairs.c.site_id, pairs.c.other_id), func.max(pairs.c.site_id, pairs.c.other_id)
        query = (
            select(one.label("one"), other.label("other"), func.max(pairs.c.common).label("common"))
            .join(bridges, and_(bridges.c.id == pairs.c.bridge_id, bridges.c.upload_id.is_(None)))
            .where(pairs.c.contest.is_(True))
            .group_by(one, other)
            .order_by(func.max(pairs.c.common).desc(), one, other)
        )
        if place is not None:
            query = query.where(bridges.c.place == place, bridges.c.period == "")
        if sites_in is not None:
            query = query.where(pairs.c.site_id.in_(sites_in), pairs.c.other_id.in_(sites_in))
        with self._database.read() as connection:
            return list(connection.execute(query))


def holding(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Keep, of decisions in order, the newest about each pair unless it was withdrawn."""
    newest = {frozenset((winner_of(row), loser_of(row))): row for row in rows}
    return [row for row in newest.values() if not row.withdrawn]


def winner_of(row: Row[Any]) -> SiteKey:
    """Return the site to whose layer the ground belongs."""
    return SiteKey(row.layer, row.code, row.ordinal)


def loser_of(row: Row[Any]) -> SiteKey:
    """Return the other site."""
    return SiteKey(row.other_layer, row.other_code, row.other_ordinal)


def _rows(connection: Connection, one: SiteKey, other: SiteKey) -> list[Row[Any]]:
    either = (_is(one, other), _is(other, one))
    return list(connection.execute(select(decisions).where(or_(*either)).order_by(decisions.c.seq)))


def _is(winner: SiteKey, loser: SiteKey) -> Any:
    names = ("layer", "code", "ordinal", "other_layer", "other_code", "other_ordinal")
    return and_(*(decisions.c[name] == value for name, value in zip(names, (*winner, *loser), strict=True)))
