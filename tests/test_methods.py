"""Why the methods of measuring differ: a reason where the numbers bear it out, and none elsewhere."""

import functools

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_app.geometry import to_geographic
from geo_app.methods import DECLARED, GEODESIC, MERCATOR, METHODS, OFFICIAL, PLANE, Comparison, circumstances, compare
from geo_app.methods import measured as measured_by_methods
from geo_app.services.telling import why
from tests.drawn import at, plots

MU = 2000 / 3
PLOT = shapely.box(-340, -340, 340, 340)


def side_by_side(shapes: list[shapely.Geometry], crs: int | str, declared=np.nan, **about) -> dict[str, Comparison]:
    drawn, system = np.array(shapes, dtype=object), pyproj.CRS(crs)
    lonlat = to_geographic(drawn, system)
    areas = measured_by_methods(drawn, lonlat, system)
    if callable(declared):
        declared = declared(areas)
    found = compare(areas.assign(**{DECLARED: declared}), circumstances(drawn, lonlat, system), **about)
    return dict(zip(METHODS, found, strict=True))


def in_plane(crs: int | str, lon: float, lat: float, shape: shapely.Geometry = PLOT) -> shapely.Geometry:
    x, y = _way(crs).transform(lon, lat)
    return shapely.affinity.translate(shape, x, y)


def said(comparison: Comparison) -> str:
    return why(comparison, "en")


def declaring(times: float):
    return lambda areas: areas[GEODESIC] * times


# --- plane


def test_plane_stretches_with_distance_from_the_meridian():
    found = side_by_side([in_plane(4541, 97.2, 37)], 4541)[PLANE]
    assert found.share == pytest.approx((107 / 6371) ** 2, rel=0.02)
    assert said(found) == (
        "A Gauss-Krüger plane stretches with the distance from its central meridian: here 107\u202fkm from 96°."
    )


@pytest.mark.parametrize("crs, lon, meridian, nearest", [(4541, 99, 96, 99), (4519, 98.8, 93, 99), (4506, 92, 99, 93)])
def test_wrong_zone_is_suspected(crs, lon, meridian, nearest):
    told = said(side_by_side([in_plane(crs, lon, 37)], crs)[PLANE])
    assert told.startswith(f"Wrong zone suspected: the central meridian of {meridian}° is ")
    assert f"that of {nearest}° is nearer" in told


@pytest.mark.parametrize("crs, lon", [(4541, 97.5), (4505, 95.9)])
def test_edge_of_a_zone_is_not_a_wrong_zone(crs, lon):
    assert "Wrong zone" not in said(side_by_side([in_plane(crs, lon, 37)], crs)[PLANE])


def test_local_plane_has_no_zone_to_be_wrong():
    local = "+proj=tmerc +lon_0=91.5 +k=1 +x_0=500000 +ellps=GRS80 +units=m +type=crs"
    assert said(side_by_side([in_plane(local, 96, 37)], local)[PLANE]).startswith("A Gauss-Krüger plane stretches")


def test_web_mercator_is_explained_and_never_used():
    found = side_by_side([in_plane(3857, 96, 37)], 3857)
    assert said(found[PLANE]) == said(found[MERCATOR])
    assert said(found[PLANE]) == (
        "Web Mercator enlarges areas by 1/cos² of the latitude, at 37° by 57.1%. It is never used."
    )


def test_utm_is_drawn_smaller():
    told = said(side_by_side([in_plane(32646, 93.1, 37)], 32646)[PLANE])
    assert told.startswith("The plane is drawn at 0.9996 of its size at the central meridian of 93°")


def test_other_projection_is_told_by_what_it_does():
    albers = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m +type=crs"
    lambert = "+proj=lcc +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +ellps=GRS80 +units=m +type=crs"
    assert said(side_by_side([in_plane(albers, 96, 37)], albers)[PLANE]) == ""
    assert said(side_by_side([in_plane(lambert, 96, 37)], lambert)[PLANE]).startswith(
        "The file’s projection shrinks areas"
    )


