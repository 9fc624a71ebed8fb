"""The page of one reported figure: its bridge from declared to net, and the sites behind each step."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo_app.bridge import DEDUCTIONS
from geo_app.services import bridge_exports, evidence, findings, mapping, net_methods
from geo_app.services.evidence import BridgeRow, Figure
from geo_app.web import bridging, figure_words
from geo_app.web.context import landproof, language, number_of
from geo_app.web.drawing import end_of, interval
from geo_app.web.sending import send
from geo_app.web.wording import by_gap

bp = Blueprint("claims", __name__, url_prefix="/claims")

PAGE_SIZE = 20
MOST_FINDINGS = 6


@bp.get("/<report>/<int:number>")
def page(report: str, number: int) -> ResponseReturnValue:
    """Show one figure with its bridge and the sites behind one step of it."""
    lp = landproof()
    found = evidence.figure(lp, report, number)
    rows = evidence.rows_of(lp, found)
    step = _chosen(found, rows)
    return render_template(
        "claims/page.html",
        figure=found,
        rows=rows,
        axis=bridging.axis_of(rows, found.verdict),
        step=step,
        behind=evidence.behind(lp, found, step, number_of("page") or 1, PAGE_SIZE) if step else None,
        counted=rows[-1].sites,
        methods=net_methods.net_by_methods(lp, found) if rows[-1].sites <= net_methods.AT_ONCE else None,
        found=findings.behind(lp, found.bridge, MOST_FINDINGS),
        place=_place_in_list(report, number),
        last_upload=lp.store.uploads.last_accepted(),
        boundaries=lp.districts.label,
        size=PAGE_SIZE,
        most_on_map=evidence.MOST_ON_THE_MAP,
        **_words(found, step),
    )


@bp.get("/<report>/<int:number>/methods")
def by_methods(report: str, number: int) -> ResponseReturnValue:
    """Show the net ground of a figure by each method, as a part of its page."""
    lp = landproof()
    found = evidence.figure(lp, report, number)
    methods = net_methods.net_by_methods(lp, found)
    return render_template("claims/_methods.html", methods=methods, **_writing(found))


@bp.get("/<report>/<int:number>/steps.json")
def steps(report: str, number: int) -> ResponseReturnValue:
    """Tell the map which steps a figure has, in the reader's language."""
    lp = landproof()
    found = evidence.figure(lp, report, number)
    return jsonify(
        layer=found.layer.id,
        title=found.layer.title[language()],
        url=url_for("claims.page", report=report, number=number),
        steps=[_step(found, row) for row in evidence.rows_of(lp, found) if row.kind == "change" and row.sites],
    )


@bp.get("/<report>/<int:number>/steps/<step>.geojson")
def ground(report: str, number: int, step: str) -> ResponseReturnValue:
    """Send the ground behind a step of a figure's bridge."""
    body = mapping.lit(landproof(), report, number, step)
    return Response(body, mimetype="application/geo+json")


@bp.get("/<report>/<int:number>.<any(csv, xlsx, json):suffix>")
def export(report: str, number: int, suffix: str) -> ResponseReturnValue:
    """Send a figure's bridge, with the sites behind each step, as a file."""
    return send(bridge_exports.bridge_table(landproof(), suffix, report, number))


def _words(found: Figure, step: str | None) -> dict[str, Any]:
    """Give what the page says about a figure."""
    locale = language()
    return {
        "headline": figure_words.headline(found.verdict, found.layer, locale),
        "beside": figure_words.beside(found.verdict, locale),
        "meaning": figure_words.meaning(found, locale),
        "picture": figure_words.picture(found, locale),
        "sentence": figure_words.sentence(found, locale),
        "explanation": figure_words.explanation(found, step, locale) if step else "",
        "interval": interval(found.verdict),
        **_writing(found),
    }


def _writing(found: Figure) -> dict[str, Any]:
    """Give how the page writes amounts of a figure's bridge."""
    locale, measure, decimals = language(), found.verdict.claim.measure, bridging.decimals_of(found.verdict)
    return {
        "unit": bridging.units_of(found, locale),
        "write": partial(bridging.cell, measure=measure, decimals=decimals),
        "write_ha": partial(bridging.cell, measure=measure, decimals=2, hectares=True),
        "off": lambda compared: bridging.difference(compared.difference_m2, decimals, locale),
        "shown": lambda parts: bridging.shown(parts, measure),
        "plain_float": lambda value: float(bridging.in_units(value, measure)),
        "plain": lambda value: "…" if value is None else bridging.plain(value, measure),
        "end": float(bridging.in_units(end_of(found.verdict.claim), measure)),
        "tick": bridging.trimmed,
        "with_unit": lambda text: bridging.with_measure(text, found, locale),
    }


def _chosen(found: Figure, rows: Sequence[BridgeRow]) -> str | None:
    """Return the step that is asked for, by default the one that takes most away, else the first with sites."""
    asked = request.args.get("step")
    if asked:
        return evidence.demand_step(found, asked).name
    changes = [row for row in rows if row.kind == "change" and row.sites]
    taking = [row for row in changes if row.step in DEDUCTIONS]
    best = min(taking, key=lambda row: row.parts) if taking else next(iter(changes), None)
    return best.step if best else None


def _place_in_list(report: str, number: int) -> dict[str, Any]:
    """Tell where the figure is in the list that starts with the largest gap, and which are beside it."""
    lp = landproof()
    all_of_it = evidence.figures(lp, report)
    order = by_gap([each.verdict for each in all_of_it], lp.layers)
    numbers = [next(each.number for each in all_of_it if each.verdict is verdict) for verdict in order]
    at = numbers.index(number)
    return {
        "at": at + 1,
        "of": len(numbers),
        "previous": numbers[at - 1] if at else None,
        "next": numbers[at + 1] if at + 1 < len(numbers) else None,
    }


def _step(found: Figure, row: BridgeRow) -> dict[str, Any]:
    measure, decimals = found.verdict.claim.measure, bridging.decimals_of(found.verdict)
    words = bridging.step_word(row.step, language())
    return {
        "step": row.step,
        "title": words,
        "amount": bridging.with_measure(bridging.cell(row.parts, measure, decimals, plus=True), found, language()),
        "sites": row.sites,
    }
