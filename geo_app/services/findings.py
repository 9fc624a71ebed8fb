"""Findings: a list of them, one with its ground, and what people say about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo_app.errors import NotFound, Refused
from geo_app.i18n import N_, translate
from geo_app.rules import RULES
from geo_app.services import telling
from geo_app.services.bridges import refresh_all
from geo_app.services.landproof import Landproof
from geo_app.services.reviews import failures
from geo_app.services.sites import Page
from geo_app.store.findings import ALL, BY_HAND, STATES, FindingFilter
from geo_app.units import MEASURES

MOST_NUMBER = 2**63 - 1  # that the store can hold
PENDING = ("open", "explained")  # what is not closed
ONE_FAILED = N_(
    "The rule “{rule}” could not look at {layer}, by a fault of ours that the log names. What it found before is kept."
)
NONE_LOOKED = N_(
    "The rules could not go over {layer}, by a fault of ours that the log names. What is listed of it may be old."
)
_PLACES = ("place", "district")


@dataclass(frozen=True)
class FindingDetail:
    """One finding with what it is about.

    Attributes
    ----------
    finding : the store's row
    site, other : the store's site rows, None where the finding is about the layer or about one site
    shape, other_shape, shared : shapely geometry or None, EPSG:4490
    history : what became of it, in order
    """

    finding: Any
    site: Any
    other: Any
    shape: shapely.Geometry | None
    other_shape: shapely.Geometry | None
    shared: shapely.Geometry | None
    history: list[Any]


def page(lp: Landproof, wanted: FindingFilter, number: int = 1, size: int = 50) -> Page:
    """Return one page of the findings that a filter finds; a page past the end is the last one."""
    total = sum(lp.store.findings.counts(wanted).values())
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    return Page(lp.store.findings.page(wanted, (number - 1) * size, size), total, number, pages)


def behind(lp: Landproof, bridge: Any, size: int) -> Page:
    """Return the findings behind a figure, the weightiest first, with what its bridge takes for each."""
    measure = lp.layers.find(bridge.layer).measure
    rows, total = lp.store.behind.findings(bridge, MEASURES[measure].parts, size)
    return Page(rows, total, 1, 1)


def every(lp: Landproof, wanted: FindingFilter) -> list[Any]:
    """Return all findings that a filter finds, the severest first."""
    return lp.store.findings.page(wanted)


def open_count(lp: Landproof) -> int:
    """Count the open findings."""
    return lp.store.findings.open()


def of_site(lp: Landproof, site: Any) -> list[Any]:
    """Return the findings about a site, the severest first."""
    return lp.store.findings.page(FindingFilter(site=(site.layer, site.code, site.ordinal)))


def counts(lp: Landproof, wanted: FindingFilter) -> dict[str, int]:
    """Count the findings that a filter finds, by state."""
    return lp.store.findings.counts(wanted)


def taken(lp: Landproof, wanted: FindingFilter) -> dict[str, int]:
    """Add up what the findings take from net, by measure and in stored parts; nothing twice.

    What is counted is left out: cases and enterprises make no sum.
    """
    refresh_all(lp, lp.place)
    sums: dict[str, int] = {}
    for layer, parts in lp.store.findings.taken(wanted, lp.place).items():
        if wanted.layer not in (None, layer):
            continue
        measure = lp.layers[layer].measure if layer in lp.layers else "count"
        if measure != "count":
            sums[measure] = sums.get(measure, 0) + parts
    return sums


def detail(lp: Landproof, finding_id: int) -> FindingDetail:
    """Return one finding with its sites and their ground.

    Raises
    ------
    NotFound
    """
    finding = lp.store.findings.find(finding_id)
    site, other = (
        lp.store.sites.find(each, lp.place) if each is not None else None
        for each in (finding.site_id, finding.other_id)
    )
    shape, other_shape = (
        shapely.from_wkb(each.geometry) if each is not None and each.geometry else None for each in (site, other)
    )
    shared = None
    if shape is not None and other_shape is not None and finding.rule != "gap":
        shared = shapely.intersection(shape, other_shape)
    return FindingDetail(finding, site, other, shape, other_shape, shared, lp.store.findings.history(finding_id))


def turn(lp: Landproof, ids: Sequence[int], state: str, who: str, why: str) -> None:
    """Say what somebody has found out about findings: `state` is of `BY_HAND`, the reason is kept.

    Raises
    ------
    Refused
        If no finding or no reason is given, or the state cannot be set by hand.
    NotFound, Conflict
        If there is no such finding, or it is fixed.
    """
    if state not in BY_HAND:
        raise Refused(
            N_(
                "{state!r} cannot be set by hand; a new version of a site fixes a finding. What can be set is: {known}."
            ),
            state=state,
            known=", ".join(BY_HAND),
        )
    if not ids:
        raise Refused(N_("No finding was chosen. Choose one or more, then say what you found out."))
    if not why.strip():
        raise Refused(N_("No reason was given. Say in a few words what was checked, and where it is written."))
    if far := [each for each in ids if each > MOST_NUMBER]:
        raise NotFound(N_("There is no finding {finding}. Look at the list of findings."), finding=far[0])
    lp.store.findings.turn(ids, state, who, why.strip())


def say(lp: Landproof, finding: Any, locale: str, part: str = "template") -> str:
    """Say the sentence of a finding in a language, or its ``cure``; places are called by their names."""
    values = dict(finding._mapping["values"])
    for name in _PLACES:
        known = lp.districts.names.get(values.get(name, ""))
        if known is not None:
            values[name] = known[locale]
    return telling.say(finding.rule, values, locale, part)


def failures_told(lp: Landproof, locale: str, layer: str | None = None) -> list[tuple[str, dict[str, str]]]:
    """Give sentences, with what fills them, about the rules of which the last review of a layer, or of any, failed."""
    told = []
    for each, rule in failures(lp):
        if layer in (None, each.id):
            title = translate(RULES[rule].title, locale) if rule in RULES else rule
            told.append((NONE_LOOKED if rule == ALL else ONE_FAILED, {"rule": title, "layer": each.title[locale]}))
    return told


def unit_of(lp: Landproof, finding: Any) -> str:
    """Name the unit of what a finding measured; empty where it measured nothing."""
    unit = RULES[finding.rule].unit if finding.rule in RULES else ""
    if unit != "measure":
        return unit
    return MEASURES[lp.layers[finding.layer].measure].unit if finding.layer in lp.layers else ""


def severity_of(finding: Any) -> str:
    """Name the severity of a finding's rule."""
    return RULES[finding.rule].severity if finding.rule in RULES else "note"


__all__ = [
    "BY_HAND",
    "STATES",
    "FindingDetail",
    "FindingFilter",
    "behind",
    "counts",
    "detail",
    "every",
    "failures_told",
    "of_site",
    "open_count",
    "page",
    "say",
    "severity_of",
    "taken",
    "turn",
    "unit_of",
]
