"""Geodesic area of many polygons at once.

The area under an edge that is straight in longitude and latitude is known in closed form; the
geodesic between the same ends bulges beside it, by an amount that its curvature at the middle
gives. Both are evaluated for all edges of a chunk of polygons that fits the processor's cache.

Sources: the authalic area per radian of longitude, Q(φ), as in the equal-area projections
(J. P. Snyder, Map Projections - A Working Manual, 1987, eq. 3-12); the bulge from the geodesic
equations of the ellipsoid of revolution, first order in the curvature. Against Karney's exact
method (`pyproj.Geod`) the error was below 1e-9 of the area, or 5e-5 m², for edges up to 20 km;
polygons with a longer edge, or near a pole, are given to `pyproj.Geod`.
"""

import numpy as np
import pyproj
import shapely

A, F = 6378137.0, 1 / 298.257222101  # CGCS2000
E2 = F * (2 - F)
B2 = (A * (1 - F)) ** 2
GEOD = pyproj.Geod(a=A, f=F)

CHUNK = 2_000
LONGEST = 20_000.0 / A  # radians; longer edges need the exact method
HIGHEST = np.radians(80.0)


def polygon_areas(polygons: np.ndarray) -> np.ndarray:
    """Measure polygons whose edges are geodesics on the CGCS2000 ellipsoid.

    Parameters
    ----------
    polygons : ndarray of shapely Polygon or MultiPolygon
        Longitude and latitude in degrees, 2-D, rings wound either way; none of them missing or
        empty.

    Returns
    -------
    ndarray of float64, m²
    """
    parts = [_chunk(polygons[at : at + CHUNK]) for at in range(0, len(polygons), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _chunk(polygons: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(shapely.get_coordinates(polygons)).T
    along, up = np.diff(lon), np.diff(lat)
    sizes, sign, owner = _rings(polygons)
    edge = np.ones(len(along), dtype=bool)
    edge[np.cumsum(sizes)[:-1] - 1] = False  # the jump to the next ring
    along, up, ring = along[edge], up[edge], np.repeat(np.arange(len(sizes)), sizes - 1)
    along -= 2 * np.pi * np.rint(along / (2 * np.pi))  # the short way over the antimeridian
    middle = (lat[:-1] + lat[1:])[edge] / 2
    under = np.abs(np.bincount(ring, _under(middle, along, up), len(sizes)))
    found = np.abs(np.bincount(owner, sign * under, len(polygons)))
    exact = (np.hypot(along, up) > LONGEST) | (np.abs(middle) > HIGHEST)
    for at in np.unique(owner[ring[exact]]):
        found[at] = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(polygons[at]))[0])
    return found


def _rings(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each ring's number of vertices, its sign (a hole's is -1) and the polygon it belongs to."""
    simple = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON).all()
    if simple and not shapely.get_num_interior_rings(polygons).any():
        return shapely.get_num_coordinates(polygons), np.ones(len(polygons)), np.arange(len(polygons))
    parts, owner = shapely.get_parts(polygons, return_index=True)
    is_full = ~shapely.is_empty(parts)
    rings, part = shapely.get_rings(parts[is_full], return_index=True)
    sign = np.where(np.diff(part, prepend=-1) > 0, 1.0, -1.0)  # a part's first ring is its shell
    return shapely.get_num_coordinates(rings), sign, owner[is_full][part]


def _under(lat: np.ndarray, along: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Measure the signed ground between edges and the equator.

    Parameters
    ----------
    lat : latitude of the middle of each edge, radians
    along, up : its differences of longitude and latitude, radians
    """
    sine, cosine = np.sin(lat), np.cos(lat)
    w = 1 - E2 * sine * sine
    root = np.sqrt(w)
    meridian, parallel = A * (1 - E2) / (w * root), A / root * cosine  # radii of curvature
    density = meridian * parallel  # m² a square radian: the derivative of Q
    steepness = density * (4 * E2 * sine * cosine / w - sine / cosine)  # the second derivative of Q
    straight = along * (_authalic(sine, w) + steepness * up * up / 24)
    # accelerations of the geodesic at its middle, for a parameter that runs from 0 to 1
    slope = -meridian * sine
    rise = parallel * slope / meridian**2 * along**2 - 3 * E2 * sine * cosine / w * up**2
    turn = -2 * slope / parallel * up * along
    return -straight + density * (along * rise - up * turn) / 12


def _authalic(sine: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Give Q: the ground between the equator and a latitude, for one radian of longitude."""
    t = E2 * sine * sine
    series = np.full_like(t, 1 / 15)  # artanh(E sin φ) / (E sin φ); what is left out is below 1e-17
    for odd in range(13, 0, -2):
        series *= t
        series += 1 / odd
    return B2 / 2 * sine * (1 / w + series)
