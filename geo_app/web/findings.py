"""What the rules found: a list, one finding with its ground, and what people say about it."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.i18n import translate
from geo_app.model import SEVERITIES
from geo_app.quality import NAMES
from geo_app.rules import RULES
from geo_app.services import exports, findings, reviews
from geo_app.services.findings import STATES, FindingFilter
from geo_app.web.context import landproof, language, number_of, one_of
from geo_app.web.errors import status_of
from geo_app.web.sending import send

bp = Blueprint("findings", __name__)

PAGE_SIZE = 25
PENDING = "pending"  # open and explained: what is not closed


@bp.get("/findings")
def table() -> ResponseReturnValue:
    """Show a page of the findings that the filters find, and one of them with its ground."""
    return _page()


@bp.get("/findings.<any(csv, xlsx, geojson):suffix>")
def export(suffix: str) -> ResponseReturnValue:
    """Send the findings that the filters find as a file."""
    return send(exports.findings_table(landproof(), suffix, asked_for()))


@bp.post("/findings/state")
def turn() -> ResponseReturnValue:
    """Keep what somebody has found out about findings."""
    ids = [int(each) for each in request.form.getlist("id") if each.isascii() and each.isdigit() and len(each) < 16]
    state, why = request.form.get("state", ""), request.form.get("why", "").strip()[:1000]
    try:
        findings.turn(landproof(), ids, state, current_user.name, why)
    except (Refused, NotFound, Conflict) as problem:
        return _page(ids, translate(problem.template, language(), **problem.values), why), status_of(problem)
    query = request.query_string.decode("ascii", "ignore")
    return redirect(url_for("findings.table") + (f"?{query}" if query else ""), 303)


def asked_for() -> FindingFilter:
    """Read the filters from the query; what is not known finds everything."""
    lp = landproof()
    state = one_of("state", (*STATES, "all")) or PENDING
    text = (request.args.get("text") or "").strip()[:200] or None
    return FindingFilter(
        layer=one_of("layer", lp.layers),
        severity=one_of("severity", SEVERITIES),
        rule=one_of("rule", NAMES),
        states={PENDING: findings.PENDING, "all": ()}.get(state, (state,)),
        district=one_of("district", lp.districts.names),
        text=text,
        titled=tuple(name for name in NAMES if text and text.casefold() in _title(name).casefold()),
    )


def _title(rule: str) -> str:
    return translate(RULES[rule].title, language())


def _page(chosen: list[int] | None = None, problem: str = "", why: str = "") -> str:
    lp, wanted = landproof(), asked_for()
    found = findings.page(lp, wanted, number_of("page") or 1, PAGE_SIZE)
    number = number_of("finding")
    return render_template(
        "findings/table.html",
        found=found,
        wanted=wanted,
        counts=findings.counts(lp, replace(wanted, states=())),
        taken=findings.taken(lp, wanted),
        detail=findings.detail(lp, number) if number is not None else None,
        waiting=[lp.layers[each] for each in reviews.behind(lp)],
        failed=[translate(text, language(), **values) for text, values in findings.failures_told(lp, language())],
        chosen=chosen or [],
        problem=problem,
        why=why,
        severities=SEVERITIES,
        states=STATES,
        titles=sorted((_title(name), name) for name in NAMES),
        size=PAGE_SIZE,
    )
