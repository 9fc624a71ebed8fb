"""More hostile and careless files, by kind of file; see `hostile` for what a case is."""

import contextlib
import json
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from tests.ingest import files
from tests.ingest.hostile import CASES as CASES
from tests.ingest.hostile import Lure, case, written

SQUARE = files.lonlat_square()
RING = json.loads(shapely.to_geojson(SQUARE))["coordinates"][0]


def polygon(*rings: object) -> dict[str, object]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": list(rings)}


# --- GeoJSON
@case(
    "GeoJSON rings that are none",
    accepted=1,
    left_out={2: "bad_position", 3: "beyond_repair", 4: "beyond_repair", 5: "beyond_repair", 6: "beyond_repair"},
)
def _rings(folder, _):
    shapes = [
        SQUARE,
        polygon([[True, 36], [96.01, 36], [96.01, 36.01], [True, 36]]),
        polygon([[96, 36], [97, 36], [96, 36]]),
        polygon([[96, 36]] * 4),
        polygon([[96, 36], [97, 36], [98, 36], [96, 36]]),
        polygon(RING, RING),
    ]
    return files.geojson(folder / "a.geojson", shapes)


case("GeoJSON a hole that may be a second site", needs="confirmation")(
    lambda folder, _: files.geojson(
        folder / "a.geojson", [polygon(RING, [[98, 36], [98.1, 36], [98.1, 36.1], [98, 36]])]
    )
)


