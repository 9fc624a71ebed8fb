"""Vector tiles of big layers."""

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from geo_app.errors import NotFound
from geo_app.maps import tile, tile_bounds

Z, X, Y = 12, 3140, 1592
WEST, SOUTH, EAST, NORTH = tile_bounds(Z, X, Y)
MIDDLE = ((WEST + EAST) / 2, (SOUTH + NORTH) / 2)


def _frame(*shapes: shapely.Geometry | None, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": range(len(shapes)), **columns}, geometry=list(shapes), crs="EPSG:4490")


def _decoded(data: bytes) -> list[dict]:
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["sites"]["features"]


def _square(size: float, shift: float = 0.0) -> shapely.Polygon:
    lon, lat = MIDDLE
    return shapely.box(lon + shift, lat, lon + shift + size, lat + size)


def test_neighbours_bounds_overlap_by_the_margin() -> None:
    assert tile_bounds(Z, X + 1, Y)[0] < EAST
    assert tile_bounds(Z, X, Y + 1)[3] > SOUTH


def test_large_site_is_a_polygon() -> None:
    (feature,) = _decoded(tile(_frame(_square(0.02)), Z, X, Y))
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"] == {"id": 0, "counted": True}


def test_place_in_the_tile_is_right() -> None:
    (feature,) = _decoded(tile(_frame(shapely.Point(MIDDLE)), Z, X, Y))
    assert feature["geometry"]["coordinates"] == pytest.approx([2048, 2048], abs=4)


def test_small_site_is_a_point() -> None:
    (feature,) = _decoded(tile(_frame(_square(0.0005)), Z, X, Y))
    assert feature["geometry"]["type"] == "Point"


def test_small_site_is_a_polygon_further_in() -> None:
    west, south, east, _ = tile_bounds(18, X * 64, Y * 64)
    size = (east - west) / 3
    small = shapely.box(west + size, south + size, west + 2 * size, south + 2 * size)
    (feature,) = _decoded(tile(_frame(small), 18, X * 64, Y * 64))
    assert feature["geometry"]["type"] == "Polygon"


def test_dots_on_one_another_are_one() -> None:
    same = [_square(0.0003) for _ in range(50)]
    assert len(_decoded(tile(_frame(*same), Z, X, Y))) == 1


@pytest.mark.parametrize("counted", [0, None, False])
def test_site_that_does_not_count_is_flagged(counted: object) -> None:
    (feature,) = _decoded(tile(_frame(_square(0.02), counted=[counted]), Z, X, Y))
    assert feature["properties"]["counted"] is False


def test_site_is_cut_at_the_margin() -> None:
    (feature,) = _decoded(tile(_frame(shapely.box(90, 30, 100, 45)), Z, X, Y))
    assert shapely.geometry.shape(feature["geometry"]).bounds == (-128, -128, 4224, 4224)


@pytest.mark.parametrize("shapes", [(), (None,), (shapely.box(10, 10, 11, 11),), (shapely.Polygon(),)])
def test_tile_without_sites_is_empty(shapes: tuple[shapely.Geometry | None, ...]) -> None:
    assert tile(_frame(*shapes), Z, X, Y) == b""


def test_odd_shapes_are_drawn() -> None:
    lon, lat = MIDDLE
    bowtie = shapely.Polygon([(lon, lat), (lon + 0.02, lat + 0.02), (lon + 0.02, lat), (lon, lat + 0.02)])
    line = shapely.LineString([(WEST - 1, lat), (EAST + 1, lat)])
    spike = shapely.Polygon([(WEST - 1, lat), (lon, lat), (EAST + 1, lat), (lon, lat + 0.01)])
    mixed = shapely.GeometryCollection([_square(0.02), line])
    assert len(_decoded(tile(_frame(bowtie, line, spike, mixed), Z, X, Y))) == 4


@pytest.mark.parametrize(("z", "x", "y"), [(10, 0, 0), (19, 0, 0), (11, 2048, 0), (11, 0, -1)])
def test_no_such_tile(z: int, x: int, y: int) -> None:
    with pytest.raises(NotFound, match="zooms 11 to 18"):
        tile_bounds(z, x, y)


def test_ten_thousand_sites_fit_in_a_tile() -> None:
    rng = np.random.default_rng(7)
    places = np.column_stack([rng.uniform(WEST, EAST, 10_000), rng.uniform(SOUTH, NORTH, 10_000)])
    assert len(tile(_frame(*shapely.buffer(shapely.points(places), 0.0004)), Z, X, Y)) < 500_000
