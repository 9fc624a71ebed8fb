"""The commands' entry: exit codes, language and help."""

import logging
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

import click

from geo_app import __version__
from geo_app.cli import decisions, figures, findings, history, imports, keeping, ledger, measuring, serving
from geo_app.cli.shared import Terminal, locale_of, say
from geo_app.errors import AnswerNeeded, GeoAppError, disk_failed
from geo_app.i18n import N_, translate
from geo_app.services import Landproof
from geo_app.settings import Settings

DONE, OUR_FAULT, REFUSED, ANSWER_NEEDED, USAGE = 0, 1, 2, 3, 64


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version=__version__, prog_name="Landproof")
def commands() -> None:
    """Landproof: does the ground bear out the figures that were reported?

    GEO_APP_HOME names the folder that keeps an instance's state.
    """


for family in (imports, measuring, figures, ledger, findings, history, decisions, keeping, serving):
    for command in family.COMMANDS:
        commands.add_command(command)


def main(make_app: Callable[[Settings], Any], arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 2 refused, 3 answer needed, 1 our fault, 64 usage."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    sys.excepthook = _our_fault
    try:
        settings = Settings.from_env()
        terminal = Terminal(Landproof(settings), make_app)
        commands.main(arguments, prog_name="landproof", standalone_mode=False, obj=terminal)
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.Abort:
        return 130
    except click.ClickException as wrong:
        wrong.show()
        return USAGE
    except AnswerNeeded as need:
        say(need)
        return ANSWER_NEEDED
    except GeoAppError as error:
        say(error)
        return REFUSED
    except BrokenPipeError:
        raise  # whoever read our output has gone
    except OSError as error:
        say(disk_failed(error))
        return REFUSED
    return DONE


def _our_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say a fault of ours in one sentence; the interpreter then exits with 1."""
    if os.environ.get("GEO_APP_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    sentence = N_("This is a fault of Landproof, not of your data: {error}. Set GEO_APP_TRACEBACK=1 to see where.")
    click.echo(translate(sentence, locale_of(), error=f"{kind.__name__}: {error}"), err=True)
