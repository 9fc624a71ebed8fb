"""Ground that sites share: which of them, and how much of each is left when it counts once.

Sites are compared in an equal-area plane, with edges densified to 70 m in the plane that they were
drawn in, so that neighbours which share a drawn line do not seem to overlap. Densified edges are
straight there and stay so when they are cut, so the pieces of a site add up to it exactly; a piece
counts as that share of the site's geodesic area.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app.geometry import EQUAL_AREA, from_geographic, to_geographic, to_plane
from geo_app.tasks import side_by_side

EDGE_M = 70.0
CONTACT_M2 = 0.01
CONTACT_SHARE = 1e-6
PAIRS_A_TASK = 20_000
_METRES_A_DEGREE = 111_320.0
_BULGE = 0.0015
_SAME_DEGREES = 1e-7
_DENSE = 1.5  # pairs a site from which on neighbours are first looked at as a coverage


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


def near(boxes: np.ndarray, others: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs of boxes that may share ground.

    Parameters
    ----------
    boxes : ndarray (n, 4), degrees
    others : ndarray (m, 4), optional
        Without it, pairs among `boxes`, each once.

    Returns
    -------
    (one, other) : positions in `boxes`, and in `others` or `boxes`
    """
    if not len(boxes) or (others is not None and not len(others)):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    own = _diagonals(boxes)
    one, other = shapely.STRtree(own if others is None else _diagonals(others)).query(own)
    if others is None:
        once = one < other
        one, other = one[once], other[once]
    return one, other


def _diagonals(boxes: np.ndarray) -> np.ndarray:
    """Draw boxes, with their margins, as lines: a tree asks for bounds only, and lines are made faster."""
    margin = margins(boxes)[:, None]
    wide = np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
    return np.asarray(shapely.linestrings(wide.reshape(-1, 2, 2)))


@dataclass(frozen=True)
class Shared:
    """What sites share.

    Attributes
    ----------
    left : DataFrame, one row a site that loses something, or may
        ``id``; the shares ``inside`` of the cut, ``left`` by the others of the layer, and ``free`` of
        contest, each at most the one before; ``duplicate``, whether another has the same shape.
    pairs : DataFrame, one row a site and another that takes ground from it
        ``site other contest duplicate`` and ``common``, in m² or m.
    """

    left: pd.DataFrame
    pairs: pd.DataFrame


_NO_IDS = np.zeros(0, np.int64)
NOTHING_SHARED = Shared(
    pd.DataFrame({"id": _NO_IDS, "inside": [], "left": [], "free": [], "duplicate": []}),
    pd.DataFrame({"site": _NO_IDS, "other": _NO_IDS, "contest": [], "duplicate": [], "common": []}),
)


def left_of(pairs: pd.DataFrame, fetch: Fetch, size: Size, cut: dict[int, shapely.Geometry]) -> Shared:
    """Tell what is left of sites that may share ground.

    Parameters
    ----------
    pairs : DataFrame
        ``site`` and ``other``, ids; ``contest``, whether `other` is of a layer that excludes the site's
        (then the ground counts for neither), or of the same (then it is the other's);
        ``undecided``, whether only their shapes tell which of two of one layer comes first.
    fetch : function
    size : function
        `shapely.area` or `shapely.length`.
    cut : dict
        Site id to the ground, in the equal-area plane, that it counts within; others count anywhere.
    """
    tasks = _tasks(pairs, cut)
    parts = list(side_by_side(partial(_shares, fetch=fetch, size=size), tasks))
    names = ("left", "pairs")
    return Shared(*(pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in names))


@dataclass(frozen=True)
class _Task:
    pairs: pd.DataFrame
    cut: dict[int, shapely.Geometry]


