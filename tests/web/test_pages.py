"""What the pages say, in both languages, and that data stays text."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.errors import Refused
from geo_app.services import net_methods, reviews, uploads
from tests.site_frames import cell, site_frame
from tests.web.conftest import HOSTILE, PAGES, browsing, served, sign_in, stock, token_of

NOTICES = {"en": "Demonstration: all sites are synthetic", "zh": "演示数据：地块均为虚构"}
HAN = re.compile("[\u3400-\u9fff]")


@pytest.mark.parametrize("lang", NOTICES)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_made_in_both_languages(editor: FlaskClient, path: str, lang: str) -> None:
    page = editor.get(path, headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page.text
    assert NOTICES[lang] in page.text


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_stays_text(editor: FlaskClient, path: str) -> None:
    page = editor.get(path).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "A<b>1" not in page


def test_hostile_text_is_shown(editor: FlaskClient) -> None:
    assert "&lt;script&gt;alert(1)" in editor.get("/sites/1").text


@pytest.mark.parametrize(
    "lang, words",
    [
        ("en", ["Official survey rule", "987,766.69\u202fm²", "1/cos² of the latitude, at 37° by 57.1%", "never used"]),
        ("zh", ["国土调查规则", "987,766.69平方米", "纬度37°处偏大57.1%", "不予采用"]),
    ],
)
def test_site_is_shown_by_each_method(editor: FlaskClient, lang: str, words: list[str]) -> None:
    page = editor.get("/sites/1", headers={"Accept-Language": lang}).text
    assert [word for word in words if word not in page] == []


def test_site_without_ground_has_no_methods(editor: FlaskClient) -> None:
    dot = editor.get("/sites?layer=soil_remediated").text
    number = re.search(r"/sites/(\d+)", dot)
    assert number is not None
    page = editor.get(f"/sites/{number[1]}").text
    assert "Official survey rule" in page
    assert "five methods" not in page


@pytest.mark.parametrize("path", ["/", "/sites?layer=farmland_reclaimed", "/uploads/1", "/sign-in"])
@pytest.mark.parametrize("query", ["_scheme=javascript", "endpoint=x&self=y", "_external=1", "values=1&text=%22%3E"])
def test_hostile_query_does_no_harm(editor: FlaskClient, path: str, query: str) -> None:
    page = editor.get(f"{path}{'&' if '?' in path else '?'}{query}")
    assert page.status_code == 200
    assert 'href="javascript' not in page.text
    assert 'href="//' not in page.text


def test_instance_of_its_own_has_no_notice(fresh: Flask) -> None:
    assert NOTICES["en"] not in sign_in(fresh).get("/sites").text


def test_language_is_remembered(stranger: FlaskClient) -> None:
    stranger.get("/sign-in?lang=zh")
    assert "登录" in stranger.get("/sign-in").text


def test_language_follows_the_browser(stranger: FlaskClient) -> None:
    assert "登录" in stranger.get("/sign-in", headers={"Accept-Language": "fr, zh-CN;q=0.8, en;q=0.5"}).text


def test_answer_stands_first(editor: FlaskClient) -> None:
    heading = re.search(r'<h1 id="answer">(.*?)</h1>', editor.get("/").text)
    assert heading
    assert "of 16 figures are borne out; hazardous waste cleared is short by 28,950\u202ft" in heading[1] or (
        "of 16 figures are borne out; grassland restored is short by" in heading[1]
    )


def test_every_figure_is_listed(editor: FlaskClient) -> None:
    page = editor.get("/").text
    assert page.count('class="cl cg"') == 16
    assert ">11.5万亩</q>" in page


def test_figures_are_filtered_by_verdict_and_kind(editor: FlaskClient) -> None:
    page = editor.get("/?verdict=short&kind=area").text
    assert page.count('class="cl cg"') == 1
    assert 'data-layer="grassland_restored"' in page


def test_unknown_filter_finds_everything(editor: FlaskClient) -> None:
    assert editor.get("/?verdict=maybe&kind=x&sort=y").text.count('class="cl cg"') == 16


def test_unknown_report_is_not_found(editor: FlaskClient) -> None:
    page = editor.get("/?report=none")
    assert page.status_code == 404
    assert "haixi-2025" in page.text


def test_totals_by_district_stand_under_their_layer(editor: FlaskClient) -> None:
    page = editor.get("/totals?by=district&layer=grassland_restored").text
    assert page.count('class="whole"') == 1
    assert "Delingha" in page


def test_totals_say_what_does_not_count(editor: FlaskClient) -> None:
    page = editor.get("/totals?layer=grassland_restored&lang=en").text
    assert re.search(r"\u2212[\d,]+\.\d\u202fmu", page)


def test_sites_are_paged(fresh: Flask) -> None:
    lp = fresh.extensions["landproof"]
    many = site_frame(*(cell(at % 10, at // 10) for at in range(60)))
    lp.store.uploads.accept(stock(lp, "grassland_restored", many), "reviewer")
    page = sign_in(fresh).get("/sites?page=2&layer=grassland_restored").text
    assert "51 to 60 of 60" in page
    assert 'rel="prev"' in page
    assert 'rel="next"' not in page


def test_page_past_the_end_is_the_last(editor: FlaskClient) -> None:
    assert "page 1 of 1" in editor.get("/sites?page=999&lang=en").text


def test_site_says_why_it_does_not_count(stocked: Flask, editor: FlaskClient) -> None:
    lp = stocked.extensions["landproof"]
    unfinished = lp.store.sites.frame("grassland_restored").set_index("status")["id"]["ongoing"]
    assert "not finished" in editor.get(f"/sites/{unfinished}?lang=en").text


def test_missing_site_is_told_in_words(editor: FlaskClient) -> None:
    page = editor.get("/sites/99999")
    assert page.status_code == 404
    assert "There is no site number 99999" in page.text


def test_every_upload_state_has_its_page(editor: FlaskClient) -> None:
    headings = [re.search(r"<h1>(.*?)</h1>", editor.get(f"/uploads/{number}?lang=en").text) for number in range(1, 12)]
    assert [match[1] for match in headings if match][-8:] == [
        "The file is being read",
        "This file cannot be taken",
        "Which coordinate system?",
        "Which text encoding?",
        "Which layer of the file?",
        "Which status do the sites have?",
        "Which column is which?",
        "This upload was discarded",
    ]


def test_reason_of_a_refusal_is_said_in_the_language_of_the_page(fresh: Flask) -> None:
    lp = fresh.extensions["landproof"]
    rows = io.BytesIO("票号,完成日期,重量(吨),状态\nT1,2024-13-02,1,完成\n".encode())
    upload = uploads.receive(lp, rows, "磅单.csv", "waste_household", "reviewer")
    with pytest.raises(Refused):
        uploads.read(lp, upload.id)
    assert "不是日期" in sign_in(fresh).get(f"/uploads/{upload.id}?lang=zh").text


def test_option_of_the_command_line_is_not_shown(editor: FlaskClient) -> None:
    assert "--crs" not in editor.get("/uploads/6").text


def test_progress_is_a_piece_of_page(editor: FlaskClient) -> None:
    piece = editor.get("/uploads/4/progress?lang=en").text
    assert piece.startswith('<div id="progress"')
    assert "40 %" in piece


def test_progress_ends_with_a_reload(editor: FlaskClient) -> None:
    assert editor.get("/uploads/12/progress").headers["HX-Refresh"] == "true"


def test_list_of_rows_left_out_holds_no_formula(editor: FlaskClient) -> None:
    answer = editor.get("/uploads/12/left-out.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert not re.search(r'(^|,)"?[=+@]', answer.get_data(as_text=True), re.MULTILINE)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/totals.csv?by=year", "text/csv"),
        ("/totals.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/sites.csv?layer=grassland_restored", "text/csv"),
        ("/sites.geojson", "application/geo+json"),
    ],
)
def test_export_is_sent_under_its_name(editor: FlaskClient, path: str, kind: str) -> None:
    answer = editor.get(path)
    assert answer.mimetype == kind
    assert "attachment" in answer.headers["Content-Disposition"]


def test_upload_without_file_is_told_in_words(editor: FlaskClient) -> None:
    answer = editor.post("/uploads", data={"csrf_token": token_of(editor)})
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_upload_into_unknown_layer_is_told_in_words(fresh: Flask) -> None:
    client = sign_in(fresh)
    form = {"csrf_token": token_of(client), "layer": "moon", "file": (io.BytesIO(b"x"), "a.csv")}
    assert client.post("/uploads", data=form).status_code == 404


def test_upload_waits_for_the_worker(fresh: Flask) -> None:
    client = sign_in(fresh)
    form = {"csrf_token": token_of(client), "layer": "farmland_reclaimed", "file": (io.BytesIO(b"x"), "田.csv")}
    answer = client.post("/uploads", data=form, headers={"Accept": "application/json"})
    page = client.get(answer.json["location"]).text
    assert "The file is being read" in page
    assert "田.csv" in page


def test_accepting_makes_the_sites_count(fresh: Flask) -> None:
    client = sign_in(fresh)
    answer = client.post("/uploads/1/accept", data={"csrf_token": token_of(client)})
    assert answer.status_code == 303
    assert "2 sites stored" in client.get("/uploads/1").text
    assert "2 sites" in client.get("/sites?layer=farmland_reclaimed").text


def test_accepting_twice_is_told_in_words(fresh: Flask) -> None:
    client = sign_in(fresh)
    form = {"csrf_token": token_of(client)}
    client.post("/uploads/1/accept", data=form)
    answer = client.post("/uploads/1/accept", data=form)
    assert answer.status_code == 409
    assert "not ready to be accepted" in answer.text


def test_discarding_stores_nothing(fresh: Flask) -> None:
    client = sign_in(fresh)
    client.post("/uploads/1/discard", data={"csrf_token": token_of(client)})
    assert "This upload was discarded" in client.get("/uploads/1").text
    assert "No sites yet" in client.get("/sites").text


def test_answers_are_kept_with_the_upload(fresh: Flask) -> None:
    client = sign_in(fresh)
    form = {
        "csrf_token": token_of(client),
        "crs": "other",
        "crs-other": "EPSG:4520",
        "theirs-1": "编号",
        "ours-1": "code",
    }
    client.post("/uploads/1/choices", data=form)
    chosen = fresh.extensions["landproof"].store.uploads.find(1).choices
    assert chosen["crs"] == "EPSG:4520"
    assert chosen["columns"]["code"] == "编号"
    assert chosen["columns"]["name"] == ""


def test_english_page_marks_chinese_text(editor: FlaskClient) -> None:
    assert '<span lang="zh-Hans">香日德镇草原</span>' in editor.get("/sites?lang=en").text


def test_layer_colours_come_from_the_layer_files(stocked: Flask, stranger: FlaskClient) -> None:
    sheet = stranger.get("/layers.css").text
    for layer in stocked.extensions["landproof"].layers.values():
        assert f"--l-{layer.id}: {layer.colour['dark']};" in sheet


def test_hostile_name_is_in_the_stock(editor: FlaskClient) -> None:
    assert HOSTILE.count("<") == 3
    assert "onerror" in editor.get("/uploads").text


def test_number_in_a_sentence_about_many_has_comma_groups(stocked: Flask) -> None:
    with stocked.test_request_context("/?lang=en"):
        said = stocked.jinja_env.from_string('{{ ngettext("%(num)s site", "%(num)s sites", 20000) }}').render()
    assert said == "20,000 sites"


@pytest.mark.parametrize(
    "lang, behind, words",
    [
        ("en", "Not yet measured: 2 sites.", ["Official survey rule", "figure of record", "stretch with the distance"]),
        ("zh", "尚未量算：2个地块。", ["国土调查规则", "采用值", "中央经线越远"]),
    ],
)
def test_total_is_shown_by_each_method_once_it_is_measured(fresh: Flask, lang: str, behind: str, words: list) -> None:
    lp, client = fresh.extensions["landproof"], sign_in(fresh)

    def page(path: str) -> str:
        return client.get(path, headers={"Accept-Language": lang}).text

    uploads.accept(lp, uploads.listing(lp)[0].id, "me")
    assert behind in page("/totals")
    assert behind in page("/totals/farmland_reclaimed/methods")
    reviews.review_around(lp, "farmland_reclaimed")
    for path in ("/totals", "/totals/farmland_reclaimed/methods"):
        assert behind not in page(path)
        assert [word for word in words if word not in page(path)] == []


def test_methods_of_many_sites_follow_when_they_are_asked_for(stocked: Flask, chromium, monkeypatch) -> None:
    monkeypatch.setattr(net_methods, "AT_ONCE", 0)
    with served(stocked) as address, browsing(chromium, address, stocked, locale="en-GB") as page:
        page.goto("/totals")
        assert page.locator(".several table").count() == 0
        page.locator(".several summary").first.click()
        page.locator(".several table").wait_for()
        assert "Official survey rule" in page.locator(".several").first.inner_text()
