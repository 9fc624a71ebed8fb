"""A small map of the districts with where proposals would put a file, as SVG attributes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.services.proposals import Proposal

WIDTH, HEIGHT, MARGIN = 640, 260, 14
FARTHEST = 8.0  # degrees from the districts that the map still reaches
FINENESS = 0.02  # degrees


@dataclass(frozen=True)
class Mark:
    """Where a proposal lies: its numbers in the list, and whether that is inside a district."""

    x: float
    y: float
    label: str
    inside: bool


@dataclass(frozen=True)
class Locator:
    """The map: a path for the districts, and the marks."""

    width: int
    height: int
    land: str
    marks: tuple[Mark, ...]


def locator(shapes: Mapping[str, shapely.Geometry], found: Sequence[Proposal]) -> Locator | None:
    """Draw proposals over the districts.

    Returns
    -------
    Locator or None
        None where no proposal lies near enough to the districts to be drawn with them.
    """
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    near = [
        (number, each)
        for number, each in enumerate(found, 1)
        if each.lon is not None
        and each.lat is not None
        and west - FARTHEST <= each.lon <= east + FARTHEST
        and south - FARTHEST <= each.lat <= north + FARTHEST
    ]
    if not near:
        return None
    lons, lats = [each.lon for _, each in near], [each.lat for _, each in near]
    box = (min(west, *lons), min(south, *lats), max(east, *lons), max(north, *lats))
    fit = _Fit(*box)
    land = "".join(_rings(shapely.simplify(shape, FINENESS), fit) for shape in shapes.values())
    at: dict[tuple[float, float], list[tuple[int, Proposal]]] = {}
    for number, each in near:
        at.setdefault(fit(each.lon or 0.0, each.lat or 0.0), []).append((number, each))
    marks = tuple(
        Mark(x, y, ", ".join(str(number) for number, _ in group), any(each.district for _, each in group))
        for (x, y), group in at.items()
    )
    return Locator(WIDTH, HEIGHT, land, marks)


class _Fit:
    """Degrees to pixels, true to shape at the middle."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self._squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = (east - west) * self._squeeze, north - south
        self._scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self._west, self._north = west, north
        self._left, self._top = (WIDTH - wide * self._scale) / 2, (HEIGHT - high * self._scale) / 2

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        x = (lon - self._west) * self._squeeze * self._scale + self._left
        return round(x, 1), round((self._north - lat) * self._scale + self._top, 1)


def _rings(shape: shapely.Geometry, fit: _Fit) -> str:
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    drawn = []
    for ring in rings:
        points = (fit(x, y) for x, y in np.asarray(ring.coords)[:, :2])
        drawn.append("M" + " ".join(f"{x},{y}" for x, y in points) + "z")
    return "".join(drawn)
