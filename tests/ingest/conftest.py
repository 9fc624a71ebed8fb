"""What the tests of reading share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo_app.districts import Districts, load_districts
from geo_app.ingest import Choices, Reading, process, read_raw, read_sites
from geo_app.layers import Layers, load_layers
from tests.ingest.forking import Forker

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    warm = Forker()
    yield warm
    warm.stop()


@pytest.fixture(autouse=True)
def warm_start(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fork readers off a warm process, unless the test is about their start."""
    if "real_start" in request.fixturenames:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "_started", request.getfixturevalue("forker").start)
        yield


@pytest.fixture
def real_start() -> None:
    """Ask for readers that are started as they are in use."""


@pytest.fixture(scope="session")
def layers() -> Layers:
    return load_layers(ROOT / "layers")


@pytest.fixture(scope="session")
def districts() -> Districts:
    return load_districts(ROOT / "data" / "boundaries")


@pytest.fixture(scope="session")
def take(layers, districts) -> Callable[..., Reading]:
    """Read a file into a layer; all is finished and confirmed unless the file or the test says otherwise."""

    def read(path: Path, layer: str = "grassland_restored", name: str | None = None, **choices: object) -> Reading:
        answers = Choices(**({"status": "finished", "confirmed": ("all",)} | choices))
        raw = read_raw(path, name=name or path.name, choices=answers)
        reading = read_sites(raw, layers[layer], answers, districts)
        assert reading.accepted + len(reading.rejected) == reading.records
        assert len(reading.sites) == reading.accepted
        return reading

    return read


def rules(reading: Reading) -> set[str]:
    """Names of the rules that found something."""
    return {finding.rule for finding in reading.findings}


def left_out(reading: Reading) -> dict[int, str]:
    """Record to rule of what was rejected."""
    return {each.record: each.rule for each in reading.rejected}