def test_degrees_have_no_plane():
    found = side_by_side([at(PLOT, 96, 37)], 4490)[PLANE]
    assert np.isnan(found.area_m2)
    assert said(found) == "The file is in degrees, which have no plane area."


def test_no_reason_where_the_plane_does_not_bear_it_out():
    drawn = np.array([in_plane(4541, 97.2, 37)])
    lonlat = to_geographic(drawn, pyproj.CRS(4541))
    areas = measured_by_methods(drawn, lonlat, pyproj.CRS(4541)).assign(declared=np.nan)
    areas[PLANE] *= 1.01
    found = compare(areas, circumstances(drawn, lonlat, pyproj.CRS(4541)))[METHODS.index(PLANE)]
    assert found.difference_m2 > 0
    assert found.reasons == ()


# --- official


def test_straight_edges_are_told_apart_from_rounding():
    large = in_plane(4541, 97.2, 37, shapely.box(-4_900, -4_900, 4_900, 4_900))
    small = in_plane(4541, 97.2, 37, shapely.Polygon([(0, 0), (61.23, 3.3), (55.1, 48.77), (-9.9, 31.31)]))
    told = [said(side_by_side([shape], 4541)[OFFICIAL]) for shape in (large, small)]
    assert "draws edges straight" in told[0]
    assert told[1] == "" or told[1].startswith("Rounding, and terms")


@settings(max_examples=150, deadline=None)
@given(plots(), st.floats(94.5, 97.5), st.sampled_from([4541, 4490, 3857]))
def test_official_difference_is_always_explained_by_its_parts(corners, lon, crs):
    shape = at(shapely.Polygon(corners), lon, 37)
    drawn = shape if crs == 4490 else shapely.transform(shape, _way(crs).transform, interleaved=False)
    found = side_by_side([drawn], crs)[OFFICIAL]
    assert bool(found.reasons) == (abs(found.difference_m2) >= 0.005)
    assert sum(next(iter(reason.values.values())) for reason in found.reasons) == pytest.approx(
        found.difference_m2 if found.reasons else 0, abs=0.005
    )


@functools.cache
def _way(crs: int | str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4490, crs, always_xy=True)


def test_no_reason_where_the_official_area_does_not_bear_it_out():
    around = pd.DataFrame({"straight": [0.0], "outline_m": [400.0]}).reindex(columns=_columns())
    areas = pd.DataFrame({GEODESIC: [10_000.0], OFFICIAL: [10_001.0], PLANE: [np.nan], DECLARED: [np.nan]})
    assert compare(areas, around)[1].reasons == ()


def _columns() -> list[str]:
    return list(circumstances(np.array([None]), np.array([None]), None))


def test_no_official_area_is_said():
    assert said(side_by_side([shapely.box(2e6, 4e6, 2.001e6, 4.001e6)], 4541)[OFFICIAL]).startswith(
        "The rule has no number"
    )


# --- declared


@pytest.mark.parametrize(
    "times, told",
    [
        (1.0004, "It agrees with what is drawn, within"),
        (1 / MU, "It is 1/666.67 times what is drawn, as if a number in mu had been read in m²."),
        (MU, "It is 666.67 times what is drawn, as if a number in m² had been read in mu."),
        (15.1, "It is 15 times what is drawn, as if a number in mu had been read in ha."),
        (1 / 15, "It is 1/15 times what is drawn, as if a number in ha had been read in mu."),
        (9_950, "It is 10,000 times what is drawn, as if a number in m² had been read in ha."),
        (1e-4, "It is 1/10,000 times what is drawn, as if a number in ha had been read in m²."),
        (1.2, ""),
        (0.9, ""),
        (20, ""),
    ],
)
def test_declared_area(times, told):
    assert said(side_by_side([at(PLOT, 96, 37)], 4490, declaring(times))[DECLARED]).startswith(told)
    assert bool(told) == bool(side_by_side([at(PLOT, 96, 37)], 4490, declaring(times))[DECLARED].reasons)


