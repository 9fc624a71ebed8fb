"""Outlines of invented parcels: drawn in a plane, sized by their area on the ellipsoid."""

import numpy as np
import pyproj
import shapely

from geo_app.geometry import areas, to_geographic

PLANE_DECIMALS = 4  # 0.1 mm, what a county's drawing program keeps
DEGREE_DECIMALS = 9


def outline(rng: np.random.Generator) -> np.ndarray:
    """Draw a smooth irregular ring of 12 to 40 vertices around the origin.

    Returns
    -------
    ndarray of shape (n, 2)
        Not closed, star-shaped about the origin, enclosing an area of 1.
    """
    count = int(rng.integers(12, 41))
    turn = 2 * np.pi * (np.arange(count) + rng.uniform(-0.3, 0.3, count)) / count
    waves = np.arange(2, 8)
    sizes = rng.normal(0, 0.34, len(waves)) / waves**0.8
    phases = rng.uniform(0, 2 * np.pi, len(waves))
    radius = np.exp((sizes * np.cos(np.outer(turn, waves) + phases)).sum(axis=1))
    stretched = np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None] * [rng.uniform(1, 1.9), 1]
    angle = rng.uniform(0, np.pi)
    ring = stretched @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(ring / np.sqrt(shapely.area(shapely.Polygon(ring))))


def reach(ring: np.ndarray) -> float:
    """Return how far a ring goes from the origin."""
    return float(np.hypot(*ring.T).max())


def as_drawn(ring: np.ndarray, centre: np.ndarray, scale: float, crs: int) -> shapely.Polygon:
    """Put a ring where it belongs and write it the way its file does.

    Parameters
    ----------
    centre, scale : in the drawing plane, see `drawing_plane`
    crs : int
        EPSG code of the file.

    Returns
    -------
    shapely.Polygon
        In the file's CRS, with rounded coordinates.
    """
    polygon = shapely.Polygon(centre + ring * scale)
    plane = drawing_plane(crs)
    if plane == crs:
        return shapely.transform(polygon, lambda xy: xy.round(PLANE_DECIMALS))
    degrees = to_geographic(np.array([polygon]), pyproj.CRS(plane))
    return shapely.transform(degrees[0], lambda xy: xy.round(DEGREE_DECIMALS))


def drawing_plane(crs: int) -> int:
    """Return the plane that a file is drawn in: its own, or zone 33 for one in degrees."""
    return 4542 if crs == 4490 else crs


def area_m2(polygon: shapely.Polygon, crs: int) -> float:
    """Measure a polygon of a file, on the ellipsoid."""
    return float(areas(to_geographic(np.array([polygon]), pyproj.CRS(crs)))[0])


def sized(ring: np.ndarray, centre: np.ndarray, target_m2: float, crs: int) -> shapely.Polygon:
    """Draw a ring so that its area on the ellipsoid is the wanted one, to about 0.01 m²."""
    scale = np.sqrt(target_m2)
    for _ in range(3):
        polygon = as_drawn(ring, centre, scale, crs)
        scale *= np.sqrt(target_m2 / area_m2(polygon, crs))
    return as_drawn(ring, centre, scale, crs)


def overlapping(
    ring: np.ndarray, base: shapely.Polygon, target_m2: float, shared_m2: float, crs: int
) -> shapely.Polygon:
    """Draw a ring of a wanted area so that it covers a wanted part of another polygon.

    Parameters
    ----------
    base : shapely.Polygon
        In the file's CRS.
    shared_m2 : float
        Less than both areas.

    Returns
    -------
    shapely.Polygon
        East of `base`, pushed over it until the shared ground is right.
    """
    to_plane = pyproj.Transformer.from_crs(crs, drawing_plane(crs), always_xy=True).transform
    middle = np.array(to_plane(*shapely.maximum_inscribed_circle(base).coords[0]))
    near, far = 0.0, 4 * (np.sqrt(area_m2(base, crs)) + np.sqrt(target_m2) * reach(ring))
    for _ in range(40):
        apart = (near + far) / 2
        polygon = sized(ring, middle + np.array([apart, 0]), target_m2, crs)
        if area_m2(shapely.intersection(base, polygon), crs) > shared_m2:
            near = apart
        else:
            far = apart
    return polygon
