"""Uploads: receive, watch, answer, look, decide, take back."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import Conflict, Refused, Stale
from geo_app.i18n import N_
from geo_app.ingest.contract import SHIFTS
from geo_app.model import OUR_COLUMNS, STATUSES
from geo_app.services import exports, history, previews, uploads
from geo_app.services.proposals import proposals
from geo_app.web.answers import MEASURED, answers
from geo_app.web.context import landproof, language, number_of, wants_json
from geo_app.web.sending import send
from geo_app.web.wording import units_of

bp = Blueprint("uploads", __name__)

UNDER_WAY = ("received", "reading")
ENCODINGS = ("UTF-8", "GB18030", "Big5", "ISO-8859-1")
_TURNED = "turned"  # in the session: what the last undoing did, until its page has told it


@bp.get("/uploads")
def table() -> ResponseReturnValue:
    """List the uploads and the corrections of sites, with the form for a new one."""
    listed = uploads.listing(landproof())
    files, edits = ([each for each in listed if each.kind == kind] for kind in ("file", "edit"))
    return render_template("uploads/table.html", uploads=files, edits=edits, modes=uploads.MODES)


@bp.post("/uploads")
def receive() -> ResponseReturnValue:
    """Take a file and have it read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(N_("No file was chosen. Choose a file, then send it."))
    stream, layer = cast(BinaryIO, sent.stream), request.form.get("layer", "")
    mode = request.form.get("mode") or "merge"
    upload = uploads.receive(landproof(), stream, sent.filename, layer, current_user.name, mode=mode)
    if upload.state == "received":
        uploads.enqueue(landproof(), upload.id)
    return _go_to(upload.id, known="yes" if upload.state == "accepted" else None)


@bp.get("/uploads/<int:upload_id>")
def page(upload_id: int) -> ResponseReturnValue:
    """Show an upload as far as it has come."""
    upload = uploads.find(landproof(), upload_id)
    if upload.kind == "edit":
        return _correction(upload_id)
    if upload.state in ("ready", "accepted"):
        return _preview(upload)
    if upload.state == "needs_input":
        return _question(upload)
    name = "reading" if upload.state in UNDER_WAY else upload.state
    rejections = previews.rejections(landproof(), upload_id, previews.SHOWN) if upload.rejected else []
    return render_template(f"uploads/{name}.html", upload=upload, rejections=rejections, **_CHOICES)


@bp.get("/uploads/<int:upload_id>/progress")
def progress(upload_id: int) -> ResponseReturnValue:
    """Tell how far the reading is; the page loads again when it is over."""
    upload = uploads.find(landproof(), upload_id)
    if upload.state not in UNDER_WAY:
        return "", 200, {"HX-Refresh": "true"}
    return render_template("uploads/_progress.html", upload=upload)


@bp.get(f"/uploads/<int:upload_id>/changes/<any({', '.join(previews.CHANGES)}):change>")
def changes(upload_id: int, change: str) -> ResponseReturnValue:
    """List the sites that an upload adds, changes, leaves as they are or does not have."""
    lp = landproof()
    upload = uploads.find(lp, upload_id)
    return render_template(
        "uploads/changes.html",
        upload=upload,
        layer=lp.layers.find(upload.layer),
        lines=previews.differences(lp, upload),
        change=change,
        found=previews.changes(lp, upload_id, change, number_of("page") or 1),
    )


@bp.post("/uploads/<int:upload_id>/choices")
def choose(upload_id: int) -> ResponseReturnValue:
    """Read an upload again, as a person answered or as an earlier one was read."""
    like = request.form.get("like", type=int)
    known = uploads.find(landproof(), upload_id).choices
    given = answers(request.form, known) if like is None else _as_before(upload_id, like)
    uploads.choose(landproof(), upload_id, given, request.form.get("mode"))
    return _go_to(upload_id)


