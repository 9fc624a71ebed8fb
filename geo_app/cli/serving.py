"""Commands that run: demo, serve, worker."""

import click

from geo_app.cli.server import end_with, serve_pages
from geo_app.cli.shared import Terminal, locale_of, note_synthetic, pass_landproof
from geo_app.i18n import N_, translate
from geo_app.services import Landproof, demo, jobs, keeping, users
from geo_app.settings import ROOT


@click.command("demo", short_help="Fill the instance with the demonstration.")
@pass_landproof
def demo_(lp: Landproof) -> None:
    """Bring in the synthetic sites of the demonstration; repeating it changes nothing."""
    new = demo.fill(lp, ROOT / "data" / "samples")
    note_synthetic(lp)
    click.echo(translate(N_("The demonstration is ready: {count} files were new."), locale_of(lp.settings), count=new))


@click.command("serve", short_help="Start the web server and its worker.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port on 127.0.0.1; 0 takes a free one.")
@click.pass_obj
def serve(terminal: Terminal, port: int | None) -> None:
    """Serve the pages on 127.0.0.1 and print a sign-in link that works once."""
    lp = terminal.landproof
    locale = locale_of(lp.settings)
    keeping.sweep(lp)

    def announce(address: str) -> None:
        note_synthetic(lp)
        click.echo(translate(N_("Landproof is at {address}"), locale, address=address))
        link = f"{address}/in/{users.new_link(lp)}"
        click.echo(translate(N_("Sign in (works once, for 15 minutes): {link}"), locale, link=link))

    serve_pages(lambda: terminal.make_app(lp.settings), lp.settings.port if port is None else port, announce)


@click.command("worker", short_help="Run the job worker (serve starts one itself).")
@click.option("--parent", type=int, hidden=True, help="Process to end with; serve gives its own.")
@pass_landproof
def worker(lp: Landproof, parent: int | None) -> None:
    """Read uploads until told to stop."""
    if parent is not None:
        end_with(parent)
    jobs.work(lp)


COMMANDS = (demo_, serve, worker)
