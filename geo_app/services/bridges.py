"""Bridges of layers: made when they are first asked for, kept until what they rest on has changed."""

from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app.bridge import BOX, VERSION, Bridge, Period, Scope, build
from geo_app.differences import added, matched
from geo_app.errors import Conflict
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.points import point
from geo_app.services.landproof import Landproof
from geo_app.store.decisions import loser_of, winner_of


def refresh(lp: Landproof, layer: Layer, place: str, period: Period | None = None) -> Any:
    """Make a layer's bridge, unless the kept one still holds, and return it as the store's row.

    Raises
    ------
    Conflict
        If the sites were put into districts by another boundary set than the present one.
    """
    basis = _basis(lp, layer)
    kept = lp.store.bridges.find(layer.id, place, _named(period))
    if kept is None or kept.basis != basis:
        _demand_own_boundaries(lp, layer)
        made = _build(lp, layer, lp.store.sites.plain(layer.id), place, period)
        lp.store.bridges.keep(layer.id, place, basis, made, period=_named(period))
        kept = lp.store.bridges.find(layer.id, place, _named(period))
    return kept


def refresh_all(lp: Landproof, place: str) -> None:
    """Make the bridge of every layer that needs it."""
    for layer in lp.layers.values():
        refresh(lp, layer, place)


def site_counts(lp: Landproof, *, placed: bool) -> dict[str, int]:
    """Count the sites of each layer that have a place, or have none; layers without any are left out."""
    counts = {}
    for layer in lp.layers.values():
        groups = refresh(lp, layer, lp.place).groups
        if number := sum(group["sites"] for group in groups if group["placed"] == placed):
            counts[layer.id] = number
    return counts


def bridge_then(lp: Landproof, layer: Layer, place: str, uploads_then: tuple[int, ...]) -> Bridge:
    """Make the bridge of a layer as it was when certain uploads were in force."""
    return _build(lp, layer, lp.store.sites.plain(layer.id, uploads_then), place, None, uploads_then)


