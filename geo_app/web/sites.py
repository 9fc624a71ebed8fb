"""The list of sites, the page of one, and its correction by a person."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import Conflict, Refused
from geo_app.i18n import N_, translate
from geo_app.layers import Layer
from geo_app.model import STATUSES
from geo_app.services import exports, findings, history, sites
from geo_app.services.sites import SiteDetail, SiteFilter
from geo_app.units import from_parts
from geo_app.web.context import landproof, language, number_of, one_of
from geo_app.web.sending import send

bp = Blueprint("sites", __name__)

PAGE_SIZE = 50
_YES_NO = {"yes": True, "no": False}


@bp.get("/sites")
def table() -> ResponseReturnValue:
    """Show a page of the sites that the filters find."""
    wanted = asked_for()
    found = sites.page(landproof(), wanted, number_of("page") or 1, PAGE_SIZE)
    return render_template(
        "sites/table.html", found=found, wanted=wanted, statuses=(*STATUSES, "unknown"), size=PAGE_SIZE
    )


@bp.get("/sites.<any(csv, xlsx, geojson, gpkg):suffix>")
def export(suffix: str) -> ResponseReturnValue:
    """Send the sites that the filters find as a file."""
    return send(exports.sites_table(landproof(), suffix, asked_for()))


@bp.get("/sites/<int:site_id>")
def page(site_id: int) -> ResponseReturnValue:
    """Show one site."""
    return _page(sites.detail(landproof(), site_id))


@bp.post("/sites/<int:site_id>/edit")
def edit(site_id: int) -> ResponseReturnValue:
    """Give a site a new version as a person typed it."""
    lp = landproof()
    seen = sites.detail(lp, site_id)
    typed = {name: _typed(name) for name in _fields(lp.layers.find(seen.site.layer)) if name in request.form}
    try:
        changes = changed(typed, values(seen.site, lp.layers.find(seen.site.layer)))
        number = history.edit(lp, site_id, changes, current_user.name, _typed("why"))
    except Conflict as conflict:
        return _conflict(seen, typed, conflict)
    except Refused as problem:
        told = translate(problem.template, language(), **problem.values)
        return _page(seen, typed | {"why": _typed("why")}, told), 422
    return redirect(url_for("sites.page", site_id=number), 303)


def asked_for() -> SiteFilter:
    """Read the filters from the query; what is not known finds everything."""
    lp = landproof()
    return SiteFilter(
        layer=one_of("layer", lp.layers),
        district=one_of("district", lp.districts.names),
        status=one_of("status", (*STATUSES, "unknown")),
        text=(request.args.get("text") or "").strip()[:200] or None,
        counted=_YES_NO.get(request.args.get("counted", "")),
        upload=number_of("upload"),
        placed=_YES_NO.get(request.args.get("placed", "")),
    )


def values(site: Any, layer: Layer) -> dict[str, str]:
    """Write what can be corrected of a site as its form holds it.

    Returns
    -------
    dict
        Of `history.EDITABLE`, without the quantity where the layer is measured on the ground;
        a missing value is an empty text.
    """
    plain = {name: getattr(site, name) or "" for name in ("code", "district", "status", "note")}
    if layer.measure == "area":
        return plain
    return plain | {"quantity": "" if site.amount is None else _exact(site.amount, layer.measure)}


def changed(typed: Mapping[str, str], seen: Mapping[str, str]) -> dict[str, str]:
    """Find what a person has changed in a form.

    Raises
    ------
    Refused
        If that is nothing.
    """
    found = {name: text for name, text in typed.items() if text != seen[name].strip()}
    if not found:
        raise Refused(N_("Nothing was changed. Change a field, then save it."))
    return found


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _fields(layer: Layer) -> tuple[str, ...]:
    return tuple(name for name in history.EDITABLE if name != "quantity" or layer.measure != "area")


def _exact(parts: int, measure: str) -> str:
    exact = from_parts(parts, measure)  # its denominator is a power of ten
    text = f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _page(found: SiteDetail, typed: Mapping[str, str] | None = None, problem: str = "") -> str:
    lp = landproof()
    layer = lp.layers.find(found.site.layer)
    claims = [(report, claim) for report in lp.reports.values() for claim in report.claims if claim.layer == layer.id]
    return render_template(
        "sites/page.html",
        detail=found,
        site=found.site,
        claims=claims,
        reviewed=findings.of_site(lp, found.site),
        form=values(found.site, layer) | dict(typed or {}),
        problem=problem,
        **_choices(),
    )


def _conflict(seen: SiteDetail, typed: Mapping[str, str], conflict: Conflict) -> ResponseReturnValue:
    """Show what somebody else has made of the site meanwhile beside what was typed."""
    lp = landproof()
    now = sites.detail(lp, (seen.current or seen.moved or seen.site).id)
    if not now.holds:
        raise conflict
    layer = lp.layers.find(seen.site.layer)
    old, held = values(seen.site, layer), values(now.site, layer)
    mine = {name: text for name, text in typed.items() if text != old[name].strip()}
    shown = render_template(
        "sites/conflict.html",
        seen=old,
        now=now,
        held=held,
        mine=mine,
        fields=[name for name in held if name in mine or old[name] != held[name]],
        site=now.site,
        layer=layer,
        form=held | mine | {"why": _typed("why")},
        **_choices(),
    )
    return shown, 409


def _choices() -> dict[str, Any]:
    return {"statuses": STATUSES, "district_codes": tuple(landproof().districts.shapes)}
