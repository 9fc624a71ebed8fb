"""How layers get from gross to net: kept until what they rest on changes, or made before an upload is accepted."""

import pandas as pd
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.sealing import seal_bridge
from geo_app.store.tables import bridges, deductions


class Bridges:
    """Port to the bridges, a cache that can always be made again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def basis(self, layer: str, place: str) -> str | None:
        """Return what the kept bridge was made of, None where there is none."""
        query = select(bridges.c.basis).where(*_own(layer, place, None))
        with self._database.read() as connection:
            return connection.scalar(query)

    def keep(self, layer: str, place: str, basis: str, frame: pd.DataFrame, upload: int | None = None) -> None:
        """Replace the bridge of a layer.

        Parameters
        ----------
        frame : DataFrame
            What is taken away: ``id`` of the site, ``place`` of the step, ``step`` and ``amount``.
        upload : int, optional
            The upload after whose acceptance it will hold; without it, it holds now.
        """
        columns = [frame[name].tolist() for name in ("id", "place", "step", "amount")]
        with self._database.write() as connection:
            _drop(connection, layer, place, upload)
            values = {"layer": layer, "place": place, "basis": basis, "upload_id": upload}
            number = connection.execute(insert(bridges).values(**values)).lastrowid
            rows = list(zip([number] * len(frame), *columns, strict=True))
            if rows:
                connection.exec_driver_sql("INSERT INTO deductions VALUES (?, ?, ?, ?, ?)", rows)
            seal_bridge(connection, number)
            point("bridge.inside")


def let_hold(connection: Connection, upload_id: int) -> None:
    """Let the bridge that was made for the time after an upload hold from now on."""
    made = connection.execute(select(bridges).where(bridges.c.upload_id == upload_id)).all()
    for each in made:
        _drop(connection, each.layer, each.place, None)
        connection.execute(update(bridges).where(bridges.c.id == each.id).values(upload_id=None))


def drop_staged(connection: Connection, upload_id: int) -> None:
    """Remove what was made for the time after an upload that is read anew, or never accepted."""
    for each in connection.execute(select(bridges).where(bridges.c.upload_id == upload_id)).all():
        _drop(connection, each.layer, each.place, upload_id)


def _drop(connection: Connection, layer: str, place: str, upload: int | None) -> None:
    old = select(bridges.c.id).where(*_own(layer, place, upload))
    connection.execute(delete(deductions).where(deductions.c.bridge_id.in_(old)))
    connection.execute(delete(bridges).where(*_own(layer, place, upload)))


def _own(layer: str, place: str, upload: int | None) -> tuple[ColumnElement[bool], ...]:
    is_upload = bridges.c.upload_id.is_not_distinct_from(upload)
    return bridges.c.layer == layer, bridges.c.place == place, is_upload
