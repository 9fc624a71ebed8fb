"""Commands that answer: layers, reports, totals, reconcile, export."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from geo_app.cli.shared import json_option, locale_of, note_synthetic, pass_reading, print_json, print_table
from geo_app.i18n import N_, number, translate
from geo_app.methods import ByMethod
from geo_app.model import Verdict
from geo_app.services import Landproof, bridge_exports, exports
from geo_app.services import figures as service
from geo_app.services.net_methods import totals_by_methods
from geo_app.services.telling import by_method
from geo_app.totals import GROUPS, Total
from geo_app.units import MEASURES, MU, from_parts


@click.command("layers", short_help="List the layers.")
@json_option
@pass_reading
def layers(lp: Landproof, as_json: bool) -> None:
    """List the layers: what is measured, and by what."""
    rows = [
        {
            "id": layer.id,
            "title": {"en": layer.title.en, "zh": layer.title.zh},
            "family": layer.family,
            "measure": layer.measure,
            "unit": MEASURES[layer.measure].unit,
            "geometry": list(layer.geometry),
        }
        for layer in lp.layers.values()
    ]
    if as_json:
        return print_json(rows)
    locale = locale_of(lp.settings)
    print_table(
        ["id", "title", "measure", "unit"],
        [[r["id"], lp.layers[str(r["id"])].title[locale], r["measure"], r["unit"]] for r in rows],
    )


@click.command("reports", short_help="List the reports.")
@json_option
@pass_reading
def reports(lp: Landproof, as_json: bool) -> None:
    """List the published documents whose figures are known."""
    rows = [
        {
            "id": report.id,
            "title": {"en": report.title.en, "zh": report.title.zh},
            "publisher": {"en": report.publisher.en, "zh": report.publisher.zh},
            "published_on": report.published_on.isoformat(),
            "place": report.place,
            "period": [day.isoformat() for day in report.period] if report.period else None,
            "claims": len(report.claims),
        }
        for report in lp.reports.values()
    ]
    if as_json:
        return print_json(rows)
    locale = locale_of(lp.settings)
    print_table(
        ["id", "title", "published", "figures"],
        [[r["id"], lp.reports[str(r["id"])].title[locale], r["published_on"], str(r["claims"])] for r in rows],
    )


@click.command("totals", short_help="Add up the sites.")
@click.option("--layer", metavar="ID", help="Only this layer.")
@click.option("--by", type=click.Choice(GROUPS), help="One line for each district, year of completion, or status.")
@click.option("--as-of", type=int, metavar="UPLOAD", help="The state just after this upload was accepted.")
@json_option
@pass_reading
def totals(lp: Landproof, layer: str | None, by: str | None, as_of: int | None, as_json: bool) -> None:
    """Add up the sites: gross as drawn or written, net as counted once and within the rules."""
    lines = service.totals(lp, layer, by, as_of=as_of)
    note_synthetic(lp)
    if as_json:
        if as_of is not None:
            return print_json([_total(lp, line, by) for line in lines])
        found = {each: totals_by_methods(lp, lp.layers[each], by) for each in {line.layer for line in lines}}
        return print_json([_total(lp, line, by) | _by_methods(found[line.layer], line) for line in lines])
    rows = [
        [
            line.layer,
            *([_key(lp, line, by)] if by else []),
            _amount(line.gross, lp, line),
            _amount(line.net, lp, line),
            str(line.sites),
        ]
        for line in lines
        if line.sites or layer
    ]
    print_table(["layer", *([by] if by else []), "gross", "net", "sites"], rows)


@click.command("reconcile", short_help="Hold a report's figures against the sites.")
@click.argument("report")
@json_option
@pass_reading
def reconcile(lp: Landproof, report: str, as_json: bool) -> None:
    """Hold every figure of REPORT against the net total of its layer."""
    verdicts = service.reconcile(lp, report)
    note_synthetic(lp)
    if as_json:
        return print_json([_verdict(each) for each in verdicts])
    locale = locale_of(lp.settings)
    rows = []
    for each in verdicts:
        layer = lp.layers[each.claim.layer]
        net = _written(from_parts(each.net, layer.measure), layer.measure)
        gap = _written(each.gap, layer.measure) if each.word in ("short", "over") else ""
        rows.append([layer.title[locale], each.claim.printed, net, translate(each.word, locale), gap])
    print_table(["figure", "printed", "net", "verdict", "gap"], rows)


@click.command("export", short_help="Write totals, sites or findings to a file.")
@click.argument("what", type=click.Choice(list(exports.SUFFIXES)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--layer", metavar="ID", help="Only this layer.")
@click.option("--by", type=click.Choice(GROUPS), help="Group the totals.")
@click.option("--upload", type=int, metavar="NUMBER", help="The upload whose rows were left out; with left-out only.")
@click.option("--figure", metavar="REPORT/NUMBER", help="A figure by its place in its report; with bridge only.")
@pass_reading
def export(
    lp: Landproof, what: str, file: Path, layer: str | None, by: str | None, upload: int | None, figure: str | None
) -> None:
    """Write totals, sites, rows left out or a figure's bridge to FILE.

    Its ending says how: .csv and .xlsx can all be, sites .geojson and .gpkg too, a bridge .json too.

    Findings are written as .csv, .xlsx or .geojson, those of every state.

    The rows that were left out of an upload stand in FILE as they came, each with its number, the reason
    and what to do, to be handed back to whoever sent them. A bridge has each step from gross to net, and
    the sites behind it.
    """
    if (what == "left-out") != (upload is not None):
        raise click.UsageError("left-out, and nothing else, needs --upload NUMBER")
    report, _, number = (figure or "").rpartition("/")
    if (what == "bridge") != (figure is not None) or (figure is not None and not (report and number.isdecimal())):
        raise click.UsageError("bridge, and nothing else, needs --figure REPORT/NUMBER, such as haixi-2025/10")
    if layer:
        lp.layers.find(layer)
    if figure is not None:
        exports.save(bridge_exports.bridge_table(lp, file.suffix, report, int(number)), file)
    else:
        exports.write(lp, what, file, layer=layer, by=by, upload=upload, locale=locale_of(lp.settings))
    note_synthetic(lp)
    click.echo(translate(N_("Written: {file}"), locale_of(lp.settings), file=file))


def _total(lp: Landproof, line: Total, by: str | None) -> dict[str, Any]:
    measure = lp.layers[line.layer].measure
    return {
        "layer": line.layer,
        **({by: line.key} if by else {}),
        "unit": MEASURES[measure].unit,
        "gross": float(from_parts(line.gross, measure)),
        "net": float(from_parts(line.net, measure)),
        "sites": line.sites,
        "counted_sites": line.counted_sites,
        "missing": line.missing,
        "place": lp.place,
        "boundaries": {"id": lp.districts.id, "version": lp.districts.version, "accuracy_m": lp.districts.accuracy_m},
    }


def _by_methods(found: Mapping[str | None, ByMethod], line: Total) -> dict[str, Any]:
    """Give the net of a total by each method; nothing where it is no area."""
    if not found:
        return {}
    total = found.get(line.key, ByMethod())
    return {"net_by_methods": by_method(total.comparisons), "not_measured": total.unmeasured}


def _verdict(each: Verdict) -> dict[str, Any]:
    claim = each.claim
    return {
        "layer": claim.layer,
        "printed": claim.printed,
        "unit": MEASURES[claim.measure].unit,
        "low": float(claim.low),
        "reported": float(claim.reported),
        "high": None if claim.high is None else float(claim.high),
        "gross": float(from_parts(each.gross, claim.measure)),
        "net": float(from_parts(each.net, claim.measure)),
        "difference": float(each.difference),
        "gap": float(each.gap),
        "verdict": each.word,
        "bridge": [
            {"step": step.name, "amount": float(from_parts(step.amount, claim.measure)), "sites": step.sites}
            for step in each.steps
        ],
    }


def _key(lp: Landproof, line: Total, by: str | None) -> str:
    name = lp.districts.names.get(line.key or "") if by == "district" else None
    return name[locale_of(lp.settings)] if name else line.key or "?"


def _amount(parts: int, lp: Landproof, line: Total) -> str:
    measure = lp.layers[line.layer].measure
    return _written(from_parts(parts, measure), measure)


def _written(value: Any, measure: str) -> str:
    """Write an amount for the terminal: areas in mu, all else in the canonical unit."""
    if measure == "area":
        return f"{number(value / MU, 2)} mu"
    if measure == "count":
        return number(value)
    return f"{number(value, 2)} {MEASURES[measure].unit}"


COMMANDS = (layers, reports, totals, reconcile, export)
