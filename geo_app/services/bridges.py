"""Bridges of layers: made when they are first asked for, kept until what they rest on has changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app.bridge import VERSION, Bridge, Period, Scope, build
from geo_app.differences import added, matched
from geo_app.errors import BeingCounted, Conflict
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.points import point
from geo_app.precedence import BOX
from geo_app.services.landproof import Landproof
from geo_app.services.locks import is_held, worker_lock
from geo_app.store.decisions import loser_of, winner_of
from geo_app.store.readings import superseded
from geo_app.tasks import Progress, part, unheard

Asked = tuple[str, Period | None]  # a place and a period that a layer is totalled for
KIND = "count"  # of jobs
LARGE = 20_000  # rows of layers from which on nobody is made to wait while they are counted


class _Sites:
    """Sites of layers as bridges need them, read once each while several bridges are made.

    The states of the layers, and the newest decision about each, are named before any of them is read: a
    bridge of newer sites is then made again, and none of older ones is ever taken for new.
    """

    def __init__(self, lp: Landproof, uploads_then: tuple[int, ...] | None = None) -> None:
        self._lp, self._then = lp, uploads_then
        self.states, self.decided = lp.store.uploads.bases(), lp.store.decisions.last()
        self._read: dict[str, pd.DataFrame] = {}

    def of(self, layer: str) -> pd.DataFrame:
        """Return all sites of a layer."""
        if layer not in self._read:
            self._read[layer] = self._lp.store.sites.plain(layer, self._then)
        return self._read[layer]

    def within(self, layer: str, box: list[float]) -> pd.DataFrame:
        """Return the sites of a layer whose box meets another; unless all are there already, only they are read."""
        if layer not in self._read:
            return self._lp.store.sites.plain(layer, self._then, within=box)
        west, south, east, north = box
        sites = self._read[layer]
        across = (sites["max_lon"] >= west) & (sites["min_lon"] <= east)
        return sites[across & (sites["max_lat"] >= south) & (sites["min_lat"] <= north)]


def refresh(
    lp: Landproof,
    layer: Layer,
    place: str,
    period: Period | None = None,
    *,
    known: _Sites | None = None,
    told: Progress = unheard,
) -> Any:
    """Make a layer's bridge, unless the kept one still holds, and return it as the store's row.

    Parameters
    ----------
    known : the sites that have been read for other bridges made before this one
    told : called with the share of the comparing that is done; what it raises ends it

    Raises
    ------
    Conflict
        If the sites were put into districts by another boundary set than the present one.
    BeingCounted
        If it is left to the worker, as the layer is large and somebody waits.
    """
    read = known or _Sites(lp)
    basis = _basis(lp, layer, read)
    kept = lp.store.bridges.find(layer.id, place, named(period))
    if kept is None or kept.basis != basis:
        _demand_own_boundaries(lp, layer)
        _leave_to_worker(lp, layer, read)
        made = _build(lp, layer, read.of(layer.id), read, place, period, told)
        lp.store.bridges.keep(layer.id, place, basis, made, period=named(period))
        kept = lp.store.bridges.find(layer.id, place, named(period))
    return kept


def refresh_all(lp: Landproof, place: str, layers: Iterable[Layer] | None = None) -> dict[str, Any]:
    """Make the bridges of layers, by default of all, that need it, and return the store's rows by layer.

    Those that still hold are told from the others, and read, by one query for all.
    """
    wanted = list(lp.layers.values() if layers is None else layers)
    known, kept = _Sites(lp), lp.store.bridges.of_layers([layer.id for layer in wanted], place)
    held = {layer.id: row for layer in wanted if (row := kept.get(layer.id)) and row.basis == _basis(lp, layer, known)}
    return {layer.id: held.get(layer.id) or refresh(lp, layer, place, known=known) for layer in wanted}


def count_all(lp: Landproof) -> None:
    """Make every bridge that a page may ask for and that needs it."""
    known = _Sites(lp)
    for layer in lp.layers.values():
        for place, period in scopes(lp, layer):
            refresh(lp, layer, place, period, known=known)


def refresh_later(lp: Landproof, layer: Layer) -> None:
    """Make a layer's bridge after something has changed it, or leave that to the worker."""
    with suppress(BeingCounted):
        refresh(lp, layer, lp.place)


