"""Narrow gaps between neighbours, which two drawings of one border leave.

Only a pair of which a vertex of one lies near the other, yet not on it, can have a gap. What such
pairs leave between them is found by growing both and shrinking them again.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from geo_app.geodesic import A
from geo_app.geometry import EQUAL_AREA, POLYGON, kinds, to_geographic, to_plane
from geo_app.ground import Ground, densified, margins
from geo_app.quality.outlines import widths
from geo_app.quality.parts import About, metres_a_degree, positions, rounded, table, usable

TOUCH_M = 0.01  # nearer than that, a border is the same
DENSE = 1.5  # pairs a site from which on neighbours are first looked at as a coverage
MANY = 10_000  # points from which on an outline is drawn plainer, by less than it matters: overlay is slow on them
OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])
_METRES = 111_320.0


@dataclass(frozen=True)
class Neighbours:
    """Sites side by side.

    Attributes
    ----------
    pairs : DataFrame
        ``site other``, ids; pairs that may have a gap between them.
    names : Series
        The code of each site, by id.
    ids : ndarray
        Of the sites in `ground`, in order: those of the pairs, and all that lie near them.
    """

    about: About
    pairs: pd.DataFrame
    names: pd.Series
    ids: np.ndarray
    ground: Ground

    @property
    def width(self) -> float:
        """How wide a gap is at most, m; NaN where the layer's file does not say."""
        return float((self.about.layer.limits or {}).get("sliver_width_m", np.nan))

    @cached_property
    def one(self) -> np.ndarray:
        """The positions of the first sites."""
        return np.searchsorted(self.ids, self.pairs["site"])

    @cached_property
    def two(self) -> np.ndarray:
        """The positions of the second sites."""
        return np.searchsorted(self.ids, self.pairs["other"])

    @cached_property
    def is_ground(self) -> np.ndarray:
        """Which sites are polygons that can be cut with others."""
        lonlat = usable(self.ground.lonlat)
        return np.asarray((kinds(lonlat) == POLYGON) & ~shapely.is_empty(lonlat) & shapely.is_valid(lonlat))

    @cached_property
    def scale(self) -> np.ndarray:
        """What turns the equal-area plane into one that is true to shape around here."""
        bounds = shapely.bounds(self.ground.lonlat[self.is_ground])
        east = metres_a_degree(np.array([np.median(bounds[:, [1, 3]])]))[0, 0] * 180 / np.pi / A
        return np.array([east, 1 / east])

    @cached_property
    def plane(self) -> np.ndarray:
        """The outlines as they were drawn, in metres; None of any that is no polygon."""
        plane = np.full(len(self.ids), None, object)
        rows = np.flatnonzero(self.is_ground)
        if len(rows):
            plane[rows] = shapely.transform(densified(self.ground[rows]), lambda xy: xy * self.scale)
            many = rows[shapely.get_num_coordinates(plane[rows]) > MANY]
            plane[many] = shapely.simplify(plane[many], TOUCH_M / 10)
        return plane

    def near(self, position: int) -> np.ndarray:
        """Give the positions of all sites near one, itself among them."""
        tree, reach = self._tree
        return np.sort(tree.query(shapely.box(*(self._bounds[position] + reach * OUTWARD))))

    @cached_property
    def _bounds(self) -> np.ndarray:
        return shapely.bounds(self.plane)

    @cached_property
    def _tree(self) -> tuple[shapely.STRtree, float]:
        return shapely.STRtree(self.plane), 2 * self.width


def gap(found: Neighbours) -> pd.DataFrame:
    """Find narrow gaps between two sites that no third one fills."""
    least = float((found.about.layer.limits or {}).get("overlap_min_m2", 0))
    gaps = _between(found)
    for row in np.flatnonzero(shapely.area(gaps) > least).tolist():
        gaps[row] = _without_others(found, row, gaps[row])
    rows = np.flatnonzero(shapely.area(gaps) > least)
    shapes, pairs = gaps[rows], found.pairs.iloc[rows]
    points = shapely.transform(shapely.point_on_surface(shapes), lambda xy: xy / found.scale)
    place = positions(to_geographic(points, EQUAL_AREA))
    site, other = (pairs[name].to_numpy() for name in ("site", "other"))
    one, two = (found.names.reindex(ids).to_numpy(object) for ids in (site, other))
    told = {"one": one, "two": two, "area": rounded(shapely.area(shapes)), "width": rounded(widths(shapes), 2)}
    return table(site, other, shapely.area(shapes), place, told)


