"""The page of one figure in Chromium: chart and table agree, steps by click and by key, their ground on the map."""

import pytest

from geo_app.services import net_methods

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAGE = "/claims/haixi-2025/10"
DRAWN = """() => {
  const chart = echarts.getInstanceByDom(document.getElementById("chart"));
  const all = chart.getZr().storage.getDisplayList(true);
  const marks = all.filter((each) => each.type === "rect" && each.style.fill?.image);
  return marks.map((each) => {
    const [x, y] = each.transformCoordToGlobal(each.shape.x, each.shape.y);
    const value = (pixel) => chart.convertFromPixel({ xAxisIndex: 0 }, pixel);
    return { from: value(x), to: value(x + each.shape.width), y: y + each.shape.height / 2 };
  });
}"""
ROWS = """() => {
  const top = document.getElementById("chart").getBoundingClientRect().top;
  return [...document.querySelectorAll("#bridge tbody tr")].map((row) => {
    const { top: from, bottom: to } = row.querySelector(".g").getBoundingClientRect();
    return { kind: row.dataset.kind, cell: row.querySelector("td.r").textContent, from: from - top, to: to - top };
  });
}"""


def lit(page) -> object:
    """The frame of the map once the ground is lit up."""
    frame = page.frame_locator("#map")
    frame.locator("html[data-ready]").wait_for()
    frame.locator(".lp-lit-number").first.wait_for()
    return frame


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_chart_and_table_agree(opened, viewport: dict[str, int]) -> None:
    with opened(viewport=viewport) as page:
        page.goto(PAGE)
        page.wait_for_load_state("networkidle")
        bars, rows = page.evaluate(DRAWN), page.evaluate(ROWS)
        taken = [
            row
            for row in rows
            if row["kind"] == "change" and float(row["cell"].replace("\u2212", "-").replace(",", ""))
        ]
        assert len(bars) == len(taken) == 7
        for bar, row in zip(bars, taken, strict=True):
            assert row["from"] < bar["y"] < row["to"]
            length = float(row["cell"].replace("\u2212", "").replace(",", ""))
            assert bar["to"] - bar["from"] == pytest.approx(length, abs=0.06) or length < 30  # two pixels at least


