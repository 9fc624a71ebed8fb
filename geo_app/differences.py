"""What a new reading of a layer would change: field by field, against the sites that hold now."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

FIELDS = (
    "name",
    "district",
    "status",
    "started_on",
    "completed_on",
    "amount",
    "declared_area",
    "note",
)
KEY = ["code", "ordinal"]


def matched(now: gpd.GeoDataFrame, coming: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Match an upload's sites with those that hold now; see `compare`."""
    found = compare(pd.DataFrame(now), pd.DataFrame(coming))
    return coming.assign(before=found["before"].to_numpy(), differs=found["differs"].to_numpy())


def added(coming: gpd.GeoDataFrame, last: pd.Series) -> gpd.GeoDataFrame:
    """Make all of an upload's sites new ones: a known code gets ordinals after its `last` one."""
    offset = coming["code"].map(last).fillna(0).astype("int64")
    return coming.assign(ordinal=coming["ordinal"] + offset, before=None, differs="")


def compare(now: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """Match coming sites with those that hold now, by code and ordinal.

    Parameters
    ----------
    now, coming : DataFrame
        ``code``, ``ordinal``, `FIELDS` and ``geometry`` (EPSG:4490); `now` has ``id`` as well.
        A site without a code matches none.

    Returns
    -------
    DataFrame, one row a coming site, in order
        ``before``: id of the version it would follow, <NA> for a new site. ``differs``: the names
        of what is different, joined by commas; empty where nothing is, or where the site is new.
    """
    keyed = now.drop_duplicates(KEY).set_index(KEY)
    at = keyed.index.get_indexer(pd.MultiIndex.from_frame(coming[KEY]))
    at[coming["code"].isna().to_numpy()] = -1
    known = np.flatnonzero(at >= 0)
    before = pd.array([pd.NA] * len(coming), dtype="Int64")
    before[known] = keyed["id"].to_numpy()[at[known]]
    old, new = keyed.iloc[at[known]], coming.iloc[known]
    parts = [np.where(_unequal(old[name], new[name]), name, "") for name in FIELDS]
    moved = shapely.to_wkb(old["geometry"].to_numpy()) != shapely.to_wkb(new["geometry"].to_numpy())
    parts.append(np.where(moved, "geometry", ""))
    differs = np.full(len(coming), "", dtype=object)
    differs[known] = [",".join(filter(None, names)) for names in zip(*parts, strict=True)]
    return pd.DataFrame({"before": before, "differs": differs})


def are_others(now: pd.DataFrame, coming: pd.DataFrame) -> np.ndarray:
    """Tell which coming sites bear the code of one that seems to be another site.

    Two versions of one site have ground in common. Where one of them has no place, what differs is
    another site unless both have the same name.

    Parameters
    ----------
    now, coming : DataFrame
        As given to `compare`; `coming` has its ``before`` and ``differs`` as well.

    Returns
    -------
    ndarray of bool, one a coming site
    """
    known = np.flatnonzero(((coming["differs"] != "") & coming["before"].notna()).to_numpy(bool))
    new = coming.iloc[known]
    old = now.set_index("id").loc[new["before"].astype("int64")]
    one, other = old["geometry"].to_numpy(), new["geometry"].to_numpy()
    placed = ~shapely.is_missing(one) & ~shapely.is_missing(other)
    named = (old["name"].notna().to_numpy() & new["name"].notna().to_numpy()) & ~_unequal(old["name"], new["name"])
    found = np.zeros(len(coming), bool)
    found[known] = np.where(placed, ~shapely.intersects(one, other), ~named)
    return found


def follow(now: pd.DataFrame, coming: pd.DataFrame, moves: Sequence[Any]) -> dict[int, tuple[Any, str, int]]:
    """Find the coming sites whose code was changed by a person.

    A site that has its old code again, or a file that has both codes, is about two sites.

    Parameters
    ----------
    now, coming : DataFrame
        ``code`` and ``ordinal``.
    moves : sequence
        The changes, in order, with ``code ordinal new_code new_ordinal``.

    Returns
    -------
    dict
        Index of a coming site to the last change, and the code and ordinal that it has now.
    """
    codes = {code for move in moves for code in (move.code, move.new_code)}
    held, sent = (_rows(frame[frame["code"].isin(codes)]) for frame in (now, coming))
    last = {(move.code, move.ordinal): move for move in moves}
    found = {}
    for key, row in sent.items():
        at, move = key, None
        for _ in moves:  # no chain is longer
            if at in held or at not in last:
                break
            move = last[at]
            at = (move.new_code, move.new_ordinal)
        if move is not None and at in held and at not in sent:
            found[row] = (move, *at)
    return found


def _rows(sites: pd.DataFrame) -> dict[tuple[str, int], int]:
    return dict(zip(zip(sites["code"], sites["ordinal"], strict=True), sites.index, strict=True))


def _unequal(old: pd.Series, new: pd.Series) -> np.ndarray:
    one, other = old.astype(object).to_numpy(), new.astype(object).to_numpy()
    gone_one, gone_other = pd.isna(one), pd.isna(other)
    one, other = np.where(gone_one, None, one), np.where(gone_other, None, other)
    return np.asarray((one != other) | (gone_one != gone_other), dtype=bool)
