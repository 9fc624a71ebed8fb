"""Rules about two sites: the same shape again, shared ground, a gap between them.

Which sites share ground, and how much, is known from the bridge; here only those are looked at.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_app.geometry import EQUAL_AREA, LINE, POLYGON, kinds, to_geographic
from geo_app.ground import Ground, densified
from geo_app.i18n import N_
from geo_app.quality.outlines import widths
from geo_app.quality.parts import (
    METRES,
    SQUARE_METRES,
    About,
    around_middles,
    metres_a_degree,
    positions,
    rounded,
    table,
    usable,
)

MOSTLY = 0.5  # of the smaller one's ground that a copy shares with what it was copied from
LIKE = 0.98  # of the larger one's ground that a copy shares once it is moved back
LIKE_LINE = 0.01  # of its length that a line may be off its copy once it is moved back
OUTCOMES = np.array(
    [
        N_("they count for neither"),
        N_("as was decided, they count for the first"),
        N_("as was decided, they count for the second"),
    ],
    object,
)


@dataclass(frozen=True)
class Pairs:
    """Pairs of sites that share ground, or may be copies of each other.

    Attributes
    ----------
    pairs : DataFrame
        ``site other``, ids; ``contest``, whether they are of layers that exclude each other;
        ``duplicate``, whether they are the same shape; ``common`` in m² or m, NaN where not known;
        ``won``, which of two contestants was given the ground: 1 or 2, else 0 or missing.
    names : Series
        The code of each site, by id.
    one, two : Ground
        The outlines of each pair's `site` and `other`.
    """

    about: About
    pairs: pd.DataFrame
    names: pd.Series
    one: Ground
    two: Ground

    def limit(self, name: str) -> float:
        """Give a limit of the layer's file; NaN where it does not set one."""
        return float((self.about.layer.limits or {}).get(name, np.nan))

    @cached_property
    def common(self) -> np.ndarray:
        """What each pair shares, m² or m."""
        return self.pairs["common"].to_numpy(float)

    @cached_property
    def is_contest(self) -> np.ndarray:
        """Whether the two are of layers that exclude each other."""
        return self.pairs["contest"].to_numpy(bool)

    @cached_property
    def is_same(self) -> np.ndarray:
        """Whether the two are the same shape on the same ground."""
        return self.pairs["duplicate"].to_numpy(bool)

    @cached_property
    def shared(self) -> np.ndarray:
        """The ground that each pair shares, longitude and latitude; None where it cannot be told."""
        shared = np.full(len(self.pairs), None, object)
        both = np.flatnonzero(_are_sound(self.one.lonlat) & _are_sound(self.two.lonlat))
        common = shapely.intersection(densified(self.one[both]), densified(self.two[both]))
        shared[both] = to_geographic(common, EQUAL_AREA)
        return shared

    @cached_property
    def width(self) -> np.ndarray:
        """How wide the shared ground is on the whole, metres."""
        return widths(around_middles(self.shared))

    @cached_property
    def is_sliver(self) -> np.ndarray:
        """Whether the two only overlap along their border."""
        return (self.common <= self.limit("overlap_min_m2")) | (self.width < self.limit("sliver_width_m"))

    @cached_property
    def shift(self) -> np.ndarray:
        """How far apart copies are, metres; NaN for pairs that are no copies of each other."""
        metres = _metres_apart(self.one.lonlat, self.two.lonlat)
        near = np.flatnonzero(~self.is_same & ~self.is_contest & (metres <= self.limit("shifted_copy_m")))
        one, two = (around_middles(ground.lonlat[near]) for ground in (self.one, self.two))
        is_copy = _alike_lines(one, two) | (_alike(one, two) & _share_most(one, two, self.common[near]))
        result = np.full(len(metres), np.nan)
        result[near[is_copy]] = metres[near[is_copy]]
        return result

    def tell(self, rows: np.ndarray, number: np.ndarray, **values: Any) -> pd.DataFrame:
        """Make the frame of what a rule found; values are one, or one each of all pairs."""
        at = np.flatnonzero(rows)
        site, other = self.pairs["site"].to_numpy()[at], self.pairs["other"].to_numpy()[at]
        one, two = (self.names.reindex(ids).to_numpy(object) for ids in (site, other))
        told = {"one": one, "two": two, "keeper": two} | {
            name: value[at] if isinstance(value, np.ndarray) else value for name, value in values.items()
        }
        return table(site, other, number[at], _places(self.shared[at], self.one.lonlat[at]), told)


