"""Documents of the ledger with their claims as they are now, and the reports that they make."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from geo_app.extraction.deciding import RESULT, SURE
from geo_app.model import Claim, Report, Text
from geo_app.store.ledger import CONFIRMED, DOCUMENT, PROPOSED, Ledger


@dataclass(frozen=True)
class Entry:
    """One claim of a document as it is now.

    Attributes
    ----------
    number : int
        Of the claim in its document; never given twice.
    state : str
        ``proposed``, ``confirmed`` or ``dropped``.
    value : mapping
        See `value_of`.
    seq : int
        The last act about it.
    """

    number: int
    state: str
    value: Mapping[str, Any]
    who: str
    why: str
    at: str
    seq: int

    @property
    def is_sure(self) -> bool:
        """Whether it is a result whose layer follows clearly from its words."""
        value = self.value
        return value["confidence"] >= SURE and value["layer"] is not None and value["role"] == RESULT

    @property
    def amount(self) -> Fraction:
        """Its value, canonical units."""
        return Fraction(self.value["value"])

    @property
    def interval(self) -> tuple[Fraction, Fraction | None]:
        """What its words mean, canonical units."""
        high = self.value["high"]
        return Fraction(self.value["low"]), None if high is None else Fraction(high)


@dataclass(frozen=True)
class Document:
    """A document of the ledger with its text, what is known about it, and its claims in the order of the text."""

    id: str
    filename: str
    kind: str
    sha256: str
    text: str
    about: Mapping[str, Any]
    entries: tuple[Entry, ...]
    seq: int

    def count(self, state: str) -> int:
        """Count the claims in a state."""
        return sum(each.state == state for each in self.entries)

    @property
    def sure(self) -> list[Entry]:
        """The claims that are proposed and sure."""
        return [each for each in self.entries if each.state == PROPOSED and each.is_sure]

    def entry(self, number: int | None) -> Entry | None:
        """Return one of its claims; None where it has none of that number."""
        return next((each for each in self.entries if each.number == number), None)


def document_in(ledger: Ledger, document_id: str) -> Document:
    """Return a document with its claims in the order of the text.

    Raises
    ------
    NotFound
        If the ledger has none of that id.
    """
    row = ledger.find(document_id)
    rows = ledger.claims(document_id)
    about = next(each.value for each in rows if each.claim == DOCUMENT)
    entries = sorted((entry_of(each) for each in rows if each.claim != DOCUMENT), key=lambda each: place_of(each.value))
    seq = max(each.seq for each in rows)
    return Document(row.id, row.filename, row.kind, row.sha256, row.text, about, tuple(entries), seq)


def documents_in(ledger: Ledger) -> list[Document]:
    """Return every document, the newest first, without its text."""
    claims: dict[str, list[Any]] = {}
    for row in ledger.claims():
        claims.setdefault(row.document_id, []).append(row)
    found = []
    for row in ledger.documents():
        own = claims[row.id]
        about = next(each.value for each in own if each.claim == DOCUMENT)
        entries = tuple(entry_of(each) for each in own if each.claim != DOCUMENT)
        found.append(Document(row.id, row.filename, row.kind, row.sha256, "", about, entries, max(e.seq for e in own)))
    return found


def reports_in(ledger: Ledger) -> dict[str, Report]:
    """Return the documents of the ledger as reports, by id: of each the confirmed results that have a layer."""
    return {each.id: report_of(each) for each in documents_in(ledger) if any(counts(claim) for claim in each.entries)}


def report_of(found: Document, entries: Sequence[Entry] | None = None) -> Report:
    """Return a document as a report, with its confirmed results or with other claims of layers, in their order."""
    about, published_on = found.about, dt.date.fromisoformat(found.about["published_on"])
    if entries is None:
        entries = sorted(filter(counts, found.entries), key=lambda each: place_of(each.value))
    return Report(
        id=found.id,
        title=Text(**about["title"]),
        publisher=Text(**about["publisher"]),
        published_on=published_on,
        place=about["place"],
        place_name=Text(**about["place_name"]),
        period=days_of(about["period"], published_on),
        language=about["language"],
        claims=tuple(claim_of(each, published_on) for each in entries),
        sha256=about.get("sha256", found.sha256),  # a report file says that of the document it is about
    )


def counts(each: Entry) -> bool:
    """Tell whether a claim is held against sites: it is a confirmed result of a layer."""
    return each.state == CONFIRMED and each.value["layer"] is not None and each.value["role"] == RESULT


def claim_of(each: Entry, published_on: dt.date) -> Claim:
    """Return a claim of the ledger as a report of a day has it."""
    value = each.value
    low, high = each.interval
    return Claim(
        layer=value["layer"],
        printed=value["printed"],
        measure=value["measure"],
        reported=Fraction(value["value"]),
        low=low,
        high=high,
        unit_word=value["unit"],
        quote=_quote_of(value),
        qualifier=value["qualifier"],
        period=days_of(value["period"], published_on),
        why=value["why"],
    )


def _quote_of(value: Mapping[str, Any]) -> str:
    """Give the words around a figure; none where they are but the figure, or do not hold it once as it now is."""
    quote, printed = value["quote"], value["printed"]
    return quote if quote != printed and quote.count(printed) == 1 else ""


def entry_of(row: Any) -> Entry:
    """Return a row of the store as a claim."""
    return Entry(row.claim, row.state, row.value, row.who, row.why, row.at, row.seq)


def place_of(value: Mapping[str, Any]) -> tuple[int, int]:
    """Give what claims are sorted by: where their numbers stand in the text."""
    return value["number_start"], value["start"]


def days_of(period: Mapping[str, str | None] | None, published_on: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of a period; None where it names neither.

    One that names no beginning, as in 截至2023年底, begins with the calendar; one that names no end goes on to
    the day of its report.
    """
    if not period or not (period["first"] or period["last"]):
        return None
    first = dt.date.fromisoformat(period["first"]) if period["first"] else dt.date.min
    last = dt.date.fromisoformat(period["last"]) if period["last"] else published_on
    return first, max(first, last)
