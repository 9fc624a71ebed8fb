"""What all tests share."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely

from geo_app.services import Landproof, demo
from geo_app.settings import ROOT, Settings


@pytest.fixture(scope="session")
def shared_files() -> Path:
    """The folder of real and odd files; tests that want it are skipped where it is absent."""
    folder = os.environ.get("GEO_APP_TEST_FILES")
    if not folder:
        pytest.skip("GEO_APP_TEST_FILES is not set: the shared test files are not here")
    return Path(folder)


@pytest.fixture(scope="session")
def reference(shared_files: Path) -> Callable[..., float]:
    """An independent implementation of the official area rule: shape in a plane, meridian, zone number."""
    spec = importlib.util.spec_from_file_location("reference", shared_files / "reference" / "ellipsoid_area_ref.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def area(shape: shapely.Geometry, meridian: float, zone: int | None = None) -> float:
        total = 0.0
        for part in shapely.get_parts(shape):
            rings = [part.exterior, *part.interiors]
            shell, *holes = (abs(module.gk_ring_area(*ring.xy, meridian, zone=zone)) for ring in rings)
            total += shell - sum(holes)
        return total

    return area


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an instance of its own."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def lp(settings: Settings):
    """An empty installation."""
    landproof = Landproof(settings)
    yield landproof
    landproof.store.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration instance, filled once; tests that change it work on a copy."""
    home = tmp_path_factory.mktemp("demonstration")
    landproof = Landproof(Settings(home=home))
    demo.fill(landproof, tmp_path_factory.mktemp("samples"))
    landproof.store.close()
    return home


@pytest.fixture
def demo_lp(demo_home: Path, tmp_path: Path):
    """A demonstration of one's own."""
    landproof = Landproof(Settings(home=Path(shutil.copytree(demo_home, tmp_path / "home"))))
    yield landproof
    landproof.store.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium that knows no host but this one."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next((each for each in map(Path, ("/usr/bin/chromium", "/usr/bin/chromium-browser")) if each.exists()), None)
    if path is None or not (ROOT / "node_modules" / "leaflet").is_dir():
        pytest.skip("Chromium or the front-end packages are not installed: run `make setup`")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(path),
            args=[
                "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )  # fmt: skip
        yield browser
        browser.close()
