"""The words around a quantity: its sentence, its clause, and what it shares with the quantity before it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from geo_app.extraction.quantities import Quantity

_SHORTENED = r"(?<!\bSt)(?<!\bMt)(?<!\bDr)(?<!\bNo)(?<!\bsq)(?<!\bcu)"  # a point behind these ends nothing
_SENTENCE = re.compile(rf"[。！？!?；;\n\r]|(?:(?<=[a-z)\d])|(?<=[A-Z]{{2}})){_SHORTENED}\.(?=\s|$)")
_BREAK = re.compile(rf"[，：:（）()]|,(?!\d{{3}}(?!\d))|(?<=[a-z\d]){_SHORTENED}\.\s")
_LAST_BREAK = re.compile("、")
_SHORT_ASIDE = re.compile(r"[（(]([^（()）]{1,4})[）)]")  # 养殖场（户）15家
_LIST = re.compile(r"\s*(?:、|和|及|以及|与|，|,|and\b|其中|[（(]其中|[增升扩降减]|提[高升])")
_CONVERTED = r"(?:大约|约)?(?:或|折合|合|即|相当于|等于|折算为?)|or\s|equal\sto\s"
_OPENS, _CLOSES = re.compile(rf"\s?[（(]\s?(?:{_CONVERTED})?"), re.compile(r"\s?[）)·]")
_GOES_ON = re.compile(r"\s?[，,]\s?(?:大约|约)?(?:折合|合|即|相当于|等于|折算为?)")  # 3.5公顷，约合52.5亩
REACH = 300  # no words further away say what a figure is of; a text without punctuation stays quick


@dataclass(frozen=True)
class Clause:
    """The surroundings of a quantity, as places in the text.

    Attributes
    ----------
    sentence : int
        Where the sentence begins; a semicolon ends one.
    sentence_end : int
        Where it ends.
    left : int
        Where the quantity before it ends, or the sentence begins.
    near : int
        Where the piece between commas begins that the quantity stands in.
    after : int
        Where the words after it begin: behind the same amount in another unit, where that follows in brackets.
    right : int
        Where the piece ends, or the next quantity begins.
    far_right : int
        Where the next quantity begins, or the sentence ends.
    is_enumerated : bool
        It follows another quantity of the same measure in one list.
    is_restated : bool
        It is the same amount in another unit: 44.72公顷（670.8亩）.
    """

    text: str
    quantity: Quantity
    sentence: int
    sentence_end: int
    left: int
    near: int
    after: int
    right: int
    far_right: int
    is_enumerated: bool
    is_restated: bool


def clauses(text: str, found: list[Quantity]) -> list[Clause]:
    """Give the clause of each quantity."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    restated = [bool(at and _restates(text, found[at - 1], each)) for at, each in enumerate(found)]
    text = _SHORT_ASIDE.sub(r"·\1·", text)
    made = []
    for at, quantity in enumerate(found):
        next_end = bisect_right(ends, quantity.end - 1)
        begins = bisect_right(ends, quantity.start) - 1
        sentence = max(ends[begins] if begins >= 0 else 0, quantity.start - REACH)
        sentence_end = min(ends[next_end] if next_end < len(ends) else len(text), quantity.end + REACH)
        follows = at + 1
        after = quantity.end
        if follows < len(found) and restated[follows]:
            closed = _CLOSES.match(text, found[follows].end)
            after = min(closed.end() if closed else found[follows].end, sentence_end)
            follows += 1
        before = found[at - 1] if at and found[at - 1].start >= sentence else None
        far_right = min(found[follows].start, sentence_end) if follows < len(found) else sentence_end
        left = before.end if before else sentence
        breaks = [match.end() for match in _BREAK.finditer(text, left, quantity.start)]
        closing = _BREAK.search(text, after, far_right) or _LAST_BREAK.search(text, after, far_right)
        made.append(
            Clause(
                text,
                quantity,
                sentence,
                sentence_end,
                left,
                breaks[-1] if breaks else left,
                after,
                closing.start() if closing else max(far_right, after),
                max(far_right, after),
                bool(before and before.measure == quantity.measure and _LIST.match(text, before.end)),
                restated[at],
            )
        )
    return made


def _restates(text: str, one: Quantity, two: Quantity) -> bool:
    """Tell whether a quantity gives the one before it in another unit, as well as its digits allow."""
    if one.measure != two.measure or one.unit == two.unit:
        return False
    is_closed = _OPENS.fullmatch(text, one.end, two.start) and _CLOSES.match(text, two.end)
    off = max(one.step * one.factor, two.step * two.factor)
    return bool(is_closed or _GOES_ON.fullmatch(text, one.end, two.start)) and abs(one.canonical - two.canonical) <= off
