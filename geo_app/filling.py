"""Sentences with places, filled so that people see what a file holds and not how Python would write it."""

import string
from collections.abc import Mapping, Sequence
from typing import Any

QUOTES = {"en": ("'", "'"), "zh": ("“", "”")}
_WIDE_SPACE = "\u3000"  # which is no control character, only wide


def fill(template: str, values: Mapping[str, object], locale: str = "en") -> str:
    r"""Fill the ``{places}`` of a sentence; text that is marked with ``!r`` is quoted.

    Examples
    --------
    >>> fill("{value!r} is {unit}.", {"value": "总\u3000计\n", "unit": "t"}), fill("{value!r}。", {"value": "a"}, "zh")
    ("'总\u3000计\\n' is t.", '“a”。')
    """
    return _Filler(locale).vformat(template, (), values)


def quoted(text: str, locale: str = "en") -> str:
    """Put text of a file between quotation marks; what cannot be seen is written as its code."""
    opening, closing = QUOTES.get(locale, QUOTES["en"])
    shown = (each if each.isprintable() or each == _WIDE_SPACE else _code(each) for each in text)
    return f"{opening}{''.join(shown)}{closing}"


def _code(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


class _Filler(string.Formatter):
    """Formats as `str.format` does, but for quoted text."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """Quote text; anything else is written as Python would."""
        if conversion == "r" and isinstance(value, str):
            return quoted(value, self.locale)
        return super().convert_field(value, conversion)

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Look up a place by its name; a mapping may give something for one that it does not have."""
        return kwargs[str(key)]
