"""The bar of a claim and the outline of a site."""

import re

import pytest
import shapely

from geo_app.claims import claim_printed, judge
from geo_app.units import MU, to_parts
from geo_app.web.drawing import bar, outline, position


@pytest.mark.parametrize(("share", "at"), [(0, 0), (-5, 0), (94, 18), (95, 24.83), (100, 59), (106, 100), (250, 100)])
def test_scale_has_a_break(share: float, at: float) -> None:
    assert position(share) == at


def test_bar_of_a_short_figure() -> None:
    claim = claim_printed("grassland_restored", "11.5万亩")
    drawn = bar(judge(claim, to_parts(114986.2, "area", MU), to_parts(112658, "area", MU), 214))
    assert drawn.kind == "short"
    assert (drawn.net, drawn.gross) == (45.08, 58.92)
    assert drawn.low < 59 < drawn.high


def test_outline_keeps_its_proportions() -> None:
    drawn = outline(shapely.box(97, 37, 97.02, 37.01), width=400, height=400)
    numbers = [float(each) for each in re.findall(r"[\d.]+", drawn.path)]
    width, height = max(numbers[::2]) - min(numbers[::2]), max(numbers[1::2]) - min(numbers[1::2])
    assert width / height == pytest.approx(2 * 0.7985, rel=0.01)


def test_outline_keeps_holes() -> None:
    ring = shapely.box(97, 37, 97.02, 37.01).difference(shapely.box(97.005, 37.003, 97.01, 37.006))
    assert outline(ring).path.count("M") == 2


def test_point_is_drawn_in_the_middle() -> None:
    drawn = outline(shapely.Point(97, 37), width=400, height=200)
    assert drawn.points == ((200.0, 100.0),)
    assert drawn.scale_m == 0


def test_line_is_not_closed() -> None:
    drawn = outline(shapely.LineString([(97, 37), (97.1, 37.05)]))
    assert "z" not in drawn.path
    assert not drawn.closed


@pytest.mark.parametrize("shape", [None, shapely.Polygon()])
def test_nothing_is_no_outline(shape: object) -> None:
    assert outline(shape) is None


def test_scale_is_true() -> None:
    drawn = outline(shapely.box(97, 37, 97.02, 37.01))
    per_metre = drawn.scale_px / drawn.scale_m
    assert 330 * (1 - 0.16) == pytest.approx(0.01 * 110_990 * per_metre, rel=0.01)
