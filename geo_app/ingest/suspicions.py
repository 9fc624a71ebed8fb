"""What the sites as a whole look like: outside all districts, or shifted as Chinese map services draw."""

import geopandas as gpd
import numpy as np
import shapely

from geo_app.districts import Districts
from geo_app.ingest.contract import SHIFTS
from geo_app.ingest.crs import Placing
from geo_app.ingest.draft import Draft
from geo_app.ingest.shift import unshift

LOOKED_AT = 2_000
BETTER_BY = 3  # sites more that lie where they should


def look(draft: Draft, sites: gpd.GeoDataFrame, placing: Placing, districts: Districts) -> None:
    """Note sites outside all districts, and a shift that would explain why sites lie beside their district."""
    outside = sites["outside_m"].to_numpy(float)
    far = np.flatnonzero(outside > districts.accuracy_m)
    if len(far):
        draft.find("outside_districts", count=len(far), km=round(float(outside[far].max()) / 1000, 1))
    if placing.crs is not None and not placing.shift and _may_be_shifted(placing):
        _suspect_shift(draft, sites, districts)


def _may_be_shifted(placing: Placing) -> bool:
    """Map services hand out degrees and web Mercator, no survey planes."""
    return placing.crs is not None and (placing.crs.is_geographic or placing.crs.to_epsg() == 3857)


def _suspect_shift(draft: Draft, sites: gpd.GeoDataFrame, districts: Districts) -> None:
    rows, stated = _comparable(sites, districts)
    now = sites["district"].to_numpy(object)[rows]
    beside = now != stated
    if beside.sum() < BETTER_BY:
        return
    # those that lie wrong first, so that they are among those looked at
    order = np.argsort(~beside, kind="stable")[:LOOKED_AT]
    bounds = shapely.bounds(sites.geometry.to_numpy()[rows[order]])
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    before = _right(middles, stated[order], districts)
    after = {kind: _right(unshift(middles, kind), stated[order], districts) for kind in SHIFTS}
    kind = max(SHIFTS, key=lambda each: after[each])
    if after[kind] - before >= BETTER_BY:
        draft.find("shift_suspected", shift=kind, rows=len(order), before=before, after=after[kind])


def _comparable(sites: gpd.GeoDataFrame, districts: Districts) -> tuple[np.ndarray, np.ndarray]:
    """Find the sites that have a place and name a known district."""
    written = sites["stated_district"].to_numpy(object)
    meaning = {each: districts.resolve(each) for each in set(written)}
    codes = np.array([*(meaning[each] for each in written), None], object)[:-1]
    known = np.array([code in districts.shapes for code in codes], bool)
    rows = np.flatnonzero(known & ~shapely.is_missing(sites.geometry.to_numpy()))
    return rows, codes[rows]


def _right(points: np.ndarray, stated: np.ndarray, districts: Districts) -> int:
    return int((districts.assign(shapely.points(points))["district"].to_numpy(object) == stated).sum())
