"""The figures of a text, each with its words, its meaning, what it is of, and what should be looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from geo_app.extraction import grammar, wording
from geo_app.extraction.clauses import Clause, clauses
from geo_app.extraction.deciding import RESULT, Decision, Vocabulary, decide
from geo_app.extraction.periods import Named, Period
from geo_app.extraction.quantities import Quantity, find
from geo_app.extraction.script import PLAIN
from geo_app.layers import Layer

REPEAT, PART, PARTS_DIFFER, MIXED, ORDERED, SHORT_TONS, RANGE, MISSING = (
    *("repeat", "part", "parts_differ", "mixed", "ordered", "short_tons", "range", "missing_number"),
)
_LEAD = re.compile(r"其中[，,：:]?|(?:and|or|of|including)\s+", re.IGNORECASE)  # what no quote begins with
_TRAIL = re.compile(
    r"(?:[\s.。；;,，、]|\b(?:and|or|of|from|along|to|at|in|with|the|about|approximately|planted)\b)+$", re.IGNORECASE
)
_NEARLY_ALL = Fraction(9, 10)
_MOST_PARTS = 20
_NEW_SENTENCE, _OF_WHICH = re.compile(r"[。\n]"), re.compile(r"[^。；;]{0,12}其中")
_MISSING_ZH = re.compile(
    r"(?:案件|线索|建议|面积|垃圾|废物|资金|企业|耕地|林地|草原|草地)(?:约|共|近|达)?(?P<unit>件|份|条|亩|公顷|公里|吨|万元|家)(?=[，,。；;、]|$)"
)


@dataclass(frozen=True)
class Note:
    """Something about a figure that a person should look at: its kind, and the values of its sentence."""

    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """One figure of a text.

    Attributes
    ----------
    start, end : int
        Of its quote, in code points of the text; ``quote == text[start:end]``.
    quantity : Quantity
        Its number and unit, with their own place.
    decision : Decision
        What it is of.
    period : Period or None
        The time that the words around name; None where they name none.
    notes : tuple of Note
    """

    start: int
    end: int
    quote: str
    quantity: Quantity
    decision: Decision
    period: Period | None
    notes: tuple[Note, ...] = ()


def extract(text: str, layers: Mapping[str, Layer]) -> list[Figure]:
    """Find the figures of a published text, in order.

    Parameters
    ----------
    text : str
        As it was received; Chinese, English or both.
    layers : mapping
        Their words decide what a figure is of.

    Returns
    -------
    list of Figure
        Empty for a text without any. Dates, shares, growth, persons, depths, money of other countries and
        counts of rules, villages or meetings are no figures.
    """
    plain = text.translate(PLAIN)
    words = {language: Vocabulary(layers, language) for language in ("zh", "en")}
    named = {language: Named(plain, language) for language in ("zh", "en")}
    found: list[Figure] = []
    before: Decision | None = None
    sentence = -1
    for clause in clauses(plain, find(text)):
        language = clause.quantity.language
        decision = decide(clause, words[language], layers, before if clause.sentence == sentence else None)
        before, sentence = decision, clause.sentence
        if not _is_figure(clause, decision):
            continue
        start, end = _span(clause, decision)
        period = named[language].at(clause.quantity.start, (clause.sentence, clause.sentence_end))
        notes = _own_notes(clause, decision)
        if clause.is_restated and found and found[-1].quantity.end == clause.left:  # rounding may make the two differ
            notes = (*notes, Note(REPEAT, {"figure": len(found)}))
        found.append(Figure(start, end, text[start:end], clause.quantity, decision, period, notes))
    return _with_parts(_with_repeats(found), plain)


def missing_numbers(text: str) -> list[tuple[int, int]]:
    """Find where a unit stands without a number, as in 立案件: places in the text."""
    return [match.span() for match in _MISSING_ZH.finditer(text)]


def _is_figure(clause: Clause, decision: Decision) -> bool:
    quantity, text = clause.quantity, clause.text
    if quantity.measure != "count" or quantity.language == "en":
        return True
    if decision.family == "other" and not decision.words and re.match(rf"[{grammar.HAN}]", quantity.printed):
        return False
    return not wording.ZH_UNCOUNTED.search(text, clause.near, quantity.start)


def _span(clause: Clause, decision: Decision) -> tuple[int, int]:
    """Give the place of the words that make a figure: from the last break before it, to what it is of."""
    text, start, end = clause.text, clause.near, clause.quantity.end
    start += len(text[start : clause.quantity.start]) - len(
        text[start : clause.quantity.start].lstrip(" \t、,，和及与·-")
    )
    before = text[start : clause.quantity.number_start].lower()
    if clause.quantity.language == "en" or not any(word.lower() in before for word in decision.words):
        end = clause.right
    said = _LEAD.match(text, start, clause.quantity.start)
    start = said.end() if said else start
    trailing = _TRAIL.search(text, clause.quantity.end, end)
    return start, trailing.start() if trailing else end


def _own_notes(clause: Clause, decision: Decision) -> tuple[Note, ...]:
    notes = []
    if decision.is_mixed:
        notes.append(Note(MIXED, {"words": ", ".join(decision.words)}))
    if "short ton" in clause.quantity.unit:
        notes.append(Note(SHORT_TONS, {}))
    if clause.quantity.low_end is not None:
        notes.append(Note(RANGE, {}))
    if "责令" in clause.text[clause.left : clause.quantity.start]:
        notes.append(Note(ORDERED, {}))
    return tuple(notes)


def _with_repeats(found: list[Figure]) -> list[Figure]:
    """Note which figures say again what one before has said: the same amount of the same things."""
    told: list[Figure] = []
    before: dict[tuple[object, ...], int] = {}
    for at, each in enumerate(found, start=1):
        key = _said(each)
        is_noted = any(note.kind == REPEAT for note in each.notes)
        told.append(_noted(each, REPEAT, figure=before[key]) if key in before and not is_noted else each)
        if key is not None:
            before.setdefault(key, at)
    return told


def _said(figure: Figure) -> tuple[object, ...] | None:
    """Give what two figures have in common that say the same; counts of cases are alike by chance."""
    family, quantity = figure.decision.family, figure.quantity
    if family in ("cases", "suggestions"):
        return None
    words = figure.decision.words[:1] if quantity.measure == "count" else ()
    return family, quantity.measure, quantity.canonical, words


def _with_parts(found: list[Figure], text: str) -> list[Figure]:
    """Note which figures are parts of one before, and where the parts do not make it up."""
    told = list(found)
    for at, whole in enumerate(found):
        parts = _parts_after(found, at, text)
        for part in parts:
            told[part] = _noted(told[part], PART, figure=at + 1)
        total = sum((found[part].quantity.canonical for part in parts), Fraction(0))
        nearly_all = parts and total >= whole.quantity.canonical * _NEARLY_ALL  # fewer are but some of the parts
        if nearly_all and abs(total - whole.quantity.canonical) > _slack(whole, [found[part] for part in parts]):
            told[at] = _noted(
                told[at], PARTS_DIFFER, sum=float(total / whole.quantity.factor), unit=whole.quantity.unit
            )
    return told


def _parts_after(found: list[Figure], at: int, text: str) -> list[int]:
    """Give the figures that follow one as its parts: after 其中, or because they add up to it."""
    whole = found[at]
    later = []
    end = whole.quantity.end
    for n in range(at + 1, min(at + 1 + _MOST_PARTS, len(found))):
        if _NEW_SENTENCE.search(text, end, found[n].quantity.start):
            break
        end = found[n].quantity.end
        if _is_alike(whole, found[n]):
            later.append(n)
    if later and _OF_WHICH.match(text, whole.quantity.end):
        return later
    return [] if whole.quantity.measure == "count" else _adding_up(found, at, later)


def _adding_up(found: list[Figure], at: int, later: list[int]) -> list[int]:
    """Give the first few of some figures that add up to one before; nothing where none do."""
    whole, total = found[at], Fraction(0)
    for count, n in enumerate(later, start=1):
        total += found[n].quantity.canonical
        if n - at > count or total > whole.quantity.canonical * 2:
            break
        parts = later[:count]
        if count > 1 and abs(total - whole.quantity.canonical) <= _slack(whole, [found[part] for part in parts]):
            return parts
    return []


def _slack(whole: Figure, parts: list[Figure]) -> Fraction:
    """Give how far parts may be off their sum because each has been rounded."""
    if whole.quantity.measure == "count":
        return Fraction(0)
    return max(each.quantity.step * each.quantity.factor for each in (whole, *parts)) / 2 * len(parts)


def _is_alike(whole: Figure, part: Figure) -> bool:
    return (
        part.quantity.measure == whole.quantity.measure
        and part.decision.role == RESULT
        and _group(part) == _group(whole)
        and part.quantity.canonical <= whole.quantity.canonical
    )


def _group(figure: Figure) -> str:
    family = figure.decision.family
    return "land" if family in (*wording.LAND, "other") else "waste" if family in wording.WASTE else family


def _noted(each: Figure, kind: str, **values: Any) -> Figure:
    return replace(each, notes=(*each.notes, Note(kind, values)))
