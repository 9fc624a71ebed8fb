"""Nothing counts twice, and nothing that should count is lost."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.counting import count_once
from geo_app.geometry import areas, to_geographic

STEP = 0.01  # degrees, about 0.9 km


def cell(column: float, row: float, size: float = 1) -> shapely.Geometry:
    west, south = 95 + column * STEP, 37 + row * STEP
    return shapely.box(west, south, west + size * STEP, south + size * STEP)


def sites(*shapes: shapely.Geometry | None, **columns: list) -> gpd.GeoDataFrame:
    count = len(shapes)
    data = {
        "id": range(1, count + 1),
        "code": [f"S{at}" for at in range(count)],
        "own_code": True,
        "status": "finished",
        "completed_on": None,
        "amount": pd.array(np.rint(areas(np.array(shapes, dtype=object)) * 1e4), dtype="Int64"),
        "drawn": None,
        "crs": None,
    }
    return gpd.GeoDataFrame(data | columns, geometry=list(shapes), crs=4490)


def tickets(codes: list[str], tonnes: list[int], **columns: list) -> gpd.GeoDataFrame:
    amounts = pd.array(tonnes, dtype="Int64")
    return sites(*[None] * len(codes), **{"code": codes, "amount": amounts} | columns)


def count(frame: gpd.GeoDataFrame, measure: str = "area", inside: np.ndarray | None = None) -> pd.DataFrame:
    return count_once(frame, measure=measure, inside=np.ones(len(frame), dtype=bool) if inside is None else inside)


def test_apart_sites_count_whole():
    frame = sites(cell(0, 0), cell(2, 0))
    assert count(frame)["counted"].tolist() == frame["amount"].tolist()


def test_neighbours_do_not_overlap():
    frame = sites(cell(0, 0), cell(1, 0), cell(0, 1))
    assert count(frame)["counted"].tolist() == frame["amount"].tolist()


def test_overlap_counts_once_and_belongs_to_the_earlier():
    frame = sites(cell(0, 0), cell(0.5, 0), completed_on=["2023-01-01", "2022-01-01"])
    result = count(frame)
    assert result["counted"][1] == frame["amount"][1]
    assert result["counted"][0] == pytest.approx(frame["amount"][0] / 2, rel=1e-4)
    assert result["reason"].tolist() == ["overlap", None]


def test_same_shape_is_a_duplicate():
    result = count(sites(cell(0, 0), shapely.reverse(cell(0, 0))))
    assert result["counted"].tolist()[1] == 0
    assert result["reason"].tolist() == [None, "duplicate"]


def test_three_over_one_piece_count_as_their_union():
    frame = sites(cell(0, 0), cell(0.5, 0), cell(0.25, 0.5))
    union = shapely.union_all(frame.geometry.to_numpy())
    # the union has corners that no site has: its geodesic edges bend 2e-6 of the area differently
    assert count(frame)["counted"].sum() / 1e4 == pytest.approx(areas(np.array([union]))[0], rel=5e-6)


def test_bowtie_counts_no_more_than_it_was_drawn():
    frame = sites(shapely.Polygon([(95, 37), (95.01, 37.01), (95.01, 37), (95, 37.01)]))
    assert 0 <= count(frame)["counted"][0] <= frame["amount"][0]


@pytest.mark.parametrize(
    "status, reason",
    [
        ("finished", None),
        ("verified", None),
        ("ongoing", "not_finished"),
        ("relapsed", "not_finished"),
        (None, "status_unknown"),
    ],
)
def test_only_finished_and_verified_count(status, reason):
    result = count(sites(cell(0, 0), status=[status]))
    assert result["reason"][0] == reason
    assert (result["counted"][0] > 0) == (reason is None)


def test_outside_the_place_does_not_count():
    result = count(sites(cell(0, 0), cell(2, 0)), inside=np.array([True, False]))
    assert result["reason"].tolist() == [None, "outside_place"]


def test_unfinished_site_takes_no_ground_from_a_finished_one():
    frame = sites(cell(0, 0), cell(0, 0), status=["ongoing", "finished"])
    assert count(frame)["counted"].tolist() == [0, frame["amount"][1]]


def test_missing_amount_is_not_zero_but_missing():
    result = count(tickets(["A", "B"], [5, None]), "mass")
    assert result["reason"].tolist() == [None, "missing"]


def test_ticket_counts_once():
    result = count(tickets(["A", "B", "A"], [5, 7, 5]), "mass")
    assert result["counted"].sum() == 12
    assert sorted(filter(None, result["reason"])) == ["duplicate"]


def test_of_two_amounts_on_one_ticket_the_smaller_is_believed():
    assert count(tickets(["A", "A"], [9, 5]), "mass")["counted"].tolist() == [0, 5]


def test_made_codes_are_no_tickets():
    assert count(tickets(["U1-1", "U1-1"], [5, 5], own_code=[False, False]), "mass")["counted"].sum() == 10


def test_empty_layer_counts_nothing():
    assert count(sites()).empty


def test_parcels_drawn_in_a_plane_do_not_overlap_falsely():
    crs = pyproj.CRS("EPSG:4520")
    side = 1000.0
    # a T-junction: one long parcel below two short ones
    drawn = [
        shapely.box(32_500_000, 4_100_000, 32_500_000 + 2 * side, 4_100_000 + side),
        shapely.box(32_500_000, 4_100_000 + side, 32_500_000 + side, 4_100_000 + 2 * side),
        shapely.box(32_500_000 + side, 4_100_000 + side, 32_500_000 + 2 * side, 4_100_000 + 2 * side),
    ]
    shapes = to_geographic(np.array(drawn), crs)
    frame = sites(*shapes, drawn=list(shapely.to_wkb(drawn)), crs="EPSG:4520")
    assert count(frame)["counted"].tolist() == frame["amount"].tolist()


places = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(places, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_net_is_within_gross(where, random):
    frame = sites(*[cell(column, row) for column, row in where])
    order = list(range(len(frame)))
    random.shuffle(order)
    there, back = count(frame), count(frame.iloc[order].reset_index(drop=True))
    assert there["counted"].sum() <= frame["amount"].sum()
    matched = there.merge(back, on="id")
    assert (matched["counted_x"] - matched["counted_y"]).abs().max() <= 100


@settings(max_examples=40, deadline=None)
@given(places)
def test_a_copy_changes_gross_but_not_net(where):
    shapes = [cell(column, row) for column, row in where]
    once, twice = count(sites(*shapes)), count(sites(*shapes, shapes[0]))
    assert abs(int(once["counted"].sum()) - int(twice["counted"].sum())) <= 100


def test_shared_line_is_no_overlap():
    result = count(sites(cell(0, 0), cell(1, 0), cell(2, 0)))
    assert result["reason"].tolist() == [None, None, None]


def test_line_drawn_twice_counts_once():
    line = shapely.LineString([(95, 37), (95.01, 37)])
    frame = sites(line, line, amount=pd.array([1000, 1000], dtype="Int64"))
    assert count(frame, "length")["counted"].tolist() == [1000, 0]


def test_of_a_repaired_outline_no_more_counts_than_is_left():
    frame = sites(cell(0, 0))
    drawn_twice = shapely.to_wkb(shapely.MultiPolygon([cell(0, 0), cell(0, 0)]))
    twice = frame.assign(amount=pd.array([2 * frame["amount"][0]], dtype="Int64"), drawn=[drawn_twice])
    result = count(twice)
    assert result["counted"][0] == frame["amount"][0]
    assert result["reason"][0] == "invalid"
