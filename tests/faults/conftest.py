"""An instance with one accepted upload, the file that comes next, and what both look like."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from geo_app.services import Landproof
from geo_app.settings import Settings
from tests.faults.runner import Ended, Runner
from tests.faults.state import visible

LAYER = "grassland_restored"


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


def write_sites(path: Path, count: int, *, shift: float = 0.0, first: int = 0) -> Path:
    """Write cells of about 1 km² each in Delingha, the last record without a place."""

    def feature(at: int) -> dict[str, object]:
        west = 97 + 0.02 * (first + at) + shift
        ring = [[west, 37.2], [west + 0.01, 37.2], [west + 0.01, 37.21], [west, 37.21], [west, 37.2]]
        shape = {"type": "Polygon", "coordinates": [ring]} if at < count - 1 else None
        return {"type": "Feature", "properties": {"code": f"A{first + at}", "status": "已完成"}, "geometry": shape}

    content = {"type": "FeatureCollection", "features": [feature(at) for at in range(count)]}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Scene:
    """Two files, an instance that holds the first, and what is visible before and after the second."""

    home: Path
    first: Path
    second: Path
    before: str
    after: str


@pytest.fixture(scope="session")
def scene(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    first = write_sites(folder / "first.geojson", 9)
    second = write_sites(folder / "second.geojson", 13, first=4, shift=0.001)
    home, later = folder / "before", folder / "after"
    assert runner.run(home, *importing(first)).code == 0
    shutil.copytree(home, later)
    assert runner.run(later, *importing(second)).code == 0
    made = Scene(home, first, second, visible(home), visible(later))
    assert made.before != made.after
    return made


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the store as another program would that writes to it."""
    with contextlib.closing(sqlite3.connect(home / "landproof.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@dataclass(frozen=True)
class LongWait:
    """A command that waits for a store which another program does not let go of."""

    home: Path
    pid: int


@pytest.fixture(scope="session", autouse=True)
def long_wait(scene: Scene, runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongWait]:
    """Begun first and asked for last, so that its 30 seconds pass while the other tests run."""
    home = Path(shutil.copytree(scene.home, tmp_path_factory.mktemp("long") / "home"))
    with locked(home):
        yield LongWait(home, runner.start(home, *importing(scene.second)))


@pytest.fixture
def home(scene: Scene, tmp_path: Path) -> Path:
    """A copy of the instance, for one test to hurt."""
    return Path(shutil.copytree(scene.home, tmp_path / "home"))


@pytest.fixture
def lp(home: Path) -> Iterator[Landproof]:
    """The opened copy."""
    landproof = Landproof(Settings(home=home))
    yield landproof
    landproof.store.close()


@pytest.fixture
def run(runner: Runner, home: Path) -> Callable[..., Ended]:
    """Run a command on the copy, in a process of its own."""
    return lambda *arguments, **more: runner.run(home, *arguments, **more)


def importing(path: Path) -> tuple[str, ...]:
    return ("import", str(path), "--layer", LAYER, "--accept")
