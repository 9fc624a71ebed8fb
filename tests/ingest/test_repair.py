"""Broken outlines: repaired and said, confirmed where areas change, left out where nothing helps."""

import time

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_app import geometry
from geo_app.errors import AnswerNeeded
from geo_app.ingest import repair
from geo_app.ingest.child.repair import repaired
from tests.ingest import files
from tests.ingest.conftest import left_out, rules

HERE = np.array([files.ZONE_32, 4_000_000.0])
PLANE = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4520"}}


def ring(*corners):
    return shapely.Polygon(np.array(corners) + HERE)


def random_ring(count, seed=3):
    return shapely.Polygon(np.random.default_rng(seed).uniform(0, 1000, (count, 2)) + HERE)


SQUARE = files.square()
BROKEN = {
    "crosses itself": ring((0, 0), (100, 100), (100, 0), (0, 100)),
    "has a spike": ring((0, 0), (100, 0), (100, 50), (200, 50), (100, 50), (100, 100), (0, 100)),
    "has a ring twice": shapely.MultiPolygon([SQUARE, SQUARE]),
    "has a hole outside": shapely.Polygon(SQUARE.exterior, [files.square(5).exterior]),
    "has a hole in a hole": shapely.Polygon(
        SQUARE.exterior, [shapely.buffer(SQUARE, -10).exterior, shapely.buffer(SQUARE, -20).exterior]
    ),
    "touches itself": ring((0, 0), (50, 50), (100, 0), (100, 100), (50, 50), (0, 100)),
}


def sent(folder, shapes):
    return files.geojson(folder / "a.geojson", list(shapes), [{"id": str(n)} for n in range(len(shapes))], crs=PLANE)


def findings(reading):
    return {each.record: each.values for each in reading.findings if each.rule == "repaired"}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_outline_is_repaired_and_named(tmp_path, take, reason):
    reading = take(sent(tmp_path, [SQUARE, BROKEN[reason]]))
    assert reading.accepted == 2
    assert shapely.is_valid(reading.sites.geometry.to_numpy()).all()
    found = findings(reading)[2]
    after = geometry.areas(reading.sites.geometry.to_numpy())[1]
    assert (found["reason"], found["after"]) == (reason, round(after, 1))
    gross = reading.sites["amount"] / 10_000
    assert gross[1] == pytest.approx(max(found["before"], found["after"]), abs=0.06)
    assert reading.total / 10_000 == pytest.approx(gross[0] + found["after"], abs=0.06)


def test_what_was_drawn_is_kept_in_the_files_system(tmp_path, take):
    for crs, shape in ((PLANE, BROKEN["crosses itself"]), (None, flat_bowtie())):
        path = files.geojson(tmp_path / "a.geojson", [shape], **({"crs": crs} if crs else {}))
        drawn = shapely.from_wkb(take(path).sites["drawn"][0])
        assert drawn.equals_exact(shape, 0)


def flat_bowtie():
    return shapely.Polygon([(96, 36), (96.001, 36.001), (96.001, 36), (96, 36.001)])


def test_a_repair_that_changes_an_area_has_to_be_confirmed(tmp_path, take):
    path = sent(tmp_path, [SQUARE, BROKEN["crosses itself"]])
    with pytest.raises(AnswerNeeded, match=r"record 2, 0\.0 m² as drawn and 5,000\.\d m² repaired") as asked:
        take(path, confirmed=())
    assert (asked.value.needs, asked.value.option, asked.value.choices) == ("confirmation", "--accept", ("repairs",))
    assert (asked.value.known["accepted"], asked.value.known["records"]) == (2, 2)
    assert take(path, confirmed=("repairs",)).accepted == 2


def test_a_repair_that_changes_no_area_needs_no_yes(tmp_path, take):
    assert "repaired" in rules(take(sent(tmp_path, [BROKEN["has a spike"]]), confirmed=()))


def test_an_outline_without_ground_is_beyond_repair(tmp_path, take):
    line = shapely.Polygon([(96, 36), (96.001, 36), (96.0005, 36)])
    reading = take(files.geojson(tmp_path / "a.geojson", [files.lonlat_square(), line]))
    assert left_out(reading) == {2: "beyond_repair"}


def test_a_point_line_is_beyond_repair(tmp_path, take):
    lines = [shapely.LineString([(96, 36), (96.1, 36)]), shapely.LineString([(96, 36), (96, 36)])]
    assert left_out(take(files.geojson(tmp_path / "a.geojson", lines), "river_cleaned")) == {2: "beyond_repair"}


def test_five_hundred_random_corners_cost_seconds_at_most(tmp_path, take):
    begun = time.monotonic()
    reading = take(sent(tmp_path, [SQUARE, random_ring(500)]))
    assert reading.accepted == 2
    assert time.monotonic() - begun < 15


def test_an_outline_that_takes_too_long_is_left_out_and_the_others_are_not(tmp_path, take, monkeypatch):
    monkeypatch.setattr(repair, "OUTLINE_S", 0.3)
    shapes = [SQUARE, random_ring(4000), BROKEN["has a spike"], BROKEN["crosses itself"], random_ring(4000, 4)]
    reading = take(sent(tmp_path, shapes))
    assert left_out(reading) == {2: "too_complex", 5: "too_complex"}
    assert set(findings(reading)) == {3, 4}


def test_a_file_full_of_bombs_ends_after_a_few(tmp_path, take, monkeypatch):
    monkeypatch.setattr(repair, "OUTLINE_S", 0.2)
    monkeypatch.setattr(repair, "PATIENCE", 2)
    reading = take(sent(tmp_path, [SQUARE, *[random_ring(4000)] * 6]))
    assert left_out(reading) == dict.fromkeys((2, 3), "too_complex") | dict.fromkeys((4, 5, 6, 7), "not_tried")


@pytest.mark.parametrize("first", [0, 3], ids=["before", "behind"])
def test_bombs_cost_no_simple_outline_wherever_it_stands(tmp_path, take, monkeypatch, first):
    monkeypatch.setattr(repair, "OUTLINE_S", 0.2)
    monkeypatch.setattr(repair, "PATIENCE", 2)
    shapes = [random_ring(4000)] * 3
    shapes.insert(first, BROKEN["crosses itself"])
    reading = take(sent(tmp_path, shapes))
    assert (reading.accepted, set(findings(reading))) == (1, {first + 1})
    assert sorted(left_out(reading).values()) == ["not_tried", "too_complex", "too_complex"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9))
@example([(0, 1), (0, 0), (1, 1), (1, 0), (0, 0), (1, 1)])  # of which GEOS makes two parts with one edge
def test_what_comes_out_is_ground_or_nothing(corners):
    shape = shapely.from_wkb(repaired(shapely.Polygon(corners)))
    assert shape is None or (shapely.is_valid(shape) and shape.geom_type in ("Polygon", "MultiPolygon") and shape.area)
