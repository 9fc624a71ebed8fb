import struct
import zipfile

import pytest

from geo_app.errors import Refused, UnreadableFile, UnsupportedFormat
from tests.ingest import files


@pytest.fixture
def good(tmp_path):
    return {f"plots{suffix}": content for suffix, content in files.shapefile(tmp_path, [files.square()]).items()}


def refused(take, path, match):
    with pytest.raises(Refused, match=match):
        take(path)


@pytest.mark.parametrize(
    "name",
    ["../../evil.shp", "/evil/evil.shp", "..\\..\\evil.shp", "C:\\evil.shp", "a\x01b.shp", "x" * 300 + ".shp"],
    ids=["climbing", "absolute", "backslash", "drive", "control", "long"],
)
def test_impossible_member_names_are_refused(tmp_path, take, good, name):
    path = files.packed(tmp_path / "slip.zip", good | {name: b"x"})
    refused(take, path, "impossible name")
    assert not (tmp_path.parent / "evil.shp").exists()


def test_a_link_is_refused(tmp_path, take, good):
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in good.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (0o120777 if name.endswith(".dbf") else 0o100644) << 16
            archive.writestr(info, "/etc/passwd" if name.endswith(".dbf") else content)
    refused(take, path, "link or device")


def test_a_member_twice_is_refused(tmp_path, take, good):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in good.items():
            archive.writestr(name, content)
        archive.writestr("PLOTS.dbf", b"other")
    refused(take, path, "twice")


def test_too_many_members_are_refused(tmp_path, take, good):
    path = files.packed(tmp_path / "many.zip", good | {f"{n}.txt": b"" for n in range(1000)})
    refused(take, path, "more than 1000")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, take, good):
    path = files.packed(tmp_path / "bomb.zip", good | {"plots.sbn": bytes(100 << 20)})
    refused(take, path, "more than is taken")


def test_overlapping_members_are_refused(tmp_path, take, good):
    path = files.packed(tmp_path / "overlap.zip", good)
    content = bytearray(path.read_bytes())
    entries = [at for at in range(len(content) - 4) if content[at : at + 4] == b"PK\x01\x02"]
    struct.pack_into("<I", content, entries[1] + 42, struct.unpack_from("<I", content, entries[0] + 42)[0])
    path.write_bytes(bytes(content))
    refused(take, path, "overlapping")


def _patched(path, at, value):
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        found = content.find(magic)
        while found >= 0:
            struct.pack_into("<H", content, found + at + offset, value)
            found = content.find(magic, found + 4)
    path.write_bytes(bytes(content))
    return path


def test_a_password_is_named(tmp_path, take, good):
    refused(take, _patched(files.packed(tmp_path / "locked.zip", good), 6, 1), "password")


def test_an_unusual_method_is_named(tmp_path, take, good):
    refused(take, _patched(files.packed(tmp_path / "odd.zip", good), 8, 99), "unusual way")


def test_a_wrong_checksum_is_refused(tmp_path, take, good):
    path = tmp_path / "crc.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in good.items():
            archive.writestr(name, content)
    content = bytearray(path.read_bytes())
    at = content.find(good["plots.dbf"][-20:])
    content[at] ^= 1
    path.write_bytes(bytes(content))
    refused(take, path, "damaged ZIP")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_archive_is_refused(tmp_path, take, good, share):
    path = files.packed(tmp_path / "cut.zip", good)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    refused(take, path, "damaged ZIP")


def test_litter_is_ignored(tmp_path, take, good):
    litter = {"__MACOSX/._plots.shp": b"x", ".DS_Store": b"x", "读我.txt": b"x"}
    assert take(files.packed(tmp_path / "mac.zip", good | litter)).accepted == 1


def test_gbk_member_names_are_recovered(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square()])
    members = {f"修复地块{suffix}": content for suffix, content in parts.items()}
    archive = files.packed(tmp_path / "gbk.zip", members, raw_names=True)
    assert take(archive).sublayers[0].startswith("修复地块")


def test_an_archive_without_sites_says_what_it_holds(tmp_path, take):
    refused(take, files.packed(tmp_path / "empty.zip", {"readme.txt": b"x"}), r"found: readme\.txt")


def test_a_pointer_inside_an_archive_is_not_followed(tmp_path, take):
    refused(take, files.packed(tmp_path / "vrt.zip", {"plots.vrt": b"<OGRVRTDataSource/>"}), "nothing that can be read")


@pytest.mark.parametrize("member", ["sites.geojson", "sites.gpkg", "sites.kml"])
def test_one_plain_file_in_an_archive_is_read(tmp_path, take, member):
    path = tmp_path / member
    if member.endswith("geojson"):
        files.geojson(path, [files.lonlat_square()])
    elif member.endswith("gpkg"):
        files.gpkg(path, {"plots": files.frame([files.square()])})
    else:
        files.kml(path, f"<Placemark>{files.kml_polygon(files.lonlat_square())}</Placemark>")
    assert take(files.packed(tmp_path / "one.zip", {f"文件夹/{member}": path.read_bytes()})).accepted == 1


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("a.gml", "GeoPackage"),
        ("a.dxf", "GeoPackage"),
        ("a.tab", "GeoPackage"),
        ("a.fgb", "GeoPackage"),
        ("a.rar", r"\.zip"),
        ("a.7z", r"\.zip"),
        ("a.xls", r"\.xlsx"),
        ("a.dbf", r"\.shp, \.shx"),
        ("a.vrt", "points to"),
        ("a.exe", "end in"),
        ("noending", "end in"),
    ],
)
def test_other_kinds_are_refused_by_name_with_the_way_out(tmp_path, take, name, way_out):
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(UnsupportedFormat, match=way_out):
        take(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", b"\x03dbf"),
        ("a.csv", b"PK\x03\x04xlsx"),
        ("a.csv", b'{"type": "x"}'),
        ("a.csv", b"<OGRVRTDataSource/>"),
        ("a.shp", b"<OGRVRTDataSource/>"),
        ("a.gpkg", b"<OGRVRTDataSource/>"),
        ("a.kml", b"id,name"),
        ("a.geojson", b"<OGRWFSDataSource/>"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.parquet", b"PK\x03\x04"),
        ("a.kmz", b"<kml/>"),
    ],
)
def test_a_name_that_lies_about_the_content_is_refused(tmp_path, take, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match="is named"):
        take(tmp_path / name)


def test_an_empty_file_is_refused(tmp_path, take):
    (tmp_path / "a.zip").write_bytes(b"")
    refused(take, tmp_path / "a.zip", "is empty")
