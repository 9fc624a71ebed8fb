"""Reports, verdicts and totals."""

from dataclasses import dataclass
from typing import Any

from geo_app.claims import find_report
from geo_app.districts import Districts
from geo_app.errors import NotFound
from geo_app.i18n import N_
from geo_app.layers import Layer
from geo_app.model import Report, Verdict
from geo_app.services import evidence
from geo_app.services.bridges import bridge_then, refresh_all, site_counts
from geo_app.services.landproof import Landproof
from geo_app.totals import GROUPS, Total, nothing, sum_up


@dataclass(frozen=True)
class Overview:
    """What the start page shows. `report` is None where there is no report file."""

    report: Report | None
    reports: list[Report]
    verdicts: list[Verdict]
    last_upload: Any
    demonstration: bool
    pending: int
    districts: Districts
    placed: dict[str, int]
    without_place: dict[str, int]


def reconcile(lp: Landproof, report_id: str) -> list[Verdict]:
    """Hold every claim of a report against the sites of its layer.

    Returns
    -------
    list of Verdict
        In the report's order.

    Raises
    ------
    NotFound
        With the reports that exist.
    """
    return [found.verdict for found in evidence.figures(lp, report_id)]


def totals(
    lp: Landproof, layer_id: str | None = None, by: str | None = None, *, as_of: int | None = None
) -> list[Total]:
    """Add up every layer, or one, by a group.

    Parameters
    ----------
    as_of : int, optional
        An accepted upload: the state just after it, by the counting rules of today.

    Raises
    ------
    NotFound
        If the layer or the group does not exist.
    """
    if by is not None and by not in GROUPS:
        raise NotFound(N_("Totals by {by!r} do not exist. Choose one of {known}."), by=by, known=", ".join(GROUPS))
    layers = [lp.layers.find(layer_id)] if layer_id else list(lp.layers.values())
    if as_of is None:
        kept = refresh_all(lp, lp.place, layers)
        return [line for layer in layers for line in _add_up(kept[layer.id].groups, layer, by)]
    then = lp.store.uploads.in_force_after(as_of)
    lines = []
    for layer in layers:
        groups = bridge_then(lp, layer, lp.place, then).groups
        lines += sum_up(groups.astype(object).where(groups.notna(), None).to_dict("records"), layer.id, by)
    return lines


def overview(lp: Landproof, report_id: str | None = None) -> Overview:
    """Gather what the start page shows for a report, by default the newest one."""
    reports = sorted(lp.reports.values(), key=lambda each: (each.published_on, each.id), reverse=True)
    report = find_report(lp.reports, report_id) if report_id else (reports[0] if reports else None)
    uploads = lp.store.uploads.all()
    return Overview(
        report=report,
        reports=reports,
        verdicts=reconcile(lp, report.id) if report else [],
        last_upload=lp.store.uploads.last_accepted(),
        demonstration=lp.demonstration,
        pending=sum(upload.state in ("received", "reading", "ready", "needs_input") for upload in uploads),
        districts=lp.districts,
        placed=site_counts(lp, placed=True),
        without_place=site_counts(lp, placed=False),
    )


def _add_up(groups: list[dict[str, Any]], layer: Layer, by: str | None = None) -> list[Total]:
    """Add up the groups of a layer's bridge; without any site and without a group, one line of zeros."""
    lines = sum_up(groups, layer.id, by)
    return lines or ([] if by else [nothing(layer.id)])
