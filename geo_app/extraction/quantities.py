"""Quantities in a text: where they stand, what they are worth, and how sure they say they are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from geo_app.extraction import grammar, numerals
from geo_app.extraction.grammar import ABOUT, EXACT, NEARLY, OVER
from geo_app.extraction.numerals import MANY
from geo_app.extraction.script import PLAIN
from geo_app.units import SHORT_TON, unit_at_end

_HAN = re.compile(r"[\u4e00-\u9fff]")
_BARE = re.compile(rf"(?P<digits>{grammar.PLAIN_NUMBER})\s*(?P<unit>\D.*)")
_PART_OF_WORD = re.compile(
    r"(?:[最附靠新]近|公共|[因作成认]为|[审统设]计|[发送]达)$"
)  # 靠近 ends in 近, but is no qualifier
_ZH_NOT_AFTER = {unit: re.compile(words) for unit, words in grammar.ZH_NOT_AFTER.items()}
_ZH_BEFORE = {kind: re.compile(rf"(?:{grammar.any_of(words)})\s?$") for kind, words in grammar.ZH_BEFORE.items()}
_EN_BEFORE = {
    kind: re.compile(rf"\b(?:{grammar.any_of(words)})\s{{1,3}}$", re.IGNORECASE)
    for kind, words in grammar.EN_BEFORE.items()
}
# Of which country's tons a text speaks
_CHINESE = re.compile(r"\b(?:mu|yuan|RMB|Chin(?:a|ese)|procurat\w+|Xinhua)\b|[\u4e00-\u9fff]", re.IGNORECASE)
_METRIC = re.compile(r"\b(?:hectares?|kilomet|metric|tonnes?|EU|UK|Australia)\b", re.IGNORECASE)
_AMERICAN = re.compile(
    r"\b(?:EPA|Superfund|acres?|cubic yards?|gallons?|feet|miles?|County|Pennsylvania|Ohio|California|Texas|"
    r"New (?:York|Jersey|Mexico)|Navajo|Corps of Engineers)\b"
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit.

    Attributes
    ----------
    start, end : int
        Code points in the text, of the number, its unit and the words that qualify it.
    number_start : int
        Where the number itself begins.
    printed : str
        Number and unit as written.
    value : Fraction
        In `unit`, as written: 11.5 of 11.5万亩.
    unit : str
        With its 万 or 亿, in plain characters.
    measure : str
        Key of `units.MEASURES`.
    factor : Fraction
        Canonical units in one of `unit`.
    rounding, step : Fraction
        What the last printed digit stands for, and the last that is not a trailing zero of a whole number
        (100 in 9300), both in `unit`.
    qualifier : str
        Of `grammar`.
    has_step : bool
        Whether 余 or 多 stands at the number, which then is one whose last digit has been cut off.
    low_end : Fraction or None
        The first number of a range, in canonical units.
    language : str
    thing : str
        What is counted, where that stands with the number (English only).
    """

    start: int
    end: int
    number_start: int
    printed: str
    value: Fraction
    unit: str
    measure: str
    factor: Fraction
    rounding: Fraction
    step: Fraction
    qualifier: str = EXACT
    has_step: bool = False
    low_end: Fraction | None = None
    language: str = "zh"
    thing: str = ""

    @cached_property
    def canonical(self) -> Fraction:
        """The value in the canonical unit of its measure."""
        return self.value * self.factor

    @property
    def interval(self) -> tuple[Fraction, Fraction | None]:
        """What the printed words mean, in canonical units.

        The interval is ``low <= x < high``; of a counted number it is that number, so both ends are equal.
        Take r as what the last printed digit stands for (0.1万 in 11.5万, 1 in 9300), and s as what the last digit
        stands for that is not a trailing zero of a whole number (100 in 9300):

        ================================ =======================================
        11.5万亩                          from half of r below to half of r above
        38件, 三家                        the number itself
        1.3万件                           as an area: it has been rounded
        9300多亩, 200余万吨, 67.4万余件   from the number to s above: digits were cut off
        超600吨, 600吨以上, at least      from the number on, no upper end
        近120亩, 不足120亩, almost        from s below to the number
        约120亩, 120亩左右, about         from s below to s above
        3000至5000亩                      from the first to half of r above the other
        ================================ =======================================

        Examples
        --------
        >>> [tuple(map(float, each.interval)) for each in find("约120吨，近120吨，20余吨，254.2吨，38件")]
        [(110.0, 130.0), (110.0, 120.0), (20.0, 30.0), (254.15, 254.25), (38.0, 38.0)]
        """
        value, step = self.canonical, self.step * self.factor
        half = self.rounding * self.factor / 2
        if self.low_end is not None:  # its own upper end belongs to it, of counted things too
            return self.low_end, value + half
        if self.qualifier == OVER:
            return value, value + step if self.has_step else None
        if self.qualifier == NEARLY:
            return value - step, value
        if self.qualifier == ABOUT:
            return value - step, value + step
        if self.measure == "count" and self.factor == 1:
            return value, value
        return value - half, value + half


