"""The net ground of a figure or of a layer by each method of measuring, and why they differ.

A site that counts in part has the same part of its area by every method, and of what it declares.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from geo_app import methods
from geo_app.layers import Layer
from geo_app.methods import ByMethod, Comparison
from geo_app.services import site_areas
from geo_app.services.bridges import refresh
from geo_app.services.evidence import Figure
from geo_app.services.landproof import Landproof
from geo_app.units import MEASURES

AT_ONCE = 5_000  # sites that are compared while a page is made
_MOST_KEPT = 64
_PARTS = MEASURES["area"].parts
_ADDED = (*methods.METHODS, "straight", "outline_m")  # what a part of a site has its part of
_YEAR = 4  # digits, of a day


def net_by_methods(lp: Landproof, found: Figure) -> list[Comparison]:
    """Give the ground that counts for a figure by each method; the geodesic area is its net total.

    Sites that are not measured yet are measured.

    Returns
    -------
    list of Comparison, in the order of `methods.METHODS`
        Kept until the figure's bridge is another one; empty where no ground counts.
    """
    if found.layer.measure != "area":
        return []
    key = (found.layer.id, found.report.place, found.bridge.period, found.bridge.basis)
    kept = lp.net_methods.get(key)
    if kept is None:
        sites = _net(lp.store.sites.plain(found.layer.id), _lost(lp, found.bridge.id))
        kept = {None: _compared(found.layer, sites, site_areas.of(lp, sites.index.to_numpy()))}
        # what was read is what the bridge is of only if nothing was accepted meanwhile
        if refresh(lp, found.layer, found.report.place, found.period).basis == found.bridge.basis:
            _keep(lp, key, kept)
    return list(kept[None].comparisons)


def totals_by_methods(lp: Landproof, layer: Layer, by: str | None = None) -> dict[str | None, ByMethod]:
    """Give the net totals of a layer by each method, from what is stored of each site; nothing is measured.

    Parameters
    ----------
    by : one of `totals.GROUPS`, or None for one total

    Returns
    -------
    dict
        By the key of the total; a total of which no ground counts is left out, and so is every total of a
        layer that is not measured by area.
    """
    if layer.measure != "area":
        return {}
    bridge = refresh(lp, layer, lp.place)
    key = (layer.id, lp.place, bridge.period, bridge.basis, by or "")
    kept = lp.net_methods.get(key)
    if kept is None:
        kept = _by_key(lp, layer, by, _net(lp.store.sites.plain(layer.id), _lost(lp, bridge.id)))
        is_whole = not any(each.unmeasured for each in kept.values())
        if is_whole and refresh(lp, layer, lp.place).basis == bridge.basis:
            _keep(lp, key, kept)
    return kept


def _keep(lp: Landproof, key: tuple[str, ...], found: dict[str | None, ByMethod]) -> None:
    if len(lp.net_methods) >= _MOST_KEPT:
        lp.net_methods.clear()
    lp.net_methods[key] = found


def _by_key(lp: Landproof, layer: Layer, by: str | None, sites: pd.DataFrame) -> dict[str | None, ByMethod]:
    found = lp.store.areas.of(sites.index.to_numpy())
    keys = pd.Series("", sites.index) if by is None else sites[by].astype(object).fillna("")
    return {str(key) or None: _compared(layer, some, found) for key, some in sites.groupby(keys, sort=False)}


def _lost(lp: Landproof, bridge_id: int) -> pd.Series:
    """Add up what a bridge takes from each site."""
    lost: dict[int, int] = {}
    for (site, _), amount in lp.store.bridges.taken(bridge_id).items():
        lost[site] = lost.get(site, 0) + amount
    return pd.Series(lost, dtype="int64")


def _net(sites: pd.DataFrame, lost: pd.Series) -> pd.DataFrame:
    """Give the sites with ground of which something counts, by id.

    Returns
    -------
    DataFrame
        ``declared_area amount district status year``, and ``left`` in stored parts.
    """
    left = sites["amount"].fillna(0).astype("int64") - sites["id"].map(lost).fillna(0).astype("int64")
    year = sites["completed_on"].str[:_YEAR]
    net = sites[["id", "declared_area", "amount", "district", "status"]].assign(year=year, left=left)
    return net[(left > 0) & sites["min_lon"].notna()].set_index("id")


def _compared(layer: Layer, sites: pd.DataFrame, found: pd.DataFrame) -> ByMethod:
    """Compare what counts of some sites, given what all of a layer cover as far as that is known."""
    if sites.empty:
        return ByMethod(())
    rows = found.reindex(sites.index)
    unmeasured = int((~sites.index.isin(found.index)).sum())
    rows[methods.DECLARED] = sites["declared_area"].astype("Float64").to_numpy(float, na_value=np.nan) / _PARTS
    counts = (sites["left"] / sites["amount"].astype("int64")).to_numpy(float)
    rows[[*_ADDED]] = rows[[*_ADDED]].mul(counts, axis=0)
    rows[methods.GEODESIC] = sites["left"] / _PARTS  # also of what is not measured yet
    ridges = (layer.limits or {}).get("ridges_tolerance", 0.0)
    made = methods.compare(rows[[*methods.OF_A_FILE]], rows[[*methods.CIRCUMSTANCES]], ridges=ridges)
    if unmeasured:  # then nobody knows yet why a method has no area
        made = [each if each.sites else replace(each, reasons=()) for each in made]
    return ByMethod(tuple(made), unmeasured)
