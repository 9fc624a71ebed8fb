"""The documents name what exists."""

from dataclasses import fields
from pathlib import Path

import pytest

from geo_app.cli.main import commands
from geo_app.ingest import FORMATS
from geo_app.services.exports import SUFFIXES
from geo_app.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", [each.name for each in fields(Settings)])
def test_setting_is_documented(setting):
    assert f"`GEO_APP_{setting.upper()}`" in README


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_command_is_documented(command):
    assert f"landproof {command}" in README or f"`{command}`" in README


@pytest.mark.parametrize("title", sorted(each.title for each in FORMATS.values()))
def test_format_is_documented(title):
    assert title.lower() in README.lower()


@pytest.mark.parametrize("suffix", sorted(set().union(*SUFFIXES.values())))
def test_export_is_documented(suffix):
    assert f".{suffix}" in README


def test_every_unit_of_the_house_is_explained():
    units = {path.name.removesuffix(".py") for path in (ROOT / "geo_app").iterdir() if not path.name.startswith("_")}
    assert not {unit for unit in units - {"translations"} if unit not in CONTRIBUTING}


def test_pictures_exist():
    assert (ROOT / "data" / "images" / "start-page.png").is_file()
