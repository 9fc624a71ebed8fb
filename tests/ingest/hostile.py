"""Hostile and careless files, one or more for each thing that can go wrong with an upload.

Each case writes a file and says how reading it into `layer` has to end: the number of accepted
records, the records left out with their rules, what has to be answered, or what the refusal says.
"""

import gzip
import io
import json
import math
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from tests.ingest import files


@dataclass(frozen=True)
class Lure:
    """What hostile files try to reach: a local file and a port."""

    path: Path
    port: int

    @property
    def url(self) -> str:
        """An address at the port."""
        return f"http://127.0.0.1:{self.port}/x"


@dataclass(frozen=True)
class Case:
    """One file and how it has to end."""

    name: str
    make: Callable[[Path, Lure], Path]
    accepted: int | None = None
    left_out: dict[int, str] = field(default_factory=dict)
    needs: str | None = None
    refused: str | None = None
    layer: str = "grassland_restored"
    choices: dict[str, object] = field(default_factory=dict)
    finds: str | None = None


CASES: list[Case] = []


def case(name: str, **expected: object) -> Callable[[Callable[[Path, Lure], Path]], Callable[[Path, Lure], Path]]:
    """Register a maker under a name."""

    def register(make: Callable[[Path, Lure], Path]) -> Callable[[Path, Lure], Path]:
        CASES.append(Case(name, make, **expected))  # type: ignore[arg-type]
        return make

    return register


def good(folder: Path, count: int = 1, **columns: object) -> dict[str, bytes]:
    """The parts of a good shapefile by member name."""
    parts = files.shapefile(folder, [files.square(n) for n in range(count)], **columns)  # type: ignore[arg-type]
    return {f"plots{suffix}": content for suffix, content in parts.items()}


