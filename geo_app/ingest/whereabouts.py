"""Where a coordinate system would put the records of a file, for a person who has to choose one."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded, Refused
from geo_app.ingest.crs import CONFIRMED, SAMPLE, Stated, chosen, is_usable
from geo_app.ingest.shapes import Shapes

MOST_POINTS = 1000  # of the outlines that are drawn; a file of more is drawn in part


@dataclass(frozen=True)
class Whereabouts:
    """Where one system would put the records that were looked at, as plain values.

    Attributes
    ----------
    looked_at, placed : int
        Records, and those of them that lie where the system can be used.
    box : (west, south, east, north) or None
        Around the placed ones, in degrees.
    outlines : GeoJSON geometry or None
        Of the first small ones.
    districts : dict
        District code to the number of records in it, most first.
    named, as_named : int
        Records that name a known district, and those of them that lie in it.
    outside_m : float or None
        How far the nearest is from any district; 0 inside.
    """

    looked_at: int
    placed: int
    box: tuple[float, float, float, float] | None
    outlines: dict[str, Any] | None
    districts: dict[str, int]
    named: int
    as_named: int
    outside_m: float | None


def add_places(need: AnswerNeeded, shapes: Shapes, districts: Districts, stated: Stated) -> AnswerNeeded:
    """Add to a question about the coordinate system where each answer would put the file."""
    rows = _rows(shapes.bounds)
    named = np.array([districts.resolve(stated[at]) if len(stated) else None for at in rows], object)
    drawn = shapes.some(rows)
    for choice in need.choices:
        answer = choice.removeprefix(CONFIRMED)
        try:
            placing = chosen(answer)
        except Refused:
            continue
        with np.errstate(invalid="ignore"):
            lonlat = placing.to_lonlat(drawn)
        there = is_usable(shapely.bounds(lonlat), placing)
        need.places[answer] = asdict(_whereabouts(lonlat[there], districts, named, there))
    return need


def _rows(bounds: np.ndarray) -> np.ndarray:
    """Pick records spread over the file, and the four that reach farthest."""
    usable = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    spread = usable[:: max(len(usable) // SAMPLE, 1)]
    if not len(spread):
        return spread
    own = bounds[usable]
    far = usable[[own[:, 0].argmin(), own[:, 1].argmin(), own[:, 2].argmax(), own[:, 3].argmax()]]
    return np.unique(np.concatenate([spread, far]))


def _whereabouts(lonlat: np.ndarray, districts: Districts, named: np.ndarray, there: np.ndarray) -> Whereabouts:
    bounds = shapely.bounds(lonlat)  # outlines may be so broken that nothing else should be asked of them
    found = districts.assign(shapely.points((bounds[:, :2] + bounds[:, 2:]) / 2))
    inside = found["district"].to_numpy(object)
    known = np.array([each is not None for each in named], bool)
    return Whereabouts(
        looked_at=len(there),
        placed=len(lonlat),
        box=tuple(shapely.total_bounds(lonlat).round(6).tolist()) if len(lonlat) else None,
        outlines=_outlines(lonlat),
        districts=dict(Counter(each for each in inside if each is not None).most_common()),
        named=int(known.sum()),
        as_named=int((known[there] & (inside == named[there])).sum()),
        outside_m=float(found["outside_m"].min()) if len(lonlat) else None,
    )


def _outlines(lonlat: np.ndarray) -> dict[str, Any] | None:
    few = lonlat[np.cumsum(shapely.get_num_coordinates(lonlat)) <= MOST_POINTS]
    if not len(few):
        return None
    round_off = shapely.transform(shapely.GeometryCollection(list(geometry.flat(few))), lambda xy: xy.round(6))
    return dict(json.loads(shapely.to_geojson(round_off)))
