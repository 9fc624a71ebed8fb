"""The map page: nothing inline, nothing from outside, nothing of the sites, the same build each time."""

import dataclasses
import re

import pytest

from geo_app.errors import NotFound
from geo_app.layers import Layers
from geo_app.maps import Backdrop, MapOptions, MapPage, MapPages, build_page
from geo_app.maps.strings import strings
from geo_app.model import Text
from geo_app.settings import ROOT

COUNTS = {"grassland_restored": 214, "forest_restored": 5001, "farmland_reclaimed": 5000, "cases_administrative": 38}
NAMESPACES = ("http://www.w3.org/2000/svg",)
SCRIPTS = ROOT / "geo_app" / "web" / "static" / "map"


@pytest.fixture
def options(backdrop: Backdrop) -> MapOptions:
    return MapOptions(counts=COUNTS, without_place={"waste_hazardous": 1137}, demonstration=True, backdrop=backdrop)


@pytest.fixture
def page(map_layers: Layers, options: MapOptions) -> MapPage:
    return build_page(map_layers.values(), "en", options)


def _outside(text: str) -> list[str]:
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    return re.findall(
        r"(?:https?:)?//[a-z0-9][^\s\"')]*", re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)| // .*", "", text, flags=re.S)
    )


def test_page_names_no_other_host(page: MapPage) -> None:
    assert [_outside(text) for text in (page.html, page.js, page.css)] == [[], [], []]


@pytest.mark.parametrize("path", sorted(SCRIPTS.iterdir()), ids=lambda path: path.name)
def test_static_file_names_no_other_host(path) -> None:
    assert _outside(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_script_writes_no_markup(path) -> None:
    code = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|bindPopup|bindTooltip", code
    )
    assert '"use strict";' in code


def test_page_has_no_inline_code(page: MapPage) -> None:
    assert not re.search(r"<style|<script(?! src=)|\son\w+=|\sstyle=", page.html)


def test_page_has_an_icon(page: MapPage) -> None:
    assert '<link rel="icon" href="/static/mark.svg"' in page.html


def test_page_may_be_zoomed(page: MapPage) -> None:
    assert "user-scalable" not in page.html
    assert page.html.count('name="viewport"') == 1


def test_page_says_its_language(map_layers: Layers, options: MapOptions) -> None:
    assert '<html lang="zh-Hans">' in build_page(map_layers.values(), "zh", options).html


def test_same_arguments_give_same_build(map_layers: Layers, options: MapOptions, page: MapPage) -> None:
    assert build_page(map_layers.values(), "en", options) == page


def test_other_count_gives_other_build(map_layers: Layers, options: MapOptions, page: MapPage) -> None:
    more = dataclasses.replace(options, counts={**COUNTS, "grassland_restored": 215})
    assert build_page(map_layers.values(), "en", more).build != page.build


def test_page_asks_for_its_own_build(page: MapPage) -> None:
    assert f'src="/map/{page.build}.js"' in page.html
    assert f'href="/map/{page.build}.css"' in page.html


def test_big_layer_is_drawn_from_tiles(page: MapPage) -> None:
    assert "/map/tiles/forest_restored/" in page.js
    assert "/map/layers/forest_restored.geojson" not in page.js
    assert "/map/layers/farmland_reclaimed.geojson" in page.js


def test_tiles_are_loaded_only_when_needed(map_layers: Layers, backdrop: Backdrop) -> None:
    small = build_page(map_layers.values(), "en", MapOptions(counts={"forest_restored": 3}, backdrop=backdrop))
    assert "protomaps" not in small.html


def test_layer_without_places_is_not_drawn(map_layers: Layers, options: MapOptions) -> None:
    ledger = dataclasses.replace(map_layers["cases_administrative"], geometry=("none",))
    assert "LandproofMap.sites" not in build_page([ledger], "en", options).js


def test_upload_is_shown_alone(map_layers: Layers, backdrop: Backdrop) -> None:
    page = build_page(
        map_layers.values(), "en", MapOptions(counts={"forest_restored": 3}, upload=12, backdrop=backdrop)
    )
    assert "/map/layers/forest_restored.geojson?upload=12" in page.js


def test_hostile_title_stays_text(map_layers: Layers, backdrop: Backdrop) -> None:
    title = "</script><img src=x onerror=alert(1)>`${alert(1)}"
    layer = dataclasses.replace(map_layers["forest_restored"], title=Text(title, title))
    page = build_page([layer], "en", MapOptions(counts={"forest_restored": 3}, backdrop=backdrop))
    assert "<img" not in page.html + page.js


def test_map_works_without_backdrop(map_layers: Layers) -> None:
    assert "LandproofMap.start" in build_page(map_layers.values(), "en", MapOptions(counts=COUNTS)).js


def test_every_text_of_the_scripts_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    used = set(re.findall(r"LM\.text\(\"(\w+)\"", code)) | set(re.findall(r"\btool\(\"(\w+)\"", code))
    assert used <= set(strings("en"))


def test_pages_keep_their_builds(map_layers: Layers, options: MapOptions) -> None:
    pages = MapPages()
    page = pages.page(map_layers.values(), "en", options)
    assert pages.page(map_layers.values(), "en", options) is page
    assert pages.asset(page.build) is page


def test_unknown_build_is_not_found() -> None:
    with pytest.raises(NotFound, match="Reload the page"):
        MapPages().asset("0" * 16)