def site_counts(lp: Landproof, *, placed: bool) -> dict[str, int]:
    """Count the sites of each layer that have a place, or have none; layers without any are left out."""
    counts = {}
    for layer, row in refresh_all(lp, lp.place).items():
        if number := sum(group["sites"] for group in row.groups if group["placed"] == placed):
            counts[layer] = number
    return counts


def bridge_then(lp: Landproof, layer: Layer, place: str, uploads_then: tuple[int, ...]) -> Bridge:
    """Make the bridge of a layer as it was when certain uploads were in force."""
    read = _Sites(lp, uploads_then)
    return _build(lp, layer, read.of(layer.id), read, place)


def stage(
    lp: Landproof,
    upload: Any,
    sites: gpd.GeoDataFrame,
    *,
    state: tuple[gpd.GeoDataFrame, str] | None = None,
    told: Progress = unheard,
    reading_no: int | None = None,
) -> dict[str, Any]:
    """Write an upload's sites where nobody sees them, and tell what accepting it would do to its layer.

    The bridge for the time after it is kept, so that accepting has nothing to count.

    Parameters
    ----------
    upload : the store's upload row
    sites : site frame
    state : the layer's sites and the name of their state, where they are at hand
    told : called with the share that is written and counted, 0 to 1; what it raises ends it
    reading_no : the reading that the sites come from

    Returns
    -------
    dict
        Columns of the upload: ``basis``, the layer's state that it was compared with, None where that
        has changed meanwhile; and ``effect``, see `effect`.
    """
    layer = lp.layers.find(upload.layer)
    now, basis = state or lp.store.sites.state(layer.id)
    is_new = upload.mode == "add"
    coming = added(sites, lp.store.sites.last_ordinals(layer.id)) if is_new else matched(now, sites)
    ids = lp.store.sites.stage(upload.id, layer.id, coming, part(told, 0.0, 0.6), reading_no)
    try:
        told_of = effect(lp, layer, upload, basis, _plain(coming, ids), part(told, 0.6, 1.0))
    except KeyError as gone:  # the staged sites were dropped meanwhile
        raise superseded(upload.id) from gone
    # Of what has changed meanwhile some is in the effect, and it may be undone: it is compared anew in any case.
    is_same = lp.store.uploads.basis(layer.id) == basis
    return {"basis": basis if is_same else None, "effect": told_of}


def effect(
    lp: Landproof, layer: Layer, upload: Any, uploads: str, coming: pd.DataFrame, told: Progress = unheard
) -> dict[str, Any]:
    """Tell what accepting an upload would do to its layer, and keep the bridges for the time after it.

    Parameters
    ----------
    uploads : the name of the layer's state that it was compared with
    coming : the upload's staged sites, with ``before`` and ``differs``, as `Sites.plain` gives them
    told : called with the share that is counted, 0 to 1; what it raises ends it

    Returns
    -------
    dict
        What `moved` gives; ``added changed unchanged missing`` sites.
    """
    now = lp.store.sites.plain(layer.id)
    before = coming["before"].astype("Int64")
    known = before.notna().to_numpy()
    changed = int((known & (coming["differs"] != "").to_numpy()).sum())
    stays = now[~now["id"].isin(before.dropna())] if upload.mode != "replace" else now.iloc[:0]
    then = pd.concat([stays, coming], ignore_index=True) if len(stays) else coming
    read = _Sites(lp)
    basis = _basis(lp, layer, read, state=",".join(filter(None, (uploads, str(upload.id)))))
    after: dict[Asked, dict[str, int]] = {}
    wanted = scopes(lp, layer)
    for number, (place, period) in enumerate(wanted):
        share = part(told, 0.8 * number / len(wanted), 0.8 * (number + 1) / len(wanted))
        made = _build(lp, layer, then, read, place, period, share)
        lp.store.bridges.keep(layer.id, place, basis, made, period=named(period), upload=upload.id)
        after[place, period] = _sums(made.groups.to_dict("records"))
    point("bridge.done")
    return {
        "added": int((~known).sum()),
        "changed": changed,
        "unchanged": int(known.sum()) - changed,
        "missing": len(now) - int(known.sum()),
        **moved(standing(lp, layer, wanted), after),
    }