@pytest.mark.parametrize(
    "crs, method, told",
    [
        (4541, PLANE, "It is the area in the file’s plane, within"),
        (4541, MERCATOR, "It is what web Mercator makes of the outline, 57.1% too much."),
        (3857, PLANE, "It is what web Mercator makes of the outline, 57.1% too much."),
        (4541, OFFICIAL, "It is the area by the official rule."),
    ],
)
def test_declared_area_that_another_method_made(crs, method, told):
    plot = in_plane(crs, 97.3, 37, shapely.box(-4_900, -4_900, 4_900, 4_900))
    other = side_by_side([plot], crs)[method].area_m2
    assert said(side_by_side([plot], crs, other)[DECLARED]).startswith(told)


def test_ridges_are_named_on_farmland_only():
    plot = [at(PLOT, 96, 37)]
    assert said(side_by_side(plot, 4490, declaring(0.92), ridges=0.25)[DECLARED]).startswith(
        "Field ridges may be left out"
    )
    assert said(side_by_side(plot, 4490, declaring(0.6), ridges=0.25)[DECLARED]) == ""
    assert said(side_by_side(plot, 4490, declaring(1.08), ridges=0.25)[DECLARED]) == ""
    assert said(side_by_side(plot, 4490, declaring(0.92), column="TBMJ")[DECLARED]) == ""


def test_column_without_ridges_is_named():
    told = said(side_by_side([at(PLOT, 96, 37)], 4490, declaring(0.92), column="TBDLMJ")[DECLARED])
    assert told == "The column TBDLMJ leaves field ridges out: here 8.00% of the plot."


# --- totals


def test_total_is_compared_over_the_same_sites():
    plots_ = [in_plane(4541, lon, 37) for lon in (95, 96, 97.4)]
    found = side_by_side(plots_, 4541, [500_000.0, np.nan, 400_000.0])
    assert (found[DECLARED].sites, found[GEODESIC].sites) == (2, 3)
    assert found[DECLARED].record_m2 == pytest.approx(found[GEODESIC].area_m2 * 2 / 3, rel=1e-3)
    assert said(found[DECLARED]) == "Declared above drawn: 1; below: 1."
    assert said(found[PLANE]).endswith("here up to 125\u202fkm.")


def test_total_of_files_in_several_zones():
    parts = []
    for crs, lon in ((4539, 91), (4541, 97)):
        drawn = np.array([in_plane(crs, lon, 37)])
        lonlat, system = to_geographic(drawn, pyproj.CRS(crs)), pyproj.CRS(crs)
        parts.append((measured_by_methods(drawn, lonlat, system), circumstances(drawn, lonlat, system)))
    areas, around = (pd.concat(each) for each in zip(*parts, strict=True))
    found = compare(areas.assign(declared=np.nan), around)
    assert found[2].sites == 2
    assert said(found[2]).startswith("Gauss-Krüger planes stretch")


def test_what_has_no_ground_is_compared_with_nothing():
    shapes = [None, shapely.Point(95, 37), shapely.Polygon(), shapely.box(-180, -90, 180, 90)]
    found = side_by_side(shapes, 4490, 100.0)
    assert [each.sites for each in found.values()] == [0, 0, 0, 0, 0]
    assert all(np.isnan(each.area_m2) for each in found.values())


@settings(max_examples=100, deadline=None)
@example(np.array([(-9, -9), (9, -9), (0, 9)]), 180.0, 0.0, 3857)
@given(plots(), st.floats(-180, 180), st.floats(-89, 89), st.sampled_from([4490, 3857, 4541, 32646, 2056]))
def test_anything_anywhere_is_compared_without_fault(corners, lon, lat, crs):
    with np.errstate(invalid="ignore"):
        drawn = shapely.transform(at(shapely.Polygon(corners), lon, lat), _way(crs).transform, interleaved=False)
    found = side_by_side([drawn], crs, 1_000.0)
    assert all(isinstance(why(each, locale), str) for each in found.values() for locale in ("en", "zh"))
