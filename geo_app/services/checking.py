"""Whether an instance still holds what was put into it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geo_app.errors import NotFound, StoreFailed
from geo_app.i18n import N_
from geo_app.services.files import path_of
from geo_app.services.landproof import Landproof

_SENTENCES = {
    "store": N_("The store is damaged: {found}."),
    "missing": N_("File {sha256} of upload {uploads} is missing."),
    "unreadable": N_("File {sha256} of upload {uploads} cannot be read: {found}."),
    "changed": N_("File {sha256} of upload {uploads} has changed: its SHA-256 is {found}."),
    "rows": N_("The sites of upload {upload} are not those that were stored."),
}


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was stored: its kind and what fills its sentence."""

    kind: str
    values: dict[str, Any]

    @property
    def template(self) -> str:
        """The sentence, to be translated and filled."""
        return _SENTENCES[self.kind]


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what is wrong; `uploads` are those that were accepted."""

    uploads: int
    files: int
    sites: int
    problems: tuple[Problem, ...]


def check(lp: Landproof) -> Checked:
    """Check the store, its references, every kept file and the sites of every accepted upload.

    Raises
    ------
    NotFound
        If there is no instance.
    """
    demand_instance(lp)
    problems = list(_guarded(partial(_store, lp)))
    if problems:  # rows of a damaged store cannot be told from damage
        return Checked(0, 0, 0, tuple(problems))
    needed, accepted = lp.store.keeping.files(), lp.store.keeping.accepted()
    for sha256, uploads in needed.items():
        problems += _file(path_of(lp.settings.home, sha256), sha256, uploads)
    for upload in accepted:
        problems += _guarded(partial(_rows, lp, upload))
    return Checked(len(accepted), len(needed), lp.store.keeping.site_count(), tuple(problems))


def demand_instance(lp: Landproof) -> None:
    """Raise NotFound if the folder of the instance holds none; looking must not make one."""
    if not (lp.settings.home / "landproof.db").is_file():
        raise NotFound(
            N_("There is no instance in {home}. Set GEO_APP_HOME to the folder of one."), home=str(lp.settings.home)
        )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _guarded(look: Callable[[], list[Problem]]) -> Iterator[Problem]:
    try:
        yield from look()
    except StoreFailed as failed:
        yield Problem("store", {"found": failed.values.get("found", str(failed))})


def _store(lp: Landproof) -> list[Problem]:
    return [Problem("store", {"found": each}) for each in lp.store.keeping.damage()]


def _rows(lp: Landproof, upload: int) -> list[Problem]:
    return [] if lp.store.keeping.rows_hold(upload) else [Problem("rows", {"upload": upload})]


def _file(path: Path, sha256: str, uploads: list[int]) -> list[Problem]:
    known = {"sha256": sha256, "uploads": ", ".join(map(str, uploads))}
    if not path.is_file():
        return [Problem("missing", known)]
    try:
        found = sha256_of(path)
    except OSError as error:
        return [Problem("unreadable", known | {"found": error.strerror})]
    return [] if found == sha256 else [Problem("changed", known | {"found": found})]
