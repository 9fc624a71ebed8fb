"""How layers get from gross to net: kept until what they rest on changes, or made before an upload is accepted."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Table, delete, insert, select, update

from geo_app.bridge import Bridge
from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.sealing import seal_bridge
from geo_app.store.tables import bridges, deductions, pairs


class Bridges:
    """Port to the bridges, a cache that can always be made again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, layer: str, place: str, period: str = "") -> Row[Any] | None:
        """Return the kept bridge of a layer: ``basis steps groups`` and ``id``; None where there is none."""
        with self._database.read() as connection:
            return connection.execute(select(bridges).where(*_own(layer, place, None, period))).first()

    def of_layers(self, layers: Sequence[str], place: str) -> dict[str, Row[Any]]:
        """Return the kept bridges of layers that hold now and know no period, by layer."""
        own = (bridges.c.place == place, bridges.c.period == "", bridges.c.upload_id.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(select(bridges).where(bridges.c.layer.in_(layers), *own)).all()
        return {row.layer: row for row in rows}

    def keep(
        self, layer: str, place: str, basis: str, bridge: Bridge, *, period: str = "", upload: int | None = None
    ) -> None:
        """Replace the bridge of a layer.

        Parameters
        ----------
        upload : int, optional
            The upload after whose acceptance it will hold; without it, it holds now.
        """
        lost = [bridge.deductions[name].tolist() for name in ("id", "place", "step", "amount")]
        kept = bridge.pairs.drop_duplicates(["site", "other"])
        shared = [kept[name].tolist() for name in ("site", "other", "contest", "duplicate", "common")]
        groups = bridge.groups.astype(object).where(bridge.groups.notna(), None)
        values = {
            "layer": layer,
            "place": place,
            "period": period,
            "basis": basis,
            "upload_id": upload,
            "steps": [asdict(step) for step in bridge.steps],
            "groups": groups.to_dict("records"),
        }
        with self._database.write() as connection:
            _drop(connection, _own(layer, place, upload, period))
            number = connection.execute(insert(bridges).values(**values)).lastrowid
            for table, columns in ((deductions, lost), (pairs, shared)):
                _fill(connection, table, number, columns)
            seal_bridge(connection, number)
            point("bridge.inside")

    def pairs(self, bridge_id: int, *, contest: bool | None = None) -> pd.DataFrame:
        """Return which site loses ground to which: ``site other contest duplicate common``; all, or one kind."""
        query = select(pairs).where(pairs.c.bridge_id == bridge_id).order_by(pairs.c.site_id, pairs.c.other_id)
        if contest is not None:
            query = query.where(pairs.c.contest.is_(contest))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        made = pd.DataFrame([row[1:] for row in rows], columns=list(_PAIR_TYPES))
        return made.astype(_PAIR_TYPES)

    def taken(self, bridge_id: int, step: str | None = None) -> dict[tuple[int, str], int]:
        """Return what each step takes from each site, or one of them, by site and step."""
        query = select(deductions.c.site_id, deductions.c.step, deductions.c.amount)
        if step is not None:
            query = query.where(deductions.c.step == step)
        with self._database.read() as connection:
            rows = connection.execute(query.where(deductions.c.bridge_id == bridge_id)).all()
        return {(row[0], row[1]): row[2] for row in rows}


_PAIR_TYPES = {"site": "int64", "other": "int64", "contest": bool, "duplicate": bool, "common": float}


def let_hold(connection: Connection, upload_id: int) -> None:
    """Let the bridge that was made for the time after an upload hold from now on."""
    made = connection.execute(select(bridges).where(bridges.c.upload_id == upload_id)).all()
    for each in made:
        _drop(connection, _own(each.layer, each.place, None, each.period))
        connection.execute(update(bridges).where(bridges.c.id == each.id).values(upload_id=None))


def drop_staged(connection: Connection, upload_id: int) -> None:
    """Remove what was made for the time after an upload that is read anew, or never accepted."""
    _drop(connection, (bridges.c.upload_id == upload_id,))


def _fill(connection: Connection, table: Table, bridge_id: int, columns: list[list[Any]]) -> None:
    rows = list(zip([bridge_id] * len(columns[0]), *columns, strict=True))
    if rows:
        statement = str(insert(table).compile(dialect=connection.dialect))
        connection.exec_driver_sql(statement, rows)


def _drop(connection: Connection, which: tuple[ColumnElement[bool], ...]) -> None:
    old = select(bridges.c.id).where(*which)
    for table in (deductions, pairs):
        connection.execute(delete(table).where(table.c.bridge_id.in_(old)))
    connection.execute(delete(bridges).where(*which))


def _own(layer: str, place: str, upload: int | None, period: str) -> tuple[ColumnElement[bool], ...]:
    is_upload = bridges.c.upload_id.is_not_distinct_from(upload)
    return bridges.c.layer == layer, bridges.c.place == place, bridges.c.period == period, is_upload
