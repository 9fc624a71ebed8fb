"""What an upload's rows change, added up by the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select

from geo_app.store.database import Database
from geo_app.store.moves import moves_of
from geo_app.store.tables import remarks, sites


@dataclass(frozen=True)
class Sum:
    """Rows of one kind: how many, their amounts, and those of the versions they follow, in stored parts."""

    sites: int = 0
    amount: int = 0
    amount_before: int = 0


class Changes:
    """Port to the comparison that was stored with an upload's rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sums(self, upload_id: int) -> dict[str, Sum]:
        """Add up an upload's rows by what they are: ``added``, ``changed`` or ``unchanged``.

        Returns
        -------
        dict
            All three kinds; a missing amount adds nothing.
        """
        before = sites.alias("before")
        kind = case((sites.c.before.is_(None), "added"), (sites.c.differs != "", "changed"), else_="unchanged")
        query = (
            select(
                kind.label("kind"),
                func.count(),
                func.coalesce(func.sum(sites.c.amount), 0),
                func.coalesce(func.sum(before.c.amount), 0),
            )
            .select_from(sites.outerjoin(before, before.c.id == sites.c.before))
            .where(sites.c.upload_id == upload_id)
            .group_by("kind")
        )
        with self._database.read() as connection:
            found = {row[0]: Sum(*row[1:]) for row in connection.execute(query)}
        return {name: found.get(name, Sum()) for name in ("added", "changed", "unchanged")}

    def moves(self, layer: str) -> list[Row[Any]]:
        """Return the changes of code that persons have made in a layer; see `moves.moves_of`."""
        with self._database.read() as connection:
            return moves_of(connection, layer)

    def districts(self, upload_id: int) -> dict[str, int]:
        """Count an upload's rows by district, largest first; rows in none are left out."""
        query = (
            select(sites.c.district, func.count())
            .where(sites.c.upload_id == upload_id, sites.c.district.is_not(None))
            .group_by(sites.c.district)
            .order_by(func.count().desc(), sites.c.district)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def findings(self, upload_id: int) -> list[Row[Any]]:
        """Count an upload's findings by rule.

        Returns
        -------
        list of rows
            ``rule values count``; the values are those of the first finding of the rule.
        """
        grouped = (
            select(func.min(remarks.c.id).label("first"), func.count().label("count"))
            .where(remarks.c.upload_id == upload_id, remarks.c.kind == "finding")
            .group_by(remarks.c.rule)
            .subquery()
        )
        query = select(remarks.c.rule, remarks.c["values"], grouped.c.count).join(
            grouped, remarks.c.id == grouped.c.first
        )
        with self._database.read() as connection:
            return list(connection.execute(query))
