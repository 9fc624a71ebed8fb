import numpy as np
import pyproj
import pytest
import shapely

from geo_app import geometry
from geo_app.errors import AnswerNeeded, Refused
from geo_app.ingest import crs
from tests.ingest import files
from tests.ingest.conftest import rules

PLANE = 'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",96.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'  # noqa: E501 - one line as in real files


def zipped(folder, square, prj, **columns):
    parts = files.shapefile(folder, [square], columns or None, crs="EPSG:4520")
    parts.pop(".prj")
    return files.zipped(folder, parts | ({".prj": prj} if prj is not None else {}))


@pytest.mark.parametrize(
    ("name", "easting", "x0", "found"),
    [
        ("CGCS2000_3_Degree_GK_Zone_32", 32500000.0, 32_500_000, "EPSG:4520"),
        ("CGCS2000_3_Degree_GK_CM_96E", 500000.0, 500_000, "EPSG:4541"),
        ("CGCS2000_3_Degree_GK_CM_96E", 46500000.0, 46_500_000, "CGCS2000 / 3-degree Gauss-Kruger CM 96E"),
    ],
)
def test_a_prj_is_read_by_its_parameters(tmp_path, take, name, easting, x0, found):
    prj = b"\xef\xbb\xbf" + PLANE.format(name=name, easting=easting).encode()
    reading = take(zipped(tmp_path, files.square(x0=x0), prj))
    assert (reading.crs, reading.crs_source) == (found, "file")
    assert reading.sites.geometry.iloc[0].centroid.x == pytest.approx(96.0005, abs=1e-3)
    assert ("crs_by_parameters" in rules(reading)) == (not found.startswith("EPSG"))


@pytest.mark.parametrize("prj", [None, b"", b"<html></html>", b"nonsense", b'LOCAL_CS["x"]', bytes(100)])
def test_a_missing_or_unreadable_prj_asks(tmp_path, take, prj):
    with pytest.raises(AnswerNeeded, match="names no coordinate system") as asked:
        take(zipped(tmp_path, files.square(), prj))
    assert (asked.value.needs, asked.value.choices) == ("crs", ("EPSG:4520",))


@pytest.mark.parametrize(
    ("x", "y", "choices"),
    [
        (96.5, 36.5, ("EPSG:4490", "EPSG:4326")),
        (-122.4, 37.8, ("EPSG:4326",)),
        (31_500_000, 4e6, ("EPSG:4519",)),
        (16_400_000, 4e6, ("EPSG:4494",)),
        (10_700_000, 4.4e6, ("EPSG:3857",)),
        (500_000, 4e6, ("EPSG:4539", "EPSG:4540", "EPSG:4541", "EPSG:4542")),
        (4e6, 32_500_000, ("EPSG:4520+yx",)),
        (4e6, 500_000, tuple(f"EPSG:{code}+yx" for code in (4539, 4540, 4541, 4542))),
        (36.5, 96.5, ("EPSG:4490+yx", "EPSG:4326+yx")),
        (388309, 344107, ()),
    ],
)
def test_proposals_come_from_the_coordinates(x, y, choices):
    assert crs.propose(np.array([shapely.box(x, y, x + 1e-6, y + 1e-6)]))[1] == choices


def test_proposals_are_ranked_by_the_district_that_is_named(tmp_path, take):
    # 500000 m east of 96 E lies in Dulan; of 93 E in Golmud
    square = files.square(x0=510_000, y0=4_020_000)
    for district, best in (("都兰县", "EPSG:4541"), ("格尔木市", "EPSG:4540")):
        with pytest.raises(AnswerNeeded) as asked:
            take(zipped(tmp_path, square, None, 县=[district]))
        assert asked.value.choices[0] == best


def test_degrees_that_are_called_metres_ask_and_a_wrong_answer_is_refused(tmp_path, take):
    path = zipped(tmp_path, files.lonlat_square(), PLANE.format(name="x", easting=32500000.0).encode())
    with pytest.raises(AnswerNeeded, match="cannot be") as asked:
        take(path)
    assert asked.value.choices == ("EPSG:4490", "EPSG:4326")
    with pytest.raises(Refused, match="cannot be in EPSG:4520"):
        take(path, crs="EPSG:4520")
    assert take(path, crs="EPSG:4490").crs_source == "user"


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
