"""What stands behind one reported figure: its bridge, the sites behind each step, their ground."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geo_app.bridge import CUT_ACCURACY_M
from geo_app.claims import find_report, judge
from geo_app.errors import NotFound
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.model import Report, Step, Verdict
from geo_app.services.bridges import refresh
from geo_app.services.landproof import Landproof
from geo_app.services.sites import Page
from geo_app.totals import nothing, sum_up

MOST_ON_THE_MAP = 500
TOTALS = ("declared", "written", "net")  # steps that are amounts, not changes


STEP_WORDS = {
    "declared": N_("Declared in the attributes"),
    "not_declared": N_("Not declared, but drawn"),
    "drawn": N_("Drawn differs from declared"),
    "gross": N_("Drawn (gross)"),
    "written": N_("Written (gross)"),
    "invalid": N_("Not valid as drawn"),
    "status_unknown": N_("Status not known"),
    "not_finished": N_("Not finished"),
    "outside_period": N_("Outside the period"),
    "outside_place": N_("Outside the place"),
    "duplicate": N_("Duplicates"),
    "overlap": N_("Overlap within the layer"),
    "contested": N_("Also claimed by another layer"),
    "net": N_("Net"),
}


@dataclass(frozen=True)
class BridgeRow:
    """One row of a figure's bridge, amounts in stored parts.

    Attributes
    ----------
    step : str
        Key of `STEP_WORDS`.
    kind : str
        ``total``, ``change``, ``net``, or ``none`` for a step that was not applied.
    parts : int
        The amount or the signed change.
    before, after : int
        What is left before and after it; both the amount itself where it is a total.
    sites : int
    """

    step: str
    kind: str
    parts: int
    before: int
    after: int
    sites: int


@dataclass(frozen=True)
class Figure:
    """One figure of a report held against the sites of its layer.

    Attributes
    ----------
    number : int
        Its place in the report, from 1.
    bridge : the store's row of its bridge
    missing : int
        Sites without an amount, which count nothing.
    cut : bool or None
        Whether sites are cut at the boundary of the place; None where the boundary set does not know the place.
    accuracy_m : float
        How sure that boundary is.
    """

    report: Report
    number: int
    verdict: Verdict
    layer: Layer
    bridge: Any
    missing: int
    cut: bool | None
    accuracy_m: float

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the layer gets from what it declares to net."""
        return self.verdict.steps

    @property
    def placed(self) -> bool:
        """Whether any site of the layer has a place."""
        return any(group["placed"] for group in self.bridge.groups)

    @property
    def period(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day that it is of; None where none is stated."""
        return self.report.period_of(self.verdict.claim)

    def changes(self) -> tuple[Step, ...]:
        """Give the steps that change the amount; behind each of them there are sites."""
        return tuple(step for step in self.steps if step.name not in TOTALS)


@dataclass(frozen=True)
class Behind:
    """A site behind a step: its row with ``change`` in stored parts, and whom it loses its ground to."""

    row: Any
    others: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Lit:
    """What of a site's ground a step is about.

    Attributes
    ----------
    number : int
        Its place in the list of all sites behind the step, from 1.
    ground : shapely geometry, EPSG:4490
        Its outline.
    piece : shapely geometry or None
        The part that the step is about; None where that is all of it.
    others : list of (row, shapely geometry)
        The sites that take the piece, each with its outline.
    """

    number: int
    row: Any
    ground: shapely.Geometry
    piece: shapely.Geometry | None
    others: list[tuple[Any, shapely.Geometry]]


def figure(lp: Landproof, report_id: str, number: int) -> Figure:
    """Hold one figure of a report against the sites of its layer.

    Raises
    ------
    NotFound
        If there is no such report, or it has no such figure.
    """
    report = find_report(lp.reports, report_id)
    if not 1 <= number <= len(report.claims):
        raise NotFound(
            N_("Report {report} has no figure {number}; it has figures 1 to {last}."),
            report=report_id,
            number=number,
            last=len(report.claims),
        )
    claim = report.claims[number - 1]
    layer = lp.layers.find(claim.layer)
    bridge = refresh(lp, layer, report.place, report.period_of(claim))
    total = next(iter(sum_up(bridge.groups, layer.id)), nothing(layer.id))
    steps = tuple(Step(**step) for step in bridge.steps)
    verdict = judge(claim, total.gross, total.net, total.sites, steps)
    return Figure(report, number, verdict, layer, bridge, total.missing, *_boundary(lp, report.place))


def figures(lp: Landproof, report_id: str) -> list[Figure]:
    """Hold every figure of a report against the sites of its layer, in the report's order.

    Raises
    ------
    NotFound
        With the reports that exist.
    """
    report = find_report(lp.reports, report_id)
    return [figure(lp, report_id, number) for number in range(1, len(report.claims) + 1)]


def demand_step(found: Figure, name: str) -> Step:
    """Return a step of a figure's bridge that changes the amount, or raise NotFound with those that exist."""
    for step in found.changes():
        if step.name == name:
            return step
    raise NotFound(
        N_("The bridge of {layer} has no step {step!r}. Its steps are: {known}."),
        layer=found.layer.id,
        step=name,
        known=", ".join(step.name for step in found.changes()),
    )


def rows_of(lp: Landproof, found: Figure) -> list[BridgeRow]:
    """Put a figure's bridge in rows, with the total as drawn and with the steps that were not applied."""
    rows: list[BridgeRow] = []
    left = 0
    for step in found.steps:
        if step.name in TOTALS:
            left = step.amount
            kind = "net" if step.name == "net" else "total"
            rows.append(BridgeRow(step.name, kind, left, left, left, step.sites))
            continue
        before, left = left, left + step.amount
        kind = "none" if step.name == "outside_place" and found.cut is None else "change"
        sites = lp.store.behind.count(found.bridge, "drawn") if step.name == "drawn" else step.sites
        rows.append(BridgeRow(step.name, kind, step.amount, before, left, sites))
        if step.name == "drawn":
            rows.append(BridgeRow("gross", "total", left, left, left, step.sites))
        if step.name == "not_finished" and found.period is None:
            rows.append(BridgeRow("outside_period", "none", 0, left, left, 0))
    return rows


def behind(lp: Landproof, found: Figure, step: str, number: int = 1, size: int = 20) -> Page:
    """Return one page of the sites behind a step, the largest change first, as `Behind`."""
    total = lp.store.behind.count(found.bridge, step)
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = lp.store.behind.sites(found.bridge, step, (number - 1) * size, size)
    return Page(_with_others(lp, found, step, rows), total, number, pages)


def all_behind(lp: Landproof, found: Figure, step: str) -> list[Behind]:
    """Return all sites behind a step, the largest change first."""
    return _with_others(lp, found, step, lp.store.behind.sites(found.bridge, step))


def lit(lp: Landproof, found: Figure, step: str, limit: int = MOST_ON_THE_MAP) -> list[Lit]:
    """Return the ground behind a step, of the largest changes only; rows without a place are left out.

    What is returned is for drawing: pieces are cut in degrees, their amounts are those of the bridge.
    """
    sites = _with_others(lp, found, step, lp.store.behind.sites(found.bridge, step, 0, limit))
    ids = sorted({row.id for each in sites for row in (each.row, *each.others)})
    shapes = dict(zip(ids, lp.store.sites.ground(np.array(ids, np.int64)).lonlat, strict=True))
    place = lp.districts.shape_of(found.report.place) if step == "outside_place" and found.cut else None
    numbered = [(number, each) for number, each in enumerate(sites, 1) if shapes[each.row.id] is not None]
    return [_lit(number, each, step, shapes, place) for number, each in numbered]


def _lit(
    number: int, each: Behind, step: str, shapes: dict[int, shapely.Geometry], place: shapely.Geometry | None
) -> Lit:
    ground = shapes[each.row.id]
    others = [(other, shapes[other.id]) for other in each.others if shapes[other.id] is not None]
    piece = None
    if step in ("overlap", "contested") and others:
        piece = shapely.intersection(ground, shapely.union_all([shape for _, shape in others]))
    elif place is not None:
        piece = shapely.difference(ground, place)
    if piece is not None and (piece.is_empty or shapely.equals(piece, ground)):
        piece = None
    return Lit(number, each.row, ground, piece, others)


def _with_others(lp: Landproof, found: Figure, step: str, rows: Sequence[Any]) -> list[Behind]:
    others: dict[int, list[Any]] = {}
    for other in lp.store.behind.others(found.bridge, step, [row.id for row in rows]):
        others.setdefault(other.site_id, []).append(other)
    if step == "duplicate" and found.layer.measure not in ("area", "length"):
        same: dict[str, list[Any]] = {}
        for other in lp.store.behind.same_code(found.bridge, [row.code for row in rows]):
            same.setdefault(other.code, []).append(other)
        others = {row.id: same.get(row.code, []) for row in rows}
    return [Behind(row, others.get(row.id, [])) for row in rows]


def _boundary(lp: Landproof, place: str) -> tuple[bool | None, float]:
    accuracy_m = lp.districts.accuracy_m
    known = lp.districts.shape_of(place) is not None
    return (accuracy_m <= CUT_ACCURACY_M if known else None), accuracy_m
