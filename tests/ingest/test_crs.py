import numpy as np
import pyproj
import pytest
import shapely

from geo_app import geometry
from geo_app.errors import AnswerNeeded, Refused
from geo_app.ingest import SHIFTS, crs, shift
from geo_app.rules import RULES
from tests.ingest import files
from tests.ingest.conftest import left_out, rules

PLANE = 'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",96.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'  # noqa: E501 - one line as in real files


NAMED = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4520"}}


def flipped(square):
    return shapely.transform(square, lambda xy: xy[:, ::-1])


def zipped(folder, square, prj, **columns):
    parts = files.shapefile(folder, [square], columns or None, crs="EPSG:4520")
    parts.pop(".prj")
    return files.zipped(folder, parts | ({".prj": prj} if prj is not None else {}))


@pytest.mark.parametrize(
    ("name", "easting", "x0", "found"),
    [
        ("CGCS2000_3_Degree_GK_Zone_32", 32500000.0, 32_500_000, "EPSG:4520"),
        ("CGCS2000_3_Degree_GK_CM_96E", 500000.0, 500_000, "EPSG:4541"),
        (
            *("CGCS2000_3_Degree_GK_CM_96E", 46500000.0, 46_500_000),
            "+proj=tmerc +lat_0=0 +lon_0=96 +k=1 +x_0=46500000 +y_0=0 +ellps=GRS80 +units=m +no_defs +type=crs",
        ),
    ],
)
def test_a_prj_is_read_by_its_parameters(tmp_path, take, name, easting, x0, found):
    prj = b"\xef\xbb\xbf" + PLANE.format(name=name, easting=easting).encode()
    reading = take(zipped(tmp_path, files.square(x0=x0), prj))
    assert (reading.crs, reading.crs_source) == (found, "file")
    assert reading.sites.geometry.iloc[0].centroid.x == pytest.approx(96.0005, abs=1e-3)
    assert ("crs_by_parameters" in rules(reading)) == (not found.startswith("EPSG"))


