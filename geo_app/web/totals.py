"""Totals by layer and group, and their export."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from geo_app.layers import Layer, Layers
from geo_app.methods import ByMethod
from geo_app.model import Report
from geo_app.services import exports, figures, net_methods
from geo_app.totals import GROUPS, Total
from geo_app.units import MEASURES
from geo_app.web.context import landproof, one_of
from geo_app.web.sending import send

bp = Blueprint("totals", __name__)


@dataclass(frozen=True)
class LayerTotals:
    """A layer's whole total and its lines by group."""

    layer: Layer
    whole: Total
    lines: tuple[Total, ...]


@bp.get("/totals")
def table() -> ResponseReturnValue:
    """Show the totals, whole and by group."""
    lp = landproof()
    by, layer, measure = one_of("by", GROUPS), one_of("layer", lp.layers), one_of("measure", MEASURES)
    found = grouped(figures.totals(lp, layer, by), lp.layers, measure)
    shown = {"by": by, "layer": layer, "measure": measure}
    small = [each.layer for each in found if each.whole.counted_sites <= net_methods.AT_ONCE]
    return render_template(
        "totals/table.html",
        groups=found,
        **shown,
        measures=MEASURES,
        figures=_figures(lp.reports.values()),
        by_methods={kind.id: net_methods.totals_by_methods(lp, kind).get(None) for kind in small},
    )


@bp.get("/totals/<layer>/methods")
def by_methods(layer: str) -> ResponseReturnValue:
    """Show the net total of a layer by each method, as a part of the page."""
    lp = landproof()
    found = net_methods.totals_by_methods(lp, lp.layers.find(layer)).get(None, ByMethod())
    return render_template("totals/_methods.html", found=found)


@bp.get("/totals.<any(csv, xlsx):suffix>")
def export(suffix: str) -> ResponseReturnValue:
    """Send the totals as a file."""
    lp = landproof()
    wanted = {"layer": one_of("layer", lp.layers), "by": one_of("by", GROUPS), "measure": one_of("measure", MEASURES)}
    return send(exports.totals_table(lp, suffix, **wanted))


def grouped(totals: Iterable[Total], layers: Layers, measure: str | None) -> list[LayerTotals]:
    """Put the lines of each layer under its whole; layers without any site are left out."""
    found = []
    for layer_id, group in groupby(totals, key=lambda total: total.layer):
        lines = tuple(group)
        whole = Total(layer_id, None, *(sum(getattr(each, name) for each in lines) for name in _SUMMED))
        if whole.sites and measure in (None, layers[layer_id].measure):
            found.append(LayerTotals(layers[layer_id], whole, lines))
    return found


def _figures(reports: Iterable[Report]) -> dict[str, tuple[str, int]]:
    """Give of each layer the report and number of its figure, of the newest report that has one."""
    newest_last = sorted(reports, key=lambda each: (each.published_on, each.id))
    return {claim.layer: (report.id, number) for report in newest_last for number, claim in enumerate(report.claims, 1)}


_SUMMED = ("gross", "net", "sites", "counted_sites", "missing")
