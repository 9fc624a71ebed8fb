"""The page of one figure, and the decision about contested ground, as a browser without a script asks for them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.services import Landproof, decisions, users
from geo_app.settings import Settings
from geo_app.web import auth
from tests.web.conftest import sign_in

PAGE = "/claims/haixi-2025/10"


@pytest.fixture
def app(demo_lp: Landproof) -> Iterator[Flask]:
    """The application of a demonstration of one's own."""
    app = create_app(Settings(home=demo_lp.settings.home))
    app.testing = True
    yield app
    app.extensions["landproof"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return sign_in(app)


def numbers(page: str) -> list[tuple[str, str]]:
    """The steps of the table with their amounts."""
    rows = re.findall(
        r'data-step="(\w+)"[^>]*>\s*<th.*?</th>\s*<td class="g".*?</td>\s*<td class="r">(.*?)</td>', page, re.S
    )
    return [(step, amount) for step, amount in rows]


def test_page_says_the_verdict_the_reason_and_the_largest_part(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=en").text
    assert "Short by 1,842\u202fmu" in page
    assert "恢复被非法开垦和占用的草原<mark>11.5万亩</mark>" in page
    assert "214 sites make 114,986.2\u202fmu and would bear the figure out" in page
    assert "2,328.2\u202fmu fall away: the largest part, 684.3\u202fmu, is 1 site entered twice" in page
    assert "Everything from 114,500 up to, not including, 115,500\u202fmu is printed as 11.5万亩" in page


def test_page_says_the_same_in_chinese(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=zh").text
    assert "不足：少1,842亩" in page
    assert "减少2,328.2亩，其中最大一项684.3亩系1个地块重复录入。" in page


def test_bridge_is_a_table_with_every_step(client: FlaskClient) -> None:
    assert numbers(client.get(f"{PAGE}?lang=en").text) == [
        ("declared", "115,012.4"),
        ("not_declared", "0.0"),
        ("drawn", "\u221226.2"),
        ("gross", "114,986.2"),
        ("invalid", "0.0"),
        ("status_unknown", "\u221258.6"),
        ("not_finished", "\u2212412.0"),
        ("outside_period", "not applied"),
        ("outside_place", "\u2212336.9"),
        ("duplicate", "\u2212684.3"),
        ("overlap", "\u2212451.2"),
        ("contested", "\u2212385.2"),
        ("net", "112,658.0"),
    ]


def test_measure_has_the_steps_that_apply_to_it(client: FlaskClient) -> None:
    steps = [step for step, _ in numbers(client.get("/claims/haixi-2025/7").text)]
    assert steps == ["written", "status_unknown", "not_finished", "outside_period", "outside_place", "duplicate", "net"]


def test_boundary_that_does_not_cut_is_said(client: FlaskClient) -> None:
    assert "No site is cut at the boundary" in client.get(f"{PAGE}?lang=en").text


def test_findings_about_its_layer_are_named(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=en").text
    behind = page.partition("Findings behind it")[2]
    assert re.search(r">The same shape twice</a>.*?\u2212684\.3\u202fmu", behind, re.S)
    assert 'href="/findings?layer=grassland_restored"' in behind


def test_step_shows_the_sites_behind_it(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?step=overlap&lang=en").text
    behind = page[page.index('id="behind"') :]
    assert re.findall(r">(\w+-\d{4}-\d{4})</a>", behind) == [
        *("WL-2023-0002", "WL-2022-0014", "WL-2024-0008", "WL-2021-0030", "TJ-2022-0003", "TJ-2022-0021")
    ]
    assert "The site completed first keeps it" in behind


def test_net_ground_is_shown_by_each_method(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=en").text
    methods = page[page.index('id="methods"') :]
    assert re.findall(r'<td class="r main">(.*?)</td>', methods)[0] == "112,658.0"
    assert "182 of 209 sites, which cover " in methods
    assert "It is never used." in methods


def test_ledger_has_no_ground_to_measure(client: FlaskClient) -> None:
    assert 'id="methods"' not in client.get("/claims/haixi-2025/9").text


def test_figure_without_rows_starts_and_ends_at_nothing(client: FlaskClient) -> None:
    page = client.get("/claims/haixi-2025/14?lang=en").text
    assert "its bridge starts at 0 and ends at 0" in page
    assert {amount for _, amount in numbers(page)} == {"0", "not applied"}


def test_point_is_no_evidence(client: FlaskClient) -> None:
    assert "a point or a declared area is a claim, not evidence" in client.get("/claims/haixi-2025/13?lang=en").text


def test_figures_follow_each_other_as_the_list_has_them(client: FlaskClient) -> None:
    listed = re.findall(r'href="(/claims/haixi-2025/\d+)"', client.get("/").text)
    walked = [listed[0]]
    while following := re.search(r'rel="next" href="([^"]+)"', client.get(walked[-1]).text):
        walked.append(following[1])
    assert walked == listed


@pytest.mark.parametrize("path", ["/claims/none/1", "/claims/haixi-2025/17", f"{PAGE}?step=nonsense"])
def test_what_does_not_exist_is_told_in_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_page_leads_to_its_files(client: FlaskClient) -> None:
    for link in re.findall(r'href="([^"]+\.(?:csv|xlsx|json))"', client.get(PAGE).text):
        answer = client.get(link)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]


def test_map_is_told_the_steps_in_the_language_of_the_page(client: FlaskClient) -> None:
    steps = client.get(f"{PAGE}/steps.json?lang=zh").json["steps"]
    assert [each["amount"] for each in steps if each["title"] == "重复地块"] == ["\u2212684.3亩"]


def test_totals_lead_to_the_bridge(client: FlaskClient) -> None:
    assert f'href="{PAGE}"' in client.get("/totals").text


def pair(lp: Landproof) -> tuple[str, dict[str, int]]:
    (found,) = decisions.contests(lp)
    sites = {site.layer: site.id for site in (found.one, found.other)}
    return f"/decisions/{found.one.id}/{found.other.id}", sites


def send(client: FlaskClient, path: str, **fields: object):
    page = client.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index('class="correct"') :]))
    return client.post(path, data=hidden | fields)


def test_contested_step_leads_to_the_decision(client: FlaskClient, demo_lp: Landproof) -> None:
    path, sites = pair(demo_lp)
    grass, farm = sites["grassland_restored"], sites["farmland_reclaimed"]
    assert f"/decisions/{grass}/{farm}" in client.get(f"{PAGE}?step=contested").text
    assert "counts for neither until a person decides" in client.get(f"{path}?lang=en").text


def test_decision_is_recorded_shown_and_moves_net(client: FlaskClient, demo_lp: Landproof) -> None:
    path, sites = pair(demo_lp)
    assert send(client, path, winner=sites["grassland_restored"], why="<b>grass</b>").status_code == 303
    page = client.get(f"{path}?lang=en").text
    assert "The ground belongs to Grassland restored" in page
    assert "&lt;b&gt;grass&lt;/b&gt;" in page
    assert "113,043.2" in client.get(PAGE).text
    assert "for Grassland restored" in client.get("/decisions/").text


def test_decision_is_taken_back(client: FlaskClient, demo_lp: Landproof) -> None:
    path, sites = pair(demo_lp)
    send(client, path, winner=sites["farmland_reclaimed"], why="farmed")
    send(client, path, withdraw="yes", why="was wrong")
    page = client.get(f"{path}?lang=en").text
    assert "Decision taken back" in page
    assert "For Farmland reclaimed" in page
    assert "112,658.0" in client.get(PAGE).text


@pytest.mark.parametrize(("fields", "said"), [({"why": "x"}, "Nothing was chosen"), ({"why": " "}, "No reason")])
def test_half_a_decision_is_refused_and_typing_kept(
    client: FlaskClient, demo_lp: Landproof, fields: dict[str, str], said: str
) -> None:
    path, sites = pair(demo_lp)
    more = {"winner": sites["farmland_reclaimed"]} if said == "No reason" else {}
    answer = send(client, f"{path}?lang=en", **fields, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{fields["why"]}" required' in answer.text


def test_second_decider_is_told_of_the_first(client: FlaskClient, demo_lp: Landproof) -> None:
    path, sites = pair(demo_lp)
    stale = client.get(path).text
    send(client, path, winner=sites["grassland_restored"], why="first")
    token = re.search(r'name="csrf_token" value="([^"]+)"', stale[stale.index('class="correct"') :])
    late = {"csrf_token": token[1], "seen": "0", "winner": sites["farmland_reclaimed"], "why": "second"}
    assert client.post(path, data=late).status_code == 409


def test_decision_needs_the_token_of_the_form(client: FlaskClient, demo_lp: Landproof) -> None:
    path, sites = pair(demo_lp)
    assert client.post(path, data={"winner": sites["grassland_restored"], "why": "x"}).status_code == 400
    assert demo_lp.store.decisions.all() == []


def test_reader_sees_no_form(client: FlaskClient, demo_lp: Landproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth.users, "user_of", lambda _lp, session: users.User(session, "guest", "reader"))
    path, _ = pair(demo_lp)
    assert 'name="winner"' not in client.get(path).text
