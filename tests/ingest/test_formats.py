import json
import sqlite3
import zipfile

import pyogrio
import pytest
import shapely

from geo_app.errors import AnswerNeeded, Refused, UnreadableFile
from geo_app.ingest import FORMATS
from tests.ingest import files
from tests.ingest.conftest import left_out, rules

SQUARE = files.lonlat_square()


def lonlat(**columns):
    return files.frame([SQUARE], "EPSG:4326", **columns)


# --- GeoJSON


def test_geojson_is_degrees_unless_it_says_otherwise(tmp_path, take):
    reading = take(files.geojson(tmp_path / "a.geojson", [SQUARE], [{"id": 7, "name": "甲", "area_ha": 1.0}]))
    assert (reading.crs, reading.crs_source, reading.encoding) == ("EPSG:4326", "file", "UTF-8")
    assert list(reading.sites["code"]) == ["7"]
    assert reading.sites["drawn"].isna().all()


def test_geojson_ids_beside_the_properties_are_a_column(tmp_path, take):
    features = [{"type": "Feature", "id": each, "properties": {"n": 1}, "geometry": None} for each in ("A", 7)]
    for each in features:
        each["geometry"] = {"type": "Polygon", "coordinates": [[[96, 36], [96.01, 36], [96.01, 36.01], [96, 36]]]}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert take(path).sites["code"].tolist() == ["A", "7"]
    features[0]["properties"]["id"] = "P"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert [each.name for each in take(path).columns] == ["n", "id", "feature id"]


def test_geojson_crs_by_name_is_honoured(tmp_path, take):
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4520"}}
    assert take(files.geojson(tmp_path / "a.json", [files.square()], crs=named)).crs == "EPSG:4520"


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "EPSG:999999"}},
    ],
)
def test_geojson_crs_by_link_or_unknown_is_refused(tmp_path, take, crs):
    with pytest.raises(UnreadableFile, match="coordinate system"):
        take(files.geojson(tmp_path / "a.json", [SQUARE], crs=crs))


@pytest.mark.parametrize(
    ("geometry", "rule"),
    [
        ({"type": "Polygon", "coordinates": [[[96, 36], [96.1, 36], [96.1, 36.1], [96, 36.2]]]}, "open_ring"),
        ({"type": "Polygon", "coordinates": [[[96, "36"], [96.1, 36], [96, 36.1], [96, "36"]]]}, "bad_position"),
        ({"type": "Polygon", "coordinates": [[[96], [97], [96], [96]]]}, "bad_position"),
        ({"type": "Polygon", "coordinates": []}, "empty_geometry"),
        ({"type": "polygon", "coordinates": [[[96, 36], [96.1, 36], [96, 36.1], [96, 36]]]}, "wrong_geometry"),
        ({"type": "Point", "coordinates": [96, 36]}, "wrong_geometry"),
        ({"type": "GeometryCollection", "geometries": []}, "wrong_geometry"),
        ({"type": "Polygon", "coordinates": [[[36, 196], [36.1, 196], [36, 196.1], [36, 196]]]}, "not_in_crs"),
        ("text", "wrong_geometry"),
        (None, "no_geometry"),
    ],
)
def test_a_bad_geojson_geometry_rejects_its_record_only(tmp_path, take, geometry, rule):
    reading = take(files.geojson(tmp_path / "a.geojson", [SQUARE, geometry, files.lonlat_square(1)]))
    assert left_out(reading) == {2: rule}


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"[" * 100_000, "nested too deep"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
        (b'{"type": "Feature", "type": "Feature"}', "twice"),
        ('{"type": "测试"}'.encode("gbk"), "not UTF-8"),
        ('{"type": "x"}'.encode("utf-16-le"), "not UTF-8"),
        (b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}', "no GeoJSON"),
        (b'{"type": "Topology", "objects": {}}', "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [', "cannot be read as JSON"),
        (b'"text"', "no GeoJSON"),
    ],
    ids=["deep", "nan", "twice", "gbk", "utf16", "gdalg", "topojson", "cut", "string"],
)
def test_json_that_is_no_geojson_is_refused(tmp_path, take, content, match):
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(UnreadableFile, match=match):
        take(tmp_path / "a.geojson")


