"""The server as a user starts and ends it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def server(tmp_path):
    """A running server on a free port: its process, its address and its sign-in link."""
    env = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "geo_app", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        link = re.search(r"http://\S+/in/\S+", lines[1])[0]
        yield process, link.split("/in/")[0], link
        process.kill()


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_signal_ends_server_and_worker_within_five_seconds(server, number):
    process, _, _ = server
    (worker,) = until(lambda: workers_of(process))
    process.send_signal(number)
    assert process.wait(5) == 0
    assert not is_running(worker)


def test_worker_that_dies_is_started_again(server):
    process, _, _ = server
    (worker,) = until(lambda: workers_of(process))
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: [pid for pid in workers_of(process) if pid != worker])


def test_stranger_sees_no_figures(server):
    _, address, _ = server
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address + "/", timeout=10)


def test_link_works_once(server):
    _, _, link = server
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert "Landproof" in opener.open(link, timeout=10).read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(link, timeout=10)


def test_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "geo_app", "serve", "--port", str(port)]
        result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    assert result.returncode == 2
    assert f"Port {port}" in result.stderr and "PORT=" in result.stderr
    assert "Traceback" not in result.stderr


def test_evil_host_is_refused(server):
    _, address, _ = server
    request = urllib.request.Request(address + "/sign-in", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)
