"""Generated polygons for the benchmarks, in memory."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app.bridge import BOX
from geo_app.geometry import areas, to_geographic
from geo_app.ground import Ground
from geo_app.samples.bulk import polygons

CRS = 4520
WEST_M, SOUTH_M = 32_470_000.0, 3_985_000.0
OVERLAPPING = 0.03  # of the sites reach over their neighbours: 4 to 5 pairs in 100


def scattered(count: int, seed: int = 7) -> np.ndarray:
    """Polygons with 20 to 60 vertices in longitude and latitude, some of them over others, along a Hilbert curve."""
    rng = np.random.default_rng(seed)
    plane = polygons(count, rng)
    large = np.flatnonzero(rng.random(count) < OVERLAPPING)
    xy, owner = shapely.get_coordinates(plane[large], return_index=True)
    centre = shapely.get_coordinates(shapely.centroid(plane[large]))[owner]
    plane[large] = shapely.set_coordinates(plane[large], centre + (xy - centre) * 2.2)
    return along_a_curve(to_geographic(plane, pyproj.CRS(CRS)))


def cadastre(count: int, seed: int = 7) -> np.ndarray:
    """Quadrangles that share their borders, in longitude and latitude, along a Hilbert curve."""
    rng = np.random.default_rng(seed)
    side = int(count**0.5)
    step = min(110_000 / side, 1_000.0)
    x, y = np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij")
    corners = (np.stack([x, y], axis=-1) + rng.uniform(-0.2, 0.2, (side + 1, side + 1, 2))) * step + [WEST_M, SOUTH_M]
    around = [corners[:-1, :-1], corners[1:, :-1], corners[1:, 1:], corners[:-1, 1:], corners[:-1, :-1]]
    plane = shapely.polygons(np.stack(around, axis=2).reshape(-1, 5, 2))
    return along_a_curve(to_geographic(plane, pyproj.CRS(CRS)))


def along_a_curve(lonlat: np.ndarray) -> np.ndarray:
    """Order polygons as the store does."""
    return lonlat[np.argsort(gpd.GeoSeries(lonlat).hilbert_distance(level=16).to_numpy())]


def as_sites(lonlat: np.ndarray) -> pd.DataFrame:
    """The polygons as finished sites of one layer, with what a bridge needs of them."""
    count = len(lonlat)
    columns = {
        "id": np.arange(count),
        "code": [f"GEN-{number:07}" for number in range(count)],
        "own_code": True,
        "status": "finished",
        "completed_on": "2023-09-01",
        "amount": pd.array(np.rint(areas(lonlat) * 10_000).astype("int64"), dtype="Int64"),
        "declared_area": pd.array([None] * count, dtype="Int64"),
        "district": "all",
        "stated_district": pd.Series([None] * count, dtype=object),
        "mended": False,
    }
    return pd.DataFrame(columns | dict(zip(BOX, shapely.bounds(lonlat).T, strict=True)))


class InMemory:
    """Gives the outlines of sites that are in memory."""

    def __init__(self, lonlat: np.ndarray) -> None:
        self._lonlat = lonlat
        self._crs = np.full(len(lonlat), f"EPSG:{CRS}", object)

    def __call__(self, ids: np.ndarray) -> Ground:
        return Ground(self._lonlat[ids], self._crs[ids], np.zeros(len(ids), bool))
