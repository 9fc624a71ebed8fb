"""Tonnes or kilograms: what the values of a column of weights say about their unit."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from geo_app.errors import AnswerNeeded
from geo_app.i18n import N_
from geo_app.ingest.columns import fold
from geo_app.ingest.draft import Draft
from geo_app.ingest.texts import Plain, plain
from geo_app.ingest.unitwords import (
    LIGHTEST_LOAD_T,
    MASS_UNITS,
    Implied,
    Unit,
    by_ratio,
    mass_unit_by_size,
    unit_in_name,
)

CONFIRMED = "unit:"
FAR_OUT = 3  # times the limits
_TICKET = ("单", "票", "bdh", "ldbh", "ticket", "manifest", "waybill", "weighbr", "weigh_t")
_OTHER_WEIGHTS = ("毛", "皮", "gross", "tare")
_CONTRADICTED = N_(
    "Column {column!r} of {file} says {named}, but {share} percent of its {rows} values are plausible only in {unit}. "
    "Say with {option} whether they are in {first} / in {second}."
)
_UNSAID = N_(
    "Column {column!r} of {file} names no unit. The middle one of its values, {middle}, is too much for a load of so "
    "many t: they may be heaps in t, or loads in kg. Say with {option} whether they are in {first} / in {second}."
)


def unit_of(draft: Draft, name: str, numbers: Plain, named: Unit | None) -> Unit | None:
    """Decide the unit of a column of weights; ask where it may be a thousand times off.

    What a person says comes first, then the unit that the column names, then what the values imply.

    Parameters
    ----------
    name : str
        The file's column.
    numbers : Plain
        Its plain numbers.
    named : Unit or None
        The unit in its name.

    Returns
    -------
    Unit or None
        None where nothing tells it.
    """
    implied = _implied(draft, name, numbers)
    if implied is None or implied.unit is None:
        return named or _heaps_or_loads(draft, name, numbers.values)
    about: dict[str, Any] = {
        "column": name,
        "unit": implied.unit.word,
        "rows": implied.rows,
        "share": round(implied.share * 100),
    }
    unit = named or implied.unit
    if named is None:
        draft.find("weight_by_value", **about)
    elif named.factor != implied.unit.factor and named.factor in {each.factor for each in MASS_UNITS}:
        draft.find("unit_doubtful", named=named.word, **about)
        if _is_absurd(draft, numbers.values, named):
            unit = _either(draft, _CONTRADICTED, named, named=named.word, **about)
    if unit.factor == implied.unit.factor:
        draft.fits["quantity"] = implied.share
    return unit


def _is_absurd(draft: Draft, stated: np.ndarray, unit: Unit) -> bool:
    """Tell whether weights are far from what a load can be; a lorry somewhat overloaded is none of our business."""
    largest = _limit(draft, "ticket_max_t")
    middle = float(np.median(stated[stated > 0])) * float(unit.factor)
    return largest is None or not LIGHTEST_LOAD_T / FAR_OUT <= middle <= largest * FAR_OUT


def _implied(draft: Draft, name: str, numbers: Plain) -> Implied | None:
    """Tell kilograms from tonnes: by another column that names its unit, else by what a lorry carries."""
    for other, unit in _weights_beside(draft, name):
        tonnes = plain(draft.arrow(other)).values * float(unit.factor)
        found = by_ratio(numbers.values, tonnes, MASS_UNITS)
        if found is not None:
            return found
    largest = _limit(draft, "ticket_max_t")
    if largest is None or not any(word in fold(draft.mapping.get("code", "")) for word in _TICKET):
        return None
    return mass_unit_by_size(numbers.values, largest)


def _weights_beside(draft: Draft, name: str) -> Iterator[tuple[str, Unit]]:
    for other in draft.part.table.columns:
        unit = unit_in_name(other) if other != name else None
        if unit is not None and unit.measure == "mass" and not any(word in fold(other) for word in _OTHER_WEIGHTS):
            yield other, unit


def _limit(draft: Draft, name: str) -> float | None:
    found = (draft.layer.limits or {}).get(name)
    return None if found is None else float(found)


def _heaps_or_loads(draft: Draft, name: str, stated: np.ndarray) -> Unit | None:
    """Ask about weights without a unit that are heaps in tonnes, if they are not loads in kilograms."""
    largest, heap = _limit(draft, "ticket_max_t"), _limit(draft, "heap_max_t")
    weights = stated[stated > 0]
    middle = float(np.median(weights)) if len(weights) else 0.0
    tonnes, kilograms = MASS_UNITS
    if largest is None or middle <= max(largest, LIGHTEST_LOAD_T / kilograms.factor):
        return None
    first = kilograms if heap is not None and middle > heap else tonnes
    return _either(draft, _UNSAID, first, column=name, middle=f"{middle:g}")


def _either(draft: Draft, template: str, first: Unit, **about: Any) -> Unit:
    """Take the unit that a person has chosen; where nobody has, propose one and name the other."""
    second = next(each for each in MASS_UNITS if each.factor != first.factor)
    words = {each.factor: each.word for each in MASS_UNITS}
    answers = {CONFIRMED + words[unit.factor]: unit for unit in (first, second)}
    said = [each for each in draft.choices.confirmed if each in answers]
    if said:
        return answers[said[-1]]
    need = AnswerNeeded(
        template,
        needs="confirmation",
        option=f"--accept / --unit quantity={second.word}",
        choices=tuple(answers),
        file=draft.part.sublayer,
        first=first.word,
        second=second.word,
        **about,
    )
    draft.confirm(need.choices[0], need)
    return first
