"""Amounts and verdicts in words."""

from fractions import Fraction

import pytest

from geo_app.claims import claim_printed, judge
from geo_app.layers import load_layers
from geo_app.model import Claim
from geo_app.settings import ROOT
from geo_app.units import MU, to_parts
from geo_app.web import wording

LAYERS = load_layers(ROOT / "layers")


def claim(layer: str, printed: str) -> Claim:
    return claim_printed(layer, printed)


GRASS = claim("grassland_restored", "11.5万亩")
WASTE = claim("waste_household", "254.2吨")
CASES = claim("cases_administrative", "38件")


def mu(value: float) -> int:
    return to_parts(value, "area", MU)


@pytest.mark.parametrize(
    ("parts", "measure", "en", "zh"),
    [
        (mu(112658), "area", "112,658.0\u202fmu", "112,658.0亩"),
        (None, "area", "–", "–"),
        (0, "area", "0.0\u202fmu", "0.0亩"),
        (-mu(26.2), "area", "\u221226.2\u202fmu", "\u221226.2亩"),
        (254_180_000, "mass", "254.18\u202ft", "254.18吨"),
        (56_700_400_000, "mass", "56,700.4\u202ft", "56,700.4吨"),
        (38, "count", "38", "38件"),
        (19_950_000, "amount", "CNY\u202f199,500", "199,500元"),
        (1, "amount", "CNY\u202f0.01", "0.01元"),
        (12_345_678, "length", "12.35\u202fkm", "12.35公里"),
        (999_000, "length", "999.0\u202fm", "999.0米"),
        (1_500_000, "volume", "1.50\u202fm³", "1.50立方米"),
    ],
)
def test_amount_is_written(parts: int | None, measure: str, en: str, zh: str) -> None:
    assert wording.amount(parts, measure, "en", counted_as="件") == en
    assert wording.amount(parts, measure, "zh", counted_as="件") == zh


@pytest.mark.parametrize(
    ("printed", "en"),
    [
        ("11.5万亩", "115,000\u202fmu"),
        ("7536.1亩", "7,536.1\u202fmu"),
        ("74.79亩", "74.79\u202fmu"),
        ("5.8万吨", "58,000\u202ft"),
        ("254.2吨", "254.2\u202ft"),
        ("4家", "4"),
        ("2067.05万元", "CNY\u202f20,670,500"),
    ],
)
def test_printed_figure_is_read(printed: str, en: str) -> None:
    assert wording.reading(claim("x", printed), "en") == en


def test_small_net_has_the_digits_of_its_verdict() -> None:
    assert wording.amount(mu(74.79), "area", "en", fine=True) == "74.79\u202fmu"


@pytest.mark.parametrize(
    ("verdict", "en", "zh"),
    [
        (judge(GRASS, mu(114986), mu(112658), 214), "short by 1,842\u202fmu", "少1,842亩"),
        (judge(WASTE, 256_000_000, 255_000_000, 12), "over by 0.75\u202ft", "多0.75吨"),
        (judge(CASES, 41, 40, 41), "over by 2", "多2件"),
        (judge(GRASS, 0, 0, 0), "no site", "无地块"),
        (judge(GRASS, 0, 0, 1), "1 site, no area", "1个地块，无面积"),
        (judge(WASTE, 0, 0, 0), "no ledger row", "无台账记录"),
        (judge(WASTE, 0, 0, 5), "5 sites, no amount", "5个地块，无数量"),
        (judge(CASES, 38, 38, 38), "", ""),
    ],
)
def test_gap_is_written(verdict, en: str, zh: str) -> None:
    assert wording.gap_phrase(verdict, "en") == en
    assert wording.gap_phrase(verdict, "zh", "件") == zh


def test_answer_names_the_largest_gap() -> None:
    verdicts = [judge(CASES, 38, 38, 38), judge(GRASS, mu(114986), mu(112658), 214), judge(WASTE, 0, 0, 0)]
    en = wording.answer(verdicts, LAYERS, "en")
    assert en == "1 of 3 figures are borne out; grassland restored is short by 1,842\u202fmu."
    assert wording.answer(verdicts, LAYERS, "zh") == "3项数字中1项得到印证；恢复草原少1,842亩。"


def test_answer_when_all_are_borne_out() -> None:
    assert wording.answer([judge(CASES, 38, 38, 38)], LAYERS, "zh") == "1项数字全部得到印证。"


def test_answer_when_evidence_lacks() -> None:
    verdicts = [judge(CASES, 38, 38, 38), judge(GRASS, 0, 0, 0)]
    assert wording.answer(verdicts, LAYERS, "en").endswith("for grassland restored there is no evidence.")


def test_order_is_by_share_of_the_figure() -> None:
    small, large = judge(GRASS, mu(114000), mu(114000), 1), judge(WASTE, 1_000_000, 1_000_000, 1)
    none, borne = judge(GRASS, 0, 0, 0), judge(CASES, 38, 38, 38)
    assert wording.by_gap([borne, none, small, large], LAYERS) == [large, small, none, borne]


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("2023-09-14", "14 Sep 2023", "2023年9月14日"),
        ("2023", "2023", "2023"),
        ("2023-09", "2023-09", "2023-09"),
        (None, "", ""),
    ],
)
def test_day_is_written(value: str | None, en: str, zh: str) -> None:
    assert wording.day(value, "en") == en
    assert wording.day(value, "zh") == zh


def test_zero_reported_does_not_divide() -> None:
    verdict = judge(Claim("cases_administrative", "0件", "count", Fraction(0), Fraction(0), Fraction(0), "件"), 2, 2, 2)
    assert wording.by_gap([verdict], LAYERS) == [verdict]


@pytest.mark.parametrize(
    ("word", "en", "zh"),
    [("亩", "mu", "亩"), ("m2", "m²", "平方米"), ("万吨", "万吨", "万吨"), (None, "", "")],
)
def test_unit_is_written(word: str | None, en: str, zh: str) -> None:
    assert wording.unit_word(word, "en") == en
    assert wording.unit_word(word, "zh") == zh
