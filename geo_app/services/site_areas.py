"""What sites cover by each method: measured once after an import, and read from then on."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
import pyproj

from geo_app import methods
from geo_app.geometry import from_geographic
from geo_app.services.landproof import Landproof
from geo_app.store.areas import COLUMNS
from geo_app.tasks import side_by_side

_SITES_A_TASK = 5_000


def fill(lp: Landproof, layer_id: str, tell: Callable[[float], None] = lambda _: None) -> None:
    """Measure the accepted sites of a layer that are not measured yet, and keep what they cover.

    It can be killed at any time and done again: what is kept stays.

    Parameters
    ----------
    tell : called with the share that is done, 0 to 1
    """
    wanted = {upload: lp.store.areas.missing(upload) for upload in lp.store.areas.unmeasured(layer_id)}
    total, done = sum(map(len, wanted.values())), 0
    for upload, ids in wanted.items():
        for found in _measured(lp, ids):
            lp.store.areas.add(found)
            done += len(found)
            tell(done / total)
        lp.store.areas.close(upload)


def of(lp: Landproof, ids: np.ndarray) -> pd.DataFrame:
    """Tell what sites cover, in their order; those that are not measured yet are measured, and nothing is kept.

    Returns
    -------
    DataFrame
        `store.areas.COLUMNS` by id, areas in m². A site without a place has no area.
    """
    kept = lp.store.areas.of(ids)
    missing = np.setdiff1d(ids, kept.index)
    parts = [kept, *_measured(lp, missing)] if len(missing) else [kept]
    return pd.concat([each for each in parts if len(each)] or [kept]).loc[ids]


def _measured(lp: Landproof, ids: np.ndarray) -> Iterator[pd.DataFrame]:
    pieces = (ids[at : at + _SITES_A_TASK] for at in range(0, len(ids), _SITES_A_TASK))
    return side_by_side(partial(_piece, lp), pieces)


def _piece(lp: Landproof, ids: np.ndarray) -> pd.DataFrame:
    """Measure some sites, each in the system of its file."""
    ground = lp.store.sites.ground(ids)
    found = pd.DataFrame(np.nan, pd.Index(ids, name="id"), COLUMNS)
    for crs in pd.unique(ground.crs):
        own = np.flatnonzero(pd.isna(ground.crs) if crs is None else ground.crs == crs)
        lonlat, system = ground.lonlat[own], None if crs is None else pyproj.CRS(crs)
        shapes = lonlat if system is None else from_geographic(lonlat, system)
        areas = methods.measured(shapes, lonlat, system)
        areas = areas.where(areas[methods.GEODESIC] > 0)  # a point or a line covers nothing
        rows = pd.concat([areas, methods.circumstances(shapes, lonlat, system)], axis=1)
        found.iloc[own] = rows[[*COLUMNS]].to_numpy()
    return found
