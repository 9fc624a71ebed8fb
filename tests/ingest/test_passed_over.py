"""What a file holds besides what was read of it is named, and can be had."""

import shutil
import sqlite3
import zipfile

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geo_app.errors import AnswerNeeded, Refused
from tests.ingest import files
from tests.ingest.conftest import rules

LEDGER = [["磅单号", "净重(吨)"], ["B1", 3.5]]


def names(reading, rule="other_data"):
    """What a finding names."""
    return [each.values["names"] for each in reading.findings if each.rule == rule]


@pytest.fixture
def gdb(tmp_path):
    """Pack file geodatabases, given as name to feature classes, into one archive."""

    def make(databases: dict[str, list[str]], **more: bytes):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, layers in databases.items():
                folder = tmp_path / f"{name}.gdb"
                for at, layer in enumerate(layers):
                    frame = files.frame([files.square(at)], id=[f"{name}{layer}"])
                    pyogrio.write_dataframe(frame, folder, layer=layer, driver="OpenFileGDB", append=at > 0)
                for each in sorted(folder.iterdir()):
                    archive.write(each, f"{name}.gdb/{each.name}")
                shutil.rmtree(folder)
            for member, content in more.items():
                archive.writestr(member.replace("_", "."), content)
        return path

    return make


def test_other_data_beside_a_shapefile_is_named(tmp_path, take):
    parts = {f"plots{suffix}": part for suffix, part in files.shapefile(tmp_path, [files.square()]).items()}
    more = {"资料/台账.csv": b"a,b\n1,2\n", "b.gpkg": b"x", "旧.rar": b"x", "old.dbf": b"x", "in.zip": b"x"}
    reading = take(
        files.packed(tmp_path / "a.zip", parts | more | {"说明.pdf": b"x", "plots.sbn": b"x", "r.txt": b"x"})
    )
    assert names(reading) == ["资料/台账.csv, b.gpkg, 旧.rar, old.dbf, in.zip"]


def test_nothing_is_named_where_there_is_nothing_else(tmp_path, take):
    reading = take(files.zipped(tmp_path, files.shapefile(tmp_path, [files.square()])))
    assert not rules(reading) & {"other_data", "sublayers_left_out"}


def test_other_data_beside_a_plain_file_is_named(tmp_path, take):
    inner = files.geojson(tmp_path / "b.geojson", [files.lonlat_square()]).read_bytes()
    reading = take(files.packed(tmp_path / "a.zip", {"b.geojson": inner, "c.csv": b"x", "d.xlsx": b"x"}))
    assert (reading.format, names(reading)) == ("geojson", ["c.csv, d.xlsx"])


def test_packed_workbook_is_read(tmp_path, take):
    book = files.workbook(tmp_path / "b.xlsx", {"s": LEDGER}).read_bytes()
    assert take(files.packed(tmp_path / "a.zip", {"b.xlsx": book}), "waste_household").accepted == 1


def test_sublayers_that_were_not_asked_for_are_named(tmp_path, take):
    path = files.gpkg(tmp_path / "a.gpkg", {name: files.frame([files.square()]) for name in ("一", "二", "三")})
    assert names(take(path, sublayer="二"), "sublayers_left_out") == ["一, 三"]
    assert "sublayers_left_out" not in rules(take(path, sublayer="all"))


def test_tables_and_views_of_a_geopackage_are_named(tmp_path, take):
    path = files.gpkg(tmp_path / "a.gpkg", {"plots": files.frame([files.square()])})
    pyogrio.write_dataframe(gpd.GeoDataFrame({"id": ["1"]}), path, layer="台账", driver="GPKG", append=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE VIEW seen AS SELECT * FROM plots")
        database.execute("INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES ('seen', 'features', 4520)")
    assert names(take(path)) == ["台账, seen"]


def test_other_parts_of_a_kmz_are_named(tmp_path, take):
    mark = f"<Placemark>{files.kml_polygon(files.lonlat_square())}</Placemark>"
    content = files.kml(tmp_path / "doc.kml", mark).read_bytes()
    assert names(take(files.packed(tmp_path / "a.kmz", {"doc.kml": content, "files/b.kml": content}))) == [
        "files/b.kml"
    ]


def test_links_of_a_kml_are_named(tmp_path, take):
    mark = f"<Placemark>{files.kml_polygon(files.lonlat_square())}</Placemark>"
    link = "<NetworkLink><Link><href>other.kml</href></Link></NetworkLink>"
    assert names(take(files.kml(tmp_path / "a.kml", link + mark))) == ["other.kml"]


def test_one_of_several_geodatabases_can_be_asked_for(take, gdb):
    path = gdb({"一": ["plots", "more"], "二": ["plots"]})
    with pytest.raises(AnswerNeeded) as asked:
        take(path)
    assert set(asked.value.choices) == {"一.gdb/plots", "一.gdb/more", "二.gdb/plots", "all"}
    assert take(path, sublayer="二.gdb/plots").sites["code"].tolist() == ["二plots"]
    assert take(path, sublayer="all").accepted == 3


def test_other_data_beside_a_geodatabase_is_named(take, gdb):
    reading = take(gdb({"一": ["plots"]}, b_csv=b"x"))
    assert (reading.sublayers, names(reading)) == (("plots",), ["b.csv"])


def test_hidden_sheets_are_named_and_can_be_asked_for(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"一月": LEDGER, "二月": LEDGER, "三月": LEDGER})
    book = openpyxl.load_workbook(path)
    book["二月"].sheet_state, book["三月"].sheet_state = "hidden", "veryHidden"
    book.save(path)
    reading = take(path, "waste_household")
    assert (reading.sublayers, names(reading, "hidden_sheets")) == (("一月",), ["二月, 三月"])
    assert take(path, "waste_household", sublayer="二月").sublayers == ("二月",)


def test_sheet_of_notes_is_named_and_not_asked_about(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"说明": [["填表说明"], ["一、按磅单填写"]], "一月": LEDGER})
    reading = take(path, "waste_household")
    assert (reading.sublayers, names(reading)) == (("一月",), ["说明"])


def test_workbook_of_hidden_sheets_alone_is_asked_about(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"空": [], "一月": LEDGER})
    book = openpyxl.load_workbook(path)
    book["一月"].sheet_state = "hidden"
    book.save(path)
    with pytest.raises(AnswerNeeded) as asked:
        take(path, "waste_household")
    assert (asked.value.needs, asked.value.choices) == ("sublayer", ("一月",))


@pytest.mark.parametrize("suffix", ["csv", "geojson", "parquet", "shp", "kml"])
def test_sublayer_that_is_not_there_is_refused(tmp_path, take, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "shp":
        for ending, part in files.shapefile(tmp_path, [files.square()]).items():
            path.with_suffix(ending).write_bytes(part)
    elif suffix == "csv":
        path.write_text("id,lon,lat\n1,96,36\n", encoding="utf-8")
    elif suffix == "kml":
        files.kml(path, f"<Placemark>{files.kml_polygon(files.lonlat_square())}</Placemark>")
    elif suffix == "geojson":
        files.geojson(path, [files.lonlat_square()])
    else:
        files.frame([files.square()]).to_parquet(path)
    with pytest.raises(Refused, match="has no sublayer 'other'"):
        take(path, sublayer="other")
