"""Wiring: the only place where all parts meet."""

import secrets

from flask import Flask

from geo_app import web
from geo_app.services import Landproof
from geo_app.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the web application of one instance.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment when not given.
    """
    landproof = Landproof(settings or Settings.from_env())
    landproof.counts_at_once = False  # somebody waits for the page
    app = Flask("geo_app", static_folder=None)
    # Made once and kept with the instance: a new key at each start would sign everybody out.
    app.secret_key = landproof.store.put_first("secret_key", secrets.token_urlsafe(32))
    web.register(app, landproof)
    return app
