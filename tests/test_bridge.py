"""From declared to net: nothing counts twice, nothing that should count is lost, and the steps add up."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.bridge import Scope, build, outside_period
from geo_app.geometry import areas, to_geographic
from geo_app.ground import Ground
from tests.site_frames import STEP, cell, place

METRE2 = 10_000  # stored parts
EVERYWHERE = place(shapely.box(90, 30, 100, 40))


def sites(*shapes: shapely.Geometry | None, first: int = 1, **columns: object) -> gpd.GeoDataFrame:
    count = len(shapes)
    boxes = shapely.bounds(np.array(shapes, dtype=object)).reshape(-1, 4)
    data = {
        "id": range(first, first + count),
        "code": [f"S{at}" for at in range(count)],
        "own_code": True,
        "status": "finished",
        "completed_on": None,
        "amount": pd.array(np.rint(areas(np.array(shapes, dtype=object)) * METRE2), dtype="Int64"),
        "declared_area": pd.array([None] * count, dtype="Int64"),
        "district": "d0",
        "stated_district": None,
        "mended": False,
        "crs": None,
    } | dict(zip(("min_lon", "min_lat", "max_lon", "max_lat"), boxes.T, strict=True))
    frame = gpd.GeoDataFrame(data | columns, geometry=list(shapes), crs=4490)
    return frame.astype(dict.fromkeys(("status", "completed_on", "stated_district", "crs"), object))


def tickets(codes: list[str], tonnes: list[int | None], **columns: object) -> gpd.GeoDataFrame:
    amounts = pd.array(tonnes, dtype="Int64")
    return sites(*[None] * len(codes), **{"code": codes, "amount": amounts} | columns)


def bridge(frame, measure="area", rivals=None, *, districts=EVERYWHERE, where="all", period=None, **more):
    rivals = sites(first=10_000) if rivals is None else rivals
    known = pd.concat([frame, rivals]).set_index("id")

    def fetch(ids):
        some = known.loc[ids]
        return Ground(some["geometry"].to_numpy(), some["crs"].to_numpy(object), some["mended"].to_numpy(bool))

    return build(pd.DataFrame(frame), measure, Scope(districts, where, period), fetch, pd.DataFrame(rivals), **more)


def counted(frame, *rest, **more) -> list[int]:
    taken = bridge(frame, *rest, **more).deductions.groupby("id")["amount"].sum()
    return (frame["amount"].fillna(0).to_numpy() - taken.reindex(frame["id"], fill_value=0).to_numpy()).tolist()


def reasons(frame, *rest, **more) -> list[str | None]:
    first = bridge(frame, *rest, **more).deductions.sort_values("place").drop_duplicates("id").set_index("id")["step"]
    return [first.get(each) for each in frame["id"]]


def amounts(found) -> dict[str, int]:
    return {step.name: step.amount for step in found.steps}


def test_apart_sites_count_whole():
    frame = sites(cell(0, 0), cell(2, 0))
    assert counted(frame) == frame["amount"].tolist()


def test_neighbours_do_not_overlap():
    frame = sites(cell(0, 0), cell(1, 0), cell(0, 1), cell(1, 1))
    assert counted(frame) == frame["amount"].tolist()


def test_overlap_counts_once_and_belongs_to_the_earlier():
    frame = sites(cell(0, 0), cell(0.5, 0), completed_on=["2023-01-01", "2022-01-01"])
    left = counted(frame)
    assert left[1] == frame["amount"][1]
    assert left[0] == pytest.approx(frame["amount"][0] / 2, rel=1e-4)
    assert reasons(frame) == ["overlap", None]


def test_same_shape_is_a_duplicate():
    frame = sites(cell(0, 0), shapely.reverse(cell(0, 0)))
    assert counted(frame)[1] == 0
    assert reasons(frame) == [None, "duplicate"]


def test_of_many_copies_one_counts():
    frame = sites(*[cell(0, 0)] * 2_000, cell(0.5, 0), completed_on=["2022-01-01"] * 2_000 + ["2023-01-01"])
    left = counted(frame)
    assert [at for at, parts in enumerate(left) if parts] == [0, 2_000]
    assert sum(left) == pytest.approx(1.5 * frame["amount"][0], rel=1e-4)


def test_three_over_one_piece_count_as_their_union():
    frame = sites(cell(0, 0), cell(0.5, 0), cell(0.25, 0.5))
    union = shapely.union_all(frame.geometry.to_numpy())
    # the union has corners that no site has: its geodesic edges bend 2e-6 of the area differently
    assert sum(counted(frame)) / METRE2 == pytest.approx(areas(np.array([union]))[0], rel=5e-6)


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
    frame = sites(cell(0, 0), status=[status])
    assert reasons(frame) == [reason]
    assert (counted(frame)[0] > 0) == (reason is None)


def test_unfinished_site_takes_no_ground_from_a_finished_one():
    frame = sites(cell(0, 0), cell(0, 0), status=["ongoing", "finished"])
    assert counted(frame) == [0, frame["amount"][1]]


def test_missing_amount_is_not_zero_but_missing():
    assert reasons(tickets(["A", "B"], [5, None]), "mass") == [None, "missing"]


def test_ticket_counts_once():
    frame = tickets(["A", "B", "A"], [5, 7, 5])
    assert sum(counted(frame, "mass")) == 12
    assert amounts(bridge(frame, "mass"))["duplicate"] == -5


def test_of_two_amounts_on_one_ticket_the_smaller_is_believed():
    assert counted(tickets(["A", "A"], [9, 5]), "mass") == [0, 5]


def test_made_codes_are_no_tickets():
    assert sum(counted(tickets(["U1-1", "U1-1"], [5, 5], own_code=[False, False]), "mass")) == 10


@pytest.mark.parametrize("measure", ["area", "length", "mass", "count"])
def test_layer_without_sites_has_a_bridge_from_nothing_to_nothing(measure):
    found = bridge(sites(), measure)
    assert {step.amount for step in found.steps} == {0}
    assert found.steps[-1].name == "net"


def test_parcels_drawn_in_a_plane_do_not_overlap_falsely():
    side = 1000.0
    # a T-junction: one long parcel below two short ones
    drawn = [
        shapely.box(32_500_000, 4_100_000, 32_500_000 + 2 * side, 4_100_000 + side),
        shapely.box(32_500_000, 4_100_000 + side, 32_500_000 + side, 4_100_000 + 2 * side),
        shapely.box(32_500_000 + side, 4_100_000 + side, 32_500_000 + 2 * side, 4_100_000 + 2 * side),
    ]
    frame = sites(*to_geographic(np.array(drawn), pyproj.CRS("EPSG:4520")), crs="EPSG:4520")
    assert counted(frame) == frame["amount"].tolist()


@pytest.mark.parametrize("zone", [4518, 4519, 4520, 4521])
@pytest.mark.parametrize("side", [100.0, 1_000.0, 10_000.0])
def test_touching_parcels_share_no_ground(zone, side):
    west = (zone - 4488) * 1_000_000 + 500_000 + 60_000
    parcels = [shapely.box(x, y, x + side, y + side) for x in (west, west + side) for y in (4.1e6, 4.1e6 + side)]
    long = shapely.box(west, 4.1e6 - side, west + 2 * side, 4.1e6)  # two T-junctions
    frame = sites(*to_geographic(np.array([*parcels, long]), pyproj.CRS(zone)), crs=f"EPSG:{zone}")
    assert counted(frame) == frame["amount"].tolist()


def test_overlap_that_only_the_drawn_edges_have_is_seen():
    """A straight edge of 10 km in the plane runs 1.5 m beside the one that is straight in degrees."""
    drawn = shapely.box(32_500_000, 4_100_000, 32_510_000, 4_101_000)
    lonlat = to_geographic(np.array([drawn]), pyproj.CRS(4520))[0]
    left, right = (each for each in shapely.get_coordinates(lonlat)[:4] if each[1] > 37.035)
    half_a_metre, north = np.array([0, 0.5 / 111_000]), np.array([0, 0.01])
    above = shapely.Polygon([left + half_a_metre, right + half_a_metre, right + north, left + north])
    frame = sites(lonlat, above, crs=["EPSG:4520", None])
    assert not shapely.intersects(lonlat, above)
    assert frame["amount"].sum() - sum(counted(frame)) > 1_000 * METRE2


places = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(places, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_net_is_within_gross(where, random):
    frame = sites(*[cell(column, row) for column, row in where])
    order = list(range(len(frame)))
    random.shuffle(order)
    there, back = counted(frame), counted(frame.iloc[order].assign(id=frame["id"].to_numpy()))
    assert 0 <= sum(there) <= frame["amount"].sum()
    by_code = dict(zip(frame["code"].iloc[order], back, strict=True))
    assert max(abs(one - by_code[code]) for one, code in zip(there, frame["code"], strict=True)) <= 100


@settings(max_examples=40, deadline=None)
@given(places)
def test_a_copy_changes_gross_but_not_net(where):
    shapes = [cell(column, row) for column, row in where]
    assert abs(sum(counted(sites(*shapes))) - sum(counted(sites(*shapes, shapes[0])))) <= 100


@settings(max_examples=40, deadline=None)
@given(places, st.integers(0, 7))
def test_ring_start_and_direction_do_not_matter(where, turn):
    shapes = [cell(column, row) for column, row in where]
    turned = []
    for shape in shapes:
        ring = shapely.get_coordinates(shape)[:-1]
        ring = np.roll(ring, turn % 4, axis=0)
        turned.append(shapely.Polygon(ring[::-1] if turn > 3 else ring))
    differences = np.subtract(counted(sites(*shapes)), counted(sites(*turned)))
    assert np.abs(differences).max() <= 100


@settings(max_examples=60, deadline=None)
@given(places, places, st.lists(st.sampled_from(["finished", "ongoing", None]), min_size=6, max_size=6))
def test_steps_add_up_exactly(own, others, statuses):
    frame = sites(*[cell(*at) for at in own], status=statuses[: len(own)])
    rivals = sites(*[cell(*at) for at in others], first=100)
    found = bridge(frame, rivals=rivals)
    assert sum(step.amount for step in found.steps[:-1]) == found.steps[-1].amount == sum(counted(frame, rivals=rivals))
    drawn = [step.name for step in found.steps].index("drawn")
    assert sum(step.amount for step in found.steps[: drawn + 1]) == frame["amount"].sum()
    assert sum(found.groups["net"]) == found.steps[-1].amount
    assert sum(found.groups["gross"]) == frame["amount"].sum()


def test_declared_is_where_an_area_bridge_starts():
    frame = sites(cell(0, 0), cell(2, 0), declared_area=pd.array([7, None], dtype="Int64"))
    first, others, drawn = bridge(frame).steps[:3]
    assert (first.name, first.amount, first.sites) == ("declared", 7, 1)
    assert (others.name, others.amount, others.sites) == ("not_declared", frame["amount"][1], 1)
    assert (drawn.name, drawn.amount) == ("drawn", frame["amount"][0] - 7)


def test_declared_area_of_a_point_is_no_drawn_area():
    frame = sites(
        shapely.Point(95, 37), amount=pd.array([None], dtype="Int64"), declared_area=pd.array([9], dtype="Int64")
    )
    assert [step.amount for step in bridge(frame).steps[:3]] == [9, 0, -9]


def test_ground_that_an_excluding_layer_claims_counts_for_neither():
    frame, rivals = sites(cell(0, 0)), sites(cell(0.5, 0), first=100)
    one, other = counted(frame, rivals=rivals), counted(rivals, rivals=frame)
    assert one[0] == pytest.approx(frame["amount"][0] / 2, rel=1e-4)
    assert one[0] + other[0] == pytest.approx(frame["amount"][0], rel=1e-6)
    assert reasons(frame, rivals=rivals) == ["contested"]


def test_unfinished_rival_contests_nothing():
    rivals = sites(cell(0, 0), first=100, status="ongoing")
    assert reasons(sites(cell(0, 0)), rivals=rivals) == [None]


def test_decision_gives_contested_ground_to_one_of_the_two():
    frame, rivals = sites(cell(0, 0)), sites(cell(0.5, 0), first=100)
    assert counted(frame, rivals=rivals, decided={(1, 100): True}) == frame["amount"].tolist()
    assert counted(rivals, rivals=frame, decided={(1, 100): True})[0] < rivals["amount"][0]


def test_copy_of_a_rival_contests_nothing_by_itself():
    frame, rivals = sites(cell(0, 0)), sites(cell(0.5, 0), cell(0.5, 0), first=100).assign(layer="other")
    assert given_to(frame, rivals=rivals) == [(1, 100, False)]
    assert counted(frame, rivals=rivals, decided={(1, 100): True}) == frame["amount"].tolist()
    of_two_layers = rivals.assign(layer=["other", "third"])
    assert given_to(frame, rivals=of_two_layers) == [(1, 100, False), (1, 101, False)]


def test_ground_contested_and_overlapped_is_taken_once():
    frame = sites(cell(0, 0), cell(0.5, 0), completed_on=["2022-01-01", "2023-01-01"])
    rivals = sites(cell(0, 0), first=100)
    found = amounts(bridge(frame, rivals=rivals))
    assert found["overlap"] == pytest.approx(-frame["amount"][1] / 2, rel=1e-4)
    assert found["contested"] == pytest.approx(-frame["amount"][0], rel=1e-4)
    assert found["net"] == pytest.approx(frame["amount"][1] / 2, rel=1e-4)


PERIOD = (dt.date(2021, 3, 1), dt.date(2024, 12, 31))


@pytest.mark.parametrize(
    "day, is_outside",
    [
        ("2021-02-28", True),
        ("2021-03-01", False),
        ("2024-12-31", False),
        ("2025-01-01", True),
        ("2021", False),  # not all of that year
        ("2021-02", True),
        ("2020", True),
        ("2025", True),
        (None, False),  # cannot be tested
    ],
)
def test_period(day, is_outside):
    assert outside_period(pd.Series([day], dtype=object), PERIOD).tolist() == [is_outside]


def test_period_is_a_step_only_where_it_is_known():
    frame = sites(cell(0, 0), completed_on=["2019-05-01"])
    assert amounts(bridge(frame, period=PERIOD))["outside_period"] == -frame["amount"][0]
    assert "outside_period" not in amounts(bridge(frame))


LEFT_HALF = shapely.box(95, 37, 95 + STEP / 2, 37 + STEP)


def test_sure_boundary_cuts():
    frame = sites(cell(0, 0))
    assert counted(frame, districts=place(LEFT_HALF))[0] == pytest.approx(frame["amount"][0] / 2, rel=1e-6)
    assert reasons(frame, districts=place(LEFT_HALF)) == ["outside_place"]


def test_unsure_boundary_does_not_cut():
    frame = sites(cell(0, 0), cell(0.6, 0, 0.2), cell(3, 0))
    unsure = place(LEFT_HALF, accuracy_m=1_000)
    assert reasons(frame, districts=unsure) == [None, "overlap", "outside_place"]


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 0.95), places)
def test_ground_moves_between_districts_when_a_boundary_moves_and_none_is_lost(at, where):
    middle = 95 + 3 * STEP * at
    halves = place(shapely.box(94, 36, middle, 38), shapely.box(middle, 36, 96, 38))
    frame = sites(*[cell(*each) for each in where])
    west, east = (sum(counted(frame, districts=halves, where=code)) for code in ("d0", "d1"))
    assert abs(west + east - sum(counted(frame))) <= 100 * len(frame)


def test_row_without_a_place_is_where_it_says_it_is():
    rows = tickets(["A", "B", "C"], [1, 2, 4], district=["d0", None, None], stated_district=["d0", "elsewhere", None])
    assert reasons(rows, "mass") == [None, "outside_place", None]


def test_place_that_the_set_does_not_know_is_not_tested():
    assert reasons(sites(cell(0, 0)), where="unknown") == [None]


def test_line_drawn_twice_counts_once():
    line = shapely.LineString([(95, 37), (95.01, 37)])
    frame = sites(line, line, amount=pd.array([1000, 1000], dtype="Int64"))
    assert counted(frame, "length") == [1000, 0]


def test_of_a_repaired_outline_no_more_counts_than_is_left():
    frame = sites(cell(0, 0))
    twice = frame.assign(amount=2 * frame["amount"], mended=True)
    assert counted(twice) == frame["amount"].tolist()
    assert reasons(twice) == ["invalid"]


def test_a_million_square_kilometres_add_up():
    frame = tickets(["A", "B"], [9 * 10**18, 9 * 10**18])
    assert bridge(frame, "amount").steps[0].amount == 18 * 10**18


def given_to(frame, *rest, **more) -> list[tuple[int, int, bool]]:
    """Which site loses ground to which, and whether the two are one shape."""
    pairs = bridge(frame, *rest, **more).pairs[["site", "other", "duplicate"]]
    return sorted(pairs.itertuples(index=False, name=None))


@pytest.mark.parametrize("count", [3, 60])
def test_each_copy_is_paired_with_the_one_that_counts(count):
    frame = sites(*[cell(0, 0)] * count, cell(4, 0), cell(4, 0))
    assert given_to(frame) == [*((at, 1, True) for at in range(2, count + 1)), (count + 2, count + 1, True)]


CORNERS = [(95, 37), (95.01, 37), (95.01, 37.01), (95, 37.01)]
ALIKE = {
    "one part": shapely.MultiPolygon([shapely.Polygon(CORNERS)]),
    "begun elsewhere": shapely.Polygon(CORNERS[2:] + CORNERS[:2]),
    "a vertex more": shapely.Polygon([*CORNERS[:1], (95.004, 37), *CORNERS[1:]]),
    "all of it": shapely.MultiPolygon([shapely.Polygon([(95, 37.006), *CORNERS])]),
}


@pytest.mark.parametrize("name", ALIKE)
def test_one_shape_written_differently_is_a_duplicate(name):
    assert given_to(sites(shapely.Polygon(CORNERS), ALIKE[name])) == [(2, 1, True)]


def test_copies_written_differently_all_name_the_one_that_counts():
    frame = sites(shapely.Polygon(CORNERS), *ALIKE.values(), *ALIKE.values(), cell(0.5, 0))
    own = len(frame)
    assert given_to(frame) == [*((at, 1, True) for at in range(2, own)), (own, 1, False)]


@pytest.mark.parametrize("shapes", [(cell(0, 0), cell(0.5, 0)), (cell(0, 0), cell(0, 0))])
def test_made_codes_and_numbers_do_not_tell_who_keeps_the_ground(shapes):
    about = {"own_code": False, "status": ["finished", "verified"]}
    there = counted(sites(*shapes, code=["U1-1", "U2-1"], **about))
    assert counted(sites(*shapes, code=["U9-1", "U2-1"], id=[8, 5], **about)) == there
    assert counted(sites(*shapes, code=["", ""], **about)) == there


def test_ticket_on_two_like_rows_counts_for_the_same_one_whichever_came_first():
    rows = tickets(["A", "A"], [5, 5], status=["finished", "verified"])
    assert counted(rows.assign(id=[2, 1]), "mass") == counted(rows, "mass") == [5, 0]