def duplicate(pairs: Pairs) -> pd.DataFrame:
    """Find the same shape on the same ground."""
    return pairs.tell(pairs.is_same & ~pairs.is_contest, pairs.common)


def shifted_copy(pairs: Pairs) -> pd.DataFrame:
    """Find the same shape again, moved a little."""
    return pairs.tell(
        ~np.isnan(pairs.shift), pairs.shift, metres=rounded(pairs.shift), limit=pairs.limit("shifted_copy_m")
    )


def overlap(pairs: Pairs) -> pd.DataFrame:
    """Find ground that two sites of a layer share."""
    unit = METRES if pairs.about.layer.measure == "length" else SQUARE_METRES
    return pairs.tell(_shares(pairs) & ~pairs.is_sliver, pairs.common, common=rounded(pairs.common), unit=unit)


def overlap_sliver(pairs: Pairs) -> pd.DataFrame:
    """Find neighbours that overlap along their border."""
    rows = _shares(pairs) & pairs.is_sliver
    return pairs.tell(rows, pairs.common, common=rounded(pairs.common, 2), width=rounded(pairs.width, 2))


def contested(pairs: Pairs) -> pd.DataFrame:
    """Find ground that sites of layers claim which exclude each other."""
    won = pairs.pairs["won"].fillna(0).to_numpy(int) if "won" in pairs.pairs else np.zeros(len(pairs.pairs), int)
    told = {"common": rounded(pairs.common), "outcome": OUTCOMES[won]}
    return pairs.tell(pairs.is_contest & (pairs.common > 0), pairs.common, **told)


def _shares(pairs: Pairs) -> np.ndarray:
    return (pairs.common > 0) & ~pairs.is_same & ~pairs.is_contest & np.isnan(pairs.shift)


def _are_sound(shapes: np.ndarray) -> np.ndarray:
    """Tell which shapes can be cut with others."""
    shapes = usable(shapes)
    is_plain = ~np.isin(kinds(shapes), ("none", "mixed"))
    return np.asarray(is_plain & ~shapely.is_empty(shapes) & shapely.is_valid(shapes))


def _metres_apart(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Measure from the middle of each shape to that of the other; NaN where one has none."""
    middles = [(box[:, :2] + box[:, 2:]) / 2 for box in (shapely.bounds(usable(one)), shapely.bounds(usable(two)))]
    return np.asarray(np.hypot(*((middles[1] - middles[0]) * metres_a_degree(middles[0][:, 1])).T))


def _alike(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Tell which polygons, laid upon each other, are nearly the same."""
    alike = np.zeros(len(one), bool)
    areas = shapely.area(one), shapely.area(two)
    is_ground = (kinds(one) == POLYGON) & (kinds(two) == POLYGON) & _are_sound(one) & _are_sound(two)
    rows = np.flatnonzero(is_ground & (np.fmin(*areas) >= LIKE * np.fmax(*areas)))
    alike[rows] = shapely.area(shapely.intersection(one[rows], two[rows])) >= LIKE * np.fmax(*areas)[rows]
    return alike


def _alike_lines(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Tell which lines, laid upon each other, are nearly the same."""
    alike = np.zeros(len(one), bool)
    longer = np.fmax(shapely.length(one), shapely.length(two))
    rows = np.flatnonzero((kinds(one) == LINE) & (kinds(two) == LINE) & _are_sound(one) & _are_sound(two))
    least = LIKE_LINE * longer[rows]
    plain = (shapely.simplify(each[rows], least / 10) for each in (one, two))  # its cost grows with the square
    alike[rows] = shapely.hausdorff_distance(*plain) <= least
    return alike


def _share_most(one: np.ndarray, two: np.ndarray, common: np.ndarray) -> np.ndarray:
    """Tell which polygons share so much of the smaller one that they cannot be neighbours of one form."""
    return np.asarray(common >= MOSTLY * np.fmin(shapely.area(one), shapely.area(two)))


def _places(shared: np.ndarray, else_at: np.ndarray) -> np.ndarray:
    """Give a place (n, 2) in the largest piece of shared ground, or on the first of the two sites."""
    is_there = ~shapely.is_missing(shared) & ~shapely.is_empty(shared)
    return positions(shapely.point_on_surface(np.where(is_there, shared, usable(else_at))))
