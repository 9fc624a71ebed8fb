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


@pytest.mark.filterwarnings("ignore:Measured")
@pytest.mark.parametrize("name", FILES)
def test_official_area_stands_beside_geodesic_feature_by_feature(lp, shared_files, name):
    rows = measuring.measure(lp, shared_files / "realdata" / name, Choices())
    geodesic, official = (np.array([row["area_m2"][method] for row in rows]) for method in ("geodesic", "official"))
    assert (np.abs(official - geodesic) <= 3e-5 * geodesic + 0.02).all()  # strips along straight edges of 2 km


def drawn(crs: int) -> gpd.GeoDataFrame:
    corners = [(31_000.123456, 80.5), (38_400.00005, 2_100), (35_600, 9_950.77777), (30_200, 7_000)]
    east, north = (32_500_000, 4_100_000) if crs in (4520, 2356) else (500_000, 4_100_000)
    ring = [(east + x, north + y) for x, y in corners]
    plot = shapely.Polygon(ring, [shapely.affinity.scale(shapely.Polygon(ring), 0.2, 0.2).exterior])
    shapes = [
        plot,
        shapely.MultiPolygon([plot, shapely.affinity.translate(plot, 12_000, 0)]),
        shapely.Point(east, north),
    ]
    return gpd.GeoDataFrame(geometry=[*shapes, None], crs=crs)


@pytest.mark.parametrize("crs", [4520, 2356, 4541, 2429, 4505], ids=str)
def test_official_area_of_a_file_agrees_with_the_reference(lp, tmp_path, reference, crs):
    frame = drawn(crs)
    pyogrio.write_dataframe(frame, tmp_path / "plots.gpkg")
    rows = measuring.measure(lp, tmp_path / "plots.gpkg", Choices())
    meridian, zone = (99, None) if crs == 4505 else (96, 32 if crs in (4520, 2356) else None)
    expected = [reference(shape, meridian, zone) for shape in frame.geometry[:2]]
    assert [row["area_m2"]["official"] for row in rows[:2]] == pytest.approx(expected, rel=1e-9, abs=0.01)
    assert [row["area_m2"]["official"] for row in rows[2:]] == [0, None]


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
