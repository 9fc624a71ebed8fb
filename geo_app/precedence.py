"""Which of several sites of a layer comes first, and which one counts of those that are copies of each other.

All of it is told by what sites are, never by who sent them in when: an upload that has nothing to do with
two sites must not change which of them keeps the ground.
"""

import numpy as np
import pandas as pd
import shapely

from geo_app.ground import Fetch, Size, densified, unwrapped

BOX = ["min_lon", "min_lat", "max_lon", "max_lat"]
PAIR = ["site", "other", "contest", "duplicate", "common"]
_LAST = "~"  # behind every date and word
_FILLED = {"completed_on": _LAST, "status": _LAST, "district": _LAST, "declared_area": -1}


def ranks(sites: pd.DataFrame) -> np.ndarray:
    """Rank sites: completed first, then by their own code, then by what else is written of them.

    A code that was made for a site without one is none: it tells the upload. Those of one rank are
    told apart by their shapes.

    Parameters
    ----------
    sites : DataFrame
        ``completed_on own_code code status district declared_area``

    Returns
    -------
    ndarray of int
        The smaller comes first.
    """
    code = sites["code"].astype(object).where(sites["own_code"].astype(bool), _LAST)
    keys = sites[[*_FILLED]].fillna(_FILLED).assign(code=code)
    return np.asarray(keys.groupby(["completed_on", "code", "status", "district", "declared_area"]).ngroup())


def copies(own: pd.DataFrame, fetch: Fetch, size: Size) -> pd.DataFrame:
    """Pair each site that has the outline of another one with the one of them that comes first.

    To compare each of n copies with each would take the square of their number.

    Parameters
    ----------
    own : DataFrame
        Sites with a place: what `ranks` takes, ``id row`` and the box; ``layer`` where they are of several:
        those of two layers are no copies of each other.

    Returns
    -------
    DataFrame
        ``row``, and `PAIR`.
    """
    alike = own[own["min_lon"].duplicated(keep=False)]
    alike = alike[alike.duplicated(BOX, keep=False)]
    if alike.empty:
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("row", *PAIR)})
    shapes = shapely.to_wkb(shapely.normalize(unwrapped(fetch(alike["id"].to_numpy("int64")).lonlat)))
    layer = alike["layer"] if "layer" in alike else ""
    keys = alike[["id", "row"]].assign(layer=layer, shape=shapes, rank=ranks(alike))
    keys = keys.assign(group=keys.groupby(["layer", "shape"]).ngroup()).sort_values(["group", "rank", "id"])
    first = keys.drop_duplicates("group")
    again = keys[keys.duplicated("group").to_numpy()]
    first = first[first["group"].isin(again["group"])].set_index("group")
    first["common"] = size(densified(fetch(first["id"].to_numpy("int64"))))
    kept = first.loc[again["group"]]
    columns = {"row": again["row"], "site": again["id"], "other": kept["id"].to_numpy()}
    return pd.DataFrame(columns | {"contest": False, "duplicate": True, "common": kept["common"].to_numpy()})


def to_keepers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pair each copy with the site that it counts for, and with no other; nobody loses ground to a copy."""
    twice = pairs[pairs["duplicate"].to_numpy(bool)].drop_duplicates("site")
    if twice.empty:
        return pairs
    keeper = twice.set_index("site")["other"]
    root = keeper.copy()
    while (further := root.isin(keeper.index)).any():
        root[further] = keeper[root[further]].to_numpy()
    is_plain = ~pairs["site"].isin(keeper.index) & (
        pairs["contest"].to_numpy(bool) | ~pairs["other"].isin(keeper.index)
    )
    return pd.concat([pairs[is_plain], twice.assign(other=root.to_numpy())], ignore_index=True)
