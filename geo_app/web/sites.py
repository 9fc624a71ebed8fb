"""The list of sites and the page of one."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geo_app.model import STATUSES
from geo_app.services import exports, sites
from geo_app.services.sites import SiteFilter
from geo_app.web.context import landproof, one_of
from geo_app.web.sending import send

bp = Blueprint("sites", __name__)

PAGE_SIZE = 50
_YES_NO = {"yes": True, "no": False}


@bp.get("/sites")
def table() -> ResponseReturnValue:
    """Show a page of the sites that the filters find."""
    wanted = asked_for()
    found = sites.page(landproof(), wanted, request.args.get("page", 1, type=int), PAGE_SIZE)
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
    lp = landproof()
    found = sites.detail(lp, site_id)
    claims = [
        (report, claim) for report in lp.reports.values() for claim in report.claims if claim.layer == found.site.layer
    ]
    return render_template("sites/page.html", detail=found, site=found.site, claims=claims)


def asked_for() -> SiteFilter:
    """Read the filters from the query; what is not known finds everything."""
    lp = landproof()
    return SiteFilter(
        layer=one_of("layer", lp.layers),
        district=one_of("district", lp.districts.names),
        status=one_of("status", (*STATUSES, "unknown")),
        text=(request.args.get("text") or "").strip()[:200] or None,
        counted=_YES_NO.get(request.args.get("counted", "")),
        upload=request.args.get("upload", type=int),
        placed=_YES_NO.get(request.args.get("placed", "")),
    )
