"""The map in Chromium: drawn, quiet, nothing from outside, text stays text."""

import contextlib
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.browser
WIDE, NARROW = {"width": 900, "height": 775}, {"width": 390, "height": 256}


@pytest.fixture(scope="module")
def address(map_app, serve) -> str:
    """The map with forest as a big layer."""
    return serve(map_app(250))


@pytest.fixture
def look(chromium, address):
    """Open a page and, at the end, insist that it was quiet."""

    @contextlib.contextmanager
    def opened(path: str = "/map", viewport: dict[str, int] = WIDE, **options: object) -> Iterator[object]:
        context = chromium.new_context(viewport=viewport, **options)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else said.append(sent.url))
        page.goto(address + path)
        frame = page.frames[1] if len(page.frames) > 1 else page
        frame.wait_for_selector("html[data-ready=yes]")
        yield frame
        context.close()
        assert said == []

    return opened


def test_map_draws_every_small_layer(look) -> None:
    with look() as page:
        assert page.locator(".lp-site").count() >= 214 + 4 + 12
        assert page.locator(".lp-legend li").count() == 9
        assert page.locator(".lp-label:visible").count() >= 10


def test_big_layer_says_how_to_be_seen(look) -> None:
    with look() as page:
        assert page.locator(".lp-notice").all_inner_texts() == ["Zoom in to see 300 sites of Forest restored."]


def test_big_layer_is_drawn_near(look) -> None:
    with look() as page, page.expect_response("**/*.mvt") as tile:
        page.evaluate("LandproofMap.map.setView([36.1, 97.9], 12); null")
        assert tile.value.ok
        page.wait_for_selector("canvas.leaflet-tile-loaded")
        assert page.locator(".lp-notice").count() == 0


def test_click_opens_the_card_and_escape_closes_it(look) -> None:
    with look() as page:
        page.evaluate("LandproofMap.map.setView(LandproofMap.layers[0]._sites[0].at, 13); null")
        page.mouse.click(450, 387)
        page.wait_for_selector(".lp-card dl")
        assert page.locator(".lp-card h2").inner_text().endswith("-2023-0000")
        assert page.locator(".lp-card a").get_attribute("href") == "/sites/1000000"
        page.keyboard.press("Escape")
        assert page.locator(".lp-card").is_hidden()
        assert page.evaluate("document.activeElement.id") == "map_landproof"


def test_hostile_name_stays_text(look) -> None:
    with look() as page:
        page.evaluate("LandproofMap.show(6000000); null")
        page.wait_for_selector(".lp-card dl")
        assert "<img src=x" in page.locator(".lp-card").inner_text()
        assert page.evaluate("window.hacked") is None


def test_layer_is_switched_by_keyboard(look) -> None:
    with look() as page:
        page.locator(".lp-legend input").first.focus()
        page.keyboard.press("Space")
        assert page.evaluate("LandproofMap.map.hasLayer(LandproofMap.layers[0])") is False


def test_legend_counts_what_is_in_view(look) -> None:
    with look() as page:
        whole = page.locator(".lp-legend li a").first.inner_text()
        page.evaluate("LandproofMap.map.setView([36.1, 97.9], 10, {animate: false}); null")
        assert (whole, int(page.locator(".lp-legend li a").first.inner_text()) < 214) == ("214", True)


def test_page_around_and_frame_talk(look) -> None:
    with look("/") as frame:
        frame.page.evaluate(
            "frames[0].postMessage({type: 'select-layer', layer: 'grassland_restored'}, location.origin)"
        )
        frame.wait_for_selector(".leaflet-sites-7-pane.is-dim", state="attached")
        assert frame.locator(".lp-legend li.is-chosen").inner_text().startswith("Grassland restored")


def test_narrow_map_keeps_its_layers_in_a_sheet(look) -> None:
    with look(viewport=NARROW) as page:
        assert page.locator(".lp-legend").is_hidden()
        page.get_by_role("button", name="Layers").click()
        assert page.locator(".lp-legend").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_dark_map_uses_dark_colours(look) -> None:
    with look(color_scheme="dark") as page:
        fill = page.evaluate("getComputedStyle(document.querySelector('.lp-land')).fill")
        assert fill == "rgb(34, 44, 51)"


def test_map_speaks_chinese(look) -> None:
    with look("/map?lang=zh") as page:
        assert "格尔木市" in page.locator(".leaflet-labels-pane").inner_text()
        assert "恢复草原" in page.locator(".lp-legend").inner_text()
