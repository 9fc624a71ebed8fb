"""The formats that are read, and by name those that are not."""

from dataclasses import dataclass

from geo_app.i18n import N_


@dataclass(frozen=True)
class Format:
    """A format: what it is called and how its files end."""

    title: str
    suffixes: tuple[str, ...]


FORMATS: dict[str, Format] = {
    "shapefile": Format("Shapefile", (".shp", ".zip")),
    "gpkg": Format("GeoPackage", (".gpkg", ".zip")),
    "filegdb": Format("File geodatabase", (".zip",)),
    "geojson": Format("GeoJSON", (".geojson", ".json")),
    "kml": Format("KML", (".kml",)),
    "kmz": Format("KMZ", (".kmz",)),
    "geoparquet": Format("GeoParquet", (".parquet", ".geoparquet")),
    "csv": Format("CSV", (".csv", ".txt", ".tsv")),
    "xlsx": Format("Excel workbook", (".xlsx",)),
}
SUFFIXES = tuple(dict.fromkeys(suffix for each in FORMATS.values() for suffix in each.suffixes))

_VECTOR = N_("{file} is {kind}, which Landproof does not read. Export it as GeoPackage, GeoJSON or zipped shapefile.")
_ARCHIVE = N_("{file} is {kind}, which Landproof does not unpack. Unpack it and pack the files again as .zip.")
_SHEET = N_("{file} is {kind}, which Landproof does not read. Save it as .xlsx or .csv.")
_PART = N_(
    "{file} is one part of a shapefile ({kind}). Pack the .shp, .shx, .dbf and .prj of the same name into one .zip."
)
_FOLDER = N_("{file} is {kind}. Pack the whole folder into one .zip.")
_POINTER = N_("{file} is {kind}: it points to other files and holds no sites itself. Send the file that it points to.")
_PAPER = N_("{file} is {kind} and holds no sites that can be read. Send the data it was made from.")
OTHER = N_("{file} is of a kind that Landproof does not read. The kinds it reads end in {expected}.")

# suffix -> what it is and the sentence with the way out
REFUSED: dict[str, tuple[str, str]] = {
    ".gml": ("GML", _VECTOR),
    ".dxf": ("DXF", _VECTOR),
    ".dwg": ("DWG", _VECTOR),
    ".dgn": ("DGN", _VECTOR),
    ".tab": ("MapInfo TAB", _VECTOR),
    ".mif": ("MapInfo MIF", _VECTOR),
    ".mid": ("MapInfo MID", _VECTOR),
    ".fgb": ("FlatGeobuf", _VECTOR),
    ".gpx": ("GPX", _VECTOR),
    ".osm": ("OpenStreetMap XML", _VECTOR),
    ".pbf": ("OpenStreetMap PBF", _VECTOR),
    ".topojson": ("TopoJSON", _VECTOR),
    ".geojsonl": ("GeoJSONL", _VECTOR),
    ".sqlite": ("SQLite", _VECTOR),
    ".db": ("SQLite", _VECTOR),
    ".mdb": ("Access", _VECTOR),
    ".accdb": ("Access", _VECTOR),
    ".mbtiles": ("MBTiles", _VECTOR),
    ".pmtiles": ("PMTiles", _VECTOR),
    ".vct": ("VCT", _VECTOR),
    ".wl": ("MapGIS", _VECTOR),
    ".wp": ("MapGIS", _VECTOR),
    ".wt": ("MapGIS", _VECTOR),
    ".e00": ("ArcInfo E00", _VECTOR),
    ".xml": ("XML", _VECTOR),
    ".wkt": ("WKT", _VECTOR),
    ".rar": ("RAR", _ARCHIVE),
    ".7z": ("7z", _ARCHIVE),
    ".gz": ("gzip", _ARCHIVE),
    ".tgz": ("tar", _ARCHIVE),
    ".tar": ("tar", _ARCHIVE),
    ".bz2": ("bzip2", _ARCHIVE),
    ".xz": ("xz", _ARCHIVE),
    ".xls": ("Excel 97", _SHEET),
    ".xlsm": ("XLSM", _SHEET),
    ".xlsb": ("XLSB", _SHEET),
    ".et": ("WPS ET", _SHEET),
    ".ods": ("ODS", _SHEET),
    ".dbf": (".dbf", _PART),
    ".shx": (".shx", _PART),
    ".prj": (".prj", _PART),
    ".cpg": (".cpg", _PART),
    ".sbn": (".sbn", _PART),
    ".sbx": (".sbx", _PART),
    ".gdb": ("FileGDB", _FOLDER),
    ".gdbtable": ("FileGDB", _FOLDER),
    ".vrt": ("VRT", _POINTER),
    ".lyr": ("ArcGIS layer", _POINTER),
    ".lyrx": ("ArcGIS layer", _POINTER),
    ".mxd": ("ArcGIS project", _POINTER),
    ".aprx": ("ArcGIS project", _POINTER),
    ".qgs": ("QGIS project", _POINTER),
    ".qgz": ("QGIS project", _POINTER),
    ".pdf": ("PDF", _PAPER),
    ".doc": ("Word", _PAPER),
    ".docx": ("Word", _PAPER),
    ".tif": ("TIFF", _PAPER),
    ".tiff": ("TIFF", _PAPER),
    ".jpg": ("JPEG", _PAPER),
    ".png": ("PNG", _PAPER),
}

# what may hold sites as well, where it lies beside what is read of an archive
DATA_SUFFIXES = frozenset(
    [suffix for suffix in SUFFIXES if suffix not in (".shp", ".txt")]
    + [suffix for suffix, (_, cure) in REFUSED.items() if cure in (_VECTOR, _ARCHIVE, _SHEET) and suffix != ".xml"]
)

# what is taken of a shapefile; everything else beside it can be made again
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
