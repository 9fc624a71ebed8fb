"""Every rule and measure takes every kind of geometry: it finds or gives something or nothing, and never fails."""

import json
import math
from itertools import combinations

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from geo_app import methods, rules
from geo_app.geometry import from_geographic
from geo_app.quality import NAMES, Case, review
from geo_app.quality.outlines import crossings
from tests.quality.cases import FARM, GRASS, RIVER, WASTE, box, case, placed, sites


def _with(shape: shapely.Geometry, number: float) -> shapely.Geometry:
    """Put a number into the second corner of a shape."""
    return shapely.transform(shape, lambda xy: np.vstack([xy[:1], [[number, xy[1, 1]]], xy[2:]]))


SHAPES = {
    "missing": None,
    **{
        f"empty {kind}": shapely.from_wkt(f"{kind} EMPTY")
        for kind in ("POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON")
    },
    "empty collection": shapely.GeometryCollection(),
    "point": placed(shapely.Point(1, 2)),
    "points": placed(shapely.MultiPoint([(0, 0), (5, 5)])),
    "line": placed(shapely.LineString([(0, 0), (500, 20)])),
    "lines": placed(shapely.MultiLineString([[(0, 0), (5, 5)], [(9, 9), (20, 30)]])),
    "ring": placed(shapely.LinearRing([(0, 0), (50, 0), (50, 50)])),
    "point twice": placed(shapely.LineString([(3, 3), (3, 3)])),
    "polygon": box(0, 0, 300, 200),
    "polygon with a hole": shapely.difference(box(0, 0, 300, 200), box(100, 50, 20, 20)),
    "heights": shapely.force_3d(box(0, 0, 300, 200), 12.0),
    "polygons": shapely.union(box(0, 0, 300, 200), box(900, 0, 300, 200)),
    "collection": shapely.GeometryCollection([box(0, 0, 300, 200), placed(shapely.Point(1, 1))]),
    "flat": placed(shapely.Polygon([(0, 0), (300, 0), (600, 0)])),
    "one point": placed(shapely.Polygon([(7, 7), (7, 7), (7, 7), (7, 7)])),
    "bow-tie": placed(shapely.Polygon([(0, 0), (400, 300), (400, 0), (0, 300)])),
    "crossing itself everywhere": placed(shapely.Polygon(np.random.default_rng(5).uniform(0, 900, (300, 2)))),
    "not a number": _with(box(0, 0, 300, 200), math.nan),
    "infinite": _with(box(0, 0, 300, 200), math.inf),
    "pole": shapely.Polygon([(0, 89.9), (90, 89.9), (180, 89.9), (-90, 89.9)]),
    "the world": shapely.box(-180, -90, 180, 90),
    "antimeridian": shapely.box(179.9, 10, 180, 11),
}


def everything(frame, layer) -> Case:
    """A layer in which each site is said to share ground with each, in every manner."""
    made = case(frame.iloc[:0], layer)
    known = frame.set_index("id")
    pairs = pd.DataFrame(list(combinations(frame["id"].tolist(), 2)), columns=["site", "other"])
    ways = [(contest, same) for contest in (False, True) for same in (False, True)]
    said = [pairs.assign(contest=contest, duplicate=same, common=100.0) for contest, same in ways]

    def fetch(ids):
        return made.fetch(ids[:0]).__class__(
            known.loc[ids, "geometry"].to_numpy(), known.loc[ids, "crs"].to_numpy(object), np.zeros(len(ids), bool)
        )

    return Case(made.about, pd.DataFrame(frame), pd.concat(said, ignore_index=True), known["code"], fetch, fetch)


def demand_sound(told: pd.DataFrame) -> None:
    """Every number and place is one, or missing; every value can be kept."""
    assert set(told["rule"]) <= NAMES
    assert not np.isinf(told["number"].astype(float)).any()
    missing = told["number"].isna() & told["rule"].map(lambda name: rules.RULES[name].unit not in ("", "measure"))
    assert set(told.loc[missing, "rule"]) <= {"point_only"}  # one that declares nothing
    json.dumps(told["values"].tolist(), allow_nan=False)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("layer", [GRASS, FARM, RIVER, WASTE], ids=lambda each: each.id)
@pytest.mark.parametrize("name", SHAPES)
def test_no_rule_fails_on_a_shape(name, layer):
    demand_sound(review(everything(sites(SHAPES[name], box(50, 50, 300, 200), layer=layer, mended=True), layer)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("layer", [GRASS, RIVER], ids=lambda each: each.id)
def test_no_rule_fails_on_all_of_them_together(layer):
    demand_sound(review(everything(sites(*SHAPES.values(), layer=layer), layer)))


@pytest.mark.parametrize("crs", [None, "EPSG:4490", "EPSG:4520", "EPSG:3857"])
def test_measures_of_all_of_them_add_up(crs):
    lonlat = np.array([*SHAPES.values()], object)
    plain = [name for name in SHAPES if name in ("polygon", "polygons", "heights")]
    some = np.array([SHAPES[name] for name in plain], object)
    whole, part = (measured(shapes, crs) for shapes in (lonlat, some))
    for every, sound in zip(whole, part, strict=True):
        assert every.area_m2 is None or np.isnan(every.area_m2) == np.isnan(sound.area_m2)
        assert every.sites >= sound.sites


def measured(lonlat: np.ndarray, crs: str | None) -> list[methods.Comparison]:
    system = None if crs is None else pyproj.CRS(crs)
    shapes = lonlat if system is None else from_geographic(lonlat, system)
    areas = methods.measured(shapes, lonlat, system).assign(**{methods.DECLARED: 100.0})
    return methods.compare(areas[[*methods.OF_A_FILE]], methods.circumstances(shapes, lonlat, system))


def wave() -> shapely.Polygon:
    turn = np.linspace(0, 2 * np.pi, 2_000_001)
    return placed(
        shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * (3000 + 200 * np.sin(9 * turn))[:, None])
    )


@pytest.mark.slow
def test_two_million_vertices_are_measured():
    area = np.pi * (3000**2 + 200**2 / 2)
    for each in measured(np.array([wave()], object), "EPSG:4520")[:3]:
        assert each.area_m2 == pytest.approx(area, rel=0.005)  # metres are taken as degrees of a sphere there


@pytest.mark.slow
def test_two_million_vertices():
    one = wave()
    moved = shapely.transform(one, lambda xy: xy + 1e-4)
    frame = sites(one, moved, box(3100, 0, 300, 200), mended=[True, False, False])
    frame["drawn"] = [one, None, None]
    told = review(case(frame))
    demand_sound(told)
    assert "shifted_copy" in set(told["rule"])


def test_crossings_of_a_bomb_are_not_all_counted():
    bomb = shapely.Polygon(np.random.default_rng(1).uniform(0, 1, (20_000, 2)))
    assert crossings(bomb) >= 1000


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_no_rule_fails_on_the_odd_files(shared_files):
    shapes = []
    for path in sorted((shared_files / "corpus").glob("*.[gjzk]*")):
        try:
            shapes += pyogrio.read_dataframe(path).geometry.to_list()[:50]
        except (LookupError, ValueError, RuntimeError, AttributeError, shapely.errors.GEOSException):
            continue
    drawn = [each for each in shapes if each is None or np.abs(each.bounds).max(initial=0) <= 180]
    assert len(drawn) > 50
    for at in range(0, len(drawn), 40):
        demand_sound(review(everything(sites(*drawn[at : at + 40]), GRASS)))
