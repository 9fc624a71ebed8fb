"""Run the child process that reads a file, and survive whatever it does."""

import functools
import json
import logging
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest import frames

ENTRY = Path(__file__).resolve().parent / "child" / "entry.py"
GDAL_DRIVERS = frozenset({"ESRI Shapefile", "OpenFileGDB"})
PIPE_BYTES = 1 << 20
DEAD_PROXY = "http://127.0.0.1:9"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost: address space, CPU time, time by the clock, written bytes."""

    memory_bytes: int = 3 << 30
    cpu_s: int = 300
    wall_s: float = 600.0
    file_bytes: int = 4 << 30

    @property
    def kernel(self) -> dict[str, int]:
        """What the child process sets on itself."""
        return {name: value for name, value in asdict(self).items() if name != "wall_s"}


@functools.cache
def _skipped_drivers() -> str:
    return ",".join(sorted(set(pyogrio.list_drivers()) - GDAL_DRIVERS))


def environment(scratch: Path) -> dict[str, str]:
    """Make the child's environment from nothing; a stray NO_PROXY would open the network again."""
    return {
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "GDAL_SKIP": _skipped_drivers(),
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_HTTP_PROXY": DEAD_PROXY,
        "GDAL_HTTPS_PROXY": DEAD_PROXY,
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_NUM_THREADS": "1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": "YES",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


@contextmanager
def messages(
    job: dict[str, Any], name: str, limits: Limits, scratch: Path | None
) -> Iterator[Iterator[dict[str, Any] | pa.RecordBatch]]:
    """Start the child process on a job and give what it tells, frame by frame.

    The process and its folder are gone when the block ends, however it ends.

    Raises
    ------
    UnreadableFile
        If the child dies, hangs, runs out of memory or talks nonsense.
    """
    with tempfile.TemporaryDirectory(prefix="landproof-", dir=scratch) as folder:
        errors = Path(folder) / "stderr"
        work = Path(folder) / "work"
        work.mkdir()
        with errors.open("wb") as complaints, _started(work, complaints) as child:
            timer = threading.Timer(limits.wall_s, child.kill)
            timer.start()
            try:
                yield _told(child, job | {"scratch": str(work), "limits": limits.kernel}, name, errors)
            finally:
                timer.cancel()
                child.kill()


def _started(work: Path, complaints: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(ENTRY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        cwd=work,
        env=environment(work),
        start_new_session=True,
        pipesize=PIPE_BYTES,
    )


def _told(
    child: subprocess.Popen[bytes], job: dict[str, Any], name: str, errors: Path
) -> Iterator[dict[str, Any] | pa.RecordBatch]:
    assert child.stdin is not None and child.stdout is not None  # noqa: S101 - both are pipes
    try:
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.close()
        ended = False
        for message in frames.read(child.stdout):
            ended = isinstance(message, dict) and message["kind"] in ("end", "error")
            yield message
        if not ended:
            raise frames.BrokenStream("it stopped before the end")
    except (frames.BrokenStream, BrokenPipeError) as error:
        child.wait(timeout=5)
        raise _death(child.returncode, name, errors, error) from error


def _death(code: int, name: str, errors: Path, reason: Exception) -> UnreadableFile:
    complaint = errors.read_bytes()[-2000:].decode("utf-8", "replace").strip()
    said = complaint.splitlines()[-1] if complaint else str(reason)
    _log.warning("the reader of %r ended with %s: %s", name, code, said[:200])
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return UnreadableFile(
            N_("{file} takes longer to read, or more memory, than is allowed. Send it in parts or simplify it."),
            file=name,
        )
    if "MemoryError" in complaint or "bad_alloc" in complaint or "ArrowMemoryError" in complaint:
        return UnreadableFile(
            N_("{file} needs more memory than reading one file may take. Send it in parts."), file=name
        )
    return UnreadableFile(
        N_("{file} cannot be read: the reader gave up on it. Export the file again from where it was made."), file=name
    )
