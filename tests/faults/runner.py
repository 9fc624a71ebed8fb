"""Run commands of ours in processes of their own, without paying for the imports each time.

This module is started once, imports everything and then forks for each command that it is told
of, one JSON object a line. A forked process is a real one: it can be killed, limited and waited
for, and what it leaves is what a command leaves that a user starts.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_app.__main__ import make_app
from geo_app.cli.main import main
from geo_app.store import database, staging

ROWS_IN_A_BATCH = 4  # so that a small file has a first, a middle and a last batch


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: the signal) and what it said."""

    code: int
    out: str
    err: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Runner:
    """The side of the test: start commands, wait for them."""

    def __init__(self) -> None:
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}
        for name in [name for name in env if name.startswith("GEO_APP_")]:
            del env[name]
        command = [sys.executable, "-m", "tests.faults.runner"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def start(self, home: Path, *arguments: str, script: str = "", **more: Any) -> int:
        """Start a command, or a few lines of Python, on an instance and return its process.

        Parameters
        ----------
        more : ``fault`` for GEO_APP_FAULT, ``fsize`` for the largest file in bytes, ``busy`` for the
            seconds to wait for another writer
        """
        return self._ask(do="start", home=str(home), arguments=arguments, script=script, **more)

    def wait(self, pid: int) -> Ended:
        return Ended(**self._ask(do="wait", pid=pid))

    def run(self, home: Path, *arguments: str, **more: Any) -> Ended:
        return self.wait(self.start(home, *arguments, **more))

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _ask(self, **request: Any) -> Any:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _serve() -> None:
    staging.BATCH = ROWS_IN_A_BATCH
    pipes: dict[int, tuple[int, int]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "start":
            pid, pipes[pid] = _start(request)
            answer: Any = pid
        else:
            answer = _wait(request["pid"], *pipes.pop(request["pid"]))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _start(request: dict[str, Any]) -> tuple[int, tuple[int, int]]:
    (out, to_out), (err, to_err) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid:
        os.close(to_out)
        os.close(to_err)
        return pid, (out, err)
    code = 1
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever we inherited
    try:
        for number, opened in enumerate((os.open(os.devnull, os.O_RDONLY), to_out, to_err)):
            os.dup2(opened, number)
        code = _command(request)
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - as the interpreter would
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _command(request: dict[str, Any]) -> int:
    os.environ["GEO_APP_HOME"] = request["home"]
    if fault := request.get("fault"):
        os.environ["GEO_APP_FAULT"] = fault
    if fsize := request.get("fsize"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (fsize, resource.RLIM_INFINITY))
    if busy := request.get("busy"):
        database.BUSY_SECONDS = busy
    if request["script"]:
        exec(request["script"], {})  # noqa: S102 - lines of our own tests
        return 0
    return main(make_app, request["arguments"])


def _wait(pid: int, out: int, err: int) -> dict[str, Any]:
    said = [os.fdopen(each, "r", errors="replace").read() for each in (out, err)]
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "out": said[0], "err": said[1]}


if __name__ == "__main__":
    _serve()
