"""Rules about the shape of one site."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_app.geometry import areas, lengths
from geo_app.i18n import N_
from geo_app.quality.parts import METRES, Part, metres_a_degree, nothing, rounded, usable
from geo_app.quality.validity import CROSSES, fault, written

STRAIGHT_M = 0.001  # that a vertex on a straight edge may be off it
MOST_PLAIN = 1000  # vertices of outlines that are drawn plainer: what it costs may grow with their square
SPIKE_SLENDER = 5  # times longer than it may be wide
MOST_CROSSINGS = 1000
ROUNDNESS = 0.01  # of the radius, or of the side, that a circle or square may be off
FEWEST_OF_A_CIRCLE = 8  # vertices
CIRCLE, SQUARE = N_("a circle"), N_("a square")


def self_crossing(part: Part) -> pd.DataFrame:
    """Find outlines that were drawn so that they cross themselves."""
    found = _faults(part)
    own = found[found["reason"] == CROSSES]
    count = _spread(part, own.index, [crossings(_drawn(part)[row]) for row in own.index])
    return part.tell(own.index.to_numpy(), count, **_told(part, found, "place", "before", "after"))


def invalid(part: Part) -> pd.DataFrame:
    """Find outlines that were drawn in any other way that has no area of its own."""
    found = _faults(part)
    other = found[found["reason"] != CROSSES]
    larger = np.fmax(np.fmax(other["before"], other["after"]), 1e-9)
    apart = _spread(part, other.index, 100 * (other["before"] - other["after"]).abs() / larger)
    return part.tell(other.index.to_numpy(), apart, **_told(part, found, "reason", "place", "before", "after"))


def spike(part: Part) -> pd.DataFrame:
    """Find outlines that go out and back along nearly the same way."""
    limit, sites = part.limit("sliver_width_m"), np.flatnonzero(part.is_ground)
    coordinates, ring, owner = _rings(_plain(part.local[sites]))
    if not len(coordinates) or np.isnan(limit):
        return nothing()
    there, back = _to_neighbours(coordinates, ring)
    out, home = np.hypot(*there.T), np.hypot(*back.T)
    reach = np.fmin(out, home)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = reach * np.hypot(*(there / out[:, None] - back / home[:, None]).T)
    tips = np.flatnonzero((reach >= SPIKE_SLENDER * limit) & (width < limit))
    at = pd.DataFrame({"site": sites[owner[tips]], "reach": reach[tips], "tip": tips})
    count = _spread(part, *np.unique(at["site"], return_counts=True))
    at = at.sort_values(["site", "reach"]).drop_duplicates("site", keep="last").set_index("site")
    metres, place = _spread(part, at.index, at["reach"]), part.middles.copy()
    place[at.index] += coordinates[at["tip"]] / metres_a_degree(place[at.index, 1])
    return part.tell(at.index.to_numpy(), metres, at=place, metres=rounded(metres), limit=limit, count=rounded(count))


def sliver(part: Part) -> pd.DataFrame:
    """Find polygons that are narrow on the whole."""
    limit, width = part.limit("sliver_width_m"), widths(part.local)
    return part.tell(part.is_ground & (width < limit), width, width=rounded(width, 2, limit), limit=limit)


def circle_or_square(part: Part) -> pd.DataFrame:
    """Find circles and squares of just the area that is declared."""
    area, roundness = shapely.area(part.local), np.full(len(part.ids), np.nan)
    tolerance = part.limit("declared_tolerance")
    agree = np.flatnonzero(part.is_ground & (np.abs(area - part.declared_m2) <= tolerance * area))
    shape = np.full(len(part.ids), CIRCLE, object)
    plain = part.local.copy()
    plain[agree] = _plain(plain[agree])
    for row in agree[_is_simple(plain[agree])]:
        ring = shapely.get_coordinates(plain[row])[:-1]
        is_square = len(ring) == 4
        spread = _spread_of_square(ring) if is_square else _spread_of_circle(ring)
        if spread < ROUNDNESS:
            shape[row] = SQUARE if is_square else CIRCLE
            roundness[row] = 1 - spread
    return part.tell(~np.isnan(roundness), roundness, shape=shape)


def declared_length_differs(part: Part) -> pd.DataFrame:
    """Find lines that are written to be of another length than they draw."""
    limit = part.limit("declared_tolerance")
    if part.about.layer.measure != "length" or np.isnan(limit):
        return nothing()
    drawn = np.where(part.is_line, lengths(part.lonlat), np.nan)
    share = np.abs(part.amount - drawn) / np.where(drawn > 0, drawn, np.nan)
    told = {"declared": rounded(part.amount), "drawn": rounded(drawn), "percent": rounded(100 * share, 1, 100 * limit)}
    return part.tell(share > limit, 100 * share, **told, limit=100 * limit, unit=METRES)


def widths(local: np.ndarray) -> np.ndarray:
    """Give how wide polygons are on the whole, in the unit of their plane; NaN without an outline.

    The shorter side of the rectangle of the same area and perimeter; where no rectangle has so much area in so
    short a perimeter, the side of the square.

    Examples
    --------
    >>> widths(np.array([shapely.box(0, 0, 3, 3), shapely.box(0, 0, 20, 2)]))
    array([3., 2.])
    """
    area, around = shapely.area(local), shapely.length(local)
    root = np.sqrt(np.clip(np.square(around) - 16 * area, 0, None))
    # 4 A / (P + √(P² - 16 A)) is (P - √(P² - 16 A)) / 4 without taking like numbers from each other
    strip = 4 * area / np.where(around > 0, around + root, np.nan)
    return np.asarray(np.where(root > 0, strip, np.sqrt(np.where(around > 0, area, np.nan))))


def crossings(shape: shapely.Geometry, most: int = MOST_CROSSINGS) -> int:
    """Count how often the outline of a shape crosses itself; some more than `most` may be left out.

    Examples
    --------
    >>> crossings(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    1
    """
    coordinates, ring, _ = _rings(np.array([shape], object))
    inside = np.flatnonzero(ring[:-1] == ring[1:])
    steps = shapely.linestrings(np.stack([coordinates[inside], coordinates[inside + 1]], axis=1))
    tree = shapely.STRtree(steps)
    found, start, size = 0, 0, 1
    while start < len(steps) and found < most:
        one, other = tree.query(steps[start : start + size], predicate="crosses")
        found += int((one + start < other).sum())
        start += size
        size = size * 2 if len(one) < 4 * size else max(1, size // 2)  # what crosses everything comes in small bits
    return found


def _faults(part: Part) -> pd.DataFrame:
    """Give the sites, by position, that were drawn otherwise than they can be measured.

    Returns
    -------
    DataFrame
        ``reason lon lat`` and the areas ``before`` and ``after`` the repair, m².
    """
    shapes = _drawn(part)
    rows = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    told = [fault(shapes[row]) for row in rows]
    found = pd.DataFrame({"reason": [reason for reason, _ in told]}, index=rows, dtype=object)
    lon, lat = np.array([place or (np.nan, np.nan) for _, place in told], float).reshape(-1, 2).T
    return found.assign(lon=lon, lat=lat, before=areas(shapes[rows]), after=areas(part.lonlat[rows]))


def _drawn(part: Part) -> np.ndarray:
    return np.full(len(part.ids), None, object) if part.drawn is None else usable(part.drawn.lonlat)


def _told(part: Part, found: pd.DataFrame, *wanted: str) -> dict[str, np.ndarray]:
    """Give where findings about repaired outlines are, and what fills their sentences."""
    at = part.middles.copy()
    seen = found[["lon", "lat"]].to_numpy(float)
    known = np.isfinite(seen).all(axis=1)
    at[found.index[known]] = seen[known]
    told = {
        "reason": found["reason"],
        "place": [written((lon, lat) if lon == lon else None) for lon, lat in seen.tolist()],
        "before": rounded(found["before"]),
        "after": rounded(found["after"]),
    }
    return {"at": at} | {name: _spread(part, found.index, told[name], object) for name in wanted}


def _spread(part: Part, rows: np.ndarray, values: Any, kind: type = float) -> np.ndarray:
    """Put values of some sites, by position, beside those of all, which are missing."""
    spread: np.ndarray = np.full(len(part.ids), None if kind is object else np.nan, kind)
    spread[rows] = values
    return spread


def _rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the vertices of polygons, the ring of each and the polygon of each."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    return coordinates, ring, owner[part][ring] if len(ring) else ring


def _to_neighbours(coordinates: np.ndarray, ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the way from each vertex to the one before and the one after it on its ring, once each.

    The last vertex of a ring is its first again, from where it leads nowhere.
    """
    before, after = np.roll(coordinates, 1, axis=0), np.roll(coordinates, -1, axis=0)
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    last = np.append(first[1:], len(ring)) - 1
    before[first] = coordinates[last - 1]
    before[last] = after[last] = coordinates[last]
    return before - coordinates, after - coordinates


def _plain(shapes: np.ndarray) -> np.ndarray:
    """Leave out vertices that lie on straight edges, unless there are very many."""
    plain = shapely.remove_repeated_points(shapes)
    few = np.flatnonzero(shapely.get_num_coordinates(plain) <= MOST_PLAIN)
    straight = shapely.simplify(plain[few], STRAIGHT_M, preserve_topology=False)
    plain[few] = np.where(shapely.is_empty(straight), plain[few], straight)
    return np.asarray(plain)


def _is_simple(shapes: np.ndarray) -> np.ndarray:
    """Tell which polygons are one ring of four, or of many vertices."""
    is_polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    one = is_polygon & (shapely.get_num_interior_rings(shapes) == 0)
    vertices = shapely.get_num_coordinates(shapes) - 1
    return np.asarray(one & ((vertices == 4) | (vertices >= FEWEST_OF_A_CIRCLE)))


def _spread_of_circle(ring: np.ndarray) -> float:
    radii = np.hypot(*(ring - (ring.min(axis=0) + ring.max(axis=0)) / 2).T)
    return float(np.ptp(radii) / radii.mean())


def _spread_of_square(ring: np.ndarray) -> float:
    sides = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    across = np.hypot(*(ring[2:] - ring[:2]).T)
    return float(max(np.ptp(sides) / sides.mean(), np.ptp(across) / across.mean()))
