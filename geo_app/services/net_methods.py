"""The net ground of a figure by each method of measuring, and why they differ."""

from functools import partial

import numpy as np
import pandas as pd
import pyproj

from geo_app import methods
from geo_app.geometry import from_geographic
from geo_app.methods import Comparison
from geo_app.services.bridges import refresh
from geo_app.services.evidence import Figure
from geo_app.services.landproof import Landproof
from geo_app.tasks import side_by_side
from geo_app.units import MEASURES

AT_ONCE = 5_000  # sites that are measured while a page is made
_SITES_A_TASK = 20_000
_MOST_KEPT = 64
_PARTS = MEASURES["area"].parts
_ADDED = (*methods.METHODS, "straight", "outline_m")  # what a part of a site has its part of


def net_by_methods(lp: Landproof, found: Figure) -> list[Comparison]:
    """Measure the ground that counts for a figure by each method; the geodesic area is its net total.

    A site that counts in part has the same part of its area by every method, and of what it declares.

    Returns
    -------
    list of Comparison, in the order of `methods.METHODS`
        Kept until the figure's bridge is another one; empty where no ground counts.
    """
    key = (found.layer.id, found.report.place, found.bridge.period, found.bridge.basis)
    kept = lp.net_methods.get(key)
    if kept is not None:
        return kept
    made = _compared(lp, found)
    # what was read is what the bridge is of only if nothing was accepted meanwhile
    if refresh(lp, found.layer, found.report.place, found.report.period).basis == found.bridge.basis:
        if len(lp.net_methods) >= _MOST_KEPT:
            lp.net_methods.clear()
        lp.net_methods[key] = made
    return made


def _compared(lp: Landproof, found: Figure) -> list[Comparison]:
    sites = _net_sites(lp, found) if found.layer.measure == "area" else pd.DataFrame()
    if sites.empty:
        return []
    pieces = [sites.iloc[at : at + _SITES_A_TASK] for at in range(0, len(sites), _SITES_A_TASK)]
    rows = pd.concat(side_by_side(partial(_measured, lp), pieces), ignore_index=True)
    ridges = (found.layer.limits or {}).get("ridges_tolerance", 0.0)
    areas, around = rows[[*methods.OF_A_FILE]], rows[[*methods.CIRCUMSTANCES]]
    return methods.compare(areas, around, ridges=ridges)


def _net_sites(lp: Landproof, found: Figure) -> pd.DataFrame:
    """Give the sites with ground of which something counts: ``id declared_area``, and ``left`` in stored parts."""
    sites = lp.store.sites.plain(found.layer.id)
    lost: dict[int, int] = {}
    for (site, _), amount in lp.store.bridges.taken(found.bridge.id).items():
        lost[site] = lost.get(site, 0) + amount
    left = sites["amount"].fillna(0).astype("int64") - sites["id"].map(lost).fillna(0).astype("int64")
    net = sites[["id", "declared_area"]].assign(left=left)
    return net[(left > 0) & sites["min_lon"].notna()]


def _measured(lp: Landproof, sites: pd.DataFrame) -> pd.DataFrame:
    """Measure the part of each site that counts, and tell what may explain it."""
    ground = lp.store.sites.ground(sites["id"].to_numpy("int64"))
    declared = sites["declared_area"].astype("Float64").to_numpy(float, na_value=np.nan) / _PARTS
    parts = []
    for crs in pd.unique(ground.crs):
        own = np.flatnonzero(pd.isna(ground.crs) if crs is None else ground.crs == crs)
        lonlat, system = ground.lonlat[own], None if crs is None else pyproj.CRS(crs)
        shapes = lonlat if system is None else from_geographic(lonlat, system)
        areas = methods.measured(shapes, lonlat, system)
        rows = pd.concat([areas, methods.circumstances(shapes, lonlat, system)], axis=1)
        rows[methods.DECLARED] = declared[own]
        counts = sites["left"].to_numpy(float)[own] / _PARTS / rows[methods.GEODESIC].to_numpy()
        rows[[*_ADDED]] = rows[[*_ADDED]].mul(counts, axis=0)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)
