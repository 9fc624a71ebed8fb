"""Settings: read once from the environment at start, then passed in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from geo_app.errors import SettingError
from geo_app.i18n import LOCALES

_HIGHEST = {"port": 65535}
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
    max_document_mb: int = field(
        default=20, metadata={"help": "largest published document that figures are taken from, in MB"}
    )
    quota_mb: int = field(default=0, metadata={"help": "what all kept files may take together, in MB; 0: no limit"})
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
    variable = f"GEO_APP_{name.upper()}"
    if kind is int:
        if not (text.isascii() and text.isdigit()) or int(text) > _HIGHEST.get(name, 10**9):
            raise SettingError(variable, text, f"a whole number up to {_HIGHEST.get(name, 10**9)}")
        return int(text)
    if kind is str:
        if text not in LOCALES:
            raise SettingError(variable, text, " or ".join(LOCALES))
        return text
    path = Path(text).expanduser().resolve()
    if name != "home" and not path.is_dir():
        raise SettingError(variable, text, "a folder that exists")
    if name == "home" and path.exists() and not path.is_dir():
        raise SettingError(variable, text, "a folder, or a name for a new one")
    return path
