"""Figures are found in whole passages as well as is promised."""

from pathlib import Path

import pytest

from geo_app.extraction.figures import missing_numbers
from tests.extraction.marked import read_folder
from tests.extraction.scoring import Score, score

HERE = Path(__file__).parent


@pytest.fixture(scope="module", params=["own", "published"])
def result(request: pytest.FixtureRequest) -> Score:
    if request.param == "own":
        return score(read_folder(HERE))
    return score(read_folder(request.getfixturevalue("shared_files") / "claims"))


def test_figures_are_found(result: Score) -> None:
    assert result.wanted > 0
    assert result.recall >= 0.98, result.wrong


def test_little_else_is_found(result: Score) -> None:
    assert result.precision >= 0.95, result.wrong


@pytest.mark.parametrize("what, least", [("value", 1.0), ("qualifier", 0.97), ("family", 0.93), ("role", 0.9)])
def test_what_is_said_of_them_is_right(result: Score, what: str, least: float) -> None:
    assert result.share(what) >= least, result.wrong


@pytest.mark.parametrize("text", ["全省共办理公益诉讼案件件，占四成。", "发出检察建议份。", "恢复草原亩、耕地3亩。"])
def test_missing_number_is_seen(text: str) -> None:
    ((start, end),) = missing_numbers(text)
    assert text[start:end][-1] in "件份亩"


def test_no_number_is_missing_where_one_stands() -> None:
    assert missing_numbers("办理案件12件，案件办结率高，恢复耕地3亩。") == []
