"""A figure's bridge as rows of a table, in words, and on the axis of its chart. Pure: a locale goes in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from geo_app.bridge import DEDUCTIONS
from geo_app.i18n import MINUS, THIN, number, signed, square_metres, translate, with_unit
from geo_app.model import Step, Verdict
from geo_app.services.evidence import STEP_WORDS, BridgeRow, Figure
from geo_app.units import HECTARE, MEASURES, MU, from_parts
from geo_app.web import wording
from geo_app.web.drawing import end_of

_SMALL_MU = 100
_LARGE_T = 1000
_ROOM = 0.06  # of the axis, left of the lowest and right of the highest value
_FROM_ZERO = 0.5  # lowest value, as a share of the highest, below which the axis starts at 0
_TICKS = (1, 2, 2.5, 5, 10)
_FINER = 10  # parts of the distance of ticks at which an axis may start


@dataclass(frozen=True)
class Axis:
    """The axis of the chart: its ends, and round values with their place in percent of the width."""

    low: float
    high: float
    ticks: tuple[tuple[float, float], ...]


def shown(parts: int, measure: str) -> float:
    """Give a stored amount in the unit of the table: mu, or the canonical unit."""
    return float(in_units(from_parts(parts, measure), measure))


def axis_of(rows: Sequence[BridgeRow], verdict: Verdict) -> Axis:
    """Choose an axis that holds every row and the interval, from 0 where a start elsewhere would gain little."""
    claim = verdict.claim
    values = [shown(parts, claim.measure) for row in rows for parts in (row.before, row.after)]
    values += [float(in_units(each, claim.measure)) for each in (claim.low, end_of(claim))]
    low, high = min(values), max(values)
    if low <= _FROM_ZERO * high:
        low, high = 0.0, (high or 1.0) * (1 + _ROOM)
        step = _round_step(high)
    else:
        room = (high - low or high) * _ROOM
        step = _round_step(high - low + 2 * room)
        low, high = math.floor((low - room) / step * _FINER) / _FINER * step, high + room
    if claim.measure == "count":
        low, step = math.floor(low), max(1.0, math.floor(step))
    first, last = math.ceil(low / step + 0.02), math.floor(high / step - 0.02)
    ticks = [round(at * step, 10) for at in range(first, last + 1)]
    return Axis(low, high, tuple((value, (value - low) / (high - low) * 100) for value in ticks))


def _round_step(length: float) -> float:
    """Choose a round distance of ticks, of which four or so lie in a length."""
    rough = length / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in _TICKS if each * power >= rough)


def decimals_of(verdict: Verdict) -> int:
    """Choose how many decimals the amounts of a bridge are written with, the same in all rows."""
    measure = verdict.claim.measure
    largest = max((abs(shown(step.amount, measure)) for step in verdict.steps), default=0)
    if measure == "area":
        return 2 if largest < _SMALL_MU else 1
    if measure in ("mass", "volume"):
        return 2 if largest < _LARGE_T else 1
    if measure == "amount":
        return 0 if all(step.amount % 100 == 0 for step in verdict.steps) else 2
    return 0 if measure == "count" else 1


def cell(parts: int, measure: str, decimals: int, *, hectares: bool = False, plus: bool = False) -> str:
    """Write an amount for a cell of the table, without its unit; what is not 0 is never written as 0.

    Examples
    --------
    >>> cell(-7, "area", 1), cell(0, "area", 1)
    ('\u2212<0.1', '0.0')
    """
    value = from_parts(parts, measure) / (HECTARE if hectares else unit_of(measure))
    text = number(value, decimals)
    if value and not text.strip(f"{MINUS}0."):
        text = f"{MINUS if value < 0 else ''}<{number(Fraction(1, 10**decimals), decimals)}"
    return f"+{text}" if plus and value > 0 else text


def difference(m2: float, decimals: int, locale: str) -> str:
    """Write a difference of areas in mu; one that would be written as 0 in square metres.

    Examples
    --------
    >>> difference(12194.8, 1, "en"), difference(-0.215, 1, "en")
    ('+18.3', '\u22120.22\u202fm²')
    """
    mu = m2 / float(MU)
    return signed(number(mu, decimals) if abs(mu) >= 10**-decimals else square_metres(m2, locale))


def in_units(value: Fraction, measure: str) -> Fraction:
    """Turn canonical units into the unit of the table."""
    return value / unit_of(measure)


def plain(value: Fraction, measure: str) -> str:
    """Write canonical units in the unit of the table, without the unit and without trailing zeros.

    Examples
    --------
    >>> plain(Fraction(229000000, 3), "area")
    '114,500'
    """
    return trimmed(float(in_units(value, measure)))


def trimmed(value: float) -> str:
    """Write a number of the table's unit without trailing zeros."""
    text = number(value, 3)
    return text.rstrip("0").rstrip(".") or "0"


def step_word(step: str, locale: str) -> str:
    """Name a step."""
    return translate(STEP_WORDS[step], locale)


def units_of(figure: Figure, locale: str) -> str:
    """Name the unit that the amounts of a bridge are written in; empty for a count without a counting word."""
    measure = figure.verdict.claim.measure
    if measure == "count":
        return figure.layer.counted_as.zh if locale == "zh" else ""
    return wording.unit_word("mu" if measure == "area" else MEASURES[measure].unit, locale)


def with_measure(text: str, figure: Figure, locale: str) -> str:
    """Put the unit of a bridge to a cell's text."""
    unit = units_of(figure, locale)
    if figure.verdict.claim.measure == "amount" and locale != "zh":
        return f"{unit}{THIN}{text}"
    return with_unit(text, unit, locale)


def largest(steps: Sequence[Step]) -> Step:
    """Return the step that takes most away."""
    return min((step for step in steps if step.name in DEDUCTIONS), key=lambda step: step.amount)


def unit_of(measure: str) -> Fraction:
    """Return how many canonical units one of the tables' unit is: mu for areas."""
    return MU if measure == "area" else Fraction(1)