def test_half_a_surrogate_pair_and_nested_values_survive(tmp_path, take):
    path = files.geojson(tmp_path / "a.geojson", [SQUARE], [{"name": "\ud800x", "list": [1, {"a": "中"}]}])
    reading = take(path)
    assert reading.sites["name"].iloc[0].endswith("x")
    assert next(column.first for column in reading.columns if column.name == "list") == '[1, {"a": "中"}]'


# --- KML


def placemark(inner, extra=""):
    return f"<Placemark><name>甲</name>{extra}{inner}</Placemark>"


def test_kml_keeps_extended_data(tmp_path, take):
    code = '<Data name="图斑编号"><value>T9</value></Data>'
    status = '<SchemaData><SimpleData name="状态">已完成</SimpleData></SchemaData>'
    data = f"<ExtendedData>{code}{status}</ExtendedData>"
    reading = take(files.kml(tmp_path / "a.kml", placemark(files.kml_polygon(SQUARE), data)), status=None)
    assert (reading.format, reading.crs) == ("kml", "EPSG:4326")
    assert reading.sites.loc[0, ["code", "name", "status"]].tolist() == ["T9", "甲", "finished"]


def test_kml_loses_no_hole_and_no_value(tmp_path, take):
    hole = "<LinearRing><coordinates>{0},36.0002 {1},36.0002 {1},36.0004 {0},36.0002</coordinates></LinearRing>"
    holes = hole.format(96.0002, 96.0004) + hole.format(96.0006, 96.0008)
    shape = files.kml_polygon(SQUARE).replace("</Polygon>", f"<innerBoundaryIs>{holes}</innerBoundaryIs></Polygon>")
    data = '<Data name="a"><value>1</value></Data><Data name="a"><value>2</value></Data><x:own xmlns:x="x">3</x:own>'
    mark = f"<Placemark><name>甲</name><ExtendedData>{data}<Data name='name'><value>乙</value></Data></ExtendedData>"
    reading = take(files.kml(tmp_path / "a.kml", f"{mark}{shape}</Placemark>"))
    assert len(reading.sites.geometry[0].interiors) == 2
    assert {each.name: each.first for each in reading.columns} == {
        "name": "甲",
        "a": "1",
        "a (2)": "2",
        "own": "3",
        "name (2)": "乙",
    }


def test_kml_is_read_in_the_encoding_that_is_named(tmp_path, take):
    path = tmp_path / "a.kml"
    mark = f"<Placemark><name>Земя</name>{files.kml_polygon(SQUARE)}</Placemark>"
    path.write_bytes(f"<kml>{mark}</kml>".encode("cp1251"))
    with pytest.raises(AnswerNeeded) as asked:
        take(path)
    assert asked.value.needs == "encoding"
    reading = take(path, encoding="cp1251")
    assert (reading.sites["name"].tolist(), reading.encoding_source) == (["Земя"], "user")


def test_kml_folders_are_sublayers(tmp_path, take):
    body = "".join(f"<Folder><name>{n}</name>{placemark(files.kml_polygon(SQUARE))}</Folder>" for n in ("甲", "乙"))
    path = files.kml(tmp_path / "a.kml", body)
    with pytest.raises(AnswerNeeded) as asked:
        take(path)
    assert asked.value.choices == ("甲", "乙", "all")
    assert take(path, sublayer="all").records == 2