def written(path: Path, content: bytes | str) -> Path:
    """A file with some content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- Z1: names that lead out of the archive
for _label, _member in {
    "climbs": "../../../hostile.shp",
    "absolute": "/tmp/hostile.shp",  # noqa: S108 - that is the attack
    "backslash": "..\\..\\hostile.shp",
    "drive": "C:\\hostile.shp",
    "control": "a\x02b.shp",
    "long": "y" * 400 + ".shp",
    "deep": "a/" * 100 + "../" * 120 + "hostile.shp",
}.items():
    case(f"Z1 {_label}", refused="impossible name")(
        lambda folder, _, member=_member: files.packed(folder / "a.zip", good(folder) | {member: b"x"})
    )


@case("Z1 nul", refused="impossible name")
def _nul(folder, _):
    path = files.packed(folder / "a.zip", good(folder) | {"readme.txt": b"x"})
    content = path.read_bytes().replace(b"readme.txt", b"readm\x00.txt")
    return written(path, content)


# --- Z2: what is no plain file
for _label, _mode in {"link": 0o120777, "device": 0o060666, "pipe": 0o010666, "socket": 0o140777}.items():

    @case(f"Z2 {_label}", refused="link or device")
    def _special(folder, lure, mode=_mode):
        path = folder / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in good(folder).items():
                archive.writestr(name, content)
            info = zipfile.ZipInfo("plots.cpg")
            info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, str(lure.path))
        return path


# --- Z3: archives that are not what they say
@case("Z3 zip in zip", refused="nothing that can be read")
def _nested(folder, _):
    inner = files.packed(folder / "inner.zip", good(folder)).read_bytes()
    return files.packed(folder / "a.zip", {"inner.zip": inner})


@case("Z3 thousands of members", refused="more than 1000")
def _many(folder, _):
    return files.packed(folder / "a.zip", good(folder) | {f"{n}.txt": b"" for n in range(3000)})


@case("Z3 squeezed", refused="more than is taken")
def _squeezed(folder, _):
    return files.packed(folder / "a.zip", good(folder) | {"plots.sbn": bytes(120 << 20)})


@case("Z3 lying size", refused="damaged ZIP")
def _lying(folder, _):
    path = files.packed(folder / "a.zip", good(folder) | {"plots.cpg": bytes(4096)})
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"plots.cpg"))
    struct.pack_into("<I", content, at + 24, 10)
    return written(path, bytes(content))


@case("Z3 overlapping", refused="overlapping")
def _overlapping(folder, _):
    path = files.packed(folder / "a.zip", good(folder))
    content = bytearray(path.read_bytes())
    entries = [at.start() for at in re.finditer(b"PK\x01\x02", bytes(content))]
    for entry in entries[1:]:
        content[entry + 42 : entry + 46] = content[entries[0] + 42 : entries[0] + 46]
    return written(path, bytes(content))


def _flagged(folder: Path, at: int, value: int) -> Path:
    path = files.packed(folder / "a.zip", good(folder))
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        for found in re.finditer(re.escape(magic), bytes(content)):
            struct.pack_into("<H", content, found.start() + at + offset, value)
    return written(path, bytes(content))


case("Z3 password", refused="password")(lambda folder, _: _flagged(folder, 6, 1))
case("Z3 method 99", refused="unusual way")(lambda folder, _: _flagged(folder, 8, 99))


@case("Z3 wrong checksum", refused="damaged ZIP")
def _checksum(folder, _):
    path = folder / "a.zip"
    parts = good(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    content = bytearray(path.read_bytes())
    content[content.find(parts["plots.shp"][100:140]) + 20] ^= 0xFF
    return written(path, bytes(content))


@case("Z3 twice", refused="twice")
def _twice(folder, _):
    return files.packed(folder / "a.zip", good(folder) | {"PLOTS.DBF": b"x"})


@case("Z3 cut", refused="damaged ZIP")
def _cut(folder, _):
    path = files.packed(folder / "a.zip", good(folder))
    return written(path, path.read_bytes()[:-30])


@case("Z3 gzip under a false name", refused="is named")
def _gzip(folder, _):
    return written(folder / "a.zip", gzip.compress(b"x" * 100))


# --- Z4: what is only careless
@case("Z4 folder, cases, litter, GBK names", accepted=1)
def _careless(folder, _):
    parts = files.shapefile(folder, [files.square()])
    members = {f"资料/修复地块{suffix.upper()}": content for suffix, content in parts.items()}
    members |= {"__MACOSX/._x.shp": b"x", "资料/Thumbs.db": b"x", "资料/说明.docx": b"x"}
    return files.packed(folder / "a.zip", members, raw_names=True)


for _name in ("a!b.zip", "a;b.zip", "a'b\".zip", "-rf.zip", "修复 地块（终稿）.zip", "%00.zip", "$(id).zip"):
    case(f"Z4 named {_name}", accepted=1)(lambda folder, _, name=_name: files.packed(folder / name, good(folder)))


@case("Z4 two shapefiles", needs="sublayer")
def _two(folder, _):
    parts = files.shapefile(folder, [files.square()])
    return files.packed(
        folder / "a.zip", {f"{stem}{suffix}": part for stem in "甲乙" for suffix, part in parts.items()}
    )


# --- S1: parts that are not there
for _suffix in (".shp", ".shx", ".dbf"):
    for _label, _part in {"missing": None, "empty": b""}.items():

        @case(f"S1 {_suffix} {_label}", refused=rf"\{_suffix}")
        def _without(folder, _, suffix=_suffix, part=_part):
            members = good(folder) | {f"plots{suffix}": part}
            return files.packed(folder / "a.zip", {name: each for name, each in members.items() if each is not None})


@case("S1 .prj missing", needs="confirmation")
def _no_prj(folder, _):
    members = good(folder)
    del members["plots.prj"]
    return files.packed(folder / "a.zip", members)


@case("S1 .prj missing, eastings without a zone", needs="crs")
def _no_zone(folder, _):
    parts = files.shapefile(folder, [files.square(x0=500_000)])
    del parts[".prj"]
    return files.zipped(folder, parts)


# --- S2: parts that do not agree
for _suffix in (".shp", ".shx", ".dbf"):
    for _share in (0.3, 0.7):

        @case(f"S2 {_suffix} cut at {_share}", refused="")
        def _half(folder, _, suffix=_suffix, share=_share):
            members = good(folder, 20)
            whole = members[f"plots{suffix}"]
            return files.packed(folder / "a.zip", members | {f"plots{suffix}": whole[: int(len(whole) * share)]})


def _patched(suffix: str, at: int, form: str, value: int) -> Callable[[Path, Lure], Path]:
    def make(folder: Path, _: Lure) -> Path:
        members = good(folder, 3)
        content = bytearray(members[f"plots{suffix}"])
        struct.pack_into(form, content, at, value)
        return files.packed(folder / "a.zip", members | {f"plots{suffix}": bytes(content)})

    return make


case("S2 .dbf declares 2^31 records", refused="2147483647")(_patched(".dbf", 4, "<I", 2**31 - 1))
case("S2 .dbf header of no bytes", refused="damaged")(_patched(".dbf", 8, "<H", 0))
case("S2 .dbf records of no bytes", refused="damaged")(_patched(".dbf", 10, "<H", 0))
case("S2 .shp declares a gigabyte", refused="damaged")(_patched(".shp", 24, ">I", 2**29))
case("S2 .shx declares a gigabyte", refused="damaged")(_patched(".shx", 24, ">I", 2**29))
case("S2 record lies outside", accepted=2, left_out={2: "broken_record"})(_patched(".shx", 108, ">I", 2**28))
case("S2 record of a billion points", accepted=2, left_out={1: "broken_record"})(_patched(".shp", 148, "<I", 2**30))
case("S2 record of a billion parts", accepted=2, left_out={1: "broken_record"})(_patched(".shp", 144, "<I", 2**30))
case("S2 part begins nowhere", left_out={1: "broken_record"})(_patched(".shp", 152, "<i", 2**30))
case("S2 negative counts", accepted=2, left_out={1: "broken_record"})(_patched(".shp", 148, "<i", -5))


@case("S2 table five records short", refused="20 shapes .* 15 attribute records")
def _short(folder, _):
    return files.packed(folder / "a.zip", good(folder, 20) | {"plots.dbf": good(folder, 15)["plots.dbf"]})


# --- S3: shapes that are none
@case(
    "S3 null, point, line, NaN, Inf",
    accepted=1,
    left_out={2: "no_geometry", 3: "bad_coordinates", 4: "bad_coordinates"},
)
def _none(folder, _):
    parts = files.shapefile(folder, [files.square(0), None, files.square(2), files.square(3)])
    content = bytearray(parts[".shp"])
    ends = [found.start() for found in re.finditer(struct.pack("<d", files.ZONE_32 + 500.0), bytes(content))]
    struct.pack_into("<d", content, ends[-1], math.nan)
    ends = [found.start() for found in re.finditer(struct.pack("<d", files.ZONE_32 + 700.0), bytes(content))]
    struct.pack_into("<d", content, ends[-1], math.inf)
    return files.zipped(folder, parts | {".shp": bytes(content)})


def _wkb_in_gpkg(folder: Path, *outlines: bytes) -> Path:
    path = files.gpkg(folder / "a.gpkg", {"plots": files.frame([files.square(n) for n in range(len(outlines) + 1)])})
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for number, outline in enumerate(outlines, 2):
            blob = b"GP\x00\x01" + struct.pack("<i", 4520) + outline
            database.execute("UPDATE plots SET geom = ? WHERE fid = ?", (blob, number))
    return path


def _head(kind: int, count: int) -> bytes:
    return b"\x01" + struct.pack("<II", kind, count)


_CIRCLE = _head(8, 5) + struct.pack("<10d", 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
case("S3 curves", accepted=1, left_out=dict.fromkeys((2, 3, 4), "wrong_geometry"))(
    lambda folder, _: _wkb_in_gpkg(folder, _CIRCLE, _head(10, 1) + _CIRCLE, _head(12, 1) + _head(10, 1) + _CIRCLE)
)
case("S3 a curve in a collection", accepted=1, left_out={2: "wrong_geometry", 3: "wrong_geometry"})(
    lambda folder, _: _wkb_in_gpkg(folder, _head(7, 1) + _CIRCLE, _head(6, 1) + _head(10, 1) + _CIRCLE)
)
case("S3 collections a million deep", accepted=1, left_out={2: "wrong_geometry", 3: "unreadable_geometry"})(
    lambda folder, _: _wkb_in_gpkg(folder, _head(7, 1) * 1_000_000, _head(6, 2) * 400_000 + _head(3, 0))
)
case("S3 four billion rings", accepted=1, left_out={2: "unreadable_geometry", 3: "unreadable_geometry"})(
    lambda folder, _: _wkb_in_gpkg(folder, _head(3, 2**32 - 1), _head(6, 2**32 - 1) + b"\x01")
)
case("S3 random bytes", accepted=1, left_out={2: "unreadable_geometry", 3: "unreadable_geometry"})(
    lambda folder, _: _wkb_in_gpkg(folder, b"\x00\xff", np.random.default_rng(1).bytes(300))
)


@case("S3 every wrong shape of GeoJSON", accepted=1, left_out=dict.fromkeys(range(2, 9), "*"))
def _wrong_shapes(folder, _):
    line, ring = [[96, 36], [97, 37]], [[96, 36], [97, 36], [97, 37], [96, 37.5]]
    wrong = [
        None,
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "LineString", "coordinates": line},
        {"type": "MultiPoint", "coordinates": line},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[["96", "36"], [97, 36], [97, 37], ["96", "36"]]]},
    ]
    return files.geojson(folder / "a.geojson", [files.lonlat_square(), *wrong])


# --- S4: places that cannot be
@case("S4 latitude first", needs="confirmation")
def _flipped(folder, _):
    return files.geojson(folder / "a.geojson", [shapely.transform(files.lonlat_square(), lambda xy: xy[:, ::-1])])


case("S4 metres as degrees", needs="confirmation")(
    lambda folder, _: files.geojson(folder / "a.geojson", [files.square()])
)


@case("S4 two zones", accepted=2, left_out={3: "other_zone"})
def _zones(folder, _):
    shapes = [files.square(0), files.square(1), files.square(0, x0=33_500_000)]
    return files.zipped(folder, files.shapefile(folder, shapes))


case("S4 one record at null island", accepted=1, left_out={2: "not_in_crs"})(
    lambda folder, _: files.zipped(folder, files.shapefile(folder, [files.square(), shapely.box(0, 0, 10, 10)]))
)
case("S4 across the antimeridian", accepted=1)(
    lambda folder, _: files.geojson(
        folder / "a.geojson",
        [shapely.MultiPolygon([shapely.box(179.9, 0, 180, 0.1), shapely.box(-180, 0, -179.9, 0.1)])],
    )
)
case("S4 outside the globe", needs="crs")(
    lambda folder, _: files.geojson(folder / "a.geojson", [shapely.box(500, 500, 501, 501)])
)

# --- S5, S6: outlines that cross themselves, and how much that may cost
case("S5 bowtie", needs="confirmation")(
    lambda folder, _: files.geojson(
        folder / "a.geojson", [shapely.Polygon([(96, 36), (96.01, 36.01), (96.01, 36), (96, 36.01)])]
    )
)
case("S5 the same ring twice", needs="confirmation")(
    lambda folder, _: files.geojson(folder / "a.geojson", [shapely.MultiPolygon([files.lonlat_square()] * 2)])
)
case("S6 a ring of 500 random corners", needs="confirmation")(
    lambda folder, _: files.geojson(
        folder / "a.geojson", [shapely.Polygon(np.random.default_rng(3).uniform((96, 36), (96.01, 36.01), (500, 2)))]
    )
)
case("S6 a circle of 200,000 corners", accepted=1)(
    lambda folder, _: files.geojson(folder / "a.geojson", [shapely.Point(96, 36).buffer(0.05, quad_segs=50_000)])
)


# --- E1: text
def _text(encoding: str, value: str, cpg: str | None = None, ldid: int = 0) -> Callable[[Path, Lure], Path]:
    return lambda folder, _: files.zipped(
        folder, files.shapefile(folder, [files.square()], {"NAME": [value]}, encoding=encoding, cpg=cpg, ldid=ldid)
    )


case("E1 GBK that says UTF-8", accepted=1, finds="encoding_declaration_wrong")(_text("gbk", "香日德镇草原", "UTF-8"))
case("E1 GBK that says nothing", accepted=1, finds="encoding_inferred")(_text("gbk", "香日德镇草原"))
case("E1 UTF-8 that says GBK", accepted=1)(_text("utf-8", "香日德镇草原", None, files.LDID_GBK))
case("E1 Cyrillic that says nothing", needs="encoding")(_text("cp1251", "Земя"))
case("E1 a .cpg that is a page", accepted=1)(_text("gbk", "香日德镇草原", "<html><body>404</body></html>"))
case("E1 a .cpg that names a codec of ours", accepted=1)(_text("gbk", "香日德镇草原", "rot13"))


@case("E1 bytes of several encodings", needs="encoding")
def _mixed(folder, _):
    parts = files.shapes(folder, [files.square(n) for n in range(3)])
    rows = [["香日德镇".encode("gbk")], ["香日德镇".encode()], ["Земя".encode("cp1251")]]
    return files.zipped(folder, parts | {".dbf": files.dbf([("NAME", "C", 20, 0)], rows)})


# --- N1: numbers
@case(
    "N1 what is no amount",
    layer="waste_household",
    accepted=3,
    left_out={1: "not_a_number", 2: "not_a_number", 3: "not_a_number", 4: "negative_number", 5: "not_a_number"},
)
def _amounts(folder, _):
    wrong = ["****", "NaN", "inf", "-5", "#DIV/0!"]
    rows = [*wrong, '"1,234.5 吨"', "67.8", "３００公斤"]
    lines = "".join(f"B{n},{value}\n" for n, value in enumerate(rows))
    return written(folder / "a.csv", "磅单号,净重(吨)\n" + lines)


case("N1 too large to be true", layer="waste_household", accepted=1, left_out={1: "number_too_large"})(
    lambda folder, _: written(folder / "a.csv", "磅单号,净重(吨)\nA,1e308\nB,1\n")
)


@case("N1 a total that would count twice", layer="waste_household", needs="confirmation")
def _total(folder, _):
    return written(folder / "a.csv", "磅单号,净重(吨)\nA,1\nB,2\n合计,3\n")


# --- F1: column names
@case("F1 names that are the same, empty, reserved or code", accepted=1)
def _names(folder, _):
    names = ["NAME", "NAME", "", "__proto__", "<script>", "=1+1", "'; DROP", "{0}", "%s"]
    fields = [(name, "C", 9, 0) for name in names]
    parts = files.shapes(folder, [files.square()])
    return files.zipped(folder, parts | {".dbf": files.dbf(fields, [[str(n) for n in range(len(names))]])})


@case("F1 255 columns", accepted=1)
def _wide(folder, _):
    fields = [(f"F{n}", "C", 5, 0) for n in range(255)]
    parts = files.shapes(folder, [files.square()])
    return files.zipped(folder, parts | {".dbf": files.dbf(fields, [["x"] * 255])})


@case("F1 properties with odd names", accepted=1)
def _properties(folder, _):
    odd = {
        "__proto__": {"x": 1},
        "constructor": "x",
        "": "empty",
        "a" * 5000: "long",
        "\u202e": "backwards",
        "{a.b}": "{",
    }
    return files.geojson(folder / "a.geojson", [files.lonlat_square()], [odd | {f"c{n}": n for n in range(300)}])


# --- G1: files that point elsewhere
def _vrt(source: object) -> str:
    layer = f'<OGRVRTLayer name="canary"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


for _suffix in ("shp", "geojson", "json", "kml", "gpkg", "csv", "parquet", "zip", "kmz", "xlsx"):
    case(f"G1 a virtual file named .{_suffix}", refused="")(
        lambda folder, lure, suffix=_suffix: written(folder / f"a.{suffix}", _vrt(lure.path))
    )
    case(f"G1 a virtual file at an address named .{_suffix}", refused="")(
        lambda folder, lure, suffix=_suffix: written(folder / f"a.{suffix}", _vrt(f"/vsicurl/{lure.url}"))
    )
for _suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
    _ending = {"refused": ""} if _suffix in (".shp", ".shx", ".dbf") else {"needs": "confirmation"}
    case(f"G1 a virtual file for {_suffix}", **(_ending if _suffix != ".cpg" else {"accepted": 1}))(
        lambda folder, lure, suffix=_suffix: files.packed(
            folder / "a.zip", good(folder) | {f"plots{suffix}": _vrt(lure.path).encode()}
        )
    )
case("G1 a pipeline", refused="no GeoJSON")(
    lambda folder, lure: written(
        folder / "a.geojson",
        json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {lure.path}"}),
    )
)
case("G1 a service", refused="is named|no KML")(
    lambda folder, lure: written(folder / "a.kml", f"<OGRWFSDataSource><URL>{lure.url}</URL></OGRWFSDataSource>")
)
for _kind in ("link", "name"):
    case(f"G1 a coordinate system by {_kind}", refused="coordinate system")(
        lambda folder, lure, kind=_kind: files.geojson(
            folder / "a.geojson",
            [files.lonlat_square()],
            crs={"type": kind, "properties": {"href" if kind == "link" else "name": lure.url}},
        )
    )

_PLANE = (
    'PROJCS["x",GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298.257222101]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",96],PARAMETER["scale_factor",1],PARAMETER["false_easting",32500000],'
    'PARAMETER["false_northing",0],UNIT["metre",1]{more}]'
)
for _label, _written in {
    "a grid in an extension": _PLANE.replace(
        "{more}", ',EXTENSION["PROJ4","+proj=tmerc +lon_0=96 +x_0=32500000 +ellps=GRS80 +nadgrids={path} +wktext"]'
    ),
    "a grid in a PROJ string": "+proj=longlat +ellps=GRS80 +nadgrids={path} +type=crs",
    "a geoid in a PROJ string": "+proj=longlat +ellps=GRS80 +geoidgrids={path} +type=crs",
    "an init file": "+init={path}:4520",
    "an init file alone": "{path}:4520",
    "an address": "{url}",
}.items():

    @case(f"G1 a .prj with {_label}", needs="confirmation")
    def _prj(folder, lure, text=_written):
        content = text.replace("{path}", str(lure.path)).replace("{url}", lure.url)
        return files.packed(folder / "a.zip", good(folder) | {"plots.prj": content.encode()})


# --- G2: KML
_MARK = f"<Placemark><name>x</name>{files.kml_polygon(files.lonlat_square())}</Placemark>"
for _label, _doctype in {
    "entity": '<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{path}">]>',
    "remote": '<!DOCTYPE kml SYSTEM "{url}">',
    "laughs": '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
}.items():
    case(f"G2 {_label}", refused="DOCTYPE")(
        lambda folder, lure, head=_doctype: files.kml(
            folder / "a.kml", _MARK, head=head.replace("{path}", str(lure.path)).replace("{url}", lure.url)
        )
    )


@case("G2 links, scripts, overlays", accepted=1)
def _links(folder, lure):
    link = f"<NetworkLink><Link><href>{lure.url}</href></Link></NetworkLink>"
    schema = f'<Schema schemaLocation="{lure.url}"/>'
    overlay = f"<GroundOverlay><Icon><href>file://{lure.path}</href></Icon></GroundOverlay>"
    mark = _MARK.replace("<name>x", "<description><![CDATA[<script>alert(1)</script>]]></description><name>x")
    return files.kml(folder / "a.kml", link + schema + overlay + mark)


case("G2 nested too deep", refused="nested")(
    lambda folder, _: files.kml(folder / "a.kml", "<Folder>" * 5000 + _MARK + "</Folder>" * 5000)
)
case("G2 KMZ that climbs", refused="impossible name")(
    lambda folder, _: files.packed(folder / "a.kmz", {"../doc.kml": b"<kml/>"})
)
case("G2 KMZ of a DOCTYPE", refused="DOCTYPE")(
    lambda folder, lure: files.packed(
        folder / "a.kmz", {"doc.kml": f'<!DOCTYPE kml SYSTEM "{lure.url}"><kml>{_MARK}</kml>'.encode()}
    )
)


# --- G3: databases
def _gpkg(folder: Path, *statements: str) -> Path:
    path = files.gpkg(folder / "a.gpkg", {"plots": files.frame([files.square()])})
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    return path


_VIEW = (
    "INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES ('v', 'features', 4520)",
    "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4520, 0, 0)",
)
for _label, _select in {
    "an endless view": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x fid, NULL geom FROM c",
    "a view that loads code": "SELECT 1 AS fid, load_extension('{path}') AS geom",
    "a view that reads files": "SELECT 1 AS fid, readfile('{path}') AS geom",
    "a view of the schema": "SELECT rowid AS fid, sql AS geom FROM sqlite_master",
}.items():
    case(f"G3 {_label}", accepted=1)(
        lambda folder, lure, select=_select: _gpkg(
            folder, "CREATE VIEW v AS " + select.replace("{path}", str(lure.path)), *_VIEW
        )
    )
case("G3 triggers", accepted=1)(
    lambda folder, _: _gpkg(folder, "CREATE TRIGGER t AFTER INSERT ON plots BEGIN DELETE FROM plots; END")
)
case("G3 another database in it", accepted=1)(
    lambda folder, lure: _gpkg(folder, f"CREATE TABLE attached AS SELECT '{lure.path}' AS path")
)


@case("G3 a table that is only called virtual", accepted=1)
def _called_virtual(folder, _):
    return files.gpkg(folder / "a.gpkg", {"virtual_sites": files.frame([files.square()])})


@case("G3 a virtual table, however it is written", accepted=1)
def _virtual(folder, _):
    path = _gpkg(folder, "CREATE VIRTUAL TABLE v USING rtree(id, geom, b)", *_VIEW)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, 'CREATE VIRTUAL', 'CREATE/*x*/VIRTUAL')")
    return path


case("G3 a plain database", refused="no GeoPackage")(lambda folder, _: _plain_database(folder / "a.gpkg"))


def _plain_database(path: Path) -> Path:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE a(b)")
    return path


@case("G3 torn pages", refused="damaged")
def _torn(folder, _):
    path = files.gpkg(folder / "a.gpkg", {"plots": files.frame([files.square(n) for n in range(400)])})
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\xa5" * (4096 * 6)
    return written(path, bytes(content))


@case("G3 a copy of a database in use", accepted=1, finds="unsaved_pages")
def _in_use(folder, _):
    path = files.gpkg(folder / "a.gpkg", {"plots": files.frame([files.square()])})
    content = bytearray(path.read_bytes())
    content[18:20] = b"\x02\x02"
    return written(path, bytes(content))


# --- G4: JSON
_FEATURES = '{"type": "FeatureCollection", "features": [%s]}'
for _label, _content in {
    "deep": "[" * 200_000,
    "deep in a geometry": _FEATURES % ('{"type":"Feature","geometry":{"type":"Polygon","coordinates":' + "[" * 100_000),
    "NaN": _FEATURES % "NaN",
    "Infinity": _FEATURES % '{"type":"Feature","properties":{"a":Infinity},"geometry":null}',
    "a key twice": '{"type": "FeatureCollection", "features": [], "features": []}',
    "cut": _FEATURES[:30],
    "GBK": '{"type": "要素"}'.encode("gbk"),
    "UTF-16": '{"type": "FeatureCollection"}'.encode("utf-16"),
    "a string": '"FeatureCollection"',
    "a number of a million digits": _FEATURES
    % ('{"type":"Feature","properties":{"a":' + "9" * 1_000_000 + '},"geometry":null}'),
}.items():
    case(f"G4 {_label}", refused="")(lambda folder, _, content=_content: written(folder / "a.geojson", content))


@case("G4 a number beyond numbers", accepted=1, left_out={2: "bad_coordinates"})
def _beyond(folder, _):
    path = files.geojson(folder / "a.geojson", [files.lonlat_square(), files.lonlat_square(1)])
    return written(path, path.read_text().replace("96.002,", "1e999,").replace("96.002 ,", "1e999,"))


# --- tables and workbooks
@case("X a workbook that links elsewhere", layer="waste_household", accepted=1)
def _links_out(folder, lure):
    path = files.workbook(folder / "a.xlsx", {"s": [["磅单号", "净重(吨)"], ["B1", 3.5]]})
    content = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(content, "w") as out:
        for info in book.infolist():
            out.writestr(info, book.read(info))
        link = f'<Relationship Id="r9" Type="x/externalLink" Target="{lure.url}" TargetMode="External"/>'
        out.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", f"<Relationships>{link}</Relationships>")
    return written(path, content.getvalue())


case("X a workbook with a document type", layer="waste_household", refused="DOCTYPE")(
    lambda folder, lure: files.packed(
        folder / "a.xlsx", {"xl/workbook.xml": f'<!DOCTYPE x SYSTEM "file://{lure.path}"><workbook/>'.encode()}
    )
)
case("X a workbook bomb", layer="waste_household", refused="more than is taken")(
    lambda folder, _: files.packed(folder / "a.xlsx", {"xl/workbook.xml": bytes(100 << 20)})
)
case("X formulas in cells", layer="waste_household", accepted=1)(
    lambda folder, lure: written(folder / "a.csv", f'磅单号,净重(吨),备注\nB1,3,"=HYPERLINK(""{lure.url}"")"\n')
)
case("X WKT a hundred thousand deep", refused="", choices={"crs": "EPSG:4490"})(
    lambda folder, _: written(
        folder / "a.csv", 'id,wkt\n1,"' + "GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 2)" + ")" * 100_000 + '"\n'
    )
)
case("X an unclosed quotation mark", layer="waste_household", refused="")(
    lambda folder, _: written(folder / "a.csv", '磅单号,净重(吨)\nB1,"3' + "x" * 2_000_000)
)
case("X a header of ten thousand columns", layer="waste_household", needs="columns")(
    lambda folder, _: written(
        folder / "a.csv", ",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("1" * 10_000) + "\n"
    )
)
