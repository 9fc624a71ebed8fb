"""Geodesic area from Shapely objects, against a loop over pyproj.Geod, on one thread."""

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo_app.geodesic import GEOD
from geo_app.geometry import areas
from tests.bench.parcels import scattered
from tests.bench.timing import medians, show, timed

SIZE = 100_000
PEER = "loop over Geod.geometry_area_perimeter"
OURS = "geometry.areas"


def run(_folder: Path, sites: int | None, runs: int) -> dict[str, Any]:
    """Measure the same polygons in both ways; print how far they are apart."""
    polygons = shapely.orient_polygons(scattered(sites or SIZE))
    found = medians([{PEER: timed(lambda: _loop(polygons)), OURS: timed(lambda: areas(polygons))} for _ in range(runs)])
    show(f"{len(polygons)} polygons, {shapely.get_num_coordinates(polygons).sum()} vertices", found, PEER)
    apart = np.abs(_loop(polygons) - areas(polygons)).max()
    print(f"  times faster: {found[PEER] / found[OURS]:.1f}; largest difference {apart:.1e} m²")
    return found | {"times faster": found[PEER] / found[OURS], "largest difference, m2": float(apart)}


def _loop(polygons: np.ndarray) -> np.ndarray:
    return np.array([GEOD.geometry_area_perimeter(polygon)[0] for polygon in polygons])
