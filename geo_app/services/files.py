"""Received files, kept byte for byte under their SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest import bundle
from geo_app.points import point
from geo_app.services.landproof import Landproof
from geo_app.services.locks import held

CHUNK = 1 << 20
MEGABYTE = 1_000_000
RECEIVING = ".receiving-"


@contextmanager
def keep(
    lp: Landproof, source: BinaryIO, progress: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[str, int]]:
    """Write a stream to the file store before anything else is done with it.

    The bytes go to a temporary file, are synced, and get their name by one rename, so that a
    name always stands for whole content. Within the block nobody sweeps the file away; note its
    upload there.

    Parameters
    ----------
    progress : called with the number of bytes so far

    Yields
    ------
    (sha256, size)

    Raises
    ------
    Refused
        If the file is larger than the limit or than what is left of the quota, or empty.
    OSError
        If the disk is full or fails; nothing is left of the file then.
    """
    folder = _folder(lp)
    folder.mkdir(parents=True, exist_ok=True)
    room = _room(lp)
    with held(_lock(lp), shared=True):
        with tempfile.NamedTemporaryFile(dir=folder, prefix=RECEIVING, delete=False) as target:
            temporary = Path(target.name)
            try:
                point("receive.begun")
                sha256, size = _copy(source, target, _limits(lp, room), progress)
                target.flush()
                os.fsync(target.fileno())
                point("receive.whole")
                temporary.rename(path_of(lp.settings.home, sha256))
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        sync_folder(folder)
        point("receive.named")
        yield sha256, size
    if room is not None:
        _trim(lp)


def path_of(home: Path, sha256: str) -> Path:
    """Return where the bytes with a hash are kept."""
    return home / "files" / sha256


def sweep(lp: Landproof) -> None:
    """Remove what nobody needs: parts of files, files that no upload is about or that cannot be read.

    Does nothing while somebody is receiving a file.
    """
    if not _folder(lp).is_dir():
        return
    with held(_lock(lp), wait=False) as alone:
        if not alone:
            return
        lp.store.keeping.forget(lp.store.keeping.refused_files(final=True))
        needed = lp.store.keeping.files()
        for path in _folder(lp).iterdir():
            if path.name not in needed:
                path.unlink(missing_ok=True)


@contextmanager
def open_local(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file for receiving; a bare .shp is packed with its siblings into one archive.

    Yields
    ------
    (stream, name)

    Raises
    ------
    Refused
        If there is no such file.
    """
    if not path.is_file():
        raise Refused(N_("There is no file {file}. Check the name."), file=str(path))
    if path.suffix.lower() != ".shp":
        with path.open("rb") as source:
            yield source, path.name
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = bundle(path, Path(folder) / f"{path.stem}.zip")
        with packed.open("rb") as source:
            yield source, packed.name


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(
    source: BinaryIO, target: IO[bytes], limits: list[tuple[int, Refused]], progress: Callable[[int], None]
) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        for limit, refusal in limits:
            if size > limit:
                raise refusal
        digest.update(chunk)
        target.write(chunk)
        progress(size)
        point("receive.part")
    if not size:
        raise Refused(N_("The file is empty. Choose the file again; expected at least one record."))
    return digest.hexdigest(), size


def _limits(lp: Landproof, room: int | None) -> list[tuple[int, Refused]]:
    largest = lp.settings.max_upload_mb
    too_large = N_("The file is larger than {limit} MB. Split it, or raise GEO_APP_MAX_UPLOAD_MB.")
    limits = [(largest * MEGABYTE, Refused(too_large, limit=largest))]
    if room is not None:
        no_room = N_("The file does not fit: {left} MB are left of the {quota} MB that GEO_APP_QUOTA_MB allows.")
        left = max(0, room) // MEGABYTE
        limits.append((room, Refused(no_room, left=left, quota=lp.settings.quota_mb)))
    return limits


def _room(lp: Landproof) -> int | None:
    """Return how many bytes are left of the quota, None without one; refused files give way to others."""
    quota = lp.settings.quota_mb * MEGABYTE
    if not quota:
        return None
    sizes = _sizes(lp)
    return quota - sum(sizes.values()) + sum(sizes.get(each, 0) for each in lp.store.keeping.refused_files())


def _trim(lp: Landproof) -> None:
    """Remove bytes of refused uploads, the oldest first, until the quota holds again."""
    sizes = _sizes(lp)
    excess = sum(sizes.values()) - lp.settings.quota_mb * MEGABYTE
    with held(_lock(lp), wait=False) as alone:
        for sha256 in lp.store.keeping.refused_files() if alone else ():
            if excess <= 0:
                return
            lp.store.keeping.forget([sha256])
            path_of(lp.settings.home, sha256).unlink(missing_ok=True)
            excess -= sizes.get(sha256, 0)


def _sizes(lp: Landproof) -> dict[str, int]:
    return {each.name: each.stat().st_size for each in os.scandir(_folder(lp))}


def _folder(lp: Landproof) -> Path:
    return lp.settings.home / "files"


def _lock(lp: Landproof) -> Path:
    return lp.settings.home / "files.lock"
