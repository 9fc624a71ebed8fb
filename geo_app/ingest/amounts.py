"""Numbers as people write them, to stored integers, exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pyarrow as pa

from geo_app.ingest.texts import Plain, as_arrow, plain
from geo_app.ingest.unitwords import Unit, unit_behind
from geo_app.units import MAX_PARTS, MEASURES, MULTIPLIERS

_WIDE = str.maketrans("０１２３４５６７８９．，－＋％　", "0123456789.,-+% ")
_NUMBER = re.compile(r"([+\-\u2212]?)(\d[\d.,' \u00a0\u202f]*|\.\d+)(?:[eE]([+-]?\d{1,3}))?(.*)", re.ASCII | re.DOTALL)
_LEADING = re.compile(r"\d{1,18}(\.\d{1,18})?(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_SIMPLE = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_POINT_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+")
_COMMA_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d+,\d+|\d+")
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))")
_ONE_COMMA = re.compile(r"\d{1,3},\d{3}")
_COMMA_DECIMAL = re.compile(r"\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+")
_POINT_DECIMAL = re.compile(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}")


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be taken: the rule and what fills its sentence."""

    rule: str
    values: dict[str, object]


@dataclass(frozen=True)
class Amounts:
    """A column of amounts in stored parts, and its faults by row.

    Attributes
    ----------
    numbers : ndarray of int64
        0 where missing.
    missing : ndarray of bool
        True where the cell is empty or a fault.
    """

    numbers: np.ndarray
    missing: np.ndarray
    faults: dict[int, Fault] = field(default_factory=dict)

    @property
    def parts(self) -> list[int | None]:
        """The amounts, None where missing."""
        return [None if gone else int(part) for part, gone in zip(self.numbers, self.missing, strict=True)]

    @classmethod
    def none(cls, count: int) -> "Amounts":
        """Make a column in which every amount is missing."""
        return cls(np.zeros(count, np.int64), np.ones(count, bool))

    @classmethod
    def ones(cls, count: int) -> "Amounts":
        """Make a column in which everything is one of its kind."""
        return cls(np.ones(count, np.int64), np.zeros(count, bool))


def parse(
    values: Sequence[str | None] | pa.Array, column: str, unit: Unit, decimals: int = 0, known: Plain | None = None
) -> Amounts:
    """Read a column of numbers.

    Parameters
    ----------
    values : sequence of str or None
        None and blanks are missing; they never become 0.
    column : str
        Its name, for the sentences.
    unit : Unit
        What one is, where the value does not say so itself.
    decimals : int
        Decimals that the file declares for the column (shapefile); 0 where it does not.
    known : Plain, optional
        The plain numbers among the values, where they have been read already.

    Returns
    -------
    Amounts
        Every row is a number, missing, or a fault.

    Examples
    --------
    >>> tonnes = Unit("吨", "mass", Fraction(1))
    >>> parse(["1,234.5 吨", "300公斤", None], "重量", tonnes).parts
    [1234500000, 300000, None]
    >>> parse(["****"], "重量", tonnes).faults[0].rule
    'not_a_number'
    """
    texts = as_arrow(values)
    simple = known or plain(texts)
    read = _scaled(simple, unit.factor * MEASURES[unit.measure].parts)
    if unit.measure == "count":
        _reject_parts(simple, texts, column, unit, read)
    odd = np.flatnonzero(~simple.is_plain & texts.is_valid().to_numpy(zero_copy_only=False))
    written = texts.take(pa.array(odd)).to_pylist()
    comma = _comma(written, decimals)
    if comma == "decimal":  # then a point may set thousands apart: 1.234 says two things
        for row in np.flatnonzero(simple.is_plain & (simple.decimals == 3)).tolist():
            read.faults[row] = Fault("ambiguous_number", {"column": column, "value": texts[row].as_py()})
            read.numbers[row], read.missing[row] = 0, True
    for row, value in zip(odd.tolist(), written, strict=True):
        part = _written(value, column, unit, comma, row, read.faults)
        read.numbers[row], read.missing[row] = min(part or 0, MAX_PARTS + 1), part is None
    for row in np.flatnonzero(read.numbers > MAX_PARTS).tolist():
        read.faults[row] = Fault("number_too_large", {"column": column, "value": texts[row].as_py()})
        read.numbers[row], read.missing[row] = 0, True
    return read


def _reject_parts(simple: Plain, texts: pa.LargeStringArray, column: str, unit: Unit, read: Amounts) -> None:
    """Reject what counts parts of things: 3.5 of them are neither 3 nor 4."""
    for row in np.flatnonzero(simple.is_plain & (simple.decimals > 0)).tolist():
        if (int(simple.digits[row]) * unit.factor / 10 ** int(simple.decimals[row])).denominator != 1:
            read.faults[row] = Fault("not_whole", {"column": column, "value": texts[row].as_py()})
            read.numbers[row], read.missing[row] = 0, True


