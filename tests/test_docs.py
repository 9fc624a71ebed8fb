"""The documents name what exists, and nothing that does not."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from geo_app.cli.main import commands
from geo_app.ingest import FORMATS
from geo_app.layers import load_layers
from geo_app.quality import NAMES
from geo_app.services.exports import SUFFIXES
from geo_app.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")

SETTINGS = {f"GEO_APP_{each.name.upper()}" for each in fields(Settings)}
COMMANDS = set(commands.commands)


def every(group: click.Group) -> list[click.Command]:
    """Every command of a group and of the groups in it."""
    return [
        found
        for each in group.commands.values()
        for found in (each, *(every(each) if isinstance(each, click.Group) else ()))
    ]


OPTIONS = {
    option
    for command in every(commands)
    for parameter in command.params
    if isinstance(parameter, click.Option) and not parameter.hidden
    for option in (*parameter.opts, *parameter.secondary_opts)
}


def cells(document: str, place: int) -> list[str]:
    """The cells of one column of every table."""
    rows = [row.strip().strip("|").split("|") for row in document.splitlines() if row.startswith("|")]
    return [row[place].strip() for row in rows if len(row) > place]


def code(document: str) -> list[str]:
    """What stands in a document as code, line by line."""
    return [line for block in FENCED.findall(document) for line in block.splitlines()] + INLINE.findall(
        FENCED.sub("", document)
    )


def words(pattern: str, texts: list[str]) -> set[str]:
    """The words of a kind that stand alone in some texts."""
    return {word for text in texts for word in re.findall(rf"(?<![\w-]){pattern}(?![\w-])", text)}


def test_every_setting_has_a_row_of_its_own():
    assert {cell.strip("`") for cell in cells(README, 0) if cell.startswith("`GEO_APP_")} == SETTINGS


def test_every_command_is_documented_and_no_other():
    named = {text for text in INLINE.findall(README) if text in COMMANDS}
    shown = words("landproof ([a-z]+)", code(README))
    assert shown <= COMMANDS
    assert COMMANDS - shown - named == set()


def test_every_option_is_documented_and_no_other():
    assert words(r"--[a-z][a-z-]*", code(README)) - {"--help"} == OPTIONS - {"--help"}


@pytest.mark.parametrize("title", sorted(each.title for each in FORMATS.values()))
def test_format_is_documented(title):
    assert words(f"{re.escape(title.lower())}s?", [README.lower()])


@pytest.mark.parametrize("suffix", sorted(set().union(*SUFFIXES.values())))
def test_export_is_documented(suffix):
    assert words(re.escape(f".{suffix}"), [" ".join(code(README))])


def test_every_unit_of_the_house_has_its_ring():
    units = {path.name.removesuffix(".py") for path in (ROOT / "geo_app").iterdir() if not path.name.startswith("_")}
    rings = [cells(CONTRIBUTING, 1)[at] for at, ring in enumerate(cells(CONTRIBUTING, 0)) if re.match(r"\d ", ring)]
    named = {word for ring in rings for word in re.findall(r"\w+", ring)}
    assert units - {"translations"} == named - {"__main__"}


def test_rules_that_limits_name_exist():
    table = (ROOT / "layers" / "README.md").read_text(encoding="utf-8").partition("## Limits")[2]
    named = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.rsplit("|", 2)[1])
    }
    assert named
    assert named <= NAMES


@pytest.mark.parametrize(
    "limit", sorted({key for layer in load_layers(ROOT / "layers").values() for key in layer.limits})
)
def test_limit_is_looked_at(limit):
    folders = (ROOT / "geo_app" / "quality", ROOT / "geo_app" / "services")
    looked_at = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    assert f'"{limit}"' in looked_at


def test_pictures_exist():
    assert (ROOT / "data" / "images" / "start-page.png").is_file()
