"""Correcting a site: a new version with who and why, and what happens when two do it at once."""

import re

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.store.sites import SiteFilter
from tests.site_frames import cell, site_frame
from tests.web.conftest import HOSTILE, sign_in, stock, token_of

LAYER = "waste_household"


@pytest.fixture
def lp(fresh: Flask):
    """The installation behind `fresh`, with two tickets of 12.5 t and one polygon."""
    lp = fresh.extensions["landproof"]
    tickets = site_frame(None, None, amount=pd.array([12_500_000] * 2, dtype="Int64"))
    lp.store.uploads.accept(stock(lp, LAYER, tickets), "reviewer")
    lp.store.uploads.accept(stock(lp, "grassland_restored", site_frame(cell(0, 0))), "reviewer")
    return lp


@pytest.fixture
def client(fresh: Flask, lp) -> FlaskClient:
    return sign_in(fresh)


def current(lp, code: str, layer: str = LAYER):
    """The row that holds."""
    frame = lp.store.sites.frame(layer)
    return frame[frame["code"] == code].iloc[0]


def send(client: FlaskClient, site: int, **fields: str):
    """Send the form of a site as the browser would, some fields changed."""
    page = client.get(f"/sites/{site}").text
    form = page.partition('<form method="post" class="correct"')[2].partition("</form>")[0]
    shown = dict(re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', form))
    shown |= dict(re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>([^<]*)<', form))
    for name, options in re.findall(r'<select [^>]*name="(\w+)">(.*?)</select>', form, re.DOTALL):
        shown[name] = (re.findall(r'value="(\w*)" selected', options) or [""])[0]
    return client.post(f"/sites/{site}/edit", data=shown | {"csrf_token": token_of(client)} | fields)


def test_correction_is_a_new_version(lp, client: FlaskClient) -> None:
    answer = send(client, current(lp, "S0").id, quantity="13.25", note="复核", why=f"scale {HOSTILE}")
    assert answer.status_code == 303
    row = current(lp, "S0")
    assert (row.amount, row.note, row.status) == (13_250_000, "复核", "finished")
    page = client.get(f"{answer.location}?lang=en").text
    assert "12.50\u202ft → 13.25\u202ft" in re.sub("<.*?>", "", page)
    assert "scale &lt;script&gt;" in page
    assert "<script>alert" not in page


def test_form_that_changes_nothing_is_told(lp, client: FlaskClient) -> None:
    answer = send(client, current(lp, "S0").id, why="because")
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quantity": "much", "why": "x"}, "is no quantity"),
        ({"note": "x", "why": " "}, "No reason was given"),
        ({"district": "999999", "why": "x"}, "is no district"),
    ],
)
def test_what_cannot_be_read_keeps_what_was_typed(lp, client: FlaskClient, fields: dict[str, str], said: str) -> None:
    answer = send(client, current(lp, "S0").id, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{fields["quantity"]}"' in answer.text if "quantity" in fields else True
    assert current(lp, "S0").amount == 12_500_000


def test_area_is_not_typed(lp, client: FlaskClient) -> None:
    site = int(current(lp, "S0", "grassland_restored").id)
    assert 'name="quantity"' not in client.get(f"/sites/{site}").text
    assert send(client, site, quantity="5", status="relapsed", why="visit").status_code == 303


def test_two_at_once_see_each_other(lp, client: FlaskClient) -> None:
    site = current(lp, "S0").id
    old = {"code": "S0", "district": "632802", "status": "finished", "note": "", "quantity": "14"}
    send(client, site, quantity="13", why="first")
    answer = client.post(f"/sites/{site}/edit", data=old | {"why": "second", "csrf_token": token_of(client)})
    assert answer.status_code == 409
    cells = re.findall(r'<td class="lab"[^>]*>(.*?)</td>', answer.text)
    assert [re.sub("<.*?>", "", text) for text in cells] == ["12.5\u202ft", "14\u202ft", "13\u202ft"]
    assert current(lp, "S0").amount == 13_000_000
    assert f'action="/sites/{current(lp, "S0").id}/edit"' in answer.text


def test_new_code_moves_the_site_and_its_history(lp, client: FlaskClient) -> None:
    site = current(lp, "S0").id
    answer = send(client, site, code="S9", why="typo")
    page = client.get(f"{answer.location}?lang=en").text
    assert "S0 → S9" in re.sub("<.*?>", "", page)
    assert "Version 1" in page
    old = client.get(f"/sites/{site}?lang=en").text
    assert "This site has another code now" in old
    assert ">S9</a>" in old


def test_undone_version_gives_way_to_the_one_before(lp, client: FlaskClient) -> None:
    site = current(lp, "S0").id
    number = send(client, site, quantity="13", why="first").location.rpartition("/")[2]
    edit = lp.store.sites.find(int(number), lp.place).upload_id
    client.post(f"/uploads/{edit}/undo", data={"csrf_token": token_of(client)})
    assert send(client, site, quantity="12", why="again").status_code == 303
    assert current(lp, "S0").amount == 12_000_000
    assert "Another version of this site holds" in client.get(f"/sites/{number}?lang=en").text


def test_staged_site_is_not_corrected(lp, client: FlaskClient) -> None:
    staged = lp.store.sites.page(SiteFilter(upload=1), lp.place, 0, 1)[0].id
    page = client.get(f"/sites/{staged}?lang=en").text
    assert "Not accepted yet" in page
    assert 'class="correct"' not in page
    answer = client.post(f"/sites/{staged}/edit", data={"csrf_token": token_of(client), "note": "x", "why": "x"})
    assert answer.status_code == 409


def test_moved_outline_is_drawn_over_the_old_one(lp, client: FlaskClient) -> None:
    frame = site_frame(cell(0, 0, 1.2))
    lp.store.uploads.accept(stock(lp, "grassland_restored", frame), "reviewer")
    page = client.get(f"/sites/{current(lp, 'S0', 'grassland_restored').id}?lang=en").text
    assert "Before and after" in page
    assert page.count('class="ground-before"') == 1
