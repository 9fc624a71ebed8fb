"""The time that a figure is said to be of: the words, and the days where they name any."""

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass

import cn2an

_YEAR, _MONTH, _DAY = (
    r"(?P<{0}y>20\d\d|19\d\d|(?:二[〇零]|一九)[〇零一二三四五六七八九]{{2}})年",
    r"(?P<{0}m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?",
    r"(?P<{0}d>3[01]|[12]\d|0?[1-9])日",
)
_TO = r"\s?(?:至|到|-|—|–|~|～){1,2}\s?"


def _date(name: str) -> str:
    return rf"(?:{_YEAR.format(name)})(?:{_MONTH.format(name)}(?:{_DAY.format(name)})?)?"


def _later(name: str) -> str:
    month = rf"(?:{_YEAR.format(name)})?(?:{_MONTH.format(name)}(?:{_DAY.format(name)})?)"
    return rf"(?:{month}|(?:{_YEAR.format(name + '2')}))"


_PARTS = {  # of a year, by its first month and its last
    "上半年": (1, 6),
    "下半年": (7, 12),
    "前两季度": (1, 6),
    "前两个季度": (1, 6),
    "前三季度": (1, 9),
    "前三个季度": (1, 9),
}
_PARTS |= {
    f"{nth}{name}季度": (3 * at + 1, 3 * at + 3)
    for nth in ("第", "")
    for names in ("一二三四", "1234")
    for at, name in enumerate(names)
}
_PART = "|".join(_PARTS)
_MONTHS = "january february march april may june july august september october november december".split()
_EN_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_WORDS = (
    "近年来|近几年来?|多年来|(?:今|去|前)年以来|"
    rf"[今去]年(?:\d{{1,2}}月?(?:份)?{_TO}\d{{1,2}}月(?:份)?|(?:{_PART})|\d{{1,2}}月(?:份)?|全年)?(?!同期|的)|前年(?:全年)?(?=[，,全共累])|"
    "截至目前|截止目前|目前|迄今|至今|“?十[三四五]五”?(?:期间|以来)|一年时间里|一年来|三年来|五年来|"
    "专项(?:行动|活动)(?:开展)?以来|开展以来"
)
_ZH = re.compile(
    rf"自?(?P<gy>20\d\d|19\d\d)年?{_TO}(?P<hy>20\d\d|19\d\d)年(?!\d{{1,2}}月)(?:度|期间)?|"
    rf"{_YEAR.format('k')}(?P<km>1[0-2]|0?[1-9]){_TO}{_MONTH.format('l')}(?:期间)?|"
    rf"自?{_date('a')}(?:{_TO}{_later('b')})(?:期间)?|"
    rf"自?{_date('c')}(?P<since>以来|至今|起至今|起)|"
    rf"(?P<until>截至|截止)(?:到)?{_date('e')}(?:底|末|初|中旬)?|"
    rf"{_date('f')}(?P<part>{_PART}|全年|度)?|{_WORDS}"
)


def _en_date(name: str) -> str:
    return rf"(?:(?P<{name}m>{_EN_MONTH})\s+(?:(?P<{name}d>\d{{1,2}}),\s+)?)?(?P<{name}y>(?:19|20)\d\d)"


_EN = re.compile(
    rf"since\s+{_en_date('c')}|"
    rf"(?:from|between)\s+(?:{_en_date('a')}|(?P<gm>{_EN_MONTH}))\s+(?:to|and|through|until)\s+{_en_date('b')}|"
    rf"(?:in|during)\s+(?P<ky>(?:19|20)\d\d)[-–—](?P<ly>(?:19|20)\d\d)|"
    rf"(?:as of|by|through)\s+{_en_date('e')}|"
    rf"(?:in|during)\s+(?:fiscal year\s+|FY\s?)?{_en_date('f')}|"
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
        self._language = language
        self._starts = [each.start for each in self._periods]
        self._paragraphs = [match.end() for match in re.finditer("\n", text)]

    def at(self, place: int, sentence: tuple[int, int]) -> Period | None:
        """Give the time that holds for a place: of its sentence, the last before it or else the first behind it.

        Chinese says the time first; what it names behind a figure is of something else. A sentence that names
        none takes over the last that its paragraph has named.
        """
        behind = bisect_left(self._starts, place)
        last = self._periods[behind - 1] if behind else None
        if last and last.start >= sentence[0]:
            return last
        if self._language == "en" and behind < len(self._starts) and self._starts[behind] < sentence[1]:
            return self._periods[behind]
        begins = bisect_right(self._paragraphs, place) - 1
        paragraph = self._paragraphs[begins] if begins >= 0 else 0
        return last if last and last.start >= paragraph else None


def _chinese(match: re.Match[str]) -> tuple[dt.date | None, dt.date | None]:
    groups = match.groupdict()
    if groups["gy"]:
        return _first(groups["gy"]), _last(groups["hy"])
    if groups["ky"]:
        return _first(groups["ky"], groups["km"]), _last(groups["ky"], groups["lm"])
    if groups["ay"]:
        later = groups["b2y"] or groups["by"] or groups["ay"]
        return _first(groups["ay"], groups["am"], groups["ad"]), _last(later, groups["bm"], groups["bd"])
    if groups["cy"]:
        return _first(groups["cy"], groups["cm"], groups["cd"]), None
    if groups["ey"]:
        return None, _last(groups["ey"], groups["em"], groups["ed"])
    if months := _PARTS.get(groups["part"] or ""):
        return _first(groups["fy"], str(months[0])), _last(groups["fy"], str(months[1]))
    if groups["fy"]:
        return _first(groups["fy"], groups["fm"], groups["fd"]), _last(groups["fy"], groups["fm"], groups["fd"])
    return None, None


def _english(match: re.Match[str]) -> tuple[dt.date | None, dt.date | None]:
    groups = match.groupdict()
    dates = {name: (groups[f"{name}y"], _month(groups[f"{name}m"]), groups[f"{name}d"]) for name in "abcef"}
    if groups["by"]:
        first = dates["a"] if groups["ay"] else (groups["by"], _month(groups["gm"]), None)
        return _first(*first), _last(*dates["b"])
    if groups["ky"]:
        return _first(groups["ky"]), _last(groups["ly"])
    if groups["cy"]:
        return _first(*dates["c"]), None
    if groups["ey"]:
        return None, _last(*dates["e"])
    if groups["fy"]:
        return _first(*dates["f"]), _last(*dates["f"])
    return None, None


def _month(name: str | None) -> str | None:
    return str(_MONTHS.index(name.lower()) + 1) if name else None


def _first(year: str, month: str | None = None, day: str | None = None) -> dt.date | None:
    return _day(_whole(year), _whole(month or "1"), int(day or 1))


def _last(year: str, month: str | None = None, day: str | None = None) -> dt.date | None:
    at = _whole(month or "12")
    return _day(_whole(year), at, int(day) if day else monthrange(_whole(year), at)[1])


def _whole(written: str) -> int:
    """Read a year or a month: 2023, 二〇二三, 12, 十二."""
    if written.isascii():
        return int(written)
    return int(cn2an.cn2an(written, "normal"))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:  # 30 February
        return None
