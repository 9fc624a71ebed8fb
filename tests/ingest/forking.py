"""One warm process that forks a reader for each file, so that hundreds of tests need not each start Python.

The forks run the same code under the same limits, cut off from the network in the same way; only the
start is spared. Tests of the start itself ask for the fixture `real_start`.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from geo_app.ingest import process

_SERVER = """
import array, json, os, runpy, socket, sys
entry = runpy.run_path(sys.argv[1], run_name="forking")
control = socket.socket(fileno=int(sys.argv[2]))
entry["_cut_network"]()
entry["_lighten"]()
import geo_app.ingest.child.main, geo_app.ingest.child.repair, geo_app.ingest.child.workbook
import geo_app.ingest.child.geopackage, geo_app.ingest.child.geojson, geo_app.ingest.child.kml
import geo_app.ingest.child.parquet, geo_app.ingest.child.tables
import importlib
while True:
    asked, fds, _, _ = socket.recv_fds(control, 4096, 3)
    if not asked:
        break
    order = json.loads(asked)
    if "wait" in order:
        control.send(json.dumps(os.waitpid(order["wait"], 0)[1]).encode())
        continue
    pid = os.fork()
    if pid == 0:
        control.close()
        for target, given in enumerate(fds):
            os.dup2(given, target)
            os.close(given)
        os.chdir(order["cwd"])
        code = 1
        try:
            job = json.loads(sys.stdin.readline())
            entry["_limit"](**job["limits"])
            importlib.import_module("geo_app.ingest.child." + job["task"]).run(job)
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    for given in fds:
        os.close(given)
    control.send(json.dumps(pid).encode())
"""


class Forker:
    """The warm process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forking-")
        self._control, theirs = socket.socketpair()
        theirs.set_inheritable(True)
        self._server = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _SERVER, str(process.ENTRY), str(theirs.fileno())],
            env=process.environment(Path(self._folder.name)),
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    def start(self, work: Path, complaints: Any) -> "Fork":
        """Do what `process._started` does."""
        stdin_theirs, stdin_ours = os.pipe()
        stdout_ours, stdout_theirs = os.pipe()
        order = f'{{"cwd": "{work}"}}'.encode()
        socket.send_fds(self._control, [order], [stdin_theirs, stdout_theirs, complaints.fileno()])
        os.close(stdin_theirs)
        os.close(stdout_theirs)
        pid = int(self._control.recv(64))
        return Fork(self, pid, os.fdopen(stdin_ours, "wb"), os.fdopen(stdout_ours, "rb"))

    def wait(self, pid: int) -> int:
        """Wait for a fork; give its return code as `subprocess` does."""
        self._control.send(f'{{"wait": {pid}}}'.encode())
        return os.waitstatus_to_exitcode(int(self._control.recv(64)))

    def stop(self) -> None:
        """End the warm process."""
        self._control.close()
        self._server.wait(timeout=10)
        self._folder.cleanup()


class Fork:
    """A forked reader, with as much of `subprocess.Popen` as the reading uses."""

    def __init__(self, forker: Forker, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._forker, self._pid = forker, pid
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None

    def __enter__(self) -> "Fork":
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end."""
        if self.returncode is None:
            self.returncode = self._forker.wait(self._pid)
        return self.returncode

    def kill(self) -> None:
        """End it."""
        if self.returncode is None:
            os.kill(self._pid, signal.SIGKILL)
