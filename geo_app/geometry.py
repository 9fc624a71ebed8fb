"""Area and length on the ellipsoid, and the way there from any plane.

Arrays of Shapely geometries go in, arrays of numbers come out. The figure of record is the
geodesic area on the CGCS2000 ellipsoid of the polygon as it was drawn.
"""

import functools

import numpy as np
import pyproj
import shapely
from pyproj.enums import TransformDirection
from pyproj.exceptions import ProjError

from geo_app.geodesic import GEOD, polygon_areas

GEOGRAPHIC = pyproj.CRS("EPSG:4490")
WGS84 = pyproj.CRS("EPSG:4326")
EQUAL_AREA = pyproj.CRS("+proj=cea +lat_ts=0 +a=6378137 +rf=298.257222101 +units=m +type=crs")

POLYGON, LINE, POINT = "polygon", "line", "point"
# by type id, from -1: missing, Point, LineString, LinearRing, Polygon, MultiPoint, …
MERIDIAN, FALSE_EASTING = "8802", "8806"  # EPSG codes of parameters
_KINDS = np.array(["none", POINT, LINE, LINE, POLYGON, POINT, LINE, POLYGON, "mixed"], dtype=object)


def kinds(geometries: np.ndarray) -> np.ndarray:
    """Name what each geometry is.

    Parameters
    ----------
    geometries : ndarray of shapely geometries or None

    Returns
    -------
    ndarray of str
        ``polygon``, ``line``, ``point``, ``mixed`` for a collection, ``none`` for a missing one.
    """
    return kinds_of(shapely.get_type_id(geometries))


def kinds_of(types: np.ndarray) -> np.ndarray:
    """Name what geometries are by Shapely's type numbers."""
    return np.asarray(_KINDS[types + 1], dtype=object)


def flat(geometries: np.ndarray) -> np.ndarray:
    """Take heights and measures away; the array itself where there are none."""
    is_high = shapely.has_z(geometries) | shapely.has_m(geometries)
    return shapely.force_2d(geometries) if np.any(is_high) else geometries


def areas(geometries: np.ndarray) -> np.ndarray:
    """Measure the ground that each polygon covers.

    Edges are geodesics on the CGCS2000 ellipsoid (a = 6378137, 1/f = 298.257222101) between
    the vertices; holes are taken away whichever way they are wound. See `geodesic` for the method
    and its error, which is below that of `pyproj.Geod`, about 5e-5 m², for edges up to 20 km.

    Parameters
    ----------
    geometries : ndarray of shapely geometries, longitude and latitude in degrees
        Missing and empty ones are allowed. A ring that crosses itself is measured as drawn.

    Returns
    -------
    ndarray of float64, m²
        0 for points, lines and empty geometries, NaN for missing ones.

    Examples
    --------
    >>> cell = shapely.box(95, 37, 95.01, 37.01)
    >>> areas(np.array([cell, shapely.Point(95, 37), None])).round()
    array([987767.,      0.,     nan])
    """
    shapes = np.atleast_1d(geometries)
    measured = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    ground = (kinds(shapes) == POLYGON) & ~shapely.is_empty(shapes)
    measured[ground] = polygon_areas(shapes[ground])
    return measured


def lengths(geometries: np.ndarray) -> np.ndarray:
    """Measure the geodesic length of lines, in metres.

    Parameters
    ----------
    geometries : ndarray of shapely geometries, longitude and latitude in degrees

    Returns
    -------
    ndarray of float64, m
        0 for anything that is not a line, NaN for missing geometries.
    """
    is_line = kinds(geometries) == LINE
    measured = np.where(shapely.is_missing(geometries), np.nan, 0.0)
    measured[is_line] = [GEOD.geometry_length(line) for line in shapely.force_2d(geometries[is_line])]
    return measured


def plane_areas(geometries: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Measure polygons in the plane of a CRS, in m²; 0 for whatever else is drawn.

    NaN throughout for a geographic CRS, and for what is missing or has no finite area.
    """
    if not crs.is_projected:
        return np.full(len(geometries), np.nan)
    metres = crs.axis_info[0].unit_conversion_factor
    with np.errstate(invalid="ignore", over="ignore"):
        measured = np.where(kinds(geometries) == POLYGON, shapely.area(geometries), 0) * metres**2
    return np.where(shapely.is_missing(geometries) | ~np.isfinite(measured), np.nan, measured)


def middles(lonlat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give longitude and latitude of the middle of polygons.

    That is the centroid; of a polygon over the antimeridian, or one that crosses itself so that its
    centroid lies astray, the middle of its bounds. Over the antimeridian it may be beyond 180°.

    Parameters
    ----------
    lonlat : ndarray of shapely geometries, longitude and latitude in degrees
    """
    west, south, east, north = shapely.bounds(lonlat).reshape(-1, 4).T
    with np.errstate(invalid="ignore", over="ignore"):
        found, rows = shapely.get_coordinates(shapely.centroid(lonlat), return_index=True)
        lon, lat = np.full((2, len(lonlat)), np.nan)
        lon[rows], lat[rows] = found.T  # a broken outline has an empty one
        is_over = east - west > 180
        is_inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north) & ~is_over
        around = (west + east + 360 * is_over) / 2, (south + north) / 2
    return np.where(is_inside, lon, around[0]), np.where(is_inside, lat, around[1])


