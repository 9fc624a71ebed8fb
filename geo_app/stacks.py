"""What is left of sites that lie over so many others that they are not compared one by one.

Sites of a layer take their ground in an order. All that is taken before a site is the union of a few
blocks: of the first half of all sites, the quarter after it, and so on. Each block is made once, of two
smaller ones, so that n sites which all lie over each other cost no more than n log n unions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geo_app.ground import CONTACT_M2, Fetch, Size, densified, margins
from geo_app.tasks import side_by_side

SITES_A_TASK = 200
SMOOTH_M = 5e-6  # bringing a point to a plane and back moves it by 1e-6
_WORTH_IT = 0.8  # of the work is left if a crowd is split


@dataclass(frozen=True)
class Crowd:
    """Sites that lie over many others, with all that may take ground from them.

    Attributes
    ----------
    sites : ndarray of int
        Their ids.
    members : DataFrame
        ``id``; ``rank`` among the sites of the layer, those of one rank in the order of their shapes;
        ``contest``, whether it is a rival.
    set_aside : dict
        Site id to the ids of the rivals that take nothing from it.
    """

    sites: np.ndarray
    members: pd.DataFrame
    set_aside: dict[int, list[int]]


def crowds_of(
    crowded: np.ndarray, boxes: np.ndarray, members: pd.DataFrame, set_aside: dict[int, list[int]]
) -> list[Crowd]:
    """Put crowded sites together with those around them.

    Parameters
    ----------
    crowded : ndarray of int
        Their places among the members.
    boxes : ndarray (n, 4), degrees
        Of the members.
    members : DataFrame
        As in `Crowd`, all there are.
    """
    if not len(crowded):
        return []
    margin = margins(boxes)[:, None]
    wide = np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
    ids = members["id"].to_numpy()
    before = np.flatnonzero((members["contest"] | (members["rank"] <= members["rank"].iloc[crowded].max())).to_numpy())
    patches = _patches(wide, crowded, before)
    return [Crowd(ids[some], members.iloc[around], set_aside) for some, around in patches]


def portions_of(crowd: Crowd) -> int:
    """Tell in how many pieces of work a crowd is done."""
    return -(-len(crowd.sites) // SITES_A_TASK)


def left_in_crowds(
    crowds: Sequence[Crowd], fetch: Fetch, size: Size, cut: dict[int, shapely.Geometry]
) -> Iterator[pd.DataFrame]:
    """Tell what is left of crowded sites: frames of ``id inside left free``, see `sharing.Shared`."""
    work = (portion for crowd in crowds for portion in _portions(crowd, fetch, cut))
    yield from side_by_side(partial(_left, size=size), work)


def _patches(boxes: np.ndarray, crowded: np.ndarray, members: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Split crowded sites by where they are, as long as each part then has fewer around it."""
    middle = boxes[crowded, :2] + boxes[crowded, 2:]
    across = np.argsort(middle[:, np.argmax(np.ptp(middle, axis=0))], kind="stable")
    halves = np.array_split(crowded[across], min(2, len(crowded)))
    parts = [(half, _around(boxes, half, members)) for half in halves]
    whole = len(crowded) * len(_around(boxes, crowded, members))
    if sum(len(half) * len(around) for half, around in parts) < _WORTH_IT * whole:
        for half, around in parts:
            yield from _patches(boxes, half, around)
    else:
        yield crowded, _around(boxes, crowded, members)


