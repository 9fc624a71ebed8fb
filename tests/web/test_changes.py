"""What an upload changes, and taking it back."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.services import history, jobs, previews, uploads
from tests.site_frames import cell, site_frame
from tests.web.conftest import HOSTILE, sign_in, stock, token_of

LAYER = "grassland_restored"


@pytest.fixture
def lp(fresh: Flask):
    """The installation behind `fresh`, with an accepted upload of three sites."""
    lp = fresh.extensions["landproof"]
    lp.store.uploads.accept(stock(lp, LAYER, site_frame(cell(0, 0), cell(2, 0), cell(4, 0))), "reviewer")
    return lp


def second(lp, mode: str = "merge") -> int:
    """Stage S0 as it is, S1 larger and renamed, S7 new; S2 is missing."""
    shapes = (cell(0, 0), cell(2, 0, 1.5), cell(8, 0))
    names = {"code": ["S0", "S1", "S7"], "name": [None, HOSTILE, None]}
    return stock(lp, LAYER, site_frame(*shapes, **names), "second.zip", mode)


def lines(page: str) -> list[tuple[str, str]]:
    """The table of changes as pairs of sites and measure."""
    table = page.partition('<table class="changes">')[2].partition("</table>")[0]
    return re.findall(r'<td class="r">([\d,]+)</td><td class="r">(.*?)</td>', table)


def plain(page: str) -> str:
    """The page without marks."""
    return re.sub("<.*?>", "", page)


@pytest.fixture
def client(fresh: Flask) -> FlaskClient:
    return sign_in(fresh)


def test_preview_counts_what_is_added_changed_and_missing(lp, client: FlaskClient) -> None:
    page = client.get(f"/uploads/{second(lp)}?lang=en").text
    counts, amounts = zip(*lines(page), strict=True)
    assert counts == ("1", "1", "1", "1")
    assert amounts[0].startswith("+")
    assert amounts[2:] == ("0.0\u202fmu", "0.0\u202fmu")
    assert "kept" in page


def test_replacing_takes_the_missing_sites_out(lp, client: FlaskClient) -> None:
    page = client.get(f"/uploads/{second(lp, 'replace')}?lang=en").text
    assert lines(page)[3][1].startswith("\u2212")
    assert "will be removed" in page


def test_changes_add_up_to_the_effect(lp) -> None:
    for mode in ("merge", "replace", "add"):
        preview = previews.preview(lp, second(lp, mode))
        effect = preview.upload.effect
        assert sum(line.parts for line in preview.changes) == effect["gross_after"] - effect["gross_before"]


@pytest.mark.parametrize("change", ["added", "changed", "unchanged", "missing"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_change_has_its_list(lp, client: FlaskClient, change: str, lang: str) -> None:
    page = client.get(f"/uploads/{second(lp)}/changes/{change}?lang={lang}")
    codes = {"added": "S7", "changed": "S1", "unchanged": "S0", "missing": "S2"}
    assert re.findall(r'class="mono" href="/sites/\d+">(\w+)', page.text) == [codes[change]]


def test_changed_site_shows_old_and_new(lp, client: FlaskClient) -> None:
    page = client.get(f"/uploads/{second(lp)}/changes/changed?lang=en").text
    assert "<ins><span>&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert page.count('class="ground-before"') == 1
    assert re.search(r'<del class="num">[\d,.]+\u202fmu</del> → <ins class="num">[\d,.]+\u202fmu</ins>', page)


def test_missing_sites_of_an_accepted_upload_are_those_of_then(lp, client: FlaskClient) -> None:
    number = second(lp, "replace")
    lp.store.uploads.accept(number, "reviewer")
    lp.store.uploads.accept(stock(lp, LAYER, site_frame(cell(0, 5), code=["S9"])), "reviewer")
    assert "S2" in client.get(f"/uploads/{number}/changes/missing").text


def test_unknown_change_is_not_found(lp, client: FlaskClient) -> None:
    assert client.get("/uploads/1/changes/other").status_code == 404


def test_preview_says_when_the_layer_has_changed(lp, client: FlaskClient) -> None:
    number = second(lp)
    assert "has changed since" not in client.get(f"/uploads/{number}?lang=en").text
    lp.store.uploads.accept(stock(lp, LAYER, site_frame(cell(0, 5), code=["S9"])), "reviewer")
    assert "has changed since" in client.get(f"/uploads/{number}?lang=en").text


def test_undoing_tells_what_it_did(lp, client: FlaskClient) -> None:
    form = {"csrf_token": token_of(client), "why": "wrong <file>"}
    assert client.post("/uploads/2/undo", data=form).status_code == 303
    page = client.get("/uploads/2?lang=en").text
    assert "Upload 2 is undone" in page
    assert re.search(r'<b class="num">[1-9][\d,.]+\u202fmu</b> → <b class="num">0\.0\u202fmu</b>', page)
    assert "No evidence" in page
    assert "wrong &lt;file&gt;" in page
    assert "undone" in client.get("/uploads?lang=en").text


def test_undoing_is_undone(lp, client: FlaskClient) -> None:
    token = token_of(client)
    client.post("/uploads/2/undo", data={"csrf_token": token})
    client.post("/uploads/2/undo", data={"csrf_token": token, "to": "redo"})
    page = client.get("/uploads/2?lang=en").text
    assert "3 sites stored" in page
    assert [word in page for word in ("accepted", "undone", "brought back")] == [True] * 3


def test_undoing_twice_is_told_in_words(lp, client: FlaskClient) -> None:
    form = {"csrf_token": token_of(client)}
    client.post("/uploads/2/undo", data=form)
    answer = client.post("/uploads/2/undo", data=form)
    assert answer.status_code == 409
    assert "by somebody else meanwhile" in answer.text
    assert lp.store.uploads.find(2).undone


def test_what_was_not_accepted_cannot_be_undone(lp, client: FlaskClient) -> None:
    answer = client.post("/uploads/1/undo", data={"csrf_token": token_of(client)})
    assert answer.status_code == 409
    assert "was not accepted" in answer.text


def test_correction_has_a_page_and_is_listed(lp, client: FlaskClient) -> None:
    site = lp.store.sites.frame(LAYER).set_index("code")["id"]["S0"]
    history.edit(lp, int(site), {"status": "verified"}, "reviewer", "visit <b>")
    page = client.get("/uploads/3?lang=en").text
    assert "Correction of S0" in page
    assert "finished → verified" in plain(page)
    assert "visit &lt;b&gt;" in client.get("/uploads").text
    client.post("/uploads/2/undo", data={"csrf_token": token_of(client)})
    assert "is undone, and so this is not in force" in client.get("/uploads/3?lang=en").text


def send(client: FlaskClient, rows: str, mode: str = "merge") -> str:
    """Send a table of household waste and return where the answer leads."""
    file = (io.BytesIO(f"编号,重量(吨),状态\n{rows}\n".encode()), "a.csv")
    form = {"csrf_token": token_of(client), "layer": "waste_household", "mode": mode, "file": file}
    return client.post("/uploads", data=form).location


def read(lp, address: str) -> int:
    number = int(address.rpartition("/")[2])
    return uploads.read(lp, number).id


def test_known_file_may_be_sent_to_replace_its_layer(lp, client: FlaskClient) -> None:
    first = read(lp, send(client, "A,10,完成"))
    uploads.accept(lp, first, "reviewer")
    assert send(client, "A,10,完成").endswith(f"{first}?known=yes")
    lp.store.uploads.accept(stock(lp, "waste_household", site_frame(None, code=["B"], amount=[1])), "reviewer")
    assert lp.store.uploads.find(read(lp, send(client, "A,10,完成", "replace"))).mode == "replace"


def test_accepting_what_is_stale_shows_the_new_difference_first(lp, client: FlaskClient) -> None:
    first, second = (read(lp, send(client, f"A,{tonnes},完成")) for tonnes in (10, 99))
    form = {"csrf_token": token_of(client)}
    client.post(f"/uploads/{first}/accept", data=form)
    address = client.post(f"/uploads/{second}/accept", data=form).location
    assert "nothing was accepted" in client.get(f"{address}&lang=en").text
    jobs.run(lp, lp.store.jobs.unfinished()[-1])
    page = client.get(f"{address}&lang=en").text
    assert "nothing was accepted" in page
    assert lines(page)[:2] == [("0", "0.00\u202ft"), ("1", "+89.00\u202ft")]
    assert "nothing was accepted" not in client.get(client.post(f"/uploads/{second}/accept", data=form).location).text
