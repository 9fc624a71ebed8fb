"""Errors as pages: one table gives the status, one handler renders all."""

import datetime as dt
import errno
import secrets

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from geo_app.errors import (
    AnswerNeeded,
    BeingCounted,
    Conflict,
    GeoAppError,
    NotAllowed,
    NotFound,
    Refused,
    StoreFailed,
    disk_failed,
)
from geo_app.i18n import N_, translate
from geo_app.web.context import landproof, language, wants_json

STATUS: dict[type[GeoAppError], tuple[int, str]] = {
    Refused: (422, N_("This cannot be taken")),
    AnswerNeeded: (409, N_("An answer is needed")),
    NotFound: (404, N_("There is no such thing here")),
    NotAllowed: (403, N_("You may look, but not do this")),
    Conflict: (409, N_("Something has changed meanwhile")),
    BeingCounted: (503, N_("Being counted")),
    StoreFailed: (507, N_("This could not be stored or read")),
}
RETRY_SECONDS = 10
COUNTING_SECONDS = 3
_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG, errno.EACCES, errno.EPERM))
_HTTP = {
    400: (
        N_("The request was not understood"),
        N_("Part of it is missing or not what was expected. Go back, load the page again and try once more."),
    ),
    404: (
        N_("There is no page at this address"),
        N_("It may have been moved or mistyped. Start from one of the pages above."),
    ),
    405: (N_("This address does not take that"), N_("Go back and use the buttons of the page. Nothing was changed.")),
    413: (
        N_("The file is too large"),
        N_("Up to {limit} MB are taken. Divide it, or have the limit raised by GEO_APP_MAX_UPLOAD_MB."),
    ),
}
_OLD_FORM = (
    N_("The form was too old, or not from here"),
    N_("Load the page again and send it once more. Nothing was changed."),
)
_OURS = (
    N_("The page could not be made"),
    N_("The fault is ours, not your file’s. Nothing was changed. The log holds it under this number:"),
)


def register(app: Flask) -> None:
    """Answer every error with a page, or with JSON where that was asked for."""
    app.register_error_handler(GeoAppError, _ours_on_purpose)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: GeoAppError) -> int:
    """Return the status of an error that a page says itself."""
    return next(STATUS[kind][0] for kind in type(error).__mro__ if kind in STATUS)


def _ours_on_purpose(error: GeoAppError) -> ResponseReturnValue:
    known = [STATUS[kind] for kind in type(error).__mro__ if kind in STATUS]
    if not known:
        return _unexpected(error)
    status, title = known[0]
    sentence = translate(error.template, language(), **error.values)
    if isinstance(error, BeingCounted):
        return _later(_answer(status, title, sentence), COUNTING_SECONDS)
    if not isinstance(error, StoreFailed):
        return _answer(status, title, sentence)
    current_app.logger.error("%s %s: %s", request.method, request.path, error)
    if error.why != "busy":
        return _answer(status, title, sentence)
    return _later(_answer(503, title, sentence), RETRY_SECONDS)


def _later(answer: ResponseReturnValue, seconds: int) -> ResponseReturnValue:
    """Say when to ask again; a browser that shows a page does so by itself."""
    response = make_response(answer)
    response.headers["Retry-After"] = str(seconds)
    if request.method == "GET":
        response.headers["Refresh"] = str(seconds)
    return response


def _disk(error: OSError) -> ResponseReturnValue:
    return _ours_on_purpose(disk_failed(error)) if error.errno in _DISK else _unexpected(error)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    title, sentence = _OLD_FORM
    return _answer(400, title, translate(sentence, language()))


def _wrong_host(_error: SecurityError) -> ResponseReturnValue:
    # No page: links cannot be built for a host that is not ours.
    return (
        "This host name is not served here. Open Landproof by 127.0.0.1 or localhost.\n",
        400,
        {"Content-Type": "text/plain"},
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return _unexpected(error)
    title, sentence = _HTTP.get(error.code, _HTTP[400])
    limit = landproof().settings.max_upload_mb if isinstance(error, RequestEntityTooLarge) else 0
    return _answer(error.code, title, translate(sentence, language(), limit=limit))


def _unexpected(error: Exception) -> ResponseReturnValue:
    number = f"{dt.datetime.now():%d%b-%H%M%S}-{secrets.token_hex(2)}".upper()
    current_app.logger.error("%s %s %s", number, request.method, request.path, exc_info=error)
    title, sentence = _OURS
    return _answer(500, title, translate(sentence, language()), number=number)


def _answer(status: int, title: str, sentence: str, number: str = "") -> ResponseReturnValue:
    g.bare = status >= 500
    if wants_json():
        return jsonify(error=sentence, number=number), status
    heading = translate(title, language())
    return render_template("error.html", heading=heading, sentence=sentence, number=number, status=status), status