@bp.post("/uploads/<int:upload_id>/accept")
def accept(upload_id: int) -> ResponseReturnValue:
    """Make an upload's sites count."""
    seen = request.form.get("reading_no", type=int)  # a newer reading than the one on the page is not accepted
    try:
        uploads.accept(landproof(), upload_id, current_user.name, seen)
    except Stale:
        uploads.enqueue(landproof(), upload_id)
        return _go_to(upload_id, again="yes")
    return _go_to(upload_id)


@bp.post("/uploads/<int:upload_id>/discard")
def discard(upload_id: int) -> ResponseReturnValue:
    """Drop what was read."""
    uploads.cancel(landproof(), upload_id, current_user.name)
    return redirect(url_for("uploads.table"), 303)


@bp.post("/uploads/<int:upload_id>/cancel")
def cancel(upload_id: int) -> ResponseReturnValue:
    """Stop the reading."""
    uploads.cancel(landproof(), upload_id, current_user.name)
    return _go_to(upload_id)


@bp.post("/uploads/<int:upload_id>/undo")
def undo(upload_id: int) -> ResponseReturnValue:
    """Undo an accepted upload, or with ``to=redo`` bring it back."""
    why = request.form.get("why", "").strip()[:1000] or None
    is_undo = request.form.get("to") != "redo"
    turned = history.turn(landproof(), upload_id, current_user.name, why, undo=is_undo)
    session[_TURNED] = {"upload": upload_id, "effect": turned.effect}
    return _go_to(upload_id)


@bp.get("/uploads/<int:upload_id>/left-out.<any(csv, xlsx):suffix>")
def left_out(upload_id: int, suffix: str) -> ResponseReturnValue:
    """Send the records that were left out as they came, to hand back to whoever sent them."""
    return send(exports.left_out(landproof(), upload_id, suffix, language()))


_CHOICES = {
    "our_columns": OUR_COLUMNS,
    "statuses": STATUSES,
    "encodings": ENCODINGS,
    "modes": uploads.MODES,
    "measured": MEASURED,
    "units_of": units_of,
    "shifts": SHIFTS,
}


def _preview(upload: Any) -> str:
    lp = landproof()
    preview = previews.preview(lp, upload.id)
    offer = previews.offered(lp, upload.id) if upload.state == "ready" else None
    turned = _turned(upload.id)
    verdicts = previews.verdicts(lp, preview.layer, turned) if turned else []
    return render_template(
        "uploads/preview.html",
        upload=upload,
        preview=preview,
        offer=offer,
        turned=turned,
        turned_verdicts=verdicts,
        **_CHOICES,
    )


def _question(upload: Any) -> str:
    asked = [upload.message, *upload.message.get("more", ())]
    found = [proposals(each) for each in asked]
    return render_template(
        "uploads/needs_input.html",
        upload=upload,
        questions=sorted(zip(asked, found, strict=True), key=lambda pair: not pair[1]),  # the place first
        on_map=any(each.where is not None and each.where.box for some in found for each in some),
        offer=previews.offered(landproof(), upload.id),
        **_CHOICES,
    )


def _correction(upload_id: int) -> str:
    lp = landproof()
    found = previews.correction(lp, upload_id)
    turned = _turned(upload_id)
    verdicts = previews.verdicts(lp, found.layer, turned) if turned else []
    return render_template(
        "uploads/edit.html",
        upload=found.upload,
        found=found,
        layer=found.layer,
        turned=turned,
        turned_verdicts=verdicts,
    )


def _turned(upload_id: int) -> dict[str, Any] | None:
    """Take what an undoing did from the session, where it is this upload's."""
    told = session.pop(_TURNED, None)
    return told["effect"] if told and told["upload"] == upload_id else None


def _as_before(upload_id: int, like: int) -> dict[str, Any]:
    offer = previews.offered(landproof(), upload_id)
    if offer is None or offer.upload != like:
        raise Conflict(N_("Upload {other} no longer shows how to read this one. Look at it again."), other=like)
    return offer.choices


def _go_to(upload_id: int, known: str | None = None, again: str | None = None) -> ResponseReturnValue:
    address = url_for("uploads.page", upload_id=upload_id, known=known, again=again)
    return jsonify(location=address) if wants_json() else redirect(address, 303)
