"""Answering how a file is to be read, and the file to hand back."""

import csv
import io
import re

import numpy as np
import openpyxl
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from geo_app.errors import AnswerNeeded, GeoAppError
from geo_app.ingest.shapes import noted
from geo_app.ingest.unitwords import unit_behind
from geo_app.ingest.whereabouts import add_places
from geo_app.services import keeping, previews, uploads
from geo_app.services.proposals import proposals
from geo_app.services.readings import question
from geo_app.units import MEASURES
from geo_app.web.answers import answers
from geo_app.web.wording import units_of
from tests.ingest import files
from tests.web.conftest import HOSTILE, add_upload, sign_in, token_of

TICKETS = "票号,完成日期,重量(吨),状态\nT1,2024-01-02,12.5,完成\nT2,2024-13-02,3,完成\n=T3,2024-02-02,x,完成\n"
CHOICES = ("EPSG:4542", "EPSG:4541", "EPSG:4540")


@pytest.fixture
def lp(fresh: Flask):
    return fresh.extensions["landproof"]


@pytest.fixture
def client(fresh: Flask) -> FlaskClient:
    return sign_in(fresh)


def read(lp, text: str, name: str = "磅单.csv") -> int:
    """Receive a ledger and have it read."""
    upload = uploads.receive(lp, io.BytesIO(text.encode()), name, "waste_household", "reviewer")
    try:
        uploads.read(lp, upload.id)
    except GeoAppError:
        pass
    return upload.id


def test_one_column_joins_those_that_were_answered_before() -> None:
    known = {"columns": {"code": "票号"}}
    assert answers(MultiDict({"column.quantity": "重量"}), known)["columns"] == {"code": "票号", "quantity": "重量"}


def test_what_is_confirmed_is_added() -> None:
    form = MultiDict([("confirmed", "totals"), ("confirmed", "crs:EPSG:4520")])
    assert answers(form, {"confirmed": ["repairs"]})["confirmed"] == ("repairs", "totals", "crs:EPSG:4520")


def test_units_are_read() -> None:
    assert answers(MultiDict({"unit.quantity": "公斤", "unit.declared_area": ""}))["units"] == {"quantity": "公斤"}


def test_empty_answers_are_none() -> None:
    given = MultiDict({"crs": " ", "encoding": "", "shift": ""})
    assert answers(given) == {"crs": None, "encoding": None, "shift": None}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_file_to_hand_back_holds_the_rows_as_they_came(lp, client: FlaskClient, lang: str) -> None:
    number = read(lp, TICKETS)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/uploads/{number}/left-out.xlsx?lang={lang}").data)).active
    head, *rows = sheet.values
    assert head[1:5] == ("票号", "完成日期", "重量(吨)", "状态")
    assert [row[:5] for row in rows] == [(2, "T2", "2024-13-02", "3", "完成"), (3, "=T3", "2024-02-02", "x", "完成")]
    own, other = ("which is no date", "日期") if lang == "en" else ("日期", "which is no date")
    assert own in rows[0][5]
    assert other in rows[0][7]


