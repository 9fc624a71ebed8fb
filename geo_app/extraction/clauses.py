"""The words around a quantity: its sentence, its clause, and what it shares with the quantity before it."""

import re
from dataclasses import dataclass

from geo_app.extraction.quantities import Quantity

_SENTENCE = re.compile(r"[。！？!?；;\n\r]|(?<=[a-z)\d])\.(?=\s|$)")
_BREAK = re.compile(r"[，：:（）()]|,(?!\d{3}(?!\d))|(?<=[a-z\d])\.\s")
_SHORT_ASIDE = re.compile(r"[（(]([^（()）]{1,4})[）)]")  # 养殖场（户）15家
_LIST = re.compile(r"\s*(?:、|和|及|以及|与|，|,|and\b|其中)")


@dataclass(frozen=True)
class Clause:
    """The surroundings of a quantity, as places in the text.

    Attributes
    ----------
    sentence, sentence_end : int
        Of the sentence; a semicolon ends one.
    left : int
        Where the quantity before it ends, or the sentence begins.
    near : int
        Where the piece between commas begins that the quantity stands in.
    right : int
        Where that piece ends, or the next quantity begins.
    far_right : int
        Where the next quantity begins, or the sentence ends.
    is_enumerated : bool
        It follows another quantity in one list.
    """

    text: str
    quantity: Quantity
    sentence: int
    sentence_end: int
    left: int
    near: int
    right: int
    far_right: int
    is_enumerated: bool


def clauses(text: str, found: list[Quantity]) -> list[Clause]:
    """Give the clause of each quantity."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    text = _SHORT_ASIDE.sub(r"·\1·", text)
    made = []
    for at, quantity in enumerate(found):
        sentence = max((end for end in ends if end <= quantity.start), default=0)
        sentence_end = min((end for end in ends if end > quantity.end - 1), default=len(text))
        before = found[at - 1] if at and found[at - 1].start >= sentence else None
        after = found[at + 1] if at + 1 < len(found) and found[at + 1].start < sentence_end else None
        left = before.end if before else sentence
        breaks = [match.end() for match in _BREAK.finditer(text, left, quantity.start)]
        far_right = after.start if after else sentence_end
        closing = _BREAK.search(text, quantity.end, far_right) or re.compile("、").search(text, quantity.end, far_right)
        right = closing.start() if closing else far_right
        made.append(
            Clause(
                text,
                quantity,
                sentence,
                sentence_end,
                left,
                breaks[-1] if breaks else left,
                right,
                far_right,
                bool(before and _LIST.match(text, before.end)),
            )
        )
    return made
