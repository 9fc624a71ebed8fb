"""Contested ground: what is contested, one pair of sites, and the decision of a person about it."""

from collections.abc import Mapping
from typing import Any

import shapely
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import Refused
from geo_app.i18n import N_, translate
from geo_app.services import decisions
from geo_app.web.context import landproof, language
from geo_app.web.drawing import outline

bp = Blueprint("decisions", __name__, url_prefix="/decisions")


@bp.get("/")
def table() -> ResponseReturnValue:
    """Show all contested ground and what is decided about it."""
    return render_template("decisions/table.html", contests=decisions.contests(landproof()))


@bp.get("/<int:site_id>/<int:other_id>")
def page(site_id: int, other_id: int) -> ResponseReturnValue:
    """Show two sites that claim the same ground."""
    return _page(site_id, other_id)


@bp.post("/<int:site_id>/<int:other_id>")
def record(site_id: int, other_id: int) -> ResponseReturnValue:
    """Record to which of two sites the ground belongs, or take the decision back."""
    why, chosen = request.form.get("why", ""), request.form.get("winner", type=int)
    withdraw = "withdraw" in request.form
    winner, loser = (other_id, site_id) if chosen == other_id else (site_id, other_id)
    seen = request.form.get("seen", type=int)
    try:
        if not withdraw and chosen not in (site_id, other_id):
            raise Refused(N_("Nothing was chosen. Say to which of the two sites the ground belongs."))
        decisions.decide(landproof(), winner, loser, current_user.name, why, withdraw=withdraw, seen=seen)
    except Refused as problem:
        told = translate(problem.template, language(), **problem.values)
        return _page(site_id, other_id, {"problem": told, "why": why, "chosen": chosen}), 422
    return redirect(url_for("decisions.page", site_id=site_id, other_id=other_id), 303)


def _page(site_id: int, other_id: int, typed: Mapping[str, Any] | None = None) -> str:
    lp = landproof()
    found = decisions.contest(lp, site_id, other_id)
    one, other = decisions.ground_of(lp, found)
    drawn = outline(one, other, shared=shapely.intersection(one, other))
    return render_template("decisions/page.html", contest=found, drawn=drawn, typed=typed or {})
