"""What leaves Landproof: tables as CSV and XLSX, sites as GeoJSON and GeoPackage."""

from geo_app.exports.geodata import write_geojson, write_geopackage
from geo_app.exports.tables import Table, write_book, write_csv, write_xlsx

MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}

__all__ = ["MIMETYPES", "Table", "write_book", "write_csv", "write_geojson", "write_geopackage", "write_xlsx"]
