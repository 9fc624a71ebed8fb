"""The web edge: text into values, one service, the answer into text."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from geo_app.settings import ROOT
from geo_app.web import (
    access,
    assets,
    auth,
    claims,
    decisions,
    errors,
    figures,
    filters,
    findings,
    locale,
    maps,
    reports,
    security,
    sites,
    totals,
    uploads,
)
from geo_app.web.context import MAX_NUMBER


class Number(IntegerConverter):
    """A number in an address; one too large for the store has no page."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": MAX_NUMBER} | kwargs)


BLUEPRINTS = (
    *(assets.bp, auth.bp, figures.bp, claims.bp, decisions.bp, reports.bp, totals.bp),
    *(uploads.bp, sites.bp, findings.bp, maps.bp),
)


def register(app: Flask, landproof: Any) -> None:
    """Put the pages and everything that guards them on an application.

    Parameters
    ----------
    app : Flask
        Made with ``static_folder=None`` and a secret key that outlives a restart.
    landproof : services.Landproof
        What the services work on; views find it in ``app.extensions["landproof"]``.
    """
    app.extensions["landproof"] = landproof
    app.template_folder = str(ROOT / "templates")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.converters["int"] = Number
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    auth.register(app)
    # Access first: a stranger's large body is turned away before it is parsed for a token.
    access.register(app)
    security.register(app, landproof.settings)
    locale.register(app)
    filters.register(app)
    errors.register(app)
