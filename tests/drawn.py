"""Polygons that tests of measuring draw: plots of the sizes that occur, and odd ones."""

import numpy as np
import shapely
from hypothesis import strategies as st

DEGREE_M = 111_000.0


@st.composite
def plots(draw, largest_m: float = 5_000.0) -> np.ndarray:
    """Corners of a simple polygon of 3 to 12 corners around 0, in metres; its edges are 1 m to 10 km long."""
    size = 10 ** draw(st.floats(0, np.log10(largest_m)))
    gaps = np.array(draw(st.lists(st.floats(0.5, 1), min_size=3, max_size=12)))
    turns = np.cumsum(gaps) * 2 * np.pi / gaps.sum()
    reach = np.array([draw(st.floats(0.3, 1)) for _ in gaps]) * size
    return np.column_stack([reach * np.cos(turns), reach * np.sin(turns)])


def with_hole(corners: np.ndarray) -> shapely.Polygon:
    """Cut a small copy of itself out of a plot, wound the other way or not as it comes."""
    return shapely.Polygon(corners, [corners * 0.1])


def at(shape: shapely.Geometry, lon: float, lat: float) -> shapely.Geometry:
    """Put a shape drawn in metres somewhere on the globe, over the antimeridian where need be."""

    def to_degrees(xy: np.ndarray) -> np.ndarray:
        x = lon + xy[:, 0] / DEGREE_M / np.cos(np.radians(lat))
        return np.column_stack([(x + 180) % 360 - 180, lat + xy[:, 1] / DEGREE_M])

    return shapely.transform(shape, to_degrees)


def around(lon: float, lat: float, radius_m: float, corners: int) -> shapely.Polygon:
    """Draw a circle of so many corners."""
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return at(shapely.Polygon(radius_m * np.column_stack([np.cos(turns), np.sin(turns)])), lon, lat)
