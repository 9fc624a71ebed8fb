"""The pages in Chromium: nothing from elsewhere, nothing too wide, filters that keep the map."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask

from tests.web.conftest import PAGES, browsing, served

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def address(stocked: Flask) -> Iterator[str]:
    """Where the stocked instance is served."""
    with served(stocked) as address:
        yield address


@pytest.fixture
def opened(chromium, address: str, stocked: Flask) -> Callable:
    """Open a browser page that is signed in, and complain of whatever it complains of."""
    return partial(browsing, chromium, address, stocked)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_no_page_is_wider_than_the_window(opened, locale: str) -> None:
    with opened(viewport=NARROW, locale=locale) as page:
        wide = []
        for path in PAGES:
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
        assert wide == []


def test_hostile_text_does_nothing_in_the_dark(opened) -> None:
    with opened(viewport=WIDE, color_scheme="dark") as page:
        for path in ("/", "/sites", "/sites/1", "/uploads/12"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 20, 25)"


def test_filter_keeps_the_map(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.evaluate("document.getElementById('map').dataset.same = 'yes'")
        page.click("a.chip:has-text('No evidence')")
        expect(page.locator(".cl")).to_have_count(14)
        page.select_option("#kind", "area")
        expect(page.locator(".cl")).to_have_count(3)
        assert page.get_attribute("#map", "data-same") == "yes"
        assert page.url.endswith("verdict=no+evidence&sort=gap&kind=area")
        assert page.get_attribute("a.chip:has-text('No evidence')", "aria-pressed") == "true"


def test_figures_are_reached_by_keys(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        first = page.locator(".cl").first
        assert first.get_attribute("aria-current") == "true"
        page.keyboard.press("Enter")
        page.wait_for_url("**/claims/haixi-2025/*")


def test_figures_come_before_the_map_by_tab(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.focus("#kind")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.cl')")


def test_map_is_seen_before_the_figures_when_narrow(opened) -> None:
    with opened(viewport=NARROW) as page:
        tops = [page.locator(each).bounding_box()["y"] for each in (".answer", "#map", "#figures")]
        assert tops == sorted(tops)


def test_selecting_a_figure_tells_the_map(opened) -> None:
    with opened(viewport=WIDE) as page:
        frame = page.frame_locator("#map")
        frame.locator("body").wait_for()
        page.frames[1].evaluate("window.told = []; addEventListener('message', ({ data }) => window.told.push(data))")
        page.click(".cl[data-layer=grassland_restored] .name")
        expect(page.locator(".cl.sel")).to_have_count(1)
        page.wait_for_timeout(100)
        assert page.frames[1].evaluate("window.told") == [
            {"type": "select-layer", "layer": "grassland_restored"},
            {"type": "show-steps", "answer": "haixi-2025/10"},
        ]
        page.click(".cl[data-layer=grassland_restored] .name")
        page.wait_for_url("**/claims/haixi-2025/10")


def test_menu_opens_when_narrow(opened) -> None:
    with opened(viewport=NARROW) as page:
        page.click("details.menu summary")
        page.click(".drawer >> text=Totals")
        page.wait_for_url("**/totals")


def test_filters_send_themselves(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto("/totals")
        page.select_option("#by", "district")
        page.wait_for_url("**/totals?by=district")


def test_progress_is_followed(opened, stocked: Flask) -> None:
    uploads = stocked.extensions["landproof"].store.uploads
    with opened(viewport=WIDE) as page:
        page.goto("/uploads/4")
        uploads.change(4, progress=0.9)
        page.wait_for_selector("text=90 %", timeout=5000)
    uploads.change(4, progress=0.4)


def test_refused_upload_is_told_on_the_page(opened) -> None:
    with opened(viewport=WIDE, expected="422") as page:
        page.goto("/uploads")
        page.evaluate("document.getElementById('file').required = false")
        page.select_option("#layer", "farmland_reclaimed")
        with page.expect_response("**/uploads") as answer:
            page.click("text=Send")
        assert answer.value.status == 422
        page.wait_for_selector("#problem:has-text('No file was chosen')")


def test_undo_and_its_undoing_need_no_mouse(opened) -> None:
    with opened(viewport=WIDE, locale="en-GB") as page:
        page.goto("/uploads/2")
        for said in ("Upload 2 is undone", "2 sites stored"):
            page.focus("details.turn summary")
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.type("wrong file")
            page.keyboard.press("Enter")
            page.wait_for_selector(f"h1:has-text('{said}')")
            assert "\u202ft" in page.inner_text(".turned")


def test_mode_is_reached_from_the_changes(opened) -> None:
    with opened(viewport=NARROW) as page:
        page.goto("/uploads/14")
        page.click("[data-focus=mode]")
        assert page.evaluate("document.activeElement.id") == "mode"


def test_typed_values_stay_when_they_cannot_be_read(opened) -> None:
    with opened(viewport=NARROW, expected="422") as page:
        page.goto("/sites/4")
        page.click("#correct summary")
        page.fill("#quantity", "much")
        page.fill("#why", "because")
        page.click("form.correct button")
        page.wait_for_selector("[role=alert]")
        assert page.input_value("#quantity") == "much"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
