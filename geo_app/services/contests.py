"""Contested ground as reviews see it: the same whichever of the two layers is gone over, with what was decided."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo_app.errors import Conflict
from geo_app.layers import Layer
from geo_app.model import SiteKey
from geo_app.services.bridges import refresh
from geo_app.services.landproof import Landproof
from geo_app.store.decisions import loser_of, winner_of

STEP = "contested"
Pair = frozenset[SiteKey]


@dataclass(frozen=True)
class Contests:
    """What the bridges of a layer and of its rivals say of ground that both claim.

    Attributes
    ----------
    pairs : DataFrame
        ``site other contest duplicate common``, ids; decided or not.
    taken : dict
        (site id, step) to what its own layer does not count of it, stored parts.
    """

    pairs: pd.DataFrame
    taken: dict[tuple[int, str], int] = field(default_factory=dict)


def rivals_of(lp: Landproof, layer: Layer) -> list[Layer]:
    """Give the layers that exclude a layer or that it excludes."""
    if layer.measure != "area":
        return []
    return [each for each in lp.layers.values() if each.id in layer.excludes or layer.id in each.excludes]


def of_layer(lp: Landproof, layer: Layer, pairs: pd.DataFrame) -> Contests:
    """Gather the contests of a layer from its bridge and from those of its rivals.

    A bridge knows only who takes ground from its own sites: once ground is given to one of two, only that of
    the other one knows of the two.

    Parameters
    ----------
    pairs : DataFrame
        Those of the layer's own bridge.
    """
    found = [pairs[pairs["contest"].to_numpy(bool)]]
    taken: dict[tuple[int, str], int] = {}
    for rival in rivals_of(lp, layer):
        with suppress(Conflict):  # its sites are of another boundary set: nothing is known of it
            bridge = refresh(lp, rival, lp.place)
            found.append(lp.store.bridges.pairs(bridge.id, contest=True))
            taken |= lp.store.bridges.taken(bridge.id, STEP)
    return Contests(pd.concat(found, ignore_index=True), taken)


def in_order(lp: Landproof, layer: Layer, contests: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Give each contest of a layer once, the site first whose name comes first, with what was decided about it.

    Parameters
    ----------
    known : DataFrame
        ``layer code ordinal`` of all sites, by id.

    Returns
    -------
    DataFrame
        As `Contests.pairs`, and ``won``: 1 where the ground was given to the site, 2 to the other, else 0.
    """
    pairs = contests[contests["site"].isin(known.index) & contests["other"].isin(known.index)]
    keys = {name: _keys(known, pairs[name]) for name in ("site", "other")}
    about = [layer.id in (one.layer, other.layer) for one, other in zip(*keys.values(), strict=True)]
    swap = np.array([one > other for one, other in zip(*keys.values(), strict=True)], bool)
    one, other = (pairs[name].to_numpy("int64") for name in ("site", "other"))
    won = _won(lp, layer, keys["site"], keys["other"])
    ordered = pairs.assign(
        site=np.where(swap, other, one), other=np.where(swap, one, other), won=np.where(swap, (3 - won) % 3, won)
    )
    return ordered[np.array(about, bool)].drop_duplicates(["site", "other"])


def decided(lp: Landproof, layer: Layer) -> Mapping[Pair, Any]:
    """Give the newest decision about each pair with a site of a layer, also one that was withdrawn."""
    rows = [row for row in lp.store.decisions.all() if layer.id in (row.layer, row.other_layer)]
    return {frozenset((winner_of(row), loser_of(row))): row for row in reversed(rows)}


def _won(lp: Landproof, layer: Layer, sites: list[SiteKey], others: list[SiteKey]) -> np.ndarray:
    rows = decided(lp, layer)
    won = np.zeros(len(sites), np.int64)
    for at, (one, other) in enumerate(zip(sites, others, strict=True)):
        row = rows.get(frozenset((one, other)))
        if row is not None and not row.withdrawn:
            won[at] = 1 if winner_of(row) == one else 2
    return won


def _keys(known: pd.DataFrame, ids: pd.Series) -> list[SiteKey]:
    rows = known.loc[ids.to_numpy(), ["layer", "code", "ordinal"]]
    return [SiteKey(str(layer), str(code), int(ordinal)) for layer, code, ordinal in rows.itertuples(index=False)]
