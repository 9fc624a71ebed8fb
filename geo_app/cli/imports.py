"""Commands that read files: import and measure."""

import hashlib
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from geo_app.cli.shared import json_option, locale_of, note_synthetic, pass_landproof, print_json, sentence
from geo_app.errors import AnswerNeeded, GeoAppError
from geo_app.i18n import N_, translate
from geo_app.ingest import Choices, Reading
from geo_app.layers import Layer
from geo_app.model import STATUSES
from geo_app.rules import RULES
from geo_app.services import Landproof, measuring, uploads
from geo_app.services.files import open_local
from geo_app.units import MEASURES, from_parts

FILE = click.argument("file", type=click.Path(path_type=Path))
CRS = click.option("--crs", metavar="EPSG:n", help="The file's coordinate reference system, where it does not say.")
ENCODING = click.option("--encoding", metavar="NAME", help="The text encoding, e.g. gb18030 or utf-8.")
SUBLAYER = click.option("--sublayer", metavar="NAME|all", help="Which layer, table or sheet of the file.")


def _columns(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(each.split("=", 1) for each in given if "=" in each)
    if len(pairs) < len(given):
        raise click.BadParameter("expected ours=theirs, e.g. code=图斑编号")
    return pairs


@click.command("import", short_help="Bring a file of sites in.")
@FILE
@click.option("--layer", "layer_id", required=True, metavar="ID", help="The layer that the sites belong to.")
@CRS
@ENCODING
@SUBLAYER
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ours=theirs",
    callback=_columns,
    help="Which of the file's columns is which of ours.",
)
@click.option(
    "--status", type=click.Choice(STATUSES), help="The status of all rows, where the file has no such column."
)
@click.option(
    "--mode",
    type=click.Choice(uploads.MODES),
    default="merge",
    show_default=True,
    help="Known codes become new versions (merge), the layer becomes the file (replace), or all is new (add).",
)
@click.option("--accept", is_flag=True, help="Accept what the preview proposes.")
@click.option("--dry-run", is_flag=True, help="Read and show, store nothing.")
@json_option
@pass_landproof
def import_(
    lp: Landproof,
    file: Path,
    layer_id: str,
    crs: str | None,
    encoding: str | None,
    sublayer: str | None,
    columns: dict[str, str],
    status: str | None,
    mode: str,
    accept: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read FILE, show what is in it, and store its sites when accepted.

    Formats: zipped shapefile (or a bare .shp with its parts), GeoPackage, zipped file geodatabase,
    GeoJSON, KML, KMZ, GeoParquet, CSV and XLSX.
    """
    layer = lp.layers.find(layer_id)
    choices = Choices(crs=crs, encoding=encoding, sublayer=sublayer, columns=columns, status=status)
    known = {"file": file.name, "sha256": _sha256(file), "layer": layer.id}
    try:
        if dry_run:
            outcome = known | _reading(uploads.look(lp, file, layer.id, choices), layer)
        else:
            outcome = known | _stored(lp, file, layer, choices, mode=mode, accept=accept)
    except GeoAppError as error:
        if as_json:
            print_json(known | _failure(lp, error))
        raise
    print_json(outcome) if as_json else _show(lp, outcome)
    if outcome["status"] == "ready" and not dry_run:
        raise AnswerNeeded(
            N_("Upload {upload} is read and waits. Accept it on its page, or give {option}."),
            needs="confirmation",
            option="--accept",
            upload=outcome["upload"],
        )


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
    """Measure each feature of FILE: geodesic, in the file's own plane, and as declared; stores nothing."""
    choices = Choices(crs=crs, encoding=encoding, sublayer=sublayer)
    rows = measuring.measure(lp, file, choices)
    if as_json:
        return print_json(rows)
    for row in rows:
        click.echo(
            "\t".join([str(row["index"]), *("" if each is None else f"{each:.2f}" for each in row["area_m2"].values())])
        )


def _stored(lp: Landproof, file: Path, layer: Layer, choices: Choices, *, mode: str, accept: bool) -> dict[str, Any]:
    with open_local(file) as (source, name):
        upload = uploads.receive(lp, source, name, layer.id, "command line", choices=choices, mode=mode)
    if upload.state == "accepted":
        return _upload(lp, upload) | {"known": True}
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(file.name, total=1.0)
        upload = uploads.read(lp, upload.id, lambda share: bar.update(task, completed=share))
        if accept or _confirmed(lp, upload):
            uploads.accept(lp, upload.id, "command line")
    return _upload(lp, uploads.find(lp, upload.id))


def _confirmed(lp: Landproof, upload: Any) -> bool:
    if not sys.stdin.isatty():
        return False
    text = N_("{accepted} of {records} records will be stored. Accept?")
    return click.confirm(
        translate(text, locale_of(lp.settings), accepted=upload.accepted, records=upload.records), err=True
    )


def _reading(reading: Reading, layer: Layer) -> dict[str, Any]:
    return {
        "format": reading.format,
        "status": "ready",
        "records": reading.records,
        "accepted": reading.accepted,
        "rejected": len(reading.rejected),
        "rejections": [_remark(each.rule, each.record, each.values) for each in reading.rejected],
        "crs": reading.crs,
        "crs_source": reading.crs_source,
        "encoding": reading.encoding,
        "encoding_source": reading.encoding_source,
        "columns": {column.ours: column.name for column in reading.columns if column.ours},
        "units": {column.ours: column.unit for column in reading.columns if column.ours and column.unit},
        "findings": [_remark(each.rule, each.record, each.values) for each in reading.findings],
        "total": float(from_parts(reading.total, layer.measure)),
        "unit": MEASURES[layer.measure].unit,
    }


def _upload(lp: Landproof, upload: Any) -> dict[str, Any]:
    measure = lp.layers[upload.layer].measure
    plain = ("format", "records", "accepted", "rejected", "crs", "crs_source", "encoding", "encoding_source")
    columns = upload.columns or []
    notes = {kind: lp.store.uploads.remarks(upload.id, kind) for kind in ("rejection", "finding")}
    listed = {
        kind: [_remark(row.rule, row.record, row._mapping["values"]) for row in rows] for kind, rows in notes.items()
    }
    return {
        "upload": upload.id,
        "status": upload.state,
        **{name: getattr(upload, name) for name in plain},
        "rejections": listed["rejection"],
        "columns": {column["ours"]: column["name"] for column in columns if column["ours"]},
        "units": {column["ours"]: column["unit"] for column in columns if column["ours"] and column["unit"]},
        "findings": listed["finding"],
        "total": float(from_parts(upload.total, measure)),
        "unit": MEASURES[measure].unit,
        "difference": {name: upload.effect[name] for name in ("added", "changed", "unchanged", "missing")},
    }


def _remark(rule: str, record: int | None, values: dict[str, Any]) -> dict[str, Any]:
    known = RULES[rule]
    text = known.template.format(**values)
    return {"rule": rule, "severity": known.severity, "record": record, "message": text}


def _failure(lp: Landproof, error: GeoAppError) -> dict[str, Any]:
    told = {"reason": sentence(error, locale_of(lp.settings))}
    if isinstance(error, AnswerNeeded):
        return {
            "status": "needs_input",
            "needs": [error.needs],
            "option": error.option,
            "choices": list(error.choices),
            **told,
        }
    return {"status": "refused", **told}


def _show(lp: Landproof, outcome: dict[str, Any]) -> None:
    locale = locale_of(lp.settings)
    summary = N_(
        "{file}: {records} records = {accepted} accepted + {rejected} left out; {total} {unit}; {crs}; {encoding}."
    )
    click.echo(translate(summary, locale, **{**outcome, "total": f"{outcome['total']:,.2f}"}))
    for name in ("rejections", "findings"):
        for each in outcome[name][:20]:
            where = f"#{each['record']} " if each["record"] else ""
            click.echo(f"  {each['severity']}: {where}{each['message']}")
        if len(outcome[name]) > 20:
            click.echo(translate(N_("  … and {count} more."), locale, count=len(outcome[name]) - 20))
    if outcome["status"] == "accepted":
        again = N_("The same file was accepted before, as upload {upload}; nothing was added.")
        text = again if outcome.get("known") else N_("Stored as upload {upload}.")
        click.echo(translate(text, locale, upload=outcome["upload"]))
        note_synthetic(lp)


def _sha256(file: Path) -> str | None:
    if not file.is_file():
        return None
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


COMMANDS = (import_, measure)
