"""Words and numbers in a locale, without Flask.

English and Chinese are complete; every other locale falls back to English. Numbers follow
the house style: comma groups, U+2212 as minus, a narrow no-break space before a Latin unit
and none before a Chinese one.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

LOCALES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "translations"
THIN = "\u202f"
MINUS = "\u2212"


def N_(message: str) -> str:
    """Mark a message for translation where it cannot be translated yet."""
    return message


@cache
def catalogue(locale: str) -> NullTranslations:
    """Load the compiled messages of a locale; English and unknown ones are empty."""
    return Translations.load(CATALOGUES, [locale])


def translate(message: str, locale: str, **values: object) -> str:
    """Translate a message and fill its ``{places}``."""
    text = catalogue(locale).gettext(message)
    return text.format(**values) if values else text


def number(value: int | float | Decimal | Fraction, decimals: int = 0) -> str:
    """Write a number with comma groups and half-up rounding.

    Examples
    --------
    >>> number(Fraction(2000, 3), 1)
    '666.7'
    >>> number(-1842)
    '\u22121,842'
    """
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def with_unit(text: str, unit: str, locale: str) -> str:
    """Put a unit behind a written number, in the manner of the locale.

    Examples
    --------
    >>> with_unit("3", "亩", "zh")
    '3亩'
    """
    if not unit:
        return text
    return f"{text}{unit}" if locale == "zh" else f"{text}{THIN}{unit}"
