"""The sites behind a step of a bridge, what each shares its ground or its ticket with, and the findings about them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, cast, func, or_, select

from geo_app.store.database import Database
from geo_app.store.findings import BY_SITE, LAST, RANK, STEPS
from geo_app.store.folding import current
from geo_app.store.tables import deductions, findings, pairs, sites, uploads

_SITE: list[Any] = [
    sites.c[name]
    for name in (
        *("id", "layer", "code", "ordinal", "name", "district", "status", "completed_on"),
        *("amount", "declared_area", "min_lon", "upload_id", "record"),
    )
]


class Behind:
    """Port to what stands behind the steps of kept bridges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sites(self, bridge: Row[Any], step: str, start: int = 0, size: int | None = None) -> list[Row[Any]]:
        """Return the sites that a step of a bridge changes, the largest change first.

        Parameters
        ----------
        bridge : row of `Bridges.find`
            The steps before ``drawn`` are those of its layer as it is now.

        Returns
        -------
        list of rows
            ``id layer code ordinal name district status completed_on amount declared_area min_lon
            upload_id record`` and ``change``, signed, in stored parts.
        """
        query = _behind(bridge, step).offset(start).limit(size)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def count(self, bridge: Row[Any], step: str) -> int:
        """Count the sites that a step of a bridge changes."""
        query = select(func.count()).select_from(_behind(bridge, step).order_by(None).subquery())
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def others(self, bridge: Row[Any], step: str, site_ids: Sequence[int]) -> list[Row[Any]]:
        """Return the sites that take ground from some in ``duplicate``, ``overlap`` or ``contested``.

        Returns
        -------
        list of rows
            ``site_id``, that of the one that loses; ``common``, what both cover in m² or m; and of the
            other ``id layer code ordinal name completed_on``.
        """
        kinds: dict[str, tuple[ColumnElement[bool], ...]] = {
            "duplicate": (pairs.c.duplicate.is_(True),),
            "overlap": (pairs.c.contest.is_(False), pairs.c.duplicate.is_(False)),
            "contested": (pairs.c.contest.is_(True),),
        }
        if step not in kinds or not site_ids:
            return []
        columns = [sites.c[name] for name in ("id", "layer", "code", "ordinal", "name", "completed_on")]
        query = (
            select(pairs.c.site_id, pairs.c.common, *columns)
            .join(sites, sites.c.id == pairs.c.other_id)
            .where(pairs.c.bridge_id == bridge.id, pairs.c.site_id.in_(_listed(site_ids)), *kinds[step])
            .order_by(pairs.c.site_id, pairs.c.common.desc(), sites.c.code)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def findings(self, bridge: Row[Any], parts: int, size: int) -> tuple[list[Row[Any]], int]:
        """Return findings about a bridge's layer and how many there are: the severest, and what takes most, first.

        One that was dismissed is among them as long as it takes something, one that is fixed is not.

        Parameters
        ----------
        parts : int
            Stored parts of what pairs share, a m² or a m.

        Returns
        -------
        list of rows
            The columns of `tables.findings`, the last word about each, and ``takes``: what the bridge takes
            from its sites for the finding's reason, of shared ground no more than they share.
        """
        takes = _takes(bridge, parts)
        about = or_(findings.c.layer == bridge.layer, findings.c.other_layer == bridge.layer)
        counts = or_(findings.c.state.in_(("open", "explained")), and_(findings.c.state == "dismissed", takes > 0))
        query = select(*findings.c, *LAST, takes.label("takes")).where(about, counts)
        ordered = query.order_by(RANK, takes.desc(), findings.c.rule, *BY_SITE).limit(size)
        with self._database.read() as connection:
            number = connection.scalar(select(func.count()).select_from(findings).where(about, counts))
            return list(connection.execute(ordered)), int(number or 0)

    def same_code(self, bridge: Row[Any], codes: Sequence[str]) -> list[Row[Any]]:
        """Return the rows of a layer that bear one of some codes and were not taken away as a duplicate."""
        gone = select(deductions.c.site_id).where(deductions.c.bridge_id == bridge.id, deductions.c.step == "duplicate")
        query = (
            select(*(sites.c[name] for name in ("id", "layer", "code", "ordinal", "name", "completed_on")))
            .join(uploads)
            .where(sites.c.layer == bridge.layer, sites.c.code.in_(_listed(codes)), sites.c.own_code, current())
            .where(sites.c.id.not_in(gone))
            .order_by(sites.c.code, sites.c.ordinal)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))


def _takes(bridge: Row[Any], parts: int) -> ColumnElement[int]:
    """Give what a bridge takes for a finding."""
    ids = (findings.c.site_id, findings.c.other_id)
    step = case(STEPS, value=findings.c.rule, else_="")
    own = (deductions.c.bridge_id == bridge.id, deductions.c.site_id.in_(ids), deductions.c.step == step)
    lost = func.coalesce(select(func.max(deductions.c.amount)).where(*own).scalar_subquery(), 0)
    either = or_(*(and_(pairs.c.site_id == one, pairs.c.other_id == two) for one, two in (ids, ids[::-1])))
    common = select(func.max(pairs.c.common)).where(pairs.c.bridge_id == bridge.id, either).scalar_subquery()
    return func.min(lost, func.coalesce(cast(func.round(common * parts), Integer), lost), type_=Integer)


def _behind(bridge: Row[Any], step: str) -> Select[Any]:
    drawn = func.coalesce(sites.c.amount, 0)
    first: dict[str, tuple[ColumnElement[Any], ColumnElement[bool]]] = {
        "not_declared": (drawn, and_(sites.c.declared_area.is_(None), sites.c.amount.is_not(None))),
        "drawn": (drawn - sites.c.declared_area, sites.c.declared_area != drawn),
    }
    if step in first:
        change, which = first[step]
        query = select(*_SITE, change.label("change")).join(uploads).where(sites.c.layer == bridge.layer, current())
        query = query.where(which)
    else:
        change = -deductions.c.amount
        own = (deductions.c.bridge_id == bridge.id, deductions.c.step == step)
        query = select(*_SITE, change.label("change")).join(deductions, deductions.c.site_id == sites.c.id).where(*own)
    return query.order_by(func.abs(change).desc(), sites.c.code, sites.c.ordinal, sites.c.id)


def _listed(values: Sequence[Any]) -> Select[Any]:
    return select(func.json_each(json.dumps(list(values))).table_valued("value").c.value)
