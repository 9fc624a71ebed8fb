"""Files as users, careless copies and attackers make them; each byte is under our control."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pyproj
import shapely

LDID_UNSAID, LDID_ANSI, LDID_GBK = 0x00, 0x57, 0x4D
ZONE_32 = 32_500_000
Field = tuple[str, str, int, int]  # name, kind, width, decimals


def square(column: int = 0, *, x0: float = ZONE_32, y0: float = 4_000_000, side: float = 100) -> shapely.Polygon:
    """A square in EPSG:4520, by default; the next column lies 200 m further east."""
    x = x0 + 200 * column
    return shapely.box(x, y0, x + side, y0 + side)


def lonlat_square(column: int = 0) -> shapely.Polygon:
    """A square of about 100 m near 96 E 36 N."""
    x = 96 + 0.002 * column
    return shapely.box(x, 36, x + 0.001, 36.001)


def dbf(
    fields: Sequence[Field],
    rows: Sequence[Sequence[str | bytes]],
    *,
    encoding: str = "gbk",
    ldid: int = LDID_UNSAID,
    deleted: Sequence[int] = (),
    declared: int | None = None,
) -> bytes:
    """An attribute table; text is cut at the field's width in bytes, as real writers do."""
    width = 1 + sum(field[2] for field in fields)
    head = struct.pack(
        "<BBBBIHH", 3, 124, 1, 1, len(rows) if declared is None else declared, 33 + 32 * len(fields), width
    )
    head += bytes(17) + bytes([ldid, 0, 0])
    for name, kind, size, decimals in fields:
        raw = name.encode(encoding)[:10]
        head += raw.ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size, decimals]) + bytes(14)
    body = b""
    for number, row in enumerate(rows):
        body += b"*" if number in deleted else b" "
        for (_, kind, size, _), value in zip(fields, row, strict=True):
            raw = value if isinstance(value, bytes) else value.encode(encoding)
            body += raw[:size].rjust(size) if kind in "NF" else raw[:size].ljust(size)
    return head + b"\r" + body + b"\x1a"


def shapes(
    folder: Path, geometries: Sequence[shapely.Geometry | None], crs: str | None = "EPSG:4520"
) -> dict[str, bytes]:
    """The .shp, .shx and .prj of some geometries."""
    target = folder / "made.shp"
    frame = gpd.GeoDataFrame({"n": range(len(geometries))}, geometry=list(geometries), crs=crs)
    pyogrio.write_dataframe(frame, target)
    parts = {suffix: target.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx")}
    if crs:
        parts[".prj"] = pyproj.CRS(crs).to_wkt("WKT1_ESRI").encode()
    for each in folder.glob("made.*"):
        each.unlink()
    return parts


def shapefile(
    folder: Path,
    geometries: Sequence[shapely.Geometry | None],
    columns: Mapping[str, Sequence[str]] | None = None,
    *,
    crs: str | None = "EPSG:4520",
    cpg: str | None = None,
    **table: object,
) -> dict[str, bytes]:
    """All parts of a shapefile with text columns; names and values in GBK unless told otherwise."""
    columns = columns if columns is not None else {"名称": [f"地块{n}" for n in range(len(geometries))]}
    fields = [(name, "C", 60, 0) for name in columns]
    parts = shapes(folder, geometries, crs)
    parts[".dbf"] = dbf(fields, list(zip(*columns.values(), strict=True)), **table)  # type: ignore[arg-type]
    if cpg is not None:
        parts[".cpg"] = cpg.encode()
    return parts


def packed(path: Path, members: Mapping[str, bytes], *, raw_names: bool = False) -> Path:
    """A ZIP; with `raw_names` Chinese names are GBK bytes that nothing declares."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    if raw_names:
        content = path.read_bytes()
        for name in members:
            utf8, gbk = name.encode(), name.encode("gbk")
            assert len(utf8) >= len(gbk)
            content = _renamed(content, utf8, gbk)
        path.write_bytes(content)
    return path


def _renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """Give a member another raw name of the same length and take its UTF-8 flag away."""
    filled = new.ljust(len(old), b"_") if b"." not in new else new.replace(b".", b"_" * (len(old) - len(new)) + b".")
    found = content.find(old)
    out = bytearray(content)
    while found >= 0:
        out[found : found + len(old)] = filled
        for back, magic, flag in ((30, b"PK\x03\x04", 6), (46, b"PK\x01\x02", 8)):
            if out[found - back : found - back + 4] == magic:
                out[found - back + flag + 1] &= ~0x08
        found = content.find(old, found + 1)
    return bytes(out)


def zipped(folder: Path, parts: Mapping[str, bytes], *, stem: str = "plots", name: str = "plots.zip") -> Path:
    """A zipped shapefile."""
    return packed(folder / name, {stem + suffix: content for suffix, content in parts.items()})


def geojson(
    path: Path, geometries: Sequence[object], properties: Sequence[Mapping[str, object]] = (), **more: object
) -> Path:
    """A GeoJSON file; a geometry may be Shapely, a dict or None."""
    features = []
    for at, geometry in enumerate(geometries):
        told = json.loads(shapely.to_geojson(geometry)) if isinstance(geometry, shapely.Geometry) else geometry
        own = dict(properties[at]) if properties else {"id": str(at)}
        features.append({"type": "Feature", "properties": own, "geometry": told})
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}), encoding="utf-8")
    return path


def kml(path: Path, body: str, *, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    """A KML file around some placemarks or folders."""
    path.write_text(f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>', "utf-8")
    return path


def gpkg(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> Path:
    """A GeoPackage."""
    for name, frame in layers.items():
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists())
    return path


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """An Excel workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    path.write_bytes(content.getvalue())
    return path


def frame(geometries: Sequence[object], crs: str | None = "EPSG:4520", **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """A frame to be written."""
    return gpd.GeoDataFrame(columns or {"name": ["x"] * len(geometries)}, geometry=list(geometries), crs=crs)


def kml_polygon(polygon: shapely.Polygon) -> str:
    """A polygon as KML."""
    ring = " ".join(f"{x},{y},0" for x, y in polygon.exterior.coords)
    shell = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    return f"<Polygon><outerBoundaryIs>{shell}</outerBoundaryIs></Polygon>"
