"""Counting once: what of each site is left when nothing counts twice or wrongly.

Ground is compared in an equal-area plane, with edges densified to 70 m in the plane that they
were drawn in, so that neighbours which share a drawn line do not seem to overlap. What two
sites both cover belongs to the one that was completed first; where that does not decide, the
code and then the shape itself do. Nothing depends on the order of the sites.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app.geometry import EQUAL_AREA, areas, from_geographic, to_geographic, to_plane
from geo_app.model import COUNTING_STATUSES
from geo_app.units import MEASURES

VERSION = "3"  # a change of these rules makes kept counts stale
Size = Callable[[np.ndarray], np.ndarray]
EDGE_M = 70.0
_EDGE_DEGREES = EDGE_M / 111_320.0
_BULGE = 0.0015
CONTACT_M2 = 0.01
CONTACT_SHARE = 1e-6

REASONS = (
    "missing",
    "invalid",
    "status_unknown",
    "not_finished",
    "outside_place",
    "duplicate",
    "overlap",
)


def count_once(sites: pd.DataFrame, *, measure: str, inside: np.ndarray) -> pd.DataFrame:
    """Tell what of each site counts in net.

    Parameters
    ----------
    sites : DataFrame
        Current sites of one layer: ``id code own_code status completed_on amount geometry drawn crs``.
    measure : str
        The layer's measure, key of `units.MEASURES`.
    inside : ndarray of bool
        Whether each site lies in the place that is asked about.

    Returns
    -------
    DataFrame, same order
        ``id``; ``counted`` (Int64, stored parts, 0 to the site's amount); ``reason``, the first of
        `REASONS` that took something away, None where all of the site counts.
    """
    amount = sites["amount"].fillna(0).astype("int64").to_numpy()
    reason = np.full(len(sites), None, dtype=object)
    status = sites["status"].to_numpy()
    for name, left_out in (
        ("missing", sites["amount"].isna().to_numpy()),
        ("status_unknown", pd.isna(status)),
        ("not_finished", ~np.isin(status.astype(str), list(COUNTING_STATUSES))),
        ("outside_place", ~inside),
    ):
        reason[left_out & (reason == None)] = name  # noqa: E711 - elementwise
    counted = np.where(reason == None, amount, 0)  # noqa: E711
    left = np.flatnonzero(reason == None)  # noqa: E711
    by_ground = measure in ("area", "length")
    if by_ground:
        size = shapely.length if measure == "length" else shapely.area
        counted[left], reason[left] = _count_ground(sites.iloc[left], counted[left], size)
    else:
        counted[left], reason[left] = _count_tickets(sites.iloc[left], counted[left])
    columns = {"counted": pd.array(counted, dtype="Int64"), "reason": pd.Series(reason, dtype=object)}
    return pd.DataFrame({"id": sites["id"].to_numpy(), **columns})


def deducted(sites: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Give what is taken away from sites, from what `count_once` tells of them.

    Returns
    -------
    DataFrame, one row a site that loses something
        ``id``; ``place`` of the step in `REASONS`; ``step``; ``amount`` in stored parts.
    """
    lost = counts["reason"].notna().to_numpy()
    amount = sites["amount"].fillna(0).astype("int64").to_numpy()[lost]
    steps = counts["reason"][lost]
    return pd.DataFrame(
        {
            "id": counts["id"][lost],
            "place": steps.map(REASONS.index),
            "step": steps,
            "amount": amount - counts["counted"][lost].astype("int64"),
        }
    )


def _count_tickets(sites: pd.DataFrame, amount: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count each code once; of different amounts under one code the smallest is believed."""
    reason = np.full(len(sites), None, dtype=object)
    own = sites["own_code"].to_numpy(dtype=bool)
    keys = pd.DataFrame({"code": sites["code"].to_numpy(), "amount": amount, "id": sites["id"].to_numpy()})
    again = keys[own].sort_values(["code", "amount", "id"]).duplicated("code")
    twice = again.index[again]
    counted = amount.copy()
    counted[twice], reason[twice] = 0, "duplicate"
    return counted, reason


def _count_ground(sites: pd.DataFrame, amount: np.ndarray, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Count each piece of ground once; `size` measures it in the equal-area plane."""
    counted, reason = amount.copy(), np.full(len(sites), None, dtype=object)
    placed = np.flatnonzero(~shapely.is_missing(sites.geometry.to_numpy()))
    shapes = sites.geometry.to_numpy()[placed]
    mended = _is_mended(sites.iloc[placed])
    if size is shapely.area and mended.any():  # no more counts than is left of an outline, and than was drawn
        rows = placed[mended]
        valid = np.minimum(amount[rows], np.rint(areas(shapes[mended]) * MEASURES["area"].parts).astype("int64"))
        reason[rows[valid < amount[rows]]] = "invalid"
        counted[rows] = valid
    one, other = _near(shapes)
    close, pairs = np.unique([one, other], return_inverse=True)
    one, other = pairs.reshape(2, -1)
    plane = _densified(sites.iloc[placed[close]], shapes[close])
    shared = _overlaps(plane, one, other, size)
    ranks = _ranks(sites.iloc[placed[close]], plane, np.array(sorted(shared), dtype=int))
    for at, share, duplicate in _shares_kept(plane, ranks, shared, size):
        site = placed[close[at]]
        counted[site] = round(counted[site] * share)
        reason[site] = "duplicate" if duplicate else reason[site] or "overlap"
    return counted, reason


def _is_mended(sites: pd.DataFrame) -> np.ndarray:
    """Tell which outlines were repaired."""
    mended = sites["drawn"].notna().to_numpy(copy=True)
    mended[mended] = ~shapely.is_valid(shapely.from_wkb(sites["drawn"].to_numpy()[mended]))
    return mended


def _near(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs that may share ground.

    Edges are straight in degrees here, but may have been drawn straight in a plane. Both run apart
    by up to 0.0011 d² degrees at the middle of an edge of d degrees (sin φ cos φ / 8 of its square, in
    radians), so that is how far apart two shapes may seem.
    """
    box = shapely.bounds(shapes)
    margin = _BULGE * np.square(box[:, 2:] - box[:, :2]).sum(axis=1)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=margin)
    one, other = np.sort([one[one != other], other[one != other]], axis=0)  # each may see the other, or only one
    first = np.unique(one * len(shapes) + other)
    return first // max(len(shapes), 1), first % max(len(shapes), 1)


def _ranks(sites: pd.DataFrame, plane: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Rank the sites that share ground by content: completed first, then code, then shape."""
    keys = pd.DataFrame(
        {
            "completed": sites["completed_on"].iloc[close].fillna("9999").to_numpy(),
            "code": sites["code"].iloc[close].to_numpy(),
            "shape": shapely.to_wkb(shapely.normalize(plane[close])),
        }
    )
    ranks = np.zeros(len(sites), dtype=int)
    ranks[close[keys.sort_values(["completed", "code", "shape"]).index]] = np.arange(len(close))
    return ranks


def _overlaps(plane: np.ndarray, one: np.ndarray, other: np.ndarray, size: Size) -> dict[int, set[int]]:
    """Find which of the pairs share ground."""
    common = size(shapely.intersection(plane[one], plane[other]))
    smaller = np.minimum(size(plane[one]), size(plane[other]))
    real = common > np.maximum(CONTACT_M2, CONTACT_SHARE * smaller)
    shared: dict[int, set[int]] = {}
    for first, second in zip(one[real].tolist(), other[real].tolist(), strict=True):
        shared.setdefault(first, set()).add(second)
        shared.setdefault(second, set()).add(first)
    return shared


def _densified(sites: pd.DataFrame, shapes: np.ndarray) -> np.ndarray:
    """Bring sites to the equal-area plane with edges as straight as they were drawn."""
    result = to_plane(shapely.segmentize(shapes, _EDGE_DEGREES), EQUAL_AREA)
    # An outline that was repaired was repaired in degrees; its own edges are no longer those of the shape.
    as_drawn = ~_is_mended(sites)
    for crs in sites.loc[as_drawn, "crs"].dropna().unique():
        system = pyproj.CRS(crs)
        if system.is_projected:
            own = np.flatnonzero(as_drawn & (sites["crs"] == crs).to_numpy())
            drawn = shapely.segmentize(from_geographic(shapes[own], system), EDGE_M)
            there = np.isfinite(shapely.bounds(drawn)).all(axis=1)
            result[own[there]] = to_plane(to_geographic(drawn[there], system), EQUAL_AREA)
    return result


def _shares_kept(
    plane: np.ndarray, ranks: np.ndarray, shared: dict[int, set[int]], size: Size
) -> Iterator[tuple[int, float, bool]]:
    """Give each site that loses ground, the share it keeps, and whether another is its equal."""
    for at, others in shared.items():
        before = [other for other in others if ranks[other] < ranks[at]]
        if before:
            kept = shapely.difference(plane[at], shapely.union_all(plane[before]))
            share = float(size(kept) / size(plane[at]))
            equal = any(shapely.equals_exact(plane[at], plane[other], 0.01, normalize=True) for other in before)
            yield at, 0.0 if equal else share, equal
