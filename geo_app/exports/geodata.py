"""Sites with their shapes, longitude and latitude on CGCS2000."""

import json
import tempfile
from pathlib import Path

import geopandas as gpd
import shapely


def write_geojson(sites: gpd.GeoDataFrame) -> bytes:
    """Write a FeatureCollection; a site without a place has a null geometry.

    RFC 7946 speaks of WGS 84, from which CGCS2000 differs by less than a metre.
    """
    properties = sites.drop(columns="geometry").astype(object)
    records = properties.where(properties.notna(), None).to_dict("records")
    shapes = shapely.to_geojson(sites.geometry.to_numpy())
    features = [
        {"type": "Feature", "properties": values, "geometry": json.loads(shape) if shape else None}
        for values, shape in zip(records, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def write_geopackage(sites: gpd.GeoDataFrame) -> bytes:
    """Write a GeoPackage with the one table ``sites``, EPSG:4490."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        sites.to_file(path, layer="sites", driver="GPKG", geometry_type="Unknown")
        return path.read_bytes()
