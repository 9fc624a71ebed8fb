"""A claim as the ledger keeps it: made from a figure of a text, and corrected by a person."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from geo_app.errors import Refused
from geo_app.extraction.figures import Figure, extract
from geo_app.extraction.periods import Period
from geo_app.extraction.quantities import Quantity, find, read
from geo_app.i18n import N_
from geo_app.layers import Layers
from geo_app.services import document_facts
from geo_app.units import MAX_PARTS, MEASURES

_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,9})?(?:/[1-9]\d{0,5})?")  # nothing that takes long to be a fraction
ROLES = ("result", "context", "target")
QUALIFIERS = ("exact", "about", "over", "nearly")


def value_of(figure: Figure) -> dict[str, Any]:
    """Write a figure of a text as the ledger keeps it; exact numbers are written as fractions."""
    decision, quantity = figure.decision, figure.quantity
    at = figure.quote.find(quantity.printed, max(0, quantity.number_start - figure.start))
    number_end = figure.start + at + len(quantity.printed) if at >= 0 else quantity.end
    return {
        "start": figure.start,
        "end": figure.end,
        "quote": figure.quote,
        "number_start": quantity.number_start,
        "number_end": number_end,
        **_of_quantity(quantity),
        "family": decision.family,
        "layer": decision.layer,
        "role": decision.role,
        "confidence": decision.confidence,
        "words": list(decision.words),
        "period": _written(figure.period),
        "notes": [[note.kind, dict(note.values)] for note in figure.notes],
        "why": "",
    }


def figure_at(layers: Layers, text: str, start: int, end: int) -> dict[str, Any]:
    """Return the one figure of some words of a text, with these as its quote.

    Raises
    ------
    Refused
        If they hold no number with a unit, or more than one.
    """
    inside = [each for each in extract(text, layers) if start <= each.quantity.number_start < end]
    if not inside:
        inside = extract(text[start:end], layers)
        inside = [replace(each, quantity=_moved(each.quantity, start)) for each in inside]
    if len(inside) != 1:
        found = ", ".join(each.quantity.printed for each in inside) or "-"
        raise Refused(
            N_("The selected words hold these figures: {found}. Select words that hold one number with its unit."),
            found=found,
        )
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return value_of(replace(inside[0], start=start, end=end, quote=text[start:end]))


def corrected(
    layers: Layers, text: str, value: Mapping[str, Any], changes: Mapping[str, Any], why: str
) -> dict[str, Any]:
    """Return the value of a claim of a text with corrections.

    Parameters
    ----------
    changes : mapping
        Any of ``printed qualifier layer role period low high``. `printed` is a number with its unit; its
        value and interval follow from it. `low` and `high` are canonical and need a reason.

    Raises
    ------
    Refused
        If a value is not understood, does not fit the layer, or a reason is missing.
    """
    made = dict(value)
    if {"printed", "qualifier"} & set(changes):
        made |= _of_quantity(_quantity(text, value, changes))
        if not is_possible(made):
            raise Refused(
                N_("{printed} is more than anything on Earth. Check the number and its unit."), printed=made["printed"]
            )
    if "role" in changes:
        made["role"] = _one_of(changes["role"], ROLES, N_("{found!r} is no role; expected one of {known}."))
    if "period" in changes:
        made["period"] = document_facts.days(changes["period"])
    if "layer" in changes:
        made["layer"] = changes["layer"] or None
        if made["layer"]:
            made["family"] = layers.find(made["layer"]).family
    if {"low", "high"} & set(changes):
        made |= _overridden(made, changes, why)
    _demand_fit(layers, made)
    return made


def is_possible(value: Mapping[str, Any]) -> bool:
    """Tell whether an amount is one that can be kept: more than nothing, and no slip of the unit."""
    return 0 < Fraction(value["value"]) * MEASURES[value["measure"]].parts <= MAX_PARTS


def demand_reason(why: str) -> str:
    """Return a reason without the space around it.

    Raises
    ------
    Refused
        If there is none.
    """
    if not why.strip():
        raise Refused(N_("No reason was given. Say in a few words what was checked, and where it is written."))
    return why.strip()


def _of_quantity(quantity: Quantity) -> dict[str, Any]:
    low, high = quantity.interval
    return {
        "printed": quantity.printed,
        "unit": quantity.unit,
        "measure": quantity.measure,
        "value": str(quantity.canonical),
        "qualifier": quantity.qualifier,
        "low": str(low),
        "high": None if high is None else str(high),
        "why": "",
    }


def _quantity(text: str, value: Mapping[str, Any], changes: Mapping[str, Any]) -> Quantity:
    """Read a corrected number or qualifier; what stands in the text keeps what it says there, such as a range."""
    printed = str(changes.get("printed", value["printed"])).strip()
    own = [each for each in find(text) if (each.number_start, each.printed) == (value["number_start"], printed)]
    quantity = own[0] if own else _read(printed, text)
    known = value["qualifier"] if "printed" not in changes else quantity.qualifier
    qualifier = _one_of(
        changes.get("qualifier", known), QUALIFIERS, N_("{found!r} is no qualifier; expected one of {known}.")
    )
    return replace(quantity, qualifier=qualifier)


def _read(printed: str, text: str) -> Quantity:
    """Read one number with its unit as the text around it would mean it: tons are those of its country."""
    found = [each for each in find(f"{printed}\n{text}") if each.end <= len(printed)]
    quantity = found[0] if len(found) == 1 else read(printed) if not found else None
    if quantity is None or (quantity.start, quantity.end) != (0, len(printed)):
        raise Refused(
            N_("The figure {printed!r} is not understood; expected digits and a known unit, such as 11.5万亩."),
            printed=printed,
        )
    return quantity


def _one_of(found: object, known: tuple[str, ...], sentence: str) -> str:
    if found not in known:
        raise Refused(sentence, found=found, known=", ".join(known))
    return str(found)


def _moved(quantity: Quantity, by: int) -> Quantity:
    return replace(quantity, start=quantity.start + by, end=quantity.end + by, number_start=quantity.number_start + by)


def _overridden(value: Mapping[str, Any], changes: Mapping[str, Any], why: str) -> dict[str, Any]:
    reason = demand_reason(why)
    low = _end(changes.get("low", value["low"]))
    high = changes.get("high", value["high"])
    high = None if high in (None, "") else _end(high)
    is_empty = high is not None and (high < low or (high == low and value["measure"] != "count"))
    if is_empty or high == 0:
        raise Refused(N_("The lower end of the interval lies below zero, or above the upper end."))
    if max(low, high or low) * MEASURES[value["measure"]].parts > MAX_PARTS:
        raise Refused(N_("The ends of the interval have to be numbers."))
    return {"low": str(low), "high": None if high is None else str(high), "why": reason}


def _end(typed: object) -> Fraction:
    if not _NUMBER.fullmatch(str(typed)):
        raise Refused(N_("The ends of the interval have to be numbers."))
    return Fraction(str(typed))


def _demand_fit(layers: Layers, value: Mapping[str, Any]) -> None:
    layer = layers.find(value["layer"]) if value["layer"] else None
    if layer is not None and layer.measure != value["measure"]:
        raise Refused(
            N_("{printed} is measured by {measure}, but layer {layer} is measured by {expected}."),
            printed=value["printed"],
            measure=value["measure"],
            layer=layer.id,
            expected=layer.measure,
        )


def _written(period: Period | None) -> dict[str, str | None] | None:
    if period is None:
        return None
    first, last = (each.isoformat() if each else None for each in (period.first, period.last))
    return {"words": period.words, "first": first, "last": last}
