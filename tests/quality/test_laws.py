"""What holds for all rules: what they find depends on the sites alone, and clean data has nothing severe."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app import rules
from geo_app.quality import review
from tests.quality.cadastre import CRS, cadastre, lonlat
from tests.quality.cases import METRE, box, case, found, placed, sites

FAULTY = sites(
    box(0, 0, 300, 200),
    box(250, 0, 300, 200),  # overlaps the first
    box(551, 0, 300, 200),  # a gap beside the second
    box(0, 400, 400, 1.5),  # a sliver
    box(0, 600, 300, 200),
    box(0, 600, 300, 200),  # the one before again
    box(5, 1003, 300, 200),
    box(0, 1000, 300, 200),  # the one before, moved
    placed(shapely.Polygon([(0, 2000), (300, 2000), (300, 2100), (340, 2100.5), (300, 2101), (300, 2200), (0, 2200)])),
    placed(shapely.Point(900, 900)),
    None,
    box(2000, 0, 6, 7),
    status=["finished"] * 11 + ["ongoing"],
)


def test_all_the_faults_are_found():
    assert set(found(FAULTY)) == {
        *("overlap", "gap", "sliver", "duplicate", "shifted_copy", "spike", "point_only", "tiny", "not_finished")
    }


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(len(FAULTY))))
def test_order_changes_nothing(order):
    again = FAULTY.iloc[list(order)].assign(id=range(1, len(FAULTY) + 1))
    assert found(again) == found(FAULTY)


@settings(max_examples=10, deadline=None)
@given(st.floats(-3e5, 3e5), st.floats(-2e5, 2e5))
def test_moving_the_layer_changes_nothing(east, north):
    shapes = FAULTY.geometry.to_numpy()
    moved = [None if each is None else shapely.transform(each, lambda xy: _moved(xy, east, north)) for each in shapes]
    assert found(sites(*moved, status=FAULTY["status"].to_numpy())) == found(FAULTY)


def _moved(xy: np.ndarray, east: float, north: float) -> np.ndarray:
    """Move degrees by metres so that what is a metre stays one."""
    lat = xy[:, 1] + north * METRE
    stretch = np.cos(np.radians(37)) / np.cos(np.radians(37 + north * METRE))
    return np.column_stack([96 + (xy[:, 0] - 96) * stretch + east * METRE, lat])


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 50))
def test_pieces_change_nothing(size):
    whole = review(case(FAULTY))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OUTLINES_AT_ONCE", "PAIRS_AT_ONCE", "SUSPECTS_AT_ONCE"):
            patch.setattr(f"geo_app.quality.reviewing.{name}", size)
        pieces = review(case(FAULTY))
    columns = ["rule", "site", "other"]
    assert _sorted(whole, columns).equals(_sorted(pieces, columns))


def _sorted(told: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return told[columns].sort_values(columns, ignore_index=True)


@pytest.mark.slow
def test_clean_cadastre_has_no_severe_finding():
    shapes = lonlat(cadastre(10_000, 20))
    told = review(case(sites(*shapes, crs=f"EPSG:{CRS}")))
    severe = [name for name in told["rule"] if rules.RULES[name].severity == "severe"]
    assert severe == []
    assert set(told["rule"]) <= {"round_area"}  # by chance


@pytest.mark.parametrize("side_m", [25, 2500])
def test_clean_small_and_large_parcels_have_no_finding(side_m):
    shapes = lonlat(cadastre(150, 3, side_m))
    assert found(sites(*shapes, crs=f"EPSG:{CRS}")) == {}


@pytest.mark.parametrize("metres, rule", [(-30, "overlap"), (-1.5, "overlap_sliver"), (1.5, "gap")])
def test_one_moved_corner_in_a_cadastre_is_found(metres, rule):
    parcels = cadastre(100, 4)
    ring = shapely.get_coordinates(parcels[44])
    ring[1] += (0, metres)
    parcels[44] = shapely.Polygon(np.vstack([ring[:-1], ring[:1]]))
    told = found(sites(*lonlat(parcels), crs=f"EPSG:{CRS}"))
    assert set(told) == {rule}
    assert all("S45" in pair.split("+") for pair in told[rule])
