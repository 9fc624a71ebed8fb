"""What a rule or a reason says, in a language."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from geo_app.filling import fill
from geo_app.i18n import LOCALES, N_, kilometres, number, percent, signed, square_metres, translate
from geo_app.methods import DECLARED, GEODESIC, MERCATOR, OFFICIAL, PLANE, Comparison
from geo_app.rules import RULES
from geo_app.units import HECTARE, MU

_COORDINATES = ("x", "y")
METHOD_WORDS = {
    GEODESIC: N_("Geodesic, CGCS2000 ellipsoid"),
    OFFICIAL: N_("Official survey rule"),
    PLANE: N_("Plane, in the file’s own system"),
    DECLARED: N_("Declared"),
    MERCATOR: N_("Web Mercator"),
}


class Told(dict[str, object]):
    """Values of a stored sentence; one that an older version did not keep leaves a gap, not a failure."""

    def __missing__(self, _name: str) -> str:
        return "…"


def say(rule: str, values: Mapping[str, object], locale: str, part: str = "template") -> str:
    """Say the sentence of a rejection or a finding, or its ``cure``.

    Returns
    -------
    str
        For a rule that this version does not know, its name; as cure, an empty text.
    """
    known = RULES.get(rule)
    text = getattr(known, part) if known else ("" if part == "cure" else rule)
    phrases = {name: _phrase(str(values[name]), locale) for name in (known.phrases if known else ()) if name in values}
    written = {name: _written(name, value) for name, value in values.items()}
    return fill(translate(text, locale), Told({**written, **phrases}), locale) if text else ""


def _phrase(text: str, locale: str) -> str:
    """Translate a phrase of ours, or several in a row."""
    first, *rest = re.split(r"(, | \+ )", text)
    joints = {", ": "、"} if locale == "zh" else {}
    later = (joints.get(each, each) if at % 2 == 0 else translate(each, locale) for at, each in enumerate(rest))
    return translate(first, locale) + "".join(later)


def _written(name: str, value: object) -> object:
    """Write a number with comma groups, as everywhere; coordinates stay as they stand in the file."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:,}" if is_number and name not in _COORDINATES else value


def why(compared: Comparison, locale: str) -> str:
    """Say why a method of measuring differs; an empty text where no reason is known."""
    said = [
        translate(
            reason.template, locale, **{name: _filled(name, value, locale) for name, value in reason.values.items()}
        )
        for reason in compared.reasons
    ]
    return ("" if locale == "zh" else " ").join(said)


def by_method(compared: Iterable[Comparison]) -> list[dict[str, Any]]:
    """Give a total by each method as plain values; a method without an area has none."""
    return [_method(each) for each in compared]


def _method(each: Comparison) -> dict[str, Any]:
    has_area = not math.isnan(each.area_m2)
    return {
        "method": each.method,
        "area_m2": each.area_m2 if has_area else None,
        "area_mu": each.area_m2 / float(MU) if has_area else None,
        "area_ha": each.area_m2 / float(HECTARE) if has_area else None,
        "difference_m2": each.difference_m2 if has_area else None,
        "sites": each.sites,
        **{f"why_{locale}": why(each, locale) for locale in LOCALES},
    }


def _filled(name: str, value: Any, locale: str) -> str:
    """Write a value of a reason by what the end of its name says it is."""
    if isinstance(value, str):
        return translate(value, locale) if name.endswith("word") else value
    kind = name.rpartition("_")[2]
    written: dict[str, Callable[[], str]] = {
        "m2": lambda: signed(square_metres(value, locale)) if "_more_" in name else square_metres(value, locale),
        "m": lambda: kilometres(value, locale),
        "share": lambda: percent(value),
    }
    return written[kind]() if kind in written else number(value, 6).rstrip("0").rstrip(".")
