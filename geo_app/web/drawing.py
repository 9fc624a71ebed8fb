"""Small drawings as SVG attributes: the bar of a claim, the outline of a site."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import shapely

from geo_app.geometry import lengths
from geo_app.model import Claim, Verdict
from geo_app.units import from_parts
from geo_app.web.wording import VERDICT_KINDS

# 0 to 94 % of the reported figure is squeezed left of the break, 94 to 106 % is linear right of it.
_LINEAR_FROM, _LINEAR_TO, _SQUEEZED = 94.0, 106.0, 18.0
_MARGIN = 0.08
_ROUND_STEPS = (1, 2, 5)
_LINE_FROM, _LINE_TO, _INTERVAL_ROOM, _LABEL_PX, _ARROW_PX = 20.0, 480.0, 0.12, 110.0, 24.0  # of an interval's picture
_FIRST_LINE, _NEXT_LINE = 76, 18  # of its labels


@dataclass(frozen=True)
class Bar:
    """A claim's bar; positions in percent of its width."""

    kind: str
    low: float
    high: float
    net: float
    gross: float
    net_share: float
    low_share: float
    high_share: float


@dataclass(frozen=True)
class IntervalPicture:
    """What a printed figure can mean, beside what is there; positions in a box 500 wide.

    Attributes
    ----------
    wide : bool
        Whether the ends lie far enough apart to be labelled each; else they are labelled together.
    apart : bool
        Whether net is labelled on one line with the ends.
    net_y, gross_y : int
        Where net and gross are labelled; both the same where they are the same amount.
    arrow : tuple of float, or None
        From net to the nearest end, where there is a gap that can be drawn.
    """

    low: float
    high: float
    reported: float
    net: float
    gross: float
    wide: bool
    apart: bool
    net_y: int
    gross_y: int
    arrow: tuple[float, float] | None


@dataclass(frozen=True)
class Outline:
    """A site's shape: path data in a box of `width` x `height`, and a scale bar.

    `before` and `points_before` are those of an earlier version, or of another site, in the same box; `shared`
    is ground that both cover, `spot` a place on it.
    """

    width: int
    height: int
    path: str
    points: tuple[tuple[float, float], ...]
    before: str
    points_before: tuple[tuple[float, float], ...]
    closed: bool
    scale_px: float
    scale_m: int
    shared: str = ""
    spot: tuple[float, float] | None = None


def bar(verdict: Verdict) -> Bar:
    """Place a verdict's interval, net and gross on the scale that all rows share."""
    claim = verdict.claim
    reported = claim.reported or Fraction(1)
    net = float(from_parts(verdict.net, claim.measure) / reported) * 100
    gross = float(from_parts(verdict.gross, claim.measure) / reported) * 100
    low, high = float(claim.low / reported) * 100, float(end_of(claim) / reported) * 100
    kind = VERDICT_KINDS[verdict.word]
    return Bar(kind, position(low), position(high), position(net), position(max(gross, net)), net, low, high)


def interval(verdict: Verdict) -> IntervalPicture:
    """Place a claim's interval, its net and its gross on a line that holds all of them."""
    claim = verdict.claim
    net, gross = (float(from_parts(parts, claim.measure)) for parts in (verdict.net, verdict.gross))
    values = [*(float(each) for each in (claim.low, end_of(claim), claim.reported)), net, gross]
    first, last = min(values), max(values)
    room = (last - first or last or 1.0) * _INTERVAL_ROOM

    def at(value: float) -> float:
        return round(_LINE_FROM + (value - first + room) / (last - first + 2 * room) * (_LINE_TO - _LINE_FROM), 1)

    low, high, reported, net_at, gross_at = map(at, values)
    wide = high - low >= _LABEL_PX
    apart = min(abs(net_at - low), abs(net_at - high)) >= _LABEL_PX and (
        wide or abs(net_at - reported) >= 2 * _LABEL_PX
    )
    is_exact = claim.low == claim.high
    net_y = _FIRST_LINE if is_exact or apart else _FIRST_LINE + _NEXT_LINE
    beside = abs(net_at - gross_at) >= _LABEL_PX * (1 if apart else 1.5)
    under_net = net_y + _NEXT_LINE * (1 + apart)
    gross_y = net_y if verdict.net == verdict.gross else net_y + _NEXT_LINE * apart if beside else under_net
    end = low if net_at < low else high
    arrow = (net_at, end) if verdict.word in ("short", "over") and abs(end - net_at) > _ARROW_PX else None
    return IntervalPicture(low, high, reported, net_at, gross_at, wide, apart, net_y, gross_y, arrow)


