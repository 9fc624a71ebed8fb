"""Commands that keep an instance: check, backup, restore."""

from pathlib import Path

import click

from geo_app.cli.shared import json_option, locale_of, pass_landproof, print_json
from geo_app.errors import Refused
from geo_app.i18n import N_, translate
from geo_app.services import Landproof, backups, checking

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command("check", short_help="Check that nothing that was stored has changed.")
@json_option
@pass_landproof
def check(lp: Landproof, as_json: bool) -> None:
    """Check the store, every kept file by its SHA-256, and acts, accepted uploads and their sites by their digests."""
    found = checking.check(lp)
    locale = locale_of(lp.settings)
    problems, unread = (
        [
            {"kind": each.kind, **each.values, "message": translate(each.template, locale, **each.values)}
            for each in group
        ]
        for group in (found.problems, found.unread)
    )
    counts = {"uploads": found.uploads, "files": found.files, "sites": found.sites}
    if as_json:
        print_json({"sound": not problems, **counts, "problems": problems, "unread": unread})
    else:
        for each in (*problems, *unread):
            click.echo(each["message"])
    if found.problems:
        raise Refused(
            N_("{count} things are not as they were stored. Restore a backup beside this instance and compare."),
            count=len(found.problems),
        )
    if not as_json:
        text = N_("All is as it was stored: {uploads} accepted uploads, {files} files, {sites} site versions.")
        click.echo(translate(text, locale, **counts))


@click.command("backup", short_help="Write the whole instance into one file.")
@FILE
@pass_landproof
def backup(lp: Landproof, file: Path) -> None:
    """Write one state of the instance, with all kept files, into FILE; the server may go on meanwhile.

    FILE is a ZIP that its owner alone may read: it holds the sessions of those who are signed in.
    """
    told = backups.back_up(lp, file)
    locale = locale_of(lp.settings)
    text = N_("{file} holds the store and {files} files, {size:,} bytes.")
    click.echo(translate(text, locale, file=str(file), files=told.files, size=told.size))
    for names, warning in (
        (told.missing, N_("File {sha256} is missing and so not in the backup. The command check says more.")),
        (told.changed, N_("File {sha256} has changed and is in the backup as it is. The command check says more.")),
    ):
        for sha256 in names:
            click.echo(translate(warning, locale, sha256=sha256), err=True)


@click.command("restore", short_help="Put a backup in place of an empty instance.")
@FILE
@pass_landproof
def restore(lp: Landproof, file: Path) -> None:
    """Verify the backup in FILE and put it where GEO_APP_HOME is, which must be empty or missing."""
    files = backups.restore(lp, file)
    text = N_("Restored into {home}: the store and {files} files.")
    click.echo(translate(text, locale_of(lp.settings), home=str(lp.settings.home), files=files))


COMMANDS = (check, backup, restore)
