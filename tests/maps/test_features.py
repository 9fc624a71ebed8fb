"""Sites as GeoJSON for the map."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_app.maps import feature_collection
from geo_app.maps.features import simplified

SQUARE = shapely.box(95, 37, 95.01, 37.01)
BOWTIE = shapely.Polygon([(95, 37), (95.01, 37.01), (95.01, 37), (95, 37.01)])
FLAT = shapely.Polygon([(95, 37), (95.01, 37), (95.02, 37)])


def _frame(*shapes: shapely.Geometry | None, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": range(len(shapes)), **columns}, geometry=list(shapes), crs="EPSG:4490")


def _features(frame: gpd.GeoDataFrame, **options: int) -> list[dict]:
    def constant(word: str) -> None:
        pytest.fail(f"{word} in JSON")

    return json.loads(feature_collection(frame, **options), parse_constant=constant)["features"]


def test_feature_has_a_dot_inside() -> None:
    (feature,) = _features(_frame(SQUARE))
    assert shapely.Point(feature["dot"]).within(SQUARE)


def test_coordinates_have_six_decimals() -> None:
    (feature,) = _features(_frame(shapely.Point(95.123456789, 37.1)))
    assert feature["geometry"]["coordinates"] == [95.123457, 37.1]


def test_height_is_left_out() -> None:
    (feature,) = _features(_frame(shapely.Point(95, 37, 3000)))
    assert feature["geometry"]["coordinates"] == [95.0, 37.0]


@pytest.mark.parametrize(
    "shape", [None, shapely.Polygon(), shapely.Point(np.inf, 37), shapely.Point(500_000, 4_000_000)]
)
def test_site_without_place_is_left_out(shape: shapely.Geometry | None) -> None:
    assert [each["properties"]["id"] for each in _features(_frame(SQUARE, shape))] == [0]


def test_no_site_gives_an_empty_collection() -> None:
    assert _features(_frame()) == []


@pytest.mark.parametrize(
    "shape",
    [BOWTIE, FLAT, shapely.LineString([(95, 37), (96, 38)]), shapely.MultiPoint([(95, 37), (96, 38)])],
    ids=["bowtie", "flat", "line", "points"],
)
def test_odd_shape_has_a_dot(shape: shapely.Geometry) -> None:
    (feature,) = _features(_frame(shape))
    assert shapely.Point(feature["dot"]).distance(shape) < 1e-6


def test_missing_values_are_null() -> None:
    frame = _frame(
        SQUARE, SQUARE, amount=pd.array([1, None], dtype="Int64"), reason=[None, "overlap"], status=[np.nan, "finished"]
    )
    first, second = (each["properties"] for each in _features(frame))
    assert first == {"id": 0, "amount": 1, "status": None, "reason": None}
    assert second["amount"] is None


def test_other_columns_stay_at_home() -> None:
    (feature,) = _features(_frame(SQUARE, note=["private"]))
    assert feature["properties"] == {"id": 0}


def test_text_is_kept_as_it_is() -> None:
    name = "</script>草原\u2028\"'\\"
    (feature,) = _features(_frame(SQUARE, name=[name]))
    assert feature["properties"]["name"] == name


def test_many_vertices_are_thinned() -> None:
    circle = shapely.Point(95, 37).buffer(0.05, quad_segs=5000)
    (thin,) = simplified(np.array([circle], dtype=object), 200)
    assert shapely.get_num_coordinates(thin) <= 200
    assert abs(thin.area / circle.area - 1) < 0.01
