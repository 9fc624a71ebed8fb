"""Printed figures, their intervals, and verdicts."""

from fractions import Fraction

import pytest

from geo_app.claims import claim_printed, find_report, judge
from geo_app.errors import NotFound, ReportError
from geo_app.model import Claim

MU = Fraction(2000, 3)


@pytest.mark.parametrize(
    "printed, measure, low, high",
    [
        ("11.5万亩", "area", 114_500 * MU, 115_500 * MU),
        ("7536.1亩", "area", Fraction("7536.05") * MU, Fraction("7536.15") * MU),
        ("3亩", "area", Fraction("2.5") * MU, Fraction("3.5") * MU),
        ("5.8万吨", "mass", Fraction(57_500), Fraction(58_500)),
        ("1,234.5吨", "mass", Fraction("1234.45"), Fraction("1234.55")),
        ("2067.05万元", "amount", Fraction(20_670_450), Fraction(20_670_550)),
        ("606件", "count", Fraction(606), Fraction(606)),
        ("1.3万件", "count", Fraction(12_500), Fraction(13_500)),
        ("9300多亩", "area", 9300 * MU, 9400 * MU),
        ("近120亩", "area", 110 * MU, 120 * MU),
        ("超600吨", "mass", Fraction(600), None),
        ("5 t", "mass", Fraction("4.5"), Fraction("5.5")),
    ],
)
def test_interval_follows_from_printed_digits(printed, measure, low, high):
    claim = claim_printed("any", printed)
    assert (claim.measure, claim.low, claim.high) == (measure, low, high)


@pytest.mark.parametrize("printed", ["亩", "about 3", "3 apples", "", "3.5.1亩", "12吨位", "3亩和5亩"])
def test_unreadable_figure_is_refused(printed):
    with pytest.raises(ReportError, match="expected digits and a known unit"):
        claim_printed("any", printed)


def claim(printed: str) -> Claim:
    return claim_printed("any", printed)


@pytest.mark.parametrize(
    "net, word, gap",
    [
        (57_499_999_999, "short", Fraction(-1, 10**6)),
        (57_500_000_000, "borne out", 0),
        (58_499_999_999, "borne out", 0),
        (58_500_000_000, "over", 0),
        (58_500_000_001, "over", Fraction(1, 10**6)),
    ],
)
def test_interval_takes_its_low_end_in_and_its_high_end_out(net, word, gap):
    verdict = judge(claim("5.8万吨"), net, net, 3)
    assert (verdict.word, verdict.gap) == (word, gap)


def test_no_evidence_is_not_short():
    assert judge(claim("5.8万吨"), 0, 0, 0).word == "no evidence"
    assert judge(claim("5.8万吨"), 10, 0, 1).word == "short"


@pytest.mark.parametrize("net, word", [(37, "short"), (38, "borne out"), (39, "over")])
def test_count_has_to_be_equal(net, word):
    assert judge(claim("38件"), net, net, net).word == word


def test_real_report_has_its_sixteen_figures(lp):
    report = lp.reports["haixi-2025"]
    assert len(report.claims) == 16
    assert report.period is None
    assert report.claims[9].reported == 115_000 * MU


def test_unknown_report_names_those_that_exist(lp):
    with pytest.raises(NotFound, match="haixi-2025"):
        find_report(lp.reports, "nowhere")


def test_every_figure_of_the_real_report_stands_in_its_clause(lp):
    assert all(each.printed in each.quote for each in lp.reports["haixi-2025"].claims)
