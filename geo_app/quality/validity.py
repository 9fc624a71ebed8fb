"""What is wrong with an outline that is not valid, in our words."""

import re

import numpy as np
import shapely

from geo_app.i18n import N_

CROSSES, TOUCHES, SPIKE, TWICE = N_("crosses itself"), N_("touches itself"), N_("has a spike"), N_("has a ring twice")
OUTSIDE, IN_HOLE, IN_SHELL = N_("has a hole outside"), N_("has a hole in a hole"), N_("has parts that overlap")
APART, FEW_POINTS, BROKEN = N_("is cut in two by a hole"), N_("has too few points"), N_("is not valid")
_BY_GEOS = {
    "Self-intersection": CROSSES,
    "Ring Self-intersection": TOUCHES,
    "Duplicate Rings": TWICE,
    "Hole lies outside shell": OUTSIDE,
    "Holes are nested": IN_HOLE,
    "Nested shells": IN_SHELL,
    "Interior is disconnected": APART,
    "Too few points in geometry component": FEW_POINTS,
}
_REASON = re.compile(r"([^\[]+)(?:\[([-+.\deE]+) ([-+.\deE]+)\])?")

Place = tuple[float, float]


def fault(shape: shapely.Geometry) -> tuple[str, Place | None]:
    """Say what is wrong with an outline, and where it is seen first.

    Examples
    --------
    >>> fault(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    ('crosses itself', (1.0, 1.0))
    """
    match = _REASON.match(shapely.is_valid_reason(shape))
    name, x, y = match.groups() if match else ("", None, None)
    reason = _BY_GEOS.get(name.strip(), BROKEN)
    if reason in (CROSSES, TOUCHES, IN_SHELL, BROKEN):
        rings = shapely.get_rings(shapely.get_parts(shape))
        if len(set(shapely.to_wkb(shapely.normalize(rings)))) < len(rings):
            reason = TWICE
        elif any(_has_spike(shapely.get_coordinates(ring)) for ring in rings):
            reason = SPIKE
    return reason, (float(x), float(y)) if x and y else None


def written(place: Place | None) -> str:
    """Write a place as longitude / latitude."""
    return f"{place[0]:.6f} / {place[1]:.6f}" if place else "-"


def _has_spike(ring: np.ndarray) -> bool:
    """Tell whether a ring goes somewhere and straight back."""
    steps = np.diff(ring, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    following = np.roll(steps, -1, axis=0)
    lengths = np.hypot(*steps.T) * np.hypot(*following.T)
    cosine = (steps * following).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    return bool((cosine < -1 + 1e-12).any())
