"""Area by the rule of China's land surveys: the ellipsoid area of a plot drawn in a Gauss-Krüger plane.

Method: an edge is straight in the plane; one longer than 70 m gets int(length / 70) evenly spaced
points more. Each point is rounded (a vertex to 4 decimals of a metre, a point between to 6), brought
to longitude and latitude by the inverse Gauss-Krüger series, and rounded again, to 0.000001″. Between
each two points lies a trapezoid down to the equator, whose area on the ellipsoid is a series of five
terms; a ring is the sum of its trapezoids, a polygon its shells less its holes, rounded to 0.01 m².
Everything is rounded half up.

Sources: 国土调查办发〔2008〕32号《图幅理论面积与图斑椭球面积计算公式及要求》 (2008) for the trapezoid; the
constants of CGCS2000, the 70 m and the decimals as the software of the third national land survey
(2017-2021) has them. The series and the roundings are part of the rule, and of its error: within 3°
of the meridian 3e-8 of the area, within 6° 2e-6, within 10° 4e-5, and some 0.01 m² of a small plot.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyproj
import shapely
from numpy.polynomial import chebyshev

from geo_app.geodesic import B2, E2, A, F, rings, sine_cosine
from geo_app.geometry import GEOGRAPHIC, POLYGON, flat, kinds, middles, relabelled, to_geographic, transverse_mercator

LONGEST_M = 70.0
ZONE_DEGREES = 3
WIDEST = np.radians(10.0)  # from the meridian; the rule's series does not lead farther
MOST_POINTS = 10_000_000  # on one polygon's outline, which is then 700,000 km long

CHUNK = 2_000  # polygons
POINTS = 8_192  # whose numbers the processor's cache holds

METRE = 1e6  # in units of the last decimal of a point: µm
RADIAN = np.degrees(1) * 3600e6  # in units of the last decimal of a degree: 0.000001″

_POLAR = A / (1 - F)  # radius of curvature at the pole
_SECOND = E2 / (1 - E2)  # second eccentricity squared
# latitude at the foot of a northing x: E + cos E (K1 sin E - K2 sin³E + K3 sin⁵E - K4 sin⁷E), E = K0 x
_K0, _FOOT = 1.57048761144159e-7, (-2.22241238938534e-9, 2.41626669230084e-7, -2.98472900956587e-5, 5.05250178820567e-3)
# the trapezoid's factors of sin φ, -sin 3φ, sin 5φ, -sin 7φ, sin 9φ, which are T1, T3 … T9 of sin φ
_FACTORS = (
    1 + E2 * (3 / 6 + E2 * (30 / 80 + E2 * (35 / 112 + E2 * 630 / 2304))),
    E2 * (1 / 6 + E2 * (15 / 80 + E2 * (21 / 112 + E2 * 420 / 2304))),
    E2**2 * (3 / 80 + E2 * (7 / 112 + E2 * 180 / 2304)),
    E2**3 * (1 / 112 + E2 * 45 / 2304),
    E2**4 * 5 / 2304,
)
_BELOW = tuple(chebyshev.cheb2poly([each for factor in _FACTORS for each in (0, factor)])[::-2].tolist())

# PROJ strings keep an ellipsoid and lose the name of its datum
_OF_CGCS2000 = re.compile(r"china.?2000|cgcs.?2000|unknown based on grs.?1980", re.IGNORECASE)


@dataclass(frozen=True)
class Plane:
    """A Gauss-Krüger plane on the CGCS2000 ellipsoid.

    Attributes
    ----------
    meridian : float
        The central meridian, degrees.
    easting, northing : float, m
        Of the place where that meridian crosses the equator.
    """

    meridian: float
    easting: float = 500_000.0
    northing: float = 0.0


def official_areas(geometries: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Measure polygons by the rule of China's land surveys.

    What is drawn in a Gauss-Krüger plane of CGCS2000, Xian 1980 or Beijing 1954 is measured there,
    by its own coordinates. What is drawn in any other system is brought vertex by vertex into the
    3-degree plane of CGCS2000 whose meridian is nearest to the polygon's centroid. The module tells
    method, source and error.

    Parameters
    ----------
    geometries : ndarray of shapely geometries or None
        Easting or longitude first. Rings wound either way; one that crosses itself is measured as
        drawn.
    crs : CRS of the geometries

    Returns
    -------
    ndarray of float64, m², to 0.01
        0 for points, lines, collections and empty geometries. NaN for missing ones, for polygons
        that reach farther than 10° from the meridian, to a pole or to coordinates that are not
        finite, and for outlines longer than 700,000 km.

    Examples
    --------
    >>> cell = shapely.box(95, 37, 95.01, 37.01)
    >>> official_areas(np.array([cell, shapely.Point(95, 37), None]), GEOGRAPHIC).tolist()
    [987766.69, 0.0, nan]
    """
    shapes = np.atleast_1d(geometries)
    measured = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    is_ground = (kinds(shapes) == POLYGON) & ~shapely.is_empty(shapes)
    (found,) = _over_rings(flat(shapes[is_ground]), crs, _area)
    measured[is_ground] = np.floor(np.abs(found) * 100 + 0.5) / 100
    return measured


