"""Sites as GeoJSON for the map, small enough to be drawn one by one."""

import json
import math
from collections.abc import Hashable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app.geometry import has_place

PROPERTIES = ("id", "code", "name", "counted", "amount", "status", "reason")
DECIMALS = 6  # 0.1 m, far finer than a screen shows
_FIRST_TOLERANCE = 1e-5


def feature_collection(
    sites: gpd.GeoDataFrame, max_vertices: int = 500, properties: Sequence[str] = PROPERTIES
) -> bytes:
    """Write sites as a GeoJSON FeatureCollection for the map.

    For drawing only: coordinates are rounded to six decimals, and a site of more than
    `max_vertices` vertices is simplified until it has no more.

    Parameters
    ----------
    sites : GeoDataFrame, longitude and latitude on EPSG:4490
        Sites without a place are left out.
    max_vertices : int
        Most vertices of one site.
    properties : sequence of str
        Of these, the columns that `sites` has are written; missing values become null.

    Returns
    -------
    bytes
        UTF-8 JSON. Each feature also has ``dot``, a point inside it as ``[lon, lat]``.
    """
    geometries = np.asarray(sites.geometry.values, dtype=object)
    placed = np.flatnonzero(has_place(geometries)) if len(geometries) else np.array([], dtype=int)
    shapes = simplified(shapely.force_2d(geometries[placed]), max_vertices)
    dots = shapely.get_coordinates(inside_points(shapes)).round(DECIMALS)
    written = shapely.to_geojson(shapely.transform(shapes, lambda lonlat: lonlat.round(DECIMALS)))
    columns = [name for name in properties if name in sites.columns]
    rows = sites[columns].iloc[placed].to_dict("records")
    features = [
        f'{{"type":"Feature","properties":{_properties(row)},"dot":[{lon},{lat}],"geometry":{geometry}}}'
        for row, (lon, lat), geometry in zip(rows, dots.tolist(), written, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def simplified(shapes: np.ndarray, max_vertices: int) -> np.ndarray:
    """Thin out vertices until no geometry has more than `max_vertices`.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, degrees
    max_vertices : int

    Returns
    -------
    ndarray of shapely geometries
        A geometry of so many parts that it cannot be thinned far enough keeps its last form.
    """
    result = np.array(shapes, dtype=object)
    tolerance = _FIRST_TOLERANCE
    heavy = np.flatnonzero(shapely.get_num_coordinates(result) > max_vertices)
    while len(heavy) and tolerance < 0.1:
        thinner = shapely.simplify(result[heavy], tolerance, preserve_topology=True)
        result[heavy] = np.where(shapely.is_empty(thinner), result[heavy], thinner)
        heavy = heavy[shapely.get_num_coordinates(result[heavy]) > max_vertices]
        tolerance *= 4
    return result


def inside_points(shapes: np.ndarray) -> np.ndarray:
    """Give a point inside each geometry; of a degenerate one, its first vertex.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, none of them missing or empty

    Returns
    -------
    ndarray of shapely points
    """
    points = shapely.point_on_surface(shapes)
    for at in np.flatnonzero(shapely.is_empty(points) | shapely.is_missing(points)):
        points[at] = shapely.Point(shapely.get_coordinates(shapes[at])[0])
    return points


def _properties(row: dict[Hashable, object]) -> str:
    return json.dumps({str(key): _plain(value) for key, value in row.items()}, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
