"""Every sentence that was written for the purpose gives the figures that its marks say, and no others."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from geo_app.extraction.figures import Figure, extract
from tests.extraction.marked import SCALES, Passage, Wanted, read_marked
from tests.extraction.scoring import LAYERS, is_same_value, match

LINES = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
SENTENCES = [read_marked(line, line) for line in LINES if line and not line.startswith(("#", "=="))]


def what_is_said(wanted: Wanted, figure: Figure) -> dict[str, object]:
    """Only what the marks speak of, as the program has it."""
    quantity = figure.quantity
    factor = SCALES[wanted.more["scale"]][1]
    said: dict[str, object] = {
        "canonical": is_same_value(wanted, figure),
        "qualifier": quantity.qualifier,
        "family": figure.decision.family in wanted.families,
        "role": figure.decision.role,
    }
    notes = {note.kind for note in figure.notes}
    more: dict[str, object] = {
        "value": str(float(quantity.value)).removesuffix(".0"),
        "unit": quantity.unit,
        "layer": figure.decision.layer or "none",
        "period": (figure.period.words if figure.period else "").replace(" ", "_"),
        "interval": "..".join("" if end is None else f"{float(end / factor):.10g}" for end in quantity.interval),
        "note": wanted.more.get("note") if wanted.more.get("note") in notes else sorted(notes),
    }
    return said | {key: more[key] for key in wanted.more if key != "scale"}


def what_is_wanted(wanted: Wanted) -> dict[str, object]:
    plain = {"canonical": True, "qualifier": wanted.qualifier, "family": True, "role": wanted.role}
    return plain | {key: value for key, value in wanted.more.items() if key != "scale"}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda each: re.sub(r"\W", "", each.text)[:30])
def test_sentence_gives_its_figures(sentence: Passage) -> None:
    found = extract(sentence.text, LAYERS)
    pairs = match(sentence.wanted, found)
    wanted = [each for each in sentence.wanted if not each.is_optional or each.start in pairs]
    assert [each.quote for each in wanted if each.start not in pairs] == []
    assert [what_is_said(each, pairs[each.start]) for each in wanted] == [what_is_wanted(each) for each in wanted]
    assert len(found) == len(wanted), [each.quote for each in found]
    assert all(each.quote == sentence.text[each.start : each.end] for each in found)
    assert Fraction(0) <= min((each.quantity.canonical for each in found), default=Fraction(0))
