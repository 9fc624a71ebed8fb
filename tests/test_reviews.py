"""What the rules found is kept, closed by a new version that cures it, and open again if it comes back."""

import datetime as dt

import pytest
import shapely

from geo_app.errors import Conflict, NotFound, Refused, StoreFailed
from geo_app.quality import reviewing
from geo_app.services import Landproof, decisions, findings, history, jobs, reviews, uploads
from geo_app.services.bridges import refresh
from geo_app.services.findings import FindingFilter
from tests.site_frames import cell, site_frame
from tests.web.conftest import stock

GRASS, FARM = "grassland_restored", "farmland_reclaimed"
DATED = {"completed_on": "2023-05-01"}


def take(lp: Landproof, *shapes: shapely.Geometry | None, layer: str = GRASS, mode: str = "merge", **columns) -> int:
    """Accept sites; return the upload's number."""
    frame = site_frame(*shapes, **DATED | columns)
    number = stock(lp, layer, frame, mode=mode)
    uploads.accept(lp, number, "me")
    return number


def states(lp: Landproof, **wanted: object) -> dict[tuple[str, str], str]:
    rows = findings.every(lp, FindingFilter(**wanted))
    return {(row.rule, "+".join(filter(None, (row.code, row.other_code)))): row.state for row in rows}


def number_of(lp: Landproof, rule: str) -> int:
    (row,) = findings.every(lp, FindingFilter(rule=rule))
    return row.id


ORDERED = {"completed_on": ["2022-05-01", "2023-05-01"]}
LATER = {"completed_on": ["2022-05-01", "2023-05-01", None]}
OVERLAP = {("overlap", "S1+S0"): "open"}


def test_what_is_found_is_open_with_its_place_and_uploads(lp):
    upload = take(lp, cell(0, 0), cell(0.5, 0), **ORDERED)
    assert reviews.review(lp, GRASS)
    assert states(lp) == OVERLAP
    (row,) = findings.every(lp, FindingFilter())
    assert (row.upload_id, row.seen_upload_id) == (upload, upload)
    assert shapely.contains_xy(shapely.intersection(cell(0, 0), cell(0.5, 0)), row.lon, row.lat)
    assert row.effect == pytest.approx(row.number * 10_000, rel=1e-3)
    assert [each.state for each in lp.store.findings.history(row.id)] == ["open"]


def test_a_second_review_has_nothing_to_do(lp):
    take(lp, cell(0, 0), cell(0.5, 0))
    assert reviews.review(lp, GRASS)
    assert not reviews.review(lp, GRASS)
    assert reviews.behind(lp) == []


def test_a_new_version_fixes_and_undoing_it_opens_again(lp):
    take(lp, cell(0, 0), cell(0.5, 0), **ORDERED)
    reviews.review(lp, GRASS)
    cure = take(lp, cell(3, 0), code="S1")
    reviews.review(lp, GRASS)
    assert states(lp) == {("overlap", "S1+S0"): "fixed"}
    history.toggle(lp, cure, "me")
    reviews.review(lp, GRASS)
    assert states(lp) == OVERLAP
    told = lp.store.findings.history(number_of(lp, "overlap"))
    assert [(each.state, each.who) for each in told] == [
        ("open", "landproof"),
        ("fixed", "landproof"),
        ("open", "landproof"),
    ]
    assert told[1].upload_id == cure


def test_what_a_person_said_stays_as_long_as_it_is_found(lp):
    take(lp, cell(0, 0), cell(0.5, 0), **ORDERED)
    reviews.review(lp, GRASS)
    findings.turn(lp, [number_of(lp, "overlap")], "explained", "me", " seen on the ground ")
    take(lp, cell(8, 0), code="S9")
    reviews.review(lp, GRASS)
    assert states(lp) == {("overlap", "S1+S0"): "explained"}
    last = lp.store.findings.history(number_of(lp, "overlap"))[-1]
    assert (last.state, last.who, last.why) == ("explained", "me", "seen on the ground")


def test_only_some_states_are_set_by_hand_and_each_needs_a_reason(lp):
    take(lp, cell(0, 0), cell(0.5, 0))
    reviews.review(lp, GRASS)
    number = number_of(lp, "overlap")
    for state, why in (("fixed", "because"), ("explained", "  ")):
        with pytest.raises(Refused):
            findings.turn(lp, [number], state, "me", why)
    with pytest.raises(Refused, match="No finding"):
        findings.turn(lp, [], "explained", "me", "because")
    for unknown in (99, 10**20):
        with pytest.raises(NotFound):
            findings.turn(lp, [number, unknown], "explained", "me", "because")
    assert set(states(lp).values()) == {"open"}


def test_what_is_fixed_cannot_be_explained(lp):
    take(lp, cell(0, 0), cell(0.5, 0))
    reviews.review(lp, GRASS)
    take(lp, cell(3, 0), code="S1")
    reviews.review(lp, GRASS)
    with pytest.raises(Conflict, match="is fixed"):
        findings.turn(lp, [number_of(lp, "overlap")], "dismissed", "me", "because")


