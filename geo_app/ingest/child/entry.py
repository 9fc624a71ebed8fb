"""Start of the child process: cut the network, set limits, then do the task.

Run as a script by its path, with ``python -I``. The order matters: a new network namespace
can only be had while the process has one thread, so before NumPy or Arrow are loaded.
"""

import contextlib
import ctypes
import importlib
import json
import resource
import signal
import sys
import types
from pathlib import Path

NEW_USER, NEW_NET = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET
PR_SET_PDEATHSIG = 1
INGEST = Path(__file__).resolve().parent.parent


def _cut_network() -> None:
    """Move into a network namespace with no way out; a system may forbid it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(NEW_USER | NEW_NET)


def _end_with_parent() -> None:
    """Have the kernel end this process when the one that started it is gone."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(memory_bytes: int, cpu_s: int, file_bytes: int) -> None:
    wanted = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in wanted.items():
        _, hard = resource.getrlimit(limit)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (ceiling, ceiling))


class _Absent:
    """Make as if libraries that only the parent needs were not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse to find them."""
        if name in ("geopandas", "pandas"):
            raise ModuleNotFoundError(name)


def _lighten() -> None:
    """Make `geo_app.ingest` a bare package and keep out libraries that only the parent needs."""
    sys.meta_path.insert(0, _Absent())
    words = types.ModuleType("geo_app.i18n")  # sentences are marked here, and translated elsewhere
    words.N_ = str  # type: ignore[attr-defined]
    sys.modules["geo_app.i18n"] = words
    package = types.ModuleType("geo_app.ingest")
    package.__path__ = [str(INGEST)]
    sys.modules["geo_app.ingest"] = package
    sys.path.insert(0, str(INGEST.parent.parent))


if __name__ == "__main__":
    _cut_network()
    _end_with_parent()
    job = json.loads(sys.stdin.readline())
    _limit(**job["limits"])
    _lighten()
    importlib.import_module(f"geo_app.ingest.child.{job['task']}").run(job)
