"""What of each site counts in net for a place; kept until its basis changes."""

import pandas as pd
from sqlalchemy import delete, insert, select

from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.tables import count_states, counts


class Counts:
    """Port to the counts, a cache that can always be made again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def basis(self, layer: str, place: str) -> str | None:
        """Return what the kept counts were made of, None where there are none."""
        query = select(count_states.c.basis).where(count_states.c.layer == layer, count_states.c.place == place)
        with self._database.read() as connection:
            return connection.scalar(query)

    def keep(self, layer: str, place: str, basis: str, frame: pd.DataFrame) -> None:
        """Replace the counts of a layer.

        Parameters
        ----------
        frame : DataFrame with ``id``, ``counted`` (Int64) and ``reason``
        """
        rows = [
            {"place": place, "layer": layer, "site_id": int(site), "counted": int(counted), "reason": reason}
            for site, counted, reason in zip(frame["id"], frame["counted"], frame["reason"], strict=True)
        ]
        with self._database.write() as connection:
            connection.execute(delete(counts).where(counts.c.layer == layer, counts.c.place == place))
            if rows:
                connection.execute(insert(counts), rows)
            same = (count_states.c.layer == layer, count_states.c.place == place)
            connection.execute(delete(count_states).where(*same))
            connection.execute(insert(count_states).values(layer=layer, place=place, basis=basis))
            point("counts.inside")

    def frame(self, layer: str, place: str) -> pd.DataFrame:
        """Return ``site_id, counted, reason`` of a layer."""
        query = select(counts.c.site_id, counts.c.counted, counts.c.reason)
        with self._database.read() as connection:
            rows = connection.execute(query.where(counts.c.layer == layer, counts.c.place == place)).all()
        frame = pd.DataFrame([tuple(row) for row in rows], columns=["site_id", "counted", "reason"])
        return frame.astype({"counted": "Int64"})