def to_geographic(geometries: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Bring geometries to longitude and latitude on CGCS2000 (EPSG:4490), vertex by vertex.

    Plane coordinates of Xian 1980 and Beijing 1954 are read in the CGCS2000 plane of the same
    central meridian: no public transformation exists, and changing the ellipsoid under fixed
    degrees would lose 3.4e-5 of a Beijing 1954 area. Their place is then tens of metres off.

    Every other datum goes by way of WGS 84, whose degrees are those of CGCS2000 to within
    decimetres: towards EPSG:4490 itself PROJ knows no transformations and would keep the degrees
    while it changes the ellipsoid, 2.4e-4 of an area and 100 m of place for a European datum.

    Parameters
    ----------
    geometries : ndarray of shapely geometries or None, easting before northing
    crs : CRS of the geometries

    Returns
    -------
    ndarray of shapely geometries, 2-D
        Vertices that cannot be transformed become infinite; see `has_place`.
    """
    way = _way_to_lonlat(crs)
    return flat(geometries) if way is None else shapely.transform(flat(geometries), way.transform, interleaved=False)


def from_geographic(geometries: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Bring geometries back to the CRS from which `to_geographic` has brought them.

    The way back ends within 1e-7 m of where the way there began; vertices that have no way back
    become infinite.
    """
    way = _way_to_lonlat(crs)
    if way is None:
        return geometries
    back = functools.partial(way.transform, direction=TransformDirection.INVERSE)
    return shapely.transform(geometries, back, interleaved=False)


@functools.lru_cache(maxsize=32)
def _way_to_lonlat(crs: pyproj.CRS) -> pyproj.Transformer | None:
    """Give the transformation from a CRS to longitude and latitude; None where they are that already."""
    if crs == GEOGRAPHIC or crs.to_epsg() in (4490, 4326):
        return None
    return _transformer(relabelled(crs).to_wkt(), WGS84.to_wkt())


def to_plane(geometries: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Bring longitude and latitude (EPSG:4490) to another CRS, vertex by vertex."""
    way = _transformer(GEOGRAPHIC.to_wkt(), crs.to_wkt())
    return shapely.transform(geometries, way.transform, interleaved=False)


@functools.lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def relabelled(crs: pyproj.CRS) -> pyproj.CRS:
    """Give the CGCS2000 twin of a Xian 1980 or Beijing 1954 CRS; any other CRS as it is."""
    base = crs.geodetic_crs
    datum = "" if base is None or base.datum is None else base.datum.name
    if not any(word in datum for word in ("Xian", "Beijing")):
        return crs
    if not crs.is_projected:
        return GEOGRAPHIC
    values = transverse_mercator(crs)
    if values is None:
        return crs  # only a transverse Mercator has a twin
    return pyproj.CRS(
        f"+proj=tmerc +lat_0={values['8801']} +lon_0={values['8802']} +k={values['8805']} "
        f"+x_0={values['8806']} +y_0={values['8807']} +a=6378137 +rf=298.257222101 +units=m +type=crs"
    )


def parameter(crs: pyproj.CRS, code: str) -> float | None:
    """Give a parameter of a CRS's projection by its EPSG code, in its own unit; None where it has none."""
    operation = crs.coordinate_operation if crs.is_projected else None
    return next((float(each.value) for each in operation.params if each.code == code), None) if operation else None


def transverse_mercator(crs: pyproj.CRS) -> dict[str, float] | None:
    """Give the parameters of a transverse Mercator plane in metres by their EPSG codes; None for any other CRS.

    ``8801`` and ``8802`` are the latitude and the longitude of its origin, ``8805`` the scale there,
    ``8806`` and ``8807`` easting and northing there.
    """
    operation = crs.coordinate_operation if crs.is_projected else None
    if operation is None or operation.method_code != "9807" or crs.axis_info[0].unit_conversion_factor != 1:
        return None
    return {each.code: float(each.value) for each in operation.params}


def leads_to_lonlat(crs: pyproj.CRS) -> bool:
    """Tell whether coordinates can be brought from a CRS to longitude and latitude at all."""
    try:
        _way_to_lonlat(crs)
    except ProjError:
        return False
    return True


def has_place(geometries: np.ndarray) -> np.ndarray:
    """Tell which geometries lie on the globe: not missing, not empty, finite and within degrees."""
    return are_on_globe(shapely.bounds(geometries))


def are_on_globe(bounds: np.ndarray) -> np.ndarray:
    """Tell which bounds are finite and within degrees."""
    with np.errstate(invalid="ignore"):
        inside = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
    return np.asarray(inside & np.isfinite(bounds).all(axis=1))
