"""The whole instance in one file, and back.

A backup is a ZIP of ``landproof.db``, ``files/<SHA-256>`` and ``manifest.json``, which lists the size
and the SHA-256 of each. It holds the signed-in sessions too, so only its owner may read it.
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from geo_app import __version__
from geo_app.errors import Conflict, Refused, StoreFailed
from geo_app.i18n import N_
from geo_app.services.files import CHUNK, path_of, sync_folder
from geo_app.services.landproof import Landproof
from geo_app.services.locks import held
from geo_app.store import Store

MANIFEST, STORE = "manifest.json", "landproof.db"
LARGEST_MANIFEST = 64 << 20
_NAME = re.compile(r"landproof\.db|files/[0-9a-f]{64}")
_NO_BACKUP = N_("{file} is no whole backup of Landproof ({found}). Nothing was restored. Take another one.")


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds; `missing` and `changed` name files that were not as they should be."""

    files: int
    size: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def back_up(lp: Landproof, target: Path) -> BackedUp:
    """Write one state of the instance into a new file; the server may go on meanwhile.

    Files that are missing or damaged do not stop it: what there is is written, and named.

    Raises
    ------
    NotFound
        If there is no instance.
    Conflict
        If the file exists already.
    OSError
        If it cannot be written; nothing is left of it then.
    """
    lp.demand_instance()
    _demand_free(target)
    partial = target.with_name(f".{target.name}.partial")
    with held(lp.settings.home / "backup.lock"), _scratch(lp) as scratch:
        copy = scratch / STORE
        lp.store.keeping.copy_to(copy)
        try:
            told = _write(lp, copy, partial)
            _demand_free(target)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
    sync_folder(target.parent)
    return told


def restore(lp: Landproof, source: Path) -> int:
    """Put a backup in place of an instance that is missing or empty; return the number of its files.

    Everything is verified beside it first; one rename puts it in place.

    Raises
    ------
    Conflict
        If the instance holds anything.
    Refused
        If the backup is damaged, or holds what a backup does not hold.
    StoreFailed
        If a newer version wrote it.
    """
    home = lp.settings.home
    home.parent.mkdir(parents=True, exist_ok=True)
    lock = home.parent / f".{home.name}-restoring.lock"
    with held(lock):  # another restore would be taken for one that died
        try:
            return _restore(home, source)
        finally:
            lock.unlink(missing_ok=True)


def _restore(home: Path, source: Path) -> int:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(
            N_("{home} is not empty, and a restore overwrites nothing. Set GEO_APP_HOME to another folder."),
            home=str(home),
        )
    prefix = f".{home.name}-restoring-"
    for left in home.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=prefix) as scratch:
        made = Path(scratch) / "home"
        (made / "files").mkdir(parents=True, mode=0o755)
        with _opened(source) as archive:
            listed, missing = _unpack(archive, source, made)
        _demand_sound(made, source, listed, missing)
        sync_folder(made / "files")
        sync_folder(made)
        made.replace(home)
    sync_folder(home.parent)
    return len(listed)


def sweep(lp: Landproof) -> None:
    """Remove what a backup has left whose process died."""
    if (lp.settings.home / "backup").is_dir():
        with held(lp.settings.home / "backup.lock", wait=False) as free:
            if free:
                shutil.rmtree(lp.settings.home / "backup", ignore_errors=True)


@contextmanager
def _scratch(lp: Landproof) -> Iterator[Path]:
    folder = lp.settings.home / "backup"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _demand_free(target: Path) -> None:
    if target.exists():
        raise Conflict(N_("{file} exists already and is not overwritten. Choose another name."), file=str(target))


def _write(lp: Landproof, copy: Path, partial: Path) -> BackedUp:
    """Write the archive: the store, then the files that this copy of it needs, then the manifest."""
    store = Store(copy)
    needed = store.keeping.files()
    store.close()
    listed: dict[str, dict[str, object]] = {}
    missing, changed = [], []
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            listed[STORE] = _add(archive, STORE, copy)
            for sha256 in needed:
                path = path_of(lp.settings.home, sha256)
                if not path.is_file():
                    missing.append(sha256)
                    continue
                listed[f"files/{sha256}"] = entry = _add(archive, f"files/{sha256}", path)
                if entry["sha256"] != sha256:
                    changed.append(sha256)
            made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            manifest = {"landproof": __version__, "made_at": made_at, "entries": listed, "missing": missing}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        out.flush()
        os.fsync(out.fileno())
    return BackedUp(len(listed) - 1, partial.stat().st_size, tuple(missing), tuple(changed))


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, object]:
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        sha256, size = _copied(source, target)
    return {"sha256": sha256, "size": size}


def _copied(source: IO[bytes], target: IO[bytes], limit: int | None = None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            break
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    if not source.is_file():
        raise Refused(N_("There is no file {file}. Check the name."), file=str(source))
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise Refused(_NO_BACKUP, file=str(source), found=str(error)) from error


def _unpack(archive: zipfile.ZipFile, source: Path, made: Path) -> tuple[set[str], set[str]]:
    """Write every entry; return the SHA-256 of the files that are there and of those that were missing."""
    entries, missing = _entries(archive, source)
    for name, (sha256, size) in entries.items():
        with archive.open(name) as packed, (made / name).open("wb") as target:
            found = _copied(packed, target, size)
            target.flush()
            os.fsync(target.fileno())
        if found != (sha256, size):
            raise Refused(_NO_BACKUP, file=str(source), found=name)
    return {name.removeprefix("files/") for name in entries if name != STORE}, missing


def _entries(archive: zipfile.ZipFile, source: Path) -> tuple[dict[str, tuple[str, int]], set[str]]:
    """Return SHA-256 and size of every entry, and the missing files; refuse whatever else there is."""
    names = [info.filename for info in archive.infolist()]
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not (_NAME.fullmatch(info.filename) or info.filename == MANIFEST) or kind not in (0, stat.S_IFREG):
            raise Refused(_NO_BACKUP, file=str(source), found=repr(info.filename))
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise ValueError(MANIFEST)
        manifest = json.loads(archive.read(MANIFEST))
        entries = {name: (str(each["sha256"]), int(each["size"])) for name, each in manifest["entries"].items()}
        missing = {str(each) for each in manifest["missing"]}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(_NO_BACKUP, file=str(source), found=MANIFEST) from error
    if sorted(names) != sorted([*entries, MANIFEST]) or STORE not in entries:
        raise Refused(_NO_BACKUP, file=str(source), found=MANIFEST)
    return entries, missing


def _demand_sound(made: Path, source: Path, listed: set[str], missing: set[str]) -> None:
    """Refuse a store that is damaged, or does not need the very files that came with it."""
    try:
        with closing(Store(made / STORE)) as store:
            damage, needed = store.keeping.damage(), set(store.keeping.files())
    except StoreFailed as failed:
        if failed.why != "damaged":
            raise
        raise Refused(_NO_BACKUP, file=str(source), found=STORE) from failed
    if damage or listed != needed - missing:
        raise Refused(_NO_BACKUP, file=str(source), found=damage[0] if damage else STORE)
