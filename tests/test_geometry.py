"""Areas, lengths and the way to longitude and latitude."""

import importlib.util
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_app.geometry import areas, has_place, kinds, lengths, middles, plane_areas, relabelled, to_geographic, to_plane

CELL = shapely.box(95, 37, 95.01, 37.01)


def as_array(*geometries: shapely.Geometry | None) -> np.ndarray:
    return np.array(geometries, dtype=object)


def test_cell_has_known_area():
    # 987,766.69 m² by the official rule; geodesic edges bend by less than 2e-6 of it
    assert areas(as_array(CELL))[0] == pytest.approx(987766.69, rel=2e-6)


def test_hole_is_taken_away_however_it_is_wound():
    hole = shapely.box(95.002, 37.002, 95.004, 37.004).exterior
    one = shapely.Polygon(CELL.exterior, [hole])
    other = shapely.Polygon(CELL.exterior, [hole.reverse()])
    assert areas(as_array(one))[0] == pytest.approx(areas(as_array(other))[0], abs=1e-4)
    assert areas(as_array(one))[0] < areas(as_array(CELL))[0]


def test_what_has_no_area():
    measured = areas(as_array(shapely.Point(95, 37), shapely.LineString([(95, 37), (96, 37)]), shapely.Polygon(), None))
    assert measured[:3].tolist() == [0, 0, 0]
    assert np.isnan(measured[3])


def test_height_does_not_change_area():
    assert areas(as_array(shapely.force_3d(CELL, 3000)))[0] == areas(as_array(CELL))[0]


def test_length_of_a_degree_of_meridian():
    line = shapely.LineString([(95, 36.5), (95, 37.5)])
    assert lengths(as_array(line, CELL))[0] == pytest.approx(110_980, rel=1e-3)
    assert lengths(as_array(CELL))[0] == 0


@given(st.integers(0, 3), st.booleans())
def test_ring_start_and_direction_do_not_matter(start, reverse):
    ring = np.roll(shapely.get_coordinates(CELL)[:-1], start, axis=0)
    polygon = shapely.Polygon(ring[::-1] if reverse else ring)
    assert areas(as_array(polygon))[0] == pytest.approx(areas(as_array(CELL))[0], abs=2e-4)


@pytest.mark.parametrize("epsg", [4519, 4520, 4541, 4542, 32646, 3857], ids=str)
def test_plane_and_back_is_the_same_place(epsg):
    there = to_plane(as_array(CELL), pyproj.CRS(epsg))
    back = to_geographic(there, pyproj.CRS(epsg))
    assert shapely.equals_exact(back[0], CELL, 1e-8)


def test_official_area_agrees_with_reference(shared_files):
    reference = _load(shared_files / "reference" / "ellipsoid_area_ref.py")
    lon, lat = shapely.get_coordinates(CELL).T
    official = abs(reference.ring_areas_lonlat(lon, lat, [0])[0])
    assert areas(as_array(CELL))[0] == pytest.approx(official, rel=5e-6)


@pytest.mark.parametrize("old, twin", [(2356, 4520), (2377, 4541), (2408, 4520), (2429, 4541)], ids=str)
def test_old_plane_is_read_as_its_cgcs2000_twin(old, twin):
    square = as_array(shapely.box(*_easting(twin), *(np.array(_easting(twin)) + 1000)))
    ours, theirs = (to_geographic(square, pyproj.CRS(epsg)) for epsg in (old, twin))
    assert shapely.equals_exact(ours[0], theirs[0], 1e-12)


def test_cgcs2000_is_not_relabelled():
    assert relabelled(pyproj.CRS(4520)) == pyproj.CRS(4520)


def test_plane_area_of_web_mercator_is_far_too_large():
    ratio = plane_areas(to_plane(as_array(CELL), pyproj.CRS(3857)), pyproj.CRS(3857))[0] / areas(as_array(CELL))[0]
    assert 1.54 < ratio < 1.62


def test_kinds_name_every_geometry():
    collection = shapely.GeometryCollection([CELL, shapely.Point(95, 37)])
    assert kinds(as_array(CELL, shapely.Point(1, 2), None, collection)).tolist() == [
        "polygon",
        "point",
        "none",
        "mixed",
    ]


def test_middle_of_a_polygon_lies_in_it():
    inf = float("inf")
    bowtie = shapely.Polygon([(95, 37), (95.1, 37.1), (95.1, 37), (95, 37.1)])
    over = shapely.Polygon([(179, 10), (-179, 10), (-179, 12), (179, 12)])
    lon, lat = middles(as_array(CELL, bowtie, over, shapely.Polygon([(95, 37), (inf, 37), (95, 38)])))
    assert lon[:3] == pytest.approx([95.005, 95.05, 180])
    assert lat[:3] == pytest.approx([37.005, 37.05, 11])
    assert not np.isfinite(lon[3])


def test_place_needs_finite_degrees():
    far = shapely.Point(500000, 4100000)
    assert has_place(as_array(CELL, far, None, shapely.Point(float("inf"), 1))).tolist() == [True, False, False, False]


def _easting(epsg: int) -> tuple[float, float]:
    return (32_500_000.0, 4_100_000.0) if epsg == 4520 else (500_000.0, 4_100_000.0)


def _load(path: Path):
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
