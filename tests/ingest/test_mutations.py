"""Good files with random damage: each is read with every record accounted for, or refused in words."""

import random

import pytest

from geo_app.errors import GeoAppError
from tests.ingest import files

DAMAGE = (b"\xff" * 8, bytes(8), b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00\x00\x00\xf8\x7f", b"-9", b"\x80")


def damaged(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(spoilt))
        spoilt[at : at + chance.choice((0, 1, 8))] = chance.choice(DAMAGE)
    return bytes(spoilt)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    columns = {"图斑编号": ["T1", "T2"], "面积_亩": ["15", "15"], "完成日期": ["2023-09-14", "20230914"]}
    return files.shapefile(folder, [files.square(0), files.square(1)], columns)


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf", ".prj"])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_part(tmp_path, take, parts, suffix, seed):
    spoilt = damaged(parts[suffix], random.Random(seed))  # noqa: S311 - no secret hangs on it
    _take(files.zipped(tmp_path, parts | {suffix: spoilt}), take)


@pytest.mark.parametrize("kind", ["a.gpkg", "a.geojson", "a.kml", "a.parquet", "a.xlsx", "a.csv", "a.zip"])
@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file(tmp_path, take, parts, kind, seed):
    path = tmp_path / kind
    square = files.lonlat_square()
    if kind == "a.gpkg":
        files.gpkg(path, {"plots": files.frame([files.square()])})
    elif kind == "a.geojson":
        files.geojson(path, [square])
    elif kind == "a.kml":
        files.kml(path, f"<Placemark>{files.kml_polygon(square)}</Placemark>")
    elif kind == "a.parquet":
        files.frame([files.square()]).to_parquet(path)
    elif kind == "a.xlsx":
        files.workbook(path, {"s": [["磅单号", "净重(吨)", "lon", "lat"], ["B1", 1.5, 96.5, 36.5]]})
    elif kind == "a.csv":
        path.write_bytes("磅单号,净重(吨),lon,lat\nB1,1.5,96.5,36.5\n".encode("gbk"))
    else:
        files.zipped(tmp_path, parts, name=kind)
    path.write_bytes(damaged(path.read_bytes(), random.Random(seed)))  # noqa: S311 - no secret hangs on it
    _take(path, take)


def _take(path, take):
    try:
        take(path, "waste_household" if path.suffix in (".csv", ".xlsx") else "grassland_restored")
    except GeoAppError as error:
        assert str(error)
