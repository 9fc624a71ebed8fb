"""The command that brings files in."""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from geo_app.cli import outcomes
from geo_app.cli.shared import (
    hand_back,
    json_option,
    locale_of,
    note_failures,
    note_synthetic,
    pass_landproof,
    print_json,
    say,
)
from geo_app.errors import AlreadyAccepted, AnswerNeeded, GeoAppError, Stale, StoreFailed, disk_failed
from geo_app.i18n import N_, translate
from geo_app.ingest import ALL, SHIFTS, Choices
from geo_app.layers import Layer
from geo_app.model import STATUSES
from geo_app.services import Landproof, keeping, reviews, uploads
from geo_app.services.files import open_local
from geo_app.services.numbered import SAME

FILE = click.argument("file", type=click.Path(path_type=Path))
CRS = click.option("--crs", metavar="EPSG:n", help="The file's coordinate reference system, where it does not say.")
ENCODING = click.option("--encoding", metavar="NAME", help="The text encoding, e.g. gb18030 or utf-8.")
SHIFT = click.option(
    "--shift", type=click.Choice(SHIFTS), help="Take the shift of Chinese map services out of the coordinates."
)
SUBLAYER = click.option("--sublayer", metavar="NAME|all", help="Which layer, table or sheet of the file.")


_CHANGES = N_("{added} sites new, {changed} with a new version, {unchanged} unchanged, {missing} not in the file.")


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
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="ours=unit",
    callback=_columns,
    help="The unit of a column of ours, e.g. quantity=kg or declared_area=亩.",
)
@SHIFT
@click.option("--accept", is_flag=True, help="Accept what the preview proposes, and every proposal on the way there.")
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
    units: dict[str, str],
    shift: str | None,
    accept: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read FILE, show what is in it, and store its sites when accepted.

    Formats: zipped shapefile (or a bare .shp with its parts), GeoPackage, zipped file geodatabase,
    GeoJSON, KML, KMZ, GeoParquet, CSV and XLSX.
    """
    choices = Choices(
        *(crs, encoding, sublayer, columns, status),
        units=units,
        shift=shift,
        confirmed=(*([ALL] if accept else []), *([SAME] if columns.get("code") else [])),
    )
    known: dict[str, Any] = {"file": _plain(file.name), "layer": layer_id}
    layer = None
    try:
        layer = lp.layers.find(layer_id)
        known["sha256"] = _sha256(file)
        if dry_run:
            told = outcomes.of_reading(lp, uploads.look(lp, file, layer.id, choices, mode), layer)
        else:
            told = _stored(lp, file, layer, choices, mode=mode, accept=accept)
    except (GeoAppError, OSError) as error:
        if as_json:
            failed = error if isinstance(error, GeoAppError) else disk_failed(error)
            print_json(outcomes.outcome(known, outcomes.of_failure(lp, failed, layer)))
        raise
    need = _waits(told["upload"]) if told["status"] == "ready" and not dry_run else None
    found = outcomes.outcome(known, told | (outcomes.asked(lp, need) if need else {}))
    print_json(found) if as_json else _show(lp, found)
    if need:
        raise need


def _waits(upload: int) -> AnswerNeeded:
    """Ask for a yes to what was read into the store and waits there."""
    return AnswerNeeded(
        N_("Upload {upload} is read and waits. Accept it on its page, or give {option}."),
        needs="confirmation",
        option="--accept",
        choices=(ALL,),
        upload=upload,
    )


def _stored(lp: Landproof, file: Path, layer: Layer, choices: Choices, *, mode: str, accept: bool) -> dict[str, Any]:
    for each in keeping.settle(lp):
        say(each)
    keeping.sweep(lp)
    with _progress() as bar, open_local(file) as (source, name):
        task = bar.add_task(name, total=os.fstat(source.fileno()).st_size)
        upload = uploads.receive(
            *(lp, source, name, layer.id, "command line"),
            choices=choices,
            mode=mode,
            progress=lambda size: bar.update(task, completed=size),
        )
    if upload.state == "accepted":
        _go_over(lp, layer.id, upload.id)  # what was accepted may not have been gone over
        return outcomes.of_upload(lp, upload) | {"known": True}
    while True:
        upload = _read(lp, upload.id, file.name)
        if not accept and not _confirmed(lp, upload):
            return outcomes.of_upload(lp, upload)
        try:
            return _accepted(lp, upload.id)
        except Stale as stale:
            say(stale)


def _go_over(lp: Landproof, layer: str, upload_id: int) -> None:
    """Let the rules look at a layer; whatever becomes of that, the upload counts, and is said to."""
    if reviews.catch_up(lp, layer):
        return
    text = N_("Upload {upload} is stored and counts, but not every rule could look at its layer: see the findings.")
    click.echo(translate(text, locale_of(lp.settings), upload=upload_id), err=True)
    note_failures(lp, layer)


def _read(lp: Landproof, upload_id: int, name: str) -> Any:
    with _progress() as bar:
        task = bar.add_task(name, total=1.0)
        try:
            return uploads.read(lp, upload_id, lambda share: bar.update(task, completed=share))
        except GeoAppError as error:
            error.known |= {"upload": upload_id}
            raise


def _accepted(lp: Landproof, upload_id: int) -> dict[str, Any]:
    try:
        uploads.accept(lp, upload_id, "command line")
    except AlreadyAccepted as already:
        return outcomes.of_upload(lp, uploads.find(lp, already.first)) | {"known": True}
    _go_over(lp, uploads.find(lp, upload_id).layer, upload_id)
    try:
        return outcomes.of_upload(lp, uploads.find(lp, upload_id))
    except StoreFailed as failed:
        raise StoreFailed(
            N_("Upload {upload} is stored and counts, but the disk fails now ({found}). See to the disk."),
            why=failed.why,
            upload=upload_id,
            found=failed.values.get("found", failed.why),
        ) from failed


def _progress() -> Progress:
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


_NOWHERE = N_("no row has a place")


def _confirmed(lp: Landproof, upload: Any) -> bool:
    if not sys.stdin.isatty():
        return False
    locale = locale_of(lp.settings)
    text = N_("{accepted} of {records} records will be stored. Accept?")
    click.echo(translate(_CHANGES, locale, **outcomes.difference(upload)), err=True)
    return click.confirm(translate(text, locale, accepted=upload.accepted, records=upload.records), err=True)


def _show(lp: Landproof, outcome: dict[str, Any]) -> None:
    locale = locale_of(lp.settings)
    summary = N_(
        "{file}: {records} records = {accepted} accepted + {rejected} left out; {total} {unit}; {crs}; {encoding}."
    )
    told = {**outcome, "total": f"{outcome['total']:,.2f}", "crs": outcome["crs"] or translate(_NOWHERE, locale)}
    click.echo(translate(summary, locale, **told))
    for name in ("rejections", "findings"):
        for each in outcome[name][:20]:
            where = f"#{each['record']} " if each["record"] else ""
            click.echo(f"  {each['severity']}: {where}{each['message']}")
        if len(outcome[name]) > 20:
            click.echo(translate(N_("  … and {count} more."), locale, count=len(outcome[name]) - 20))
    if outcome["rejections"] and "upload" in outcome:
        click.echo(hand_back(outcome["upload"], locale))
    if "difference" in outcome and not outcome.get("known"):
        click.echo(translate(_CHANGES, locale, **outcome["difference"]))
    if outcome["status"] == "accepted":
        again = N_("The same file was accepted before, as upload {upload}; nothing was added.")
        text = again if outcome.get("known") else N_("Stored as upload {upload}.")
        click.echo(translate(text, locale, upload=outcome["upload"]))
        note_synthetic(lp)


def _plain(name: str) -> str:
    """Write a file's name, which may be in any encoding, so that it can be printed."""
    return os.fsencode(name).decode("utf-8", "replace")


def _sha256(file: Path) -> str | None:
    if not file.is_file():
        return None
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


COMMANDS = (import_,)
