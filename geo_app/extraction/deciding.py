"""What a quantity is of: its family, its layer, how sure that is, and whether it is a result at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from geo_app.extraction import grammar
from geo_app.extraction.clauses import Clause
from geo_app.extraction.quantities import Quantity
from geo_app.layers import Layer

RESULT, CONTEXT, TARGET = "result", "context", "target"
SURE = 0.9  # from which on a figure is proposed as sure


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
        others = grammar.ZH_OTHERS if language == "zh" else grammar.EN_OTHERS
        known: dict[str, set[str]] = {}
        for family, listed in others.items():
            for word in listed.split() if language == "zh" else listed.split(","):
                known.setdefault(word.strip(), set()).add(family)
        for layer in layers.values():
            for word in layer.words[language].things:
                known.setdefault(word, set()).add(layer.family)
        self._families = {_plain(word): frozenset(families) for word, families in known.items()}

    @cached_property
    def _things(self) -> re.Pattern[str]:
        return _pattern(self._families, self._language)

    def mentions(self, text: str, start: int, end: int) -> list[Mention]:
        """Find the things that a part of a text names, the longest word at each place."""
        return [
            Mention(match[0], self._families[_plain(match[0])], match.start(), match.end())
            for match in self._things.finditer(text, start, end)
        ]

    def of_layers(self, text: str, start: int, end: int) -> dict[str, tuple[int, list[str]]]:
        """Tell of each layer how its words fit a part of a text: where the last thing stands, and the words."""
        found = {}
        for layer in self._layers.values():
            words = layer.words[self._language]
            things = _found(words.things, text, start, end, self._language)
            acts = _found(words.acts, text, start, end, self._language)
            if things:
                found[layer.id] = (max(at for at, _ in things), [word for _, word in [*things[-1:], *acts[-1:]]])
        return found


def _plain(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word.lower())


def _found(words: tuple[str, ...], text: str, start: int, end: int, language: str) -> list[tuple[int, str]]:
    return [(match.start(), match[0]) for match in _pattern(words, language).finditer(text, start, end)] if words else []


_PATTERNS: dict[tuple[tuple[str, ...], str], re.Pattern[str]] = {}


def _pattern(words: Mapping[str, object] | tuple[str, ...], language: str) -> re.Pattern[str]:
    key = (tuple(words), language)
    if key not in _PATTERNS:
        listed = grammar.any_of(key[0])
        _PATTERNS[key] = re.compile(listed if language == "zh" else rf"(?<![a-z])(?:{listed})(?![a-z])", re.IGNORECASE)
    return _PATTERNS[key]


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
    layer, layer_words, is_sure = _layer(clause, vocabulary, layers, family, before)
    role = role_of(clause)
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


def _fitting(quantity: Quantity) -> tuple[str, ...]:
    if quantity.measure != "count":
        return grammar.FITTING[quantity.measure]
    if quantity.language == "en":
        own = next((family for family, words in grammar.EN_COUNTED.items() if quantity.thing in words.split()), "")
        return (own,) if own else grammar.COUNT_FITTING[""]
    return grammar.COUNT_FITTING.get(quantity.unit[-1:], grammar.COUNT_FITTING[""])


def _family(
    clause: Clause, vocabulary: Vocabulary, fitting: tuple[str, ...], before: Decision | None
) -> tuple[str, float, list[str], bool]:
    if len(fitting) == 1:
        near = [each for each in vocabulary.mentions(clause.text, clause.near, clause.right) if fitting[0] in each.families]
        return fitting[0], 0.93 if near else 0.85, [each.word for each in near[-1:]], False
    places = (
        (clause.near, clause.quantity.start, 0.94, True),
        (clause.quantity.end, clause.right, 0.9, False),
        (clause.left, clause.near, 0.75, True),
        (clause.quantity.end, clause.far_right, 0.7, False),
    )
    if clause.quantity.language == "en":  # 20 acres of grassland
        places = (places[1], places[0], *places[2:])
    if clause.quantity.thing:
        places = ((clause.quantity.number_start, clause.quantity.end, 0.85, True), *places)
    for start, end, confidence, is_before in places:
        found = [each for each in vocabulary.mentions(clause.text, start, end) if each.families & set(fitting)]
        if not found:
            continue
        specific = [each for each in found if each.families != {"other"}] or found
        chosen = specific[-1] if is_before else specific[0]
        kinds = _listed(clause.text, specific, chosen, fitting)
        if len(kinds) > 1:
            return _mixed(kinds, clause.quantity.measure), confidence - 0.1, [each.word for each in specific], True
        return _one(chosen, fitting, clause), confidence, [chosen.word], False
    if before is not None and before.family in fitting and clause.is_enumerated:
        return before.family, 0.6, list(before.words), before.is_mixed
    return fitting[-1] if "other" in fitting else fitting[0], 0.4, [], False


def _one(mention: Mention, fitting: tuple[str, ...], clause: Clause) -> str:
    """Choose among the families of one word, such as grassland restored or protected."""
    families = [each for each in fitting if each in mention.families]
    if len(families) > 1 and "grassland_protected" in families:
        around = clause.text[clause.left : clause.right]
        protects = re.search(r"保护|管护|看护|围封|禁牧|protect|conserv|safeguard", around)
        restores = re.search(r"恢复|修复|退耕还草|复绿|种草|restor|reseed|revegetat", around)
        return "grassland_protected" if protects and not restores else "grassland_restored"
    return families[0]


def _listed(text: str, found: list[Mention], chosen: Mention, fitting: tuple[str, ...]) -> list[frozenset[str]]:
    """Give the families of the things that stand in one list with the chosen one: 耕地、林地、湿地."""
    kinds = [chosen.families & set(fitting)]
    at = found.index(chosen)
    for one, two in zip(reversed(found[:at]), reversed(found[1 : at + 1]), strict=True):
        between = text[one.end : two.start]
        if not re.fullmatch(r"[^，,。；;]{0,3}(?:、|和|及|与|或|以及|/|,\s|\sand\s)[^，,。；;、]{0,8}", between):
            break
        kinds.append(one.families & set(fitting))
    distinct: list[frozenset[str]] = []
    for kind in kinds:
        if kind and not any(kind & known for known in distinct):
            distinct.append(frozenset(kind))
    return distinct


def _mixed(kinds: list[frozenset[str]], measure: str) -> str:
    return "waste_other" if measure in ("mass", "volume") and all(kind <= set(grammar.WASTE) for kind in kinds) else "other"


def _layer(
    clause: Clause, vocabulary: Vocabulary, layers: Mapping[str, Layer], family: str, before: Decision | None
) -> tuple[str | None, list[str], bool]:
    """Choose the layer of a family by its own words; one that has the family to itself needs none."""
    own = [each for each in layers.values() if each.family == family and each.measure == clause.quantity.measure]
    if not own:
        return None, [], False
    spans = [(clause.near, clause.right), (clause.left, clause.right)]
    if family in ("cases", "suggestions"):  # of which kind they are is said once
        spans.append((clause.sentence, clause.quantity.start))
    for start, end in spans:
        found = {name: said for name, said in vocabulary.of_layers(clause.text, start, end).items() if layers[name] in own}
        if found:
            name = max(found, key=lambda name: (found[name][0], len(found[name][1])))
            tied = [other for other in found if found[other][0] == found[name][0]]
            return name, found[name][1], len(tied) == 1 or len(own) == 1
    if len(own) == 1:
        return own[0].id, [], True
    return None, [], False


def role_of(clause: Clause) -> str:
    """Tell whether a quantity is a result, a target, or the size of something that is told about."""
    result, target, harm = (
        (grammar.ZH_RESULT, grammar.ZH_TARGET, grammar.ZH_HARM)
        if clause.quantity.language == "zh"
        else (grammar.EN_RESULT, grammar.EN_TARGET, grammar.EN_HARM)
    )
    near = clause.text[clause.left : clause.far_right if clause.quantity.language == "en" else clause.right]
    if target.search(clause.text[clause.left : clause.right]):
        return TARGET
    if result.search(near):
        return RESULT
    if harm.search(near) and clause.quantity.measure != "amount":
        return CONTEXT
    if _fitting(clause.quantity)[0] in ("cases", "funds", "suggestions"):
        return RESULT
    return RESULT if result.search(clause.text[clause.sentence : clause.right]) else CONTEXT