def _scaled(simple: Plain, scale: Fraction) -> Amounts:
    """Bring plain numbers to stored parts, exactly."""
    numbers = np.zeros(len(simple.digits), np.int64)
    for decimals in np.unique(simple.decimals):
        rows = np.flatnonzero(simple.is_plain & (simple.decimals == decimals))
        times, divisor = (scale / 10 ** int(decimals)).as_integer_ratio()
        digits = simple.digits[rows]
        if not len(rows) or int(digits.max()) * times < MAX_PARTS:
            whole, rest = np.divmod(digits * times, divisor)
            numbers[rows] = whole + ((2 * rest > divisor) | ((2 * rest == divisor) & (whole % 2 == 1)))
        else:
            numbers[rows] = [min(half_even(each, times, divisor), MAX_PARTS + 1) for each in digits.tolist()]
    return Amounts(numbers, ~simple.is_plain)


def half_even(number: int, times: int, divisor: int) -> int:
    """Multiply, divide and round half to even, in integers.

    Examples
    --------
    >>> half_even(5, 1, 2), half_even(7, 1, 2)
    (2, 4)
    """
    whole, rest = divmod(number * times, divisor)
    twice = 2 * rest
    return whole + (twice > divisor or (twice == divisor and whole % 2 == 1))


def leading(text: str) -> float:
    """Give the number that a text begins with, for comparisons only; NaN where there is none."""
    match = _LEADING.match(text.translate(_WIDE).replace(",", ""))
    return float(match[0]) if match else float("nan")


def behind(text: str) -> str:
    """Give what stands behind the number that a text is; empty where there is nothing, or no number.

    Examples
    --------
    >>> behind("1,234.5 吨"), behind("３００"), behind("****")
    ('吨', '', '')
    """
    match = _NUMBER.fullmatch(text.translate(_WIDE).strip())
    return match[4].strip() if match else ""


def _comma(values: Sequence[str | None], decimals: int) -> str:
    """Tell what a comma is in this column: ``decimal``, ``thousands``, or ``unknown`` alone."""
    written = [value for value in values if isinstance(value, str) and "," in value]
    if any(_COMMA_DECIMAL.fullmatch(_bare(value)) for value in written):
        return "unknown" if any(_POINT_DECIMAL.fullmatch(_bare(value)) for value in written) else "decimal"
    if decimals == 3 and written and all(_ONE_COMMA.fullmatch(_bare(value)) for value in written):
        return "decimal"
    return "thousands"


def _bare(value: str) -> str:
    match = _NUMBER.fullmatch(value.translate(_WIDE).strip())
    return _SPACES.sub("", match[2]).strip() if match else ""


def _written(value: str, column: str, unit: Unit, comma: str, row: int, faults: dict[int, Fault]) -> int | None:
    """Read one value that is more than plain digits."""
    text = value.translate(_WIDE).strip()
    if not text:
        return None
    about: dict[str, object] = {"column": column, "value": value}
    match = _NUMBER.fullmatch(text)
    if match is None:
        faults[row] = Fault("not_a_number", about)
        return None
    sign, digits, exponent, behind = match.groups()
    number = _decimal(_SPACES.sub("", digits).strip(), comma)
    if number is None:
        rule = "ambiguous_number" if comma == "unknown" and "," in digits else "not_a_number"
        faults[row] = Fault(rule, about)
        return None
    if sign in ("-", "\u2212") and number:
        faults[row] = Fault("negative_number", about)
        return None
    own = _own_unit(behind.strip(), unit)
    if own is None:
        is_unit = unit_behind(behind.strip()) is not None
        extra = {"measure": unit.measure, "unit": unit.word} if is_unit else {}
        faults[row] = Fault("wrong_unit" if is_unit else "not_a_number", about | extra)
        return None
    exact = number * own.factor * MEASURES[own.measure].parts * Fraction(10) ** int(exponent or 0)
    if own.measure == "count" and exact.denominator != 1:
        faults[row] = Fault("not_whole", about)
        return None
    return half_even(1, *exact.as_integer_ratio())


def _own_unit(behind: str, unit: Unit) -> Unit | None:
    """Read what stands behind a number: nothing, 万, or a unit of the same measure."""
    if not behind:
        return unit
    if behind in MULTIPLIERS:
        return Unit(behind + unit.word, unit.measure, unit.factor * MULTIPLIERS[behind])
    found = unit_behind(behind)
    return found if found is not None and found.measure == unit.measure else None


def _decimal(digits: str, comma: str) -> Fraction | None:
    if "," not in digits and digits.count(".") <= 1:
        return Fraction(digits.rstrip(".")) if _SIMPLE.fullmatch(digits) else None
    if comma == "unknown" and _ONE_COMMA.fullmatch(digits):
        return None
    if comma == "thousands" or (comma == "unknown" and _POINT_DECIMAL.fullmatch(digits)):
        return Fraction(digits.replace(",", "")) if _POINT_THOUSANDS.fullmatch(digits) else None
    if _COMMA_THOUSANDS.fullmatch(digits):
        return Fraction(digits.replace(".", "").replace(",", "."))
    return None
