"""What all commands share: the user's language, plain JSON, and the notice on synthetic data."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo_app.errors import GeoAppError
from geo_app.i18n import N_, translate
from geo_app.services import Landproof
from geo_app.services.findings import failures_told
from geo_app.services.telling import say as tell
from geo_app.settings import Settings

_NUMBERS = ("gross", "net", "gap", "sites", "figures")  # columns that stand to the right


@dataclass(frozen=True)
class Terminal:
    """What a command gets: the installation, and how to make the web application."""

    landproof: Landproof
    make_app: Callable[[Settings], Any]


def pass_landproof(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the installation as its first argument."""

    @click.pass_obj
    def called(terminal: Terminal, /, *args: Any, **kwargs: Any) -> None:
        command(terminal.landproof, *args, **kwargs)

    return update_wrapper(called, command)


def pass_reading(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that only reads the installation; it makes no instance where there is none."""

    @click.pass_obj
    def called(terminal: Terminal, /, *args: Any, **kwargs: Any) -> None:
        terminal.landproof.may_make = False
        command(terminal.landproof, *args, **kwargs)

    return update_wrapper(called, command)


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: plain numbers, the unit in its own key."
)


def locale_of(settings: Settings | None = None) -> str:
    """Return the language to speak: the setting, else the terminal's."""
    chosen = (settings.language if settings else os.environ.get("GEO_APP_LANGUAGE", "")) or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "zh" if chosen.lower().startswith("zh") else "en"


def sentence(error: GeoAppError, locale: str) -> str:
    """Write an error's sentence in a language; where a rule is its reason, that as well."""
    values = dict(error.values)
    if "rule" in values and "why" in values:
        values["why"] = tell(str(values["rule"]), values, locale)
    return translate(error.template, locale, **values)


def say(error: GeoAppError) -> None:
    """Print an error's sentence on standard error, and where the rows are that it is about."""
    click.echo(sentence(error, locale_of()), err=True)
    if error.known.get("rejected") and "upload" in error.known:
        click.echo(hand_back(error.known["upload"], locale_of()), err=True)


def hand_back(upload: int, locale: str) -> str:
    """Say how to get the rows that were left out of an upload."""
    text = N_(
        "The rows left out, with their reasons, as .xlsx or .csv: landproof export left-out FILE --upload {upload}"
    )
    return translate(text, locale, upload=upload)


def print_json(value: object) -> None:
    """Print a value as JSON; NaN is a fault and never printed."""
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not is_unicode, indent=1, allow_nan=False))


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; nothing in a cell is taken for markup or moves the cursor."""
    table = Table(box=None, pad_edge=False)
    for name in header:
        table.add_column(name, justify="right" if name in _NUMBERS else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text("".join(each if each.isprintable() else " " for each in str(cell))) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = 1000  # a file or a pipe has no edge to wrap at
    console.print(table)


def note_failures(lp: Landproof, layer: str | None = None) -> None:
    """Say on standard error which rules could not look at a layer, or at any."""
    for text, values in failures_told(lp, locale_of(lp.settings), layer):
        click.echo(translate(text, locale_of(lp.settings), **values), err=True)


def note_synthetic(lp: Landproof) -> None:
    """Say on standard error that the sites are synthetic, where they are."""
    if lp.demonstration:
        text = (
            N_("Demonstration: all sites are synthetic; no geometry was published with the report.")
            if lp.only_synthetic
            else N_("Demonstration: the sites are synthetic, but for those of your own uploads.")
        )
        click.echo(translate(text, locale_of(lp.settings)), err=True)
