"""Starting other programs: they end when we end, and say why they failed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SECONDS = 4


def leave_on_termination() -> None:
    """Turn SIGTERM into an exit that ends what we started."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(signum: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def run(command: list[str], *, counting: str = "", total: int = 0) -> tuple[int, str]:
    """Run a command and answer its exit code and what it said.

    On a terminal, lines that begin with `counting` move a counter up to `total`.
    """
    lines: list[str] = []
    count = 0
    with _started(command, captured=True) as process:
        for line in process.stdout or ():
            lines.append(line)
            if counting and line.startswith(counting) and sys.stdout.isatty():
                count += 1
                print(
                    f"\r  {count} of {total}",
                    end="" if count < total else "\n",
                    flush=True,
                )
    return process.returncode, "".join(lines)


def call(command: list[str]) -> int:
    """Run a command that talks to the user itself."""
    with _started(command) as process:
        process.wait()
    return 128 - process.returncode if process.returncode < 0 else process.returncode


def last_line(output: str) -> str:
    """Answer the last line that tells something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "complete log of this run" not in line]
    return telling[-1] if telling else "it gave no reason"


@contextmanager
def _started(command: list[str], *, captured: bool = False) -> Iterator[subprocess.Popen[str]]:
    """Start a command, and end it when we are ended."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if captured else None,
        stdout=subprocess.PIPE if captured else None,
        stderr=subprocess.STDOUT if captured else None,
        text=True,
        errors="replace",
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
