"""The start page: each reported figure beside what the sites add up to."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geo_app.layers import Layers
from geo_app.model import VERDICTS, Verdict
from geo_app.services import figures
from geo_app.services.evidence import STEP_WORDS
from geo_app.units import MEASURES
from geo_app.web.context import landproof, language, one_of
from geo_app.web.wording import answer, by_gap

bp = Blueprint("figures", __name__)


@dataclass(frozen=True)
class Shown:
    """Which figures are listed, and how."""

    sort: str
    kind: str | None
    verdict: str | None


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the answer, the list of figures and the map."""
    lp = landproof()
    overview = figures.overview(lp, request.args.get("report"))
    layers = [each.claim.layer for each in overview.verdicts]
    chosen = one_of("figure", layers)
    shown = Shown(one_of("sort", ("gap", "report")) or "gap", one_of("kind", MEASURES), one_of("verdict", VERDICTS))
    return render_template(
        "figures/start.html" if overview.report else "figures/empty.html",
        overview=overview,
        answer=answer(overview.verdicts, lp.layers, language()) if overview.verdicts else "",
        counts={word: sum(each.word == word for each in overview.verdicts) for word in VERDICTS},
        listed=_listed(overview.verdicts, shown, lp.layers),
        shown=shown,
        chosen=layers.index(chosen) + 1 if chosen else None,
        step=one_of("step", STEP_WORDS),
        measures=[key for key in MEASURES if any(each.claim.measure == key for each in overview.verdicts)],
    )


def _listed(verdicts: list[Verdict], shown: Shown, layers: Layers) -> list[Verdict]:
    kept = [
        verdict
        for verdict in verdicts
        if shown.kind in (None, verdict.claim.measure) and shown.verdict in (None, verdict.word)
    ]
    return by_gap(kept, layers) if shown.sort == "gap" else kept