def suspected(found: Neighbours) -> np.ndarray:
    """Tell which pairs of neighbours have a vertex of one near the other, yet not on it."""
    rows = np.flatnonzero(found.is_ground[found.one] & found.is_ground[found.two])
    if len(rows) > DENSE * len(found.ids):
        rows = rows[_no_coverage(found, rows)]
    told = np.zeros(len(found.pairs), bool)
    if len(rows):
        count = len(found.ids)
        one, two = found.one[rows], found.two[rows]
        near = _near_vertices(found)
        told[rows] = np.isin(one * count + two, near) | np.isin(two * count + one, near)
    return told


def pairs_near(ids: np.ndarray, boxes: np.ndarray, width: float) -> pd.DataFrame:
    """Pair sites that lie no farther from each other than a gap is wide.

    Parameters
    ----------
    boxes : ndarray (n, 4), degrees
    width : metres

    Returns
    -------
    DataFrame
        ``site other``, ids, each pair once, in order.
    """
    reach = (margins(boxes) + width / _METRES)[:, None]
    wide = shapely.box(*(boxes[:, :2] - reach).T, *(boxes[:, 2:] + reach).T)
    one, other = shapely.STRtree(wide).query(wide)
    once = one < other
    pairs = np.sort(np.column_stack([ids[one[once]], ids[other[once]]]), axis=1)
    return pd.DataFrame(pairs, columns=["site", "other"]).sort_values(["site", "other"], ignore_index=True)


def _between(found: Neighbours) -> np.ndarray:
    """Give what is narrow between the two sites of each pair and touches both."""
    one, two, half = found.plane[found.one], found.plane[found.two], found.width / 2
    both = shapely.union(one, two)
    grown = shapely.buffer(shapely.buffer(both, half), -half)
    parts, pair = shapely.get_parts(shapely.difference(grown, both), return_index=True)
    touch = shapely.dwithin(parts, one[pair], TOUCH_M) & shapely.dwithin(parts, two[pair], TOUCH_M)
    return np.asarray(shapely.multipolygons(parts[touch], indices=pair[touch], out=np.full(len(one), None, object)))


def _without_others(found: Neighbours, row: int, between: shapely.Geometry) -> shapely.Geometry:
    """Take what belongs to a third site out of what lies between two."""
    one, two = found.one[row], found.two[row]
    others = np.setdiff1d(np.intersect1d(found.near(one), found.near(two)), (one, two))
    return shapely.difference(between, shapely.union_all(found.plane[others])) if len(others) else between


def _no_coverage(found: Neighbours, rows: np.ndarray) -> np.ndarray:
    """Tell the pairs of which both are drawn so that they do not fit seamlessly with all around them."""
    ground = found.ground
    if not found.is_ground.all() or len(pd.unique(ground.crs)) > 1 or ground.mended.any():
        return np.ones(len(rows), bool)
    narrow = found.width / metres_a_degree(shapely.bounds(ground.lonlat)[:, 1]).min()
    wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(ground.lonlat, gap_width=narrow))
    return wrong[found.one[rows]] & wrong[found.two[rows]]


def _near_vertices(found: Neighbours) -> np.ndarray:
    """Find the sites that have a vertex near another, yet not on it.

    Returns
    -------
    ndarray of int
        One position by the number of sites, plus the other.
    """
    rows = np.flatnonzero(found.is_ground)
    corners = shapely.transform(to_plane(found.ground.lonlat[rows], EQUAL_AREA), lambda xy: xy * found.scale)
    xy, owner = shapely.get_coordinates(corners, return_index=True)
    points, owner = shapely.points(xy), rows[owner]
    bounds = shapely.bounds(found.plane[rows]) + found.width * OUTWARD
    at, vertex = shapely.STRtree(points).query(shapely.box(*bounds.T))
    other = rows[at]
    apart = np.flatnonzero(owner[vertex] != other)
    shapely.prepare(found.plane[rows])
    shapes, near = found.plane[other[apart]], points[vertex[apart]]
    apart = apart[shapely.dwithin(shapes, near, found.width) & ~shapely.dwithin(shapes, near, TOUCH_M)]
    return np.unique(owner[vertex[apart]] * len(found.ids) + other[apart])