def test_file_to_hand_back_runs_nothing(lp, client: FlaskClient) -> None:
    answer = client.get(f"/uploads/{read(lp, TICKETS)}/left-out.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[2][:4] == ["3", "'=T3", "2024-02-02", "x"]
    assert "left-out" in answer.headers["Content-Disposition"]


def test_rows_of_a_file_that_is_wholly_refused_are_handed_back(lp, client: FlaskClient) -> None:
    number = read(lp, "票号,重量(吨),状态\nT1,x,完成\nT2,-3,完成\n")
    page = client.get(f"/uploads/{number}?lang=en").text
    assert "This file cannot be taken" in page
    assert "which is no number" in page
    assert f"/uploads/{number}/left-out.csv" in page
    keeping.sweep(lp)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/uploads/{number}/left-out.xlsx?lang=en").data)).active
    _, *rows = sheet.values
    assert [row[:4] for row in rows] == [(1, "T1", "x", "完成"), (2, "T2", "-3", "完成")]
    assert "cannot be negative" in rows[1][4]
    assert "Correct the amount" in rows[1][5]


def test_refused_file_that_is_read_again_keeps_no_old_reasons(lp) -> None:
    number = read(lp, "票号,重量(吨),状态\nT1,x,完成\n")
    with pytest.raises(GeoAppError, match="no column"):
        uploads.choose(lp, number, {"columns": {"quantity": "吨数"}})
        uploads.read(lp, number)
    assert previews.rejections(lp, number) == []
    assert lp.store.uploads.find(number).rejected is None


def test_same_columns_are_offered_as_they_were_read(lp, client: FlaskClient) -> None:
    first = read(lp, TICKETS.replace("票号", "号").replace("状态", "备忘"))
    uploads.choose(lp, first, {"status": "finished", "columns": {"code": "号"}})
    uploads.read(lp, first)
    uploads.accept(lp, first, "reviewer")
    second = read(lp, "号,完成日期,重量(吨),备忘\nT9,2024-03-01,4,好\n")
    uploads.choose(lp, second, {"status": "verified"})
    uploads.read(lp, second)
    assert previews.offered(lp, second).upload == first
    page = client.get(f"/uploads/{second}?lang=en").text
    assert f"Read as upload {first} was" in page
    client.post(f"/uploads/{second}/choices", data={"csrf_token": token_of(client), "like": str(first)})
    chosen = lp.store.uploads.find(second).choices
    assert (chosen["status"], chosen["columns"]) == ("finished", {"code": "号"})


def test_question_offers_what_was_answered_before(lp, client: FlaskClient) -> None:
    first = read(lp, "票号,完成日期,重量(吨)\nT1,2024-01-02,12.5\n")
    uploads.choose(lp, first, {"status": "finished"})
    uploads.read(lp, first)
    uploads.accept(lp, first, "reviewer")
    second = read(lp, "票号,完成日期,重量(吨)\nT2,2024-02-02,1\n")
    assert f"Read as upload {first} was" in client.get(f"/uploads/{second}?lang=en").text


def test_nothing_is_offered_without_an_answer_to_copy(lp) -> None:
    uploads.accept(lp, read(lp, TICKETS), "reviewer")
    assert previews.offered(lp, read(lp, TICKETS + "T8,2024-01-01,1,完成\n")) is None


def test_offer_that_is_gone_is_told_in_words(lp, client: FlaskClient) -> None:
    answer = client.post("/uploads/1/choices", data={"csrf_token": token_of(client), "like": "99"})
    assert answer.status_code == 409


def test_mode_is_chosen_with_the_answers(lp, client: FlaskClient) -> None:
    client.post("/uploads/1/choices", data={"csrf_token": token_of(client), "mode": "replace"})
    assert lp.store.uploads.find(1).mode == "replace"
    answer = client.post("/uploads/1/choices", data={"csrf_token": token_of(client), "mode": "destroy"})
    assert answer.status_code == 422


def asked(lp, **more: object) -> int:
    """Have an upload wait for the answer to where its squares near 96.0 E, in Golmud, lie; they say Dulan."""
    need = AnswerNeeded("Which?", needs="crs", option="--crs EPSG:n", choices=CHOICES, kind="plain")
    squares = np.array([files.square(at, x0=500_000) for at in range(3)])
    add_places(need, noted(shapely.to_wkb(squares), squares), lp.districts, ["都兰县", None, "都兰县"])
    number = add_upload(lp, "farmland_reclaimed", "needs.zip")
    lp.store.uploads.change(number, state="needs_input", message=question(need) | more)
    return number


def test_proposals_say_where_they_would_put_the_file(lp) -> None:
    found = proposals(lp.store.uploads.find(asked(lp)).message)
    assert [each.meridian for each in found] == [99, 96, 93]
    assert [each.where.placed for each in found] == [3, 3, 3]
    assert [(each.where.named, each.where.as_named) for each in found] == [(2, 2), (2, 2), (2, 0)]
    west, south, east, _ = found[1].where.box
    assert (west, south) == pytest.approx((96, 36.13), abs=0.01)
    assert 0.005 < east - west < 0.006


def test_question_of_the_system_shows_the_proposals(lp, client: FlaskClient) -> None:
    page = client.get(f"/uploads/{asked(lp)}?lang=en").text
    assert re.findall(r'name="crs" id="crs-\d" value="(.*?)"', page) == list(CHOICES)
    assert "2 of 3 records lie in the district that they name (3 in Dulan)." in page
    assert "None of 3 records lies in the district that it names: 3 in Golmud." in page
    assert "The area is the same in each case." in page


def test_map_of_the_question_shows_the_proposals(lp, client: FlaskClient) -> None:
    number = asked(lp)
    build = re.search(r'src="(/map/\w+\.js)"', client.get(f"/map?upload={number}").text)[1]
    assert f"/map/proposals.geojson?upload={number}" in client.get(build).text
    drawn = client.get(f"/map/proposals.geojson?upload={number}&lang=en").json["features"]
    assert [each["properties"]["answer"] for each in drawn] == list(CHOICES)
    assert [len(each["geometry"]["geometries"]) for each in drawn] == [3, 3, 3]
    assert drawn[2]["properties"]["place"] == "3 in Golmud"


def test_confirmation_has_a_button_for_each_proposal(lp, client: FlaskClient) -> None:
    number = asked(lp, needs="confirmation", option="--accept", choices=["crs:EPSG:4542", "totals", HOSTILE])
    page = client.get(f"/uploads/{number}?lang=en").text
    assert re.findall(r'name="confirmed" value="(.*?)"', page)[:2] == ["crs:EPSG:4542", "totals"]
    assert "<script>alert" not in page
    form = {"csrf_token": token_of(client), "confirmed": "crs:EPSG:4542"}
    client.post(f"/uploads/{number}/choices", data=form)
    assert lp.store.uploads.find(number).choices["confirmed"] == ["crs:EPSG:4542"]


def test_everything_that_has_to_be_answered_is_asked_at_once(lp, client: FlaskClient) -> None:
    number = read(lp, "票号,完成日期,重量(吨)\nT1,2024-01-02,12.5\n合计,,12.5\n")
    page = client.get(f"/uploads/{number}?lang=en").text
    assert "2 answers are needed" in page
    form = {"csrf_token": token_of(client), "status": "finished", "confirmed": "totals"}
    client.post(f"/uploads/{number}/choices", data=form)
    uploads.read(lp, number)
    assert lp.store.uploads.find(number).state == "ready"


def test_reading_can_be_stopped(lp, client: FlaskClient) -> None:
    number = add_upload(lp, "farmland_reclaimed", "slow.zip")
    uploads.enqueue(lp, number)
    page = client.get(f"/uploads/{number}").text
    assert f'action="/uploads/{number}/cancel"' in page
    client.post(f"/uploads/{number}/cancel", data={"csrf_token": token_of(client)})
    assert lp.store.uploads.find(number).state == "discarded"


def test_only_the_reading_on_the_page_is_accepted(lp, client: FlaskClient) -> None:
    form = {"csrf_token": token_of(client), "reading_no": "7"}
    assert client.post("/uploads/1/accept", data=form).status_code == 409
    assert lp.store.uploads.find(1).state == "ready"


@pytest.mark.parametrize("measure", MEASURES)
def test_every_unit_to_choose_is_one_of_its_measure(measure: str) -> None:
    assert {unit_behind(word).measure for word in units_of(measure)} <= {measure}
