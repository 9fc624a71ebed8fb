"""The time that a figure is said to be of: the words, and the days where they name any."""

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass

_YEAR, _MONTH, _DAY = (
    r"(?P<{0}y>20\d\d|19\d\d)年",
    r"(?P<{0}m>1[0-2]|0?[1-9])月(?:份)?",
    r"(?P<{0}d>3[01]|[12]\d|0?[1-9])日",
)


def _date(name: str) -> str:
    return rf"(?:{_YEAR.format(name)})(?:{_MONTH.format(name)}(?:{_DAY.format(name)})?)?"


def _later(name: str) -> str:
    month = rf"(?:{_YEAR.format(name)})?(?:{_MONTH.format(name)}(?:{_DAY.format(name)})?)"
    return rf"(?:{month}|(?:{_YEAR.format(name + '2')}))"


_MONTHS = "january february march april may june july august september october november december".split()
_EN_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_WORDS = (
    "近年来|近几年来?|多年来|(?:今|去|前)年以来|今年(?:1月)?(?:至|到|-)\\d{1,2}月|(?:今|去|前)年(?:全年)?(?=[，,全共累])|"
    "截至目前|截止目前|目前|迄今|至今|(?:今|去)年(?:上|下)半年|“?十[三四五]五”?(?:期间|以来)|一年时间里|一年来|三年来|五年来|"
    "专项(?:行动|活动)(?:开展)?以来|开展以来"
)
_ZH = re.compile(
    rf"自?{_date('a')}(?:\s?(?:至|到|-|—|–|~)\s?{_later('b')})(?:期间)?|"
    rf"自?{_date('c')}(?P<since>以来|至今|起至今|起)|"
    rf"(?P<until>截至|截止)(?:到)?{_date('e')}(?:底|末|初|中旬)?|"
    rf"{_date('f')}(?P<half>上半年|下半年|[一二三四]季度|全年|度)?|{_WORDS}"
)
_EN = re.compile(
    rf"(?P<since>since)\s+(?:{_EN_MONTH}\s+)?(?P<cy>(?:19|20)\d\d)|"
    rf"(?:from|between)\s+(?:{_EN_MONTH}\s+)?(?P<ay>(?:19|20)\d\d)\s+(?:to|and|through|until)\s+"
    rf"(?:{_EN_MONTH}\s+)?(?P<by>(?:19|20)\d\d)|"
    rf"(?P<until>as of|by|through)\s+(?:{_EN_MONTH}\s+)?(?:\d{{1,2}},\s+)?(?P<ey>(?:19|20)\d\d)|"
    rf"(?:in|during)\s+(?:fiscal year\s+|FY\s?)?(?:{_EN_MONTH}\s+)?(?P<fy>(?:19|20)\d\d)|"
    r"to date|so far|in recent years",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """A time that a text names.

    Attributes
    ----------
    words : str
        As written.
    first, last : date or None
        None where the words do not name a day, a month or a year at that end.
    """

    words: str
    start: int
    first: dt.date | None = None
    last: dt.date | None = None


def periods(text: str, language: str) -> list[Period]:
    """Find the times that a text names, in order.

    Examples
    --------
    >>> [(each.words, each.first, each.last) for each in periods("2021年至2024年，办理案件", "zh")]
    [('2021年至2024年', datetime.date(2021, 1, 1), datetime.date(2024, 12, 31))]
    """
    pattern, read = (_ZH, _chinese) if language == "zh" else (_EN, _english)
    return [
        Period(match[0], match.start(), *read(match))
        for match in pattern.finditer(text)
        if text[max(0, match.start() - 1) : match.start()] not in ("较", "比", "于")  # what it is compared with
    ]


class Named:
    """The times that a text names, in one language, and the paragraphs that they hold for."""

    def __init__(self, text: str, language: str) -> None:
        self._periods = periods(text, language)
        self._starts = [each.start for each in self._periods]
        self._paragraphs = [match.end() for match in re.finditer("\n", text)]

    def at(self, place: int) -> Period | None:
        """Give the time that was named last before a place in its paragraph; None where none was."""
        last = bisect_left(self._starts, place) - 1
        begins = bisect_right(self._paragraphs, place) - 1
        paragraph = self._paragraphs[begins] if begins >= 0 else 0
        return self._periods[last] if last >= 0 and self._starts[last] >= paragraph else None


def _chinese(match: re.Match[str]) -> tuple[dt.date | None, dt.date | None]:
    groups = match.groupdict()
    if groups["ay"]:
        later = groups["b2y"] or groups["by"] or groups["ay"]
        return _first(groups["ay"], groups["am"], groups["ad"]), _last(later, groups["bm"], groups["bd"])
    if groups["cy"]:
        return _first(groups["cy"], groups["cm"], groups["cd"]), None
    if groups["ey"]:
        return None, _last(groups["ey"], groups["em"], groups["ed"])
    if groups["fy"]:
        year, half = groups["fy"], groups["half"] or ""
        if half in ("上半年", "下半年"):
            months = ("1", "6") if half == "上半年" else ("7", "12")
            return _first(year, months[0], None), _last(year, months[1], None)
        if half.endswith("季度"):
            quarter = "一二三四".index(half[0])
            return _first(year, str(3 * quarter + 1), None), _last(year, str(3 * quarter + 3), None)
        return _first(year, groups["fm"], groups["fd"]), _last(year, groups["fm"], groups["fd"])
    return None, None


def _english(match: re.Match[str]) -> tuple[dt.date | None, dt.date | None]:
    groups = match.groupdict()
    if groups["ay"]:
        return _first(groups["ay"], None, None), _last(groups["by"], None, None)
    if groups["cy"]:
        return _first(groups["cy"], None, None), None
    if groups["ey"]:
        return None, _last(groups["ey"], None, None)
    if groups["fy"]:
        return _first(groups["fy"], None, None), _last(groups["fy"], None, None)
    return None, None


def _first(year: str, month: str | None, day: str | None) -> dt.date | None:
    return _day(int(year), int(month or 1), int(day or 1))


def _last(year: str, month: str | None, day: str | None) -> dt.date | None:
    at = int(month or 12)
    return _day(int(year), at, int(day) if day else monthrange(int(year), at)[1])


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:  # 30 February
        return None
