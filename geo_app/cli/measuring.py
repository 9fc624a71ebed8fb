"""The command that measures a file."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from geo_app.cli.imports import CRS, ENCODING, FILE, SUBLAYER
from geo_app.cli.shared import json_option, locale_of, pass_landproof, print_json
from geo_app.i18n import N_, number, percent, signed, square_metres, translate
from geo_app.ingest import Choices
from geo_app.methods import OF_A_FILE, Comparison
from geo_app.services import Landproof, measuring
from geo_app.services.telling import METHOD_WORDS, why

WIDTH = 18


@click.command("measure", short_help="Measure the areas in a file.")
@FILE
@CRS
@ENCODING
@SUBLAYER
@json_option
@pass_landproof
def measure(
    lp: Landproof, file: Path, crs: str | None, encoding: str | None, sublayer: str | None, as_json: bool
) -> None:
    """Measure each feature of FILE by each method, and say why the methods differ; stores nothing.

    Geodesic is the area of record. Beside it stand the area by the rule of the land surveys, that in
    the plane of the file's own system, and what the file declares.
    """
    choices = Choices(crs=crs, encoding=encoding, sublayer=sublayer)
    if as_json:
        return print_json(measuring.measure(lp, file, choices))
    rows, comparisons = measuring.compare(lp, file, choices)
    for line in (*_table(rows), "", *_explained(comparisons, locale_of(lp.settings))):
        click.echo(line)


def _table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield _line("index", OF_A_FILE)
    for row in rows:
        yield _line(str(row["index"]), [_written(value) for value in row["area_m2"].values()])
    columns = [[row["area_m2"][method] for row in rows if row["area_m2"][method] is not None] for method in OF_A_FILE]
    yield _line("m²", [_written(math.fsum(column) if column else None) for column in columns])


def _line(first: str, cells: Sequence[str]) -> str:
    return f"{first:>8}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)


def _written(value: float | None) -> str:
    return "" if value is None else number(value, 2)


def _explained(comparisons: Sequence[Comparison], locale: str) -> Iterator[str]:
    """Say of each method but that of record how far it is from it, and why."""
    for each in comparisons[1:]:
        reasons = why(each, locale)
        word = translate(METHOD_WORDS[each.method], locale)
        if each.sites:
            values = {"method": word, "n": number(each.sites), "difference": _difference(each, locale), "why": reasons}
            yield translate(N_("{method} ({n}): {difference}. {why}"), locale, **values).rstrip()
        elif reasons:
            yield f"{word}: {reasons}"


def _difference(each: Comparison, locale: str) -> str:
    area, share = signed(square_metres(each.difference_m2, locale)), percent(each.share)
    return area if share == "0%" else f"{area} ({signed(share)})"


COMMANDS = (measure,)
