"""The web server process and the worker beside it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import waitress

from geo_app.errors import Refused
from geo_app.i18n import N_

HOST = "127.0.0.1"
PATIENCE_SECONDS = 3.0


class Worker:
    """The worker as a child in its own session, started again when it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._watch.start()

    def stop(self) -> None:
        """End the worker: ask, wait 3 seconds, then kill it and what it started."""
        self._stopping.set()
        self._watch.join(PATIENCE_SECONDS + 1)

    def _keep_alive(self) -> None:
        pause = 0.5
        command = [sys.executable, "-m", "geo_app", "worker", "--parent", str(os.getpid())]
        while not self._stopping.is_set():
            began = time.monotonic()
            self._child = subprocess.Popen(command, start_new_session=True)
            while self._child.poll() is None and not self._stopping.wait(0.2):
                pass
            # A worker that dies at once must not be started in a tight circle.
            pause = 0.5 if time.monotonic() - began > 60 else min(pause * 2, 30.0)
            if not self._stopping.is_set():
                self._stopping.wait(pause)
        self._end()

    def _end(self) -> None:
        child = self._child
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # and what it started itself


def end_with(parent: int) -> None:
    """End this process, as SIGTERM does, when the server that started it is gone without a word."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def serve_pages(make_app: Callable[[], Any], port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP.

    Raises
    ------
    Refused
        If the port is taken.
    """
    listener = _listen(port)
    server = waitress.create_server(
        make_app(), sockets=[listener], threads=8, ident="Landproof", clear_untrusted_proxy_headers=True
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    worker = Worker()
    worker.start()
    try:
        announce(f"http://{HOST}:{listener.getsockname()[1]}")
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        worker.stop()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise Refused(
            N_("Port {port} on 127.0.0.1 cannot be used ({error}). Choose another: make run PORT={other}."),
            port=port,
            error=error.strerror,
            other=port + 1,
        ) from error
    return listener


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
