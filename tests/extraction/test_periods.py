"""The days that the words of a time stand for, and the figures that it is of."""

import datetime as dt

import pytest

from geo_app.extraction.figures import extract
from geo_app.extraction.periods import periods
from tests.extraction.scoring import LAYERS


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2021-2023年", "2021-01-01", "2023-12-31"),
        ("2021—2023年", "2021-01-01", "2023-12-31"),
        ("2022至2024年", "2022-01-01", "2024-12-31"),
        ("2021年至2024年", "2021-01-01", "2024-12-31"),
        ("2023年1-6月", "2023-01-01", "2023-06-30"),
        ("2023年1月至6月", "2023-01-01", "2023-06-30"),
        ("2023年11月至2024年2月", "2023-11-01", "2024-02-29"),
        ("2023年5月12日至2024年3月", "2023-05-12", "2024-03-31"),
        ("2023年第一季度", "2023-01-01", "2023-03-31"),
        ("2023年四季度", "2023-10-01", "2023-12-31"),
        ("2023年前三季度", "2023-01-01", "2023-09-30"),
        ("2023年下半年", "2023-07-01", "2023-12-31"),
        ("二〇二三年", "2023-01-01", "2023-12-31"),
        ("二〇二三年十二月", "2023-12-01", "2023-12-31"),
        ("今年1至9月", None, None),
        ("今年前三季度", None, None),
        ("去年", None, None),
    ],
)
def test_chinese_words_stand_for_their_days(words: str, first: str | None, last: str | None) -> None:
    (found,) = periods(f"{words}恢复草原100亩。", "zh")
    assert (found.words, *_said(found.first, found.last)) == (words, first, last)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("In May 2023", "2023-05-01", "2023-05-31"),
        ("In 2021-2023", "2021-01-01", "2023-12-31"),
        ("From May 2021 to June 2023", "2021-05-01", "2023-06-30"),
        ("Between January and June 2023", "2023-01-01", "2023-06-30"),
        ("Between 2019 and 2021", "2019-01-01", "2021-12-31"),
        ("Since May 2010", "2010-05-01", None),
        ("As of June 5, 2023", None, "2023-06-05"),
        ("By February 2024", None, "2024-02-29"),
    ],
)
def test_english_words_stand_for_their_days(words: str, first: str | None, last: str | None) -> None:
    (found,) = periods(f"{words}, crews restored 30 acres.", "en")
    assert (found.words, *_said(found.first, found.last)) == (words, first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2023年恢复草原100亩。去年恢复草原30亩。今年，恢复草原40亩。", ["2023年", "去年", "今年"]),
        ("2023年恢复草原100亩，较去年同期增长。又恢复草原30亩。", ["2023年", "2023年"]),
        ("恢复草原100亩，2024年验收。", [None]),
        ("In 2015 it began. Crews restored 30 acres of wetland between 2019 and 2021.", ["between 2019 and 2021"]),
        ("Crews restored 30 acres of wetland and planted 500 trees since 2010.", ["since 2010", "since 2010"]),
        ("Crews restored 30 acres of wetland. In 2020, they planted 500 trees.", [None, "In 2020"]),
        ("In 2020, crews restored 30 acres of wetland that was lost since 1990.", ["In 2020"]),
    ],
)
def test_figure_has_the_time_of_its_sentence(text: str, words: list[str | None]) -> None:
    found = [each.period for each in extract(text, LAYERS)]
    assert [each.words if each else None for each in found] == words


def _said(*days: dt.date | None) -> list[str | None]:
    return [day.isoformat() if day else None for day in days]
