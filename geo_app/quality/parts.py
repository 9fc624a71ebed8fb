"""What rules look at, and what they find.

A rule is a function of a `Part` (some sites of a layer) or of `Pairs` (pairs of them). It returns a
frame of what it found, as `Part.tell` makes it, one row a finding. A rule never fails on a site:
what cannot be measured (no place, no area, no limit) is NaN, and NaN is neither too small nor too
large.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_app.bridge import Scope
from geo_app.geodesic import E2, A
from geo_app.geometry import LINE, POLYGON, kinds
from geo_app.ground import Ground, unwrapped
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.precedence import BOX
from geo_app.units import MEASURES

FOUND = ("site", "other", "number", "lon", "lat", "values")
SQUARE_METRES, METRES, TONNES, YUAN = N_("m²"), N_("m"), N_("t"), N_("CNY")  # in sentences
MOST_DECIMALS = 9
NOBODY = -1  # in place of a site: the finding is about the layer as a whole, or about one site only


def nothing() -> pd.DataFrame:
    """Give the frame of a rule that found nothing."""
    empty = np.zeros(0, np.int64)
    return pd.DataFrame(dict.fromkeys(("site", "other"), empty) | dict.fromkeys(FOUND[2:], np.zeros(0, object)))


def table(
    site: np.ndarray, other: np.ndarray | int, number: Any, place: np.ndarray, values: dict[str, Any]
) -> pd.DataFrame:
    """Make the frame of what a rule found.

    Parameters
    ----------
    site, other : ids
    number : one, or one each; what is not finite is missing
    place : ndarray (n, 2), degrees
    values : what fills the rule's sentence, one or one each
    """
    count = len(site)
    if not count:
        return nothing()
    columns = {name: _each(value, count) for name, value in values.items()}
    told = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] or [{}] * count
    measured = np.broadcast_to(np.asarray(number, float), count)
    lon, lat = np.where(np.isfinite(place).all(axis=1)[:, None], place, np.nan).T
    return pd.DataFrame(
        {
            "site": site,
            "other": other,
            "number": np.where(np.isfinite(measured), measured, np.nan),
            "lon": lon,
            "lat": lat,
            "values": told,
        }
    )


@dataclass(frozen=True)
class About:
    """What all rules know of a layer beside its sites.

    Attributes
    ----------
    reported_on : date or None
        The day of the latest report with a figure of the layer.
    today : date or None
        The day of the review; None if no date is held against it.
    """

    layer: Layer
    scope: Scope
    reported_on: dt.date | None = None
    today: dt.date | None = None


@dataclass(frozen=True)
class Part:
    """Sites of a layer.

    Attributes
    ----------
    sites : DataFrame
        ``id code own_code ordinal status started_on completed_on amount declared_area district
        stated_district mended`` and the box ``min_lon … max_lat``, missing without a place.
    ground : Ground or None
        Their outlines; None for rules that need none.
    drawn : Ground or None
        Of those that were repaired the outlines as drawn, None of the others.
    """

    about: About
    sites: pd.DataFrame
    ground: Ground | None = None
    drawn: Ground | None = None

    def limit(self, name: str) -> float:
        """Give a limit of the layer's file; NaN where it does not set one."""
        return float((self.about.layer.limits or {}).get(name, np.nan))

    def texts(self, name: str) -> np.ndarray:
        """Give a column of text, None where missing."""
        column = self.sites[name]
        return np.asarray(column.astype(object).where(column.notna(), None).to_numpy(), object)

    @cached_property
    def ids(self) -> np.ndarray:
        """The sites' ids."""
        return self.sites["id"].to_numpy("int64")

    @cached_property
    def amount(self) -> np.ndarray:
        """What each draws or writes, in the canonical unit; NaN where missing."""
        return self._canonical("amount", self.about.layer.measure)

    @cached_property
    def declared_m2(self) -> np.ndarray:
        """What area each declares; NaN where none."""
        return self._canonical("declared_area", "area")

    @cached_property
    def boxes(self) -> np.ndarray:
        """West, south, east, north of each, degrees; NaN without a place."""
        boxes = self.sites[BOX].to_numpy(float)
        return np.where(np.isfinite(boxes).all(axis=1)[:, None], boxes, np.nan)

    @cached_property
    def placed(self) -> np.ndarray:
        """Which have a place."""
        return np.isfinite(self.boxes[:, 0])

    @cached_property
    def middles(self) -> np.ndarray:
        """The middle of each box (n, 2), degrees."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2

    @cached_property
    def lonlat(self) -> np.ndarray:
        """Outlines that can be measured; None of any with an infinite or missing coordinate."""
        assert self.ground is not None  # noqa: S101 - a rule in the wrong list is a fault of ours
        return unwrapped(usable(self.ground.lonlat))

    @cached_property
    def local(self) -> np.ndarray:
        """Outlines in metres around the middle of each, true to shape there."""
        return around_middles(self.lonlat)

    @cached_property
    def is_ground(self) -> np.ndarray:
        """Which are polygons that cover something."""
        return (kinds(self.lonlat) == POLYGON) & (shapely.area(self.lonlat) > 0)

    @cached_property
    def is_line(self) -> np.ndarray:
        """Which are lines."""
        return (kinds(self.lonlat) == LINE) & (shapely.length(self.lonlat) > 0)

    def tell(
        self,
        rows: np.ndarray,
        number: Any = np.nan,
        *,
        at: np.ndarray | None = None,
        other: np.ndarray | None = None,
        **values: Any,
    ) -> pd.DataFrame:
        """Make the frame of what a rule found.

        Parameters
        ----------
        rows : ndarray of bool, or of positions
        number : what was measured: one, or one each of all sites
        at : ndarray (n, 2), degrees
            Places of all sites; without it, the middle of each.
        other : ids of the other sites, one each of all sites
        values : what fills the rule's sentence: one, or one each of all sites
        """
        found = np.flatnonzero(rows) if rows.dtype == bool else rows
        measured = number if np.ndim(number) == 0 else np.asarray(number)[found]
        told = {name: value[found] if isinstance(value, np.ndarray) else value for name, value in values.items()}
        places = (self.middles if at is None else at)[found]
        return table(self.ids[found], NOBODY if other is None else other[found], measured, places, told)

    def tell_whole(self, number: float, **values: Any) -> pd.DataFrame:
        """Make the frame of a finding about the layer as a whole."""
        return table(np.array([NOBODY]), NOBODY, number, np.full((1, 2), np.nan), values)

    def _canonical(self, name: str, measure: str) -> np.ndarray:
        parts = self.sites[name].astype("Float64").to_numpy(float, na_value=np.nan)
        return parts / MEASURES[measure].parts


def usable(shapes: np.ndarray) -> np.ndarray:
    """Leave out, as None, geometries with a coordinate that is no finite number."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    broken = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if not len(broken):
        return shapes
    result = shapes.copy()
    result[broken] = None
    return result