def end_of(claim: Claim) -> Fraction:
    """Return where a claim's interval ends in a picture: one without an upper end reaches a quarter farther."""
    return claim.low * Fraction(5, 4) if claim.high is None else claim.high


def position(share: float) -> float:
    """Return where a share of the reported figure (in percent) lies, in percent of the width.

    Examples
    --------
    >>> position(47), position(94), position(100), position(200)
    (9.0, 18.0, 59.0, 100.0)
    """
    if share <= _LINEAR_FROM:
        return round(max(share, 0.0) / _LINEAR_FROM * _SQUEEZED, 2)
    linear = (share - _LINEAR_FROM) / (_LINEAR_TO - _LINEAR_FROM)
    return round(min(_SQUEEZED + linear * (100 - _SQUEEZED), 100.0), 2)


def outline(
    geometry: Any,
    before: Any = None,
    width: int = 640,
    height: int = 330,
    *,
    shared: Any = None,
    spot: tuple[float, float] | None = None,
) -> Outline | None:
    """Fit a lon/lat geometry into a box, true to shape at its middle; another one may share the box.

    Parameters
    ----------
    before : an earlier version, or another site
    shared : ground that both cover
    spot : longitude and latitude of a place to mark

    Returns
    -------
    Outline or None
        None where both are missing or empty.
    """
    shapes = [each for each in (geometry, before) if each is not None and not each.is_empty]
    if not shapes:
        return None
    to_box, per_degree = _fitted(shapes, width, height)
    path, points = _path(geometry, to_box)
    path_before, points_before = _path(before, to_box)
    metres, pixels = _scale(shapes[0], width / 4, per_degree)
    closed = "Polygon" in shapes[0].geom_type
    path_shared, _ = _path(shared, to_box)
    mark = tuple(to_box(np.array([spot], float))[0].round(1).tolist()) if spot else None
    return Outline(width, height, path, points, path_before, points_before, closed, pixels, metres, path_shared, mark)


Placing = Callable[[np.ndarray], np.ndarray]


def _fitted(shapes: Sequence[Any], width: int, height: int) -> tuple[Placing, float]:
    """Give what puts coordinates into a box that holds some shapes, and pixels a degree of longitude."""
    west, south, east, north = shapely.total_bounds(shapes)
    squeeze = math.cos(math.radians((south + north) / 2))
    span_x, span_y = (east - west) * squeeze, north - south
    room_x, room_y = width * (1 - 2 * _MARGIN), height * (1 - 2 * _MARGIN)
    per_degree = min(room_x / span_x if span_x else math.inf, room_y / span_y if span_y else math.inf)
    if math.isinf(per_degree):
        per_degree = 0.0
    left = (width - span_x * per_degree) / 2
    top = (height - span_y * per_degree) / 2

    def to_box(at: np.ndarray) -> np.ndarray:
        return np.column_stack([(at[:, 0] - west) * squeeze * per_degree + left, (north - at[:, 1]) * per_degree + top])

    return to_box, per_degree * squeeze


def _path(geometry: Any, to_box: Placing) -> tuple[str, tuple[tuple[float, float], ...]]:
    lines, points = [], []
    if geometry is None or geometry.is_empty:
        return "", ()
    shape = shapely.transform(shapely.force_2d(geometry), to_box)
    for part in shapely.get_parts(shapely.simplify(shape, 0.3) if shape.geom_type.endswith("n") else shape):
        if part.geom_type == "Polygon":
            lines += [(ring.coords, "z") for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "Point":
            points.append((round(part.x, 1), round(part.y, 1)))
        else:
            lines.append((part.coords, ""))
    drawn = ["M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in coords) + end for coords, end in lines]
    return "".join(drawn), tuple(points)


def _scale(geometry: Any, room_px: float, px_per_degree: float) -> tuple[int, float]:
    """Return a round length that fits into the room, in metres and in pixels."""
    if not px_per_degree:
        return 0, 0.0
    middle = geometry.centroid
    degree = shapely.LineString([(middle.x, middle.y), (middle.x + 0.01, middle.y)])
    metres_per_px = float(lengths(np.array([degree]))[0]) * 100 / px_per_degree
    most = room_px * metres_per_px
    power = 10 ** math.floor(math.log10(most)) if most >= 1 else 1
    metres = max((step * power for step in _ROUND_STEPS if step * power <= most), default=power)
    return int(metres), round(metres / metres_per_px, 1)