@pytest.mark.parametrize("code", [4520, 4541, 4494, 2356, 2408, 4490, 4610, 32646])
@pytest.mark.parametrize("dialect", ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2019"])
def test_a_known_system_is_known_in_every_dialect(tmp_path, take, code, dialect):
    system = pyproj.CRS(code)
    place = shapely.Point(96.1, 36.2)
    if system.is_projected:
        way = pyproj.Transformer.from_crs(4326, system, always_xy=True).transform
        place = shapely.transform(place, way, interleaved=False)
    shape = place.buffer(0.01 if system.is_geographic else 100)
    reading = take(zipped(tmp_path, shape, system.to_wkt(dialect).encode()))
    assert (reading.crs, reading.crs_source) == (f"EPSG:{code}", "file")
    assert "crs_by_parameters" not in rules(reading)


@pytest.mark.parametrize("name", ["国家大地坐标系", "unnamed", "CGCS2000_3_Degree_GK_Zone_33"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_known_system_is_known_under_any_name(tmp_path, take, name, encoding):
    prj = PLANE.format(name=name, easting=32500000.0).encode(encoding)
    reading = take(zipped(tmp_path, files.square(), prj))
    assert (reading.crs, reading.crs_source) == ("EPSG:4520", "file")
    assert ("crs_by_parameters" in rules(reading)) == name.startswith("CGCS2000")


def test_a_plane_far_from_its_meridian_is_not_believed(tmp_path, take):
    """A false easting that the coordinates do not have would shrink areas to a twentieth."""
    prj = PLANE.format(name="CGCS2000_3_Degree_GK_CM_96E", easting=46500000.0).encode()
    with pytest.raises(AnswerNeeded, match="cannot be") as asked:
        take(zipped(tmp_path, files.square(), prj), confirmed=())
    assert asked.value.choices == ("crs:EPSG:4520",)


def test_a_plane_that_wraps_around_is_not_believed(tmp_path, take):
    prj = pyproj.CRS(3857).to_wkt("WKT1_ESRI").encode()
    with pytest.raises(AnswerNeeded, match="cannot be") as asked:
        take(zipped(tmp_path, files.square(), prj), confirmed=())
    assert asked.value.choices == ("crs:EPSG:4520",)
    with pytest.raises(Refused, match="cannot be in EPSG:3857"):
        take(zipped(tmp_path, files.square(), None), crs="EPSG:3857")


@pytest.mark.parametrize("is_swapped", [False, True])
@pytest.mark.parametrize(
    "prj",
    [
        *(pyproj.CRS(code).to_wkt("WKT1_ESRI") for code in (32647, 32646, 3857, 4520, 4541, 4494)),
        PLANE.format(name="CGCS2000_3_Degree_GK_CM_97.5E", easting=500000.0).replace("96.0]", "97.5]"),
        "+proj=laea +lat_0=37 +lon_0=97 +ellps=GRS80 +units=m +type=crs",
    ],
    ids=lambda prj: prj.split('"')[1] if '"' in prj else prj[:10],
)
def test_degrees_are_no_metres_whatever_the_prj_says(tmp_path, take, prj, is_swapped):
    square = files.lonlat_square()
    path = zipped(tmp_path, flipped(square) if is_swapped else square, prj.encode())
    with pytest.raises(AnswerNeeded, match="cannot be") as asked:
        take(path, confirmed=())
    assert asked.value.choices == (f"crs:EPSG:4490{'+yx' * is_swapped}",)
    assert take(path).total == pytest.approx(geometry.areas(np.array([square]))[0] * 10_000, abs=1)


@pytest.mark.parametrize(("code", "first"), [(4520, 4541), (4518, 4539), (2357, 2378)])
def test_the_stated_meridian_is_proposed_first_where_the_zone_number_is_missing(tmp_path, take, code, first):
    path = zipped(tmp_path, files.square(x0=500_000), pyproj.CRS(code).to_wkt("WKT1_ESRI").encode())
    with pytest.raises(AnswerNeeded, match="Areas are the same") as asked:
        take(path)
    assert (asked.value.choices[0], len(asked.value.choices)) == (f"EPSG:{first}", 4)


@pytest.mark.parametrize(
    ("code", "x0", "plane"),
    [(4610, 32_500_000, 2356), (4214, 32_500_000, 2408), (4610, 16_500_000, 2330), (4214, 16_500_000, 21416)],
)
def test_metres_under_an_old_datum_keep_the_datum(tmp_path, take, code, x0, plane):
    path = zipped(tmp_path, files.square(x0=x0), pyproj.CRS(code).to_wkt("WKT1_ESRI").encode())
    with pytest.raises(AnswerNeeded) as asked:
        take(path, confirmed=())
    assert asked.value.choices == (f"crs:EPSG:{plane}",)
    assert "position_approximate" in rules(take(path))


def test_plain_metres_under_an_old_datum_keep_the_datum(tmp_path, take):
    path = zipped(tmp_path, files.square(x0=500_000), pyproj.CRS(4610).to_wkt("WKT1_ESRI").encode())
    with pytest.raises(AnswerNeeded) as asked:
        take(path)
    assert set(asked.value.choices) == {"EPSG:2375", "EPSG:2376", "EPSG:2377", "EPSG:2378"}


def test_degrees_beside_metres_suggest_what_most_are_in(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(0), files.square(1), files.lonlat_square()])
    del parts[".prj"]
    reading = take(files.zipped(tmp_path, parts))
    assert (reading.crs, left_out(reading)) == ("EPSG:4520", {3: "not_in_crs"})


@pytest.mark.parametrize("prj", [None, b"", b"<html></html>", b"nonsense", b'LOCAL_CS["x"]', bytes(100)])
def test_a_missing_or_unreadable_prj_is_inferred_and_confirmed(tmp_path, take, prj):
    path = zipped(tmp_path, files.square(), prj)
    with pytest.raises(AnswerNeeded, match="names no coordinate system") as asked:
        take(path, confirmed=())
    assert (asked.value.needs, asked.value.choices) == ("confirmation", ("crs:EPSG:4520",))
    assert (asked.value.known["crs"], asked.value.known["crs_source"]) == ("EPSG:4520", "inferred")
    reading = take(path, confirmed=("crs:EPSG:4520",))
    assert (reading.crs, reading.crs_source) == ("EPSG:4520", "inferred")
    assert "crs_inferred" in rules(reading)
    with pytest.raises(AnswerNeeded):
        take(path, confirmed=("crs:EPSG:4521", "totals"))


@pytest.mark.parametrize(
    ("x", "y", "choices"),
    [
        (96.5, 36.5, ("EPSG:4490",)),
        (-122.4, 37.8, ("EPSG:4326",)),
        (31_500_000, 4e6, ("EPSG:4519",)),
        (16_400_000, 4e6, ("EPSG:4494",)),
        (10_700_000, 4.4e6, ("EPSG:3857",)),
        (500_000, 4e6, ("EPSG:4539", "EPSG:4540", "EPSG:4541", "EPSG:4542")),
        (4e6, 32_500_000, ("EPSG:4520+yx",)),
        (4e6, 500_000, tuple(f"EPSG:{code}+yx" for code in (4539, 4540, 4541, 4542))),
        (36.5, 96.5, ("EPSG:4490+yx",)),
        (700_000, 4e6, ("EPSG:4505", "EPSG:4506")),
        (388309, 344107, ()),
    ],
)
def test_proposals_come_from_the_coordinates(x, y, choices):
    assert crs.propose(np.array([shapely.box(x, y, x + 1e-6, y + 1e-6)])).codes == choices


def test_proposals_are_ranked_by_the_district_that_is_named(tmp_path, take):
    # 500000 m east of 96 E lies in Dulan; of 93 E in Golmud
    square = files.square(x0=510_000, y0=4_020_000)
    for district, best in (("都兰县", "EPSG:4541"), ("格尔木市", "EPSG:4540")):
        with pytest.raises(AnswerNeeded) as asked:
            take(zipped(tmp_path, square, None, 县=[district]))
        assert asked.value.choices[0] == best


@pytest.mark.parametrize(
    ("square", "stated", "proposed"),
    [
        (files.lonlat_square(), PLANE.format(name="x", easting=32500000.0).encode(), "EPSG:4490"),
        (files.square(), pyproj.CRS(4490).to_wkt("WKT1_ESRI").encode(), "EPSG:4520"),
        (files.square(), pyproj.CRS(4519).to_wkt("WKT1_ESRI").encode(), "EPSG:4520"),
        (flipped(files.square()), pyproj.CRS(4520).to_wkt("WKT1_ESRI").encode(), "EPSG:4520+yx"),
        (flipped(files.square(x0=500_000)), pyproj.CRS(4541).to_wkt("WKT1_ESRI").encode(), "EPSG:4541+yx"),
        (flipped(files.lonlat_square()), pyproj.CRS(4490).to_wkt("WKT1_ESRI").encode(), "EPSG:4490+yx"),
    ],
)
def test_numbers_win_over_a_wrong_statement_once_a_person_says_so(tmp_path, take, square, stated, proposed):
    path = zipped(tmp_path, square, stated)
    with pytest.raises(AnswerNeeded, match="cannot be") as asked:
        take(path, confirmed=())
    assert asked.value.choices == (f"crs:{proposed}",)
    reading = take(path)
    assert (reading.crs, reading.crs_source) == (proposed.removesuffix("+yx"), "inferred")
    assert ("axes_swapped" in rules(reading)) == proposed.endswith("+yx")
    assert reading.sites.geometry.iloc[0].centroid.y == pytest.approx(36.1, abs=0.2)


def test_a_wrong_answer_is_refused(tmp_path, take):
    path = zipped(tmp_path, files.lonlat_square(), None)
    with pytest.raises(Refused, match="cannot be in EPSG:4520"):
        take(path, crs="EPSG:4520")
    assert take(path, crs="EPSG:4490").crs_source == "user"


def test_the_other_zone_of_a_file_is_left_out_by_number(tmp_path, take):
    squares = [files.square(0), files.square(1), files.square(0, x0=33_450_000)]
    parts = files.shapefile(tmp_path, squares)
    reading = take(files.zipped(tmp_path, parts))
    assert left_out(reading) == {3: "other_zone"}
    del parts[".prj"]
    path = files.zipped(tmp_path, parts)
    with pytest.raises(AnswerNeeded, match=r"several zone numbers \(32: 2, 33: 1\)") as asked:
        take(path)
    assert (asked.value.needs, asked.value.choices) == ("crs", ("EPSG:4520", "EPSG:4521"))
    assert left_out(take(path, crs="EPSG:4521")) == {1: "other_zone", 2: "other_zone"}


def test_a_record_far_from_its_system_is_left_out(tmp_path, take):
    path = files.geojson(tmp_path / "a.geojson", [files.square(0), shapely.box(0, 0, 100, 100)], crs=NAMED)
    assert left_out(take(path)) == {2: "not_in_crs"}


def test_a_place_that_hangs_on_a_choice_is_said_to_be_uncertain_and_its_area_is_not(tmp_path, take):
    path = zipped(tmp_path, files.square(x0=510_000), None)
    with pytest.raises(AnswerNeeded, match="Areas are the same") as asked:
        take(path)
    one, other = (take(path, crs=code) for code in asked.value.choices[:2])
    assert one.total == other.total
    assert "place_uncertain" in rules(one)


def test_more_than_half_a_zone_from_the_meridian_is_said(tmp_path, take):
    prj = pyproj.CRS(4541).to_wkt("WKT1_ESRI").encode()
    assert "far_from_meridian" in rules(take(zipped(tmp_path, files.square(x0=690_000), prj)))
    assert "far_from_meridian" not in rules(take(zipped(tmp_path, files.square(x0=600_000), prj)))


def test_sites_outside_all_districts_are_said(tmp_path, take):
    assert "outside_districts" in rules(take(files.geojson(tmp_path / "a.geojson", [shapely.box(0, 0, 1, 1)])))


@pytest.mark.parametrize("code", [4541, 3857])
def test_a_shift_is_taken_out_only_when_asked(tmp_path, take, code):
    true = np.array([shapely.box(96, 36, 96.001, 36.001)])
    for kind in SHIFTS:
        moved = shapely.transform(true, lambda xy, kind=kind: shift.shifted(xy, kind))
        path = files.geojson(tmp_path / "a.geojson", list(moved))
        raw = take(path)
        back = take(path, shift=kind)
        metres = geometry.lengths(np.array([shapely.LineString([raw.sites.geometry[0].centroid, true[0].centroid])]))
        assert metres[0] > 40
        assert shapely.equals_exact(back.sites.geometry[0], true[0], tolerance=1e-8)
        assert back.total == round(geometry.areas(true)[0] * 10_000)
        assert "shift_removed" in rules(back)
        plane = geometry.to_plane(moved, pyproj.CRS(code))
        parts = files.shapefile(tmp_path, list(plane), crs=f"EPSG:{code}")
        shape = take(files.zipped(tmp_path, parts), shift=kind)
        assert shapely.hausdorff_distance(shape.sites.geometry[0], true[0]) < 1e-8


def test_a_shift_is_suspected_only_where_it_explains_the_districts(tmp_path, take, districts):
    edge = shapely.boundary(districts.shapes["632822"])
    places = shapely.line_interpolate_point(edge, np.linspace(0.05, 0.95, 400), normalized=True)
    squares = shapely.buffer(places, 0.001, cap_style="square")
    inside = squares[shapely.contains(districts.shapes["632822"], shapely.centroid(squares))]
    moved = shapely.transform(squares, lambda xy: shift.shifted(xy, "bd09"))
    stated = districts.assign(shapely.centroid(squares))["district"]
    named = [{"县": code} for code in stated]
    found = take(files.geojson(tmp_path / "a.geojson", list(moved), named))
    suspicion = next(each for each in found.findings if each.rule == "shift_suspected")
    assert suspicion.values["shift"] == "bd09"
    assert suspicion.values["after"] > suspicion.values["before"]
    assert found.sites.geometry[0].equals_exact(moved[0], 0)
    assert "shift_suspected" not in rules(take(files.geojson(tmp_path / "b.geojson", list(squares), named)))
    assert len(inside) > 0


@pytest.mark.parametrize("chosen", ["EPSG:999999", "Haixi", "EPSG:5773"])
def test_a_named_system_that_is_none_is_refused(tmp_path, take, chosen):
    with pytest.raises(Refused, match="system"):
        take(zipped(tmp_path, files.square(), None), crs=chosen)


@pytest.mark.parametrize(("code", "x0"), [(2408, 32_500_000), (2356, 32_500_000)])
def test_old_chinese_planes_keep_their_areas(tmp_path, take, code, x0):
    reading = take(zipped(tmp_path, files.square(x0=x0), pyproj.CRS(code).to_wkt("WKT1_ESRI").encode()))
    same = take(zipped(tmp_path, files.square(), pyproj.CRS(4520).to_wkt("WKT1_ESRI").encode()))
    assert reading.crs == f"EPSG:{code}"
    assert reading.total == same.total
    assert "position_approximate" in rules(reading)


@pytest.mark.parametrize("code", [31287, 28992, 27700, 3067, 2193, 4647, 3857])
def test_other_datums_are_brought_over_by_a_real_transformation(code):
    bounds = pyproj.CRS(code).area_of_use.bounds
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    square = shapely.box(lon, lat, lon + 0.01, lat + 0.01)
    there = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform
    plane = shapely.transform(np.array([square]), there, interleaved=False)
    back = geometry.to_geographic(plane, pyproj.CRS(code))
    assert shapely.equals_exact(back[0], square, tolerance=1e-6)
    assert geometry.areas(back)[0] == pytest.approx(geometry.areas(np.array([square]))[0], rel=1e-6)


def test_swapped_metres_without_a_zone_number_have_their_area_in_each_zone(tmp_path, take):
    path = zipped(tmp_path, flipped(files.square(x0=500_000)), None)
    with pytest.raises(AnswerNeeded, match="Areas are the same in each") as asked:
        take(path)
    assert {each[-3:] for each in asked.value.choices} == {"+yx"}
    assert "place_uncertain" in rules(take(path, crs="EPSG:4541+yx"))


def test_what_nobody_has_confirmed_is_not_said_to_be_confirmed(tmp_path, take):
    with pytest.raises(AnswerNeeded) as asked:
        take(zipped(tmp_path, files.square(), None), confirmed=())
    (found,) = [each for each in asked.value.known["findings"] if each.rule == "crs_inferred"]
    assert "confirmed" not in RULES[found.rule].template
