"""Figures of several reports held against each other: said again, restated, part of another, shrunk, doubled."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from geo_app.i18n import N_, translate
from geo_app.model import Claim, Report

SAME, RESTATED, HOLDS, EXCEEDS, SHRANK, HALVED, DOUBLED = (
    *("same", "restated", "holds", "exceeds", "shrank", "halved", "doubled"),
)
SENTENCES = {
    SAME: N_("{other} in {other_report} ({other_date}) is the same figure as {one} in {one_report} ({one_date})."),
    RESTATED: N_(
        "For the same time, {one_period}, {one_report} ({one_date}) has {one} and {other_report} ({other_date}) has "
        "{other}: the figure was restated. Ask why."
    ),
    HOLDS: N_(
        "{one} in {one_report} ({one_date}) is of {one_period}, which holds {other_period}, the time of {other} in "
        "{other_report} ({other_date}). The two are not to be added."
    ),
    EXCEEDS: N_(
        "{other} in {other_report} ({other_date}) is of {other_period}, a part of {one_period}, but is more than {one} "
        "in {one_report} ({one_date}). One of the two cannot be right."
    ),
    SHRANK: N_(
        "{one} in {one_report} ({one_date}) has become {other} in {other_report} ({other_date}). What adds up over "
        "time cannot shrink. Ask what was taken back."
    ),
    HALVED: N_(
        "{one} in {one_report} ({one_date}) has become {other} in {other_report} ({other_date}), half of it or less in "
        "as long a time."
    ),
    DOUBLED: N_(
        "{one} in {one_report} ({one_date}) has become {other} in {other_report} ({other_date}), twice as much or more."
    ),
}
_ABOUT_AS_LONG = 1.1  # a year of 366 days is as long as one of 365
Period = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Place:
    """A claim in its report, by its place among the report's claims."""

    report: Report
    at: int

    @property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.report.claims[self.at]

    @property
    def period(self) -> Period | None:
        """Its first and last day."""
        return self.report.period_of(self.claim)


@dataclass(frozen=True)
class Comparison:
    """Two claims of the same layer and place, in different reports, and what is to be said of them.

    Attributes
    ----------
    kind : str
        Key of `SENTENCES`.
    one, other : Place
        The earlier and the later one; where the time of one holds that of the other, the whole and the part.
    """

    kind: str
    one: Place
    other: Place

    @property
    def template(self) -> str:
        """The sentence, to be translated and filled."""
        return SENTENCES[self.kind]

    def values(self, locale: str) -> dict[str, str]:
        """Return what fills the sentence."""
        told = {}
        for name, place in (("one", self.one), ("other", self.other)):
            told[name] = place.claim.printed
            told[f"{name}_report"] = place.report.title[locale]
            told[f"{name}_date"] = place.report.published_on.isoformat()
            told[f"{name}_period"] = " – ".join(day.isoformat() for day in place.period or ())
        return told

    def say(self, locale: str) -> str:
        """Say it."""
        return translate(self.template, locale, **self.values(locale))


def compare(reports: Iterable[Report]) -> list[Comparison]:
    """Hold the claims of several reports against each other.

    Only claims of the same layer and the same place are compared. A claim is held against the nearest one before it of
    which the same can be said. Where a report has several claims of one layer and time, nothing tells which of them
    belongs to which of another report, and only equal ones are found.

    Returns
    -------
    list of Comparison
        By layer, then by when the later of the two was published.
    """
    ordered = sorted(reports, key=lambda report: (report.published_on, report.id))
    places = [Place(report, at) for report in ordered for at in range(len(report.claims))]
    found: list[Comparison] = []
    for _, group in groupby(sorted(places, key=_kin), key=_kin):
        own = list(group)
        counts = Counter((each.report.id, each.period) for each in own)
        is_alone = [counts[each.report.id, each.period] == 1 for each in own]
        for at, later in enumerate(own):
            alone = [each for each, alone in zip(own[:at], is_alone, strict=False) if alone]
            found += _against(later, own[:at], alone if is_alone[at] else [])
    return found


def _kin(place: Place) -> tuple[str, str]:
    return place.claim.layer, place.report.place


def _against(later: Place, before: list[Place], alone: list[Place]) -> Iterator[Comparison]:
    same = _nearest(before, later, _is_same)
    if same is not None:
        yield Comparison(SAME, same, later)
    others = [each for each in alone if each.report.id != later.report.id and not _is_same(each, later)]
    restated = _nearest(others, later, lambda one, two: one.period is not None and one.period == two.period)
    if restated is not None and _is_apart(restated.claim, later.claim):
        yield Comparison(RESTATED, restated, later)
    trend = None if same else _nearest(others, later, _continues)
    told = trend and _trend(trend, later)
    if trend and told:
        yield Comparison(told, trend, later)
    for each in others:
        if each is not trend or not told:
            yield from _whole_and_part(each, later)


def _nearest(before: list[Place], later: Place, fits: Callable[[Place, Place], bool]) -> Place | None:
    return next((each for each in reversed(before) if each.report.id != later.report.id and fits(each, later)), None)


def _is_same(one: Place, other: Place) -> bool:
    """Tell whether two claims say the same: their intervals meet, and their times do not differ."""
    if one.period and other.period and one.period != other.period:
        return False
    first, second = one.claim, other.claim
    return first.reported == second.reported or not _is_apart(first, second)


def _is_apart(one: Claim, other: Claim) -> bool:
    """Tell whether the intervals of two claims have nothing in common; open ones meet nothing but their equals."""
    if one.high is None or other.high is None:
        return one.reported != other.reported
    low, high = max(one.low, other.low), min(one.high, other.high)
    return low > high or (low == high and (one.low < one.high or other.low < other.high))


def _continues(one: Place, other: Place) -> bool:
    """Tell whether a later claim goes on with an earlier one: from the same day, for as long, or no time is said."""
    if one.period is None or other.period is None:
        return one.period is None and other.period is None
    return one.period != other.period and (_adds_up(one, other) or _follows(one.period, other.period))


def _adds_up(one: Place, other: Place) -> bool:
    """Tell whether the later of two claims is of all that the earlier is of."""
    if one.period is None or other.period is None:
        return True
    return one.period[0] == other.period[0] and one.period[1] <= other.period[1]


def _follows(one: Period, other: Period) -> bool:
    lengths = sorted((last - first).days + 1 for first, last in (one, other))
    return one[1] < other[0] and lengths[1] <= lengths[0] * _ABOUT_AS_LONG


def _trend(one: Place, other: Place) -> str | None:
    earlier, later = one.claim, other.claim
    if later.reported >= 2 * earlier.reported:
        return DOUBLED
    if _adds_up(one, other):
        return SHRANK if later.high is not None and later.high <= earlier.low else None
    return HALVED if later.reported * 2 <= earlier.reported else None


def _whole_and_part(one: Place, other: Place) -> Iterator[Comparison]:
    for whole, part in ((one, other), (other, one)):
        if whole.period and part.period and whole.period != part.period and _holds(whole.period, part.period):
            high = whole.claim.high
            is_more = high is not None and part.claim.low >= high
            yield Comparison(EXCEEDS if is_more else HOLDS, whole, part)


def _holds(whole: Period, part: Period) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1]
