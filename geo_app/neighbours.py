"""Which sites lie so near to each other that they may share ground.

Boxes are asked about in portions, and no more pairs are kept than grow with the number of sites: of n sites
that all lie over each other there would be n² of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
import shapely

from geo_app.ground import margins
from geo_app.tasks import Progress, side_by_side

PAIRS_IN_ALL = 20_000
PAIRS_A_SITE = 16
_PAIRS_AT_ONCE = 2_000_000
_PORTION = 16_384
_SAMPLE = 512


@dataclass(frozen=True)
class Neighbours:
    """Sites of a layer among themselves, and those of the layers that it excludes.

    Attributes
    ----------
    boxes : ndarray (n, 4), degrees
        Of the sites.
    rivals : ndarray (m, 4), degrees
    """

    boxes: np.ndarray
    rivals: np.ndarray

    @property
    def most(self) -> int:
        """How many pairs are kept at most."""
        return PAIRS_IN_ALL + PAIRS_A_SITE * len(self.boxes)

    def pairs(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Find all pairs of places in `all`, a site with a later one or with a rival; None if they are too many."""
        found, count = [(np.zeros(0, np.int64),) * 2], 0
        for one, other in self.portions():
            once = one < other
            found.append((one[once], other[once]))
            count += len(found[-1][0])
            if count > self.most:
                return None
        one, other = (np.concatenate(each) for each in zip(*found, strict=True))
        return one, other

    def portions(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Find all pairs, those of two sites in both directions, for some sites after the other."""
        if not len(self.boxes):
            return
        sample = np.linspace(0, len(self.boxes) - 1, min(_SAMPLE, len(self.boxes))).astype(np.int64)
        most = np.bincount(self._tree.query(self._lines[sample])[0]).max(initial=1)
        size = int(np.clip(_PAIRS_AT_ONCE // most, 16, _PORTION))
        yield from side_by_side(partial(self._near, size), range(0, len(self.boxes), size))

    def _near(self, size: int, start: int) -> tuple[np.ndarray, np.ndarray]:
        one, other = self._tree.query(self._lines[start : min(start + size, len(self.boxes))])
        one += start
        apart = one != other
        return one[apart], other[apart]

    @cached_property
    def all(self) -> np.ndarray:
        """The boxes of the sites, then those of the rivals."""
        return np.concatenate([self.boxes, self.rivals])

    @cached_property
    def _lines(self) -> np.ndarray:
        """Boxes, with their margins, as lines: a tree asks for bounds only, and lines are made faster."""
        margin = margins(self.all)[:, None]
        wide = np.concatenate([self.all[:, :2] - margin, self.all[:, 2:] + margin], axis=1)
        return np.asarray(shapely.linestrings(wide.reshape(-1, 2, 2)))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)


@dataclass(frozen=True)
class Chosen:
    """Pairs that are looked at one by one, and the sites that have too many.

    Attributes
    ----------
    one, other : ndarray
        Places in `Neighbours.all`; of a crowded site the pairs with the boxes most like its own.
    crowded : ndarray of places
    """

    one: np.ndarray
    other: np.ndarray
    crowded: np.ndarray


def choose(neighbours: Neighbours, rank: np.ndarray, set_aside: set[tuple[int, int]], told: Progress) -> Chosen:
    """Choose which pairs of a crowd are looked at one by one.

    Parameters
    ----------
    rank : ndarray of int
        Of the sites; a pair is of one with another of no higher rank, or with a rival.
    set_aside : set of (place, place)
        Pairs that are none.
    told : function
        Called from time to time, with 0; what it raises ends the work.
    """
    count = len(neighbours.all)
    ranks = np.concatenate([rank, np.full(len(neighbours.rivals), -1)])
    aside = np.array([one * count + other for one, other in set_aside], np.int64)

    def losing() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for one, other in neighbours.portions():
            told(0.0)
            loses = (ranks[other] <= ranks[one]) & ~np.isin(one * count + other, aside)
            yield one[loses], other[loses]

    counts = np.zeros(len(rank), np.int64)
    for one, _ in losing():
        counts += np.bincount(one, minlength=len(rank))
    most = _most_each(counts, neighbours.most)
    kept = [_most_alike(neighbours.all, one, other, most) for one, other in losing()]
    one, other = (np.concatenate(each) for each in zip(*kept, strict=True))
    return Chosen(one, other, np.flatnonzero(counts > most))


def _most_each(counts: np.ndarray, in_all: int) -> int:
    """Give how many pairs a site may have, so that all have no more than so many."""
    ordered = np.sort(counts)
    others = len(ordered) - np.arange(len(ordered))
    with_this = np.cumsum(ordered) - ordered + ordered * others
    fitting = np.flatnonzero(with_this <= in_all)
    below = fitting[-1] + 1 if len(fitting) else 0
    if below == len(ordered):
        return int(ordered[-1])
    return int((in_all - ordered[:below].sum()) // (len(ordered) - below))


def _most_alike(boxes: np.ndarray, one: np.ndarray, other: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    mine, theirs = boxes[one], boxes[other]
    common = np.clip(np.minimum(mine[:, 2:], theirs[:, 2:]) - np.maximum(mine[:, :2], theirs[:, :2]), 0, None)
    sizes = (each[:, 2:] - each[:, :2] for each in (mine, theirs))
    both = common.prod(axis=1)
    like = both / np.maximum(sum(each.prod(axis=1) for each in sizes) - both, np.finfo(float).tiny)
    pairs = pd.DataFrame({"one": one, "other": other, "like": like}).sort_values(
        ["one", "like"], ascending=[True, False], kind="stable"
    )
    kept = pairs[(pairs.groupby("one").cumcount() < most).to_numpy()]
    return kept["one"].to_numpy(), kept["other"].to_numpy()
