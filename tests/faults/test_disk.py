"""A disk that fails at the Nth call, one that fills up: the old state or the new, and a true sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import importing
from tests.faults.runner import Ended
from tests.faults.state import leftovers, problems, visible

WAL, DATABASE, ANYWHERE = "landproof.db-wal", "landproof.db", None
FAILING = [  # call, error, on which file, the Nth ("+": and every later one)
    ("pwrite64", "ENOSPC", WAL, "1"),
    ("pwrite64", "ENOSPC", WAL, "5"),
    ("pwrite64", "ENOSPC", WAL, "12+"),
    ("pwrite64", "ENOSPC", WAL, "20"),
    ("pwrite64", "EIO", WAL, "28"),
    ("pwrite64", "ENOSPC", WAL, "34"),
    ("pwrite64", "ENOSPC", WAL, "40+"),
    ("pwrite64", "ENOSPC", WAL, "46"),
    ("pwrite64", "EIO", WAL, "52"),
    ("pwrite64", "EIO", DATABASE, "1+"),
    ("fdatasync", "EIO", WAL, "1"),
    ("fdatasync", "EIO", WAL, "4"),
    ("fdatasync", "EIO", WAL, "7"),
    ("fdatasync", "EIO", WAL, "9+"),
    ("ftruncate", "ENOSPC", "landproof.db-shm", "3"),
    ("fsync", "EIO", ANYWHERE, "1"),
    ("fsync", "EIO", ANYWHERE, "2"),
    ("rename", "EIO", ANYWHERE, "1"),
    ("write", "ENOSPC", ANYWHERE, "1"),
]


@pytest.fixture(scope="session")
def strace() -> str:
    """The program that makes calls of the kernel fail, where it is installed and allowed."""
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True).returncode:
        pytest.skip("strace is not installed or not allowed here; test_limited_at stands in for it")
    return found


@pytest.mark.parametrize("call, error, file, number", FAILING, ids=lambda value: str(value))
def test_failing_call(call, error, file, number, strace, scene, home, run):
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"]
    where = ["-P", str(home / file)] if file else []
    command = [strace, "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, *where, *inject, sys.executable, "-m", "geo_app"]
    env = {**os.environ, "GEO_APP_HOME": str(home), "LANG": "C.UTF-8"}
    done = subprocess.run([*command, *importing(scene.second)], env=env, capture_output=True, text=True, timeout=60)
    _is_old_or_new(Ended(done.returncode, done.stdout, done.stderr), scene, home, run)


@pytest.mark.parametrize("size", [1, 8_000, 40_000, 80_000, 130_000])
def test_limited_at(size, scene, home, run):
    _is_old_or_new(run(*importing(scene.second), fsize=size), scene, home, run)


def _is_old_or_new(ended: Ended, scene, home: Path, run) -> None:
    assert ended.code in (0, 2), ended
    assert "Traceback" not in ended.err
    found = visible(home)
    if "can be told only once" in ended.err:  # the end of the transaction itself could not be synced
        assert found in (scene.before, scene.after)
    elif ended.code:
        assert found == scene.before
        assert any(each in ended.err for each in ("none of it counts", "Nothing was", "cannot be read")), ended.err
    else:
        assert found == scene.after
    assert problems(home) == []
    again = run(*importing(scene.second))
    assert again.code == 0, again.err
    assert visible(home) == scene.after
    assert problems(home) == [] and leftovers(home) == []
