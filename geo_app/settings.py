"""Settings: read once from the environment at start, then passed in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from geo_app.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What an installation can choose; each field is the variable ``GEO_APP_<FIELD>``."""

    home: Path = field(default=ROOT / "instance", metadata={"help": "where this instance keeps its state"})
    layers: Path = field(default=ROOT / "layers", metadata={"help": "folder of layer files"})
    reports: Path = field(default=ROOT / "data" / "reports", metadata={"help": "folder of report files"})
    boundaries: Path = field(
        default=ROOT / "data" / "boundaries", metadata={"help": "folder of the boundary set (set.toml and its GeoJSON)"}
    )
    port: int = field(default=8765, metadata={"help": "port of the web server on 127.0.0.1"})
    max_upload_mb: int = field(default=512, metadata={"help": "largest file that is taken, in MB"})
    language: str = field(default="", metadata={"help": "en or zh for the command line; empty: as the terminal's LANG"})

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables.

        Raises
        ------
        SettingError
            If a value cannot be used; it names the variable.
        """
        given: dict[str, object] = {}
        for each in fields(cls):
            text = env.get(f"GEO_APP_{each.name.upper()}")
            if text:
                given[each.name] = _convert(each.name, text, type(each.default))
        return cls(**given)  # type: ignore[arg-type]


def _convert(name: str, text: str, kind: type) -> object:
    if kind is int:
        if not text.isdigit():
            raise SettingError(f"GEO_APP_{name.upper()}", text, "a whole number")
        return int(text)
    if kind is str:
        return text
    return Path(text).expanduser().resolve()
