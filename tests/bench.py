"""Time the main job on many generated sites: from file to totals, pages and tiles.

Run by ``make bench``; ``ARGS="--sites 20000 --runs 3"`` changes the size. Prints medians, and the
ratio to a bare read of the same file in the same run. Machines differ and are noisy: only
ratios of one run can be compared.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio

from geo_app.app import create_app
from geo_app.samples import generated_sites
from geo_app.services import Landproof, figures, mapping, uploads, users
from geo_app.settings import Settings

LAYER = "grassland_restored"
TILE = (11, 1575, 797)


def main() -> None:
    """Run the benchmark and print its table; the last line is the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = generated_sites(options.sites, 7, Path(folder))
        runs = [run(path, Path(folder) / str(number)) for number in range(options.runs)]
    medians = {step: statistics.median(each[step] for each in runs) for step in runs[0]}
    bare = medians["bare read (pyogrio.read_dataframe)"]
    print(f"{options.sites} sites, medians of {options.runs} runs")
    print(f"{'step':38} {'seconds':>9} {'× bare read':>12}")
    for step, seconds in medians.items():
        print(f"{step:38} {seconds:9.3f} {seconds / bare:12.2f}")
    print(json.dumps({"sites": options.sites, "runs": options.runs, "seconds": medians}))


def run(path: Path, home: Path) -> dict[str, float]:
    """Time every step once, on an empty instance."""
    lp = Landproof(Settings(home=home))
    client = _signed_in(lp)
    steps: dict[str, Callable[[], Any]] = {
        "bare read (pyogrio.read_dataframe)": lambda: pyogrio.read_dataframe(path),
        "import: receive, read, stage, preview": lambda: _read(lp, path),
        "accept and count": lambda: uploads.accept(lp, 1, "bench"),
        "totals by district": lambda: figures.totals(lp, LAYER, "district"),
        "start page": lambda: _get(client, "/"),
        "page of the sites table": lambda: _get(client, f"/sites?layer={LAYER}"),
        f"map tile {'/'.join(map(str, TILE))}": lambda: mapping.tile_of(lp, LAYER, *TILE),
    }
    times = {}
    for step, work in steps.items():
        began = time.perf_counter()
        work()
        times[step] = time.perf_counter() - began
    lp.store.close()
    return times


def _read(lp: Landproof, path: Path) -> None:
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, LAYER, "bench")
    uploads.read(lp, upload.id)


def _signed_in(lp: Landproof) -> Any:
    client = create_app(lp.settings).test_client()
    client.get(f"/in/{users.new_link(lp)}", base_url="http://127.0.0.1")
    return client


def _get(client: Any, address: str) -> None:
    answer = client.get(address, base_url="http://127.0.0.1")
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")


if __name__ == "__main__":
    main()
