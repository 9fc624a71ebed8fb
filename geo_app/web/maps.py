"""The map frame and what it asks for."""

from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue

from geo_app.errors import NotFound
from geo_app.i18n import N_, translate
from geo_app.maps import MapPages
from geo_app.rules import RULES
from geo_app.services import findings, mapping, sites
from geo_app.web.cards import card_facts
from geo_app.web.context import landproof, language, number_of
from geo_app.web.findings import asked_for
from geo_app.web.proposing import features as proposed_features

bp = Blueprint("maps", __name__)
MOST_FOUND = 1_000  # findings that a map draws
KINDS = {"js": "text/javascript", "css": "text/css"}


@bp.get("/map")
def page() -> ResponseReturnValue:
    """Show the map alone; the start page and previews hold it in a frame."""
    found = request.args.get("findings") is not None
    return mapping.page(landproof(), _pages(), language(), _upload(), found=found).html


@bp.get("/map/<build>.<any(js, css):kind>")
def asset(build: str, kind: str) -> ResponseReturnValue:
    """Send the script or the styles of a build."""
    found = _pages().asset(build)
    return Response(found.js if kind == "js" else found.css, mimetype=KINDS[kind])


@bp.get("/map/layers/<layer>.geojson")
def features(layer: str) -> ResponseReturnValue:
    """Send the sites of a small layer."""
    body = mapping.features(landproof(), layer, _upload())
    return Response(body, mimetype="application/geo+json")


@bp.get("/map/proposals.geojson")
def proposals() -> ResponseReturnValue:
    """Send where an upload would lie in each coordinate system that is proposed for it."""
    lp, upload = landproof(), _upload()
    found = mapping.proposals(lp, upload) if upload is not None else []
    return jsonify(proposed_features(found, lp.districts.names, language()))


@bp.get("/map/findings.geojson")
def found() -> ResponseReturnValue:
    """Send where the findings lie that the filters find, the severest first."""
    lp, wanted = landproof(), replace(asked_for(), placed=True)
    rows = findings.page(lp, wanted, size=MOST_FOUND)
    return jsonify(type="FeatureCollection", total=rows.total, features=[_feature(row) for row in rows.rows])


def _feature(row: Any) -> dict[str, Any]:
    sites = "".join(f", {code}" for code in (row.code, row.other_code) if code)
    about = {
        "id": row.id,
        "severity": findings.severity_of(row),
        "title": f"{translate(RULES[row.rule].title, language())}{sites}",
        "url": url_for("findings.table", finding=row.id, _anchor="finding"),
    }
    return {"type": "Feature", "properties": about, "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]}}


@bp.get("/map/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt")
def tile(layer: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Send one tile of a big layer."""
    return Response(
        mapping.tile_of(landproof(), layer, z, x, y, _upload()), mimetype="application/vnd.mapbox-vector-tile"
    )


@bp.get("/map/at")
def at() -> ResponseReturnValue:
    """Tell which site lies where the map was clicked."""
    lon, lat, zoom = (request.args.get(name, type=float) for name in ("lon", "lat", "z"))
    if lon is None or lat is None or zoom is None or not (abs(lon) <= 180 and abs(lat) <= 90 and 0 <= zoom <= 30):
        raise NotFound(N_("No place was given; expected lon, lat and z."))
    layer = request.args.get("layer", "")
    return jsonify(site=mapping.site_at(landproof(), layer, lon, lat, zoom, _upload()))


@bp.get("/map/sites/<int:site_id>.json")
def site(site_id: int) -> ResponseReturnValue:
    """Tell what the card of a site shows, in the reader's language."""
    lp = landproof()
    detail = sites.detail(lp, site_id)
    layer = lp.layers.find(detail.site.layer)
    return jsonify(
        id=site_id,
        code=detail.site.code,
        title=detail.site.name or "",
        layer=layer.title[language()],
        facts=card_facts(detail, layer, lp.districts, language()),
        url=url_for("sites.page", site_id=site_id),
        colour=dict(layer.colour),
        dot=mapping.dot(detail.geometry),
    )


@bp.get("/map/backdrop/<name>")
def backdrop(name: str) -> ResponseReturnValue:
    """Send a file of the backdrop."""
    return send_file(mapping.backdrop_file(landproof(), name), conditional=True, max_age=3600)


def _upload() -> int | None:
    return number_of("upload")


def _pages() -> MapPages:
    return cast(MapPages, current_app.extensions.setdefault("landproof.map_pages", MapPages()))
