"""A hundred thousand sites: imported, added up and shown without anything falling over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_app.samples import generated_sites
from geo_app.services import Landproof, figures, uploads
from geo_app.settings import Settings
from tests.serving import served

pytestmark = [pytest.mark.slow, pytest.mark.browser]
COUNT = 100_000
LAYER = "grassland_restored"


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Print how long a step took; `pytest -s` or a failure shows it."""
    began = time.perf_counter()
    yield
    print(f"{step}: {time.perf_counter() - began:.1f} s")  # noqa: T201 - the figure is asked for


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """An instance with the generated sites accepted."""
    folder = tmp_path_factory.mktemp("many")
    with timed(f"generate {COUNT} sites"):
        path = generated_sites(COUNT, 7, folder)
    lp = Landproof(Settings(home=folder / "home"))
    with timed("import"), path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, LAYER, "test")
        uploads.read(lp, upload.id)
        uploads.accept(lp, upload.id, "test")
    lp.store.close()
    return folder / "home"


def test_all_are_added_up(home):
    lp = Landproof(Settings(home=home))
    with timed("totals by district"):
        lines = figures.totals(lp, LAYER, "district")
    assert sum(line.sites for line in lines) == COUNT
    assert 0 < sum(line.net for line in lines) <= sum(line.gross for line in lines)
    lp.store.close()


def test_all_are_on_the_map(home, chromium):
    lp = Landproof(Settings(home=home))
    west, south, east, north = lp.store.sites.extent(1)
    lp.store.close()
    with served(home) as server:
        page = chromium.new_context(base_url=server.address, locale="en-GB").new_page()
        told: list[str] = []
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("response", lambda each: told.append(each.url) if each.status >= 400 else None)
        with timed("start page, signed in"):
            page.goto(server.link)
            page.get_by_role("heading", level=1).wait_for()
        page.goto("/map")
        page.get_by_text("Zoom in to see 100,000 sites").wait_for()
        page.wait_for_load_state("networkidle")
        middle = [(south + north) / 2, (west + east) / 2]
        with timed("tiles of the near map"), page.expect_response("**/*.mvt") as tile:
            page.evaluate(f"LandproofMap.map.setView({middle}, 12, {{animate: false}}); null")
            page.wait_for_selector("canvas.leaflet-tile-loaded", state="attached")
        assert len(tile.value.body()) > 100
        assert told == []
