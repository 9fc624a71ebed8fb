"""Run the benchmarks: ``make bench``, or ``make bench ARGS="import --sites 100000 --runs 3"`` for one of them.

Machines differ and are noisy: only ratios of one run can be compared. Without ``--sites`` each benchmark
takes its own sizes, which may need half an hour and 8 GB of disk.
"""

import argparse
import json
import tempfile
from pathlib import Path

from tests.bench import imports, pages

BENCHMARKS = {"import": imports.run, "pages": pages.run}


def main() -> None:
    """Run what is asked for; print a table each, and one JSON object at the end or in a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all without any")
    parser.add_argument("--sites", type=int, help="one size for all")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each side")
    parser.add_argument("--json", type=Path, help="file for the figures; without it they are printed")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}")
    found = {}
    with tempfile.TemporaryDirectory(prefix="landproof-bench-") as folder:
        for name in options.names or BENCHMARKS:
            print(f"\n{name}")
            found[name] = BENCHMARKS[name](Path(folder), options.sites, options.runs)
    told = json.dumps(found, indent=1)
    if options.json:
        options.json.write_text(told + "\n", encoding="utf-8")
    else:
        print(f"\n{told}")


if __name__ == "__main__":
    main()
