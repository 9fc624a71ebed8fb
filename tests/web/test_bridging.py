"""A bridge on its axis and in cells, and the picture of an interval."""

from fractions import Fraction

import pytest

from geo_app.claims import claim_printed, judge
from geo_app.model import Verdict
from geo_app.services.evidence import BridgeRow
from geo_app.units import MU, to_parts
from geo_app.web import bridging
from geo_app.web.drawing import interval
from geo_app.web.figure_words import digits_of


def verdict(printed: str, gross: float, net: float, factor: Fraction = MU) -> Verdict:
    claim = claim_printed("x", printed)
    return judge(claim, to_parts(gross, claim.measure, factor), to_parts(net, claim.measure, factor), 3)


def axis(found: Verdict) -> bridging.Axis:
    rows = [BridgeRow("net", "net", parts, parts, parts, 1) for parts in (found.gross, found.net)]
    return bridging.axis_of(rows, found)


SHORT = verdict("11.5万亩", 114_986.2, 112_658)


def test_axis_holds_every_row_and_the_interval() -> None:
    found = axis(SHORT)
    assert found.low < 112_658 < 115_500 < found.high
    assert [value for value, _ in found.ticks] == [113_000, 114_000, 115_000]


@pytest.mark.parametrize("net", [0, 30_000, 57_000])
def test_axis_starts_at_nothing_where_something_is_far_from_the_figure(net: float) -> None:
    assert axis(verdict("11.5万亩", net, net)).low == 0


@pytest.mark.parametrize(
    "found",
    [
        verdict("3亩", 0, 0),
        verdict("0.5亩", 0, 0),
        verdict("74.79亩", 74.79, 74.79),
        verdict("38件", 41, 38, Fraction(1)),
    ],
    ids=lambda each: each.claim.printed,
)
def test_axis_has_ticks_within_it(found: Verdict) -> None:
    made = axis(found)
    assert len(made.ticks) >= 2
    assert all(0 <= at <= 100 for _, at in made.ticks)


def test_axis_of_a_count_has_whole_numbers_only() -> None:
    made = axis(verdict("4家", 5, 3, Fraction(1)))
    assert all(value == int(value) for value, _ in made.ticks)


@pytest.mark.parametrize(
    ("parts", "measure", "decimals", "written"),
    [
        (to_parts(112_658, "area", MU), "area", 1, "+112,658.0"),
        (-to_parts(26.2, "area", MU), "area", 1, "\u221226.2"),
        (to_parts(26.2, "area", MU), "area", 1, "+26.2"),
        (0, "area", 1, "0.0"),
        (1, "area", 1, "+<0.1"),
        (-1, "mass", 2, "\u2212<0.01"),
        (-3, "count", 0, "\u22123"),
    ],
)
def test_what_is_not_nothing_is_never_written_as_nothing(parts: int, measure: str, decimals: int, written: str) -> None:
    assert bridging.cell(parts, measure, decimals, plus=True) == written


def test_short_figure_has_an_arrow_to_its_interval() -> None:
    drawn = interval(SHORT)
    assert drawn.net < drawn.low < drawn.reported < drawn.high
    assert drawn.arrow == (drawn.net, drawn.low)
    assert drawn.wide and drawn.apart


def test_labels_that_would_meet_stand_on_lines_of_their_own() -> None:
    drawn = interval(verdict("7536.1亩", 8_431.7, 7_583.9))
    assert not drawn.wide
    assert not drawn.apart
    assert drawn.net_y > 76


@pytest.mark.parametrize(("printed", "net"), [("3亩", 0), ("38件", 38), ("11.5万亩", 115_000), ("11.5万亩", 900_000)])
def test_picture_stays_in_its_box(printed: str, net: float) -> None:
    drawn = interval(verdict(printed, net, net, MU if "亩" in printed else Fraction(1)))
    assert all(0 <= at <= 500 for at in (drawn.low, drawn.high, drawn.reported, drawn.net, drawn.gross))


@pytest.mark.parametrize(("printed", "digits"), [("11.5万亩", 3), ("2,067.05万元", 6), ("0.05亩", 1), ("0件", 1)])
def test_leading_zeros_are_no_digits(printed: str, digits: int) -> None:
    assert digits_of(printed) == digits
