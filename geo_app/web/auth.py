"""Signing in by a one-time link, and out again."""

from dataclasses import dataclass

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from geo_app.errors import NotAllowed
from geo_app.i18n import N_, translate
from geo_app.services import users
from geo_app.web.context import landproof, language

bp = Blueprint("auth", __name__)

LINK_TITLES = {
    "used": N_("This link has been used"),
    "expired": N_("This link has expired"),
    "unknown": N_("This link is not known here"),
}


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The user behind a session; its id in the cookie is the session's token."""

    token: str
    name: str
    role: str

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie."""
        return self.token


def register(app: Flask) -> None:
    """Let Flask-Login find the user of a request."""
    manager = LoginManager(app)
    manager.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    user = users.user_of(landproof(), token)
    return SignedIn(token, user.name, user.role) if user else None


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show where the link can be pasted."""
    return render_template("auth/sign_in.html", next=request.args.get("next", ""))


@bp.post("/sign-in", endpoint="paste")
def paste() -> ResponseReturnValue:
    """Sign in by a pasted link or token."""
    token = request.form.get("link", "").strip().rstrip("/").rpartition("/")[2]
    return _enter(token.partition("?")[0], request.form.get("next", ""))


@bp.get("/in/<token>")
def enter(token: str) -> ResponseReturnValue:
    """Sign in by following the link; looking at its head does not use it up."""
    return _enter(token, "") if request.method == "GET" else ""


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, on the server too."""
    users.end_session(landproof(), current_user.get_id())
    logout_user()
    session.clear()
    return redirect(url_for("auth.sign_in"), 303)


def _enter(token: str, wanted: str) -> ResponseReturnValue:
    try:
        fresh = users.use_link(landproof(), token)
    except NotAllowed as error:
        title = LINK_TITLES.get(str(error.values.get("reason")), LINK_TITLES["unknown"])
        sentence = translate(error.template, language(), **error.values)
        return render_template("auth/link.html", heading=translate(title, language()), sentence=sentence), 403
    session.clear()  # nothing of the time before signing in lives on
    user = _load(fresh)
    if user is not None:
        login_user(user)
    return redirect(wanted if _is_own_path(wanted) else url_for("figures.start"), 303)


def _is_own_path(path: str) -> bool:
    """Tell whether an address stays here. Browsers drop tabs and take a backslash for a slash."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
