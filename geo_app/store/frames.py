"""Frames made of the store's rows."""

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from sqlalchemy import Result, Row

from geo_app.ground import Ground
from geo_app.store.tables import sites

ROWS_AT_ONCE = 20_000
_PLAIN = {
    **dict.fromkeys(("id", "ordinal"), pa.int64()),
    "code": pa.large_string(),
    "own_code": pa.bool_(),
    **dict.fromkeys(("status", "completed_on", "district", "stated_district"), pa.large_string()),
    **dict.fromkeys(("amount", "declared_area"), pa.int64()),
    **dict.fromkeys(("min_lon", "min_lat", "max_lon", "max_lat"), pa.float64()),
}
_WHOLE = ("amount", "declared_area")  # integers that may be missing


MORE = {"started_on": pa.large_string(), "upload_id": pa.int64()}


def columns_of_plain(*more: str) -> list[Any]:
    """Give the columns that `plain_frame` takes; `more` is of `MORE`."""
    return [*(sites.c[name] for name in (*_PLAIN, *more)), sites.c.drawn.is_not(None).label("mended")]


def plain_frame(result: Result[Any], *more: str) -> pd.DataFrame:
    """Make a frame of many rows of `columns_of_plain`, held as Arrow does."""
    known = [(name, MORE[name]) for name in more]
    schema = pa.schema([*_PLAIN.items(), *known, ("mended", pa.bool_())])
    batches = [_batch(rows, schema) for rows in result.partitions()]
    table = pa.Table.from_batches(batches, schema)
    return pd.DataFrame(
        {name: _series(table[name], name) for name in schema.names},
        copy=False,
    )


def _batch(rows: Sequence[Row[Any]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), schema.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _series(column: pa.ChunkedArray, name: str) -> pd.Series:
    if name in _WHOLE:
        return column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return column.to_pandas()


def ground_of(ids: np.ndarray, rows: Sequence[Row[Any]]) -> Ground:
    """Put outlines, given as rows of id, WKB, CRS and whether it was repaired, into the order of ids."""
    known = np.array([row[0] for row in rows], np.int64)
    order = np.argsort(known)
    at = np.searchsorted(known[order], ids)
    if (at >= len(known)).any() or (known[order][at] != ids).any():
        raise KeyError(f"{len(ids)} sites were asked for, {len(rows)} are there")
    at = order[at]
    wkb, crs, mended = (np.array([row[column] for row in rows], object) for column in (1, 2, 3))
    return Ground(shapely.from_wkb(wkb)[at], crs[at], mended[at].astype(bool))


def frame_of(rows: Iterable[Row[Any]], names: list[str]) -> gpd.GeoDataFrame:
    """Make a frame of rows with the given columns; ``geometry`` is WKB or absent."""
    data = pd.DataFrame([tuple(row) for row in rows], columns=names)
    shapes = shapely.from_wkb(data.pop("geometry").to_numpy()) if "geometry" in names else [None] * len(data)
    for name in ("amount", "declared_area", "counted", "official"):
        if name in data:
            data[name] = data[name].astype("Int64")
    return gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:4490")
