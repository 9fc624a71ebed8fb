"""Commands about claims: the figures of published documents."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import click

from geo_app.cli.imports import ENCODING, FILE
from geo_app.cli.shared import json_option, locale_of, pass_reading, print_json, print_table
from geo_app.extraction.figures import Figure
from geo_app.i18n import N_, number, translate
from geo_app.services import Landproof, documents
from geo_app.services.documents import Extracted
from geo_app.services.files import open_local
from geo_app.services.telling import say
from geo_app.units import MEASURES, MU

_LONGEST = 48  # characters of a quote in the table


@click.group("claims", short_help="Find the figures of a published document.")
def claims() -> None:
    """Work with claims: the figures of published documents."""


@claims.command("extract", short_help="Find the figures in a document.")
@FILE
@ENCODING
@json_option
@pass_reading
def extract(lp: Landproof, file: Path, encoding: str | None, as_json: bool) -> None:
    """Find every figure in FILE, or in standard input where FILE is -, and store nothing.

    FILE is plain text, HTML, DOCX or PDF with text. Each figure is told with its words, unit, qualifier, the
    interval that its printed digits mean, its period, and the layer or family it seems to be of.
    """
    locale = locale_of(lp.settings)
    with opened(file, locale) as (source, name):
        document = documents.read(lp, source, name, encoding)
    found = documents.extract(lp, document)
    for line in _remarks(found, name, locale):
        click.echo(line, err=True)
    if as_json:
        return print_json([documents.as_row(each, locale) for each in found.figures])
    if found.figures:
        print_table(
            ["", "words", "number", "from", "up to", "of", "sure", "role", "period", "note"],
            [_row(lp, at, each, locale) for at, each in enumerate(found.figures, 1)],
        )


@contextmanager
def opened(file: Path, locale: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a document and give its name; - is standard input."""
    if str(file) == "-":
        yield sys.stdin.buffer, translate(N_("standard input"), locale)
        return
    with open_local(file) as opened:
        yield opened


def _remarks(found: Extracted, name: str, locale: str) -> Iterator[str]:
    """Say what should be known of the whole document."""
    for each in found.document.findings:
        yield " ".join(say(each.rule, each.values, locale, part) for part in ("template", "cure"))
    for place in found.missing:
        yield documents.missing_number(found.document.text, place, locale)
    if not found.figures:
        text = N_(
            "No figures were found in {file}: no number in it stands with a unit of what was restored or cleared."
        )
        yield translate(text, locale, file=name)


def _row(lp: Landproof, at: int, figure: Figure, locale: str) -> list[str]:
    quantity, decision = figure.quantity, figure.decision
    low, high = quantity.interval
    layer = lp.layers[decision.layer].title[locale] if decision.layer else f"({decision.family})"
    words = figure.quote if len(figure.quote) <= _LONGEST else figure.quote[: _LONGEST - 1] + "…"
    return [
        str(at),
        words,
        quantity.printed,
        amount_of(low, quantity.measure),
        "" if high is None else amount_of(high, quantity.measure),
        layer,
        f"{decision.confidence:.0%}",
        decision.role,
        figure.period.words if figure.period else "",
        documents.note(figure, locale),
    ]


def amount_of(value: Fraction, measure: str) -> str:
    """Write an amount for the terminal: areas in mu, all else in the canonical unit."""
    unit = "mu" if measure == "area" else "" if measure == "count" else MEASURES[measure].unit
    shown = value / MU if measure == "area" else value
    written = number(shown) if shown.denominator == 1 else number(shown, 4).rstrip("0").rstrip(".")
    return f"{written} {unit}".strip()