def test_chart_is_for_the_eye_only(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto(PAGE)
        assert page.get_attribute("#chart", "aria-hidden") == "true"
        assert page.locator("#chart canvas").count() == 1


def test_rows_are_as_high_as_the_steps_of_the_chart(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto(PAGE)
        heights = page.evaluate("[...document.querySelectorAll('#bridge tbody td.g')].map((each) => each.offsetHeight)")
        assert set(heights) == {37}


def test_step_is_chosen_by_key_and_its_ground_lights_up(opened) -> None:
    with opened(viewport=WIDE, locale="en-GB") as page:
        page.goto(PAGE)
        lit(page)
        page.evaluate("document.getElementById('map').dataset.same = 'yes'")
        page.focus("#bridge a:has-text('Overlap within the layer')")
        page.keyboard.press("Enter")
        page.wait_for_selector("#behind[data-step=overlap]")
        assert page.url.endswith("?step=overlap")
        assert page.locator("#bridge tr[aria-current]").get_attribute("data-step") == "overlap"
        assert page.inner_text("#behind-head b") == "\u2212451.2\u202fmu"
        expect(page.frame_locator("#map").locator(".lp-lit-number")).to_have_text(["1", "2", "3"])
        assert page.get_attribute("#map", "data-same") == "yes"


def test_step_is_chosen_in_the_chart(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto(PAGE)
        lit(page)
        box = page.locator("#chart").bounding_box()
        row = page.locator("#bridge tr[data-step=contested] .g").bounding_box()
        page.mouse.click(box["x"] + 40, row["y"] + row["height"] / 2)
        page.wait_for_selector("#behind[data-step=contested]")
        expect(page.frame_locator("#map").locator("path.lp-lit-full")).to_have_count(1)
        expect(page.frame_locator("#map").locator("path.lp-lit-outline")).to_have_count(2)


def test_number_leads_to_its_site_on_the_map(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto(f"{PAGE}?step=overlap")
        frame = lit(page)
        page.click("[data-near='3']")
        expect(frame.locator(".lp-scale span").first).to_contain_text("m")
        page.wait_for_timeout(200)
        number = frame.locator(".lp-lit-number:text-is('3')").bounding_box()
        around = page.locator("#map").bounding_box()
        assert around["y"] < number["y"] < around["y"] + around["height"]


def test_map_goes_to_the_ground_even_while_it_is_moving(opened) -> None:
    with opened(viewport=NARROW) as page:
        page.goto(f"{PAGE}?step=overlap")
        lit(page)
        page.click("#bridge tr[data-step=duplicate] a")
        page.wait_for_selector("#behind[data-step=duplicate]")
        page.frames[1].evaluate("LandproofMap.map.setZoom(8)")
        page.click("[data-near='1']")
        page.frames[1].wait_for_function("LandproofMap.map.getZoom() === 14")


def test_methods_of_many_sites_follow_the_page(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net_methods, "AT_ONCE", 0)
    with opened(viewport=WIDE, locale="en-GB") as page:
        page.goto(PAGE)
        page.wait_for_selector("#methods tr.record:has-text('112,658.0')")
        expect(page.locator("#methods tbody tr")).to_have_count(5)


def test_figures_follow_by_key(opened) -> None:
    with opened(viewport=WIDE) as page:
        page.goto(PAGE)
        page.keyboard.press("j")
        page.wait_for_url("**/claims/haixi-2025/9")
        page.keyboard.press("k")
        page.wait_for_url(f"**{PAGE}")


def test_large_map_lights_up_one_step_after_the_other(opened) -> None:
    with opened(viewport=WIDE, locale="en-GB") as page:
        page.goto(f"{PAGE}?step=overlap")
        page.click("text=Open on the large map")
        page.wait_for_url("**/?report=haixi-2025&figure=grassland_restored&step=overlap")
        frame = lit(page)
        expect(frame.locator("[aria-pressed=true]")).to_contain_text("Overlap within the layer")
        frame.locator("button:has-text('Duplicates')").click()
        expect(frame.locator(".lp-lit-number")).to_have_text(["1"])
        expect(frame.locator("[aria-pressed=true]")).to_contain_text("Duplicates")


def test_large_map_follows_the_chosen_figure(opened) -> None:
    with opened(viewport=WIDE, locale="en-GB") as page:
        frame = page.frame_locator("#map")
        frame.locator("html[data-ready]").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(frame.locator(".lp-steps summary")).to_have_text("Hazardous waste cleared: from gross to net")
        page.keyboard.press("Escape")
        expect(frame.locator(".lp-steps")).to_have_count(0)


def test_page_needs_no_script(opened) -> None:
    with opened(viewport=WIDE, java_script_enabled=False, locale="en-GB") as page:
        page.goto(PAGE)
        page.click("#bridge a:has-text('Overlap within the layer')")
        assert page.url.endswith("?step=overlap")
        assert "WL-2022-0014" in page.inner_text("#behind")


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize(
    "path", [f"{PAGE}?step=overlap", "/claims/haixi-2025/9", "/claims/haixi-2025/1", "/decisions/"]
)
def test_nothing_is_wider_than_a_phone(opened, path: str, locale: str) -> None:
    with opened(viewport=NARROW, locale=locale) as page:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chart_follows_light_and_dark(opened, scheme: str) -> None:
    with opened(viewport=WIDE, color_scheme=scheme) as page:
        page.goto(PAGE)
        page.wait_for_load_state("networkidle")
        page.evaluate(f"document.documentElement.dataset.theme = '{'dark' if scheme == 'light' else 'light'}'")
        page.wait_for_timeout(100)
        ink = "getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
        ticks = """echarts.getInstanceByDom(document.getElementById("chart")).getZr().storage.getDisplayList(true)
          .filter((each) => each.type === "rect" && each.shape.width === 3).map((each) => each.style.fill)"""
        assert set(page.evaluate(ticks)) == {page.evaluate(ink)}
