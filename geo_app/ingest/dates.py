"""Dates as people write them, to ISO text."""

import datetime as dt
import re
from collections.abc import Sequence

from geo_app.ingest.amounts import Fault

EARLIEST, LATEST = 1900, 2100
_WIDE = str.maketrans("０１２３４５６７８９．／－　", "0123456789./- ")
_PARTS = re.compile(
    r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*[日号]?)?)?\s*[年月]?(?:[T ]\s*\d{1,2}[:：时].*)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?(?:\d{6})?", re.ASCII)
_BACKWARDS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]\d{1,2}:.*)?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3,9})\.?(?:[ -](\d{1,2}),?)?[ -,]+(\d{4})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse(values: Sequence[str | None], column: str) -> tuple[list[str | None], dict[int, Fault]]:
    """Read a column of dates.

    Parameters
    ----------
    values : sequence of str or None
    column : str
        Its name, for the sentences.

    Returns
    -------
    dates, faults
        ISO text; a month is ``2023-09`` and a year ``2023``. None where the cell is empty or a
        fault. ``3/4/2023`` is read only where other rows of the column show which number is
        the month.

    Examples
    --------
    >>> parse(["2023年9月14日", "20230914", "2023/9", None, "soon"], "完成日期")[0]
    ['2023-09-14', '2023-09-14', '2023-09', None, None]
    """
    month_first = _month_first(values)
    known: dict[str, str | None] = {}
    dates: list[str | None] = []
    faults: dict[int, Fault] = {}
    for row, value in enumerate(values):
        if value is None or value != value or not value.strip():
            dates.append(None)
            continue
        if value not in known:
            known[value] = read_date(value, month_first=month_first)
        dates.append(known[value])
        if known[value] is None:
            faults[row] = Fault("not_a_date", {"column": column, "value": value})
    return dates, faults


def read_date(value: str, *, month_first: bool | None = None) -> str | None:
    """Read one date; None where it is none, or where day and month cannot be told apart."""
    text = value.translate(_WIDE).strip()
    match = _PARTS.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _iso(match[1], match[2], match[3])
    match = _BACKWARDS.fullmatch(text)
    if match:
        if match[1] == match[2]:
            return _iso(match[3], match[1], match[2])
        if month_first is None:
            return None
        return _iso(match[3], *((match[1], match[2]) if month_first else (match[2], match[1])))
    match = _NAMED.fullmatch(text)
    if match and match[2][:3].lower() in _MONTHS:
        return _iso(match[4], str(_MONTHS.index(match[2][:3].lower()) + 1), match[1] or match[3])
    return None


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    if not EARLIEST <= int(year) <= LATEST:
        return None
    if month is None:
        return year
    try:
        date = dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return date.isoformat() if day else date.isoformat()[:7]


def _month_first(values: Sequence[str | None]) -> bool | None:
    """Tell from a column whether dates such as 3/4/2023 begin with the month; None if it cannot be told."""
    firsts, seconds = 0, 0
    for value in set(values):
        match = _BACKWARDS.fullmatch(value.strip()) if isinstance(value, str) else None
        if match:
            firsts, seconds = max(firsts, int(match[1])), max(seconds, int(match[2]))
    if firsts <= 12 < seconds:
        return True
    return False if seconds <= 12 < firsts else None
