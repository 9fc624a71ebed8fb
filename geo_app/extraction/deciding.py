"""What a quantity is of: its family, its layer, how sure that is, and whether it is a result at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from geo_app.extraction import grammar, wording
from geo_app.extraction.clauses import REACH, Clause
from geo_app.extraction.quantities import Quantity
from geo_app.layers import Layer

RESULT, CONTEXT, TARGET = "result", "context", "target"
SURE = 0.9  # from which on a figure is proposed as sure
Place = tuple[int, int, float, bool]  # where to look, how sure it is, whether it is before the number
Told = tuple[str, float, list[str], bool]  # family, how sure, by which words, whether several kinds are mixed
_FULL_STOP = re.compile(r"[。\n]|(?<=[a-z)\d])\.(?=\s)")
_OF = re.compile(r"\s?of\b")
_SHORT = 3  # characters: 共, 另有
# between two things of one list: 被损毁的耕地、林地 and farmland, forests and wetlands
_IN_LIST = re.compile(r"[^，,。；;]{0,3}(?:、|和|及|与|或|以及|/|,\s|,?\sand\s|,?\sor\s)[^，,。；;、]{0,12}")


@dataclass(frozen=True)
class Mention:
    """A word in a text that speaks for families, and where it stands."""

    word: str
    families: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True)
class Decision:
    """What a quantity is of.

    Attributes
    ----------
    layer : str or None
        None where the words leave it open.
    confidence : float
        0 to 1, by the words that were found: a rank, not a probability.
    words : tuple of str
        Those that decided.
    is_mixed : bool
        Several kinds of land or waste stand before one number.
    """

    family: str
    layer: str | None
    confidence: float
    words: tuple[str, ...]
    role: str
    is_mixed: bool = False


class Vocabulary:
    """The words of all layers and of the grammar, for one language."""

    def __init__(self, layers: Mapping[str, Layer], language: str) -> None:
        self._layers, self._language = layers, language
        others = wording.ZH_OTHERS if language == "zh" else wording.EN_OTHERS
        known: dict[str, set[str]] = {}
        for family, listed in others.items():
            for word in listed.split() if language == "zh" else listed.split(","):
                known.setdefault(word.strip(), set()).add(family)
        for layer in layers.values():
            for word in layer.words[language].things:
                known.setdefault(_plain(word), set()).add(layer.family)
        self._families = {word: frozenset(families) for word, families in known.items()}
        self._things = _pattern(tuple(self._families), language)

    def mentions(self, text: str, start: int, end: int) -> list[Mention]:
        """Find the things that a part of a text names, the longest word at each place."""
        return [
            Mention(match[0], self._families[_plain(match["word"])], match.start(), match.end())
            for match in self._things.finditer(text, start, end)
        ]

    def things(self, layer: str, text: str, start: int, end: int) -> list[re.Match[str]]:
        """Find the things of one layer."""
        return _found(self._layers[layer].words[self._language].things, self._language, text, start, end)

    def is_done(self, family: str, text: str, start: int, end: int) -> bool:
        """Tell whether a part of a text says what is done to the things of a family."""
        of_family = [each.id for each in self._layers.values() if each.family == family]
        return any(self.acts(each, text, start, end) for each in of_family)

    def acts(self, layer: str, text: str, start: int, end: int) -> list[re.Match[str]]:
        """Find what is done to the things of one layer."""
        return _found(self._layers[layer].words[self._language].acts, self._language, text, start, end)

    def is_within(self, layer: str, text: str, start: int, end: int) -> bool:
        """Tell whether a sentence speaks of what a layer is about; of one that says no words for that, any does."""
        words = self._layers[layer].words[self._language].within
        return not words or bool(_found(words, self._language, text, start, end))


def _plain(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word.lower())


def _found(words: tuple[str, ...], language: str, text: str, start: int, end: int) -> list[re.Match[str]]:
    return list(_pattern(words, language).finditer(text, start, end)) if words else []


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], language: str) -> re.Pattern[str]:
    listed = rf"(?P<word>{grammar.any_of(words)})"
    return re.compile(listed if language == "zh" else rf"(?<![a-z]){listed}(?:e?s)?(?![a-z])", re.IGNORECASE)


def decide(clause: Clause, vocabulary: Vocabulary, layers: Mapping[str, Layer], before: Decision | None) -> Decision:
    """Decide what the quantity of a clause is of.

    Parameters
    ----------
    before : Decision, optional
        Of the quantity before it in the sentence; what is not said again is taken over.
    """
    quantity = clause.quantity
    fitting = _fitting(quantity)
    family, confidence, words, mixed = _family(clause, vocabulary, fitting, before)
    layer, layer_words, is_sure = _layer(clause, vocabulary, layers, family)
    if layer is not None and not vocabulary.is_within(layer, clause.text, *_whole_sentence(clause)):
        layer, layer_words, is_sure = None, [], False
    role = role_of(clause, before)
    if layer is None:
        confidence = min(confidence, 0.7 if any(each.family == family for each in layers.values()) else confidence)
    elif is_sure:
        confidence = min(confidence + 0.05, 0.99)
    else:
        confidence = min(confidence, 0.8)
    if family == "other" or mixed:
        layer = None
    told = tuple(dict.fromkeys([*words, *layer_words]))
    return Decision(family, layer, round(confidence - (0.2 if role != RESULT else 0), 2), told, role, mixed)


def _whole_sentence(clause: Clause) -> tuple[int, int]:
    """Give the place of the sentence up to the figure and the words at it; a semicolon does not end one here."""
    start = max(0, clause.quantity.start - REACH)
    for match in _FULL_STOP.finditer(clause.text, start, clause.quantity.start):
        start = match.end()
    return start, clause.right if clause.quantity.language == "zh" else clause.far_right


def _fitting(quantity: Quantity) -> tuple[str, ...]:
    if quantity.measure != "count":
        return wording.FITTING[quantity.measure]
    if quantity.language == "en":
        own = next((family for family, words in grammar.EN_COUNTED.items() if quantity.thing in words.split()), "")
        return (own,) if own else wording.COUNT_FITTING[""]
    return wording.COUNT_FITTING.get(quantity.unit[-1:], wording.COUNT_FITTING[""])


def _family(clause: Clause, vocabulary: Vocabulary, fitting: tuple[str, ...], before: Decision | None) -> Told:
    """Choose a family by the nearest thing that can be measured so; return how sure that is, and by which words."""
    if before is not None and clause.is_restated:
        return before.family, before.confidence, list(before.words), before.is_mixed
    if len(fitting) == 1:
        near = [
            each for each in vocabulary.mentions(clause.text, clause.near, clause.right) if fitting[0] in each.families
        ]
        return fitting[0], 0.93 if near else 0.85, [each.word for each in near[-1:]], False
    for place in _near(clause):
        if told := _told(clause, vocabulary, fitting, place):
            return told
    if before is not None and _takes_over(clause, before, fitting):
        return before.family, 0.6, list(before.words), before.is_mixed
    for place in ((clause.left, clause.near, 0.75, True), (clause.sentence, clause.left, 0.5, True)):
        is_further = place[0] == clause.left or clause.quantity.measure in ("mass", "volume")
        if is_further and (told := _told(clause, vocabulary, fitting, place)):
            return told
    if "waste_other" in fitting and vocabulary.is_done("waste_other", clause.text, clause.left, clause.far_right):
        return "waste_other", 0.4, [], False  # 130,000 tons were removed
    return fitting[-1] if "other" in fitting else fitting[0], 0.4, [], False


def _told(clause: Clause, vocabulary: Vocabulary, fitting: tuple[str, ...], place: Place) -> Told | None:
    """Choose a family by the things that one part of the text names; None where it names none."""
    start, end, confidence, is_before = place
    found = [each for each in vocabulary.mentions(clause.text, start, end) if each.families & set(fitting)]
    if not found:
        return None
    specific = [each for each in found if each.families != {"other"}] or found
    chosen = specific[-1] if is_before else specific[0]
    listed = _listed(clause.text, specific[::-1] if is_before else specific)
    if len(_kinds(listed, fitting)) > 1:
        family = _mixed(_kinds(listed, fitting), clause.quantity.measure)
        return family, confidence - 0.1, [each.word for each in listed], True
    return _one(chosen, fitting, clause, vocabulary), confidence, [chosen.word], False


def _near(clause: Clause) -> list[Place]:
    """Give where to look for the thing first."""
    quantity = clause.quantity
    before = (clause.near, quantity.start, 0.94, True)
    if quantity.language == "zh":
        return [before, (clause.after, clause.right, 0.9, False)]
    itself = [(quantity.number_start, quantity.end, 0.85, True)] if quantity.thing else []
    after = (clause.after, clause.far_right, 0.9, False)
    leads = _OF.match(clause.text, clause.after) or "-" in quantity.printed  # 20 acres of grassland, a 3-acre wetland
    return [*itself, after, before] if leads else [*itself, before, after]


def _takes_over(clause: Clause, before: Decision, fitting: tuple[str, ...]) -> bool:
    """Tell whether a quantity says nothing new of what it is of, as the second of 关停企业77家、8个."""
    own = clause.text[clause.near : clause.quantity.number_start].strip("、，, 和及与")
    is_short = len(own) <= _SHORT or own.startswith("其中")
    return before.family in fitting and clause.is_enumerated and is_short


def _one(mention: Mention, fitting: tuple[str, ...], clause: Clause, vocabulary: Vocabulary) -> str:
    """Choose among the families of one word, such as grassland restored or protected, by what was done."""
    families = [each for each in fitting if each in mention.families]
    if len(families) > 1:
        told = [each for each in families if vocabulary.is_done(each, clause.text, clause.left, clause.right)]
        return (told or families)[0]
    return families[0]


def _listed(text: str, found: list[Mention]) -> list[Mention]:
    """Give the things that stand in one list with the first: 耕地、林地、湿地, in either direction."""
    listed = found[:1]
    for each in found[1:]:
        one, two = sorted((listed[-1], each), key=lambda mention: mention.start)
        if not _IN_LIST.fullmatch(text[one.end : two.start]):
            break
        listed.append(each)
    return listed


def _kinds(listed: list[Mention], fitting: tuple[str, ...]) -> list[frozenset[str]]:
    distinct: list[frozenset[str]] = []
    for each in listed:
        kind = each.families & set(fitting)
        if not any(kind & known for known in distinct):
            distinct.append(kind)
    return distinct


def _mixed(kinds: list[frozenset[str]], measure: str) -> str:
    return (
        "waste_other"
        if measure in ("mass", "volume") and all(kind <= set(wording.WASTE) for kind in kinds)
        else "other"
    )


def _layer(
    clause: Clause, vocabulary: Vocabulary, layers: Mapping[str, Layer], family: str
) -> tuple[str | None, list[str], bool]:
    """Choose the layer of a family by its own words; one that has the family to itself needs none."""
    own = [each.id for each in layers.values() if each.family == family and each.measure == clause.quantity.measure]
    spans = [(clause.near, clause.right), (clause.left, clause.right)]
    if family in ("cases", "suggestions"):  # of which kind they are is said once
        spans.append((clause.sentence, clause.quantity.start))
    for start, end in spans if own else ():
        found = {each: vocabulary.things(each, clause.text, start, end) for each in own}
        last = {each: things[-1] for each, things in found.items() if things}
        if last:
            name = max(last, key=lambda each: last[each].start())
            is_alone = sum(each.start() == last[name].start() for each in last.values()) == 1
            acts = vocabulary.acts(name, clause.text, start, end)
            return name, [each[0] for each in (last[name], *acts[-1:])], is_alone
    return (own[0] if len(own) == 1 else None), [], len(own) == 1


def role_of(clause: Clause, before: Decision | None = None) -> str:
    """Tell whether a quantity is a result, a target, or the size of something that is told about.

    A part of the figure before, or one that says nothing of its own, has the role of that one.
    """
    if before and (clause.is_restated or clause.text.startswith("其中", clause.near)):
        return before.role
    is_chinese = clause.quantity.language == "zh"
    result, target, harm = (
        (wording.ZH_RESULT, wording.ZH_TARGET, wording.ZH_HARM)
        if is_chinese
        else (wording.EN_RESULT, wording.EN_TARGET, wording.EN_HARM)
    )
    if target.search(clause.text, clause.left, clause.right):
        return TARGET
    if is_chinese and _is_change(clause):
        return CONTEXT
    if _fitting(clause.quantity)[0] in ("cases", "suggestions"):
        return RESULT
    if clause.quantity.measure == "amount":
        return CONTEXT if wording.ZH_GAIN.search(clause.text, clause.left, clause.quantity.start) else RESULT
    start, end = clause.quantity.start, clause.right if is_chinese else clause.far_right
    is_attribute = clause.text.endswith("的", 0, start)  # 被占用的3亩耕地
    places = [(clause.near, start), (start, end), (clause.left, clause.near)] if is_chinese and not is_attribute else []
    for place in places or [(clause.near if is_chinese else clause.left, end)]:
        if result.search(clause.text, *place):
            return RESULT
        if harm.search(clause.text, *place):
            return CONTEXT
    return CONTEXT if before and before.role == CONTEXT else RESULT


def _is_change(clause: Clause) -> bool:
    """Tell whether a quantity is one end of a change: 由50万元增至120万元."""
    text, start = clause.text, clause.quantity.start
    if wording.ZH_CHANGE.match(text, clause.quantity.end):
        return bool(re.search("[由从]", text[clause.near : start]))
    changes = list(wording.ZH_CHANGE.finditer(text, clause.near, start))
    return bool(changes and changes[-1].end() == start and re.search("[由从]", text[clause.sentence : start]))
