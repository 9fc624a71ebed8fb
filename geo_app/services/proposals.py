"""Coordinate systems that a file may be in, and where each would put it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from geo_app.geometry import MERIDIAN, parameter
from geo_app.ingest import Placing
from geo_app.services.landproof import Landproof

_NORTHING_FIRST = "+yx"
_CONFIRMED = "crs:"  # before a system that is to be confirmed


@dataclass(frozen=True)
class Proposal:
    """One answer to the question of the coordinate system.

    Attributes
    ----------
    answer : str
        As `ingest.Choices.crs` takes it.
    name : str
        What the system is called; empty where it is not known.
    meridian : float or None
        Its central meridian in degrees, where it has one.
    lon, lat : float or None
        Where the file's first vertex would be.
    district : str or None
        Code of the district there.
    outside_m : float
        How far that is from the nearest district; NaN without a place.
    """

    answer: str
    name: str
    meridian: float | None = None
    lon: float | None = None
    lat: float | None = None
    district: str | None = None
    outside_m: float = float("nan")


def proposals(lp: Landproof, message: Mapping[str, Any]) -> list[Proposal]:
    """Work out where the proposed systems of a stored question would put the file.

    Parameters
    ----------
    message : mapping
        Of an upload in state ``needs_input``: `choices`, and in `values` one vertex as `x` and `y`.

    Returns
    -------
    list of Proposal
        In the order of the choices, those that are no coordinate system left out; without a vertex,
        no proposal has a place.
    """
    vertex = _vertex(message.get("values", {}))
    answers = [str(choice).removeprefix(_CONFIRMED) for choice in message.get("choices", ())]
    return [_proposal(lp, answer, vertex) for answer in answers if answer.startswith("EPSG:")]


def _vertex(values: Mapping[str, Any]) -> np.ndarray | None:
    try:
        return np.array([shapely.Point(float(values["x"]), float(values["y"]))])
    except (KeyError, ValueError):
        return None


def _proposal(lp: Landproof, answer: str, vertex: np.ndarray | None) -> Proposal:
    code, swapped, _ = answer.partition(_NORTHING_FIRST)
    try:
        crs = pyproj.CRS.from_user_input(code)
    except CRSError:
        return Proposal(answer, "")
    if vertex is None:
        return Proposal(answer, crs.name, parameter(crs, MERIDIAN))
    place = Placing(crs, code, "user", bool(swapped)).to_lonlat(vertex)[0]
    if not (np.isfinite(place.x) and np.isfinite(place.y)):
        return Proposal(answer, crs.name, parameter(crs, MERIDIAN))
    found = lp.districts.assign(np.array([place]))
    district, outside = found["district"].iloc[0], float(found["outside_m"].iloc[0])
    return Proposal(answer, crs.name, parameter(crs, MERIDIAN), float(place.x), float(place.y), district, outside)
