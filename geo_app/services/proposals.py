"""Coordinate systems that a file may be in, and where each would put it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import pyproj
from pyproj.exceptions import CRSError

from geo_app.geometry import MERIDIAN, parameter
from geo_app.ingest.whereabouts import Whereabouts

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
    where : Whereabouts or None
        None where the question was asked before this was looked at.
    """

    answer: str
    name: str
    meridian: float | None = None
    where: Whereabouts | None = None


def proposals(message: Mapping[str, Any]) -> list[Proposal]:
    """Give the systems that a stored question proposes.

    Parameters
    ----------
    message : mapping
        Of an upload in state ``needs_input``: `choices`, and `places` by answer.

    Returns
    -------
    list of Proposal
        In the order of the choices, those that are no coordinate system left out.
    """
    answers = [str(choice).removeprefix(_CONFIRMED) for choice in message.get("choices", ())]
    places = message.get("places", {})
    return [_proposal(answer, places.get(answer)) for answer in answers if answer.startswith("EPSG:")]


def proposed_for(upload: Any) -> list[Proposal]:
    """Give the systems that are proposed for an upload; empty where nothing of the kind is asked."""
    if upload.state != "needs_input" or not upload.message:
        return []
    asked = (upload.message, *upload.message.get("more", ()))
    return next((found for each in asked if (found := proposals(each))), [])


def _proposal(answer: str, place: Mapping[str, Any] | None) -> Proposal:
    where = Whereabouts(**{each.name: place[each.name] for each in fields(Whereabouts)}) if place else None
    try:
        crs = pyproj.CRS.from_user_input(answer.partition("+")[0])
    except CRSError:
        return Proposal(answer, "", None, where)
    return Proposal(answer, crs.name, parameter(crs, MERIDIAN), where)
