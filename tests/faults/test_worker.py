"""A worker that is killed: its job is found again, and one that keeps killing it is given up."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from geo_app.points import POINTS
from geo_app.services import jobs, uploads
from tests.faults.conftest import LAYER, importing, write_sites
from tests.faults.state import leftovers, problems, visible
from tests.serving import served

IN_WORKER = [name for name in POINTS if name.startswith("job.")] + ["read.raw", "stage.middle", "ready.done"]
ENQUEUE = """
from geo_app.services import Landproof, uploads
from geo_app.settings import Settings
uploads.enqueue(Landproof(Settings.from_env()), {upload})
"""


def until(condition, seconds: float = 20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError("waited in vain")


@pytest.fixture
def received(lp, scene) -> int:
    """An upload that is received and not read."""
    with scene.second.open("rb") as source:
        return uploads.receive(lp, source, scene.second.name, LAYER, "test").id


@pytest.fixture
def worked(runner, home, lp, received):
    """Run a worker until the upload is read; it ends orderly."""

    def work() -> str:
        worker = runner.start(home, "worker")
        state = until(lambda: (found := uploads.find(lp, received).state) not in ("received", "reading") and found)
        until(lambda: not lp.store.jobs.unfinished())
        os.kill(worker, signal.SIGTERM)
        assert runner.wait(worker).code in (0, -signal.SIGTERM)  # the latter where it has hardly begun
        return state

    return work


@pytest.mark.parametrize("name", IN_WORKER)
def test_killed_at(name, runner, home, lp, scene, received, worked):
    if name in ("job.noted", "job.queued"):
        ended = runner.run(home, script=ENQUEUE.format(upload=received), fault=f"kill@{name}")
    else:
        uploads.enqueue(lp, received)
        ended = runner.run(home, "worker", fault=f"kill@{name}")
    assert ended.was_killed
    assert visible(home) == scene.before
    assert worked() == "ready"
    assert problems(home) == [] and leftovers(home) == []
    uploads.accept(lp, received, "command line")
    assert visible(home) == scene.after


def test_upload_that_nobody_reads_any_more_is_read(worked):
    assert worked() == "ready"


def test_job_that_kills_the_worker_three_times_is_given_up(runner, home, lp, scene, received, worked):
    uploads.enqueue(lp, received)
    for _ in range(jobs.ATTEMPTS):
        assert runner.run(home, "worker", fault="kill@read.sites").was_killed
    assert worked() == "refused"
    told = uploads.find(lp, received).message
    assert "3 times" in told["template"].format(**told["values"])
    assert visible(home) == scene.before
    assert leftovers(home) == []


def test_worker_that_is_told_to_stop_does_not_count_as_killed(runner, home, lp, received):
    uploads.enqueue(lp, received)
    for _ in range(2):
        worker = runner.start(home, "worker", fault="wait@read.raw")
        until(lambda: _attempts(home) == 1)
        os.kill(worker, signal.SIGTERM)
        assert runner.wait(worker).code == 0
        assert _attempts(home) == 0
    assert uploads.find(lp, received).state == "reading"


def test_second_worker_waits_for_the_first(runner, home, lp, received):
    first, second = runner.start(home, "worker"), None
    until(lambda: uploads.find(lp, received).state == "ready")
    second = runner.start(home, "worker")
    time.sleep(0.5)
    os.kill(first, signal.SIGKILL)
    assert runner.wait(first).was_killed
    uploads.choose(lp, received, {"status": "planned"})
    until(lambda: uploads.find(lp, received).state == "ready")
    os.kill(second, signal.SIGTERM)
    assert runner.wait(second).code == 0


def test_damaged_queue_is_made_anew(home, worked):
    (home / "queue.db").write_bytes(b"no database at all" * 100)
    assert worked() == "ready"


def test_server_takes_the_job_up_again_after_its_worker_was_killed(home, lp, tmp_path):
    slow = write_sites(tmp_path / "slow.geojson", 6000)
    with served(home) as server:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(server.link, timeout=10)
        number = _send(opener, server.address, slow)
        until(lambda: uploads.find(lp, number).progress > 0)
        (worker,) = _children(server.process.pid)
        readers = _children(worker)
        os.kill(worker, signal.SIGKILL)
        assert uploads.find(lp, number).state == "reading"
        until(lambda: uploads.find(lp, number).state == "ready", 60)
        assert not [each for each in readers if Path(f"/proc/{each}/exe").exists()]
    assert not lp.store.jobs.unfinished()
    assert problems(home) == []


def _attempts(home) -> int:
    with contextlib.closing(sqlite3.connect(home / "landproof.db")) as connection:
        return connection.execute("SELECT attempts FROM jobs WHERE ended_at IS NULL").fetchone()[0]


def _send(opener, address: str, path) -> int:
    token = re.search(r'name="csrf_token" value="([^"]+)"', opener.open(f"{address}/uploads").read().decode())[1]
    line = "--border\r\nContent-Disposition: form-data; name="
    fields = {"csrf_token": token, "layer": LAYER}
    body = "".join(f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body += f'{line}"file"; filename="{path.name}"\r\n\r\n{path.read_text(encoding="utf-8")}\r\n--border--\r\n'
    request = urllib.request.Request(f"{address}/uploads", body.encode())
    request.add_header("Content-Type", "multipart/form-data; boundary=border")
    return int(urllib.parse.urlsplit(opener.open(request, timeout=30).url).path.rpartition("/")[2])


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(each) for each in found.stdout.split()]


def test_interrupted_command_leaves_nothing_to_be_read(runner, home, lp, scene, tmp_path):
    slow = write_sites(tmp_path / "slow.geojson", 6000)
    command = runner.start(home, *importing(slow))
    until(lambda: (newest := uploads.listing(lp)[0]).id > 1 and newest.progress > 0)
    os.kill(command, signal.SIGINT)
    assert runner.wait(command).code == 130
    assert uploads.listing(lp)[0].state == "discarded"
    assert visible(home) == scene.before


def test_import_goes_on_beside_a_worker(runner, home, scene):
    worker = runner.start(home, "worker")
    assert runner.run(home, *importing(scene.second)).code == 0
    os.kill(worker, signal.SIGTERM)
    assert runner.wait(worker).code == 0
    assert visible(home) == scene.after
