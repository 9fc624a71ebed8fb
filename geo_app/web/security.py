"""Headers, host and origin checks, the token against forged requests, limits."""

import hashlib
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from geo_app.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_FORM_FIELDS_BYTES = 1_000_000


def register(app: Flask, settings: Settings) -> None:
    """Set the limits and put the checks around every request."""
    app.config.update(
        TRUSTED_HOSTS=["127.0.0.1", "localhost"],
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000 + _FORM_FIELDS_BYTES,
        MAX_FORM_MEMORY_SIZE=settings.max_document_mb * 1_000_000 + _FORM_FIELDS_BYTES,  # of a pasted text
        # Cookies do not know ports: two instances on one host must not sign each other out.
        SESSION_COOKIE_NAME=f"landproof-{hashlib.sha256(bytes(settings.home)).hexdigest()[:12]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.before_request(_check_origin)
    CSRFProtect(app)
    app.after_request(_add_headers)


def _check_origin() -> None:
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    from_elsewhere = origin is not None and urlsplit(origin).netloc != request.host
    if from_elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError("The request comes from another site.")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
