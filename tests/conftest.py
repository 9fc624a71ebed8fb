"""What all tests share."""

import os
from pathlib import Path

import pytest

from geo_app.services import Landproof
from geo_app.settings import Settings


@pytest.fixture(scope="session")
def shared_files() -> Path:
    """The folder of real and odd files; tests that want it are skipped where it is absent."""
    folder = os.environ.get("GEO_APP_TEST_FILES")
    if not folder:
        pytest.skip("GEO_APP_TEST_FILES is not set: the shared test files are not here")
    return Path(folder)


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