def test_contested_ground_is_one_finding_for_both_layers(lp):
    take(lp, cell(0, 0))
    reviews.review(lp, GRASS)
    take(lp, cell(0.5, 0), layer=FARM, code="F0")
    reviews.review(lp, FARM)
    expected = {("contested", "F0+S0"): "open"}
    assert states(lp) == expected
    take(lp, cell(5, 5), code="S7")
    reviews.review(lp, GRASS)
    assert states(lp) == expected
    assert states(lp, layer=GRASS) == states(lp, layer=FARM) == expected


def test_contest_ends_when_either_layer_gives_way(lp):
    take(lp, cell(0, 0))
    take(lp, cell(0.5, 0), layer=FARM, code="F0")
    reviews.review(lp, FARM)
    take(lp, cell(3, 0))
    reviews.review(lp, GRASS)
    assert states(lp) == {("contested", "F0+S0"): "fixed"}


def contest(lp: Landproof) -> tuple[int, int]:
    """A contest between a grassland and a farmland site, both gone over; their numbers."""
    take(lp, cell(0, 0))
    take(lp, cell(0.5, 0), layer=FARM, code="F0")
    reviews.review_around(lp, FARM)
    return tuple(int(lp.store.sites.frame(layer)["id"].iloc[0]) for layer in (GRASS, FARM))


@pytest.mark.parametrize("last", [GRASS, FARM])
def test_decision_explains_the_contest_and_taking_it_back_opens_it(lp, last):
    grass, farm = contest(lp)
    for withdraw in (False, True):
        decisions.decide(lp, grass, farm, "judge", "grass since 2021", withdraw=withdraw)
        assert set(reviews.behind(lp)) == {GRASS, FARM}
        for layer in (FARM, GRASS) if last == GRASS else (GRASS, FARM):
            reviews.review(lp, layer)
        (row,) = findings.every(lp, FindingFilter())
        assert (row.rule, row.state, row.turned_who) == ("contested", "open" if withdraw else "explained", "judge")
        assert ("count for the second" in findings.say(lp, row, "en")) is not withdraw
        assert (row.effect > 0, row.other_effect > 0) == (True, withdraw)
    states_of = [each.state for each in lp.store.findings.history(row.id)]
    assert states_of == ["open", "explained", "open"]


def test_decided_contest_that_comes_back_is_as_it_was_decided(lp):
    grass, farm = contest(lp)
    decisions.decide(lp, grass, farm, "judge", "grass since 2021")
    reviews.review_around(lp, GRASS)
    moved = take(lp, cell(9, 9), layer=FARM, code="F0")
    reviews.review_around(lp, FARM)
    assert states(lp, rule="contested") == {("contested", "F0+S0"): "fixed"}
    history.turn(lp, moved, "me", undo=True)
    reviews.review_around(lp, FARM)
    assert states(lp, rule="contested") == {("contested", "F0+S0"): "explained"}


def test_what_a_person_says_after_a_decision_stays(lp):
    grass, farm = contest(lp)
    decisions.decide(lp, grass, farm, "judge", "grass since 2021")
    reviews.review_around(lp, GRASS)
    findings.turn(lp, [number_of(lp, "contested")], "open", "me", "not so sure")
    take(lp, cell(5, 5), code="S7")
    reviews.review_around(lp, GRASS)
    assert states(lp) == {("contested", "F0+S0"): "open"}


def test_contest_takes_from_each_layer_what_its_bridge_does(lp):
    contest(lp)
    (row,) = findings.every(lp, FindingFilter())
    for layer, effect in ((FARM, row.effect), (GRASS, row.other_effect)):
        kept = lp.store.bridges.find(layer, lp.place)
        step = next(-each["amount"] for each in kept.steps if each["name"] == "contested")
        assert effect == pytest.approx(step, rel=1e-4)
        assert findings.taken(lp, FindingFilter(layer=layer)) == {"area": step}


def failing(*_: object) -> None:
    raise shapely.errors.GEOSException("TopologyException: side location conflict")


def test_one_rule_that_fails_ends_no_other_and_loses_nothing(lp, monkeypatch):
    take(lp, cell(0, 0), cell(0.5, 0), cell(5, 0, 0.006), **LATER | {"completed_on": ["2022", "2023", "2023"]})
    reviews.review(lp, GRASS)
    assert states(lp) == OVERLAP | {("tiny", "S2"): "open"}
    monkeypatch.setitem(reviewing.ROWS, "tiny", failing)
    take(lp, cell(9, 0), code="S9", status="planned")
    assert not reviews.catch_up(lp, GRASS)
    assert states(lp) == OVERLAP | {("tiny", "S2"): "open", ("not_finished", "S9"): "open"}
    assert [(layer.id, rule) for layer, rule in reviews.failures(lp)] == [(GRASS, "tiny")]


