"""Measured areas against an independent reading and an independent library."""

import zipfile

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from geo_app.ingest import Choices
from geo_app.services import measuring

GEOD = pyproj.Geod(ellps="GRS80")
FILES = [
    "at_block__inspire_referenzen_2021_polygon.gpkg.zip",
    "bg__bg_arable_land_2024.zip",
    "cz__cz_zadosti23.zip",
    "de_sh__Feldbloecke_2026_GPKG.zip",
    "ec_ro__RO_ny.zip",
    "fi__LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg",
    "jecam__BD_JECAM_CIRAD_2023_feb.shp",
    "jp__jp_field_polygons_2024.parquet",
    "nl__brpgewaspercelen_definitief_2023.gpkg",
    "nz__irrigated-land-area-raw-2020-update.zip",
    "stoke_bare_land_candidates.geojson",
    "us_ca_scm__i15_crop_mapping_2023_provisional_20241127.gdb.zip",
]


@pytest.mark.filterwarnings("ignore:Measured")  # pyogrio says that it drops M values
@pytest.mark.parametrize("name", FILES)
def test_geodesic_area_agrees_with_geod_feature_by_feature(lp, shared_files, name):
    path = shared_files / "realdata" / name
    rows = measuring.measure(lp, path, Choices())
    frame = gpd.read_parquet(path) if path.suffix == ".parquet" else pyogrio.read_dataframe(_inside(path))
    shapes = shapely.orient_polygons(shapely.force_2d(frame.to_crs(4326).geometry.to_numpy()))
    expected = np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapes])
    measured = np.array([row["area_m2"]["geodesic"] for row in rows])
    assert (np.abs(measured - expected) <= 1e-6 * expected + 2e-4).all()


def test_plane_and_declared_stand_beside(lp, shared_files):
    rows = measuring.measure(lp, shared_files / "realdata" / "ec_ro__RO_ny.zip", Choices())
    first = rows[0]["area_m2"]
    assert first["plane"] == pytest.approx(first["geodesic"], rel=2e-3)
    assert first["declared"] == pytest.approx(first["geodesic"], rel=2e-3)  # AREA_HA holds square metres


def test_degrees_have_no_plane_area(lp, shared_files):
    rows = measuring.measure(lp, shared_files / "realdata" / "stoke_bare_land_candidates.geojson", Choices())
    assert {row["area_m2"]["plane"] for row in rows} == {None}


def _inside(path):
    """Name the one folder in an archive that GDAL does not find by itself."""
    if path.suffix != ".zip":
        return path
    names = [each for each in zipfile.ZipFile(path).namelist() if each.lower().endswith((".shp", ".gpkg", ".gdb/"))]
    return f"/vsizip/{path}/{names[0]}" if names else path