def test_kml_shapes(tmp_path, take):
    polygon = files.kml_polygon(SQUARE)
    point = "<Point><coordinates>96,36</coordinates></Point>"
    shapes = [
        f"<MultiGeometry>{polygon}{polygon}</MultiGeometry>",
        f"<MultiGeometry>{polygon}{point}</MultiGeometry>",
        point,
        "",
    ]
    shapes += [polygon.replace("96.0,36.0,0</coord", "96.0005,36.0,0</coord"), "<Model/>"]
    reading = take(files.kml(tmp_path / "a.kml", "".join(placemark(shape) for shape in shapes)))
    expected = {2: "wrong_geometry", 3: "wrong_geometry", 4: "no_geometry", 6: "wrong_geometry"}
    assert {record: rule for record, rule in left_out(reading).items() if record != 5} == expected


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_kml_with_a_document_type_is_refused(tmp_path, take, head):
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        take(files.kml(tmp_path / "a.kml", placemark(files.kml_polygon(SQUARE)), head=head))


@pytest.mark.parametrize(
    ("content", "match"), [("<kml><Document>", "well-formed"), ("<gml/>", "no KML"), ("<kml/>", "no placemarks")]
)
def test_xml_that_is_no_kml_is_refused(tmp_path, take, content, match):
    (tmp_path / "a.kml").write_text(content)
    with pytest.raises(UnreadableFile, match=match):
        take(tmp_path / "a.kml")


def test_kml_in_gbk_is_read(tmp_path, take):
    path = files.kml(
        tmp_path / "a.kml", placemark(files.kml_polygon(SQUARE)), head='<?xml version="1.0" encoding="GBK"?>'
    )
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    assert list(take(path).sites["name"]) == ["甲"]


def test_kmz_is_read(tmp_path, take):
    path = files.kml(tmp_path / "doc.kml", placemark(files.kml_polygon(SQUARE)))
    archive = files.packed(tmp_path / "a.kmz", {"doc.kml": path.read_bytes(), "files/icon.png": b"x"})
    assert take(archive).format == "kmz"


# --- GeoPackage


def test_gpkg_is_read_with_its_system_and_types(tmp_path, take):
    frame = files.frame([files.square()], name=["甲"], area_ha=[1.5], id=[12])
    reading = take(files.gpkg(tmp_path / "a.gpkg", {"plots": frame}))
    assert (reading.format, reading.crs, reading.sublayers) == ("gpkg", "EPSG:4520", ("plots",))
    assert reading.sites.loc[0, ["code", "name"]].tolist() == ["12", "甲"]


def test_gpkg_layers_with_their_own_systems(tmp_path, take):
    path = files.gpkg(tmp_path / "a.gpkg", {"plane": files.frame([files.square()]), "degrees": lonlat()})
    with pytest.raises(AnswerNeeded):
        take(path)
    assert [take(path, sublayer=name).crs for name in ("plane", "degrees")] == ["EPSG:4520", "EPSG:4326"]
    with pytest.raises(Refused, match="different coordinate systems"):
        take(path, sublayer="all")
    with pytest.raises(Refused, match="no sublayer 'x'"):
        take(path, sublayer="x")


def test_gpkg_views_are_not_run(tmp_path, take):
    path = files.gpkg(tmp_path / "a.gpkg", {"plots": files.frame([files.square()])})
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) "
            "SELECT x AS fid, NULL AS geom FROM c"
        )
        database.execute(
            "INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES ('endless', 'features', 4520)"
        )
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'POLYGON', 4520, 0, 0)")
    assert take(path).sublayers == ("plots",)


def test_gpkg_text_in_a_number_column_is_not_turned_into_zero(tmp_path, take):
    frame = files.frame([shapely.Point(files.ZONE_32, 4e6)] * 2, quantity=[1.0, 2.0])
    path = files.gpkg(tmp_path / "a.gpkg", {"heaps": frame})
    with sqlite3.connect(path) as database:
        _drop_triggers(database)
        database.execute("UPDATE heaps SET quantity = 'much' WHERE fid = 2")
    assert left_out(take(path, "waste_household")) == {2: "not_a_number"}


def _drop_triggers(database):
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize("undefined", [-1, 0])
def test_gpkg_without_a_system_asks(tmp_path, take, undefined):
    path = files.gpkg(tmp_path / "a.gpkg", {"plots": files.frame([files.square()])})
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (undefined,))
    with pytest.raises(AnswerNeeded) as asked:
        take(path, confirmed=())
    assert asked.value.choices == ("crs:EPSG:4520",)