def _tasks(pairs: pd.DataFrame, cut: dict[int, shapely.Geometry]) -> Iterator[_Task]:
    """Split pairs so that all of one site are in one task; ids lie along a curve, so tasks are patches."""
    pairs = pairs.sort_values(["site", "other"], kind="stable")
    sites = pairs["site"].to_numpy()
    first = np.maximum.accumulate(np.where(np.diff(sites, prepend=-1) != 0, np.arange(len(sites)), 0))
    for at in np.split(np.arange(len(sites)), np.flatnonzero(np.diff(first // PAIRS_A_TASK)) + 1):
        some = pairs.iloc[at]
        if len(some):
            yield _Task(some, {each: cut[each] for each in some["site"].unique().tolist() if each in cut})
    alone = sorted(cut.keys() - set(sites.tolist()))
    for start in range(0, len(alone), PAIRS_A_TASK):
        yield _Task(pairs.iloc[:0], {each: cut[each] for each in alone[start : start + PAIRS_A_TASK]})


def _shares(task: _Task, fetch: Fetch, size: Size) -> Shared:
    ids = np.unique(np.concatenate([task.pairs["site"], task.pairs["other"], np.array(list(task.cut), np.int64)]))
    ground = fetch(ids)
    pairs = _close(task.pairs, ids, ground)
    cut = np.searchsorted(ids, np.array(list(task.cut), np.int64))
    needed = np.unique(np.concatenate([pairs["one"], pairs["other_at"], cut]))
    plane = np.full(len(ids), None, object)
    plane[needed] = densified(ground[needed])
    pairs = _real(pairs, plane, size)
    pairs = pairs.assign(duplicate=~pairs["contest"] & _are_same(ground.lonlat, pairs))
    pairs = pairs[~_comes_first(plane, pairs)]
    losing = np.unique(np.concatenate([pairs["one"], cut]))
    shares = _measured(losing, pairs, plane, size, [task.cut.get(each) for each in ids[losing].tolist()])
    twice = np.isin(losing, pairs.loc[pairs["duplicate"], "one"])
    left_over = dict(zip(("inside", "left", "free"), shares, strict=True))
    return Shared(
        pd.DataFrame({"id": ids[losing], **left_over, "duplicate": twice}),
        pairs[["site", "other", "contest", "duplicate", "common"]],
    )


def _close(pairs: pd.DataFrame, ids: np.ndarray, ground: Ground) -> pd.DataFrame:
    """Keep the pairs that may share ground, with their places among the ids."""
    pairs = pairs.assign(one=np.searchsorted(ids, pairs["site"]), other_at=np.searchsorted(ids, pairs["other"]))
    if len(pairs) > _DENSE * len(ids) and _may_be_coverage(ground):
        pairs = pairs[_no_coverage(ground, pairs)]
    boxes = shapely.bounds(ground.lonlat)
    margin = margins(boxes)
    one, other = pairs["one"].to_numpy(), pairs["other_at"].to_numpy()
    return pairs[shapely.dwithin(ground.lonlat[one], ground.lonlat[other], margin[one] + margin[other])]


def _may_be_coverage(ground: Ground) -> bool:
    is_area = (shapely.get_dimensions(ground.lonlat) == 2).all()
    return bool(is_area and len(pd.unique(ground.crs)) == 1 and not ground.mended.any())


def _no_coverage(ground: Ground, pairs: pd.DataFrame) -> np.ndarray:
    """Tell the pairs of which both are drawn so that they do not fit seamlessly with all around them.

    Sites whose borders run along the same vertices share no ground. Only for outlines drawn in one plane.
    """
    margin = margins(shapely.bounds(ground.lonlat)).max(initial=0)
    wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(ground.lonlat, gap_width=2 * margin))
    return wrong[pairs["one"]] & wrong[pairs["other_at"]]


def _real(pairs: pd.DataFrame, plane: np.ndarray, size: Size) -> pd.DataFrame:
    """Keep the pairs that share more than a contact."""
    one, other = plane[pairs["one"]], plane[pairs["other_at"]]
    common = size(shapely.intersection(one, other))
    pairs = pairs.assign(common=common)
    return pairs[common > np.maximum(CONTACT_M2, CONTACT_SHARE * np.minimum(size(one), size(other)))]


def _are_same(lonlat: np.ndarray, pairs: pd.DataFrame) -> np.ndarray:
    return np.asarray(
        shapely.equals_exact(lonlat[pairs["one"]], lonlat[pairs["other_at"]], _SAME_DEGREES, normalize=True), bool
    )


def _comes_first(plane: np.ndarray, pairs: pd.DataFrame) -> np.ndarray:
    """Tell the pairs that only shapes decide and where the site comes first; of two equal ones the older does."""
    first = (pairs["undecided"] & ~pairs["contest"]).to_numpy(bool, copy=True)
    some = pairs[first]
    one, other = (shapely.to_wkb(shapely.normalize(plane[some[name]])) for name in ("one", "other_at"))
    first[first] = (one < other) | ((one == other) & (some["site"] < some["other"]).to_numpy())
    return first


def _measured(
    losing: np.ndarray, pairs: pd.DataFrame, plane: np.ndarray, size: Size, within: list[shapely.Geometry | None]
) -> np.ndarray:
    """Measure what is inside the cut, left by the others of the layer, and free of contest, as shares."""
    whole = plane[losing]
    is_cut = np.array([each is not None for each in within], bool)
    inside = whole.copy()
    inside[is_cut] = shapely.intersection(whole[is_cut], np.array(within, object)[is_cut])
    sizes = np.tile(size(whole), (4, 1))
    sizes[1][is_cut] = size(inside[is_cut])
    # Most lose ground to one other only, and what both cover is measured already.
    at = np.searchsorted(losing, pairs["one"])
    alone = (np.bincount(at, minlength=len(losing)) == 1) & ~is_cut
    of_alone = alone[at]
    lost = at[of_alone]
    sizes[2:, lost] -= pairs["common"].to_numpy()[of_alone]
    by_contest = lost[pairs["contest"].to_numpy(bool)[of_alone]]
    sizes[2, by_contest] = sizes[0, by_contest]
    rest = np.flatnonzero(~alone)
    own = _without(inside[rest], losing[rest], pairs[~pairs["contest"] & ~of_alone], plane)
    sizes[2, rest] = size(own)
    sizes[3, rest] = size(_without(own, losing[rest], pairs[pairs["contest"] & ~of_alone], plane))
    shares = np.clip(sizes[1:] / np.where(sizes[0] > 0, sizes[0], 1), 0, 1)
    return np.asarray(np.minimum.accumulate(shares, axis=0))


def _without(shapes: np.ndarray, places: np.ndarray, pairs: pd.DataFrame, plane: np.ndarray) -> np.ndarray:
    """Take the others away from shapes; `places` are those of the shapes among all."""
    result = shapes.copy()
    if not len(pairs):
        return result
    pairs = pairs.sort_values("one", kind="stable")
    one = pairs["one"].to_numpy()
    starts = np.flatnonzero(np.diff(one, prepend=-1))
    groups = np.split(plane[pairs["other_at"]], starts[1:])
    taken = np.array([group[0] if len(group) == 1 else shapely.union_all(group) for group in groups], object)
    at = np.searchsorted(places, one[starts])
    result[at] = shapely.difference(result[at], taken)
    return result
