"""From a file to accepted sites, against a bare read of the same file: time, memory, and whether pages go on.

Ours is the real way: a server with its worker, the file received, read by the worker, previewed,
accepted. Both sides are timed after imports and the start of the interpreter.
"""

import http.cookiejar
import time
import urllib.request
from pathlib import Path
from typing import Any

from geo_app.samples import generated_sites
from geo_app.services import Landproof, uploads
from geo_app.settings import Settings
from tests.bench.timing import Memory, apart, asked_again_and_again, medians, show
from tests.serving import Server, served

LAYER = "grassland_restored"
SIZES = (100_000, 1_000_000)
BARE = "bare read (pyogrio.read_dataframe)"
OURS = "receive, read, check, preview, accept"


def run(folder: Path, sites: int | None, runs: int) -> dict[str, Any]:
    """Import files of generated sites; the largest size once only."""
    found = {}
    for size in (sites,) if sites else SIZES:
        path = generated_sites(size, 7, folder)
        figures = medians([_once(path, folder / f"{size}-{number}") for number in range(1 if size > 500_000 else runs)])
        seconds = {name: figures[name] for name in (BARE, OURS)}
        show(f"{size} polygons, {path.stat().st_size >> 20} MB", seconds, BARE)
        print(f"  peak memory of server, worker and reader together: {figures['peak MiB']:.0f} MiB")
        print(f"  start page meanwhile: slowest answer {figures['slowest page']:.2f} s")
        found[str(size)] = figures | {"ratio": seconds[OURS] / seconds[BARE]}
        path.unlink()
    if len(found) > 1:
        small, large = (found[str(size)][OURS] / size for size in SIZES)
        print(f"  cost of a record at {SIZES[1]} against {SIZES[0]}: {large / small:.2f}")
        found["cost of a record, large against small"] = large / small
    return found


def _once(path: Path, home: Path) -> dict[str, float]:
    bare, _ = apart("import pyogrio", "pyogrio.read_dataframe(arguments[0])", path)
    with served(home) as server:
        page = _signed_in(server)
        page()
        lp = Landproof(Settings(home=home))
        with Memory(server.process.pid) as memory, asked_again_and_again(page, 0.5) as answers:
            began = time.perf_counter()
            _import(lp, path)
            ours = time.perf_counter() - began
        lp.store.close()
    return {BARE: bare, OURS: ours, "peak MiB": memory.peak_bytes / 2**20, "slowest page": max(answers, default=0.0)}


def _import(lp: Landproof, path: Path) -> None:
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, LAYER, "bench")
    uploads.enqueue(lp, upload.id)
    while uploads.find(lp, upload.id).state == "reading":
        time.sleep(0.02)
    uploads.accept(lp, upload.id, "bench")


def _signed_in(server: Server) -> Any:
    """Sign in, and give what asks for the start page."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.open(server.link, timeout=60).read()
    return lambda: opener.open(server.address, timeout=120).read()