def find(text: str) -> list[Quantity]:
    """Find the quantities of a text, in order.

    Examples
    --------
    >>> [(each.printed, each.qualifier, float(each.canonical)) for each in find("清理垃圾200余万吨、耕地近1,200亩")]
    [('200余万吨', 'over', 2000000.0), ('1,200亩', 'nearly', 800000.0)]
    >>> find("2024年同比上升131%，第3批7个县")
    []
    """
    plain = text.translate(PLAIN)
    found = sorted([*_chinese(plain, text), *_english(plain, text)], key=lambda each: (each.number_start, -each.end))
    kept: list[Quantity] = []
    for each in found:
        if not kept or each.number_start >= kept[-1].end:
            kept.append(each)
    return _of_their_country(kept, text)


def read(printed: str) -> Quantity | None:
    """Read a text that is one figure and nothing else, such as 11.5万亩; None where it is not."""
    found = find(printed)
    is_whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(printed))
    return found[0] if is_whole else _bare(printed)


def _bare(printed: str) -> Quantity | None:
    """Read digits with a unit that running text cannot be searched for, such as 5 t."""
    match = _BARE.fullmatch(printed.translate(PLAIN))
    unit = match and unit_at_end(match["unit"])
    worth = numerals.number(match["digits"]) if match else None
    if not match or not unit or not worth or unit[0] != match["unit"]:
        return None
    rounding, step = numerals.steps(match["digits"], worth)
    word, measure, factor = unit
    return Quantity(0, len(printed), 0, printed, worth, word, measure, factor, rounding, step)


def _chinese(text: str, written: str) -> Iterator[Quantity]:
    for match in grammar.ZH_NUMBER.finditer(text):
        unit = grammar.ZH_UNIT.match(text, match.end())
        read_as = _read_match(match)
        if unit is None or read_as is None or not _is_chinese(text, match, unit) or not _is_claim(text, match, unit):
            continue
        worth, many, rounding, step = read_as
        measure, factor = grammar.ZH_UNITS[unit[0]]
        factor *= MANY.get(many, 1)
        start, before = _qualified(text, match.start(), _ZH_BEFORE)
        end, after = _followed(text, unit.end())
        is_more = bool({match["more"], match["yet_more"]} & {"余", "多"}) or text[unit.end() : end] in ("余", "多")
        low_end = _low_end(text, match, grammar.ZH_UNITS[unit[0]][1], worth * factor)
        yield Quantity(
            start,
            end,
            match.start() if low_end is not None else match.start("digits"),
            written[match.start("digits") : end if is_more else unit.end()],
            worth,
            many + unit[0],
            measure,
            factor,
            rounding,
            step,
            OVER if is_more else after or before or EXACT,
            is_more,
            low_end,
        )


def _read(digits: str, many: str) -> tuple[Fraction, str, Fraction, Fraction] | None:
    """Give the worth of a number, the multiplier behind it, its rounding and its step; None for none, or nothing.

    A number that holds a multiplier itself is read with the one behind it: 3万5千 is 35,000, not 3万5 times 千.
    """
    if many and numerals.is_compound(digits):
        digits, many = f"{digits} {many}" if many in grammar.EN_MANY else digits + many, ""
    worth = numerals.number(digits)
    if not worth or worth * MANY.get(many, 1) >= numerals.TOO_MUCH:
        return None
    return worth, many, *numerals.steps(digits, worth)


def _read_match(found: re.Match[str], name: str = "") -> tuple[Fraction, str, Fraction, Fraction] | None:
    return _read(found[f"{name}digits"].lower(), (found[f"{name}many"] or "").lower())


def _is_chinese(text: str, number: re.Match[str], unit: re.Match[str]) -> bool:
    """Tell whether a number with a Latin unit stands in a Chinese sentence."""
    around = text[max(0, number.start() - 12) : unit.end() + 12]
    return bool(_HAN.search(unit[0]) or _HAN.search(around))


def _is_claim(text: str, number: re.Match[str], unit: re.Match[str]) -> bool:
    before = text[max(0, number.start() - 16) : number.start()]
    if grammar.ZH_NOT_BEFORE.search(before):
        return False
    extent = grammar.ZH_EXTENT.get(unit[0])
    if extent and extent.search(before):
        return False
    if _HAN.match(number["digits"]) and before.endswith(tuple("这那每同某另任首末上下" + grammar.HAN)):
        return False
    if number["digits"] == "一" and not number["many"]:  # 一家企业 is an article, 企业一家 a number
        return not re.match(r"[^\s，,。；;、]", text[unit.end() : unit.end() + 1])
    refused = _ZH_NOT_AFTER.get(unit[0])
    return not (refused and refused.match(text, unit.end()))


