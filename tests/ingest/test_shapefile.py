import struct

import pyproj
import pytest
import shapely

from geo_app import geometry
from geo_app.errors import AnswerNeeded, Refused, UnreadableFile
from tests.ingest import files
from tests.ingest.conftest import left_out, rules


def test_gbk_zip_in_a_folder_becomes_sites(tmp_path, take):
    parts = files.shapefile(
        tmp_path,
        [files.square(0), files.square(1)],
        {
            "图斑编号": ["T1", "T2"],
            "名称": ["香日德镇", "夏日哈镇"],
            "状态": ["已完成", "进行中"],
            "面积_亩": ["15", "15"],
        },
    )
    reading = take(files.zipped(tmp_path, parts, stem="子目录/修复", name="修复.zip"), status=None)
    assert (reading.format, reading.crs, reading.crs_source) == ("shapefile", "EPSG:4520", "file")
    assert (reading.encoding, reading.encoding_source) == ("GB18030", "inferred")
    assert reading.sublayers == ("修复",)
    assert list(reading.sites["code"]) == ["T1", "T2"]
    assert list(reading.sites["status"]) == ["finished", "ongoing"]
    assert list(reading.sites["declared_area"]) == [100_000_000, 100_000_000]
    assert reading.total == pytest.approx(2 * 10_000 * 10_000, rel=2e-3)
    assert reading.sites.crs == "EPSG:4490"


@pytest.mark.parametrize(
    ("encoding", "cpg", "ldid", "found", "source"),
    [
        ("gbk", None, files.LDID_UNSAID, "GB18030", "inferred"),
        ("gbk", None, files.LDID_ANSI, "GB18030", "inferred"),
        ("gbk", None, files.LDID_GBK, "GB18030", "file"),
        ("gbk", "936", files.LDID_UNSAID, "GB18030", "file"),
        ("gbk", "OEM", files.LDID_UNSAID, "GB18030", "inferred"),
        ("gbk", "<html>", files.LDID_UNSAID, "GB18030", "inferred"),
        ("gbk", "UTF-8", files.LDID_UNSAID, "GB18030", "inferred"),
        *(
            ("gbk", name, files.LDID_UNSAID, "GB18030", "inferred")
            for name in ("undefined", "idna", "punycode", "charmap", "unicode_escape", "raw_unicode_escape", "utf-7")
        ),
        ("utf-8", None, files.LDID_UNSAID, "UTF-8", "inferred"),
        ("utf-8", "UTF-8", files.LDID_UNSAID, "UTF-8", "file"),
        ("utf-8", None, files.LDID_GBK, "UTF-8", "inferred"),
        ("big5", None, files.LDID_UNSAID, "Big5", "inferred"),
    ],
)
def test_text_comes_out_right_whatever_is_declared(tmp_path, take, encoding, cpg, ldid, found, source):
    name = "退化草原恢復二期" if encoding == "big5" else "退化草原恢复二期"
    parts = files.shapefile(tmp_path, [files.square()], {"NAME": [name]}, encoding=encoding, cpg=cpg, ldid=ldid)
    reading = take(files.zipped(tmp_path, parts))
    assert list(reading.sites["name"]) == [name]
    assert (reading.encoding, reading.encoding_source) == (found, source)
    assert ("encoding_inferred" in rules(reading)) <= (source == "inferred")


def test_cyrillic_is_not_taken_for_chinese(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()], {"NAME": ["Земя"]}, encoding="cp1251")
    with pytest.raises(AnswerNeeded, match="how its text is encoded") as asked:
        take(files.zipped(tmp_path, parts))
    assert asked.value.needs == "encoding"
    assert "windows-1251" in asked.value.choices


def test_an_unknown_encoding_is_asked_for_even_where_a_value_holds_a_line_feed(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()], {"NAME": ["Зем\nля"]}, encoding="cp1251")
    with pytest.raises(AnswerNeeded, match="how its text is encoded"):
        take(files.zipped(tmp_path, parts))


def test_a_named_encoding_is_taken(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()], {"NAME": ["Земя"]}, encoding="cp1251")
    reading = take(files.zipped(tmp_path, parts), encoding="windows-1251")
    assert list(reading.sites["name"]) == ["Земя"]
    assert reading.encoding_source == "user"


def test_a_named_encoding_that_cannot_be_is_refused(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    with pytest.raises(Refused, match="is not UTF-8"):
        take(files.zipped(tmp_path, parts), encoding="UTF-8")


def test_a_value_cut_inside_a_character_keeps_the_rest(tmp_path, take):
    parts = files.shapes(tmp_path, [files.square()])
    parts[".dbf"] = files.dbf([("NAME", "C", 7, 0)], [["香日德镇"]])
    assert list(take(files.zipped(tmp_path, parts)).sites["name"]) == ["香日德"]


def test_a_table_five_records_short_is_refused(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(20)])
    parts[".dbf"] = files.shapefile(tmp_path, [files.square(n) for n in range(15)])[".dbf"]
    with pytest.raises(UnreadableFile, match=r"20 shapes .* 15 attribute records"):
        take(files.zipped(tmp_path, parts))


