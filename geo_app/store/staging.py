"""Writing an upload's sites in batches that nobody sees yet."""

from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select, update

from geo_app.model import SITE_COLUMNS
from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.readings import demand_current
from geo_app.store.sealing import RowDigest
from geo_app.store.tables import sites, uploads

BATCH = 5_000
RUN = 128
BOX = ("min_lon", "min_lat", "max_lon", "max_lat")
_PLAIN = (*(name for name in SITE_COLUMNS if name != "code"), "before", "differs")
_WRITTEN = ("id", "upload_id", "layer", "code", "own_code", "geometry", *BOX, *_PLAIN)
_ADD_SITE = f"INSERT INTO sites ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608 - names of ours
_ADD_RUN = f"INSERT INTO runs (first, last, upload_id, {', '.join(BOX)}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


def write(
    database: Database,
    upload_id: int,
    layer: str,
    frame: gpd.GeoDataFrame,
    progress: Callable[[float], None],
    reading_no: int | None,
) -> np.ndarray:
    """Write a site frame along a Hilbert curve, with the ground of every run of rows.

    Parameters and errors are those of `Sites.stage`.

    Returns
    -------
    ndarray of int
        The id of each row of the frame.
    """
    boxes = shapely.bounds(frame.geometry.to_numpy())
    order = _along_a_curve(frame.geometry, boxes)
    ids = np.zeros(len(frame), np.int64)
    digest = RowDigest()
    with database.batches() as transaction:
        for start in range(0, len(frame), BATCH):
            rows = order[start : start + BATCH]
            columns = _columns(upload_id, layer, frame.iloc[rows], boxes[rows])
            digest.add(columns)
            is_last = start + BATCH >= len(frame)
            with transaction() as connection:
                demand_current(connection, upload_id, reading_no)
                first = (connection.scalar(select(func.max(sites.c.id))) or 0) + 1
                ids[rows] = np.arange(first, first + len(rows))
                _insert(connection, columns, first, boxes[rows])
                if is_last:
                    sealed = {"digest": digest.hexdigest()}
                    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**sealed))
                point("stage.inside")
            point("stage.last" if is_last else "stage.middle" if start else "stage.first")
            progress(min(1.0, (start + BATCH) / len(frame)))
    return ids


def _along_a_curve(geometries: gpd.GeoSeries, boxes: np.ndarray) -> np.ndarray:
    """Order rows along a Hilbert curve, those without a place last."""
    placed = np.isfinite(boxes).all(axis=1)
    along = np.full(len(boxes), np.iinfo(np.int64).max)
    if placed.any():
        along[placed] = geometries[placed].hilbert_distance(level=16).to_numpy()
    return np.argsort(along, kind="stable")


def _insert(connection: Connection, columns: dict[str, list[Any]], first: int, boxes: np.ndarray) -> None:
    count = len(columns["code"])
    columns["id"] = list(range(first, first + count))
    # Plain tuples past SQLAlchemy: its own parameter handling costs as much as the writing.
    connection.exec_driver_sql(_ADD_SITE, list(zip(*(columns[name] for name in _WRITTEN), strict=True)))
    if found := list(_runs(columns["upload_id"][0], first, boxes)):
        connection.exec_driver_sql(_ADD_RUN, found)


def _runs(upload_id: int, first: int, boxes: np.ndarray) -> Iterator[tuple[Any, ...]]:
    for at in range(0, len(boxes), RUN):
        some = boxes[at : at + RUN]
        some = some[~np.isnan(some[:, 0])]
        if len(some):
            low, high = some[:, :2].min(axis=0).tolist(), some[:, 2:].max(axis=0).tolist()
            yield first + at, first + min(at + RUN, len(boxes)) - 1, upload_id, *low, *high


def _columns(upload_id: int, layer: str, frame: gpd.GeoDataFrame, boxes: np.ndarray) -> dict[str, list[Any]]:
    """Give the columns of `tables.sites` for a site frame, in Python's own types."""
    count = len(frame)
    columns = {name: _python(frame[name]) if name in frame else [None] * count for name in _PLAIN}
    for at, name in enumerate(BOX):
        columns[name] = _python(pd.Series(boxes[:, at]))
    codes = _python(frame["code"])
    # A row number alone would collide with that of another file without codes.
    made = [code or f"U{upload_id}-{record}" for code, record in zip(codes, columns["record"], strict=True)]
    return columns | {
        "upload_id": [upload_id] * count,
        "layer": [layer] * count,
        "code": made,
        "own_code": [bool(code) for code in codes],
        "geometry": shapely.to_wkb(frame.geometry.to_numpy()).tolist(),
    }


def _python(column: pd.Series) -> list[Any]:
    gone = column.isna().to_numpy()
    values = column.to_numpy(object, na_value=None) if gone.any() else column.to_numpy()
    return values.tolist()
