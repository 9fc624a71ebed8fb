"""Counts of a layer for a place, made again only when what they rest on has changed."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_app.counting import VERSION, count_once, deducted
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
    within = [code for code in districts.shapes if districts.covers(place, code)]
    covered = sites["district"].isin(within).to_numpy()
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
    basis = _basis(lp, lp.store.uploads.basis(layer.id))
    if lp.store.bridges.basis(layer.id, place) == basis:
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
    sites, state = lp.store.sites.state(layer.id)
    lp.store.bridges.keep(layer.id, place, _basis(lp, state), _taken(lp, layer, sites, place))


def refresh_all(lp: Landproof, place: str) -> None:
    """Make the counts of every layer that needs it."""
    for layer in lp.layers.values():
        refresh(lp, layer, place)


def counted_then(lp: Landproof, layer: Layer, place: str, uploads_then: tuple[int, ...]) -> pd.DataFrame:
    """Count a layer's sites as they were when certain uploads were in force."""
    sites = lp.store.sites.frame(layer.id, uploads_then=uploads_then)
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    return pd.DataFrame(sites.drop(columns="geometry")).assign(counted=counts["counted"].to_numpy())


def matched(now: gpd.GeoDataFrame, coming: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Match an upload's sites with those that hold now; see `differences.compare`."""
    found = compare(pd.DataFrame(now), pd.DataFrame(coming))
    return coming.assign(before=found["before"].to_numpy(), differs=found["differs"].to_numpy())


def added(coming: gpd.GeoDataFrame, last: pd.Series) -> gpd.GeoDataFrame:
    """Make all of an upload's sites new ones: a known code gets ordinals after its `last` one."""
    offset = coming["code"].map(last).fillna(0).astype("int64")
    return coming.assign(ordinal=coming["ordinal"] + offset, before=None, differs="")


def stage(
    lp: Landproof,
    upload: Any,
    sites: gpd.GeoDataFrame,
    crs: str | None,
    *,
    state: tuple[gpd.GeoDataFrame, str] | None = None,
    told: Callable[[float], None] = lambda _: None,
    reading_no: int | None = None,
) -> dict[str, Any]:
    """Write an upload's sites where nobody sees them, and tell what accepting it would do to its layer.

    The bridge for the time after it is kept, so that accepting has nothing to count.

    Parameters
    ----------
    upload : the store's upload row
    sites : site frame
    crs : the CRS that they were drawn in
    state : the layer's sites and the name of their state, where they are at hand
    told : called with the share that is written, 0 to 1
    reading_no : the reading that the sites come from

    Returns
    -------
    dict
        Columns of the upload: ``basis``, the layer's state that it was compared with, and ``effect``,
        see `effect`.
    """
    layer = lp.layers.find(upload.layer)
    now, basis = state or lp.store.sites.state(layer.id)
    is_new = upload.mode == "add"
    coming = added(sites, lp.store.sites.last_ordinals(layer.id)) if is_new else matched(now, sites)
    ids = lp.store.sites.stage(upload.id, layer.id, coming, told, reading_no)
    own_code = coming["code"].notna()
    coming = coming.assign(id=ids, own_code=own_code, code=coming["code"].where(own_code, ""), crs=crs)
    return {"basis": basis, "effect": effect(lp, layer, upload, (now, basis), coming)}


def effect(
    lp: Landproof, layer: Layer, upload: Any, state: tuple[gpd.GeoDataFrame, str], coming: gpd.GeoDataFrame
) -> dict[str, int]:
    """Tell what accepting an upload would do to its layer, and keep the bridge for the time after it.

    Parameters
    ----------
    state : the layer's current sites, and the name of their state
    coming : the upload's, from `matched` or `added`, with ``id`` in the store and ``crs``

    Returns
    -------
    dict
        ``gross_before net_before gross_after net_after`` in stored parts; ``sites_before
        sites_after``; ``added changed unchanged missing`` sites.
    """
    now, uploads = state
    before = coming["before"].astype("Int64")
    known = before.notna().to_numpy()
    changed = int((known & (coming["differs"] != "").to_numpy()).sum())
    result = {
        "added": int((~known).sum()),
        "changed": changed,
        "unchanged": int(known.sum()) - changed,
        "missing": len(now) - int(known.sum()),
    }
    stays = now[~now["id"].isin(before.dropna())] if upload.mode != "replace" else now.iloc[:0]
    then = gpd.GeoDataFrame(pd.concat([stays, coming], ignore_index=True)) if len(stays) else coming
    taken_now, taken_then = (_taken(lp, layer, sites, lp.place) for sites in (now, then))
    basis = ",".join(filter(None, (uploads, str(upload.id))))
    lp.store.bridges.keep(layer.id, lp.place, _basis(lp, basis), taken_then, upload.id)
    point("bridge.done")
    for when, sites, taken in (("before", now, taken_now), ("after", then, taken_then)):
        result[f"gross_{when}"] = gross = sum(sites["amount"].fillna(0).tolist())  # of integers that do not overflow
        result[f"net_{when}"] = gross - sum(taken["amount"].tolist())
        result[f"sites_{when}"] = len(sites)
    return result


def _taken(lp: Landproof, layer: Layer, sites: gpd.GeoDataFrame, place: str) -> pd.DataFrame:
    counts = count_once(sites, measure=layer.measure, inside=inside(sites, place, lp.districts))
    return deducted(sites, counts)


def _basis(lp: Landproof, uploads: str) -> str:
    """Name all that a layer's bridge is made of."""
    return f"{uploads}|{lp.districts.label}|{VERSION}"
