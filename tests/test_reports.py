"""Files of reports: what is read from them, what is refused, and that writing one loses nothing."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_app.claims import claim_printed
from geo_app.errors import ReportError
from geo_app.layers import load_layers
from geo_app.model import Claim, Report, Text
from geo_app.reports import load_reports, read_report, write_report
from geo_app.settings import ROOT

MEASURES = load_layers(ROOT / "layers").measures
REAL = ROOT / "data" / "reports" / "haixi-2025.toml"
HEAD = """
title = { en = "t", zh = "题" }
publisher = { en = "p", zh = "发" }
published_on = 2025-03-20
place = "632800"
place_name = { en = "n", zh = "地" }
language = "zh"
"""
CLAIM = '[[claim]]\nlayer = "waste_household"\nprinted = "120吨"\n'


def read(text: str) -> Report:
    return read_report(text.encode(), "a.toml", MEASURES)


def one(keys: str) -> Claim:
    (claim,) = read(HEAD + CLAIM + keys).claims
    return claim


def test_real_report_loses_nothing_by_being_written():
    report = load_reports(REAL.parent, MEASURES)["haixi-2025"]
    assert read_report(write_report(report), "haixi-2025.toml", MEASURES) == report


def test_qualifier_moves_the_interval():
    claim = one('qualifier = "nearly"')
    assert (claim.qualifier, claim.low, claim.high) == ("nearly", 110, 120)


def test_qualifier_of_the_printed_words_is_kept():
    assert read(HEAD + CLAIM.replace("120", "近120")).claims[0].qualifier == "nearly"


def test_interval_of_a_person_holds_with_its_reason():
    claim = one('low = "100.5"\nhigh = "361/3"\nwhy = "annex 2"')
    assert (claim.low, claim.high, claim.why) == (Fraction("100.5"), Fraction(361, 3), "annex 2")


def test_low_alone_leaves_the_upper_end_open():
    assert one('low = "100"').high is None


def test_period_of_one_figure():
    report = read(HEAD + CLAIM + "period = { from = 2024-01-01, to = 2024-12-31 }")
    assert report.period_of(report.claims[0]) == (dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def test_value_that_the_printed_words_do_not_say_is_kept():
    made = Claim("waste_household", "5,000 tons", "mass", Fraction(5000), Fraction(4999), None, "tonnes")
    report = Report("a", Text("t", "t"), Text("p", "p"), dt.date(2025, 1, 1), "1", Text("", ""), None, "en", (made,))
    assert claim_printed("waste_household", "5,000 tons").reported != 5000  # tons of the United States
    assert read_report(write_report(report), "a.toml", MEASURES) == report


@pytest.mark.parametrize(
    "keys, named",
    [
        ('qualifier = "some"', r"claim\[1\]\.qualifier"),
        ("qualifier = 3", r"claim\[1\]\.qualifier"),
        ('low = "1e9"', r"claim\[1\]\.low"),
        ('low = "-1"', r"claim\[1\]\.low"),
        ("low = 3", r"claim\[1\]\.low"),
        ('low = "9"\nhigh = "3"', r"claim\[1\]\.high"),
        ('value = "3"', r"claim\[1\]\.unit"),
        ("period = { from = 2024-01-01 }", r"claim\[1\]\.period\.to"),
        ('period = "2024"', r"claim\[1\]\.period"),
        ("period = { from = 2024-01-01, to = 2023-01-01 }", r"claim\[1\]\.period"),
        ('quote = "无此数字"', "has to hold the figure"),
        ('quote = "120吨，即120吨"', "has to hold the figure"),
        ('colour = "red"', r"claim\[1\]\.colour"),
    ],
)
def test_what_is_wrong_in_a_claim_is_named(keys, named):
    with pytest.raises(ReportError, match=named):
        one(keys)


@pytest.mark.parametrize(
    "old, new, named",
    [
        ("2025-03-20", '"2025-03-20"', "published_on"),
        ("2025-03-20", "2025-03-20T00:00:00", "published_on"),
        ('{ en = "t", zh = "题" }', '"t"', "title"),
        ('{ en = "t", zh = "题" }', '{ en = "t" }', r"title\.zh"),
        ('"632800"', "632800", "place"),
        ('language = "zh"', 'language = "fr"', "language"),
        ('language = "zh"', 'language = "zh"\nsha256 = "12"', "sha256"),
        ("title", "titel", "titel"),
        ("[[claim]]", "[claim]", "claim"),
        ('layer = "waste_household"\n', "", r"claim\[1\]\.layer"),
        ("waste_household", "lawn", r"claim\[1\]\.layer"),
        ("waste_household", "enterprises_air", "is measured by mass, but layer 'enterprises_air'"),
        ("120吨", "many", "'many' is not understood"),
    ],
)
def test_what_is_wrong_in_a_report_is_named(old, new, named):
    with pytest.raises(ReportError, match=named):
        read((HEAD + CLAIM).replace(old, new, 1))


@pytest.mark.parametrize(
    "content",
    [b"a = ", b"\xff", b"a = " + b"[" * 100_000, b"a = " + b"9" * 10_000],
    ids=["cut", "bytes", "deep", "long"],
)
def test_what_is_no_toml_is_refused(content):
    with pytest.raises(ReportError, match="cannot be read as TOML"):
        read_report(content, "a.toml", MEASURES)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
both = st.builds(Text, words, words)
spans = st.none() | st.tuples(st.dates(), st.dates()).map(lambda days: tuple(sorted(days)))
amounts = st.fractions(min_value=0, max_value=10**12, max_denominator=10**6)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    printed = draw(st.sampled_from(["11.5万亩", "近120亩", "9300多亩", "超600亩", "3 to 5 acres", "tons of it"]))
    before, after = draw(words), draw(words)
    quote = draw(st.sampled_from(["", before + printed + after]))
    low, high = sorted((draw(amounts), draw(amounts)))
    own = Claim(
        *("grassland_restored", printed, "area", draw(amounts), low, draw(st.sampled_from([high, None]))),
        draw(words),
        quote,
        draw(st.sampled_from(["exact", "about", "over", "nearly"])),
        draw(spans),
        draw(words),
    )
    return own


@given(
    st.builds(
        Report,
        st.just("a"),
        both,
        both,
        st.dates(),
        words,
        both,
        spans,
        st.sampled_from(["zh", "en"]),
        st.lists(claims(), max_size=3).map(tuple),
        st.sampled_from(["", "0f" * 32]),
    )
)
def test_any_report_loses_nothing_by_being_written(report):
    written = write_report(report)
    assert read_report(written, "a.toml", MEASURES) == report
    assert write_report(report) == written


@pytest.mark.parametrize("qualifier", ["exact", "about", "over", "nearly"])
@pytest.mark.parametrize("printed", ["11.5万亩", "近120亩", "9300多亩", "超600亩"])
def test_what_the_words_say_is_not_written_again(printed, qualifier):
    claim = claim_printed("grassland_restored", printed, qualifier)
    report = Report("a", Text("", ""), Text("", ""), dt.date(2025, 1, 1), "1", Text("", ""), None, "zh", (claim,))
    written = write_report(report)
    assert read_report(written, "a.toml", MEASURES) == report
    assert not any(f"{key} = ".encode() in written for key in ("value", "unit", "low", "high"))
