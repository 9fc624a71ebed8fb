"""The page of a published text: its figures beside it, and what a person does to them."""

import datetime as dt
import re
import sqlite3

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.services import ledger
from geo_app.services.entries import document_in
from tests.web.conftest import sign_in, token_of

TEXT = (
    "某县检察院通报\n发布时间：2024-05-06 来源：某县检察院\n"
    "2021年至2023年，督促恢复被开垦的草原1200亩，清理危险废物35.5吨、生活垃圾12吨。\n"
    "当事人非法占用耕地23亩，案件件。<script>alert(1)</script>"
)


@pytest.fixture
def client(fresh: Flask) -> FlaskClient:
    return sign_in(fresh)


def post(client: FlaskClient, address: str, **form: object):
    return client.post(address, data={"csrf_token": token_of(client, "/reports/"), **form})


@pytest.fixture
def report(client: FlaskClient) -> str:
    sent = post(client, "/reports/", text=TEXT)
    assert sent.status_code == 303
    return sent.location


def entries(app: Flask):
    lp = app.extensions["landproof"]
    (row,) = lp.store.ledger.documents()
    return {each.value["printed"]: each for each in document_in(lp.store.ledger, row.id).entries}


def test_pasted_text_is_shown_with_every_figure_marked(client, report):
    page = client.get(f"{report}?lang=en").text
    marked = re.findall(r'class="hl ([^"]+)"[^>]*>([^<]+)</a>', page)
    assert marked == [
        ("proposed", "1200亩"),
        ("proposed", "35.5吨"),
        ("proposed", "12吨"),
        ("proposed ctx", "23亩"),
    ]


def test_nothing_of_the_text_becomes_markup(client, report):
    page = client.get(report).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_unit_without_a_number_is_a_hint(client, report):
    assert "案件件" in client.get(f"{report}?lang=en").text.partition("Checks on this text")[2]


def test_what_is_sure_is_confirmed_in_one_pass_and_held_against_the_sites(client, fresh, report):
    assert post(client, f"{report}/claims", act="sure").status_code == 303
    assert {name for name, each in entries(fresh).items() if each.state == "confirmed"} == {"1200亩", "35.5吨", "12吨"}
    start = client.get(f"/?report={report.rpartition('/')[2]}&lang=en").text
    assert "1200亩" in start
    assert "no evidence" in start.lower()


def test_figure_is_corrected_and_confirmed(client, fresh, report):
    each = entries(fresh)["12吨"]
    form = {"claim": each.number, "printed": "12.5吨", "qualifier": "about", "layer": "waste_other", "role": "result"}
    assert post(client, f"{report}/claims", act="confirm", first="", last="", **form).status_code == 303
    now = entries(fresh)["12.5吨"]
    assert (now.state, now.value["layer"], now.value["qualifier"]) == ("confirmed", "waste_other", "about")


def test_dropping_without_a_reason_keeps_the_figure_and_says_so(client, fresh, report):
    each = entries(fresh)["12吨"]
    answer = post(client, f"{report}/claims", act="drop", claim=each.number)
    assert answer.status_code == 422
    assert "reason" in answer.text
    assert entries(fresh)["12吨"].state == "proposed"


def test_interval_is_set_by_hand_in_mu(client, fresh, report):
    each = entries(fresh)["1200亩"]
    form = {"claim": each.number, "set_low": "1,100", "set_high": "1300", "why": "the annex says so"}
    assert post(client, f"{report}/claims", act="save", **form).status_code == 303
    low, high = entries(fresh)["1200亩"].interval
    assert (float(low), float(high)) == pytest.approx((1100 * 2000 / 3, 1300 * 2000 / 3))


def test_figure_is_added_by_words_of_the_text(client, fresh, report):
    each = entries(fresh)["12吨"]
    lp = fresh.extensions["landproof"]
    ledger.drop(lp, report.rpartition("/")[2], each.number, "test", "twice")
    assert post(client, f"{report}/claims", act="add", words="no such words").status_code == 422
    assert post(client, f"{report}/claims", act="add", words="生活垃圾12吨").status_code == 303
    again = entries(fresh)["12吨"]
    assert (again.state, again.value["quote"], again.number > each.number) == ("proposed", "生活垃圾12吨", True)
    assert re.findall(r'class="hl ([^"]+)"[^>]*>12吨</a>', client.get(report).text) == ["proposed"]


def test_last_act_is_taken_back(client, fresh, report):
    post(client, f"{report}/claims", act="sure")
    post(client, f"{report}/claims", act="undo")
    assert {each.state for each in entries(fresh).values()} == {"proposed"}


def test_document_is_sent_to_be_saved_byte_for_byte(client, report):
    sent = client.get(f"{report}/document")
    assert sent.data.decode() == TEXT
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.mimetype == "application/octet-stream"


