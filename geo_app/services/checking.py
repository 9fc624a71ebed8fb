"""Whether an instance still holds what was put into it, and whether anything waits in vain."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geo_app.errors import StoreFailed
from geo_app.i18n import N_
from geo_app.services import jobs, readings
from geo_app.services.files import path_of
from geo_app.services.landproof import Landproof

_SENTENCES = {
    "store": N_("The store is damaged: {found}."),
    "missing": N_("File {sha256} of upload {uploads} is missing."),
    "unreadable": N_("File {sha256} of upload {uploads} cannot be read: {found}."),
    "changed": N_("File {sha256} of upload {uploads} has changed: its SHA-256 is {found}."),
    "rows": N_("The sites of upload {upload} are not those that were stored."),
    "remarks": N_("The findings and the rows left out of upload {upload} are not those that were stored."),
    "upload": N_("Upload {upload} is not as it was when it was accepted."),
    "areas": N_("What the sites of upload {upload} cover by each method is not what was measured."),
    "acts": N_("From number {act} on, the acts are not those that were noted."),
    "decisions": N_("From number {act} on, the decisions about contested ground are not those that were noted."),
    "finding_states": N_("From number {act} on, what became of findings is not what was noted."),
    "claim_acts": N_("From number {act} on, what was done to claims is not what was noted."),
    "text": N_("The text of report {report} is not the one that was read from its document."),
    "state": N_("The state of finding {finding} is not the last one that was noted."),
    "force": N_("Whether upload {upload} is in force is not what the acts say."),
    "interrupted": N_(
        "Upload {upload} ({file}) was not read to its end: the process that read it has ended. A worker that starts "
        "reads it; the next import refuses it."
    ),
    "waiting": N_(
        "Upload {upload} ({file}) waits to be read, and no worker runs. The commands serve and worker start one."
    ),
    "bridge": N_("What counts of layer {layer} is not what was found."),
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
    """What was looked at, what is wrong, and what is not wrong but waits in vain.

    `uploads` are those that were accepted.
    """

    uploads: int
    files: int
    sites: int
    problems: tuple[Problem, ...]
    unread: tuple[Problem, ...] = ()


def check(lp: Landproof) -> Checked:
    """Check the store, its references and every kept file; every act, decision and judgement; every accepted upload.

    And what is measured and counted of it.

    Raises
    ------
    NotFound
        If there is no instance.
    """
    lp.demand_instance()
    problems = list(_guarded(partial(_store, lp)))
    if problems:  # rows of a damaged store cannot be told from damage
        return Checked(0, 0, 0, tuple(problems))
    needed, accepted = lp.store.keeping.files(), lp.store.keeping.accepted()
    for sha256, uploads in needed.items():
        problems += _file(path_of(lp.settings.home, sha256), sha256, uploads)
    problems += _guarded(partial(_acts, lp))
    for upload in accepted:
        problems += _guarded(partial(_upload, lp, upload))
    problems += _guarded(partial(_bridges, lp))
    return Checked(len(accepted), len(needed), lp.store.keeping.site_count(), tuple(problems), tuple(_unread(lp)))


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


def _acts(lp: Landproof) -> list[Problem]:
    broken = [Problem(name, {"act": number}) for name, number in lp.store.keeping.broken().items()]
    force = [Problem("force", {"upload": upload}) for upload in lp.store.keeping.out_of_step()]
    broken += [Problem("text", {"report": report}) for report in lp.store.ledger.altered()]
    return broken + force + [Problem("state", {"finding": finding}) for finding in lp.store.keeping.misstated()]


def _upload(lp: Landproof, upload: int) -> list[Problem]:
    return [Problem(kind, {"upload": upload}) for kind in lp.store.keeping.altered(upload)]


def _bridges(lp: Landproof) -> list[Problem]:
    return [Problem("bridge", {"layer": row.layer}) for row in lp.store.keeping.altered_bridges()]


def _unread(lp: Landproof) -> Iterator[Problem]:
    for upload_id in readings.left(lp):
        yield Problem("interrupted", {"upload": upload_id, "file": lp.store.uploads.find(upload_id).filename})
    if not jobs.is_working(lp):
        for row in lp.store.jobs.waiting():
            yield Problem("waiting", {"upload": row.id, "file": row.filename})


def _file(path: Path, sha256: str, uploads: list[int]) -> list[Problem]:
    known = {"sha256": sha256, "uploads": ", ".join(map(str, uploads))}
    if not path.is_file():
        return [Problem("missing", known)]
    try:
        found = sha256_of(path)
    except OSError as error:
        return [Problem("unreadable", known | {"found": error.strerror})]
    return [] if found == sha256 else [Problem("changed", known | {"found": found})]
