"""Files for the browser: ours, the front-end packages, and the layers' colours."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory, url_for

from geo_app.layers import Layers
from geo_app.settings import ROOT
from geo_app.web.context import landproof

STATIC = Path(__file__).parent / "static"
PACKAGES = ROOT / "node_modules"
# The only files of the packages that are served.
ALLOWED = re.compile(
    r"bootstrap/dist/css/bootstrap\.min\.css"
    r"|echarts/dist/echarts\.min\.js"
    r"|htmx\.org/dist/htmx\.min\.js"
    r"|leaflet/dist/(?:leaflet\.(?:js|css)|images/[a-z0-9-]+\.png)"
    r"|protomaps-leaflet/dist/protomaps-leaflet\.js"
    r"|@fontsource/noto-sans-sc/(?:[47]00\.css|files/noto-sans-sc-[a-z0-9-]+-[47]00-normal\.woff2?)"
)
_DAY_S = 24 * 3600
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]+")

bp = Blueprint("assets", __name__)


@bp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Serve a file of ours; its address changes with its content."""
    return send_from_directory(STATIC, name, max_age=_DAY_S)


@bp.get("/vendor/<path:name>")
def vendor(name: str) -> Response:
    """Serve one of the allowed files of a front-end package."""
    if not ALLOWED.fullmatch(name):
        abort(404)
    return send_from_directory(PACKAGES, name, max_age=_DAY_S)


@bp.get("/layers.css")
def layers_css() -> Response:
    """Serve the layers' colours, light and dark, as variables and classes."""
    response = Response(colours(landproof().layers), mimetype="text/css")
    response.headers["Cache-Control"] = "no-cache"
    return response


def colours(layers: Layers) -> str:
    """Write the style sheet of the layers.

    Returns
    -------
    str
        ``--l-<id>`` on the root, and a class ``layer-<id>`` that paints a mark.
    """
    shown = [layer for layer in layers.values() if _SAFE_ID.fullmatch(layer.id)]
    light = " ".join(f"--l-{layer.id}: {layer.colour['light']};" for layer in shown)
    dark = " ".join(f"--l-{layer.id}: {layer.colour['dark']};" for layer in shown)
    marks = "\n".join(f".layer-{layer.id} {{ --layer: var(--l-{layer.id}); }}" for layer in shown)
    return (
        f":root {{ {light} }}\n"
        f'@media screen {{ :root[data-theme="dark"] {{ {dark} }} }}\n'
        f'@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
        f"{marks}\n"
    )


def static_url(name: str) -> str:
    """Return the address of a file of ours, with a mark of its content."""
    return url_for("assets.static", name=name, v=_mark(name, (STATIC / name).stat().st_mtime_ns))


@cache
def _mark(name: str, _changed_ns: int) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
