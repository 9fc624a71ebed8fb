"""Published documents: their text, the figures in it, and what is said about each."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from geo_app.errors import Refused
from geo_app.extraction import figures as extraction
from geo_app.extraction.figures import Figure, Note
from geo_app.i18n import N_, number, translate
from geo_app.ingest import Document, read_document
from geo_app.services.files import MEGABYTE
from geo_app.services.landproof import Landproof
from geo_app.units import MEASURES

_CHUNK = 1 << 20
_AROUND = 8  # characters shown before a missing number
NOTES = {
    extraction.REPEAT: N_("Says again what figure {figure} says."),
    extraction.PART: N_("Is a part of figure {figure}."),
    extraction.PARTS_DIFFER: N_("Its parts add up to {sum} {unit} instead."),
    extraction.MIXED: N_("Several kinds stand before one number ({words}); the text does not divide it among them."),
    extraction.ORDERED: N_("The text says that it was ordered, not that it was done."),
    extraction.SHORT_TONS: N_("Taken as US short tons of 0.90718474 t."),
    extraction.RANGE: N_("The text gives a range; the value is its upper end."),
}


@dataclass(frozen=True)
class Extracted:
    """What was found in a document: its figures in order, and the places of units without a number."""

    document: Document
    figures: list[Figure]
    missing: list[tuple[int, int]]


def read(lp: Landproof, source: BinaryIO, name: str, encoding: str | None = None) -> Document:
    """Read the text of a document: plain text, HTML, DOCX or PDF.

    Parameters
    ----------
    source : binary stream
        Read up to the limit of the settings and no further.
    name : str
        What it is called, for the sentences.
    encoding : str, optional
        What a person has said; else it is told from the bytes.

    Raises
    ------
    Refused
        If it is too large, or nothing that can be read.
    AnswerNeeded
        If the encoding has to be named.
    """
    return _read(lp, source, name, encoding)


def read_pasted(lp: Landproof, text: str, name: str) -> Document:
    """Take pasted text as a document: always plain text, and refused for the same reasons as a file."""
    with tempfile.SpooledTemporaryFile(max_size=_CHUNK) as source:
        if len(text) > lp.settings.max_document_mb * MEGABYTE:
            raise _too_large(lp, name)
        source.write(text.encode("utf-8", "replace"))
        source.seek(0)
        return _read(lp, source, name, "utf-8", is_plain=True)  # type: ignore[arg-type]


def extract(lp: Landproof, document: Document) -> Extracted:
    """Find the figures in the text of a document."""
    text = document.text
    return Extracted(document, extraction.extract(text, lp.layers), extraction.missing_numbers(text))


def as_row(figure: Figure, locale: str) -> dict[str, Any]:
    """Give a figure as plain values; amounts of `low` and `high` in the canonical unit, null where open."""
    quantity, decision = figure.quantity, figure.decision
    low, high = quantity.interval
    return {
        "quote": figure.quote,
        "start": figure.start,
        "end": figure.end,
        "layer": decision.layer,
        "family": decision.family,
        "value": plain(quantity.value, None),
        "unit": quantity.unit,
        "canonical_value": plain(quantity.canonical),
        "canonical_unit": MEASURES[quantity.measure].unit,
        "qualifier": quantity.qualifier,
        "low": plain(low),
        "high": None if high is None else plain(high),
        "period": figure.period.words if figure.period else None,
        "role": decision.role,
        "confidence": decision.confidence,
        "note": note(figure, locale) or None,
    }


def plain(value: Fraction, decimals: int | None = 4) -> int | float:
    """Write a number for JSON: whole, rounded, or by None as exact as a float is.

    Examples
    --------
    >>> plain(Fraction(23, 2)), plain(Fraction(2000, 3)), plain(Fraction(5))
    (11.5, 666.6667, 5)
    """
    return int(value) if value.denominator == 1 else float(value if decimals is None else round(value, decimals))


def note(figure: Figure, locale: str) -> str:
    """Say in sentences what should be looked at about a figure; an empty text where there is nothing."""
    return ("" if locale == "zh" else " ").join(_said(each, locale) for each in figure.notes)


def notes_of(kept: Sequence[Sequence[Any]], locale: str) -> str:
    """Say the notes of a figure of the ledger, as it keeps them."""
    return ("" if locale == "zh" else " ").join(_said(Note(kind, values), locale) for kind, values in kept)


def missing_numbers_of(text: str, locale: str) -> list[str]:
    """Say where units of a text stand without their numbers."""
    return [missing_number(text, place, locale) for place in extraction.missing_numbers(text)]


def missing_number(text: str, place: tuple[int, int], locale: str) -> str:
    """Say where a unit stands without its number."""
    start, end = place
    words = " ".join(text[max(0, start - _AROUND) : end].split())
    template = N_(
        "At character {at}, “{words}” has a unit but no number. It is no figure; look for the number in the original."
    )
    return translate(template, locale, at=number(start + 1), words=words)


def _said(each: Note, locale: str) -> str:
    values = {
        name: number(value, 4).rstrip("0").rstrip(".") if isinstance(value, float) else value
        for name, value in each.values.items()
    }
    return translate(NOTES[each.kind], locale, **values)


def _read(lp: Landproof, source: BinaryIO, name: str, encoding: str | None, *, is_plain: bool = False) -> Document:
    limit, size = lp.settings.max_document_mb * MEGABYTE, 0
    with tempfile.TemporaryDirectory(prefix="landproof-") as folder:
        path = Path(folder) / "document"
        with path.open("wb") as target:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise _too_large(lp, name)
                target.write(chunk)
        return read_document(path, name=name, encoding=encoding, is_plain=is_plain)


def _too_large(lp: Landproof, name: str) -> Refused:
    return Refused(
        N_("{file} is larger than {limit} MB. Send the part that has the figures, or raise GEO_APP_MAX_DOCUMENT_MB."),
        file=name,
        limit=lp.settings.max_document_mb,
    )
