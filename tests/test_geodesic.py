"""The area of record against Karney's exact geodesics."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.geometry import areas
from tests.drawn import around, at, plots, with_hole

GEOD = pyproj.Geod(a=6378137, rf=298.257222101)


def exact(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])


def assert_exact(*shapes: shapely.Geometry) -> None:
    expected = np.array([exact(shape) for shape in shapes])
    assert np.all(np.abs(areas(np.array(shapes, dtype=object)) - expected) <= 1e-6 * expected + 2e-4)


@settings(max_examples=300, deadline=None)
@given(plots(), plots(), st.floats(-179.8, 179.8), st.floats(-79, 79))
def test_any_plot(corners, others, lon, lat):
    polygon = at(shapely.Polygon(corners), lon, lat)
    holed = at(with_hole(others), lon, lat + 0.12)
    assert_exact(polygon, holed, shapely.MultiPolygon([polygon, holed]))


@settings(max_examples=200, deadline=None)
@given(plots(), st.floats(-0.01, 0.01), st.floats(-75, 75))
def test_plot_over_the_antimeridian(corners, beside, lat):
    assert_exact(at(shapely.Polygon(corners), 180 + beside, lat))


@settings(max_examples=200, deadline=None)
@given(plots(), plots(), st.floats(-85, 85), st.floats(1, 50))
def test_longitude_does_not_matter(corners, others, lat, stretch):
    shapes = [shapely.affinity.scale(with_hole(each), stretch, stretch) for each in (corners, others)]
    lon_0, lon_180 = (
        areas(np.array([shapely.MultiPolygon([at(shapes[0], lon, lat), at(shapes[1], lon, -lat)])]))[0]
        for lon in (0.0, 180.0)
    )
    assert lon_180 == pytest.approx(lon_0, rel=1e-9, abs=2e-3)


@settings(max_examples=200, deadline=None)
@given(st.floats(0.001, 20), st.floats(1, 10_000), st.floats(0, np.pi), st.floats(-180, 180), st.floats(-79, 79))
def test_sliver(width_m, length_m, turn, lon, lat):
    strip = shapely.affinity.rotate(shapely.box(0, 0, length_m, width_m), turn, use_radians=True)
    assert_exact(at(strip, lon, lat))


@pytest.mark.parametrize("lat", [-90, -89, -80.01, -79.99, -60, -0.0001, 0, 36.5, 53.5, 78, 80, 89], ids=str)
@pytest.mark.parametrize("side", [0.00001, 0.001, 0.1, 0.3, 1.0], ids=str)
def test_cell_of_any_size_at_any_latitude(side, lat):
    assert_exact(shapely.box(95, lat, 95 + side, lat + side), shapely.box(179.99, lat, 180, lat + side))


@pytest.mark.parametrize("corners", [4, 40, 400, 4000])
@pytest.mark.parametrize("lat", [-85, -60, 30, 75])
def test_ring_around_a_pole(corners, lat):
    lons = np.linspace(-180, 180, corners, endpoint=False)
    assert_exact(shapely.Polygon(np.column_stack([lons, np.full(corners, lat)])))


@pytest.mark.parametrize("radius_m", [300, 10_000, 300_000])
def test_two_million_corners(radius_m):
    assert_exact(around(95, 37, radius_m, 2_000_000))


def test_many_tiny_edges_do_not_add_up_to_an_error():
    fine, coarse = around(95, 37, 5, 200_000), around(95, 37, 5, 2_000)
    lost = np.pi * 25 * (1 - np.sinc(1 / 1_000))  # what the coarse one cuts off the circle
    measured = areas(np.array([fine, coarse]))
    assert measured[0] - measured[1] == pytest.approx(lost, abs=2e-5)


@pytest.mark.parametrize("side", [3.0, 30.0])
def test_long_edges(side):
    assert_exact(*(shapely.box(95, lat, 95 + side, lat + 0.4) for lat in (-88, 36, 89.5)))


def test_one_broken_outline_spoils_no_other():
    good, broken = around(95, 37, 100, 50), shapely.Polygon([(95, 37), (float("inf"), 37), (95, 38)])
    over = at(shapely.box(-50, -50, 50, 50), 180, 37)
    measured = areas(np.array([good, broken, over, good]))
    assert np.isnan(measured[1])
    assert measured[[0, 2, 3]] == pytest.approx([exact(good), exact(over), exact(good)], rel=1e-9)
