"""Commands that take back: undo."""

import click

from geo_app.cli.shared import json_option, locale_of, note_failures, pass_landproof, print_json
from geo_app.i18n import N_, translate
from geo_app.services import Landproof, history, reviews


@click.command("undo", short_help="Undo an accepted upload, or undo its undoing.")
@click.argument("upload", type=int)
@click.option("--why", help="The reason, kept with the act.")
@json_option
@pass_landproof
def undo(lp: Landproof, upload: int, why: str | None, as_json: bool) -> None:
    """Make the versions before UPLOAD hold again, in one step. Undoing twice brings the upload back."""
    undone = history.toggle(lp, upload, "command line", why)
    layer = lp.store.uploads.find(upload).layer
    if not reviews.catch_up(lp, layer):
        note_failures(lp, layer)
    if as_json:
        return print_json({"upload": upload, "undone": undone})
    text = N_("Upload {upload} is undone; nothing is deleted.") if undone else N_("Upload {upload} is in force again.")
    click.echo(translate(text, locale_of(lp.settings), upload=upload))


COMMANDS = (undo,)
