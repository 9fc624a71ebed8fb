"""Reports side by side: each layer's figures in every report that has one, held against its sites."""

from dataclasses import dataclass

from geo_app.layers import Layer
from geo_app.model import Report, Verdict
from geo_app.services import evidence
from geo_app.services.landproof import Landproof


@dataclass(frozen=True)
class Held:
    """One figure of one report, held against the sites. `number` is its place in the report."""

    report: Report
    number: int
    verdict: Verdict


def by_layer(lp: Landproof) -> list[tuple[Layer, list[Held]]]:
    """Return the layers that reports have figures of, in list order, with those figures from the oldest on."""
    found: dict[str, list[Held]] = {}
    for report in sorted(lp.reports.values(), key=lambda each: (each.published_on, each.id)):
        for each in evidence.figures(lp, report.id):
            found.setdefault(each.layer.id, []).append(Held(report, each.number, each.verdict))
    return [(layer, found[layer.id]) for layer in lp.layers.values() if layer.id in found]
