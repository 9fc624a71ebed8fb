"""Headers, hosts, tokens and files."""

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.web import security
from tests.web.conftest import PAGES, sign_in, token_of
from tests.web.test_access import rules

ERRORS = ("/nothing-here", "/sites/99999", "/uploads/99999", "/in/guessed", "/?report=none")


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, or what leads elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        for name in ("src", "href", "action", "hx-get"):
            if (given.get(name) or "").lower().startswith(("http:", "https:", "//", "javascript:")):
                self.found.append(f"{tag} {name}={given[name]}")


@pytest.mark.parametrize("path", [*PAGES, *ERRORS])
def test_page_has_nothing_inline(editor: FlaskClient, path: str) -> None:
    reader = Inline()
    reader.feed(editor.get(path).text)
    assert reader.found == []


@pytest.mark.parametrize("path", [*PAGES, *ERRORS, "/map", "/layers.css", "/totals.csv", "/static/css/tokens.css"])
def test_every_answer_has_the_headers(editor: FlaskClient, path: str) -> None:
    headers = editor.get(path, buffered=True).headers
    assert {name: headers.get(name) for name in security.HEADERS} == security.HEADERS


def test_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in security.POLICY
    assert "default-src 'none'" in security.POLICY


@pytest.mark.parametrize("path", [*PAGES, "/totals.csv", "/sites.xlsx", "/uploads/12/left-out.csv"])
def test_private_answer_is_not_kept(editor: FlaskClient, path: str) -> None:
    assert editor.get(path).headers["Cache-Control"] == "no-store"


def test_unsafe_request_without_token_is_refused(stocked: Flask, editor: FlaskClient) -> None:
    unsafe = rules(stocked, "POST", "PUT", "PATCH", "DELETE")
    answers = {path: editor.open(path, method=method).status_code for _, method, path in unsafe}
    assert len(answers) >= 6
    assert set(answers.values()) == {400}, answers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999"])
def test_request_from_elsewhere_is_refused(editor: FlaskClient, origin: str) -> None:
    form = {"csrf_token": token_of(editor)}
    assert editor.post("/uploads", data=form, headers={"Origin": origin}).status_code == 400


def test_token_may_come_in_a_header(editor: FlaskClient) -> None:
    answer = editor.post("/uploads", headers={"X-CSRFToken": token_of(editor), "Origin": "http://localhost"})
    assert answer.status_code == 422  # let in, but without a file


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])
def test_foreign_host_is_refused(editor: FlaskClient, host: str) -> None:
    answer = editor.get("/", headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765"])
def test_own_host_is_served(stranger: FlaskClient, host: str) -> None:
    assert stranger.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/vendor/leaflet/package.json",
        "/vendor/../package.json",
        "/vendor/bootstrap/dist/css/../../package.json",
        "/vendor/bootstrap/dist/css/%2e%2e/%2e%2e/package.json",
        "/vendor/%2fetc/passwd",
        "/static/../app.py",
        "/static/%2e%2e/security.py",
        "/static/..%2fsecurity.py",
        "/map/backdrop/..%2fset.toml",
    ],
)
def test_files_outside_the_list_are_not_served(editor: FlaskClient, path: str) -> None:
    assert editor.get(path, follow_redirects=True).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/vendor/bootstrap/dist/css/bootstrap.min.css",
        "/vendor/htmx.org/dist/htmx.min.js",
        "/vendor/leaflet/dist/leaflet.js",
        "/vendor/protomaps-leaflet/dist/protomaps-leaflet.js",
        "/vendor/@fontsource/noto-sans-sc/700.css",
        "/vendor/@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2",
    ],
)
def test_front_end_files_are_served(stranger: FlaskClient, path: str) -> None:
    assert stranger.get(path, buffered=True).status_code == 200


def test_large_body_is_refused_in_words(fresh: Flask) -> None:
    fresh.config["MAX_CONTENT_LENGTH"] = 1000
    client = sign_in(fresh)
    answer = client.post("/uploads", data={"file": "x" * 2000}, headers={"Accept": "application/json"})
    assert answer.status_code == 413
    assert "MB are taken" in answer.json["error"]


def test_our_own_fault_shows_a_number_only(fresh: Flask, caplog: pytest.LogCaptureFixture) -> None:
    fresh.testing = False
    client = sign_in(fresh)
    fresh.view_functions["totals.table"] = lambda: {}["secret"]
    page = client.get("/totals")
    number = page.text.partition('<code class="codebox mono">')[2].partition("<")[0]
    assert page.status_code == 500
    assert "secret" not in page.text
    assert number
    assert number in caplog.text
