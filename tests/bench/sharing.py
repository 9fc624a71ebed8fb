"""Ground that counts once, against peers: a union of everything, pairs of an STRtree, PostGIS.

The bridge does more than its peers: it takes status and place into account, densifies edges to 70 m, says
who loses what to whom, and goes to integers. All peers get the same polygons in memory, in the
equal-area plane, except PostGIS, which has them in a table with an index.
"""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo_app.bridge import Scope, build
from geo_app.districts import Districts
from geo_app.geometry import EQUAL_AREA, to_plane
from geo_app.model import Text
from tests.bench.parcels import InMemory, as_sites, cadastre, scattered
from tests.bench.postgis import PostGIS
from tests.bench.timing import medians, show, timed

SIZES = (10_000, 100_000, 1_000_000)
UNION = "shapely.disjoint_subset_union_all"
OURS = "bridge.build"
TREE = "pairs: STRtree intersects, intersection"
POSTGIS = "pairs: PostGIS 15, self-join, ST_Intersection"
EVERYWHERE = Scope(
    Districts(
        id="bench",
        name=Text("bench", "bench"),
        version="1",
        accuracy_m=100.0,
        credit="",
        file=Path(),
        names={},
        shapes={"all": shapely.box(70, 10, 130, 60)},
        places={"all": ("all",)},
        aliases={},
    ),
    "all",
)


def run(folder: Path, sites: int | None, runs: int) -> dict[str, Any]:
    """Compare net totals and pairs, of scattered sites at several sizes and of a cadastre."""
    found = {}
    with PostGIS(folder / "postgis") as postgis:
        for size in (sites,) if sites else SIZES:
            found[f"scattered {size}"] = _compare(
                "scattered sites", scattered(size), runs if size < 500_000 else 1, postgis
            )
    size = sites or 250_000
    found[f"cadastre {size}"] = _compare("parcels of a cadastre", cadastre(size), runs, None)
    _growth(found)
    return found


def _compare(what: str, lonlat: np.ndarray, runs: int, postgis: PostGIS | None) -> dict[str, Any]:
    plane, frame, fetch = to_plane(lonlat, EQUAL_AREA), as_sites(lonlat), InMemory(lonlat)
    net = {}

    def ours() -> None:
        net[OURS] = build(frame, "area", EVERYWHERE, fetch, frame.iloc[:0]).steps[-1].amount / 10_000

    def union() -> None:
        net[UNION] = float(shapely.area(shapely.disjoint_subset_union_all(plane)))

    work = {UNION: union, OURS: ours, TREE: lambda: _pairs(plane)}
    if postgis is not None and postgis.can_be_asked and len(lonlat) <= 100_000:
        postgis.fill(plane)
        work[POSTGIS] = postgis.pairs
    figures = medians([{name: timed(each) for name, each in work.items()} for _ in range(runs)])
    show(f"{len(lonlat)} {what}, {_pairs(plane)} pairs", figures, UNION)
    print(f"  times faster than the union: {figures[UNION] / figures[OURS]:.2f}")
    print(f"  net {net[OURS]:,.1f} m² (geodesic), union {net[UNION]:,.1f} m² (edges straight in the plane)")
    if postgis is not None and not postgis.can_be_asked:
        print(f"  PostGIS was not asked: {postgis.why_not}")
    return figures | {"sites": len(lonlat), "times faster than the union": figures[UNION] / figures[OURS]}


def _pairs(plane: np.ndarray) -> int:
    one, other = shapely.STRtree(plane).query(plane, predicate="intersects")
    one, other = one[one < other], other[one < other]
    return int((shapely.area(shapely.intersection(plane[one], plane[other])) > 0.01).sum())


def _growth(found: dict[str, Any]) -> None:
    """Print how the cost grows against n log n."""
    rows = [each for name, each in found.items() if name.startswith("scattered")]
    for small, large in pairwise(rows):
        fair = large["sites"] * math.log(large["sites"]) / (small["sites"] * math.log(small["sites"]))
        grown = large[OURS] / small[OURS]
        print(f"  from {small['sites']} to {large['sites']}: × {grown:.1f}; n log n would be × {fair:.1f}")
        large["growth against n log n"] = grown / fair
