"""Figures of several reports held against each other."""

import datetime as dt
from dataclasses import replace

import pytest

from geo_app.claims import claim_printed
from geo_app.comparisons import (
    DOUBLED,
    EXCEEDS,
    HALVED,
    HOLDS,
    RESTATED,
    SAME,
    SENTENCES,
    SHRANK,
    Comparison,
    compare,
)
from geo_app.i18n import LOCALES
from geo_app.model import Report, Text

GRASS = "grassland_restored"


def years(first: int, last: int) -> tuple[dt.date, dt.date]:
    return dt.date(first, 1, 1), dt.date(last, 12, 31)


def report(published: int, *printed: str, of: tuple[int, int] | None = None, layer: str = GRASS, place="632800"):
    claims = tuple(claim_printed(layer, each) for each in printed)
    title = Text(f"Report {published}", f"{published}年通报")
    day = dt.date(published, 3, 20)
    return Report(f"r{published}", title, title, day, place, title, years(*of) if of else None, "zh", claims)


def kinds(*reports: Report) -> list[tuple[str, str, str]]:
    return [(each.kind, each.one.claim.printed, each.other.claim.printed) for each in compare(reports)]


@pytest.mark.parametrize("printed", ["11.5万亩", "115,000亩", "7666.7公顷", "11.5万余亩"])
def test_same_figure_in_any_unit(printed):
    assert kinds(report(2023, "11.5万亩"), report(2024, printed)) == [(SAME, "11.5万亩", printed)]


def test_same_figure_is_linked_to_the_nearest_report_before():
    found = compare([report(year, "38件", layer="cases_administrative") for year in (2024, 2022, 2023)])
    assert [(each.one.report.id, each.other.report.id) for each in found] == [("r2022", "r2023"), ("r2023", "r2024")]


def test_equal_figures_of_different_years_are_not_the_same():
    assert kinds(report(2023, "500亩", of=(2022, 2022)), report(2024, "500亩", of=(2023, 2023))) == []


def test_restated_figure():
    reports = report(2023, "11.5万亩", of=(2022, 2022)), report(2024, "9.8万亩", of=(2022, 2022))
    assert kinds(*reports) == [(RESTATED, "11.5万亩", "9.8万亩")]


@pytest.mark.parametrize("part_first", [True, False])
def test_cumulative_figure_holds_that_of_a_year(part_first):
    part, whole = ("3万亩", (2022, 2022)), ("11.5万亩", (2021, 2024))
    first, second = (part, whole) if part_first else (whole, part)
    found = kinds(report(2025, first[0], of=first[1]), report(2026, second[0], of=second[1]))
    assert found == [(HOLDS, "11.5万亩", "3万亩")]


def test_year_cannot_be_more_than_the_whole_time():
    found = kinds(report(2023, "12.5万亩", of=(2022, 2022)), report(2025, "11.5万亩", of=(2021, 2024)))
    assert found == [(EXCEEDS, "11.5万亩", "12.5万亩")]


@pytest.mark.parametrize("times", [(None, None), ((2021, 2023), (2021, 2024))], ids=["unknown", "from one day"])
@pytest.mark.parametrize("printed, kind", [("9万亩", SHRANK), ("23万亩", DOUBLED)])
def test_what_adds_up_shrank_or_doubled(times, printed, kind):
    found = kinds(report(2024, "11.5万亩", of=times[0]), report(2025, printed, of=times[1]))
    assert found == [(kind, "11.5万亩", printed)]


def test_what_adds_up_and_grows_is_a_whole_with_its_part():
    found = kinds(report(2024, "10万亩", of=(2021, 2023)), report(2025, "12万亩", of=(2021, 2024)))
    assert found == [(HOLDS, "12万亩", "10万亩")]


@pytest.mark.parametrize("printed, wanted", [("4万亩", HALVED), ("6万亩", None), ("20万亩", DOUBLED)])
def test_years_are_compared_with_years(printed, wanted):
    found = kinds(report(2024, "10万亩", of=(2023, 2023)), report(2025, printed, of=(2024, 2024)))
    assert found == ([(wanted, "10万亩", printed)] if wanted else [])


def test_years_are_not_compared_with_half_years():
    half = replace(report(2025, "2万亩"), period=(dt.date(2024, 1, 1), dt.date(2024, 6, 30)))
    assert kinds(report(2024, "10万亩", of=(2023, 2023)), half) == []


def test_period_of_a_figure_goes_before_that_of_its_report():
    other = report(2025, "3万亩", of=(2021, 2024))
    own = replace(other, claims=(replace(other.claims[0], period=years(2022, 2022)),))
    assert kinds(report(2024, "11.5万亩", of=(2021, 2024)), own) == [(HOLDS, "11.5万亩", "3万亩")]


@pytest.mark.parametrize("other", [{"layer": "farmland_reclaimed"}, {"place": "632822"}], ids=str)
def test_other_layers_and_places_are_not_compared(other):
    assert kinds(report(2024, "11.5万亩"), report(2025, "3万亩", **other)) == []


def test_which_of_several_figures_belong_together_is_not_guessed():
    assert kinds(report(2024, "11.5万亩"), report(2025, "3万亩", "4万亩")) == []
    assert kinds(report(2024, "11.5万亩"), report(2025, "3万亩", "11.5万亩")) == [(SAME, "11.5万亩", "11.5万亩")]


def test_figures_of_one_report_are_not_compared():
    assert kinds(report(2024, "11.5万亩", "11.5万亩")) == []


def test_figure_without_an_upper_end_is_the_same_as_its_equal_only():
    assert kinds(report(2024, "超600亩"), report(2025, "600亩")) == [(SAME, "超600亩", "600亩")]
    assert kinds(report(2024, "超600亩"), report(2025, "900亩")) == []


def test_order_of_the_reports_makes_no_difference():
    reports = [report(2023, "3万亩", of=(2022, 2022)), report(2024, "9万亩"), report(2025, "11.5万亩", of=(2021, 2024))]
    assert kinds(*reports) == kinds(*reversed(reports))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", SENTENCES)
def test_every_sentence_names_both_figures_and_their_dates(kind, locale):
    (found,) = compare([report(2023, "11.5万亩", of=(2022, 2022)), report(2024, "9万亩", of=(2022, 2022))])
    said = Comparison(kind, found.one, found.other).say(locale)
    assert all(each in said for each in ("11.5万亩", "9万亩", "2023-03-20", "2024-03-20"))
    assert "{" not in said
