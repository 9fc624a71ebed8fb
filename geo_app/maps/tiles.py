"""Vector tiles of big layers, made when asked for."""

import math

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely

from geo_app.errors import NotFound
from geo_app.geometry import has_place
from geo_app.i18n import N_
from geo_app.maps.features import inside_points

TILE_ZOOM = 11  # below, one tile could hold every site of a layer
MAX_ZOOM = 18
TILE_LAYER = "sites"
_EXTENT = 4096
_PIXEL = _EXTENT / 256
_BUFFER = 8 * _PIXEL  # a dot or outline on the edge is drawn whole by both neighbours
_DRAWABLE = 7 * _PIXEL  # a smaller site is a dot
_THIN = 2 * _PIXEL  # of the dots within so much, one is enough
_SMOOTH = 0.25 * _PIXEL
_MAX_LATITUDE = 85.05112878


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Give the ground that a tile draws, with the margin that it draws beyond its edge.

    Returns
    -------
    (west, south, east, north)
        Degrees of longitude and latitude.

    Raises
    ------
    NotFound
        If there is no such tile, or none is made at that zoom.

    Examples
    --------
    >>> [round(degrees, 3) for degrees in tile_bounds(11, 1570, 797)]
    [95.971, 36.875, 96.158, 37.024]
    """
    if not (TILE_ZOOM <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound(
            N_("There is no tile {tile}. Tiles are made for zooms {first} to {last}."),
            tile=f"{z}/{x}/{y}",
            first=TILE_ZOOM,
            last=MAX_ZOOM,
        )
    margin = _BUFFER / _EXTENT
    west, north = _lonlat(z, x - margin, y - margin)
    east, south = _lonlat(z, x + 1 + margin, y + 1 + margin)
    return west, south, east, north


def _lonlat(z: int, column: float, row: float) -> tuple[float, float]:
    northing = math.pi * (1 - 2 * row / 2**z)
    return column / 2**z * 360 - 180, math.degrees(math.atan(math.sinh(northing)))


def tile(sites: gpd.GeoDataFrame, z: int, x: int, y: int) -> bytes:
    """Encode the sites of one tile as a Mapbox vector tile.

    Sites too small to be seen as a shape become points, and of points that fall on one
    another only one is kept; shapes are clipped and thinned to a quarter of a pixel.

    Parameters
    ----------
    sites : GeoDataFrame, longitude and latitude on EPSG:4490
        The sites that touch `tile_bounds`; others do no harm. Needs the column ``id``;
        ``counted`` (amount or truth value, missing means 0) tells what counts in net, all do without it.

    Returns
    -------
    bytes
        One layer ``sites`` with the properties ``id`` and ``counted``; empty without sites.

    Raises
    ------
    NotFound
        If there is no such tile.
    """
    bounds = tile_bounds(z, x, y)
    lonlat = np.asarray(sites.geometry.values, dtype=object)
    near = np.flatnonzero(has_place(lonlat)) if len(lonlat) else np.array([], dtype=int)
    near = near[shapely.intersects(shapely.box(*bounds), shapely.box(*shapely.bounds(lonlat[near]).T))]
    shapes = shapely.transform(shapely.force_2d(lonlat[near]), lambda points: _to_tile(points, z, x, y))
    ids, counted = sites["id"].to_numpy()[near], _counted(sites)[near]
    kept, drawn = _drawn(shapes, counted)
    features = [
        {"geometry": shape, "properties": {"id": _plain(ids[at]), "counted": bool(counted[at])}}
        for at, shape in zip(kept, drawn, strict=True)
    ]
    if not features:
        return b""
    options = {"extents": _EXTENT, "y_coord_down": True, "check_winding_order": False}
    encoded: bytes = mapbox_vector_tile.encode({"name": TILE_LAYER, "features": features}, default_options=options)
    return encoded


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _counted(sites: gpd.GeoDataFrame) -> np.ndarray:
    if "counted" not in sites.columns:
        return np.ones(len(sites), dtype=bool)
    return np.asarray(sites["counted"].fillna(0).astype(bool).to_numpy())


def _to_tile(points: np.ndarray, z: int, x: int, y: int) -> np.ndarray:
    """Project degrees to the units of a tile, y downwards."""
    latitude = np.radians(np.clip(points[:, 1], -_MAX_LATITUDE, _MAX_LATITUDE))
    column = (points[:, 0] + 180) / 360 * 2**z - x
    row = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * 2**z - y
    return np.column_stack([column, row]) * _EXTENT


def _drawn(shapes: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn projected sites into what is drawn; give their positions and their shapes."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    large = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) >= _DRAWABLE
    dots = np.flatnonzero(~large)
    points = inside_points(shapes[dots])
    thin = _thinned(shapely.get_coordinates(points), counted[dots])
    solid = np.flatnonzero(large)
    snapped = shapely.orient_polygons(shapely.transform(_clipped(shapes[solid]), np.rint))
    whole = ~shapely.is_empty(snapped)
    kept = np.concatenate([solid[whole], dots[thin]])
    return kept, np.concatenate([snapped[whole], points[thin]])


def _clipped(shapes: np.ndarray) -> np.ndarray:
    """Thin shapes and cut them at the margin of the tile; a collection keeps its parts of the highest dimension."""
    smooth: np.ndarray = shapely.simplify(shapes, _SMOOTH, preserve_topology=True)
    bad = np.flatnonzero(~np.asarray(shapely.is_valid(smooth)))
    smooth[bad] = shapely.make_valid(smooth[bad], method="structure")  # the other method can take minutes
    clipped = shapely.clip_by_rect(smooth, -_BUFFER, -_BUFFER, _EXTENT + _BUFFER, _EXTENT + _BUFFER)
    for at in np.flatnonzero(shapely.get_type_id(clipped) == 7):
        parts = shapely.get_parts(clipped[at])
        dimensions = np.asarray(shapely.get_dimensions(parts))
        clipped[at] = shapely.union_all(parts[np.flatnonzero(dimensions == dimensions.max(initial=0))])
    return np.asarray(clipped)


def _thinned(places: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Keep one dot a cell; what counts and what does not are kept apart."""
    if not len(places):
        return np.array([], dtype=int)
    cells = np.column_stack([np.floor(places / _THIN), counted])
    inside = np.all((places >= -_BUFFER) & (places <= _EXTENT + _BUFFER), axis=1)
    _, first = np.unique(cells, axis=0, return_index=True)
    return np.asarray(first[inside[first]])