@pytest.mark.parametrize("missing", [".shp", ".shx", ".dbf"])
def test_a_missing_part_is_named(tmp_path, take, missing):
    parts = files.shapefile(tmp_path, [files.square()])
    del parts[missing]
    with pytest.raises(UnreadableFile, match=rf"\{missing}"):
        take(files.zipped(tmp_path, parts))


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.5, 0.0])
def test_a_cut_part_is_refused(tmp_path, take, part, share):
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(20)])
    parts[part] = parts[part][: int(len(parts[part]) * share)]
    with pytest.raises(UnreadableFile):
        take(files.zipped(tmp_path, parts))


def test_a_table_that_declares_billions_of_records_is_refused(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    parts[".dbf"] = b"".join((parts[".dbf"][:4], struct.pack("<I", 2**31 - 1), parts[".dbf"][8:]))
    with pytest.raises(UnreadableFile, match="2147483647"):
        take(files.zipped(tmp_path, parts))


def test_a_shape_that_declares_too_many_points_is_rejected_alone(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(0), files.square(1)])
    damaged = bytearray(parts[".shp"])
    struct.pack_into("<i", damaged, 100 + 8 + 40, 2**30)
    reading = take(files.zipped(tmp_path, parts | {".shp": bytes(damaged)}))
    assert left_out(reading) == {1: "broken_record"}


def test_deleted_records_are_not_read_and_said(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(3)], {"NAME": ["a", "b", "c"]}, deleted=[1])
    reading = take(files.zipped(tmp_path, parts))
    assert reading.records == 2
    assert list(reading.sites["record"]) == [1, 3]
    assert list(reading.sites["name"]) == ["a", "c"]
    assert "deleted_records" in rules(reading)


def test_null_and_wrong_shapes_are_rejected_by_number(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(0), None, files.square(1)], {"NAME": ["a", "b", "c"]})
    assert left_out(take(files.zipped(tmp_path, parts))) == {2: "no_geometry"}


def test_a_vertex_without_a_number_rejects_its_record_only(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(0), files.square(1)], {"NAME": ["a", "b"]})
    for vertex in (0, 2):
        damaged = bytearray(parts[".shp"])
        struct.pack_into("<d", damaged, 100 + 8 + 48 + 16 * vertex, float("nan"))
        reading = take(files.zipped(tmp_path, parts | {".shp": bytes(damaged)}))
        assert left_out(reading) == {1: "bad_coordinates"}


def test_multipatch_is_rejected_by_name(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(0), files.square(1)], {"NAME": ["a", "b"]})
    damaged = bytearray(parts[".shp"])
    struct.pack_into("<i", damaged, 108, 31)
    reading = take(files.zipped(tmp_path, parts | {".shp": bytes(damaged)}))
    assert reading.rejected[0].values == {"found": "MultiPatch", "expected": "polygon"}


def test_heights_are_dropped_and_said(tmp_path, take):
    parts = files.shapefile(tmp_path, [shapely.force_3d(files.square(), 3000)], {"NAME": ["a"]})
    reading = take(files.zipped(tmp_path, parts))
    assert "heights_dropped" in rules(reading)
    assert not shapely.has_z(reading.sites.geometry.to_numpy()).any()


def test_columns_of_one_name_are_kept_apart(tmp_path, take):
    parts = files.shapes(tmp_path, [files.square()])
    parts[".dbf"] = files.dbf([("NAME", "C", 9, 0), ("NAME", "C", 9, 0)], [["first", "second"]])
    reading = take(files.zipped(tmp_path, parts))
    assert [column.name for column in reading.columns] == ["NAME", "NAME (2)"]
    assert list(reading.sites["name"]) == ["first"]
    again = take(files.zipped(tmp_path, parts), columns={"name": "NAME (2)"})
    assert list(again.sites["name"]) == ["second"]


@pytest.mark.parametrize(
    ("written", "tonnes"),
    [("1,234.500", 1234.5), ("67.8", 67.8), ("300", 300), ("1.2E+003", 1200)],
)
def test_number_fields_are_read_as_they_stand(tmp_path, take, written, tonnes):
    parts = files.shapes(tmp_path, [shapely.Point(files.ZONE_32, 4_000_000)])
    parts[".dbf"] = files.dbf([("重量_吨", "N", 12, 3)], [[written]])
    reading = take(files.zipped(tmp_path, parts), "waste_household")
    assert list(reading.sites["amount"]) == [round(tonnes * 1_000_000)]


