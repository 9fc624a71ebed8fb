"""Signing in once by a link, and out for good."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.services import users
from tests.web.conftest import sign_in, token_of


def new_link(app: Flask) -> str:
    return users.new_link(app.extensions["landproof"])


def test_link_signs_in(stocked: Flask, stranger: FlaskClient) -> None:
    answer = stranger.get(f"/in/{new_link(stocked)}")
    assert (answer.status_code, answer.location) == (303, "/")
    assert stranger.get("/").status_code == 200


def test_link_works_once(stocked: Flask) -> None:
    token = new_link(stocked)
    stocked.test_client().get(f"/in/{token}")
    answer = stocked.test_client().get(f"/in/{token}")
    assert answer.status_code == 403
    assert "This link has been used" in answer.text


def test_looking_at_the_head_does_not_use_the_link(stocked: Flask, stranger: FlaskClient) -> None:
    token = new_link(stocked)
    stranger.head(f"/in/{token}")
    assert stranger.get(f"/in/{token}").status_code == 303


def test_unknown_link_is_refused(stranger: FlaskClient) -> None:
    assert "This link is not known here" in stranger.get("/in/guessed").text


@pytest.mark.parametrize(
    "written", ["{}", " http://127.0.0.1:8765/in/{} ", "/in/{}/", "http://localhost/in/{}?lang=zh"]
)
def test_pasted_link_signs_in(stocked: Flask, stranger: FlaskClient, written: str) -> None:
    form = {"csrf_token": token_of(stranger, "/sign-in"), "link": written.format(new_link(stocked)), "next": "/totals"}
    assert stranger.post("/sign-in", data=form).location == "/totals"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_next_stays_here(stocked: Flask, stranger: FlaskClient, wanted: str) -> None:
    form = {"csrf_token": token_of(stranger, "/sign-in"), "link": new_link(stocked), "next": wanted}
    assert stranger.post("/sign-in", data=form).location == "/"


def test_signing_out_ends_a_copied_cookie(stocked: Flask) -> None:
    client, copy = sign_in(stocked), stocked.test_client()
    name = stocked.config["SESSION_COOKIE_NAME"]
    copy.set_cookie(name, client.get_cookie(name).value, domain="localhost")
    assert copy.get("/").status_code == 200
    client.post("/sign-out", data={"csrf_token": token_of(client)})
    assert (client.get("/").status_code, copy.get("/").status_code) == (401, 401)


def test_session_before_signing_in_is_left_behind(stocked: Flask, stranger: FlaskClient) -> None:
    before = token_of(stranger, "/sign-in")
    stranger.get(f"/in/{new_link(stocked)}")
    assert stranger.post("/uploads", data={"csrf_token": before}).status_code == 400


def test_cookie_is_kept_from_scripts_and_other_sites(stocked: Flask, stranger: FlaskClient) -> None:
    cookie = stranger.get(f"/in/{new_link(stocked)}").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
