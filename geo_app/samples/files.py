"""Writers of the demonstration's files. Same table, same bytes: no clock gets into a file."""

import csv
import datetime as dt
import io
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyogrio
import shapely
import xlsxwriter

WRITTEN = dt.datetime(2025, 3, 20, 8, 0)  # date in every file, the day of the report
TEXT = "GBK"


@dataclass(frozen=True)
class Table:
    """Rows by our column names, and what the file calls them.

    Attributes
    ----------
    columns : dict
        Our name to the file's, in file order.
    geometries : list of shapely geometries in `crs`
        Empty where rows have no place or carry it as longitude and latitude.
    crs : int
        EPSG code.
    """

    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, object]]
    geometries: Sequence[shapely.Geometry] = ()
    crs: int = 4490

    def column(self, ours: str) -> list[object]:
        """Return a column's values; a row without it gives None."""
        return [row.get(ours) for row in self.rows]


def write_shapefile(path: Path, table: Table, *, folder: str = "", cpg: bool = False, prj: bool = True) -> None:
    """Write a zipped shapefile with GBK attributes.

    Parameters
    ----------
    folder : str
        Folder inside the zip.
    cpg : bool
        Whether a .cpg declares the encoding; without it the .dbf does not declare one either.
    prj : bool
        Whether to keep the .prj.
    """
    geometries = np.array(table.geometries)
    with tempfile.TemporaryDirectory() as scratch:
        shp = Path(scratch) / "drawn.shp"
        numbers = [np.arange(len(geometries), dtype="int32")]
        _write(shp, geometries, numbers, ["n"], crs=table.crs, driver="ESRI Shapefile")
        suffixes = (".shp", ".shx", ".prj") if prj else (".shp", ".shx")
        members = {suffix: shp.with_suffix(suffix).read_bytes() for suffix in suffixes}
    columns = [(name, table.column(ours)) for ours, name in table.columns.items()]
    members[".dbf"] = dbf(columns)
    if cpg:
        members[".cpg"] = TEXT.encode()
    stem = f"{folder}/{path.stem}" if folder else path.stem
    write_zip(path, {stem + suffix: content for suffix, content in members.items()})


def write_gpkg(path: Path, table: Table, name: str) -> None:
    """Write a GeoPackage with one layer of that name."""
    fields = [_array(table.column(ours)) for ours in table.columns]
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{WRITTEN:%Y-%m-%dT%H:%M:%S}.000Z"})
    try:
        _write(path, np.array(table.geometries), fields, list(table.columns.values()), crs=table.crs, layer=name)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write(path: Path, geometries: np.ndarray, fields: list[np.ndarray], names: list[str], **options: object) -> None:
    crs = f"EPSG:{options.pop('crs')}"
    kind = str(geometries[0].geom_type)
    pyogrio.raw.write(path, shapely.to_wkb(geometries), fields, names, crs=crs, geometry_type=kind, **options)


def _array(values: Sequence[object]) -> np.ndarray:
    sample = next((value for value in values if value is not None), None)
    if isinstance(sample, dt.date):
        return np.array(values, dtype="datetime64[D]")
    if isinstance(sample, Decimal):
        return np.array(values, dtype=float)
    return np.array(values, dtype=object)


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip whose members all carry the date `WRITTEN`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def dbf(columns: Sequence[tuple[str, Sequence[object]]]) -> bytes:
    """Write a dBase III table in GBK that does not declare its encoding.

    Parameters
    ----------
    columns : sequence of (name, values)
        A name has at most 10 bytes in GBK; values are str, Decimal, date or None, one kind a column.
    """
    cells = [_cells(values) for _, values in columns]
    widths = [kind[1] for kind, _ in cells]
    head = b"".join(_dbf_field(name, *kind) for (name, _), (kind, _) in zip(columns, cells, strict=True))
    records = [b" " + b"".join(row) for row in zip(*(texts for _, texts in cells), strict=True)]
    size = 32 + len(head) + 1
    day = (WRITTEN.year - 1900, WRITTEN.month, WRITTEN.day)
    top = struct.pack("<4BIHH20x", 3, *day, len(records), size, 1 + sum(widths))
    return top + head + b"\r" + b"".join(records) + b"\x1a"


def _dbf_field(name: str, letter: bytes, width: int, decimals: int) -> bytes:
    return struct.pack("<11sc4xBB14x", name.encode(TEXT), letter, width, decimals)


def _cells(values: Sequence[object]) -> tuple[tuple[bytes, int, int], list[bytes]]:
    sample = next((value for value in values if value is not None), "")
    if isinstance(sample, dt.date):
        return (b"D", 8, 0), [f"{day:%Y%m%d}".encode() if day else b" " * 8 for day in values]
    if isinstance(sample, Decimal):
        decimals = max(-int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal))
        return (b"N", 12, decimals), [f"{value:12.{decimals}f}".encode() for value in values]
    texts = [str(value or "").encode(TEXT) for value in values]
    width = max(1, *map(len, texts))
    return (b"C", width, 0), [text.ljust(width) for text in texts]


def write_csv(path: Path, table: Table, encoding: str) -> None:
    """Write a CSV with a heading row and Windows line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns.values())
    writer.writerows(_lines(table))
    path.write_bytes(text.getvalue().encode(encoding))


def write_xlsx(path: Path, table: Table, sheet: str) -> None:
    """Write a workbook of one sheet with a heading row; days are typed as days."""
    book = xlsxwriter.Workbook(path, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": WRITTEN, "comments": "synthetic demonstration data"})
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, list(table.columns.values()), book.add_format({"bold": True}))
    for number, line in enumerate(_lines(table), start=1):
        page.write_row(number, 0, [float(cell) if isinstance(cell, Decimal) else cell for cell in line])
    book.close()


def _lines(table: Table) -> Iterable[list[object]]:
    return ([row.get(ours) for ours in table.columns] for row in table.rows)
