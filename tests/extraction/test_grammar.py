"""Any quantity, written in any supported way, is found again; no text is too odd or too long."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.extraction import grammar
from geo_app.extraction.figures import extract
from geo_app.extraction.grammar import ABOUT, EXACT, NEARLY, OVER
from geo_app.extraction.quantities import find, read
from tests.extraction.scoring import LAYERS

MU = Fraction(2000, 3)
MANY = {"": 1, "万": 10**4, "亿": 10**8}
KILO = Fraction(1, 1000)
ZH_UNITS: dict[str, Fraction | int] = {
    "亩": MU,
    "公顷": 10**4,
    "平方公里": 10**6,
    "平方千米": 10**6,
    "平方米": 1,
    "㎡": 1,
}
ZH_UNITS |= {"吨": 1, "公斤": KILO, "千克": KILO, "斤": KILO / 2, "立方米": 1, "公里": 1000, "千米": 1000, "元": 1}
ZH_UNITS |= {"件": 1, "株": 1, "棵": 1, "尾": 1, "台": 1, "辆": 1}
EN_UNITS: dict[str, Fraction | int] = {"hectares": 10**4, "mu": MU, "square kilometers": 10**6, "cubic meters": 1}
EN_UNITS |= {
    "tonnes": 1,
    "metric tons": 1,
    "kg": KILO,
    "kilometers": 1000,
    "yuan": 1,
    "acres": Fraction("4046.8564224"),
}
EN_UNITS |= {"miles": Fraction("1609.344"), "square miles": Fraction("1609.344") ** 2}
EN_UNITS |= {"pounds": Fraction("0.00045359237"), "cubic yards": Fraction("0.764554857984")}
COUNTED = {"件", "株", "棵", "尾", "台", "辆"}


@dataclass(frozen=True)
class Written:
    """A number as it stands in a text, its worth, and what its last digit and its last that is no zero stand for."""

    text: str
    value: Fraction
    rounding: Fraction
    step: Fraction


def step_of(value: int) -> Fraction:
    return Fraction(10 ** (len(str(value)) - len(str(value).rstrip("0"))))


@st.composite
def arabic(draw: st.DrawFn) -> Written:
    whole, decimals = draw(st.integers(1, 999_999)), draw(st.integers(0, 3))
    form = draw(st.sampled_from(["plain", "commas", "wide"]))
    part = draw(st.integers(0, 10**decimals - 1))
    text = f"{whole:,}" if form == "commas" else str(whole)
    if decimals:
        text += f".{part:0{decimals}}"
        rounding = Fraction(1, 10**decimals)
        written = Written(text, whole + Fraction(part, 10**decimals), rounding, rounding)
    else:
        written = Written(text, Fraction(whole), Fraction(1), step_of(whole))
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    return Written(text.translate(wide), written.value, written.rounding, written.step) if form == "wide" else written


@st.composite
def chinese(draw: st.DrawFn) -> Written:
    whole = draw(st.integers(2, 9999))
    return Written(cn2an.an2cn(whole), Fraction(whole), Fraction(1), step_of(whole))


ZH_BEFORE = [
    (word, kind) for kind, words in grammar.ZH_BEFORE.items() for word in ("", *words) if word or kind == EXACT
]
ZH_AFTER = [("", EXACT), ("左右", ABOUT), ("以上", OVER)]
EN_BEFORE = [(f"{word} ", kind) for kind, words in grammar.EN_BEFORE.items() for word in words] + [("", EXACT)]
SPACE = st.sampled_from(["", " "])


def interval(number: Written, factor: Fraction, qualifier: str, *, is_cut: bool, is_counted: bool) -> tuple:
    value, step = number.value * factor, number.step * factor
    if is_cut:
        return value, value + step
    if qualifier == OVER:
        return value, None
    if qualifier == NEARLY:
        return value - step, value
    if qualifier == ABOUT:
        return value - step, value + step
    half = 0 if is_counted and factor == 1 else number.rounding * factor / 2
    return value - half, value + half


@given(st.data())
def test_chinese_quantity_is_found_again(data: st.DataObject) -> None:
    number = data.draw(st.one_of(arabic(), chinese()))
    unit, many = data.draw(st.sampled_from(sorted(ZH_UNITS))), data.draw(st.sampled_from(sorted(MANY)))
    more = data.draw(st.sampled_from(["", "余", "多"]))
    before, said = data.draw(st.sampled_from(ZH_BEFORE))
    after, follows = data.draw(st.sampled_from(ZH_AFTER))
    space = data.draw(SPACE)
    middle = f"{more}{many}" if data.draw(st.booleans()) else f"{many}{more}"
    text = f"督促恢复土地{before}{space}{number.text}{space}{middle}{unit}{after}。"
    factor = Fraction(ZH_UNITS[unit]) * MANY[many]
    qualifier = OVER if more else follows if after else said
    (found,) = find(text)
    assert found.canonical == number.value * factor
    assert found.qualifier == qualifier
    is_counted = unit in COUNTED
    assert found.interval == interval(number, factor, qualifier, is_cut=bool(more), is_counted=is_counted)


@given(st.data())
def test_english_quantity_is_found_again(data: st.DataObject) -> None:
    number = data.draw(arabic())
    unit, (before, qualifier) = data.draw(st.sampled_from(sorted(EN_UNITS))), data.draw(st.sampled_from(EN_BEFORE))
    many, times = data.draw(st.sampled_from([("", 1), (" thousand", 1000), (" million", 10**6), (" billion", 10**9)]))
    (found,) = find(f"The bureau restored {before}{number.text}{many} {unit} of it.")
    factor = Fraction(EN_UNITS[unit]) * times
    assert (found.canonical, found.qualifier) == (number.value * factor, qualifier)
    assert found.interval == interval(number, factor, qualifier, is_cut=False, is_counted=False)


@given(st.data())
def test_range_is_found_again(data: st.DataObject) -> None:
    low = data.draw(st.integers(1, 9_999))
    high = data.draw(st.integers(low + 1, 99_999))
    to, unit = (
        data.draw(st.sampled_from(["至", "到", "-", "—", "~"])),
        data.draw(st.sampled_from(["亩", "吨", "公里", "元"])),
    )
    (found,) = find(f"共清理{low}{to}{high}万{unit}。")
    one = 10_000 * Fraction(ZH_UNITS[unit])
    assert found.interval == (low * one, (high + Fraction(1, 2)) * one)


@given(arabic(), st.sampled_from(sorted(ZH_UNITS)), st.sampled_from(sorted(MANY)))
def test_printed_figure_is_read_as_it_is_found(number: Written, unit: str, many: str) -> None:
    (found,) = find(f"共恢复{number.text}{many}{unit}。")
    whole = read(f"{number.text}{many}{unit}")
    assert whole is not None
    assert (whole.canonical, whole.interval, whole.printed) == (found.canonical, found.interval, found.printed)


PIECES = st.sampled_from(
    "草原|恢复|1,2|3.|万|余|亩|吨|件|，|。|\n|、|（|）|近|至|一|其中|5 |acres| of |about |tons|"
    "-|2021年|since |more than | to |，共|％|\U0001f33f|\ud800".split("|")
)
ANY_TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


@given(ANY_TEXT)
@settings(max_examples=300)
def test_any_text_is_taken(text: str) -> None:
    found = extract(text, LAYERS)
    assert found == extract(text, LAYERS)
    for each in found:
        assert 0 <= each.start <= each.quantity.start <= each.quantity.number_start < each.quantity.end <= each.end
        assert each.quote == text[each.start : each.end]
        assert each.quantity.printed in each.quote
        low, high = each.quantity.interval
        assert high is None or low <= high


@given(ANY_TEXT)
def test_figures_stand_in_order_and_do_not_overlap(text: str) -> None:
    found = [each.quantity for each in extract(text, LAYERS)]
    assert all(one.end <= two.number_start for one, two in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "一",
        " ",
        "-",
        "1,234,",
        "5 a-",
        "恢复草原5亩",
        "5 tons of ",
        "（5亩",
        "since ",
        "1至",
        "1万",
        "1 000 ",
        "one hundred ",
        "5 acres" + " " * 99,
    ],
)
def test_long_text_without_an_end_is_taken(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert all(each.quote == text[each.start : each.end] for each in extract(text, LAYERS))