def _around(boxes: np.ndarray, crowded: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Give the members whose box meets that of all the crowded sites together."""
    low, high = boxes[crowded, :2].min(axis=0), boxes[crowded, 2:].max(axis=0)
    return members[((boxes[members, :2] <= high) & (boxes[members, 2:] >= low)).all(axis=1)]


@dataclass(frozen=True)
class _Portion:
    """Some sites of a crowd: their ids, their places in the order of all, and what they are cut by."""

    ids: np.ndarray
    at: np.ndarray
    within: np.ndarray
    blocks: list[np.ndarray]
    rivals: np.ndarray  # for each site, what all its rivals cover together; None without any


def _portions(crowd: Crowd, fetch: Fetch, cut: dict[int, shapely.Geometry]) -> Iterator[_Portion]:
    contest = crowd.members["contest"].to_numpy(bool)
    ids, rank = crowd.members["id"].to_numpy("int64"), crowd.members["rank"].to_numpy()
    plane = densified(fetch(ids))
    own = np.flatnonzero(~contest)
    shapes = shapely.to_wkb(shapely.normalize(plane[own]))
    own = own[np.array(sorted(range(len(own)), key=lambda each: (rank[own[each]], shapes[each], ids[own[each]])), int)]
    blocks = _blocks(plane[own])
    rivals = pd.Series(plane[contest], index=ids[contest], dtype=object)
    together = _together(rivals)
    place = pd.Series(np.arange(len(own)), index=ids[own])
    for start in range(0, len(crowd.sites), SITES_A_TASK):
        some = crowd.sites[start : start + SITES_A_TASK]
        against = np.full(len(some), together, object)
        for at in np.flatnonzero([each in crowd.set_aside for each in some.tolist()]):
            against[at] = _together(rivals.drop(crowd.set_aside[some[at]], errors="ignore"))
        within = np.array([cut.get(each) for each in some.tolist()], object)
        yield _Portion(some, place[some].to_numpy(), within, blocks, against)


def _together(shapes: pd.Series) -> shapely.Geometry | None:
    return _smoothed(np.array([shapely.union_all(shapes.to_numpy())], object))[0] if len(shapes) else None


def _blocks(shapes: np.ndarray) -> list[np.ndarray]:
    """Unite shapes in twos, those in twos, and so on; what is over at an end is before nothing."""
    blocks = [shapes]
    while len(blocks[-1]) > 1:
        last = blocks[-1][: len(blocks[-1]) // 2 * 2]
        blocks.append(_smoothed(shapely.union(last[::2], last[1::2])))
    return blocks


def _smoothed(shapes: np.ndarray) -> np.ndarray:
    """Leave out vertices that are due to rounding: outlines drawn along one line cross at each of them."""
    is_area = shapely.get_dimensions(shapes) == 2
    smooth = shapely.simplify(shapes, SMOOTH_M)
    return np.where(is_area & shapely.is_valid(smooth) & ~shapely.is_empty(smooth), smooth, shapes)


def _left(portion: _Portion, size: Size) -> pd.DataFrame:
    whole = portion.blocks[0][portion.at]
    is_cut = ~shapely.is_missing(portion.within)
    inside = whole.copy()
    inside[is_cut] = shapely.intersection(whole[is_cut], portion.within[is_cut])
    rest = inside.copy()
    for bit in range(len(portion.blocks) - 1, -1, -1):
        after = np.flatnonzero((portion.at >> bit) & 1)
        rest[after] = shapely.difference(rest[after], portion.blocks[bit][(portion.at[after] >> (bit + 1)) << 1])
    contested = ~shapely.is_missing(portion.rivals)
    free = rest.copy()
    free[contested] = shapely.difference(rest[contested], portion.rivals[contested])
    sizes = [size(inside)]
    sizes.append(sizes[0] - _lost(inside, rest, size))
    sizes.append(sizes[1] - _lost(rest, free, size))
    shares = np.clip(np.array(sizes) / size(whole), 0, 1)
    inside_, left, free_ = np.minimum.accumulate(shares, axis=0)
    return pd.DataFrame({"id": portion.ids, "inside": inside_, "left": left, "free": free_})


def _lost(before: np.ndarray, after: np.ndarray, size: Size) -> np.ndarray:
    """Measure what was taken away; of ground, a piece that is no more than a contact was not."""
    lost = size(before) - size(after)
    pieces, owner = shapely.get_parts(shapely.difference(before, after), return_index=True)
    if size is shapely.area:
        sizes = size(pieces)
        real = sizes > CONTACT_M2
        lost = np.bincount(owner[real], sizes[real], len(before))
    return np.where(lost > CONTACT_M2, lost, 0.0)
