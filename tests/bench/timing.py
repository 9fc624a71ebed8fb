"""Timing in processes of their own, the memory of a tree of processes, and tables of medians."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def timed(work: Callable[[], Any]) -> float:
    """Seconds that a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def apart(imports: str, work: str, *arguments: object) -> tuple[float, float]:
    """Seconds that some lines take in a fresh process that has imported what they need, and its peak memory in MiB."""
    code = f"import json, re, sys, time\n{imports}\narguments = json.loads(sys.argv[1])\n"
    code += f"began = time.perf_counter()\n{work}\nseconds = time.perf_counter() - began\n"
    # what the process that started it held counts in ru_maxrss, not here
    code += "print(seconds, int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
    told = json.dumps([str(each) for each in arguments])
    ended = subprocess.run([sys.executable, "-c", code, told], check=True, capture_output=True, text=True)
    seconds, peak = ended.stdout.split()[-2:]
    return float(seconds), float(peak)


class Memory:
    """The largest sum of resident memory seen of a process and all that it started."""

    def __init__(self, root: int) -> None:
        self.peak_bytes = 0
        self._root, self._over = root, threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident, family(self._root))))


def family(root: int) -> set[int]:
    """A process and all that it started, and those started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


@contextmanager
def asked_again_and_again(ask: Callable[[], Any], pause_s: float) -> Iterator[list[float]]:
    """Ask for something all the time while the block lasts; gives the seconds that each answer took."""
    over, answers = threading.Event(), []

    def go_on() -> None:
        while not over.wait(pause_s):
            answers.append(timed(ask))

    asking = threading.Thread(target=go_on, daemon=True)
    asking.start()
    try:
        yield answers
    finally:
        over.set()
        asking.join()


def medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure over several runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def show(title: str, figures: Mapping[str, float], base: str, unit: str = "s") -> None:
    """Print figures with their ratio to one of them."""
    print(f"{title:58} {unit:>9}  × {base}")
    for name, value in figures.items():
        print(f"  {name:56} {value:9.3f} {value / figures[base]:8.2f}")
