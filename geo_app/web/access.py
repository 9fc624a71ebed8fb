"""Who may use which endpoint. What is not in the table is refused."""

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import NotAllowed
from geo_app.i18n import N_

LEVELS = ("public", "reader", "editor")

ACCESS = {
    "assets.static": "public",
    "assets.vendor": "public",
    "assets.layers_css": "public",
    "auth.sign_in": "public",
    "auth.paste": "public",
    "auth.enter": "public",
    "auth.sign_out": "reader",
    "figures.start": "reader",
    "claims.page": "reader",
    "claims.by_methods": "reader",
    "claims.steps": "reader",
    "claims.ground": "reader",
    "claims.export": "reader",
    "reports.table": "reader",
    "reports.receive": "editor",
    "reports.over_time": "reader",
    "reports.page": "reader",
    "reports.document": "reader",
    "reports.describe": "editor",
    "reports.act": "editor",
    "decisions.table": "reader",
    "decisions.page": "reader",
    "decisions.record": "editor",
    "totals.table": "reader",
    "totals.export": "reader",
    "totals.by_methods": "reader",
    "sites.table": "reader",
    "sites.export": "reader",
    "sites.page": "reader",
    "sites.edit": "editor",
    "findings.table": "reader",
    "findings.export": "reader",
    "findings.turn": "editor",
    "uploads.table": "reader",
    "uploads.page": "reader",
    "uploads.progress": "reader",
    "uploads.left_out": "reader",
    "uploads.changes": "reader",
    "uploads.receive": "editor",
    "uploads.choose": "editor",
    "uploads.accept": "editor",
    "uploads.discard": "editor",
    "uploads.cancel": "editor",
    "uploads.undo": "editor",
    "maps.page": "reader",
    "maps.asset": "reader",
    "maps.features": "reader",
    "maps.found": "reader",
    "maps.proposals": "reader",
    "maps.tile": "reader",
    "maps.at": "reader",
    "maps.site": "reader",
    "maps.backdrop": "reader",
}


def register(app: Flask) -> None:
    """Check every request against the table."""
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # an unknown address: the 404 page follows
    level = ACCESS.get(request.endpoint)
    if level == "public":
        return None
    if not current_user.is_authenticated:
        return render_template("auth/sign_in.html", next=request.full_path.rstrip("?")), 401
    if level is None or LEVELS.index(current_user.role) < LEVELS.index(level):
        raise NotAllowed(
            N_("Your role is {role}; this needs the role {needed}. Nothing has been changed."),
            role=current_user.role,
            needed=level or "administrator",
        )
    return None
