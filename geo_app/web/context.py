"""What every view starts from."""

from typing import TYPE_CHECKING, cast

from flask import current_app, request
from flask_babel import get_locale

if TYPE_CHECKING:
    from geo_app.services import Landproof


def landproof() -> "Landproof":
    """Return what the services work on."""
    return cast("Landproof", current_app.extensions["landproof"])


def language() -> str:
    """Return the locale of this answer, ``en`` or ``zh``."""
    return str(get_locale() or "en")


def wants_json() -> bool:
    """Tell whether the caller asked for JSON rather than a page."""
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def one_of(name: str, known: object) -> str | None:
    """Return a query value if it is one of those known, else None."""
    value = request.args.get(name)
    return value if value in known else None  # type: ignore[operator]


MAX_NUMBER = 2**53


def number_of(name: str) -> int | None:
    """Return a query value that is a number the store can have, else None."""
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= MAX_NUMBER else None
