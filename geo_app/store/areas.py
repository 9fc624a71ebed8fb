"""What accepted site versions cover by each method of measuring: written once, never changed."""

import json

import numpy as np
import pandas as pd
from sqlalchemy import func, select, update

from geo_app.methods import CIRCUMSTANCES, MEASURED
from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.frames import ROWS_AT_ONCE
from geo_app.store.sealing import areas_digest_of
from geo_app.store.tables import site_areas, sites, uploads
from geo_app.units import MEASURES

COLUMNS = (*MEASURED, *CIRCUMSTANCES)
_PARTS = MEASURES["area"].parts
_WRITTEN = ("site_id", *COLUMNS)
_ADD = f"INSERT OR IGNORE INTO site_areas ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608 - names of ours


class Areas:
    """Port to what sites cover."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unmeasured(self, layer: str) -> list[int]:
        """Return the accepted uploads of a layer of which not all sites are measured, the oldest first."""
        query = select(uploads.c.id).where(
            uploads.c.layer == layer, uploads.c.accepted_seq.is_not(None), uploads.c.areas_digest.is_(None)
        )
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(uploads.c.id)))

    def missing(self, upload_id: int) -> np.ndarray:
        """Return the ids of an upload's sites that have a place and are not measured yet."""
        known = select(site_areas.c.site_id).where(site_areas.c.site_id == sites.c.id).exists()
        query = select(sites.c.id).where(sites.c.upload_id == upload_id, sites.c.min_lon.is_not(None), ~known)
        with self._database.read() as connection:
            return np.array(connection.scalars(query.order_by(sites.c.id)).all(), np.int64)

    def add(self, found: pd.DataFrame) -> None:
        """Keep what sites cover; what is known of a site stays as it is.

        Parameters
        ----------
        found : DataFrame
            `COLUMNS` by the id of the site, areas in m².
        """
        whole = [(found[name] * _PARTS).round().astype("Int64") for name in MEASURED]
        columns = [each.to_numpy(object, na_value=None).tolist() for each in (*whole, *_nullable(found))]
        rows = list(zip(found.index.tolist(), *columns, strict=True))
        with self._database.write() as connection:
            if rows:
                connection.exec_driver_sql(_ADD, rows)
            point("areas.inside")

    def close(self, upload_id: int) -> None:
        """Note that all sites of an upload are measured."""
        with self._database.read() as connection:  # what is written once may be read while others write
            digest = areas_digest_of(connection, upload_id)
        with self._database.write() as connection:
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(areas_digest=digest))

    def of(self, ids: np.ndarray) -> pd.DataFrame:
        """Return what sites cover: `COLUMNS` by id, areas in m²; sites that are not measured yet are left out."""
        wanted = func.json_each(json.dumps(ids.tolist())).table_valued("value")
        query = select(*(site_areas.c[name] for name in _WRITTEN))
        query = query.where(site_areas.c.site_id.in_(select(wanted.c.value)))
        with self._database.read() as connection:
            result = connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
            parts = [np.array([tuple(row) for row in rows], float) for rows in result.partitions()]
        table = np.concatenate([np.empty((0, 1 + len(COLUMNS))), *parts])
        table[:, 1 : 1 + len(MEASURED)] /= _PARTS
        return pd.DataFrame(table[:, 1:], pd.Index(table[:, 0].astype(np.int64), name="id"), COLUMNS)


def _nullable(found: pd.DataFrame) -> list[pd.Series]:
    return [found[name].astype("Float64") for name in CIRCUMSTANCES]
