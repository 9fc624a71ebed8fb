"""The coordinate systems that are proposed for a file: in words, and as features of the map."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo_app.i18n import N_, kilometres, number, translate
from geo_app.ingest.whereabouts import Whereabouts
from geo_app.model import Text
from geo_app.services.proposals import Proposal


def meridian(proposal: Proposal, locale: str) -> str:
    """Write the central meridian of a proposal; empty where it has none.

    Examples
    --------
    >>> meridian(Proposal("EPSG:4541", "", 96.0), "zh")
    '96°E'
    """
    return "" if proposal.meridian is None else f"{proposal.meridian:g}°{'' if locale == 'zh' else ' '}E"


def reason(where: Whereabouts | None, names: Mapping[str, Text], locale: str) -> str:
    """Say what speaks for a system or against it: where the records would lie, against what they say."""
    if where is None:
        return ""
    if not where.placed:
        return translate(N_("No record lies where this system is used."), locale)
    values = {"n": number(where.as_named), "all": number(where.looked_at), "place": place(where, names, locale)}
    if where.as_named:
        text = N_("{n} of {all} records lie in the district that they name ({place}).")
    elif where.named:
        text = N_("None of {all} records lies in the district that it names: {place}.")
    else:
        text = N_("Records looked at: {all}; {place}.")
    return translate(text, locale, **values)


def place(where: Whereabouts | None, names: Mapping[str, Text], locale: str) -> str:
    """Say in a few words where a system would put the records."""
    if where is None or where.outside_m is None:
        return ""
    if not where.districts:
        return translate(N_("{distance} outside the districts"), locale, distance=kilometres(where.outside_m, locale))
    parts = (
        translate(N_("{n} in {district}"), locale, n=number(count), district=names[code][locale])
        for code, count in where.districts.items()
        if code in names
    )
    return ("、" if locale == "zh" else ", ").join(parts)


def features(found: Sequence[Proposal], names: Mapping[str, Text], locale: str) -> dict[str, Any]:
    """Give the proposals that have a place as GeoJSON: the outlines, with the box, what it is called and the reason."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": each.where.outlines,
                "properties": {
                    "answer": each.answer,
                    "box": each.where.box,
                    "meridian": meridian(each, locale),
                    "place": place(each.where, names, locale),
                    "reason": reason(each.where, names, locale),
                },
            }
            for each in found
            if each.where is not None and each.where.box is not None
        ],
    }
