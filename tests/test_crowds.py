"""Sites that lie over a crowd of others: compared with all of it at once, they count what they do pair by pair."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app import neighbours
from geo_app.geometry import EQUAL_AREA, to_plane
from tests.test_bridge import LEFT_HALF, METRE2, bridge, cell, counted, place, places, reasons, sites

MANY = 400


@contextmanager
def everything_a_crowd() -> Iterator[None]:
    with mock.patch.multiple(neighbours, PAIRS_IN_ALL=0, PAIRS_A_SITE=0):
        yield


def apart(one: list[int], other: list[int]) -> int:
    return int(np.abs(np.subtract(one, other)).max(initial=0))


def stack(count: int = MANY):
    """Boxes of a hundred metres that all lie over each other, and no two alike."""
    shift = np.random.default_rng(7).uniform(0, 0.05, (count, 2))
    return sites(*[cell(x, y, 0.1) for x, y in shift])


@settings(max_examples=60, deadline=None)
@given(places, places, st.lists(st.sampled_from(["2022", "2023-05", None]), min_size=6, max_size=6), st.booleans())
def test_a_crowd_counts_what_its_pairs_do(own, others, days, is_decided):
    frame = sites(*[cell(*at) for at in own], completed_on=days[: len(own)])
    rivals = sites(*[cell(*at) for at in others], first=100)
    decided = {(1, 100): True, (2, 100): False} if is_decided else None
    more = {"districts": place(shapely.box(94, 36, 95.012, 38)), "decided": decided}
    one_by_one = counted(frame, rivals=rivals, **more)
    with everything_a_crowd():
        assert apart(one_by_one, counted(frame, rivals=rivals, **more)) <= 100


@settings(max_examples=30, deadline=None)
@given(places, st.randoms(use_true_random=False))
def test_order_does_not_matter_in_a_crowd_without_codes_of_its_own(where, random):
    frame = sites(*[cell(*at) for at in where], code="same")
    order = random.sample(range(len(frame)), len(frame))
    with everything_a_crowd():
        there, back = counted(frame), counted(frame.iloc[order].assign(id=frame["id"].to_numpy()))
    assert apart(sorted(there), sorted(back)) <= 100


@pytest.mark.parametrize("size", [30, MANY])
def test_a_crowd_covers_what_its_union_does(size):
    frame = stack(size)
    shapes = to_plane(frame.geometry.to_numpy(), EQUAL_AREA)
    assert sum(counted(frame)) / METRE2 == pytest.approx(shapely.area(shapely.union_all(shapes)), rel=1e-6)


def test_a_crowd_keeps_the_pairs_most_alike():
    frame = stack()
    found = bridge(frame)
    assert len(found.pairs) <= neighbours.PAIRS_IN_ALL + neighbours.PAIRS_A_SITE * MANY
    assert set(found.deductions["id"]) - {frame["id"].iloc[0]} <= set(found.pairs["site"])


def test_lines_drawn_over_each_other_many_times_count_once():
    with everything_a_crowd():
        line = shapely.LineString([(95, 37), (95.005, 37), (95.01, 37)])
        frame = sites(line, line, line, amount=1000)
        assert counted(frame.astype({"amount": "Int64"}), "length") == [1000, 0, 0]


def test_a_copy_in_a_crowd_is_a_duplicate():
    frame = stack()
    frame = sites(*frame.geometry, frame.geometry.iloc[0])
    assert reasons(frame)[-1] == "duplicate"


def test_a_crowd_is_cut_by_a_sure_boundary():
    with everything_a_crowd():
        frame = sites(cell(0, 0), cell(0, 0.5))
        left = counted(frame, districts=place(LEFT_HALF))
    assert left[0] == pytest.approx(frame["amount"][0] / 2, rel=1e-6)


def test_work_on_a_crowd_tells_how_far_it_is():
    told: list[float] = []
    bridge(stack(), told=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_work_on_a_crowd_ends_when_it_is_not_wanted():
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bridge(stack(), told=stop)