def _low_end(text: str, number: re.Match[str], unit: Fraction, high: Fraction) -> Fraction | None:
    """Give the first number of a range, in canonical units; None where there is no range after all.

    A multiplier behind the second number is of both: 3至5万亩; but 8000至1万亩.
    """
    if not number["first"]:
        return None
    first = _read_match(number, "first_")
    linked = text[number.end("first_digits") : number.start("digits")].split()
    is_and = "and" in linked and not text[max(0, number.start() - 9) : number.start()].lower().endswith("between ")
    is_year = "to" in linked and re.fullmatch(r"(?:19|20)\d\d", number["first_digits"])
    if first is None or is_and or is_year:
        return None
    worth, own, shared = first[0] * unit, MANY.get(first[1], 0), MANY.get((number["many"] or "").lower(), 1)
    has_own = own or numerals.is_compound(number["first_digits"])
    lows = [worth * times for times in ((own or 1,) if has_own else (shared, 1))]
    return next((low for low in lows if low < high), None)


def _english(text: str, written: str) -> Iterator[Quantity]:
    for match in grammar.EN_NUMBER.finditer(text):
        unit = grammar.EN_UNIT.match(text, match.end())
        thing = None if unit else grammar.EN_THING.match(text, match.end())
        read_as = _read_match(match)
        if read_as is None or not (unit or thing) or not _is_english_claim(text, match, unit):
            continue
        worth, many, rounding, step = read_as
        if unit:
            end, name = unit.end(), re.sub(r"[\s-]+", " ", unit["unit"].lower())
            measure, factor = ("mass", Fraction(0)) if name in grammar.TONS else grammar.EN_UNITS[name]
        else:
            assert thing is not None  # noqa: S101 - one of the two was found
            end, name, measure, factor = thing.end(), thing["thing"].lower(), "count", Fraction(1)
        one = factor or Fraction(1)  # a ton is told later
        times = MANY.get(many, 1)
        low_end = _low_end(text, match, one, worth * one * times)
        factor *= times
        number_start = match.start() if low_end is not None else match.start("digits")
        start, before = _qualified(text, number_start, _EN_BEFORE)
        yield Quantity(
            start,
            end,
            number_start,
            written[match.start("digits") : end],
            worth,
            f"{many} {name}".strip(),
            measure,
            factor,
            rounding,
            step,
            OVER if match["plus"] else before or EXACT,
            low_end=low_end,
            language="en",
            thing="" if unit else name,
        )


def _is_english_claim(text: str, number: re.Match[str], unit: re.Match[str] | None) -> bool:
    is_between = text[max(0, number.start() - 8) : number.start()].lower() == "between "
    start = number.start() if is_between else number.start("digits")
    if grammar.EN_NOT_BEFORE.search(text[max(0, start - 16) : start]):
        return False
    if unit is None:
        return bool(number["many"]) or not re.fullmatch(r"(?:19|20)\d\d", number["digits"])
    if grammar.EN_NOT_AFTER.match(text, unit.end()):
        return False
    if grammar.EN_UNITS.get(unit["unit"].lower(), ("",))[0] != "length":
        return True
    is_short = unit["unit"].lower() in grammar.EN_SHORT and not text.startswith(" of ", unit.end())
    return not is_short and not grammar.EN_EXTENT.search(text[max(0, number.start() - 30) : number.start()])


def _of_their_country(found: list[Quantity], text: str) -> list[Quantity]:
    """Take tons as those of the United States where an English text speaks of that country, else as tonnes."""
    is_american = not _CHINESE.search(text) and bool(_AMERICAN.search(text) or not _METRIC.search(text))
    name, ton = ("short tons", SHORT_TON) if is_american else ("tonnes", Fraction(1))
    told = []
    for each in found:
        if each.factor == 0:
            *many, _ = each.unit.split(" ")
            low_end = each.low_end * ton if each.low_end is not None else None
            factor = ton * (MANY[many[0]] if many else 1)
            each = replace(each, unit=" ".join([*many, name]), factor=factor, low_end=low_end)
        told.append(each)
    return told


def _qualified(text: str, start: int, words: Mapping[str, re.Pattern[str]]) -> tuple[int, str | None]:
    """Find the qualifiers that end where a number starts; return where they start, and what they say."""
    said = None
    while True:
        before = text[max(0, start - 24) : start]
        matches = [(match, kind) for kind, pattern in words.items() if (match := pattern.search(before))]
        if not matches or _PART_OF_WORD.search(before.rstrip()):
            return start, said
        match, kind = max(matches, key=lambda each: len(each[0][0]))  # no less than, before less than
        start -= len(match[0])
        said = said if said and said != EXACT else kind


def _followed(text: str, end: int) -> tuple[int, str | None]:
    for kind, words in grammar.ZH_AFTER.items():
        for word in words:
            if text.startswith(word, end):
                return end + len(word), kind
    return end, None