def positions(points: np.ndarray) -> np.ndarray:
    """Give the coordinates (n, 2) of points; NaN for missing and empty ones."""
    xy = np.full((len(points), 2), np.nan)
    there = ~shapely.is_missing(points) & ~shapely.is_empty(points)
    xy[there] = shapely.get_coordinates(points[there])
    return xy


def around_middles(lonlat: np.ndarray) -> np.ndarray:
    """Bring geometries to metres east and north of the middle of each."""
    flat = shapely.force_2d(lonlat)
    coordinates, owner = shapely.get_coordinates(flat, return_index=True)
    boxes = shapely.bounds(flat)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    local = (coordinates - middles[owner]) * metres_a_degree(middles[owner, 1])
    return np.asarray(shapely.set_coordinates(flat.copy(), local), object)


def metres_a_degree(lat: np.ndarray) -> np.ndarray:
    """Give how many metres a degree of longitude and one of latitude are, (n, 2), on CGCS2000."""
    phi = np.radians(lat)
    w = 1 - E2 * np.sin(phi) ** 2
    east = A / np.sqrt(w) * np.cos(phi)
    north = A * (1 - E2) / w**1.5
    return np.column_stack([east, north]) * np.pi / 180


def rounded(numbers: np.ndarray, decimals: int = 1, limit: float = np.nan) -> np.ndarray:
    """Round numbers for a sentence, to as many more decimals as tell them from a limit that they are held against."""
    exact = np.asarray(numbers, float)
    result = np.round(exact, decimals)
    for more in range(decimals + 1, MOST_DECIMALS + 1):
        like = (result == limit) & (exact != limit)
        result = np.where(like, np.round(exact, more), result)
    return result


def _plain(number: float) -> float | int | None:
    """Write a whole number without a point; give None for what is no number."""
    if not np.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _each(value: Any, count: int) -> list[Any]:
    """Give a value of a sentence for each finding, in Python's own types."""
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value.tolist()] if value.dtype.kind == "f" else list(value.tolist())
    return [_plain(value) if isinstance(value, float) else value] * count
