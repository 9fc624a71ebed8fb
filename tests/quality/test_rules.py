"""Each rule finds what it is meant for, and no other severe rule does."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_app import rules
from geo_app.quality import NAMES, review
from geo_app.units import MU
from tests.quality.cases import FARM, GRASS, LAT, LON, METRE, RIVER, WASTE, box, case, found, place, placed, sites

SEVERE = {name for name in NAMES if rules.RULES[name].severity == "severe"}
MU_M2 = float(MU)


def severe(told: dict[str, list[str]]) -> set[str]:
    return set(told) & SEVERE


def parts(measure_parts: int, *amounts: float | None) -> pd.arrays.IntegerArray:
    return pd.array([None if each is None else round(each * measure_parts) for each in amounts], dtype="Int64")


def tickets(*tonnes: float | None, **columns: object):
    frame = sites(*[None] * len(tonnes), layer=WASTE)
    return frame.assign(**{"amount": parts(1_000_000, *tonnes)} | columns)


def test_every_rule_has_words_and_a_measure():
    worded = {name for name, each in rules.RULES.items() if each.title}
    assert worded == NAMES
    assert {rules.RULES[name].unit for name in NAMES} <= {
        *("", "m2", "m", "t", "CNY", "count", "%", "days", "degrees", "ratio", "measure")
    }


def test_plain_sites_have_no_finding():
    assert found(sites(box(0, 0, 300, 200), box(1000, 0, 170, 400))) == {}


def test_bow_tie_crosses_itself():
    bow_tie = placed(shapely.Polygon([(0, 0), (400, 300), (400, 0), (0, 300)]))
    mended = shapely.make_valid(bow_tie, method="structure")
    told = found(sites(mended, mended=True, drawn=[bow_tie]))
    assert told == {"self_crossing": ["S1"]}


def test_hole_outside_is_not_valid():
    drawn = shapely.Polygon(box(0, 0, 300, 300).exterior, [box(400, 0, 50, 50).exterior])
    told = found(sites(box(0, 0, 300, 300), mended=True, drawn=[drawn]))
    assert told == {"invalid": ["S1"]}


def test_crossings_are_counted_and_placed():
    zigzag = placed(
        shapely.Polygon([(0, 0), (300, 300), (300, 0), (0, 300), (0, 500), (300, 800), (300, 500), (0, 800)])
    )
    mended = shapely.make_valid(zigzag, method="structure")
    row = review(case(sites(mended, mended=True, drawn=[zigzag]))).iloc[0]
    assert row["number"] == 2
    assert shapely.distance(shapely.Point(row["lon"], row["lat"]), zigzag.boundary) < METRE


def test_spike_is_found_at_its_tip():
    spiked = placed(shapely.Polygon([(0, 0), (300, 0), (300, 100), (340, 100.5), (300, 101), (300, 200), (0, 200)]))
    row = review(case(sites(spiked))).set_index("rule").loc["spike"]
    assert row["number"] == pytest.approx(40, abs=0.1)
    assert (row["lon"], row["lat"]) == pytest.approx(spiked.exterior.coords[3], abs=METRE)


def test_vertices_on_its_edges_do_not_hide_a_spike():
    corners = [
        (0, 0),
        (300, 0),
        (300, 100),
        (320, 100.25),
        (340, 100.5),
        (320, 100.75),
        (300, 101),
        (300, 200),
        (0, 200),
    ]
    row = review(case(sites(placed(shapely.Polygon(corners))), sliver_width_m=5)).set_index("rule").loc["spike"]
    assert row["number"] == pytest.approx(40, abs=0.1)


def test_blunt_corner_is_no_spike():
    assert found(sites(placed(shapely.Polygon([(0, 0), (600, 0), (0, 200)])))) == {}


def test_sliver():
    assert found(sites(box(0, 0, 400, 1.5))) == {"sliver": ["S1"]}


def test_compact_plot_is_as_wide_as_it_is():
    assert found(sites(box(0, 0, 3, 3))) == {"tiny": ["S1"]}
    assert found(sites(placed(shapely.Point(50, 50).buffer(1.9)))) == {"tiny": ["S1"]}


def test_number_is_told_from_the_limit_that_it_misses():
    row = review(case(sites(box(0, 0, 20, 2.5)).assign(amount=parts(10_000, 49.998)), tiny_m2=50)).set_index("rule")
    assert row.loc["tiny"]["values"]["area"] == 49.998


def test_tiny_and_huge():
    assert found(sites(box(0, 0, 6, 7))) == {"tiny": ["S1"]}
    assert found(sites(box(0, 0, 9000, 8000))) == {"huge": ["S1"]}


def test_short_and_long_line():
    lines = [placed(shapely.LineString([(0, 0), (length, length / 3)])) for length in (3, 110_000)]
    assert found(sites(*lines, layer=RIVER), RIVER) == {"short_line": ["S1"], "long_line": ["S2"]}


SQUARE = shapely.Polygon([(0, 120), (0, 0), (320, 0), (320, 320), (0, 320)])


@pytest.mark.parametrize(
    "shape",
    [shapely.Point(500, 500).buffer(180), shapely.box(0, 0, 320, 320), SQUARE, shapely.MultiPolygon([SQUARE])],
)
def test_circle_or_square_of_the_claimed_area(shape):
    frame = sites(placed(shape))
    frame["declared_area"] = frame["amount"]
    assert found(frame) == {"circle_or_square": ["S1"]}


def test_circle_of_another_area_is_none():
    frame = sites(placed(shapely.Point(500, 500).buffer(180)))
    frame["declared_area"] = (frame["amount"] * 1.01).round().astype("Int64")
    assert found(frame, declared_tolerance=0.005) == {"declared_differs": ["S1"]}


def test_declared_differs():
    frame = sites(box(0, 0, 300, 200), box(1000, 0, 300, 200))
    frame["declared_area"] = (frame["amount"] * [1.032, 0.99]).round().astype("Int64")
    assert found(frame) == {"declared_differs": ["S1"]}


def test_written_length_differs():
    line = placed(shapely.LineString([(0, 0), (3000, 0)]))
    frame = sites(line, line, layer=RIVER).assign(amount=parts(1000, 3300, 3010))
    told = found(frame, RIVER)
    assert told["declared_differs"] == ["S1"]


def test_declared_above_row_after_row():
    boxes = [box(1000 * at, 0, 300, 200 + at) for at in range(20)]
    frame = sites(*boxes)
    frame["declared_area"] = frame["amount"] + 1_000_000
    assert found(frame)["declared_above"] == [""]
    frame.loc[::2, "declared_area"] = frame["amount"] - 1_000_000
    assert "declared_above" not in found(frame)


def test_round_area():
    frame = sites(box(0, 0, 300, 200), box(1000, 0, 300, 200)).assign(amount=parts(10_000, 500 * MU_M2, 503 * MU_M2))
    assert found(frame) == {"round_area": ["S1"]}


def test_point_in_an_area_layer():
    frame = sites(placed(shapely.Point(5, 5))).assign(declared_area=parts(10_000, 3 * MU_M2))
    assert found(frame) == {"point_only": ["S1"]}


def test_outside_and_near_a_boundary_that_is_not_sure():
    here = place(shapely.box(LON - 1, LAT - 1, LON + 1, LAT + 1), accuracy_m=3000)
    edge = METRE * 111_320  # the northern edge lies one degree up
    at = [placed(shapely.box(0, 0, 300, 200)), *(_north(edge, metres) for metres in (-2000, 1000, 9000))]
    told = found(sites(*at), districts=here)
    assert told == {"close_to_boundary": ["S2", "S3"], "outside": ["S4"]}


def _north(degrees: float, metres: float) -> shapely.Polygon:
    return shapely.transform(box(0, metres, 300, 200), lambda xy: xy + np.array([0, degrees]))


def test_boundary_that_is_sure_cuts():
    here = place(shapely.box(LON - 1, LAT - 1, LON + 1, LAT + 1), accuracy_m=5)
    told = found(sites(_north(1, -100), _north(1, 20), _north(1, -1000)), districts=here)
    assert told == {"across_boundary": ["S1"], "outside": ["S2"]}


def test_row_that_names_a_district_elsewhere():
    frame = tickets(30, 30, stated_district=["elsewhere", "d0"], district=[None, "d0"])
    assert found(frame, WASTE)["says_elsewhere"] == ["S1"]


def test_wrong_zone():
    west, east = (shapely.box(LON + shift - 1, LAT - 1, LON + shift + 1, LAT + 1) for shift in (0, 3))
    frame = sites(box(0, 0, 300, 200), box(0, 1000, 300, 200), stated_district=["d1", "d0"], crs="EPSG:4541")
    told = found(frame, districts=place(west, east))
    assert told == {"other_district": ["S1"], "wrong_zone": ["S1"]}


def test_same_shape_twice():
    shape = box(0, 0, 300, 200)
    assert found(sites(shape, shapely.reverse(shape))) == {"duplicate": ["S1+S2"]}


def test_shifted_copy():
    shape = placed(shapely.Polygon([(0, 0), (500, 40), (620, 300), (300, 420), (20, 260)]))
    moved = shapely.transform(shape, lambda xy: xy + 5 * METRE)
    assert found(sites(shape, moved)) == {"shifted_copy": ["S1+S2"]}
    assert set(found(sites(shape, moved), shifted_copy_m=3)) == {"overlap"}


def test_shifted_line():
    line = placed(shapely.LineString([(0, 0), (900, 300), (1700, 250), (2600, 900)]))
    moved = shapely.transform(line, lambda xy: xy + 8 * METRE)
    assert found(sites(line, moved, layer=RIVER), RIVER) == {"shifted_copy": ["S1+S2"]}


def test_same_line_twice_is_a_duplicate_only():
    line = placed(shapely.LineString([(0, 0), (900, 300), (1700, 250)]))
    assert found(sites(line, shapely.reverse(line), layer=RIVER), RIVER) == {"duplicate": ["S1+S2"]}


def test_equal_plots_side_by_side_are_no_copies():
    assert found(sites(*(box(20 * at, 0, 20, 20) for at in range(5)))) == {}


def test_overlap_and_sliver_of_overlap():
    assert found(sites(box(0, 0, 300, 200), box(200, 0, 300, 200))) == {"overlap": ["S1+S2"]}
    assert found(sites(box(0, 0, 300, 200), box(299, 0, 300, 200))) == {"overlap_sliver": ["S1+S2"]}


def test_overlap_is_measured_where_it_is():
    row = review(case(sites(box(0, 0, 300, 200), box(200, 0, 300, 200)))).iloc[0]
    assert row["number"] == pytest.approx(100 * 200, rel=0.01)
    assert shapely.contains_xy(box(200, 0, 100, 200), row["lon"], row["lat"])


def test_contested():
    rivals = sites(box(100, 0, 300, 200), first=1_000_000)
    told = found(sites(box(0, 0, 300, 200)), rivals=rivals)
    assert told == {"contested": ["S1+S1000000"]}


def test_gap_between_neighbours():
    assert found(sites(box(0, 0, 300, 200), box(301, 0, 300, 200))) == {"gap": ["S1+S2"]}


def test_no_gap_where_sites_touch_or_lie_apart():
    assert found(sites(box(0, 0, 300, 200), box(300, 0, 300, 200), box(0, 203, 300, 200))) == {}


def test_narrow_site_between_two_is_no_gap():
    told = found(sites(box(0, 0, 300, 200), box(301, 0, 300, 200), box(300, 0, 1, 200)))
    assert told == {"sliver": ["S3"]}


def test_what_is_missing():
    frame = sites(*(box(1000 * at, 0, 300, 200) for at in range(3)))
    frame = frame.assign(own_code=[False, True, True], status=["finished", None, "finished"])
    frame["completed_on"] = ["2023", "2023", None]
    assert found(frame) == {"missing_code": ["S1"], "missing_status": ["S2"], "missing_date": ["S3"]}
    assert found(tickets(30, None), WASTE)["missing_amount"] == ["S2"]


def test_not_finished_and_come_undone():
    frame = sites(*(box(1000 * at, 0, 300, 200) for at in range(3)), status=["planned", "ongoing", "relapsed"])
    assert found(frame) == {"not_finished": ["S1", "S2"], "relapsed": ["S3"]}


def test_dates():
    frame = sites(*(box(1000 * at, 0, 300, 200) for at in range(4)))
    frame["started_on"] = ["2023-06-01", "2023", "2023-05", "2024"]
    frame["completed_on"] = ["2023-05-01", "2023-02-01", "2025-05-01", "2023-02-30"]
    told = found(frame, reported_on=dt.date(2025, 3, 20))
    assert told == {"dates_reversed": ["S1"], "after_report": ["S3"]}


def test_a_date_still_to_come_is_found_with_and_without_a_report():
    frame = sites(*(box(1000 * at, 0, 300, 200) for at in range(4)))
    frame["completed_on"] = ["2025-05-01", "2025-06-02", "2026", "2025"]
    today = dt.date(2025, 6, 1)
    assert found(frame, today=today) == {"in_future": ["S2", "S3"]}
    told = found(frame, today=today, reported_on=dt.date(2025, 3, 20))
    assert told == {"after_report": ["S1"], "in_future": ["S2", "S3"]}


def test_tickets():
    frame = tickets(30, 31, 30, 61, code=["a", "a", "b", "c"])
    told = found(frame, WASTE)
    assert told == {"duplicate_ticket": ["a+a"], "ticket_too_heavy": ["c"], "tonnage_without_place": [""]}


def test_heap_without_a_ticket_may_be_heavier():
    frame = tickets(61, 100_001, own_code=False)
    told = found(frame, WASTE)
    assert told["heap_too_heavy"] == ["S2"]
    assert "ticket_too_heavy" not in told


def test_round_amounts():
    frame = tickets(*[30.0] * 12, *np.linspace(20.1, 29.3, 5))
    assert found(frame, WASTE)["round_amounts"] == [""]


@pytest.mark.parametrize("layer", [GRASS, FARM, RIVER, WASTE], ids=lambda each: each.id)
def test_layer_without_sites(layer):
    assert found(sites(layer=layer), layer) == {}
