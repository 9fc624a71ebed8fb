"""The page of findings: who finds what, what a person says about it, and the file of it."""

import csv
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.services import findings, reviews, uploads
from geo_app.services.findings import FindingFilter
from tests.site_frames import cell, site_frame
from tests.web.conftest import sign_in, stock, token_of


@pytest.fixture
def found(fresh: Flask) -> Flask:
    """An instance with an overlap, and a site that is not finished."""
    lp = fresh.extensions["landproof"]
    frame = site_frame(cell(0, 0), cell(0.5, 0), cell(5, 0), completed_on=["2022-05-01", "2023-05-01", None])
    frame.loc[2, "status"] = "ongoing"
    uploads.accept(lp, stock(lp, "grassland_restored", frame), "reviewer")
    reviews.review(lp, "grassland_restored")
    return fresh


@pytest.fixture
def client(found: Flask) -> FlaskClient:
    return sign_in(found)


def number_of(app: Flask, rule: str) -> int:
    (row,) = findings.every(app.extensions["landproof"], FindingFilter(rule=rule))
    return row.id


def say(client: FlaskClient, app: Flask, rules: tuple[str, ...], **form: str):
    ids = [str(number_of(app, rule)) for rule in rules]
    token = token_of(client, "/findings")
    return client.post("/findings/state?severity=severe", data={"csrf_token": token, "id": ids, **form})


def test_list_has_the_severest_first_and_the_navigation_counts(client):
    page = client.get("/findings").text
    assert re.findall(r'class="row-link"[^>]*>([^<]+)<', page) == ["Overlap in one layer", "Not finished"]
    assert "2 findings, 2 open" in page
    assert re.search(r'class="many"[^>]*>2</span>', client.get("/totals").text)


def test_one_finding_is_shown_with_its_ground_and_sites(found, client):
    page = client.get(f"/findings?finding={number_of(found, 'overlap')}").text
    assert "ground-shared" in page
    assert "ground-spot" in page
    assert "S1 and S0 share" in page
    assert "/sites/" in page


@pytest.mark.parametrize(
    "query, count",
    [("severity=severe", 1), ("rule=not_finished", 1), ("text=S2", 1), ("text=overlap", 1), ("text=zz", 0)],
)
def test_filters(client, query, count):
    assert client.get(f"/findings?{query}").text.count('class="row-link"') == count


def test_explaining_keeps_the_reason_and_goes_back_to_the_same_filters(found, client):
    answer = say(client, found, ("overlap", "not_finished"), state="explained", why="seen on the ground")
    assert (answer.status_code, answer.location) == (303, "/findings?severity=severe")
    page = client.get(f"/findings?finding={number_of(found, 'overlap')}").text
    assert "2 findings, 0 open" in page
    assert "seen on the ground" in page


def test_what_is_dismissed_is_listed_where_it_is_asked_for(found, client):
    say(client, found, ("not_finished",), state="dismissed", why="nothing to it")
    assert client.get("/findings").text.count('class="row-link"') == 1
    dismissed = client.get("/findings?state=dismissed").text
    assert dismissed.count('class="row-link"') == 1
    assert "1 finding, 0 open" in dismissed


@pytest.mark.parametrize(
    "form", [{"state": "explained", "why": " "}, {"state": "fixed", "why": "x"}, {"state": "", "why": "x"}]
)
def test_a_change_without_reason_or_state_is_refused_on_the_page(found, client, form):
    answer = say(client, found, ("overlap",), **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert findings.open_count(found.extensions["landproof"]) == 2


def test_one_unknown_number_keeps_the_reason_that_was_typed(found, client):
    form = {"csrf_token": token_of(client), "id": ["999", str(number_of(found, "overlap"))], "state": "open"}
    answer = client.post("/findings/state", data=form | {"why": "asked the bureau"})
    assert answer.status_code == 404
    assert "There is no finding 999" in answer.text
    assert 'value="asked the bureau"' in answer.text


def test_a_change_without_a_token_is_refused(found, client):
    answer = client.post("/findings/state", data={"id": "1", "state": "explained", "why": "x"})
    assert answer.status_code == 400
    assert findings.open_count(found.extensions["landproof"]) == 2


def test_an_unknown_finding_is_not_found(found, client):
    assert client.get("/findings?finding=999").status_code == 404
    assert (
        client.post(
            "/findings/state", data={"csrf_token": token_of(client), "id": "999", "state": "open", "why": "x"}
        ).status_code
        == 404
    )


def test_exports(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/findings.csv?severity=severe").data.decode("utf-8-sig"))))
    assert [(row["rule"], row["code"], row["other_code"], row["state"]) for row in rows] == [
        ("overlap", "S1", "S0", "open")
    ]
    assert rows[0]["title_zh"] == "同图层重叠"
    shapes = json.loads(client.get("/findings.geojson").data)["features"]
    assert {each["geometry"]["type"] for each in shapes} == {"Point"}
    assert client.get("/findings.xlsx").data[:2] == b"PK"


def test_site_page_lists_its_findings(found, client):
    lp = found.extensions["landproof"]
    frame = lp.store.sites.frame("grassland_restored")
    by_code = dict(zip(frame["code"], frame["id"], strict=True))
    for code in ("S0", "S1"):
        assert "Overlap in one layer" in client.get(f"/sites/{by_code[code]}").text
    assert "Overlap in one layer" not in client.get(f"/sites/{by_code['S2']}").text


def test_page_says_which_layers_wait(found, client):
    lp = found.extensions["landproof"]
    uploads.accept(lp, 1, "reviewer")
    assert "The rules still go over:" in client.get("/findings").text
    reviews.review_around(lp, "farmland_reclaimed")
    assert "The rules still go over:" not in client.get("/findings").text


def test_page_in_chinese(found, client):
    page = client.get(f"/findings?lang=zh&finding={number_of(found, 'overlap')}").text
    assert "同图层重叠" in page
    assert "S1与S0重叠" in page


def test_map_has_what_the_filters_find_and_says_how_many_there_are(client, monkeypatch):
    monkeypatch.setattr("geo_app.web.maps.MOST_FOUND", 1)
    found = client.get("/map/findings.geojson?lang=en").json
    assert found["total"] == 2
    assert [each["properties"]["severity"] for each in found["features"]] == ["severe"]
    assert client.get("/map/findings.geojson?severity=note").json["features"] == []
