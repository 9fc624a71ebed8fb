"""How well figures are found: ``python -m tests.extraction.scoring FOLDER`` prints it for any annotated folder."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from geo_app.extraction.figures import Figure, extract
from geo_app.layers import load_layers
from geo_app.settings import ROOT
from geo_app.units import MEASURES
from tests.extraction.marked import Passage, Wanted, read_folder

LAYERS = load_layers(ROOT / "layers")


@dataclass
class Score:
    """Counts over some passages, and a line for each thing that is wrong."""

    wanted: int = 0
    found: int = 0
    matched: int = 0
    right: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("value", "qualifier", "family", "first", "role"), 0)
    )
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.matched / max(self.wanted, 1)

    @property
    def precision(self) -> float:
        return self.matched / max(self.found, 1)

    def share(self, what: str) -> float:
        """Share of the matched figures where this is right."""
        return self.right[what] / max(self.matched, 1)

    def __str__(self) -> str:
        shares = "  ".join(f"{what} {self.share(what):.3f}" for what in self.right)
        return f"{self.wanted} wanted  recall {self.recall:.3f}  precision {self.precision:.3f}  {shares}"


def score(passages: Iterable[Passage]) -> Score:
    """Hold what is found in passages against what a person has marked in them."""
    total = Score()
    for passage in passages:
        found = extract(passage.text, LAYERS)
        pairs = match(passage.wanted, found)
        total.wanted += sum(not each.is_optional for each in passage.wanted)
        for wanted in passage.wanted:
            figure = pairs.get(wanted.start)
            if wanted.is_optional:
                found = [each for each in found if each is not figure]
            elif figure is None:
                total.wrong.append(f"{passage.name}: missed {wanted.quote!r}")
            else:
                _compare(total, passage.name, wanted, figure)
        total.found += len(found)
        taken = {id(each) for each in pairs.values()}
        total.wrong += [
            f"{passage.name}: not wanted {each.quote!r} {each.decision}" for each in found if id(each) not in taken
        ]
    return total


def match(wanted: Iterable[Wanted], found: list[Figure]) -> dict[int, Figure]:
    """Pair each wanted figure with one found inside or around its place, the same value first."""
    pairs: dict[int, Figure] = {}
    left = list(found)
    wanted = list(wanted)
    for by_value in (True, False):
        for each in wanted:
            fitting = [one for one in left if _touches(each, one) and (not by_value or is_same_value(each, one))]
            if each.start not in pairs and fitting:
                pairs[each.start] = fitting[0]
                left.remove(fitting[0])
    return pairs


def _touches(wanted: Wanted, figure: Figure) -> bool:
    return figure.quantity.number_start < wanted.end and wanted.start < figure.quantity.end


def is_same_value(wanted: Wanted, figure: Figure) -> bool:
    """Tell whether canonical value and unit agree, but for the last digits of a rounded annotation."""
    off = abs(figure.quantity.canonical - wanted.canonical)
    return MEASURES[figure.quantity.measure].unit == wanted.unit and off <= max(
        abs(wanted.canonical) / 10**6, 1 / 10**4
    )


def _compare(total: Score, name: str, wanted: Wanted, figure: Figure) -> None:
    total.matched += 1
    right = {
        "value": is_same_value(wanted, figure),
        "qualifier": figure.quantity.qualifier == wanted.qualifier,
        "family": figure.decision.family in wanted.families,
        "first": figure.decision.family == wanted.family,
        "role": figure.decision.role == wanted.role,
    }
    for what, is_right in right.items():
        total.right[what] += is_right
        if not is_right and not (what == "first" and right["family"]):
            total.wrong.append(f"{name}: {what} of {wanted.quote!r} {figure.quantity.qualifier} {figure.decision}")


if __name__ == "__main__":
    result = score(read_folder(Path(sys.argv[1])))
    sys.stdout.write("\n".join([*result.wrong, str(result)]) + "\n")