def scopes(lp: Landproof, layer: Layer) -> list[Asked]:
    """Give the places and periods that a layer is totalled for: of the instance, and of the reports on it."""
    claims = ((report, claim) for report in lp.reports.values() for claim in report.claims if claim.layer == layer.id)
    asked = ((report.place, report.period_of(claim)) for report, claim in claims)
    return list(dict.fromkeys([(lp.place, None), *asked]))


def standing(lp: Landproof, layer: Layer, wanted: Iterable[Asked]) -> dict[Asked, dict[str, int]]:
    """Add up a layer as it stands for places and periods, such as its `scopes`: ``gross net sites`` of each."""
    return {(place, period): _sums(refresh(lp, layer, place, period).groups) for place, period in wanted}


def moved(before: Mapping[Asked, dict[str, int]], after: Mapping[Asked, dict[str, int]]) -> dict[str, Any]:
    """Put what a layer adds up to before something beside what it does afterwards, each as `standing` gives it.

    Both are of the same `scopes`, taken once: reports come and go while a layer is counted.

    Returns
    -------
    dict
        ``gross_before net_before sites_before gross_after net_after sites_after``, amounts in stored parts,
        for the place of the instance; ``scopes``, the same with ``place`` and ``period``, for each.
    """
    lines: list[dict[str, Any]] = []
    for (place, period), old in before.items():
        pair = (("before", old), ("after", after[place, period]))
        sums = {f"{name}_{when}": each[name] for when, each in pair for name in each}
        lines.append({"place": place, "period": named(period), **sums})
    first = {name: value for name, value in lines[0].items() if name not in ("place", "period")}
    return first | {"scopes": lines}


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


def _sums(groups: list[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(int(group[name]) for group in groups) for name in ("gross", "net", "sites")}


def _build(
    lp: Landproof,
    layer: Layer,
    sites: pd.DataFrame,
    read: _Sites,
    place: str,
    period: Period | None = None,
    told: Progress = unheard,
) -> Bridge:
    scope = Scope(lp.districts, place, period)
    others = _rivals(layer, sites, read)
    rivals = pd.concat(others.values(), ignore_index=True) if others else sites.iloc[:0]
    decided = _decided(lp, {layer.id: sites} | others)
    return build(sites, layer.measure, scope, lp.store.sites.ground, rivals, decided, told)


def _rivals(layer: Layer, sites: pd.DataFrame, read: _Sites) -> dict[str, pd.DataFrame]:
    """Give the sites of the layers that one excludes, as far as they are where its own are."""
    box = sites[BOX].agg({"min_lon": "min", "min_lat": "min", "max_lon": "max", "max_lat": "max"}).tolist()
    contests = layer.measure == "area" and not np.isnan(box).any()
    return {each: read.within(each, box).assign(layer=each) for each in layer.excludes if contests}


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


def named(period: Period | None) -> str:
    """Write a period as the store keeps it; empty where it is not known."""
    return "/".join(day.isoformat() for day in period) if period else ""


def _basis(lp: Landproof, layer: Layer, read: _Sites, state: str | None = None) -> str:
    """Name all that a layer's bridge is made of by the states of the layers; `state` is its own, if not the present."""
    own = read.states.get(layer.id, "") if state is None else state
    excluded = layer.excludes if layer.measure == "area" else ()
    others = [f"{each}:{read.states.get(each, '')}" for each in excluded]
    decided = f"decisions:{read.decided.get(layer.id, 0) if excluded else 0}"
    return "|".join((own, *others, decided, lp.districts.label, VERSION))


def _leave_to_worker(lp: Landproof, layer: Layer, read: _Sites) -> None:
    """Where a large layer would be counted while somebody waits for a page, let the worker do it, and say so."""
    own = read.states.get(layer.id)
    if lp.counts_at_once or not own or not is_held(worker_lock(lp)):
        return
    count = lp.store.uploads.rows_in_force((layer.id, *(layer.excludes if layer.measure == "area" else ())))
    if count < LARGE:
        return
    if job := lp.store.jobs.ask_once(KIND, int(own.rpartition(",")[2])):
        lp.queue.put(job)
    raise BeingCounted(
        N_("Layer {layer} has changed and is being counted, {count} rows in all. The page comes by itself when it is."),
        layer=layer.id,
        count=count,
    )


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
