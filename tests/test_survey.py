"""Area by the rule of the land surveys, against an independent implementation and against geodesics."""

import functools
import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.geometry import GEOGRAPHIC, areas, to_geographic
from geo_app.survey import Plane, official_areas, own_plane, straightness
from tests.drawn import around, at, plots, with_hole

CELL = shapely.box(95, 37, 95.01, 37.01)
MERIDIANS = (90, 93, 96, 99)  # of the four zones of Haixi
PLAIN = dict(zip(MERIDIANS, (4539, 4540, 4541, 4542), strict=True))
NUMBERED = dict(zip(MERIDIANS, (4518, 4519, 4520, 4521), strict=True))
EVERY_PLANE = {
    **{code: (meridian, None) for meridian, code in PLAIN.items()},
    **{code: (meridian, meridian // 3) for meridian, code in NUMBERED.items()},
    # CGCS2000 in 6-degree zones, Xian 1980, Beijing 1954
    **dict.fromkeys((4494, 2330, 21416), (93, 16)),
    **dict.fromkeys((4495, 2331, 21417), (99, 17)),
    **dict.fromkeys((4505, 2341, 21456), (93, None)),
    **dict.fromkeys((2354, 2406), (90, 30)),
    **dict.fromkeys((2357, 2409), (99, 33)),
    **dict.fromkeys((2375, 2427), (90, None)),
}
drawn_often = settings(max_examples=200, deadline=None)


def official(shape: shapely.Geometry | None, crs: int | pyproj.CRS = 4490) -> float:
    return official_areas(np.array([shape], dtype=object), pyproj.CRS(crs))[0]


def assert_same(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, rel=1e-9, abs=0.01)


def moved(corners: np.ndarray, east: float, north: float) -> shapely.Polygon:
    return shapely.affinity.translate(with_hole(corners), east, north)


def test_known_cells():
    holed = shapely.Polygon(
        shapely.box(95, 37, 95.1, 37.1).exterior, [shapely.box(95.02, 37.02, 95.04, 37.04).exterior]
    )
    assert official(CELL) == 987766.69
    assert official(holed) == pytest.approx(94769367.02, rel=1e-6)  # by parallels; ours are edges of the plane


@drawn_often
@given(plots(), st.sampled_from(sorted(EVERY_PLANE)), st.floats(-250_000, 250_000), st.floats(3.6e6, 4.4e6))
def test_plot_in_any_plane_of_the_surveys(reference, corners, code, beside, north):
    meridian, zone = EVERY_PLANE[code]
    plot = moved(corners, 500_000 + beside + (zone or 0) * 1_000_000, north)
    assert_same(official(plot, code), reference(plot, meridian, zone))


@drawn_often
@given(plots(), plots(), st.sampled_from(MERIDIANS))
def test_parts_are_added(reference, some, others, meridian):
    plot = shapely.MultiPolygon([moved(some, 420_000, 4_100_000), moved(others, 440_000, 4_100_000)])
    assert_same(official(plot, PLAIN[meridian]), reference(plot, meridian))


@drawn_often
@given(plots(), st.floats(89, 100), st.floats(33, 40), st.sampled_from([4490, 4326, 3857, 32646]))
def test_other_systems_go_to_the_nearest_plane(reference, corners, lon, lat, code):
    file = _transformed(at(with_hole(corners), lon, lat), 4490, code)
    lonlat = _transformed(file, code, 4490)
    meridian = min(MERIDIANS, key=lambda each: abs(each - lonlat.centroid.x))
    assert_same(official(file, code), reference(_transformed(lonlat, 4490, PLAIN[meridian]), meridian))


def _transformed(shape: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    return shapely.transform(shape, _way(source, target).transform, interleaved=False)


@functools.cache
def _way(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@settings(max_examples=200, deadline=None)
@given(plots(), st.sampled_from(MERIDIANS), st.floats(-130_000, 130_000))
def test_official_is_near_geodesic(corners, meridian, beside):
    plot = np.array([moved(corners, 500_000 + beside, 4_100_000)])
    crs = pyproj.CRS(PLAIN[meridian])
    geodesic = areas(to_geographic(plot, crs))[0]
    # 10 km edges bend by metres between the two; what decimals do grows with the outline
    assert official_areas(plot, crs)[0] == pytest.approx(geodesic, rel=2e-5, abs=0.01 + 1e-4 * shapely.length(plot[0]))


@settings(max_examples=200, deadline=None)
@given(plots(), st.floats(-200_000, 200_000), st.booleans())
def test_straight_edges_account_for_what_densifying_changes(corners, beside, reverse):
    plot = np.array([moved(corners[::-1] if reverse else corners, 500_000 + beside, 4_100_000)])
    crs = pyproj.CRS(4541)
    straight, outline = straightness(plot, crs)
    dense, plain = (areas(to_geographic(each, crs))[0] for each in (shapely.segmentize(plot, 70), plot))
    assert straight[0] == pytest.approx(dense - plain, rel=0.02, abs=0.02)
    assert outline[0] == pytest.approx(shapely.length(plot[0]))


@pytest.mark.parametrize("lat", [0, 37, 70, 85])
@pytest.mark.parametrize("away, error", [(1.4, 3e-8), (2.9, 3e-8), (5.9, 2e-6), (9.5, 4e-5)])
def test_error_is_as_stated(lat, away, error):
    x, y = _way(4490, 4541).transform(96 + away, lat)
    fine = shapely.segmentize(shapely.box(x, y, x + 3_000, y + 3_000), 70)
    geodesic = areas(to_geographic(np.array([fine]), pyproj.CRS(4541)))[0]
    assert official(fine, 4541) == pytest.approx(geodesic, rel=error, abs=0.2)


@given(st.integers(0, 3), st.booleans())
def test_ring_start_and_direction_do_not_matter(start, reverse):
    ring = np.roll(shapely.get_coordinates(CELL)[:-1], start, axis=0)
    assert official(shapely.Polygon(ring[::-1] if reverse else ring)) == official(CELL)


def test_meridian_and_zone_number_do_not_matter():
    square = shapely.box(0, 0, 1234.5, 987.6)
    found = {
        official(shapely.affinity.translate(square, easting, 4_100_000), code)
        for code, easting in ((4539, 420_000), (4542, 420_000), (4520, 32_420_000), (2357, 33_420_000))
    }
    assert len(found) == 1


def test_local_plane_keeps_its_own_origin():
    local = "+proj=tmerc +lat_0=36 +lon_0=94.5 +k=1 +x_0=50000 +y_0=20000 +ellps=GRS80 +units=m +type=crs"
    square = shapely.box(60_000, 30_000, 61_000, 31_000)
    _, equator = pyproj.Transformer.from_crs(4490, local, always_xy=True).transform(94.5, 0)
    assert own_plane(pyproj.CRS(local)) == Plane(94.5, 50_000, pytest.approx(equator, abs=1e-6))
    geodesic = areas(to_geographic(np.array([square]), pyproj.CRS(local)))[0]
    assert official(square, local) == pytest.approx(geodesic, abs=0.1)


@pytest.mark.parametrize("code", [4490, 3857, 32646, 2056, 5514], ids=str)
def test_no_other_system_is_a_plane_of_the_surveys(code):
    assert own_plane(pyproj.CRS(code)) is None


@pytest.mark.parametrize(
    "shape",
    [
        *(shapely.Point(95, 37), shapely.LineString([(95, 37), (96, 37)]), shapely.GeometryCollection([CELL])),
        *(shapely.Polygon(), shapely.MultiPolygon()),
    ],
    ids=lambda shape: shape.geom_type,
)
@pytest.mark.parametrize("code", [4490, 4541, 3857], ids=str)
def test_what_has_no_area(shape, code):
    assert official(shape, code) == 0 == areas(np.array([shape], dtype=object))[0]


@pytest.mark.parametrize(
    "shape, code",
    [
        (None, 4490),
        (shapely.Polygon([(95, 37), (float("inf"), 37), (95, 38)]), 4490),
        (shapely.box(500_000, 4e6, 501_000, 4.1e6), 4490),
        (shapely.box(32_420_000, 4e6, 32_420_100, 4.1e6), 4541),
        (shapely.box(1e300, 1e300, 2e300, 2e300), 4541),
        (shapely.box(2e6, 4e6, 2.1e6, 4.1e6), 4541),
        (shapely.box(5e5, 9.99e6, 5.1e5, 1.1e7), 4541),
        (shapely.box(70, 20, 130, 50), 4490),
    ],
)
def test_what_the_rule_cannot_measure_is_missing(shape, code):
    good = CELL if code == 4490 else shapely.box(420_000, 4e6, 420_100, 4.0001e6)
    first, middle, last = official_areas(np.array([good, shape, good], dtype=object), pyproj.CRS(code))
    assert math.isnan(middle)
    assert first == last > 0


def test_outline_of_a_million_kilometres_is_not_walked():
    lats = np.tile([30.0, 40.0], 10_000)
    zigzag = np.column_stack([np.linspace(95, 96, len(lats)), lats])
    assert math.isnan(official(shapely.Polygon([*zigzag, (96, 41), (95, 41)])))


@pytest.mark.parametrize("lon, lat", [(180, 10), (-180, -40), (95, -37), (95, 0), (0, 60), (179.9999, 75)])
def test_anywhere_on_the_globe(lon, lat):
    plot = at(shapely.box(-200, -200, 300, 300), lon, lat)
    assert official(plot) == pytest.approx(areas(np.array([plot]))[0], abs=0.1)


def test_two_million_corners():
    circle = around(95, 37, 20_000, 2_000_000)
    assert official(circle) == pytest.approx(areas(np.array([circle]))[0], rel=1e-6)


def test_hole_height_and_crossing_ring():
    hole = shapely.box(95.002, 37.002, 95.004, 37.004).exterior
    ways = [shapely.Polygon(CELL.exterior, [hole]), shapely.Polygon(CELL.exterior, [hole.reverse()])]
    assert (
        official(ways[0])
        == official(ways[1])
        == pytest.approx(official(CELL) - official(shapely.Polygon(hole)), abs=0.02)
    )
    assert official(shapely.force_3d(CELL, 3_000)) == official(CELL)
    assert official(shapely.Polygon([(95, 37), (95.01, 37.01), (95.01, 37), (95, 37.01)])) < 1_000


def test_chunks_do_not_show():
    cells = shapely.box(95 + np.arange(5_000) / 1_000, 37, 95.001 + np.arange(5_000) / 1_000, 37.001)
    together = official_areas(cells, GEOGRAPHIC)
    assert together[[0, 1_999, 2_000, 4_999]].tolist() == [official(cells[row]) for row in (0, 1_999, 2_000, 4_999)]