def straightness(geometries: np.ndarray, crs: pyproj.CRS) -> tuple[np.ndarray, np.ndarray]:
    """Tell how much of a difference it makes that an edge is straight in the plane and no geodesic.

    Between the two lies, to first order in the curvature of the plane's geodesics, the square of the
    edge times its way north times its distance from the meridian, divided by 12 R² (R: radius of
    curvature of the ellipsoid). It holds to a hundredth for edges up to 10 km.

    Parameters
    ----------
    geometries : ndarray of shapely Polygon or MultiPolygon, none of them missing or empty
    crs : CRS of the geometries

    Returns
    -------
    straight, outlines : ndarrays of float64, m² and m
        What edges that are straight in the plane enclose more than geodesics do, and the length of
        all rings in the plane. NaN as for `official_areas`.
    """
    straight, outlines = _over_rings(flat(geometries), crs, _straight, _length)
    return straight, outlines


def own_plane(crs: pyproj.CRS) -> Plane | None:
    """Give the Gauss-Krüger plane that a system of CGCS2000, Xian 1980 or Beijing 1954 is; None for any other.

    Coordinates on the two old datums are taken for those of the same plane on CGCS2000.
    """
    twin = relabelled(crs)
    values = transverse_mercator(twin)
    is_chinese = twin is not crs or _OF_CGCS2000.search(_datum(crs)) is not None
    if values is None or values["8805"] != 1 or not is_chinese:
        return None
    _, origin = _way(values["8802"]).transform(values["8802"], values["8801"])
    return Plane(values["8802"], values["8806"], values["8807"] - origin)


def _datum(crs: pyproj.CRS) -> str:
    base = crs.geodetic_crs
    return base.datum.name if base is not None and base.datum is not None else ""


@functools.lru_cache(maxsize=128)
def _way(meridian: float) -> pyproj.Transformer:
    """Give the transformation from longitude and latitude to the plane of a meridian."""
    plane = pyproj.CRS(f"+proj=tmerc +lon_0={meridian} +x_0={Plane.easting} +ellps=GRS80 +units=m +type=crs")
    return pyproj.Transformer.from_crs(GEOGRAPHIC, plane, always_xy=True)


@dataclass(frozen=True)
class _Rings:
    """The rings of some polygons in a plane, one behind the other.

    Attributes
    ----------
    east, north : of each vertex, m
    first, last : the first and the last vertex of each ring, which are the same place
    sign : -1 for a hole, 1 for a shell
    pieces : ndarray of int
        Into how many the edge after each vertex is divided.
    """

    plane: Plane
    east: np.ndarray
    north: np.ndarray
    first: np.ndarray
    last: np.ndarray
    sign: np.ndarray
    pieces: np.ndarray

    @functools.cached_property
    def steps(self) -> tuple[np.ndarray, np.ndarray]:
        """What the edge after each vertex leads to the east and to the north, m."""
        return np.diff(self.east, append=self.east[-1]), np.diff(self.north, append=self.north[-1])

    def sums(self, edges: np.ndarray) -> np.ndarray:
        """Add up by ring what is given of the edge after each vertex."""
        edges[self.last] = 0  # the way to the next ring
        return np.add.reduceat(edges, self.first)


