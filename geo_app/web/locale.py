"""Which language an answer is in: asked for, remembered, or as the browser prefers."""

from flask import Flask, Response, request
from flask_babel import Babel

from geo_app.i18n import CATALOGUES, LOCALES

_COOKIE = "landproof-lang"
_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Choose the locale of each request and remember a wish for one."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=chosen)
    app.after_request(_remember)


def chosen() -> str:
    """Return the locale for this request."""
    for wish in (request.args.get("lang"), request.cookies.get(_COOKIE)):
        if wish in LOCALES:
            return wish
    # In the browser's order, by primary subtag: zh-CN before en means Chinese.
    liked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in liked if tag in LOCALES), LOCALES[0])


def _remember(response: Response) -> Response:
    wish = request.args.get("lang")
    if wish in LOCALES:
        response.set_cookie(_COOKIE, wish, max_age=_YEAR_S, samesite="Lax", httponly=True)
    return response
