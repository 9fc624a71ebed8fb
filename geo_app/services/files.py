"""Received files, kept byte for byte under their SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest import bundle

CHUNK = 1 << 20


def keep(source: BinaryIO, home: Path, limit_mb: int) -> tuple[str, int]:
    """Write a stream to the file store before anything else is done with it.

    The bytes go to a temporary file, are synced, and get their name by one rename, so that a
    name always stands for whole content.

    Returns
    -------
    (sha256, size)

    Raises
    ------
    Refused
        If the file is larger than the limit, or empty.
    """
    folder = home / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".receiving-", delete=False) as target:
        temporary = Path(target.name)
        try:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > limit_mb * 1_000_000:
                    raise Refused(
                        N_("The file is larger than {limit} MB. Split it, or raise GEO_APP_MAX_UPLOAD_MB."),
                        limit=limit_mb,
                    )
                digest.update(chunk)
                target.write(chunk)
            if not size:
                raise Refused(N_("The file is empty. Choose the file again; expected at least one record."))
            target.flush()
            os.fsync(target.fileno())
            temporary.rename(path_of(home, digest.hexdigest()))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _sync_folder(folder)
    return digest.hexdigest(), size


def path_of(home: Path, sha256: str) -> Path:
    """Return where the bytes with a hash are kept."""
    return home / "files" / sha256


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


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
