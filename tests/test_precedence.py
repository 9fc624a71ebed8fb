"""Which site keeps the ground is told by what sites are, not by which file came first."""

import pytest

from geo_app.services import Landproof, figures, findings, history, reviews, uploads
from geo_app.services.findings import FindingFilter
from tests.site_frames import cell, site_frame
from tests.web.conftest import stock

GRASS = "grassland_restored"
FILES = (
    {"shape": cell(0, 0), "code": None, "status": "finished"},
    {"shape": cell(0.5, 0), "code": None, "status": "verified"},
    {"shape": cell(9, 0), "code": "Z", "status": "finished"},
)


def take(lp: Landproof, shape, *more, **columns) -> int:
    number = stock(lp, GRASS, site_frame(shape, *more, completed_on="2023-05-01", **columns))
    uploads.accept(lp, number, "me")
    return number


def by_status(lp: Landproof) -> dict[str | None, int]:
    return {total.key: total.net for total in figures.totals(lp, GRASS, "status")}


def test_an_unrelated_upload_and_its_undoing_change_nothing_else(lp):
    take(lp, **FILES[0])
    take(lp, **FILES[1])
    before = by_status(lp)
    third = take(lp, **FILES[2])
    assert by_status(lp)["verified"] == pytest.approx(before["verified"], rel=1e-4)
    history.toggle(lp, third, "me")
    assert by_status(lp) == pytest.approx(before, rel=1e-4)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_uploads_does_not_tell_who_keeps_the_ground(lp, order):
    for at in order:
        take(lp, **FILES[at])
    nets = by_status(lp)
    assert nets["finished"] == pytest.approx(2 * nets["verified"], rel=1e-3)


def test_every_one_of_many_copies_is_found(lp):
    shapes = [cell(2 * at, 0) for at in range(30) for _ in range(2)]
    take(lp, *shapes, code=[f"S{at:02}" for at in range(60)])
    reviews.review(lp, GRASS)
    found = findings.every(lp, FindingFilter(rule="duplicate"))
    assert {(row.code, row.other_code) for row in found} == {(f"S{at + 1:02}", f"S{at:02}") for at in range(0, 60, 2)}
    assert sum(row.effect for row in found) == findings.taken(lp, FindingFilter())["area"]
