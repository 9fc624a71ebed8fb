"""One reading of an upload: held while it lasts, its progress told, its outcome kept."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geo_app.errors import (
    AnswerNeeded,
    GeoAppError,
    Refused,
    StoreFailed,
    Superseded,
    UnreadableFile,
    UnsupportedFormat,
    disk_failed,
)
from geo_app.i18n import N_
from geo_app.services import files
from geo_app.services.landproof import Landproof
from geo_app.services.locks import held, is_held
from geo_app.tasks import Progress, part

TELL_SECONDS = 0.25


class Watch:
    """The progress of one reading, and where it learns that it is no longer wanted.

    Attributes
    ----------
    number : the reading's number
    scratch : a folder of its own, gone when the reading is over
    """

    def __init__(self, lp: Landproof, upload_id: int, number: int, told: Progress) -> None:
        self.number = number
        self.scratch = _folder(lp) / str(upload_id)
        self._lp, self._upload_id, self._told = lp, upload_id, told
        self._next = 0.0

    def __call__(self, share: float) -> None:
        """Tell how far the reading is, 0 to 1, to everybody who looks.

        Raises
        ------
        Superseded
            If it was cancelled, or another one has begun.
        """
        self._told(share)
        if time.monotonic() < self._next:
            return
        self._lp.store.readings.advance(self._upload_id, self.number, share)
        self._next = time.monotonic() + TELL_SECONDS

    def part(self, start: float, end: float) -> Progress:
        """Return the progress of a part of the reading."""
        return part(self, start, end)


@contextmanager
def reading(lp: Landproof, upload_id: int, told: Progress, number: int | None = None) -> Iterator[Watch]:
    """Hold a reading; what ends it before its time is kept with the upload and raised.

    Parameters
    ----------
    number : int, optional
        The reading that a job was made for; without it, a new one is begun when nobody reads the upload.

    Raises
    ------
    Superseded
        If the reading is no longer wanted.
    AnswerNeeded, Refused
        As raised in the block.
    StoreFailed
        If the disk or the store fails.
    """
    with _held(lp, upload_id):
        watch = Watch(lp, upload_id, number or lp.store.readings.begin(upload_id), told)
        try:
            watch(0.0)
            watch.scratch.mkdir(parents=True, exist_ok=True)
            yield watch
        except Superseded:
            raise
        except OSError as error:
            failed = disk_failed(error)
            _keep_refusal(lp, upload_id, watch.number, failed)
            raise failed from error
        except AnswerNeeded as need:
            asked = {"state": "needs_input", "message": question(need), **_found_out(need)}
            lp.store.uploads.change(upload_id, reading_no=watch.number, **asked)
            raise
        except GeoAppError as refusal:
            _keep_refusal(lp, upload_id, watch.number, refusal)
            raise
        except KeyboardInterrupt:
            with suppress(GeoAppError):
                lp.store.readings.cancel(upload_id, "Ctrl-C")
            raise


def bytes_of(lp: Landproof, upload: Any) -> Path:
    """Return where an upload's bytes are.

    Raises
    ------
    Refused
        If they are gone, as those of a refused upload may be.
    """
    path = files.path_of(lp.settings.home, upload.sha256)
    if not path.is_file():
        raise Refused(
            N_("The bytes of {file} (upload {upload}) are not here any more. Send the file again."),
            file=upload.filename,
            upload=upload.id,
        )
    return path


def left(lp: Landproof) -> list[int]:
    """Return the uploads that somebody received or began to read, and that nobody reads or will read."""
    return [each for each in lp.store.readings.orphans() if not _is_held(lp, each)]


def settle(lp: Landproof) -> list[GeoAppError]:
    """Refuse what `left` returns, and give the reason of each."""
    told: list[GeoAppError] = []
    for upload_id in left(lp):
        upload = lp.store.uploads.find(upload_id)
        failed = Refused(
            N_(
                "Upload {upload} ({file}) was not read to its end: the process that read it has ended. Have it read "
                "again, or send the file again."
            ),
            upload=upload_id,
            file=upload.filename,
        )
        with held(_lock(lp, upload_id), wait=False) as free:  # whoever reads it holds this before anything else
            if free and lp.store.readings.give_up(upload_id, message(failed)):
                told.append(failed)
    return told


def _is_held(lp: Landproof, upload_id: int) -> bool:
    return is_held(_lock(lp, upload_id))


def sweep(lp: Landproof) -> None:
    """Remove what readings have left whose process died."""
    for lock in list(_folder(lp).glob("*.lock")):
        with held(lock, wait=False) as free:
            if free:
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)


def message(error: GeoAppError) -> dict[str, Any]:
    """Turn an error into what can be stored and told in any language later."""
    return {"template": error.template, "values": {name: str(value) for name, value in error.values.items()}}


def question(need: AnswerNeeded) -> dict[str, Any]:
    """Turn a question, with what else will have to be answered, into what can be stored and asked later."""
    asked = {"needs": need.needs, "option": need.option, "choices": list(need.choices), "places": need.places}
    return message(need) | asked | {"more": [question(each) for each in need.more]}


def _found_out(error: GeoAppError) -> dict[str, Any]:
    """Give what is known of a file that cannot be taken, or not yet, as columns of its upload."""
    plain = {name: error.known.get(name) for name in ("format", "records", "encoding", "encoding_source")}
    return plain | {"columns": [asdict(column) for column in error.known.get("columns", ())]}


@contextmanager
def _held(lp: Landproof, upload_id: int) -> Iterator[None]:
    lock = _lock(lp, upload_id)
    with held(lock):
        try:
            yield
        finally:
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)


def _keep_refusal(lp: Landproof, upload_id: int, number: int, error: GeoAppError) -> None:
    """Keep why a reading has failed, if the store still can; bytes that no answer makes readable go.

    Of a file without any acceptable record, the reason for each record is kept as well.
    """
    is_final = isinstance(error, (UnreadableFile, UnsupportedFormat))
    told = message(error) | ({"final": True} if is_final else {})
    left_out = error.known.get("rejected", ()) if error.known.get("accepted") == 0 else ()
    found = _found_out(error) | {"rejected": len(left_out) or None}
    with suppress(StoreFailed, Superseded):
        if left_out:
            lp.store.uploads.remark(upload_id, left_out, error.known["findings"], number)
        lp.store.uploads.change(upload_id, reading_no=number, state="refused", message=told, **found)
        if is_final:
            files.sweep(lp)


def _folder(lp: Landproof) -> Path:
    return lp.settings.home / "reading"


def _lock(lp: Landproof, upload_id: int) -> Path:
    return _folder(lp) / f"{upload_id}.lock"
