"""The findings in Chromium: the map of those that a filter finds, and the way by key."""

import re

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def marks(page):
    frame = page.frame_locator(".map-found")
    frame.locator("html[data-ready]").wait_for()
    return frame.locator(".lp-found")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_map_shows_what_the_filters_find(opened, viewport) -> None:
    with opened(viewport=viewport) as page:
        page.goto("/findings?layer=grassland_restored&severity=severe")
        rows = page.locator(".row-link").count()
        expect(marks(page)).to_have_count(rows)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_mark_leads_to_its_finding(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto("/findings?rule=outside")
        marks(page).first.click()
        page.wait_for_url(re.compile(r"finding=\d+"))
        expect(page.locator("#finding h2")).to_have_text("Outside the place")


def test_mark_is_opened_by_key(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto("/findings?rule=outside")
        marks(page).first.wait_for()
        page.frame_locator(".map-found").locator(".lp-found-at").first.press("Enter")
        page.wait_for_url(re.compile(r"finding=\d+"))


def test_findings_without_a_place_are_said_to_have_none(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto("/findings?layer=cases_administrative")
        expect(page.frame_locator(".map-found").locator(".lp-notice")).to_have_text(
            "None of these findings has a place."
        )


def test_list_is_gone_through_by_key(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto("/findings")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"finding=\d+"))
        expect(page.locator("tr.sel .row-link")).to_have_text("The same shape twice")
