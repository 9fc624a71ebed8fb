"""The server as a user starts and ends it."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.serving import command, served


@pytest.fixture
def server(tmp_path):
    """A server on an empty instance."""
    with served(tmp_path / "home") as running:
        yield running


def workers_of(process: subprocess.Popen) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition, seconds: float = 10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError("waited in vain")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["ctrl-c", "sigterm", "hangup"])
def test_signal_ends_server_and_worker_within_five_seconds(server, number):
    (worker,) = until(lambda: workers_of(server.process))
    server.process.send_signal(number)
    assert server.process.wait(5) == 0
    assert not is_running(worker)


def test_worker_ends_with_a_server_that_was_killed(server):
    (worker,) = until(lambda: workers_of(server.process))
    server.process.kill()
    assert until(lambda: not is_running(worker), 5)


def test_worker_that_dies_is_started_again(server):
    (worker,) = until(lambda: workers_of(server.process))
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: [pid for pid in workers_of(server.process) if pid != worker])


def test_stranger_sees_no_figures(server):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(server.address + "/", timeout=10)


def test_link_works_once(server):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert "Landproof" in opener.open(server.link, timeout=10).read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(server.link, timeout=10)


def test_evil_host_is_refused(server):
    request = urllib.request.Request(server.address + "/sign-in", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)


def test_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            **command(tmp_path / "home", "serve", "--port", str(port)), capture_output=True, timeout=60
        )
    assert result.returncode == 2
    assert f"Port {port}" in result.stderr and "PORT=" in result.stderr
    assert "Traceback" not in result.stderr
