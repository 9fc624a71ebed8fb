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

from geo_app.geometry import EQUAL_AREA, areas, to_geographic, to_plane
from geo_app.model import COUNTING_STATUSES
from geo_app.units import MEASURES

VERSION = "2"  # a change of these rules makes kept counts stale
Size = Callable[[np.ndarray], np.ndarray]
EDGE_M = 70.0
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
    geometries = sites.geometry.to_numpy()
    drawn = np.flatnonzero(~shapely.is_missing(geometries))
    if not len(drawn):
        return counted, reason
    shapes = _repaired(geometries[drawn])
    if size is shapely.area:  # of an outline that was repaired, no more counts than is left, and than was drawn
        valid = np.minimum(amount[drawn], np.rint(areas(shapes) * MEASURES["area"].parts).astype("int64"))
        reason[drawn[valid < amount[drawn]]] = "invalid"
        counted[drawn] = valid
    plane = to_plane(shapes, EQUAL_AREA)
    shared = _overlaps(sites.iloc[drawn], shapes, plane, size)
    ranks = _ranks(sites.iloc[drawn], plane, np.array(sorted(shared), dtype=int))
    for at, share, duplicate in _shares_kept(plane, ranks, shared, size):
        site = drawn[at]
        counted[site] = round(counted[site] * share)
        reason[site] = "duplicate" if duplicate else reason[site] or "overlap"
    return counted, reason


def _repaired(geometries: np.ndarray) -> np.ndarray:
    wrong = ~shapely.is_valid(geometries)
    shapes = geometries.copy()
    shapes[wrong] = shapely.make_valid(geometries[wrong], method="structure")
    return shapes


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


def _overlaps(sites: pd.DataFrame, shapes: np.ndarray, plane: np.ndarray, size: Size) -> dict[int, set[int]]:
    """Find which sites share ground; densifies, in place, the plane shapes of those that seem to."""
    one, other = shapely.STRtree(plane).query(plane, predicate="intersects")
    one, other = one[one < other], other[one < other]
    seem = size(shapely.intersection(plane[one], plane[other])) > 0
    one, other = one[seem], other[seem]
    close = np.unique(np.concatenate([one, other]))
    plane[close] = _densified(sites.iloc[close], shapes[close])
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
    degrees = EDGE_M / 111_320.0
    result = to_plane(shapely.segmentize(shapes, degrees), EQUAL_AREA)
    # An invalid drawing was repaired in degrees; its own edges are no longer those of the shape.
    as_drawn = shapely.from_wkb(sites["drawn"].where(sites["drawn"].notna(), None).to_numpy())
    in_plane = ~shapely.is_missing(as_drawn) & shapely.is_valid(as_drawn)
    for crs in sites.loc[in_plane, "crs"].unique():
        own = in_plane & (sites["crs"] == crs).to_numpy()
        drawn = shapely.force_2d(shapely.from_wkb(sites.loc[own, "drawn"].to_numpy()))
        system = pyproj.CRS(crs)
        step = EDGE_M if system.is_projected else degrees
        result[own] = to_plane(to_geographic(shapely.segmentize(drawn, step), system), EQUAL_AREA)
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
