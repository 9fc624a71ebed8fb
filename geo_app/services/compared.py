"""The claims of a document of the ledger, held against those of all other reports."""

from dataclasses import dataclass

from geo_app.comparisons import Comparison, Place, compare
from geo_app.extraction.deciding import RESULT
from geo_app.services.entries import Document, Entry, place_of, report_of
from geo_app.services.landproof import Landproof
from geo_app.store.ledger import DROPPED


@dataclass(frozen=True)
class Hint:
    """What another report has to say of a claim.

    Attributes
    ----------
    number : int
        Of the claim in its document.
    other : Place
        The claim of the other report; ``other.at`` is its place among the claims there, from 0.
    comparison : Comparison
        Its kind, its sentence, and the values that fill it.
    """

    number: int
    other: Place
    comparison: Comparison


def hints(lp: Landproof, document: Document) -> list[Hint]:
    """Hold the claims of a document against those of all other reports, in the order of its text.

    Claims that are only proposed are held against the others too, so that it is known before they are confirmed.
    """
    own = sorted(filter(_is_compared, document.entries), key=lambda each: place_of(each.value))
    others = [each for each in lp.reports.values() if each.id != document.id]
    found = []
    for each in compare([report_of(document, own), *others]):
        for here, other in ((each.one, each.other), (each.other, each.one)):
            if here.report.id == document.id:
                found.append((here.at, Hint(own[here.at].number, other, each)))
    return [hint for _, hint in sorted(found, key=lambda pair: pair[0])]


def _is_compared(each: Entry) -> bool:
    return each.state != DROPPED and each.value["layer"] is not None and each.value["role"] == RESULT
