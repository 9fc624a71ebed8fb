"""Words and numbers in a locale, without Flask.

English and Chinese are complete; every other locale falls back to English. Numbers follow
the house style: comma groups, U+2212 as minus, a narrow no-break space before a Latin unit
and none before a Chinese one.
"""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from geo_app.filling import fill

LOCALES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "translations"
THIN = "\u202f"
MINUS = "\u2212"
_ANY_SIZE = Context(prec=400)  # digits, more than any float has before its point


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
    return fill(text, values, locale) if values else text


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
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _ANY_SIZE)
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


def signed(text: str) -> str:
    """Put a sign before a written difference.

    Examples
    --------
    >>> signed("0.3"), signed("0.0"), signed(number(-2))
    ('+0.3', '±0.0', '\u22122')
    """
    if text.startswith(MINUS):
        return text
    return f"+{text}" if any(digit in text for digit in "123456789") else f"±{text}"


def kilometres(metres: float, locale: str) -> str:
    """Write a rough distance.

    Examples
    --------
    >>> kilometres(153_100, "zh"), kilometres(420, "zh")
    ('153公里', '0.4公里')
    """
    text = number(metres / 1000, 0 if metres >= 10_000 else 1)
    return with_unit(text, "公里" if locale == "zh" else "km", locale)


def square_metres(value: float, locale: str) -> str:
    """Write an area of any size in square metres: to 0.01 below 1,000, else whole ones."""
    text = number(value, 2 if abs(value) < 1000 else 0)
    return with_unit(text, "平方米" if locale == "zh" else "m²", locale)


def percent(share: float) -> str:
    """Write a part of 1 in percent, to three digits that say something and to 0.0001% at most.

    Examples
    --------
    >>> percent(0.57081), percent(-0.0003312), percent(12), percent(1e-8)
    ('57.1%', '\u22120.0331%', '1,200%', '0%')
    """
    value = abs(share * 100)
    if value < 5e-5:
        return "0%"
    return f"{number(share * 100, max(0, min(4, 2 - math.floor(math.log10(value)))))}%"
