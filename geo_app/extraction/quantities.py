"""Quantities in a text: where they stand, what they are worth, and how sure they say they are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import cn2an

from geo_app.extraction import grammar
from geo_app.extraction.grammar import ABOUT, EXACT, NEARLY, OVER, Unit
from geo_app.units import MULTIPLIERS

_MANY = MULTIPLIERS | {"百万": 10**6, "千万": 10**7} | grammar.EN_MANY
_METRIC = re.compile(r"\b(?:mu|yuan|RMB|China|Chinese|hectares?|kilomet|metric|tonnes?|EU|UK|Australia)\b", re.IGNORECASE)
_AMERICAN = re.compile(
    r"\b(?:EPA|Superfund|acres?|cubic yards?|gallons?|feet|miles?|U\.S\.|USA?|County|Pennsylvania|Ohio|California|Texas|"
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
        As written, with its 万 or 亿.
    measure : str
        Key of `units.MEASURES`.
    factor : Fraction
        Canonical units in one of `unit`.
    step : Fraction
        What the last printed digit stands for, in `unit`; trailing zeros of a whole number count as not
        printed, as in 9300.
    qualifier : str
        Of `grammar`.
    has_step : bool
        Whether 余 or 多 stands at the number, which then is one whose last digit has been cut off.
    low_end : Fraction or None
        The first number of a range, in `unit`.
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
    step: Fraction
    qualifier: str = EXACT
    has_step: bool = False
    low_end: Fraction | None = None
    language: str = "zh"
    thing: str = ""

    @property
    def canonical(self) -> Fraction:
        """The value in the canonical unit of its measure."""
        return self.value * self.factor

    @property
    def interval(self) -> tuple[Fraction, Fraction | None]:
        """What the printed words mean, canonical units: ``low <= x < high``, or the one number of a count.

        Nothing else said, every value is meant that rounds to the printed one. 余 and 多 cut off the last
        digit that is not zero; *over* has no upper end; *nearly* lacks less than one step of that digit;
        *about* is off by up to one such step.

        Examples
        --------
        >>> [tuple(map(float, each.interval)) for each in find("9300多亩，约120吨，近120吨")][1:]
        [(110.0, 130.0), (110.0, 120.0)]
        """
        value, step = self.canonical, self.step * self.factor
        if self.low_end is not None:
            return self.low_end * self.factor, value
        if self.qualifier == OVER:
            return value, value + step if self.has_step else None
        if self.qualifier == NEARLY:
            return value - step, value
        if self.qualifier == ABOUT:
            return value - step, value + step
        if self.measure == "count" and (self.value * self.factor).denominator == 1 and self.factor == 1:
            return value, value
        half = _printed_step(self.value, self.printed) * self.factor / 2
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
    plain = text.translate(grammar.PLAIN)
    found = sorted([*_chinese(plain), *_english(plain)], key=lambda each: (each.number_start, -each.end))
    kept: list[Quantity] = []
    for each in found:
        if not kept or each.number_start >= kept[-1].end:
            kept.append(each)
    return _of_their_country(kept, text)


def _chinese(text: str) -> Iterator[Quantity]:
    for match in grammar.ZH_NUMBER.finditer(text):
        unit = grammar.ZH_UNIT.match(text, match.end())
        if unit is None or not _is_chinese(text, match, unit.end()) or not _is_claim(text, match, unit):
            continue
        digits = match["digits"]
        worth = _number(digits)
        if worth is None:
            continue
        measure, factor = grammar.ZH_UNITS[unit[0]]
        many = match["many"] or ""
        start, before = _qualified(text, match.start(), grammar.ZH_BEFORE)
        end, after = _followed(text, unit.end(), grammar.ZH_AFTER)
        is_more = bool({match["more"], match["yet_more"]} & {"余", "多"}) or text[unit.end() : end] in ("余", "多")
        first = re.match(r"[\d.,，〇零一二两三四五六七八九十百千]+", match["first"] or "")
        yield Quantity(
            start,
            end,
            match.start(),
            text[match.start() : end if is_more and end > unit.end() else unit.end()],
            worth,
            many + unit[0],
            measure,
            factor * _MANY.get(many, 1),
            _last_step(digits, worth),
            OVER if is_more else after or before or EXACT,
            is_more,
            _number(first[0]) if first else None,
        )


def _is_chinese(text: str, number: re.Match[str], end: int) -> bool:
    """Tell whether a number with a Latin unit stands in a Chinese sentence."""
    around = text[max(0, number.start() - 12) : end + 12]
    return bool(re.search(r"[\u4e00-\u9fff]", text[number.end() : end] or around)) or bool(
        re.search(r"[\u4e00-\u9fff]", around)
    )


def _is_claim(text: str, number: re.Match[str], unit: re.Match[str]) -> bool:
    if grammar.ZH_NOT_BEFORE.search(text, max(0, number.start() - 3), number.start()):
        return False
    is_length = grammar.ZH_UNITS[unit[0]][0] == "length"
    if is_length and grammar.ZH_EXTENT.search(text, max(0, number.start() - 5), number.start()):
        return False
    if number["digits"] == "一" and not (unit[0] == "家" and not number["many"]):
        return False
    if re.search(r"[\u4e00-\u9fff]", number["digits"]) and re.search(r"[这那每同某另任首末上下]$", text[: number.start()]):
        return False
    refused = grammar.ZH_NOT_AFTER.get(unit[0])
    return not (refused and re.compile(refused).match(text, unit.end()))


def _english(text: str) -> Iterator[Quantity]:
    for match in grammar.EN_NUMBER.finditer(text):
        unit = grammar.EN_UNIT.match(text, match.end())
        thing = None if unit else grammar.EN_THING.match(text, match.end())
        worth = _number(match["digits"].lower())
        if worth is None or not (unit or thing):
            continue
        if unit and grammar.EN_NOT_AFTER.match(text, unit.end()):
            continue
        if thing and re.fullmatch(r"(?:19|20)\d\d", match["digits"]) and not match["many"]:
            continue
        many = (match["many"] or "").lower()
        name = re.sub(r"[\s-]+", " ", unit["unit"].lower()) if unit else thing["thing"].lower()
        measure, factor = ("mass", Fraction(0)) if name in grammar.TONS else grammar.EN_UNITS.get(name, ("count", Fraction(1)))
        start, before = _qualified(text, match.start(), grammar.EN_BEFORE, gap=r"\s+")
        first = re.match(r"[\d.,]*\d|[a-z]+", (match["first"] or "").lower())
        end = unit.end() if unit else thing.end()
        yield Quantity(
            start,
            end,
            match.start(),
            text[match.start() : end],
            worth,
            f"{many} {name}".strip(),
            measure,
            factor * _MANY.get(many, 1),
            _last_step(match["digits"], worth),
            before or EXACT,
            low_end=_number(first[0]) if first else None,
            language="en",
            thing=name if thing else "",
        )


def _of_their_country(found: list[Quantity], text: str) -> list[Quantity]:
    """Take tons as those of the United States where an English text speaks of that country, else as tonnes."""
    is_american = bool(_AMERICAN.search(text)) or not _METRIC.search(text)
    name, factor = ("short tons", grammar.EN_UNITS["short ton"][1]) if is_american else ("tonnes", Fraction(1))
    told = []
    for each in found:
        if each.factor == 0:
            *many, _ = each.unit.split(" ")
            times = _MANY[many[0]] if many else 1
            each = replace(each, unit=" ".join([*many, name]), factor=factor * times)
        told.append(each)
    return told


def _qualified(text: str, start: int, words: Mapping[str, list[str]], gap: str = r"\s?") -> tuple[int, str | None]:
    """Find the qualifiers that end where a number starts; return where they start, and what they say."""
    said = None
    while True:
        for kind, some in words.items():
            known = sorted(some, key=len, reverse=True)
            match = re.compile(rf"(?:{'|'.join(map(re.escape, known))}){gap}$", re.IGNORECASE).search(text[max(0, start - 24) : start])
            if match and not (match[0].strip() in ("近", "共", "为", "计", "达") and _is_part_of_word(text, start - len(match[0]), match[0])):
                start -= len(match[0])
                said = said if said and said != EXACT else kind
                break
        else:
            return start, said


def _is_part_of_word(text: str, at: int, word: str) -> bool:
    return text[max(0, at - 1) : at] + word.strip() in ("最近", "附近", "靠近", "公共", "因为", "作为", "成为", "审计", "统计", "设计", "发达", "送达", "新近")


def _followed(text: str, end: int, words: Mapping[str, list[str]]) -> tuple[int, str | None]:
    for kind, some in words.items():
        for word in some:
            if text.startswith(word, end):
                return end + len(word), kind
    return end, None


def _number(digits: str) -> Fraction | None:
    """Read a number; None for what is none, such as a lone 百."""
    written = re.sub(r"[,，]", "", digits)
    if written in grammar.EN_NUMERALS:
        return Fraction(grammar.EN_NUMERALS[written])
    try:
        return Fraction(Decimal(written)) if re.fullmatch(r"\d*\.?\d+", written) else Fraction(str(cn2an.cn2an(written, "smart")))
    except (ValueError, ArithmeticError):
        return None


def _last_step(digits: str, worth: Fraction) -> Fraction:
    """Give the worth of the last digit that is not a trailing zero of a whole number."""
    decimals = len(digits.partition(".")[2]) if re.search(r"\d", digits) else len(digits.partition("点")[2])
    if decimals or worth.denominator != 1 or worth == 0:
        return Fraction(1, 10**decimals)
    whole = str(worth.numerator)
    return Fraction(10 ** (len(whole) - len(whole.rstrip("0"))))


def _printed_step(value: Fraction, printed: str) -> Fraction:
    match = re.search(r"\.(\d+)|点([〇零一二三四五六七八九]+)", printed)
    return Fraction(1, 10 ** len(match[1] or match[2])) if match else Fraction(1)
