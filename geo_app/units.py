"""Measures, units and the only conversion factors in the code.

Amounts are kept as integers of a small unit, so that sums do not depend on their order:
cm², mm, g, cm³, pieces and 0.01 CNY. Everything else is made of them at the edges.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Measure:
    """What a layer is totalled by.

    Attributes
    ----------
    unit : str
        Canonical unit, as the command line and the API name it.
    parts : int
        How many stored integers make one canonical unit.
    """

    unit: str
    parts: int


MEASURES = {
    "area": Measure("m2", 10_000),
    "length": Measure("m", 1_000),
    "mass": Measure("t", 1_000_000),
    "volume": Measure("m3", 1_000_000),
    "count": Measure("count", 1),
    "amount": Measure("CNY", 100),
}

MU = Fraction(2000, 3)
HECTARE = Fraction(10_000)
SHORT_TON = Fraction(90718474, 10**8)  # of the United States, in tonnes, exactly
LONG_TON = Fraction(10160469088, 10**10)

# unit word -> (measure, canonical units in one); multipliers 万 and 亿 are read apart from it
UNITS: dict[str, tuple[str, Fraction]] = {
    "亩": ("area", MU),
    "畝": ("area", MU),
    "mu": ("area", MU),
    "公顷": ("area", HECTARE),
    "公頃": ("area", HECTARE),
    "ha": ("area", HECTARE),
    "平方公里": ("area", Fraction(10**6)),
    "平方千米": ("area", Fraction(10**6)),
    "km2": ("area", Fraction(10**6)),
    "km²": ("area", Fraction(10**6)),
    "平方米": ("area", Fraction(1)),
    "㎡": ("area", Fraction(1)),
    "m2": ("area", Fraction(1)),
    "m²": ("area", Fraction(1)),
    "吨": ("mass", Fraction(1)),
    "噸": ("mass", Fraction(1)),
    "公吨": ("mass", Fraction(1)),
    "短吨": ("mass", SHORT_TON),
    "美吨": ("mass", SHORT_TON),
    "长吨": ("mass", LONG_TON),
    "t": ("mass", Fraction(1)),
    "公斤": ("mass", Fraction(1, 1000)),
    "千克": ("mass", Fraction(1, 1000)),
    "kg": ("mass", Fraction(1, 1000)),
    "斤": ("mass", Fraction(1, 2000)),
    "立方米": ("volume", Fraction(1)),
    "m3": ("volume", Fraction(1)),
    "m³": ("volume", Fraction(1)),
    "方": ("volume", Fraction(1)),
    "公里": ("length", Fraction(1000)),
    "千米": ("length", Fraction(1000)),
    "km": ("length", Fraction(1000)),
    "米": ("length", Fraction(1)),
    "m": ("length", Fraction(1)),
    "元": ("amount", Fraction(1)),
    "CNY": ("amount", Fraction(1)),
    "家": ("count", Fraction(1)),
    "件": ("count", Fraction(1)),
    "个": ("count", Fraction(1)),
    "处": ("count", Fraction(1)),
    "座": ("count", Fraction(1)),
    "份": ("count", Fraction(1)),
    "条": ("count", Fraction(1)),
    "count": ("count", Fraction(1)),
}

MAX_TOTAL = 10**18  # of one file; what a store's integers hold is nine times as much
MAX_PARTS = 10**16  # 10 million km², 10 billion t, 100 trillion CNY: more is a slip of the unit
MULTIPLIERS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def unit_at_end(text: str) -> tuple[str, str, Fraction] | None:
    """Find the unit that a text ends with, with its 万 or 亿.

    Returns
    -------
    (word, measure, factor) or None
        `factor` is canonical units in one; None when no unit is known.

    Examples
    --------
    >>> unit_at_end("11.5万亩")
    ('万亩', 'area', Fraction(20000000, 3))
    >>> unit_at_end("a few")
    """
    for word in sorted(UNITS, key=len, reverse=True):
        if text.endswith(word):
            measure, factor = UNITS[word]
            before = text[: -len(word)]
            many = MULTIPLIERS.get(before[-1:], 1)
            prefix = before[-1:] if many > 1 else ""
            return prefix + word, measure, factor * many
    return None


def to_parts(value: Decimal | Fraction | float | int, measure: str, factor: Fraction = Fraction(1)) -> int:
    """Turn a number of some unit into the stored integer, rounding half to even.

    Parameters
    ----------
    value : number, finite
    measure : key of `MEASURES`
    factor : canonical units in one of the number's unit

    Raises
    ------
    ValueError, OverflowError
        If `value` is not finite.

    Examples
    --------
    >>> to_parts(Decimal("11.5"), "area", MU * 10_000)
    766666666667
    """
    exact = Fraction(value) * factor * MEASURES[measure].parts
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def from_parts(parts: int, measure: str) -> Fraction:
    """Turn a stored integer into canonical units, exactly."""
    return Fraction(int(parts), MEASURES[measure].parts)
