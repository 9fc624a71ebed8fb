"""The verdicts that a person sees before accepting are those that the figures have afterwards."""

import datetime as dt
from dataclasses import replace

import pytest

from geo_app.services import Landproof, bridges, evidence, history, previews, uploads
from tests.site_frames import cell, site_frame
from tests.web.conftest import stock

GRASS = "grassland_restored"
COUNTY, FAR = "632801", cell(300, -50)  # the first cells lie in Golmud, this one in Dulan
EARLIER = (dt.date(2019, 1, 1), dt.date(2019, 12, 31))
PERIOD = (dt.date(2022, 1, 1), dt.date(2022, 12, 31))


@pytest.fixture
def reporting(lp: Landproof) -> Landproof:
    """An instance with a second report, on a county and about one year, with a figure of another year."""
    first = lp.reports["haixi-2025"]
    only = tuple(each for each in first.claims if each.layer == GRASS)
    only += tuple(replace(each, period=EARLIER) for each in only)
    lp.filed_reports = {
        first.id: first,
        "county": replace(first, id="county", place=COUNTY, period=PERIOD, claims=only),
    }
    return lp


def send(lp: Landproof, **columns: object) -> int:
    days = ["2022-05-01", "2019-05-01", "2022-05-01"]
    return stock(lp, GRASS, site_frame(cell(0, 0), cell(3, 0), FAR, **{"completed_on": days} | columns))


def judged(lp: Landproof) -> list[tuple]:
    numbered = [(report, at) for report in lp.reports.values() for at in enumerate(report.claims, 1)]
    asked = [(report.id, number) for report, (number, claim) in numbered if claim.layer == GRASS]
    return [told(evidence.figure(lp, *each).verdict) for each in asked]


def told(verdict) -> tuple:
    return verdict.claim.printed, verdict.gross, verdict.net, verdict.sites, verdict.word, verdict.gap


def test_verdict_before_accepting_is_the_one_after(reporting):
    upload = send(reporting)
    before, after = zip(*previews.preview(reporting, upload).verdicts, strict=True)
    assert [told(each) for each in before] == judged(reporting)
    uploads.accept(reporting, upload, "me")
    assert [told(each) for each in after] == judged(reporting)
    own, of_county, of_year = after
    assert 0 < of_county.net < own.net == own.gross
    assert 0 < of_year.net == of_county.net  # one site in the county of either year


def test_verdict_of_a_second_upload_is_the_one_after(reporting):
    uploads.accept(reporting, send(reporting), "me")
    upload = send(reporting, status=["ongoing", "finished", "finished"])
    before, after = zip(*previews.preview(reporting, upload).verdicts, strict=True)
    assert [told(each) for each in before] == judged(reporting)
    uploads.accept(reporting, upload, "me")
    assert [told(each) for each in after] == judged(reporting)
    assert after[1].net == 0


def test_accepting_leaves_nothing_to_count_for_any_report(reporting, monkeypatch):
    uploads.accept(reporting, send(reporting), "me")
    monkeypatch.setattr("geo_app.services.bridges._build", None)
    assert len(judged(reporting)) == 3


def test_verdict_after_undoing_is_that_of_the_report(reporting):
    upload = send(reporting)
    uploads.accept(reporting, upload, "me")
    standing = judged(reporting)
    turned = history.turn(reporting, upload, "me", undo=True)
    before, after = zip(*previews.verdicts(reporting, reporting.layers[GRASS], turned.effect), strict=True)
    assert ([told(each) for each in before], [told(each) for each in after]) == (standing, judged(reporting))


def test_report_that_comes_after_the_reading_makes_it_stale(reporting):
    both = reporting.filed_reports
    reporting.filed_reports = {"haixi-2025": both["haixi-2025"]}
    upload = send(reporting)
    assert not previews.preview(reporting, upload).stale
    reporting.filed_reports = both
    found = previews.preview(reporting, upload)
    assert (found.stale, len(found.verdicts)) == (True, 1)


def test_undoing_goes_on_where_a_report_changes_meanwhile(reporting, monkeypatch):
    upload = send(reporting)
    uploads.accept(reporting, upload, "me")
    both, toggle = reporting.filed_reports, history.toggle

    def toggle_while_somebody_drops_a_report(*args, **kwargs):
        reporting.filed_reports = {"haixi-2025": both["haixi-2025"]}
        return toggle(*args, **kwargs)

    monkeypatch.setattr(history, "toggle", toggle_while_somebody_drops_a_report)
    turned = history.turn(reporting, upload, "me", undo=True)
    assert turned.undone
    assert (turned.effect["net_before"] > 0, turned.effect["net_after"]) == (True, 0)
    assert len(turned.effect["scopes"]) == 3


def test_worker_counts_for_every_figure(reporting, monkeypatch):
    uploads.accept(reporting, send(reporting), "me")
    uploads.accept(reporting, send(reporting, status=["ongoing"] * 3), "me")
    bridges.count_all(reporting)
    monkeypatch.setattr("geo_app.services.bridges._build", None)
    assert [each[2] for each in judged(reporting)] == [0, 0, 0]
