"""Counts of a layer for a place, made again only when what they rest on has changed."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_app.counting import VERSION, count_once
from geo_app.districts import Districts
from geo_app.layers import Layer
from geo_app.services.landproof import Landproof


def inside(sites: pd.DataFrame, place: str, districts: Districts) -> np.ndarray:
    """Tell which sites count as inside a place.

    A site lies in the district of its largest part. A row that has neither a place on the map
    nor a known district cannot be tested and counts; so does everything when the boundary set
    does not know the place.
    """
    if place not in districts.places and place not in districts.shapes:
        return np.ones(len(sites), dtype=bool)
    covered = np.array([districts.covers(place, each) for each in sites["district"]], dtype=bool)
    untested = (sites["district"].isna() & sites["outside_m"].isna()).to_numpy(dtype=bool)
    return covered | untested


def refresh(lp: Landproof, layer: Layer, place: str) -> None:
    """Make a layer's counts for a place, unless the kept ones still hold."""
    basis = f"{lp.store.uploads.basis(layer.id)}|{lp.districts.label}|{VERSION}"
    if lp.store.counts.basis(layer.id, place) == basis:
        return
    sites = lp.store.sites.frame(layer.id)
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    lp.store.counts.keep(layer.id, place, basis, counts)


def refresh_all(lp: Landproof, place: str) -> None:
    """Make the counts of every layer that needs it."""
    for layer in lp.layers.values():
        refresh(lp, layer, place)


def counted_then(lp: Landproof, layer: Layer, place: str, uploads_then: tuple[int, ...]) -> pd.DataFrame:
    """Count a layer's sites as they were when certain uploads were in force."""
    sites = lp.store.sites.frame(layer.id, uploads_then=uploads_then)
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    return pd.DataFrame(sites.drop(columns="geometry")).assign(counted=counts["counted"].to_numpy())


def effect(lp: Landproof, layer: Layer, place: str, upload_id: int) -> dict[str, int]:
    """Tell what accepting an upload would do to its layer's totals.

    Returns
    -------
    dict
        ``gross_before``, ``net_before``, ``gross_after``, ``net_after`` in stored parts;
        ``sites_before``, ``sites_after``.
    """
    now = lp.store.sites.frame(layer.id)
    coming = lp.store.sites.frame(layer.id, upload=upload_id)
    key = ["code", "ordinal"]
    stays = now[~pd.MultiIndex.from_frame(now[key]).isin(pd.MultiIndex.from_frame(coming[key]))]
    then = gpd.GeoDataFrame(pd.concat([stays, coming], ignore_index=True), geometry="geometry", crs=now.crs)
    result: dict[str, int] = {}
    for when, sites in (("before", now), ("after", then)):
        counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
        result[f"gross_{when}"] = int(sites["amount"].sum())
        result[f"net_{when}"] = int(counts["counted"].sum())
        result[f"sites_{when}"] = len(sites)
    return result