def _over_rings(polygons: np.ndarray, crs: pyproj.CRS, *works: Callable[[_Rings], np.ndarray]) -> np.ndarray:
    """Add up over the rings of each polygon what each of some works makes of a ring; one row a work."""
    found = np.full((len(works), len(polygons)), np.nan)
    own = own_plane(crs)
    with np.errstate(all="ignore"):
        if own is None:
            polygons = to_geographic(polygons, crs)
            groups = _nearest_planes(polygons)
        else:
            groups = iter([(own, None, np.arange(len(polygons)))])
        for plane, way, rows in groups:
            for at in range(0, len(rows), CHUNK):
                some = rows[at : at + CHUNK]
                found[:, some] = _chunk(polygons[some], plane, way, works)
    return found


def _nearest_planes(lonlat: np.ndarray) -> Iterator[tuple[Plane, pyproj.Transformer | None, np.ndarray]]:
    """Give 3-degree planes, the ways there, and the polygons whose middles are nearest to each one's meridian."""
    meridians = ZONE_DEGREES * np.rint(middles(lonlat)[0] / ZONE_DEGREES)
    for meridian in np.unique(meridians[np.isfinite(meridians)]).tolist():
        yield Plane(meridian), _way(meridian), np.flatnonzero(meridians == meridian)


def _chunk(
    polygons: np.ndarray,
    plane: Plane,
    way: pyproj.Transformer | None,
    works: Sequence[Callable[[_Rings], np.ndarray]],
) -> np.ndarray:
    """Work on polygons of a plane, or of degrees that lead to it."""
    east, north = np.ascontiguousarray(shapely.get_coordinates(polygons).T)
    if way is not None:
        east, north = way.transform(east, north)
    sizes, sign, owner = rings(polygons)
    last = np.cumsum(sizes) - 1
    pieces = np.floor(np.hypot(np.diff(east, append=0), np.diff(north, append=0)) / LONGEST_M) + 1
    pieces[last] = 1
    polygon = np.repeat(owner, sizes)
    lost = np.bincount(polygon, pieces) > MOST_POINTS
    lost |= np.bincount(polygon, ~_is_within(east, north, plane)) > 0
    pieces[lost[polygon]] = 1
    drawn = _Rings(plane, east, north, last - sizes + 1, last, sign, pieces.astype(np.int64))
    found = np.stack([np.bincount(owner, work(drawn), len(polygons)) for work in works])
    found[:, lost] = np.nan
    return found


def _area(drawn: _Rings) -> np.ndarray:
    return drawn.sign * np.abs(drawn.sums(_trapezoids(drawn.east, drawn.north, drawn.pieces, drawn.plane)))


def _length(drawn: _Rings) -> np.ndarray:
    return drawn.sums(np.hypot(*drawn.steps))


def _straight(drawn: _Rings) -> np.ndarray:
    """Measure what straight edges enclose more than geodesics, which bend away from the meridian."""
    east, north = drawn.steps
    x, y = drawn.east - drawn.plane.easting + east / 2, drawn.north - drawn.plane.northing
    w = 1 - E2 * np.sin(y * _K0) ** 2
    bent = drawn.sums((east * east + north * north) * north * x * w * w / (12 * B2))
    turn = np.sign(drawn.sums(x * north))  # 1 for a ring wound to the left
    return -drawn.sign * turn * bent


