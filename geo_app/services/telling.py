"""What a rule says, in a language."""

from collections.abc import Mapping

from geo_app.i18n import translate
from geo_app.rules import RULES

_COORDINATES = ("x", "y")


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
    phrases = {
        name: translate(str(values[name]), locale) for name in (known.phrases if known else ()) if name in values
    }
    written = {name: _written(name, value) for name, value in values.items()}
    return translate(text, locale).format_map(Told({**written, **phrases})) if text else ""


def _written(name: str, value: object) -> object:
    """Write a number with comma groups, as everywhere; coordinates stay as they stand in the file."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:,}" if is_number and name not in _COORDINATES else value
