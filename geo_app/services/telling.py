"""What a rule says, in a language."""

from collections.abc import Mapping

from geo_app.i18n import translate
from geo_app.rules import RULES


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
    return translate(text, locale).format_map(Told({**values, **phrases})) if text else ""