def collection(*features: object, **more: object) -> str:
    """The text of a FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def feature(properties: object = None, **more: object) -> dict[str, object]:
    """A feature of one square."""
    return {"type": "Feature", "properties": properties, "geometry": polygon(RING), **more}


def text(content: str | bytes, name: str = "a.geojson") -> Callable[[Path, Lure], Path]:
    """A maker of a file of that content."""
    return lambda folder, _: written(folder / name, content)


case("GeoJSON half a letter in a name", accepted=1)(text(collection(feature({"id": "\ud800", "\udfff": "x"}))))
case("GeoJSON one feature a line", refused="one after the other")(text(f"{json.dumps(feature())}\n" * 3))
case("GeoJSON features apart by a separator", refused="one after the other")(text(f"\x1e{json.dumps(feature())}\n" * 3))
case("GeoJSON a comma too many", refused="as JSON")(text(collection(feature())[:-2] + ",]}"))
case("GeoJSON collections in a collection", accepted=1, left_out={2: "not_a_feature"})(
    text(collection(feature(), json.loads(collection(feature(), feature()))))
)
case("GeoJSON properties that are none", accepted=3, left_out={4: "not_a_feature", 5: "not_a_feature"})(
    text(collection(feature(), feature({}), feature({"a": {"b": [1]}}), feature([1]), feature("x")))
)
case("GeoJSON a feature in a system of its own", accepted=1, left_out={2: "own_system"})(
    text(collection(feature(), feature(crs={"type": "name", "properties": {"name": "EPSG:3857"}})))
)
case("GeoJSON degrees called metres", needs="confirmation")(
    text(collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:3857"}}))
)
case("GeoJSON in UTF-16", refused="not UTF-8")(text(collection(feature()).encode("utf-16")))
case("GeoJSON with a mark before it", accepted=1)(text(b"\xef\xbb\xbf" + collection(feature()).encode()))


# --- GeoPackage
def gpkg(*statements: str | tuple[str, object]) -> Callable[[Path, Lure], Path]:
    """A maker of a database of two squares that some statements have changed."""

    def make(folder: Path, _: Lure) -> Path:
        path = files.gpkg(folder / "a.gpkg", {"plots": files.frame([files.square(n) for n in range(2)])})
        with contextlib.closing(sqlite3.connect(path)) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            for each in statements:
                database.execute(*((each,) if isinstance(each, str) else each))
            database.commit()
        return path

    return make


def blob(flags: int, between: bytes = b"", order: int = 1) -> tuple[str, tuple[bytes]]:
    """A statement that writes the first square with another header."""
    head = b"GP\0" + bytes([flags]) + struct.pack("<i" if flags & 1 else ">i", 4520)
    return "UPDATE plots SET geom = ? WHERE fid = 1", (
        head + between + shapely.to_wkb(files.square(), byte_order=order),
    )


case("GPKG big-endian", accepted=2)(gpkg(blob(0, order=0)))
case("GPKG an envelope that lies", accepted=2)(gpkg(blob(3, struct.pack("<4d", 9, 9, 9, 9))))
case("GPKG an envelope of no known size", accepted=1, left_out={1: "unreadable_geometry"})(gpkg(blob(11, bytes(64))))
case("GPKG the flag of an empty one", accepted=1, left_out={1: "empty_geometry"})(gpkg(blob(17)))
case("GPKG an extended one", accepted=1, left_out={1: "unreadable_geometry"})(gpkg(blob(33)))
case("GPKG text for a geometry", accepted=1, left_out={1: "unreadable_geometry"})(
    gpkg("UPDATE plots SET geom = 'POLYGON((0 0,1 0,1 1,0 0))' WHERE fid = 1")
)
case("GPKG a system number that is a word", needs="confirmation")(
    gpkg("UPDATE gpkg_geometry_columns SET srs_id = 'abc'")
)
case("GPKG an EPSG number that is a word", needs="confirmation")(
    gpkg("UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 'x', definition = '' WHERE srs_id = 4520")
)
case("GPKG no system of that number", needs="confirmation")(
    gpkg("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 4520")
)
case("GPKG no list of contents", refused="no GeoPackage")(gpkg("DROP TABLE gpkg_contents"))
case("GPKG an empty list of contents", refused="no table with geometry")(gpkg("DELETE FROM gpkg_contents"))
case("GPKG a listed table that is gone", refused="no table with geometry")(gpkg("DROP TABLE plots"))
case("GPKG a column that is made of others", accepted=2, finds="unread_column")(
    gpkg("ALTER TABLE plots ADD COLUMN g TEXT GENERATED ALWAYS AS (name || 'x') VIRTUAL")
)
case("GPKG bytes in a column of text", accepted=2, finds="unread_column")(gpkg("UPDATE plots SET name = x'ff00ff'"))
case("GPKG text in GBK", refused="not UTF-8")(gpkg("UPDATE plots SET name = CAST(x'b2ddd4ad' AS TEXT)"))
case("GPKG a table without row numbers", accepted=2)(
    gpkg(
        "CREATE TABLE q(fid INTEGER PRIMARY KEY, geom BLOB) WITHOUT ROWID",
        "INSERT INTO q SELECT fid, geom FROM plots",
        "INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES ('q', 'features', 4520)",
        "INSERT INTO gpkg_geometry_columns VALUES ('q', 'geom', 'POLYGON', 4520, 0, 0)",
        "DELETE FROM gpkg_contents WHERE table_name = 'plots'",
    )
)


# --- KML
MARK = files.kml_polygon(SQUARE)
EAST = MARK.replace("96.0", "96.1")


def kml(*marks: str, head: str | None = None, encoding: str = "utf-8") -> Callable[[Path, Lure], Path]:
    """A maker of a KML file of placemarks around some geometries."""
    body = "".join(f"<Placemark>{mark}</Placemark>" for mark in marks)
    top = head or '<?xml version="1.0" encoding="UTF-8"?>'
    return text(f"{top}<kml><Document>{body}</Document></kml>".encode(encoding), "a.kml")


case("KML two outlines in one polygon", accepted=1, left_out={2: "unreadable_geometry"})(
    kml(MARK, MARK.replace("</Polygon>", EAST.removeprefix("<Polygon>")))
)
case("KML two geometries in one placemark", accepted=1)(kml(MARK + EAST))
case("KML tracks and models", accepted=1, left_out={2: "wrong_geometry", 3: "wrong_geometry"})(
    kml(MARK, '<gx:Track xmlns:gx="http://x"><gx:coord>96 36 0</gx:coord></gx:Track>', "<Model/>")
)
case("KML mixed and empty collections", accepted=1, left_out={2: "wrong_geometry", 3: "empty_geometry"})(
    kml(
        MARK,
        f"<MultiGeometry>{MARK}<Point><coordinates>96,36</coordinates></Point></MultiGeometry>",
        "<MultiGeometry/>",
    )
)
case("KML numbers that are none", accepted=1, left_out={2: "bad_coordinates", 3: "bad_position", 4: "no_geometry"})(
    kml(MARK, MARK.replace("96.001", "NaN"), MARK.replace(",", ";"), "<name>x</name>")
)
for _codec in ("gbk", "big5", "utf-16", "iso-8859-1"):
    _name = "é" if _codec == "iso-8859-1" else "草原"
    _head = f'<?xml version="1.0" encoding="{_codec}"?>'
    case(f"KML in {_codec} and says so", accepted=1)(kml(f"<name>{_name}</name>{MARK}", head=_head, encoding=_codec))
case("KML in GBK that says UTF-8", accepted=1, finds="encoding_declaration_wrong")(
    kml(f"<name>退化草原恢复二期</name>{MARK}", encoding="gbk")
)
case("KML in an encoding that is none", refused="martian")(kml(MARK, head='<?xml version="1.0" encoding="martian"?>'))
case("KML cut off", refused="well-formed")(text("<kml><Document><Placemark><name>x</name>", "a.kml"))
case("KML of links alone", refused="no placemarks")(
    text("<kml><NetworkLink><Link><href>http://127.0.0.1/x</href></Link></NetworkLink></kml>", "a.kml")
)


# --- GeoParquet
def parquet(change: Callable[[dict, pa.Table], tuple[object, pa.Table]]) -> Callable[[Path, Lure], Path]:
    """A maker of two squares as GeoParquet whose metadata or table was changed."""

    def make(folder: Path, _: Lure) -> Path:
        path = folder / "a.parquet"
        files.frame([files.square(n) for n in range(2)], id=["A", "B"]).to_parquet(path)
        table = pq.read_table(path)
        told, table = change(json.loads(table.schema.metadata[b"geo"]), table)
        pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(told).encode()} if told else {}), path)
        return path

    return make


def column_of(**changes: object) -> Callable[[dict, pa.Table], tuple[object, pa.Table]]:
    """A change of what the metadata says of the geometry column."""

    def change(told: dict, table: pa.Table) -> tuple[object, pa.Table]:
        told["columns"]["geometry"] |= changes
        return told, table

    return change


case("GeoParquet without its metadata", refused="no GeoParquet")(parquet(lambda _, table: (None, table)))
case("GeoParquet in GeoArrow", refused="expected WKB")(parquet(column_of(encoding="polygon")))
case("GeoParquet in a system by its code", accepted=2)(parquet(column_of(crs="EPSG:4520")))
case("GeoParquet in no system", needs="confirmation")(parquet(column_of(crs=None)))
case("GeoParquet in a wrong system", needs="confirmation")(
    parquet(column_of(crs=json.loads(pyproj.CRS(3857).to_json())))
)
case("GeoParquet two columns of one name", accepted=2, finds="duplicate_column")(
    parquet(lambda told, table: (told, table.append_column("id", pa.array([1, 2]))))
)
case("GeoParquet null and broken geometry", left_out={1: "no_geometry", 2: "unreadable_geometry"}, accepted=1)(
    parquet(
        lambda told, table: (
            told,
            pa.concat_tables([table.set_column(1, "geometry", pa.array([None, b"abc"])), table.slice(0, 1)]),
        )
    )
)


# --- file geodatabase
def gdb(change: Callable[[dict[str, bytes]], dict[str, bytes]], count: int = 2000) -> Callable[[Path, Lure], Path]:
    """A maker of a packed geodatabase some of whose files were changed."""

    def make(folder: Path, _: Lure) -> Path:
        source = folder / "x.gdb"
        shapes = [files.square(n % 400, y0=4_000_000 + 200 * (n // 400)) for n in range(count)]
        pyogrio.write_dataframe(
            files.frame(shapes, id=[f"A{n}" for n in range(count)]), source, layer="plots", driver="OpenFileGDB"
        )
        members = {f"x.gdb/{each.name}": each.read_bytes() for each in sorted(source.iterdir())}
        shutil.rmtree(source)
        return files.packed(folder / "a.zip", change(members))

    return make


def cut(suffix: str, share: float) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Cut the last, largest file of a kind."""

    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        name = max(name for name in members if name.endswith(suffix))
        return members | {name: members[name][: int(len(members[name]) * share)]}

    return change


for _suffix in (".gdbtable", ".gdbtablx"):
    for _share in (0.3, 0.95):
        case(f"geodatabase {_suffix} cut at {_share}", refused="is cut off")(gdb(cut(_suffix, _share)))


def _scratched(members: dict[str, bytes]) -> dict[str, bytes]:
    name = max(name for name in members if name.endswith(".gdbtable"))
    content = bytearray(members[name])
    content[50_000:50_040] = b"\xff" * 40
    return members | {name: bytes(content)}


case("geodatabase with scratched records", refused="Of 2000 records")(gdb(_scratched))
case("geodatabase without its folder", refused="Pack the whole folder")(
    gdb(lambda members: {name.removeprefix("x.gdb/"): each for name, each in members.items()}, 1)
)


# --- shapefile
@case("DBF wide digits in a number column", layer="waste_household", accepted=1, left_out={1: "not_a_number"})
def _wide(folder, _):
    parts = files.shapes(folder, [shapely.Point(files.ZONE_32 + n, 4_000_000) for n in range(2)])
    fields = [("磅单号", "C", 9, 0), ("净重_吨", "N", 12, 3)]
    return files.zipped(folder, parts | {".dbf": files.dbf(fields, [["A", "12吨半"], ["B", "2.5"]])})
