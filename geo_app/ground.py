"""The ground of sites, as it is compared: in an equal-area plane, with edges as straight as they were drawn.

Edges are densified to 70 m in the plane that they were drawn in, so that neighbours which share a drawn
line do not seem to overlap. Densified edges are straight there and stay so when they are cut, so the
pieces of a site add up to it exactly; a piece counts as that share of the site's geodesic area.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app.geometry import EQUAL_AREA, from_geographic, to_geographic, to_plane

EDGE_M = 70.0
CONTACT_M2 = 0.01
CONTACT_SHARE = 1e-6
_METRES_A_DEGREE = 111_320.0
_BULGE = 0.0015
_MULTI = (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.MULTILINESTRING, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Ground:
    """Outlines of sites.

    Attributes
    ----------
    lonlat : ndarray of shapely geometries, EPSG:4490
        Valid; None without a place.
    crs : ndarray of str or None
        What each was drawn in.
    mended : ndarray of bool
        Which were repaired, in degrees, so that their edges are no longer those that were drawn.
    """

    lonlat: np.ndarray
    crs: np.ndarray
    mended: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> "Ground":
        return Ground(self.lonlat[rows], self.crs[rows], self.mended[rows])


Fetch = Callable[[np.ndarray], Ground]  # the ground of sites, by their ids and in that order
Size = Callable[[np.ndarray], np.ndarray]  # what counts of shapes in the plane: area or length


def unwrapped(shapes: np.ndarray) -> np.ndarray:
    """Give what holds one part only as that part: one outline is often written as a multi-part one."""
    kind = shapely.get_type_id(shapes)
    single = np.isin(kind, _MULTI) & (shapely.get_num_geometries(shapes) == 1)
    return np.where(single, shapely.get_geometry(shapes, 0), shapes)


def densified(ground: Ground) -> np.ndarray:
    """Bring outlines to the equal-area plane with edges as straight as they were drawn.

    Parameters
    ----------
    ground : Ground
        Without missing outlines.

    Returns
    -------
    ndarray of shapely geometries, metres
    """
    lonlat = ground.lonlat.copy()
    long = _has_long_edge(lonlat)
    in_degrees = long.copy()
    for crs in pd.unique(ground.crs[long & ~ground.mended]):
        system = pyproj.CRS(crs) if isinstance(crs, str) else None
        if system is not None and system.is_projected:
            own = np.flatnonzero(long & ~ground.mended & (ground.crs == crs))
            drawn = shapely.segmentize(from_geographic(lonlat[own], system), EDGE_M)
            there = np.isfinite(shapely.bounds(drawn)).all(axis=1)
            lonlat[own[there]] = to_geographic(drawn[there], system)
            in_degrees[own[there]] = False
    lonlat[in_degrees] = shapely.segmentize(lonlat[in_degrees], EDGE_M / _METRES_A_DEGREE)
    return to_plane(lonlat, EQUAL_AREA)


def _has_long_edge(lonlat: np.ndarray) -> np.ndarray:
    """Tell which outlines have edges that have to be densified; a jump between two rings may count as one."""
    xy, owner = shapely.get_coordinates(lonlat, return_index=True)
    steps = np.diff(xy, axis=0) * _METRES_A_DEGREE
    steps[:, 0] *= np.cos(np.radians(xy[1:, 1]))
    of_one = owner[1:] == owner[:-1]
    long = np.zeros(len(lonlat), bool)
    long[owner[1:][of_one & (np.square(steps).sum(axis=1) > EDGE_M**2)]] = True
    return long


def margins(boxes: np.ndarray) -> np.ndarray:
    """Give how far, in degrees, ground may reach beyond what it seems to cover.

    An edge that was drawn straight in a plane and the one that is straight in degrees run apart by up
    to 0.0011 d² degrees at the middle of an edge of d degrees (sin φ cos φ / 8 of its square, in radians).
    """
    return np.asarray(_BULGE * np.square(boxes[:, 2:] - boxes[:, :2]).sum(axis=1))
