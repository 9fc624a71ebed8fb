"""Counts of a layer for a place, made again only when what they rest on has changed."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_app.counting import VERSION, count_once
from geo_app.differences import compare
from geo_app.districts import Districts
from geo_app.errors import Conflict
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.points import point
from geo_app.services.landproof import Landproof


def inside(sites: pd.DataFrame, place: str, districts: Districts) -> np.ndarray:
    """Tell which sites count as inside a place.

    A site lies in the district of its largest part, a row without a place in the one that it
    names; one that names a district which the boundary set does not have is outside. A row that
    says nothing cannot be tested and counts; so does everything when the set does not know the place.
    """
    if place not in districts.places and place not in districts.shapes:
        return np.ones(len(sites), dtype=bool)
    covered = np.array([districts.covers(place, each) for each in sites["district"]], dtype=bool)
    silent = sites["stated_district"].isna() & sites["outside_m"].isna() & sites["district"].isna()
    untested = silent.to_numpy(dtype=bool)
    return covered | untested


def refresh(lp: Landproof, layer: Layer, place: str) -> None:
    """Make a layer's counts for a place, unless the kept ones still hold.

    Raises
    ------
    Conflict
        If the sites were put into districts by another boundary set than the present one.
    """
    basis = f"{lp.store.uploads.basis(layer.id)}|{lp.districts.label}|{VERSION}"
    if lp.store.counts.basis(layer.id, place) == basis:
        return
    others = lp.store.uploads.boundary_sets(layer.id) - {lp.districts.label}
    if others:
        raise Conflict(
            N_(
                "The sites of layer {layer} were put into districts by {others}; the boundary set here is {label}. "
                "Set GEO_APP_BOUNDARIES back, or import the files into a new instance."
            ),
            layer=layer.id,
            others=", ".join(sorted(others)),
            label=lp.districts.label,
        )
    sites = lp.store.sites.frame(layer.id)
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    point("counts.begun")
    lp.store.counts.keep(layer.id, place, basis, counts)
    point("counts.done")


def refresh_all(lp: Landproof, place: str) -> None:
    """Make the counts of every layer that needs it."""
    for layer in lp.layers.values():
        refresh(lp, layer, place)


def counted_then(lp: Landproof, layer: Layer, place: str, uploads_then: tuple[int, ...]) -> pd.DataFrame:
    """Count a layer's sites as they were when certain uploads were in force."""
    sites = lp.store.sites.frame(layer.id, uploads_then=uploads_then)
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    return pd.DataFrame(sites.drop(columns="geometry")).assign(counted=counts["counted"].to_numpy())


def matched(now: gpd.GeoDataFrame, coming: gpd.GeoDataFrame, mode: str) -> gpd.GeoDataFrame:
    """Match an upload's sites with those that hold now; see `differences.compare`.

    With mode ``add`` nothing is matched: a known code gets the next free ordinals.
    """
    if mode == "add":
        taken = now.groupby("code")["ordinal"].max()
        offset = coming["code"].map(taken).fillna(0).astype("int64")
        return coming.assign(ordinal=coming["ordinal"] + offset, before=None, differs="")
    found = compare(pd.DataFrame(now), pd.DataFrame(coming))
    return coming.assign(before=found["before"].to_numpy(), differs=found["differs"].to_numpy())


def effect(
    lp: Landproof, layer: Layer, now: gpd.GeoDataFrame, coming: gpd.GeoDataFrame, *, mode: str, crs: str | None
) -> dict[str, int]:
    """Tell what accepting an upload would do to its layer.

    Parameters
    ----------
    now : the layer's current sites
    coming : the upload's, from `matched`
    crs : the upload's CRS, of its ``drawn``

    Returns
    -------
    dict
        ``gross_before net_before gross_after net_after`` in stored parts; ``sites_before
        sites_after``; ``added changed unchanged missing`` sites.
    """
    before = coming["before"].astype("Int64")
    stays = now[~now["id"].isin(before.dropna())] if mode != "replace" else now.iloc[:0]
    new = coming.assign(
        id=-1 - np.arange(len(coming)),  # negative: these have no number yet
        own_code=coming["code"].notna(),
        code=coming["code"].where(coming["code"].notna(), ""),
        crs=crs,
    )
    then = gpd.GeoDataFrame(pd.concat([stays, new], ignore_index=True), geometry="geometry", crs=now.crs)
    changed = int((before.notna().to_numpy() & (coming["differs"] != "").to_numpy()).sum())
    result = {
        "added": int(before.isna().sum()),
        "changed": changed,
        "unchanged": int(before.notna().sum()) - changed,
        "missing": len(now) - int(before.notna().sum()),
    }
    for when, sites in (("before", now), ("after", then)):
        counts = count_once(sites, measure=layer.measure, inside=inside(sites, lp.place, lp.districts))
        result[f"gross_{when}"] = int(sites["amount"].sum())
        result[f"net_{when}"] = int(counts["counted"].sum())
        result[f"sites_{when}"] = len(sites)
    return result
