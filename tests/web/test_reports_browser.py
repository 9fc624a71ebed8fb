"""The published article in Chromium: pasted whole, its figures confirmed in one pass, and held against the sites."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from geo_app.app import create_app
from geo_app.settings import Settings
from tests.web.conftest import browsing, served

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SIXTEEN = {
    "38件": "cases_administrative",
    "31件": "suggestions_administrative",
    "606件": "cases_public_interest",
    "462件": "suggestions_public_interest",
    "4家": "enterprises_air",
    "3家": "enterprises_other",
    "254.2吨": "waste_household",
    "72.1吨": "waste_industrial",
    "5.8万吨": "waste_hazardous",
    "11.5万亩": "grassland_restored",
    "74.79亩": "grassland_protected",
    "7536.1亩": "farmland_reclaimed",
    "3亩": "soil_remediated",
    "19.95万元": "funds_minerals",
    "20万元": "funds_treatment",
    "2067.05万元": "funds_land_transfer",
}
TEXT = "督促恢复被开垦的草原1200亩，清理危险废物35.5吨、生活垃圾12吨。\n恢复湿地三百亩。"


@pytest.fixture
def own(demo_home: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copytree(demo_home, tmp_path / "home")
    app = create_app(Settings(home=tmp_path / "home"))
    yield app
    app.extensions["landproof"].store.close()


@pytest.fixture
def page(chromium, own: Flask) -> Iterator[object]:
    with served(own) as address, browsing(chromium, address, own, viewport=WIDE) as page:
        yield page


def paste(page, text: str) -> None:
    page.goto("/reports/?lang=en")
    page.fill("#text", text)
    page.get_by_role("button", name="Find the figures").click()
    page.wait_for_url(re.compile(r"/reports/report-"))


def test_article_is_pasted_confirmed_and_reconciled(page, own: Flask, shared_files) -> None:
    (article,) = (shared_files / "seed").glob("*.txt")
    paste(page, article.read_text(encoding="utf-8"))
    page.locator("#sure").click()
    expect(page.locator("#sure")).to_have_count(0)
    lp = own.extensions["landproof"]
    report = next(name for name in lp.reports if name.startswith("report-"))
    last = {each.printed: each.layer for each in lp.reports[report].claims[-16:]}
    assert last == SIXTEEN
    page.get_by_role("link", name=re.compile("Reconcile")).click()
    row = page.locator(".cl", has_text="11.5万亩")
    expect(row).to_contain_text("Short")
    expect(row).to_contain_text("112,658.0")
    page.wait_for_load_state("networkidle")  # the map asks for its layers


def test_figures_are_gone_through_by_key(page) -> None:
    paste(page, TEXT)
    current = page.locator(".found .now .hd")
    expect(current).to_contain_text("1200亩")
    page.keyboard.press("j")
    expect(current).to_contain_text("35.5吨")
    page.keyboard.press("k")
    expect(current).to_contain_text("1200亩")
    page.keyboard.press("Enter")
    expect(current).to_contain_text("35.5吨")
    expect(page.locator(".hl.confirmed").first).to_have_text("1200亩")
    page.keyboard.press("d")
    page.keyboard.type("another scope")
    page.keyboard.press("Enter")
    expect(current).to_contain_text("12吨")
    expect(page.locator(".hl.dropped")).to_have_text("35.5吨")
    page.keyboard.press("u")
    expect(page.locator(".hl.dropped")).to_have_count(0)


def test_figure_in_the_text_opens_the_one_in_the_list(page) -> None:
    paste(page, TEXT)
    page.locator(".txt .hl", has_text="12吨").click()
    expect(page.locator(".found .now .hd")).to_contain_text("12吨")
    expect(page.locator(".hl[aria-current]")).to_have_text("12吨")


def test_selected_words_are_sent_as_places_of_the_text(page) -> None:
    paste(page, TEXT)
    page.evaluate(
        """() => {
          const last = document.querySelectorAll("#txt p")[1];
          const node = [...last.querySelectorAll(".hl")].at(-1)?.firstChild ?? last.firstChild;
          document.getSelection().setBaseAndExtent(last.firstChild, 0, node, node.length);
        }"""
    )
    start, end = (page.locator(f"#add [name={name}]").input_value() for name in ("start", "end"))
    assert TEXT[int(start) : int(end)] == "恢复湿地三百亩"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_is_no_wider_than_its_window(page, viewport, language) -> None:
    page.set_viewport_size(viewport)
    paste(page, TEXT)
    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
