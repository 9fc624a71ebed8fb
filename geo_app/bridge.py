"""The bridge of a layer: how its sites get from what they declare to what counts, step by step.

What counts is finished or verified, inside the place and the period that are asked about, and counted
once: a ticket, a shape, a piece of ground. Ground that two sites of one layer cover belongs to the one
completed first; where that does not decide, its own code does, then what else is written of it, then its
shape. Ground that a layer claims which excludes this one counts for neither, until a person decides.
Nothing depends on the order of the sites, all amounts are integers, and the steps add up by construction.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from geo_app.districts import Districts
from geo_app.geometry import EQUAL_AREA, areas, to_plane
from geo_app.ground import Fetch
from geo_app.model import COUNTING_STATUSES, Step
from geo_app.neighbours import Neighbours, choose
from geo_app.precedence import BOX, PAIR, copies, ranks, to_keepers
from geo_app.sharing import NOTHING_SHARED, Shared, left_of
from geo_app.stacks import Crowd, crowds_of
from geo_app.tasks import Progress, unheard
from geo_app.units import MEASURES

VERSION = "8"  # a change of these rules makes kept bridges stale
DEDUCTIONS = (
    "missing",
    "invalid",
    "status_unknown",
    "not_finished",
    "outside_period",
    "outside_place",
    "duplicate",
    "overlap",
    "contested",
)
CUT_ACCURACY_M = 10.0
Period = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Scope:
    """What is asked about: a place of a boundary set, and a period; None where the period is not known."""

    districts: Districts
    place: str
    period: Period | None = None


@dataclass(frozen=True)
class Bridge:
    """How a layer gets from declared to net.

    Attributes
    ----------
    steps : tuple of Step
        The first is the starting amount, each following one a change, the last, ``net``, what is left.
        The sum up to ``drawn`` (area layers) or the first step (others) is the gross total.
    deductions : DataFrame
        What is taken away, one row a site and step: ``id``, ``place`` of the step in `DEDUCTIONS`,
        ``step``, ``amount`` in stored parts.
    groups : DataFrame
        Sums by ``district``, ``status``, ``year`` and ``placed``: ``gross``, ``net`` (objects: Python's
        integers, which do not overflow), ``sites``, ``counted_sites``, ``missing``.
    pairs : DataFrame
        Which site loses ground to which; see `ground.Shared`.
    """

    steps: tuple[Step, ...]
    deductions: pd.DataFrame
    groups: pd.DataFrame
    pairs: pd.DataFrame


def build(
    sites: pd.DataFrame,
    measure: str,
    scope: Scope,
    fetch: Fetch,
    rivals: pd.DataFrame,
    decided: Mapping[tuple[int, int], bool] | None = None,
    told: Progress = unheard,
) -> Bridge:
    """Build the bridge of a layer.

    Parameters
    ----------
    sites : DataFrame
        Current sites of the layer: ``id code own_code status completed_on amount declared_area district
        stated_district mended`` and the box ``min_lon … max_lat``, missing without a place.
    measure : str
        The layer's measure, key of `units.MEASURES`.
    scope : Scope
    fetch : function
        Gives the outlines of sites by id; asked only for those that need to be looked at.
    rivals : DataFrame
        Sites of the layers that this one excludes, with the same columns and ``layer``; those that do not
        count by themselves contest nothing.
    decided : mapping
        (id, rival's id) to whether a person gave the ground that both claim to the first.
    told : function
        Called with the share of the comparing that is done; what it raises ends the work.

    Returns
    -------
    Bridge
        For a layer without sites, one that starts at 0 and ends at 0.
    """
    standing = _Standing(sites, scope, fetch, measure)
    by_ground = measure in ("area", "length")
    if by_ground:
        shared = _take_ground(standing, measure, _Standing(rivals, scope, fetch, measure), decided or {}, told)
    else:
        shared = NOTHING_SHARED
        _take_tickets(standing)
    deductions = standing.deductions()
    return Bridge(_steps(standing, deductions, measure), deductions, _groups(standing), shared.pairs)


class _Standing:
    """What of each site still counts, in stored parts, after each step that was taken."""

    def __init__(self, sites: pd.DataFrame, scope: Scope, fetch: Fetch, measure: str) -> None:
        self.sites, self.scope, self.fetch = sites, scope, fetch
        self.gross = sites["amount"].fillna(0).to_numpy("int64")
        self.left = self.gross.copy()
        self.taken: list[tuple[str, np.ndarray, np.ndarray]] = []
        self.cut: dict[int, shapely.Geometry] = {}
        self.take("missing", sites["amount"].isna().to_numpy(), 0, always=True)
        if measure == "area":
            self._take_what_is_not_valid()
        self.take("status_unknown", sites["status"].isna().to_numpy(), 0)
        self.take("not_finished", ~sites["status"].isin(COUNTING_STATUSES).to_numpy(), 0)
        if scope.period is not None:
            self.take("outside_period", outside_period(sites["completed_on"], scope.period), 0)
        self._take_what_is_outside()

    @property
    def counting(self) -> np.ndarray:
        """Positions of the sites of which something counts."""
        return np.flatnonzero(self.left > 0)

    def take(self, step: str, rows: np.ndarray, left: np.ndarray | int, *, always: bool = False) -> None:
        """Leave no more than so much of some rows."""
        at = np.flatnonzero(rows) if rows.dtype == bool else rows
        kept = np.minimum(self.left[at], left)
        lost = self.left[at] - kept
        self.left[at] = kept
        changed = np.ones(len(at), bool) if always else lost > 0
        self.taken.append((step, at[changed], lost[changed]))

    def deductions(self) -> pd.DataFrame:
        ids = self.sites["id"].to_numpy("int64")
        parts = [
            pd.DataFrame({"id": ids[at], "place": DEDUCTIONS.index(step), "step": step, "amount": lost})
            for step, at, lost in self.taken
        ]
        return pd.concat(parts, ignore_index=True)

    def _take_what_is_not_valid(self) -> None:
        mended = np.flatnonzero(self.sites["mended"].to_numpy(bool))
        if len(mended):
            valid = areas(self.fetch(self.sites["id"].to_numpy("int64")[mended]).lonlat)
            self.take("invalid", mended, np.rint(valid * MEASURES["area"].parts).astype("int64"))

    def _take_what_is_outside(self) -> None:
        outside, self.cut = _outside_place(self.sites, self.counting, self.scope, self.fetch)
        self.take("outside_place", outside, 0)


def outside_period(completed_on: pd.Series, period: Period) -> np.ndarray:
    """Tell which dates lie wholly outside a period.

    A year or month alone is outside only if all of it is. A row without a date cannot be tested
    and is not outside.
    """
    first, last = period[0].isoformat(), period[1].isoformat()
    different, at = np.unique(completed_on.fillna("").to_numpy(object), return_inverse=True)
    outside = [bool(day) and (day < first[: len(day)] or day > last[: len(day)]) for day in different.tolist()]
    return np.array(outside, bool)[at]


def _outside_place(
    sites: pd.DataFrame, rows: np.ndarray, scope: Scope, fetch: Fetch
) -> tuple[np.ndarray, dict[int, shapely.Geometry]]:
    """Tell which rows lie outside the place, and what those are cut by that lie on its boundary.

    Only a boundary set that is sure to 10 m or better cuts. By one that is less sure a site that lies
    outside by more than it is sure is outside, and every other counts whole. A row without a place is
    where it says it is; one that says nothing cannot be tested and counts, and so does everything when
    the set does not know the place.
    """
    districts, place = scope.districts, scope.place
    shape = districts.shape_of(place)
    if shape is None:
        return rows[:0], {}
    some = sites.iloc[rows]
    boxes = some[BOX].to_numpy(float)
    is_placed = np.isfinite(boxes).all(axis=1)
    named = [code for code in districts.shapes if districts.covers(place, code)]
    elsewhere = ~is_placed & some["stated_district"].notna().to_numpy() & ~some["district"].isin(named).to_numpy()
    placed = np.flatnonzero(is_placed)
    unsure = placed[~districts.holds(place, boxes[placed])]
    if not len(unsure):
        return rows[elsewhere], {}
    lonlat = fetch(some["id"].to_numpy("int64")[unsure]).lonlat
    if districts.accuracy_m > CUT_ACCURACY_M:
        far = districts.metres_outside(place, lonlat) > districts.accuracy_m
        return np.concatenate([rows[elsewhere], rows[unsure[far]]]), {}
    off = ~shapely.intersects(lonlat, shape)
    crossing = unsure[~off & ~shapely.covers(shape, lonlat)]
    ground = to_plane(shapely.segmentize(shape, 0.0006), EQUAL_AREA) if len(crossing) else None
    return np.concatenate([rows[elsewhere], rows[unsure[off]]]), dict.fromkeys(
        some["id"].iloc[crossing].tolist(), ground
    )


def _take_tickets(standing: _Standing) -> None:
    """Count each code once; of different amounts under one code the smallest is believed."""
    rows = standing.counting
    some = standing.sites.iloc[rows]
    keys = some[["code", "id"]].assign(left=standing.left[rows], rank=ranks(some), row=rows)
    keys = keys[some["own_code"].to_numpy(bool)].sort_values(["code", "left", "rank", "id"])
    standing.take("duplicate", keys["row"].to_numpy()[keys.duplicated("code").to_numpy()], 0)


def _take_ground(
    standing: _Standing,
    measure: str,
    rivals: _Standing,
    decided: Mapping[tuple[int, int], bool],
    told: Progress,
) -> Shared:
    """Count each piece of ground once."""
    size = shapely.length if measure == "length" else shapely.area
    alike = copies(_placed(standing), standing.fetch, size)
    standing.take("duplicate", alike["row"].to_numpy("int64"), 0)
    rivals.take("duplicate", copies(_placed(rivals), rivals.fetch, size)["row"].to_numpy("int64"), 0)
    own = _placed(standing)
    pairs, crowds = _pairs(own, _placed(rivals), decided, told)
    cut = {each: standing.cut[each] for each in own["id"][own["id"].isin(standing.cut)].tolist()}
    if pairs.empty and not crowds and not cut:
        return replace(NOTHING_SHARED, pairs=alike[PAIR])
    shared = left_of(pairs, crowds, standing.fetch, size, cut, told)
    lost = shared.left
    by_id = own[["id", "row"]].sort_values("id")
    at = by_id["row"].to_numpy()[np.searchsorted(by_id["id"], lost["id"])]
    before = standing.left[at].copy()
    standing.take("outside_place", at, np.rint(before * lost["inside"].to_numpy()).astype("int64"))
    twice = lost["duplicate"].to_numpy()
    standing.take("duplicate", at[twice], 0)
    standing.take("overlap", at, np.rint(before * lost["left"].to_numpy()).astype("int64"))
    standing.take("contested", at, np.rint(before * lost["free"].to_numpy()).astype("int64"))
    return replace(shared, pairs=to_keepers(pd.concat([shared.pairs, alike[PAIR]], ignore_index=True)))


def _placed(standing: _Standing) -> pd.DataFrame:
    """Give the sites that still count and have a place, with their row."""
    rows = standing.counting
    some = standing.sites.iloc[rows].assign(row=rows)
    return some[some["min_lon"].notna()]


def _pairs(
    own: pd.DataFrame, rivals: pd.DataFrame, decided: Mapping[tuple[int, int], bool], told: Progress
) -> tuple[pd.DataFrame, list[Crowd]]:
    """Pair each site with the near ones that may take ground from it: all, unless crowds have too many of them."""
    near = Neighbours(own[BOX].to_numpy(float), rivals[BOX].to_numpy(float))
    ids = np.concatenate([own["id"].to_numpy("int64"), rivals["id"].to_numpy("int64")])
    won = [pair for pair, is_won in decided.items() if is_won]
    found = near.pairs()
    if found is None:
        return _pairs_of_crowds(own, near, ids, won, told)
    one, other = found
    contest = other >= len(own)
    pairs = _pairs_of_rivals(ids[one[contest]], ids[other[contest]], won)
    return pd.concat([_pairs_of_one_layer(own, one[~contest], other[~contest]), pairs], ignore_index=True), []


def _pairs_of_one_layer(own: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> pd.DataFrame:
    """Pair each site with the near ones that come before it: completed first, then by code, then by shape."""
    close, at = np.unique([one, other], return_inverse=True)
    rank_one, rank_other = ranks(own.iloc[close])[at.reshape(2, -1)]
    later, tie = rank_one > rank_other, rank_one == rank_other
    site = np.concatenate([np.where(later, one, other), one[tie]])
    before = np.concatenate([np.where(later, other, one), other[tie]])
    ids = own["id"].to_numpy("int64")
    about = {"contest": False, "undecided": np.concatenate([tie, tie[tie]]), "crowded": False}
    return pd.DataFrame({"site": ids[site], "other": ids[before], **about})


def _pairs_of_rivals(sites: np.ndarray, rivals: np.ndarray, won: list[tuple[int, int]]) -> pd.DataFrame:
    about = {"contest": True, "undecided": False, "crowded": False}
    pairs = pd.DataFrame({"site": sites, "other": rivals, **about})
    return pairs[~pd.MultiIndex.from_frame(pairs[["site", "other"]]).isin(won)] if won else pairs


def _pairs_of_crowds(
    own: pd.DataFrame, near: Neighbours, ids: np.ndarray, won: list[tuple[int, int]], told: Progress
) -> tuple[pd.DataFrame, list[Crowd]]:
    """Pair sites as far as that can be done one by one, and put those together that lie over too many others."""
    rank = ranks(own)
    place = pd.Series(np.arange(len(ids)), index=ids)
    aside = {(place[one], place[other]) for one, other in won if one in place and other in place}
    chosen = choose(near, rank, aside, told)
    contest = chosen.other >= len(own)
    order = np.concatenate([rank, np.full(len(ids) - len(own), -1)])
    about = {
        "contest": contest,
        "undecided": order[chosen.one] == order[chosen.other],
        "crowded": np.isin(chosen.one, chosen.crowded),
    }
    pairs = pd.DataFrame({"site": ids[chosen.one], "other": ids[chosen.other], **about})
    members = pd.DataFrame({"id": ids, "rank": order, "contest": np.arange(len(ids)) >= len(own)})
    set_aside: dict[int, list[int]] = {}
    for site, rival in won:
        set_aside.setdefault(site, []).append(rival)
    return pairs, crowds_of(chosen.crowded, near.all, members, set_aside)


def _steps(standing: _Standing, deductions: pd.DataFrame, measure: str) -> tuple[Step, ...]:
    gross, net = (sum(each.tolist()) for each in (standing.gross, standing.left))
    has_amount = standing.sites["amount"].notna().to_numpy()
    drawn = int(has_amount.sum())
    if measure == "area":
        declares = standing.sites["declared_area"].notna().to_numpy()
        declared = sum(standing.sites["declared_area"].dropna().tolist())
        others = sum(standing.gross[~declares].tolist())
        start = [
            Step("declared", declared, int(declares.sum())),
            Step("not_declared", others, int((~declares & has_amount).sum())),
            Step("drawn", gross - declared - others, drawn),
        ]
    else:
        start = [Step("written", gross, drawn)]
    by_step = deductions.groupby("step")["amount"].agg([lambda each: sum(each.tolist()), "count"])
    names = [name for name in _steps_of(measure) if name != "outside_period" or standing.scope.period is not None]
    taken = [Step(name, -int(by_step.iloc[:, 0].get(name, 0)), int(by_step.iloc[:, 1].get(name, 0))) for name in names]
    return (*start, *taken, Step("net", net, int((standing.left > 0).sum())))


def _steps_of(measure: str) -> tuple[str, ...]:
    without = {"area": ("missing",), "length": ("missing", "invalid", "contested")}
    return tuple(
        name for name in DEDUCTIONS if name not in without.get(measure, ("missing", "invalid", "overlap", "contested"))
    )


def _groups(standing: _Standing) -> pd.DataFrame:
    sites = standing.sites
    days, known = pd.factorize(sites["completed_on"])
    years, known_years = pd.factorize(np.array([day[:4] for day in known], object))
    keys = {name: pd.factorize(sites[name]) for name in ("district", "status")}
    keys |= {"year": (np.append(years, -1)[days], known_years), "placed": pd.factorize(sites["min_lon"].notna())}
    frame = pd.DataFrame(
        {
            **{name: codes for name, (codes, _) in keys.items()},
            "gross": standing.gross,
            "net": standing.left,
            "sites": 1,
            "counted_sites": (standing.left > 0).astype(int),
            "missing": sites["amount"].isna().to_numpy().astype(int),
        }
    )
    # Sums of the high and the low halves apart: numpy's own overflow above 2^63.
    for name in ("gross", "net"):
        frame[f"{name}_high"], frame[name] = frame[name] // _HALF, frame[name] % _HALF
    summed = frame.groupby(list(keys), sort=False).sum().reset_index()
    for name, (_, known) in keys.items():
        summed[name] = np.array([*known, None], object)[summed[name]]
    for name in ("gross", "net"):
        high, low = summed.pop(f"{name}_high").tolist(), summed[name].tolist()
        summed[name] = pd.Series([one * _HALF + other for one, other in zip(high, low, strict=True)], dtype=object)
    return summed


_HALF = 1 << 31