def stage(
    lp: Landproof,
    upload: Any,
    sites: gpd.GeoDataFrame,
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
    return {"basis": basis, "effect": effect(lp, layer, upload, basis, _plain(coming, ids))}


def effect(lp: Landproof, layer: Layer, upload: Any, uploads: str, coming: pd.DataFrame) -> dict[str, int]:
    """Tell what accepting an upload would do to its layer, and keep the bridge for the time after it.

    Parameters
    ----------
    uploads : the name of the layer's state that it was compared with
    coming : the upload's staged sites, with ``before`` and ``differs``, as `Sites.plain` gives them

    Returns
    -------
    dict
        ``gross_before net_before gross_after net_after`` in stored parts; ``sites_before
        sites_after``; ``added changed unchanged missing`` sites.
    """
    now = lp.store.sites.plain(layer.id)
    before = coming["before"].astype("Int64")
    known = before.notna().to_numpy()
    changed = int((known & (coming["differs"] != "").to_numpy()).sum())
    stays = now[~now["id"].isin(before.dropna())] if upload.mode != "replace" else now.iloc[:0]
    then = pd.concat([stays, coming], ignore_index=True) if len(stays) else coming
    basis = _basis(lp, layer, ",".join(filter(None, (uploads, str(upload.id)))))
    after = _build(lp, layer, then, lp.place, None)
    lp.store.bridges.keep(layer.id, lp.place, basis, after, upload=upload.id)
    point("bridge.done")
    held = refresh(lp, layer, lp.place)
    return {
        "added": int((~known).sum()),
        "changed": changed,
        "unchanged": int(known.sum()) - changed,
        "missing": len(now) - int(known.sum()),
        **_sums(held.groups, "before"),
        **_sums(after.groups.to_dict("records"), "after"),
    }


def _plain(coming: gpd.GeoDataFrame, ids: np.ndarray) -> pd.DataFrame:
    """Give an upload's staged sites as `Sites.plain` gives those that hold."""
    boxes = dict(zip(BOX, shapely.bounds(coming.geometry.to_numpy()).T, strict=True))
    own_code = coming["code"].notna()
    rest = pd.DataFrame(coming.drop(columns=["geometry", "drawn"])).reset_index(drop=True)
    more = {
        "id": ids,
        "own_code": own_code,
        "code": coming["code"].where(own_code, ""),
        "mended": coming["drawn"].notna(),
    }
    return rest.assign(**{name: np.asarray(values) for name, values in (more | boxes).items()})


def _sums(groups: list[Mapping[str, Any]], when: str) -> dict[str, int]:
    return {f"{name}_{when}": sum(int(group[name]) for group in groups) for name in ("gross", "net", "sites")}


def _build(
    lp: Landproof,
    layer: Layer,
    sites: pd.DataFrame,
    place: str,
    period: Period | None,
    uploads_then: tuple[int, ...] | None = None,
) -> Bridge:
    scope = Scope(lp.districts, place, period)
    others = _rivals(lp, layer, sites, uploads_then)
    rivals = pd.concat(others.values(), ignore_index=True) if others else sites.iloc[:0]
    return build(sites, layer.measure, scope, lp.store.sites.ground, rivals, _decided(lp, {layer.id: sites} | others))


def _rivals(
    lp: Landproof, layer: Layer, sites: pd.DataFrame, uploads_then: tuple[int, ...] | None
) -> dict[str, pd.DataFrame]:
    """Give the sites of the layers that one excludes, as far as they are where its own are."""
    box = sites[BOX].agg({"min_lon": "min", "min_lat": "min", "max_lon": "max", "max_lat": "max"}).tolist()
    contests = layer.measure == "area" and not np.isnan(box).any()
    return {each: lp.store.sites.plain(each, uploads_then, within=box) for each in layer.excludes if contests}


def _decided(lp: Landproof, frames: dict[str, pd.DataFrame]) -> dict[tuple[int, int], bool]:
    """Tell of which pairs of sites, one of the first layer and one of another, a person gave the first the ground."""
    own = next(iter(frames))
    rows = lp.store.decisions.holding(own)
    named = {key for row in rows for key in (winner_of(row), loser_of(row))}
    ids = {layer: _ids(frame, {key.code for key in named if key.layer == layer}) for layer, frame in frames.items()}
    found = {}
    for row in rows:
        won = row.layer == own
        mine, theirs = (winner_of(row), loser_of(row)) if won else (loser_of(row), winner_of(row))
        one, other = (ids.get(key.layer, {}).get((key.code, key.ordinal)) for key in (mine, theirs))
        if one is not None and other is not None:
            found[one, other] = won
    return found


def _ids(sites: pd.DataFrame, codes: set[str]) -> dict[tuple[str, int], int]:
    some = sites[sites["code"].isin(codes)]
    return dict(zip(zip(some["code"], some["ordinal"], strict=True), some["id"].tolist(), strict=True))


def _named(period: Period | None) -> str:
    return "/".join(day.isoformat() for day in period) if period else ""


def _basis(lp: Landproof, layer: Layer, uploads: str | None = None) -> str:
    """Name all that a layer's bridge is made of; without a state of its own, of the present one.

    To be asked for before the sites are read: a bridge of newer sites is then made again, and none of
    older ones is ever taken for new.
    """
    own = lp.store.uploads.basis(layer.id) if uploads is None else uploads
    excluded = layer.excludes if layer.measure == "area" else ()
    others = [f"{each}:{lp.store.uploads.basis(each)}" for each in excluded]
    decided = f"decisions:{lp.store.decisions.last(layer.id) if excluded else 0}"
    return "|".join((own, *others, decided, lp.districts.label, VERSION))


def _demand_own_boundaries(lp: Landproof, layer: Layer) -> None:
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