def test_about_the_document_is_corrected(client, report):
    form = {"title_en": "County notice", "title_zh": "县通报", "published_on": "2024-05-07", "place": "632800"}
    assert post(client, f"{report}/about", **form).status_code == 303
    assert "County notice" in client.get(f"{report}?lang=en").text
    assert post(client, f"{report}/about", **form | {"published_on": "7 May"}).status_code == 422


def test_same_text_twice_and_no_text_are_told(client, report):
    assert "already" in post(client, "/reports/", text=TEXT).text
    assert post(client, "/reports/", text=" ").status_code == 422


def test_text_without_figures_says_so(client):
    sent = post(client, "/reports/", text="今天天气很好，适合放牧。")
    assert "No figures were found" in client.get(f"{sent.location}?lang=en").text


def test_unknown_report_is_not_found(client):
    assert client.get("/reports/nothing").status_code == 404
    assert client.get("/reports/nothing/document").status_code == 404


def test_reports_stand_side_by_side_layer_by_layer(client, report):
    post(client, f"{report}/claims", act="sure")
    later = post(client, "/reports/", text=TEXT.replace("1200亩", "900亩").replace("2024-05-06", "2025-05-06")).location
    post(client, f"{later}/claims", act="sure")
    page = client.get("/reports/over-time?lang=en").text
    grassland = page.partition("Grassland restored")[2].partition("</section>")[0]
    assert re.findall(r'<td class="r main">([\d.]+万?亩)<', grassland) == ["1200亩", "11.5万亩", "900亩"]
    assert grassland.count('r="4"') == 3


def test_figure_that_shrank_between_reports_is_a_hint(client, report):
    post(client, f"{report}/claims", act="sure")
    later = post(client, "/reports/", text=TEXT.replace("1200亩", "900亩").replace("2024-05-06", "2025-05-06")).location
    hints = client.get(f"{later}?lang=en").text.partition("Checks on this text")[2]
    assert "1200亩" in hints


@pytest.mark.parametrize("end", ["1e30000000", "1e400", "-5", "1/0", "9" * 40, "abc"])
def test_interval_that_is_none_is_refused_at_once(client, fresh, report, end):
    each = entries(fresh)["1200亩"]
    form = {"claim": each.number, "set_low": "1", "set_high": end, "why": "x"}
    assert post(client, f"{report}/claims", act="save", **form).status_code == 422
    assert client.get(report).status_code == 200


def test_amount_beyond_the_earth_is_no_figure_and_breaks_no_page(client, fresh):
    sent = post(client, "/reports/", text="恢复草原999999999999999999999999万亿亩，恢复耕地5亩。")
    assert client.get(sent.location).status_code == 200
    each = entries(fresh)["5亩"]
    form = {"claim": each.number, "printed": "99999999999999亿亩"}
    assert post(client, f"{sent.location}/claims", act="save", **form).status_code == 422


def test_undo_takes_back_nothing_that_was_not_seen(client, fresh, report):
    seen = re.search(r'name="seen" value="(\d+)"', client.get(report).text)[1]
    post(client, f"{report}/claims", act="sure")
    assert post(client, f"{report}/claims", act="undo", seen=seen).status_code == 409
    assert entries(fresh)["12吨"].state == "confirmed"


def test_dropped_figure_is_taken_back(client, fresh, report):
    each = entries(fresh)["12吨"]
    post(client, f"{report}/claims", act="drop", claim=each.number, why="twice")
    assert post(client, f"{report}/claims", act="confirm", claim=each.number).status_code == 422
    assert post(client, f"{report}/claims", act="take back", claim=each.number).status_code == 303
    assert entries(fresh)["12吨"].state == "proposed"


def test_confirming_without_a_layer_changes_nothing(client, fresh, report):
    each = entries(fresh)["12吨"]
    form = {"claim": each.number, "layer": "", "printed": "13吨", "qualifier": "exact", "role": "result"}
    assert post(client, f"{report}/claims", act="confirm", **form).status_code == 422
    assert "12吨" in entries(fresh)


def test_changed_text_is_found_by_a_check(client, fresh, report):
    lp = fresh.extensions["landproof"]
    assert lp.store.ledger.altered() == []
    with sqlite3.connect(lp.settings.home / "landproof.db") as connection:
        connection.execute("UPDATE documents SET text = replace(text, '1200', '1300')")
    assert lp.store.ledger.altered() == [report.rpartition("/")[2]]


def test_period_without_a_beginning_leaves_out_what_came_later(client, fresh):
    sent = post(client, "/reports/", text="发布时间：2024-05-06\n截至2023年底，累计恢复被开垦的草原1200亩。")
    post(client, f"{sent.location}/claims", act="sure")
    (claim,) = fresh.extensions["landproof"].reports[sent.location.rpartition("/")[2]].claims
    assert claim.period == (dt.date.min, dt.date(2023, 12, 31))
    page = client.get(f"/claims/{sent.location.rpartition('/')[2]}/1?lang=en").text
    assert "Period: up to 31 Dec 2023." in page
