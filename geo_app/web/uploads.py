"""Uploads: receive, watch, answer, look, decide."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.model import OUR_COLUMNS, STATUSES
from geo_app.services import uploads
from geo_app.web.context import landproof, wants_json
from geo_app.web.filters import say
from geo_app.web.sending import send_table

bp = Blueprint("uploads", __name__)

UNDER_WAY = ("received", "reading")
ENCODINGS = ("UTF-8", "GB18030", "Big5", "ISO-8859-1")
_ANSWERS = ("crs", "encoding", "sublayer", "status")


@bp.get("/uploads")
def table() -> ResponseReturnValue:
    """List the uploads, with the form for a new one."""
    return render_template("uploads/table.html", uploads=uploads.listing(landproof()))


@bp.post("/uploads")
def receive() -> ResponseReturnValue:
    """Take a file and have it read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(N_("No file was chosen. Choose a file, then send it."))
    stream, layer = cast(BinaryIO, sent.stream), request.form.get("layer", "")
    upload = uploads.receive(landproof(), stream, sent.filename, layer, current_user.name)
    if upload.state == "received":
        uploads.enqueue(landproof(), upload.id)
    return _go_to(upload.id)


@bp.get("/uploads/<int:upload_id>")
def page(upload_id: int) -> ResponseReturnValue:
    """Show an upload as far as it has come."""
    upload = uploads.find(landproof(), upload_id)
    if upload.state in ("ready", "accepted"):
        preview = uploads.preview(landproof(), upload_id)
        return render_template("uploads/preview.html", upload=upload, preview=preview, **_CHOICES)
    return render_template(f"uploads/{_page_of(upload.state)}.html", upload=upload, **_CHOICES)


@bp.get("/uploads/<int:upload_id>/progress")
def progress(upload_id: int) -> ResponseReturnValue:
    """Tell how far the reading is; the page loads again when it is over."""
    upload = uploads.find(landproof(), upload_id)
    if upload.state not in UNDER_WAY:
        return "", 200, {"HX-Refresh": "true"}
    return render_template("uploads/_progress.html", upload=upload)


@bp.post("/uploads/<int:upload_id>/choices")
def choose(upload_id: int) -> ResponseReturnValue:
    """Read an upload again, as a person answered."""
    uploads.choose(landproof(), upload_id, answers(request.form))
    return _go_to(upload_id)


@bp.post("/uploads/<int:upload_id>/accept")
def accept(upload_id: int) -> ResponseReturnValue:
    """Make an upload's sites count."""
    uploads.accept(landproof(), upload_id, current_user.name)
    return _go_to(upload_id)


@bp.post("/uploads/<int:upload_id>/discard")
def discard(upload_id: int) -> ResponseReturnValue:
    """Drop what was read."""
    uploads.discard(landproof(), upload_id, current_user.name)
    return redirect(url_for("uploads.table"), 303)


@bp.get("/uploads/<int:upload_id>/left-out.csv")
def rejections(upload_id: int) -> ResponseReturnValue:
    """Send the list of the records that were left out."""
    left_out = uploads.rejections(landproof(), upload_id)
    rows = [(each.record, say(each.rule, each.values), say(each.rule, each.values, "cure")) for each in left_out]
    return send_table(("record", "reason", "what to do"), rows, f"left-out-{upload_id}.csv")


def answers(form: Mapping[str, str]) -> dict[str, Any]:
    """Read the answers of a form; columns come as pairs ``theirs-n`` and ``ours-n``.

    Returns
    -------
    dict
        Only what the form holds. With columns, each of ours is named: one that no column of the
        file was chosen for gets an empty name, so that it is not guessed again.
    """
    given: dict[str, Any] = {name: form[name].strip() or None for name in _ANSWERS if name in form}
    if given.get("crs") == "other":
        given["crs"] = form.get("crs-other", "").strip() or None
    pairs = {form.get(f"ours-{name[7:]}", ""): theirs for name, theirs in form.items() if name.startswith("theirs-")}
    if pairs:
        given["columns"] = {ours: pairs.get(ours, "") for ours in OUR_COLUMNS}
    return given


_CHOICES = {"our_columns": OUR_COLUMNS, "statuses": STATUSES, "encodings": ENCODINGS}


def _page_of(state: str) -> str:
    return "reading" if state in UNDER_WAY else state


def _go_to(upload_id: int) -> ResponseReturnValue:
    address = url_for("uploads.page", upload_id=upload_id)
    return jsonify(location=address) if wants_json() else redirect(address, 303)