def test_a_review_that_fails_as_a_whole_is_noted(lp, monkeypatch):
    take(lp, cell(0, 0), cell(0.5, 0))
    monkeypatch.setattr("geo_app.services.reviews.quality.review", failing)
    (job,) = lp.store.jobs.unfinished()
    with pytest.raises(shapely.errors.GEOSException):
        jobs.run(lp, job)
    assert "side location" in lp.store.jobs.fault(job)
    assert [(layer.id, rule) for layer, rule in reviews.failures(lp)] == [(GRASS, "*")]
    assert not reviews.catch_up(lp, GRASS)


def test_what_findings_take_is_added_up_once(lp):
    take(lp, cell(0, 0), cell(0.5, 0), cell(0.5, 0.5), completed_on=["2021-01-01", "2022-01-01", "2023-01-01"])
    reviews.review(lp, GRASS)
    assert len(states(lp, rule="overlap")) == 3
    kept = lp.store.bridges.find(GRASS, lp.place)
    overlap = next(-step["amount"] for step in kept.steps if step["name"] == "overlap")
    assert findings.taken(lp, FindingFilter()) == {"area": overlap}


def test_accepting_undoing_and_correcting_ask_for_a_review(lp):
    upload = take(lp, cell(0, 0), cell(3, 0))
    history.toggle(lp, upload, "me")
    history.toggle(lp, upload, "me")
    site = int(lp.store.sites.frame(GRASS)["id"].iloc[0])
    history.edit(lp, site, {"status": "ongoing"}, "me", "not done yet")
    asked = lp.store.jobs.unfinished()
    assert len(asked) == 4
    for job in asked:
        jobs.run(lp, job)
    assert lp.store.jobs.unfinished() == []
    assert states(lp) == {("not_finished", "S0"): "open"}


def test_a_layer_that_nobody_asked_for_is_adopted(lp):
    take(lp, cell(0, 0), cell(0.5, 0), **ORDERED)
    for job in lp.store.jobs.unfinished():
        lp.store.jobs.end(job)
    assert reviews.behind(lp) == [GRASS]
    reviews.adopt(lp)
    (job,) = lp.store.jobs.unfinished()
    jobs.run(lp, job)
    assert reviews.behind(lp) == []
    assert states(lp) == OVERLAP


def test_a_layer_without_sites_any_more_has_all_fixed(lp):
    upload = take(lp, cell(0, 0), cell(0.5, 0))
    reviews.review(lp, GRASS)
    history.toggle(lp, upload, "me")
    assert reviews.behind(lp) == [GRASS]
    reviews.review(lp, GRASS)
    assert set(states(lp).values()) == {"fixed"}


def test_a_review_that_fails_midway_is_done_again(lp, monkeypatch):
    take(lp, *(cell(2 * at, 0) for at in range(4)), status="ongoing")
    monkeypatch.setattr("geo_app.store.findings.ROWS_AT_ONCE", 1)
    monkeypatch.setenv("GEO_APP_FAULT", "raise@review.inside")
    with pytest.raises((OSError, StoreFailed)):
        reviews.review(lp, GRASS)
    monkeypatch.delenv("GEO_APP_FAULT")
    assert reviews.review(lp, GRASS)
    assert len(states(lp, rule="not_finished")) == 4
    assert all(len(lp.store.findings.history(row.id)) == 1 for row in findings.every(lp, FindingFilter()))


def test_filters(lp):
    take(lp, cell(0, 0), cell(0.5, 0), cell(5, 0), status=["finished", "finished", "planned"], **LATER)
    reviews.review(lp, GRASS)
    assert set(states(lp, severity="severe")) == set(OVERLAP)
    assert set(states(lp, text="S2")) == {("not_finished", "S2")}
    assert set(states(lp, site=(GRASS, "S2", 1))) == {("not_finished", "S2")}
    assert states(lp, states=("fixed",)) == {}
    assert findings.page(lp, FindingFilter(), 9, 1).page == 2


def test_findings_behind_a_figure_are_the_weightiest_with_what_its_own_bridge_takes(lp):
    shapes = [cell(0, 0), cell(0.9, 0), cell(4, 0), cell(4.5, 0), cell(8, 0), cell(8.5, 0)]
    days = ["2022-01-01", "2023-01-01"] * 2 + ["2019-01-01", "2023-01-01"]
    take(lp, *shapes, code=[f"S{at}" for at in range(6)], completed_on=days, status=["finished"] * 6)
    reviews.review(lp, GRASS)
    by_codes = {row.code: row.id for row in findings.every(lp, FindingFilter(rule="overlap"))}
    findings.turn(lp, [by_codes["S3"], by_codes["S5"]], "dismissed", "me", "looks right")
    kept = refresh(lp, lp.layers[GRASS], lp.place, (dt.date(2021, 1, 1), dt.date(2024, 12, 31)))
    page = findings.behind(lp, kept, 6)
    assert [(row.code, row.state) for row in page.rows] == [("S3", "dismissed"), ("S1", "open")]
    assert page.total == 2
    taken = lp.store.bridges.taken(kept.id, "overlap")
    assert sum(row.takes for row in page.rows) == pytest.approx(sum(taken.values()), rel=1e-6)
