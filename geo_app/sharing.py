"""Ground that sites share: which of them, and how much of each is left when it counts once.

Sites are compared pair by pair; those that lie over a crowd of others with all of it at once, see `stacks`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geo_app.ground import CONTACT_M2, CONTACT_SHARE, Fetch, Ground, Size, densified, margins, unwrapped
from geo_app.stacks import Crowd, left_in_crowds, portions_of
from geo_app.tasks import Progress, side_by_side, unheard

PAIRS_A_TASK = 20_000
_TASKS = 8  # at least, where they are worth it, so that no thread waits for another
_WORTH_IT = 2_500
_SAME_DEGREES = 1e-7
_SAME_M = 0.001  # that outlines of one shape may be apart all along
_DENSE = 1.5  # pairs a site from which on neighbours are first looked at as a coverage


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


def _empty(**kinds: type) -> pd.DataFrame:
    return pd.DataFrame({name: np.zeros(0, kind) for name, kind in kinds.items()})


NOTHING_SHARED = Shared(
    _empty(id=np.int64, inside=float, left=float, free=float, duplicate=bool),
    _empty(site=np.int64, other=np.int64, contest=bool, duplicate=bool, common=float),
)


def left_of(
    pairs: pd.DataFrame,
    crowds: Sequence[Crowd],
    fetch: Fetch,
    size: Size,
    cut: dict[int, shapely.Geometry],
    told: Progress = unheard,
) -> Shared:
    """Tell what is left of sites that may share ground.

    Parameters
    ----------
    pairs : DataFrame
        ``site`` and ``other``, ids; ``contest``, whether `other` is of a layer that excludes the site's
        (then the ground counts for neither), or of the same (then it is the other's);
        ``undecided``, whether only their shapes tell which of two of one layer comes first; ``crowded``,
        whether the site is of a crowd, so that not all of its pairs are here.
    crowds : sequence of Crowd
    fetch : function
    size : function
        `shapely.area` or `shapely.length`.
    cut : dict
        Site id to the ground, in the equal-area plane, that it counts within; others count anywhere.
    told : function
        Called with the share of the work that is done, 0 to 1; what it raises ends the work.
    """
    crowded = {each for crowd in crowds for each in crowd.sites.tolist()}
    tasks = list(_tasks(pairs, {each: shape for each, shape in cut.items() if each not in crowded}))
    every = len(tasks) + sum(map(portions_of, crowds))
    parts, stacked = [], []
    for part in side_by_side(partial(_shares, fetch=fetch, size=size), tasks):
        parts.append(part)
        told(len(parts) / every)
    for rows in left_in_crowds(crowds, fetch, size, cut):
        stacked.append(rows)
        told((len(parts) + len(stacked)) / every)
    shared = pd.concat([NOTHING_SHARED.pairs, *(part.pairs for part in parts)], ignore_index=True)
    twice = shared.loc[shared["duplicate"].to_numpy(bool), "site"]
    late = [rows.assign(duplicate=rows["id"].isin(twice)) for rows in stacked]
    return Shared(pd.concat([NOTHING_SHARED.left, *(part.left for part in parts), *late], ignore_index=True), shared)


@dataclass(frozen=True)
class _Task:
    pairs: pd.DataFrame
    cut: dict[int, shapely.Geometry]


def _tasks(pairs: pd.DataFrame, cut: dict[int, shapely.Geometry]) -> Iterator[_Task]:
    """Split pairs so that all of one site are in one task; ids lie along a curve, so tasks are patches."""
    size = min(max(len(pairs) // _TASKS, _WORTH_IT), PAIRS_A_TASK)
    pairs = pairs.sort_values(["site", "other"], kind="stable")
    sites = pairs["site"].to_numpy()
    first = np.maximum.accumulate(np.where(np.diff(sites, prepend=-1) != 0, np.arange(len(sites)), 0))
    for at in np.split(np.arange(len(sites)), np.flatnonzero(np.diff(first // size)) + 1):
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
    pairs = pairs.assign(duplicate=~pairs["contest"] & _are_same(ground.lonlat, plane, pairs, size))
    pairs = pairs[~_comes_first(plane, pairs)]
    alone = pairs[~pairs["crowded"]]
    losing = np.unique(np.concatenate([alone["one"], cut]))
    shares = _measured(losing, alone, plane, size, [task.cut.get(each) for each in ids[losing].tolist()])
    twice = np.isin(losing, alone.loc[alone["duplicate"], "one"])
    left_over = dict(zip(("inside", "left", "free"), shares, strict=True))
    return Shared(
        pd.DataFrame({"id": ids[losing], **left_over, "duplicate": twice}),
        pairs[["site", "other", "contest", "duplicate", "common"]],
    )


def _close(pairs: pd.DataFrame, ids: np.ndarray, ground: Ground) -> pd.DataFrame:
    """Keep the pairs that may share ground, with their places among the ids."""
    pairs = pairs.assign(one=np.searchsorted(ids, pairs["site"]), other_at=np.searchsorted(ids, pairs["other"]))
    if len(pairs) > _DENSE * len(ids) and not pairs["crowded"].any() and _may_be_coverage(ground):
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


def _are_same(lonlat: np.ndarray, plane: np.ndarray, pairs: pd.DataFrame, size: Size) -> np.ndarray:
    """Tell which pairs have one outline, wherever it begins and however many vertices lie on its edges."""
    at = pairs["one"].to_numpy(), pairs["other_at"].to_numpy()
    same = (np.abs(shapely.bounds(lonlat[at[0]]) - shapely.bounds(lonlat[at[1]])) <= _SAME_DEGREES).all(axis=1)
    one, other = (unwrapped(lonlat[each[same]]) for each in at)
    apart = sum(size(plane[each[same]]) for each in at) - 2 * pairs["common"].to_numpy()[same]
    covers = (size is shapely.area) & (apart <= CONTACT_M2 + _SAME_M * shapely.length(plane[at[0][same]]))
    same[same] = covers | shapely.equals_exact(one, other, _SAME_DEGREES, normalize=True)
    return np.asarray(same)


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
    # Most lose ground to one other, or to two that are apart, and what each covers of them is measured already.
    at = np.searchsorted(losing, pairs["one"])
    simple = ~is_cut & _others_are_apart(at, plane[pairs["other_at"]], len(losing))
    of_simple = simple[at]
    contest = pairs["contest"].to_numpy(bool)
    for row, some in ((2, of_simple & ~contest), (3, of_simple)):
        sizes[row, simple] -= np.bincount(at[some], pairs["common"].to_numpy()[some], len(losing))[simple]
    rest = np.flatnonzero(~simple)
    own = _without(inside[rest], losing[rest], pairs[~contest & ~of_simple], plane)
    sizes[2, rest] = size(own)
    sizes[3, rest] = size(_without(own, losing[rest], pairs[contest & ~of_simple], plane))
    shares = np.clip(sizes[1:] / np.where(sizes[0] > 0, sizes[0], 1), 0, 1)
    return np.asarray(np.minimum.accumulate(shares, axis=0))


def _others_are_apart(at: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """Tell of each of `count` sites whether it has one other, or two whose boxes do not meet; `at` is in order."""
    how_many = np.bincount(at, minlength=count)
    two = np.flatnonzero(how_many[at] == 2)
    one, other = shapely.bounds(others[two]).reshape(-1, 2, 4).transpose(1, 0, 2)
    apart = how_many == 1
    apart[at[two[::2]]] = ((one[:, :2] > other[:, 2:]) | (other[:, :2] > one[:, 2:])).any(axis=1)
    return apart


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