@pytest.mark.parametrize("written", ["****", "nan", "inf", "-5", "abc"])
def test_number_fields_that_hold_no_amount_are_rejected(tmp_path, take, written):
    parts = files.shapes(tmp_path, [shapely.Point(files.ZONE_32, 4_000_000)] * 2)
    parts[".dbf"] = files.dbf([("重量_吨", "N", 12, 3)], [[written], ["1"]])
    reading = take(files.zipped(tmp_path, parts), "waste_household")
    assert left_out(reading)[1] in {"not_a_number", "negative_number"}
    assert reading.total == 1_000_000


def test_a_declared_three_decimals_make_a_comma_decimal(tmp_path, take):
    parts = files.shapes(tmp_path, [shapely.Point(files.ZONE_32, 4_000_000)])
    parts[".dbf"] = files.dbf([("重量_吨", "N", 12, 3)], [["67,800"]])
    assert list(take(files.zipped(tmp_path, parts), "waste_household").sites["amount"]) == [67_800_000]


def test_upper_case_parts_and_a_stray_mshp(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    members = {f"Plots{suffix.upper()}": content for suffix, content in parts.items()} | {"plots.mshp": b"x"}
    assert take(files.packed(tmp_path / "mixed.zip", members)).accepted == 1


def test_bare_shapefile_is_read_with_its_siblings(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    for suffix, content in parts.items():
        (tmp_path / f"地块{suffix}").write_bytes(content)
    assert take(tmp_path / "地块.shp").accepted == 1


def test_a_bare_shp_alone_names_what_is_missing(tmp_path, take):
    (tmp_path / "a.shp").write_bytes(files.shapefile(tmp_path, [files.square()])[".shp"])
    with pytest.raises(UnreadableFile, match=r"\.shx, \.dbf"):
        take(tmp_path / "a.shp")


def test_two_shapefiles_ask_which_one(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    members = {f"{stem}{suffix}": content for stem in ("甲", "乙") for suffix, content in parts.items()}
    archive = files.packed(tmp_path / "two.zip", members)
    with pytest.raises(AnswerNeeded) as asked:
        take(archive)
    assert (asked.value.needs, asked.value.choices) == ("sublayer", ("甲", "乙", "all"))
    assert take(archive, sublayer="乙").sublayers == ("乙",)
    both = take(archive, sublayer="all")
    assert list(both.sites["record"]) == [1, 2]


def test_the_drawn_outline_follows_from_longitude_and_latitude(tmp_path, take):
    reading = take(files.zipped(tmp_path, files.shapefile(tmp_path, [files.square()])))
    assert reading.sites["drawn"].isna().all()
    drawn = geometry.from_geographic(reading.sites.geometry.to_numpy(), pyproj.CRS(reading.crs))
    assert shapely.hausdorff_distance(drawn[0], files.square()) < 1e-7


def test_a_file_of_points_is_refused_for_a_layer_of_polygons(tmp_path, take):
    parts = files.shapefile(tmp_path, [shapely.Point(1, 2)] * 2, {"NAME": ["Charløtte"] * 2}, encoding="latin-1")
    with pytest.raises(Refused, match="is a Point; this layer takes polygon"):
        take(files.zipped(tmp_path, parts))


def patched(parts, suffix, places):
    """Parts with other big-endian numbers at some places."""
    content = bytearray(parts[suffix])
    for at, value in places.items():
        struct.pack_into(">i", content, at, value)
    return parts | {suffix: bytes(content)}


def one_less(parts):
    """Parts whose index and table do not know the last record."""
    shx = parts[".shx"][:-8]
    return patched(parts | {".shx": shx}, ".shx", {24: len(shx) // 2})


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda parts: patched(parts, ".shx", dict.fromkeys((100, 108, 116), 50)),
        lambda parts: patched(parts, ".shx", {100: 118, 108: 50}),
        lambda parts: patched(parts, ".shp", {100: 3}),
        lambda parts: patched(one_less(parts), ".shx", {104: 4}),
        one_less,
    ],
    ids=["all the first", "another order", "another number", "one less and one damaged", "one less"],
)
def test_shapes_that_the_index_does_not_list_one_by_one_are_not_lost(tmp_path, take, spoiled):
    parts = spoiled(files.shapefile(tmp_path, [files.square(n) for n in range(3)]))
    count = (len(parts[".shx"]) - 100) // 8
    parts[".dbf"] = files.shapefile(tmp_path, [files.square(n) for n in range(count)])[".dbf"]
    with pytest.raises(UnreadableFile, match="one by one"):
        take(files.zipped(tmp_path, parts))


@pytest.mark.parametrize("shape", [files.square(1), files.square(1).difference(files.square(1).buffer(-20))])
def test_an_open_ring_costs_its_record_and_is_named(tmp_path, take, shape):
    parts = files.shapefile(tmp_path, [files.square(0), shape, files.square(2)])
    content = bytearray(parts[".shp"])
    end = 2 * struct.unpack_from(">i", parts[".shx"], 116)[0]
    struct.pack_into("<d", content, end - 8, 4_000_055.0)
    assert left_out(take(files.zipped(tmp_path, parts | {".shp": bytes(content)}))) == {2: "open_ring"}
