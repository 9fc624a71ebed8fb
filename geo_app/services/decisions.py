"""Contested ground: which sites of layers that exclude each other claim it, and what a person decides."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo_app.errors import BeingCounted, Conflict, Refused
from geo_app.i18n import N_
from geo_app.model import SiteKey
from geo_app.services import reviews
from geo_app.services.bridges import refresh
from geo_app.services.figures import totals
from geo_app.services.landproof import Landproof
from geo_app.store.decisions import holding, winner_of


@dataclass(frozen=True)
class Contest:
    """Two sites that claim the same ground.

    Attributes
    ----------
    one, other : the store's site rows
    common_m2 : float
        What both cover; 0 where they claim nothing in common any more.
    holds : row of the decision that holds, or None
    history : list of rows
        Every decision about the two, newest first.
    """

    one: Any
    other: Any
    common_m2: float
    holds: Any
    history: Sequence[Any]

    @property
    def winner(self) -> Any:
        """The site to whose layer the ground belongs; None while that is undecided."""
        if self.holds is None:
            return None
        return self.one if winner_of(self.holds) == key_of(self.one) else self.other

    @property
    def seen(self) -> int:
        """Number of the newest decision about the two, 0 for none."""
        return int(self.history[0].seq) if self.history else 0


def key_of(site: Any) -> SiteKey:
    """Return what a site row is found by in every version."""
    return SiteKey(site.layer, site.code, site.ordinal)


def contests(lp: Landproof) -> list[Contest]:
    """List the ground that sites of layers which exclude each other both claim, the largest first."""
    for layer in lp.layers.values():
        if layer.measure == "area" and layer.excludes:
            refresh(lp, layer, lp.place)
    return [_contest(lp, row.one, row.other, row.common) for row in lp.store.decisions.contests(lp.place)]


def contest(lp: Landproof, site_id: int, other_id: int) -> Contest:
    """Return two sites with the ground that both claim and what was decided about it.

    Raises
    ------
    NotFound
        If there is no such site.
    Conflict
        If one of them does not hold any more.
    Refused
        If their layers do not exclude each other.
    """
    one, other = _held(lp, site_id), _held(lp, other_id)
    if other.layer not in lp.layers.find(one.layer).excludes and one.layer not in lp.layers.find(other.layer).excludes:
        raise Refused(
            N_("{code} and {other} are of layers that do not exclude each other, so there is nothing to decide."),
            code=one.code,
            other=other.code,
        )
    for layer in (one.layer, other.layer):
        refresh(lp, lp.layers.find(layer), lp.place)
    found = lp.store.decisions.contests(sites_in=(one.id, other.id))
    return _contest(lp, one.id, other.id, found[0].common if found else 0.0)


def ground_of(lp: Landproof, found: Contest) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Return the outlines of two sites, EPSG:4490."""
    lonlat = lp.store.sites.ground(np.array([found.one.id, found.other.id], np.int64)).lonlat
    return lonlat[0], lonlat[1]


def decide(
    lp: Landproof, winner_id: int, loser_id: int, who: str, why: str, *, withdraw: bool = False, seen: int | None = None
) -> dict[str, dict[str, int]]:
    """Give the ground that two sites claim to the layer of the first, or take the decision about it back.

    Parameters
    ----------
    why : str
        The reason, kept with the decision.
    withdraw : bool
        The ground counts for neither again.
    seen : int, optional
        The newest decision that the person knew of, 0 for none; another one is a conflict.

    Returns
    -------
    dict
        Of both layers: ``net_before`` and ``net_after``, stored parts; empty where one is left to the worker.

    Raises
    ------
    NotFound, Conflict, Refused
        As `contest`; if no reason is given, if they share no ground, or if there is nothing to take back.
    """
    if not why.strip():
        raise Refused(N_("No reason was given. Say in a few words why the ground belongs there."))
    found = contest(lp, winner_id, loser_id)
    if withdraw and found.holds is None:
        raise Refused(
            N_("About {code} and {other} nothing is decided, so there is nothing to take back."),
            code=found.one.code,
            other=found.other.code,
        )
    if not withdraw and not found.common_m2:
        raise Refused(
            N_("{code} and {other} do not both claim some ground that counts, so there is nothing to decide."),
            code=found.one.code,
            other=found.other.code,
        )
    layers = (found.one.layer, found.other.layer)
    before = {layer: totals(lp, layer)[0].net for layer in layers}
    winner, loser = key_of(found.one), key_of(found.other)
    lp.store.decisions.add(winner, loser, who=who, why=why.strip(), withdrawn=withdraw, seen=seen)
    reviews.ask_for(lp, layers)
    with suppress(BeingCounted):
        return {layer: {"net_before": before[layer], "net_after": totals(lp, layer)[0].net} for layer in layers}
    return {}


def _held(lp: Landproof, site_id: int) -> Any:
    """Return the version of a site that holds, given any of its versions."""
    site = lp.store.sites.find(site_id, lp.place)
    held = next((row for row in lp.store.sites.versions(site.layer, site.code, site.ordinal) if row.holds), None)
    if held is None:
        raise Conflict(N_("Site {code} does not hold any more, so it claims no ground."), code=site.code)
    return held


def _contest(lp: Landproof, one_id: int, other_id: int, common_m2: float) -> Contest:
    one, other = (lp.store.sites.find(each, lp.place) for each in (one_id, other_id))
    history = lp.store.decisions.about(key_of(one), key_of(other))
    return Contest(one, other, common_m2, next(iter(holding(history)), None), history[::-1])