def test_damaged_and_plain_databases_are_refused(tmp_path, take):
    path = files.gpkg(tmp_path / "a.gpkg", {"plots": files.frame([files.square(n) for n in range(300)])})
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\xa5" * (4096 * 9)
    path.write_bytes(bytes(content))
    with pytest.raises(UnreadableFile, match="damaged"):
        take(path)
    plain = tmp_path / "b.gpkg"
    with sqlite3.connect(plain) as database:
        database.execute("CREATE TABLE a(b)")
    with pytest.raises(UnreadableFile, match="no GeoPackage"):
        take(plain)


# --- GeoParquet, geodatabase


def test_geoparquet_is_read(tmp_path, take):
    files.frame([files.square()], id=["T1"]).to_parquet(tmp_path / "a.parquet")
    reading = take(tmp_path / "a.parquet")
    assert (reading.format, reading.crs, list(reading.sites["code"])) == ("geoparquet", "EPSG:4520", ["T1"])


def test_parquet_without_geometry_is_refused(tmp_path, take):
    files.frame([files.square()]).drop(columns="geometry").to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UnreadableFile, match="no GeoParquet"):
        take(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1" + bytes(30) + b"PAR1")
    with pytest.raises(UnreadableFile, match="damaged"):
        take(tmp_path / "b.parquet")


def test_a_zipped_geodatabase_is_read(tmp_path, take):
    folder = tmp_path / "sites.gdb"
    frame = files.frame([files.square()], "EPSG:4520", 编号=["T1"])
    pyogrio.write_dataframe(frame, folder, layer="plots", driver="OpenFileGDB")
    members = {f"数据/sites.gdb/{each.name}": each.read_bytes() for each in folder.iterdir()}
    reading = take(files.packed(tmp_path / "a.gdb.zip", members))
    assert (reading.format, reading.crs, reading.sublayers) == ("filegdb", "EPSG:4520", ("plots",))
    assert list(reading.sites["code"]) == ["T1"]


# --- tables


def csv(tmp_path, text, encoding="utf-8", name="a.csv"):
    (tmp_path / name).write_bytes(text.encode(encoding))
    return tmp_path / name


TICKETS = (
    '磅单号,净重(公斤),县,状态\nB1,"12,340",都兰县,已完成\nB2,,格尔木市,已完成\nB3,0.5吨,乌有县,已完成\n合计,12840,,\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_weigh_tickets_without_a_place(tmp_path, take, encoding):
    reading = take(csv(tmp_path, TICKETS, encoding), "waste_household", status=None)
    assert (reading.format, reading.crs, reading.crs_source) == ("csv", None, "none")
    assert left_out(reading) == {4: "total_row"}
    assert reading.sites["amount"].fillna(-1).tolist() == [12_340_000_000 // 1000, -1, 500_000]
    assert reading.sites["district"].tolist() == ["632822", "632801", None]
    assert {"quantity_missing", "district_unknown"} <= rules(reading)
    assert reading.total == 12_840_000
    assert reading.units == {"quantity": "公斤"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separators_are_found(tmp_path, take, delimiter):
    text = "id|lon|lat|重量(吨)\nB1|96.5|36.5|3.5\n".replace("|", delimiter)
    reading = take(csv(tmp_path, text), "waste_household")
    assert (reading.crs, reading.crs_source) == ("EPSG:4326", "file")
    assert shapely.get_coordinates(reading.sites.geometry.to_numpy()).tolist() == [[96.5, 36.5]]


def test_a_decimal_comma_is_found_in_its_column(tmp_path, take):
    reading = take(csv(tmp_path, "id;重量(吨)\nB1;67,8\nB2;1.234,5\nB3;67,800\n"), "waste_household")
    assert reading.sites["amount"].tolist() == [67_800_000, 1_234_500_000, 67_800_000]


def test_degrees_minutes_seconds(tmp_path, take):
    reading = take(csv(tmp_path, "经度,纬度,重量(吨)\n96°30'0'',北纬36°30分,1\n"), "waste_household")
    assert shapely.get_coordinates(reading.sites.geometry.to_numpy()).tolist() == [[96.5, 36.5]]


def test_places_that_cannot_be_read_are_rejected_never_dropped(tmp_path, take):
    text = "id,lon,lat,重量(吨)\n1,96.5,,1\n2,east,36,1\n3,196.5,36,1\n4,,,1\n5,96.5,36.5,1\n"
    reading = take(csv(tmp_path, text), "waste_household")
    assert left_out(reading) == {1: "half_a_place", 2: "unreadable_place", 3: "unreadable_place"}
    assert reading.sites.geometry.isna().tolist() == [True, False]


def test_rows_without_a_place_need_a_layer_that_takes_them(tmp_path, take):
    with pytest.raises(Refused, match="no geometry"):
        take(csv(tmp_path, "id,面积(亩)\n1,15\n"), "grassland_restored")


def test_eastings_without_a_system_ask_for_it(tmp_path, take):
    path = csv(tmp_path, "id,X坐标,Y坐标,重量(吨)\n1,4000000,32500000,1\n")
    with pytest.raises(AnswerNeeded) as asked:
        take(path, "waste_household", confirmed=())
    assert (asked.value.needs, asked.value.choices) == ("confirmation", ("crs:EPSG:4520+yx",))
    reading = take(path, "waste_household", crs="EPSG:4520+yx")
    assert shapely.get_coordinates(reading.sites.geometry.to_numpy()).round(2).tolist() == [[96.0, 36.13]]
    assert "axes_swapped" in rules(reading)


def test_wkt_columns(tmp_path, take):
    text = f'id,wkt\n1,"{SQUARE.wkt}"\n2,POLYGON((oops\n'
    with pytest.raises(AnswerNeeded):
        take(csv(tmp_path, text), confirmed=())
    reading = take(csv(tmp_path, text), crs="4490")
    assert left_out(reading) == {2: "unreadable_geometry"}
    stated = take(csv(tmp_path, f'id,geom\n1,"SRID=4326;{SQUARE.wkt}"\n'))
    assert (stated.crs, stated.crs_source) == ("EPSG:4326", "file")


def test_a_title_above_the_header_and_blank_rows(tmp_path, take):
    rows = [["清运台账（2024年）"], [], ["磅单号", "净重(吨)", "状态"], ["B1", 3.5, "已完成"], [], ["B2", 4, "已完成"]]
    reading = take(files.workbook(tmp_path / "a.xlsx", {"台账": rows}), "waste_household", status=None)
    assert (reading.format, reading.sublayers) == ("xlsx", ("台账",))
    assert reading.sites["record"].tolist() == [1, 3]
    assert reading.total == 7_500_000
    assert "rows_above_header" in rules(reading)


def test_sheets_are_sublayers(tmp_path, take):
    rows = [["单号", "重量(吨)"], ["1", 2]]
    path = files.workbook(tmp_path / "a.xlsx", {"一月": rows, "二月": rows, "空": []})
    with pytest.raises(AnswerNeeded) as asked:
        take(path, "waste_household")
    assert asked.value.choices == ("一月", "二月", "all")


def test_a_row_with_extra_cells_is_rejected(tmp_path, take):
    reading = take(csv(tmp_path, "id,重量(吨)\n1,2\n2,1,234\n"), "waste_household")
    assert left_out(reading) == {2: "extra_cells"}


def test_a_workbook_bomb_is_refused(tmp_path, take):
    path = files.workbook(tmp_path / "a.xlsx", {"s": [["id"], ["1"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/image1.bin", bytes(100 << 20))
    with pytest.raises(UnreadableFile, match="more than is taken"):
        take(path, "waste_household")


def test_a_workbook_with_a_document_type_is_refused(tmp_path, take):
    path = files.packed(tmp_path / "a.xlsx", {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'})
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        take(path, "waste_household")


def test_every_format_ends_in_a_suffix_that_is_read():
    assert all(suffix.startswith(".") for each in FORMATS.values() for suffix in each.suffixes)
