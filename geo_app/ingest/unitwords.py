"""The unit of a column: by the word in its name or, for areas, by its values.

`units.UNITS` holds the units that figures are printed in; here are besides them the words that
only column names use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from geo_app.ingest.columns import fold
from geo_app.units import HECTARE, LONG_TON, MEASURES, MU, SHORT_TON, UNITS, unit_at_end

ACRE = Fraction(40468564224, 10**7)  # international acre, m²
ENOUGH = 0.6  # share of rows that have to agree
FITS_WITHIN = 0.25  # eligible and gross areas differ, and so do plane and ellipsoid

# of the United States, which mostly say only tons; elsewhere tonnes may be meant
SHORT_TONS = tuple(f"{before}{word}" for before in ("", "short ", "us ", "us short ") for word in ("ton", "tons"))
_WORDS: dict[str, tuple[str, Fraction]] = {
    "hectare": ("area", HECTARE),
    "hectares": ("area", HECTARE),
    "hm2": ("area", HECTARE),
    "hm²": ("area", HECTARE),
    "acre": ("area", ACRE),
    "acres": ("area", ACRE),
    "sqm": ("area", Fraction(1)),
    "sq m": ("area", Fraction(1)),
    "sqkm": ("area", Fraction(10**6)),
    "sq km": ("area", Fraction(10**6)),
    "tonne": ("mass", Fraction(1)),
    "tonnes": ("mass", Fraction(1)),
    "metric ton": ("mass", Fraction(1)),
    "metric tons": ("mass", Fraction(1)),
    "long ton": ("mass", LONG_TON),
    "long tons": ("mass", LONG_TON),
    **dict.fromkeys(SHORT_TONS, ("mass", SHORT_TON)),
    "cubic metres": ("volume", Fraction(1)),
    "cubic meters": ("volume", Fraction(1)),
    "cubic yards": ("volume", Fraction(764554857984, 10**12)),
    "cbm": ("volume", Fraction(1)),
    "metres": ("length", Fraction(1)),
    "meters": ("length", Fraction(1)),
    "yuan": ("amount", Fraction(1)),
    "rmb": ("amount", Fraction(1)),
    "cny": ("amount", Fraction(1)),
}
_LAST_WORD = re.compile(r"(?:^|[^a-z0-9²³])([a-z]+[23²³]?)$")
_IN_BRACKETS = re.compile(r"[(\[【<《](.*?)[)\]】>》]?$")
_CJK = re.compile(r"[\u3300-\u9fff]")


@dataclass(frozen=True)
class Unit:
    """A unit: its word, what it measures, canonical units in one."""

    word: str
    measure: str
    factor: Fraction


@dataclass(frozen=True)
class Implied:
    """What values say about their unit: the unit (None: square degrees) and how many rows fit."""

    unit: Unit | None
    share: float
    rows: int


MASS_UNITS = (Unit("t", "mass", Fraction(1)), Unit("kg", "mass", Fraction(1, 1000)))
LIGHTEST_LOAD_T = 0.05
# pinyin initials behind an area column's name: 亩, 公顷, 平方米, 平方公里
_INITIALS = {
    "m": Unit("亩", "area", MU),
    "gq": Unit("公顷", "area", HECTARE),
    "pfm": Unit("平方米", "area", Fraction(1)),
    "pm": Unit("平方米", "area", Fraction(1)),
    "pfgl": Unit("平方公里", "area", Fraction(10**6)),
}
_PINYIN_AREA = re.compile(r"[a-z]*mj_?(m|gq|pfm|pm|pfgl)")

AREA_UNITS = (
    Unit("m²", "area", Fraction(1)),
    Unit("亩", "area", MU),
    Unit("ha", "area", HECTARE),
    Unit("km²", "area", Fraction(10**6)),
    Unit("acres", "area", ACRE),
)


def canonical(measure: str) -> Unit:
    """Give the canonical unit of a measure."""
    return Unit(MEASURES[measure].unit, measure, Fraction(1))


def unit_behind(text: str) -> Unit | None:
    """Read a whole text as a unit, with its 万 or 亿.

    Examples
    --------
    >>> unit_behind("万吨").factor, unit_behind("tons").factor
    (Fraction(10000, 1), Fraction(45359237, 50000000))
    """
    word = fold(text).strip(" .")
    for known in (_WORDS, {fold(name): unit for name, unit in UNITS.items()}):
        if word in known:
            measure, factor = known[word]
            return Unit(text.strip(), measure, factor)
    found = unit_at_end(text.strip())
    if found is not None and found[0] == text.strip():
        return Unit(*found)
    return None


def unit_in_name(name: str) -> Unit | None:
    """Find the unit that a column's name ends with.

    Latin units count only as a word of their own: ``area_ha`` but not ``alpha``.

    Examples
    --------
    >>> [unit_in_name(name) and unit_in_name(name).word for name in ("重量(吨)", "Area_ha", "Alpha", "金额万元")]
    ['吨', 'ha', None, '万元']
    """
    folded = fold(name)
    bracket = _IN_BRACKETS.search(folded)
    if bracket is not None:
        found = unit_behind(bracket[1].removeprefix("单位").lstrip(":："))
        if found is not None:
            return found
    for words in (2, 1):
        last = " ".join(re.split(r"[\s_\-/]+", folded)[-words:])
        if last != folded or words == 1:
            found = unit_behind(last)
            if found is not None:
                return found
    word = _LAST_WORD.search(folded)
    if word is not None:
        return unit_behind(word[1])
    found_at_end = unit_at_end(folded) if _CJK.search(folded[-1:]) else None
    return Unit(*found_at_end) if found_at_end else None


def area_unit_in_name(name: str) -> Unit | None:
    """Find the unit of an area column; pinyin initials behind MJ (面积) count there.

    Examples
    --------
    >>> [area_unit_in_name(name).word for name in ("MJ_M", "HFMJM", "MJ_GQ", "area_m", "面积_亩")]
    ['亩', '亩', '公顷', 'm', '亩']
    """
    match = _PINYIN_AREA.fullmatch(fold(name))
    return _INITIALS[match[1]] if match else unit_in_name(name)


def area_unit_by_value(stated: np.ndarray, areas_m2: np.ndarray, degrees_2: np.ndarray | None) -> Implied | None:
    """Tell the unit of an area column from the areas that were drawn.

    Parameters
    ----------
    stated : ndarray of float
        The column's plain numbers, NaN where it holds anything else.
    areas_m2 : ndarray of float
        Measured area of each row; only those above 0 count.
    degrees_2 : ndarray of float or None
        Plane area of each row in degrees, for a file in degrees.

    Returns
    -------
    Implied or None
        None where fewer than three in five rows fit any unit.
    """
    found = by_ratio(stated, areas_m2, AREA_UNITS)
    if found is not None or degrees_2 is None:
        return found
    return by_ratio(stated, degrees_2, (None,))


def by_ratio(stated: np.ndarray, measured: np.ndarray, units: Sequence[Unit | None]) -> Implied | None:
    """Tell the unit of numbers from the same things in canonical units: the one that the median ratio is nearest to.

    Returns
    -------
    Implied or None
        None where nothing can be compared, or fewer than three in five rows fit.
    """
    with np.errstate(invalid="ignore"):
        use = (stated > 0) & (measured > 0)
    if not use.any():
        return None
    ratio = measured[use] / stated[use]
    middle = np.log(np.median(ratio))
    best = min(units, key=lambda unit: abs(middle - np.log(_factor(unit))))
    share = _share(ratio, best)
    return Implied(best, share, int(use.sum())) if share >= ENOUGH else None


def fit_of(stated: np.ndarray, measured: np.ndarray, unit: Unit) -> float | None:
    """Give the share of rows that agree with a unit; None where nothing can be compared."""
    with np.errstate(invalid="ignore"):
        use = (stated > 0) & (measured > 0)
    return _share(measured[use] / stated[use], unit) if use.any() else None


def _factor(unit: Unit | None) -> float:
    return 1.0 if unit is None else float(unit.factor)


def _share(ratio: np.ndarray, unit: Unit | None) -> float:
    return float((np.abs(ratio / _factor(unit) - 1) <= FITS_WITHIN).mean())


def mass_unit_by_size(stated: np.ndarray, largest_t: float) -> Implied | None:
    """Tell tonnes from kilograms by what a lorry can carry.

    Parameters
    ----------
    stated : ndarray of float
        Numbers of weigh tickets, NaN where there is none.
    largest_t : float
        What one ticket weighs at most.

    Returns
    -------
    Implied or None
        None where the middle ticket would be plausible in neither or in both.
    """
    loads = stated[stated > 0]
    if not len(loads):
        return None
    middle = float(np.median(loads))
    able = [unit for unit in MASS_UNITS if LIGHTEST_LOAD_T <= middle * _factor(unit) <= largest_t]
    if len(able) != 1:
        return None
    tonnes = loads * _factor(able[0])
    share = float(((tonnes >= LIGHTEST_LOAD_T) & (tonnes <= largest_t)).mean())
    return Implied(able[0], share, len(loads)) if share >= ENOUGH else None