def _is_within(east: np.ndarray, north: np.ndarray, plane: Plane) -> np.ndarray:
    """Tell which vertices the rule's series can bring to longitude and latitude."""
    up = np.abs(north - plane.northing) * _K0
    return (up < np.pi / 2) & (np.abs(east - plane.easting) <= WIDEST * A * np.cos(up))


def _trapezoids(east: np.ndarray, north: np.ndarray, pieces: np.ndarray, plane: Plane) -> np.ndarray:
    """Measure the signed ground between the equator and the edge that follows each vertex, in m².

    Parameters
    ----------
    pieces : ndarray of int
        Into how many each edge is divided.
    """
    until = np.cumsum(pieces)
    cuts = np.searchsorted(until, np.arange(POINTS, until[-1], POINTS))
    found = np.zeros(len(east))
    for start, stop in pairwise(np.unique([0, *cuts, len(east) - 1]).tolist()):
        rows = slice(start, stop + 1)
        first = until[rows] - pieces[rows] - (until[start] - pieces[start])
        x, y = (_points(values[rows], pieces[rows], first) for values in (east, north))
        longitude, latitude = _degrees(x - plane.easting * METRE, y - plane.northing * METRE, plane.meridian)
        below = _below(latitude)
        found[start:stop] = np.add.reduceat((below[1:] + below[:-1]) * np.diff(longitude), first[:-1])
    return found * (B2 / 2 / RADIAN)


def _points(values: np.ndarray, pieces: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Give one coordinate of the points from the first vertex to the last, rounded, in µm.

    Parameters
    ----------
    values : of the vertices, m
    first : which point each vertex is
    """
    vertices = np.floor(values * 1e4 + 0.5) * (METRE / 1e4)
    if first[-1] == len(first) - 1:
        return vertices
    steps = np.diff(values, append=values[-1]) / pieces
    edge = np.repeat(np.arange(len(first)), np.diff(first, append=first[-1] + 1))
    points = np.arange(first[-1] + 1) - first[edge]
    points = np.floor((values[edge] + steps[edge] * points) * METRE + 0.5)
    points[first] = vertices
    return points


def _degrees(x: np.ndarray, y: np.ndarray, meridian: float) -> tuple[np.ndarray, np.ndarray]:
    """Bring points to longitude and latitude by the inverse Gauss-Krüger series, rounded, in 0.000001″.

    Parameters
    ----------
    x, y : easting from the meridian and northing from the equator, µm
    """
    angle = y * (_K0 / METRE)
    sine, cosine = sine_cosine(angle)
    foot = angle + cosine * sine * _polynomial(_FOOT, sine * sine)
    sine, cosine = sine_cosine(foot)
    t = sine / cosine
    t2, n2 = t * t, _SECOND * cosine * cosine
    v2 = 1 + n2
    q = x * np.sqrt(v2) * (1 / METRE / _POLAR)
    q2 = q * q
    fourth = (5 + 3 * t2 + n2 - 9 * n2 * t2) / 24
    sixth = (61 + (90 + 45 * t2) * t2) / 720
    latitude = foot - v2 * t * q2 * (1 / 2 - q2 * (fourth - q2 * sixth))
    third = (1 + 2 * t2 + n2) / 6
    fifth = (5 + (28 + 24 * t2) * t2 + (6 + 8 * t2) * n2) / 120
    longitude = q / cosine * (1 - q2 * (third - q2 * fifth))
    beside = meridian * 3600e6 % 1
    return np.floor(longitude * RADIAN + (beside + 0.5)), np.floor(latitude * RADIAN + 0.5)


def _below(latitude: np.ndarray) -> np.ndarray:
    """Give the ground between the equator and a latitude, in b² for a radian of longitude."""
    sine, _ = sine_cosine(latitude * (1 / RADIAN))
    return sine * _polynomial(_BELOW, sine * sine)


def _polynomial(factors: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Add up powers of x; the highest one's factor comes first."""
    total = np.full_like(x, factors[0])
    for factor in factors[1:]:
        total *= x
        total += factor
    return total
