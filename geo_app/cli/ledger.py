"""Commands about the ledger: documents and report files taken in, their claims listed, confirmed, dropped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from geo_app.cli.claims import amount_of, claims, opened
from geo_app.cli.imports import ENCODING, FILE
from geo_app.cli.shared import json_option, locale_of, pass_landproof, pass_reading, print_json, print_table
from geo_app.i18n import N_, translate
from geo_app.services import Landproof, ledger, report_files
from geo_app.services.compared import Hint, hints
from geo_app.services.documents import notes_of, plain
from geo_app.services.entries import Document, Entry, document_in, documents_in
from geo_app.services.files import MEGABYTE
from geo_app.store.ledger import STATES
from geo_app.units import MEASURES

WHO = "command line"
REPORT = click.argument("report")
_LONGEST = 48  # characters of a quote in the table


@claims.command("add", short_help="Take a document or a report file into the ledger.")
@FILE
@ENCODING
@click.option("--id", "name", metavar="NAME", help="What the report is to be called: a-z, 0-9 and dashes.")
@click.option("--title", help="Its title; without it, guessed from the text.")
@click.option("--publisher", help="Who published it.")
@click.option("--published-on", metavar="DATE", help="When it was published, such as 2025-03-20.")
@click.option("--place", metavar="CODE", help="Boundary code of the place that its figures are about.")
@click.option("--from", "first", metavar="DATE", help="First day of the period of its figures.")
@click.option("--to", "last", metavar="DATE", help="Last day of that period.")
@json_option
@pass_landproof
def add(lp: Landproof, file: Path, encoding: str | None, name: str | None, as_json: bool, **told: str | None) -> None:
    """Keep FILE byte for byte, and propose the figures of its text; - is standard input.

    A FILE that ends in .toml is a report file, as `claims export` writes it and as data/reports/ holds them: it says
    what is known of its document, and its figures are confirmed.
    """
    about = _about(told)
    if file.suffix.lower() == report_files.SUFFIX and (about or encoding):
        raise click.UsageError("a report file says itself what is known of its document; only --id goes with it")
    with opened(file, locale_of(lp.settings)) as (source, filename):
        content = source.read(lp.settings.max_document_mb * MEGABYTE + 1)  # the services say what is too much
    if file.suffix.lower() == report_files.SUFFIX:
        report = report_files.receive(lp, content, filename, WHO, name=name)
    else:
        report = ledger.receive(lp, content, filename, WHO, encoding=encoding, about=about, name=name)
    found = document_in(lp.store.ledger, report)
    if as_json:
        return print_json(_document(found))
    text = N_("Stored as report {report}: {proposed} figures proposed, {confirmed} confirmed.")
    click.echo(translate(text, locale_of(lp.settings), report=report, **_counts(found)))


@claims.command("list", short_help="List the reports of the ledger, or the claims of one.")
@click.argument("report", required=False)
@json_option
@pass_reading
def list_(lp: Landproof, report: str | None, as_json: bool) -> None:
    """List the reports of the ledger, or with REPORT its claims in the order of its text, dropped ones too.

    Below them stands what the same figures are in other reports: said again, restated, a part of another, shrunk or
    doubled.
    """
    locale = locale_of(lp.settings)
    if report is None:
        found = documents_in(lp.store.ledger)
        if as_json:
            return print_json([_document(each) for each in found])
        return print_table(
            ["id", "title", "published", *STATES],
            [
                [each.id, each.about["title"][locale], each.about["published_on"], *_counts(each).values()]
                for each in found
            ],
        )
    document = document_in(lp.store.ledger, report)
    found_in_others = hints(lp, document)
    if as_json:
        claims = [_claim(each, locale) for each in document.entries]
        compared = [_hint(each, locale) for each in found_in_others]
        return print_json({**_document(document), "claims": claims, "comparisons": compared})
    print_table(
        ["", "state", "words", "number", "from", "up to", "of", "sure", "role", "period", "note"],
        [_row(lp, each, locale) for each in document.entries],
    )
    for hint in found_in_others:
        click.echo(f"{hint.number}: {hint.comparison.say(locale)}")


@claims.command("confirm", short_help="Confirm claims of a report.")
@REPORT
@click.argument("numbers", type=int, nargs=-1, metavar="[N]...")
@click.option("--sure", is_flag=True, help="All that are proposed and whose layer follows clearly from their words.")
@pass_landproof
def confirm(lp: Landproof, report: str, numbers: tuple[int, ...], sure: bool) -> None:
    """Confirm the claims of REPORT with the numbers N, as `claims list` gives them; they are reconciled at once."""
    if bool(numbers) == sure:
        raise click.UsageError("confirming needs either numbers of claims or --sure")
    lp.may_make = False
    count = ledger.confirm(lp, report, None if sure else numbers, WHO)
    click.echo(translate(N_("{count} figures confirmed."), locale_of(lp.settings), count=count))


@claims.command("drop", short_help="Drop a claim of a report.")
@REPORT
@click.argument("number", type=int, metavar="N")
@click.option("--why", default="", help="The reason, kept with the claim.")
@pass_landproof
def drop(lp: Landproof, report: str, number: int, why: str) -> None:
    """Drop claim N of REPORT; it stays listed, with the reason."""
    lp.may_make = False
    ledger.drop(lp, report, number, WHO, why)
    click.echo(translate(N_("Figure {number} dropped."), locale_of(lp.settings), number=number))


@claims.command("export", short_help="Write a report to a .toml file.")
@REPORT
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_reading
def export(lp: Landproof, report: str, file: Path) -> None:
    """Write the confirmed claims of REPORT to FILE, a report file as data/reports/ holds them."""
    report_files.export(lp, report, file)
    click.echo(translate(N_("Written: {file}"), locale_of(lp.settings), file=file))


def _about(told: Mapping[str, str | None]) -> dict[str, Any]:
    both = {key: {"en": told[key], "zh": told[key]} for key in ("title", "publisher") if told[key]}
    period = {"words": None, "first": told["first"], "last": told["last"]}
    plain = {key: told[key] for key in ("published_on", "place") if told[key]}
    return {**both, **plain, **({"period": period} if told["first"] or told["last"] else {})}


def _counts(found: Document) -> dict[str, int]:
    return {state: found.count(state) for state in STATES}


def _document(found: Document) -> dict[str, Any]:
    about = dict(found.about)
    period = about.pop("period")
    return {
        "id": found.id,
        **{name: about[name] for name in ("title", "publisher", "published_on", "place", "place_name", "language")},
        "period": period and {"from": period["first"], "to": period["last"]},
        "file": found.filename,
        "kind": found.kind,
        "sha256": found.sha256,
        **_counts(found),
    }


def _claim(each: Entry, locale: str) -> dict[str, Any]:
    value, (low, high) = each.value, each.interval
    return {
        "number": each.number,
        "state": each.state,
        **{name: value[name] for name in ("quote", "start", "end", "layer", "family", "printed")},
        "value": plain(each.amount),
        "unit": MEASURES[value["measure"]].unit,
        "qualifier": value["qualifier"],
        "low": plain(low),
        "high": None if high is None else plain(high),
        "period": value["period"],
        "role": value["role"],
        "confidence": value["confidence"],
        "note": notes_of(value["notes"], locale) or None,
        "why": value["why"] or each.why or None,
        "who": each.who,
    }


def _hint(each: Hint, locale: str) -> dict[str, Any]:
    other = each.other
    return {
        "number": each.number,
        "kind": each.comparison.kind,
        "report": other.report.id,
        "figure": other.at + 1,
        "printed": other.claim.printed,
        "value": plain(other.claim.reported),
        "unit": MEASURES[other.claim.measure].unit,
        "published_on": other.report.published_on.isoformat(),
        "period": other.period and [day.isoformat() for day in other.period],
        "message": each.comparison.say(locale),
    }


def _row(lp: Landproof, each: Entry, locale: str) -> list[str]:
    value, (low, high) = each.value, each.interval
    layer = value["layer"]
    period = value["period"] or {}
    words = value["quote"] if len(value["quote"]) <= _LONGEST else value["quote"][: _LONGEST - 1] + "…"
    days = " – ".join(period[name] for name in ("first", "last") if period.get(name))
    return [
        str(each.number),
        each.state,
        words,
        value["printed"],
        amount_of(low, value["measure"]),
        "" if high is None else amount_of(high, value["measure"]),
        lp.layers[layer].title[locale] if layer in lp.layers else f"({layer or value['family']})",
        f"{value['confidence']:.0%}",
        value["role"],
        period.get("words") or days,
        notes_of(value["notes"], locale),
    ]


COMMANDS = (claims,)
