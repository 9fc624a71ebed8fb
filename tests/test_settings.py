"""Settings from the environment."""

from pathlib import Path

import pytest

from geo_app.errors import SettingError
from geo_app.settings import Settings


def test_nothing_set_gives_the_defaults():
    assert Settings.from_env({}) == Settings()


def test_values_are_taken(tmp_path):
    settings = Settings.from_env(
        {"GEO_APP_HOME": str(tmp_path / "new"), "GEO_APP_PORT": "9000", "GEO_APP_LANGUAGE": "zh"}
    )
    assert (settings.home, settings.port, settings.language) == (tmp_path / "new", 9000, "zh")


@pytest.mark.parametrize(
    "name, value",
    [
        ("PORT", "many"),
        ("PORT", "²"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("LANGUAGE", "xx"),
        ("LAYERS", "/nowhere/at/all"),
        ("REPORTS", "/nowhere/at/all"),
        ("HOME", __file__),
    ],
)
def test_value_that_cannot_be_names_itself(name, value):
    with pytest.raises(SettingError, match=f"GEO_APP_{name}"):
        Settings.from_env({f"GEO_APP_{name}": value})


def test_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({"GEO_APP_HOME": "here"}).home == Path(tmp_path, "here")
