"""The backdrop: what is there, what it is credited to."""

from pathlib import Path

import pytest

from geo_app.errors import NotFound
from geo_app.maps import Backdrop, find_backdrop


def test_project_backdrop_is_whole(backdrop: Backdrop) -> None:
    assert set(backdrop.files) == {"land", "neighbours", "lakes", "rivers", "relief", "places", "districts"}
    assert len(backdrop.credits) == 3


def test_home_leaves_the_exclave_out(backdrop: Backdrop) -> None:
    west, south, _, _ = backdrop.home
    assert west > 90 and south > 35


def test_missing_files_are_left_out(tmp_path: Path) -> None:
    assert find_backdrop(tmp_path) == Backdrop()


def test_unknown_name_is_not_found(backdrop: Backdrop) -> None:
    with pytest.raises(NotFound, match="lakes"):
        backdrop.find("../set.toml")
