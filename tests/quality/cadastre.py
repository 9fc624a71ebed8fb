"""A cadastre without a fault: parcels drawn in a Gauss-Krüger plane, whose borders are shared lines.

Rows of parcels lie between lines of many corners; the borders within a row end somewhere on those
lines, where the parcels of the next row have no corner of their own.
"""

from itertools import pairwise

import numpy as np
import pyproj
import shapely

from geo_app.geometry import to_geographic

CRS = 4520
WEST_M, SOUTH_M = 32_470_000.0, 3_985_000.0  # west of Dulan, in zone 32
DECIMALS = 4  # 0.1 mm, what a county's drawing program keeps


def cadastre(count: int, seed: int, side_m: float = 250.0) -> np.ndarray:
    """Draw parcels of about so many metres by so many, in EPSG:4520."""
    rng = np.random.default_rng(seed)
    rows = int(np.ceil(np.sqrt(count)))
    east = rows * side_m
    lines = [_line(rng, SOUTH_M + row * side_m, east, side_m) for row in range(rows + 1)]
    drawn: list[shapely.Polygon] = []
    for south, north in pairwise(lines):
        cuts = _cuts(rng, rows, east, side_m)
        feet, heads = _on(south, cuts), _on(north, cuts)
        middles = (feet + heads) / 2 + rng.uniform(-0.05, 0.05, feet.shape) * side_m
        for at in range(rows):
            drawn.append(shapely.Polygon(_ring(south, north, (feet, middles, heads), at)))
    shapes = np.array(drawn[:count], object)
    return np.asarray(shapely.transform(shapes, lambda xy: xy.round(DECIMALS)))


def lonlat(shapes: np.ndarray) -> np.ndarray:
    """Bring parcels to longitude and latitude."""
    return to_geographic(shapes, pyproj.CRS(CRS))


def _line(rng: np.random.Generator, y: float, east: float, side: float) -> np.ndarray:
    steps = int(east / side * 2) + 1
    x = np.linspace(0, east, steps) + np.r_[0, rng.uniform(-0.1, 0.1, steps - 2) * side, 0]
    return np.column_stack([WEST_M + x, y + rng.uniform(-0.08, 0.08, steps) * side])


def _cuts(rng: np.random.Generator, rows: int, east: float, side: float) -> np.ndarray:
    x = np.arange(rows + 1) * side + np.r_[0, rng.uniform(-0.3, 0.3, rows - 1) * side, 0]
    return WEST_M + np.clip(x, 0, east)


def _on(line: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.interp(x, *line.T)])


def _ring(south: np.ndarray, north: np.ndarray, borders: tuple[np.ndarray, ...], at: int) -> np.ndarray:
    feet, middles, heads = borders
    low = south[(south[:, 0] > feet[at, 0]) & (south[:, 0] < feet[at + 1, 0])]
    high = north[(north[:, 0] > heads[at, 0]) & (north[:, 0] < heads[at + 1, 0])]
    return np.vstack(
        [feet[at], low, feet[at + 1], middles[at + 1], heads[at + 1], high[::-1], heads[at], middles[at], feet[at]]
    )
