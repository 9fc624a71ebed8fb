"""Nobody reaches what the table does not give them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.services.users import User
from geo_app.web import access, auth
from tests.web.conftest import sign_in, token_of

SAMPLES = {
    "name": "x",
    "token": "x",
    "suffix": "csv",
    "layer": "grassland_restored",
    "build": "0",
    "kind": "js",
    "change": "added",
}


def rules(app: Flask, *methods: str) -> list[tuple[str, str, str]]:
    """Every endpoint with a sample address, for some methods."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda match: SAMPLES.get(match[1], "1"), rule.rule)
        found += [(rule.endpoint, method, path) for method in methods if method in rule.methods]
    return found


def test_every_endpoint_has_an_entry(stocked: Flask) -> None:
    assert {rule.endpoint for rule in stocked.url_map.iter_rules()} == set(access.ACCESS)


def test_every_entry_is_a_known_level() -> None:
    assert set(access.ACCESS.values()) <= set(access.LEVELS)


def test_what_is_public_is_known() -> None:
    public = {endpoint for endpoint, level in access.ACCESS.items() if level == "public"}
    assert public == {"assets.static", "assets.vendor", "assets.layers_css", "auth.sign_in", "auth.paste", "auth.enter"}


def test_stranger_gets_no_page(stocked: Flask, stranger: FlaskClient) -> None:
    private = [each for each in rules(stocked, "GET", "POST") if access.ACCESS[each[0]] != "public"]
    answers = {endpoint: stranger.open(path, method=method).status_code for endpoint, method, path in private}
    assert set(answers.values()) == {401}, answers


def test_new_endpoint_without_entry_is_refused(stocked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(stocked)
    monkeypatch.delitem(access.ACCESS, "totals.table")
    assert client.get("/totals").status_code == 403


def test_reader_may_look_not_change(stocked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(stocked)
    monkeypatch.setattr(auth.users, "user_of", lambda _lp, session: User(session, "guest", "reader"))
    token = token_of(client, "/sign-in")
    editing = [each for each in rules(stocked, "POST") if access.ACCESS[each[0]] == "editor"]
    answers = [client.post(path, data={"csrf_token": token}).status_code for _, _, path in editing]
    assert answers == [403] * len(editing)
    assert client.get("/uploads/12").status_code == 200


def test_unknown_address_is_not_found(stranger: FlaskClient) -> None:
    assert stranger.get("/nothing-here").status_code == 404


def test_sign_in_page_leads_back(stranger: FlaskClient) -> None:
    assert 'name="next" value="/sites?layer=a%26b"' in stranger.get("/sites?layer=a%26b").text
