"""Odd and real files that are not part of the project; skipped where they are absent."""

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from geo_app.errors import AnswerNeeded, GeoAppError, Refused
from geo_app.ingest import Choices, place, read_raw

GRASS, HEAP, POINTS = "grassland_restored", "waste_household", "soil_remediated"
GEOD = pyproj.Geod(a=6378137.0, rf=298.257222101)

# file -> accepted records, or the answer that is needed, or what the refusal says
CORPUS: dict[str, int | str | tuple[str]] = {
    "blns.json": "no GeoJSON",
    "gdal_csv_utf8_bom.csv": "None of the 2 records",
    "gdal_emptymultipoly.zip": "no geometry",
    "gdal_mixed_shape_type.zip": ("crs",),
    "gdal_nullvalues.geojson": "None of the 2 records .* no geometry",
    "gdal_pointnan.zip": "None of the 2 records",
    "gdal_poly.zip": 10,
    "gdal_poly_vrt.vrt": "points to other files",
    "gdal_prj_utf8bom.zip": "is a Point",
    "gdal_samples.kml": ("sublayer",),
    "gdal_slightly_overlapping.zip": ("crs",),
    "gdal_srs_name.geojson": "is a GeometryCollection",
    "gdal_truncated.kml": "line 35",
    "geojsonhint_bad-duplicate-properties.geojson": "twice in one object",
    "geojsonhint_different-first-last.geojson": "ring is not closed",
    "geojsonhint_point-toofew.geojson": "at least two numbers",
    "geojsonhint_rootstring.geojson": "no GeoJSON",
    "geojsonhint_stringcoord.geojson": "None of the 2 records",
    "geopandas_null_geom.geojson": "None of the 2 records",
    "gt_chinese_poly_gbk_nocpg.zip": 1,
    "gt_danish_point.zip": "is a Point",
    "gt_deleted_records.zip": "None of the 21 records",
    "gt_empty_shapefile.zip": "no records",
    "gt_holeTouchEdge.zip": ("crs",),
    "infused_dbase_83_missing_memo.dbf": "one part of a shapefile",
    "jsontest_100000_open_arrays.geojson": "nested too deep",
    "jsontest_utf16le_no_bom.geojson": "not UTF-8",
    "mapshaper_gbk_only.dbf": "one part of a shapefile",
    "mapshaper_invalid_json.json": "cannot be read as JSON",
    "mapshaper_ldid_chinese.zip": "is a Point",
    "mapshaper_mixed_crs.gpkg": ("sublayer",),
    "mapshaper_openring.json": "ring is not closed",
    "pyshp_REL_folder.zip": 1,
    "pyshp_blockgroups_noprj.zip": ("crs",),
    "pyshp_corrupt_too_long.zip": "is damaged",
    "pyshp_empty_zipfile.zip": "nothing that can be read",
    "pyshp_latin1_noshx.zip": r"\.shx is missing",
    "sf_nospatial.gpkg": "no table with geometry",
    "shpjs_badzip.zip": "expected ZIP",
    "shpjs_mixedcase.zip": 40,
    "shpjs_noshp.zip": r"no \.shp",
    "shpjs_qgis_mshp.zip": 2,
    "togeojson_cdata.kml": "is a Point",
}


@pytest.mark.parametrize("name", CORPUS)
def test_an_odd_file_ends_as_it_should(shared_files, take, name):
    expected = CORPUS[name]
    begun = time.monotonic()
    if isinstance(expected, int):
        assert take(shared_files / "corpus" / name).accepted == expected
    elif isinstance(expected, tuple):
        with pytest.raises(AnswerNeeded) as asked:
            take(shared_files / "corpus" / name)
        assert (asked.value.needs,) == expected
    else:
        with pytest.raises(Refused, match=expected):
            take(shared_files / "corpus" / name)
    assert time.monotonic() - begun < 20


def test_every_odd_file_is_known(shared_files):
    assert {each.name for each in (shared_files / "corpus").iterdir()} - {"MANIFEST.tsv"} == set(CORPUS)


def test_no_odd_file_breaks_a_layer_that_takes_everything(shared_files, take):
    for path in sorted((shared_files / "corpus").iterdir()):
        try:
            take(path, HEAP, sublayer="all", crs="EPSG:4326")
        except GeoAppError as error:
            assert str(error)


@pytest.mark.parametrize(
    ("name", "more", "accepted"),
    [
        ("gdal_mixed_shape_type.zip", {"crs": "EPSG:4326"}, 2),
        ("gdal_slightly_overlapping.zip", {"crs": "EPSG:32631"}, 1),
        ("gdal_samples.kml", {"sublayer": "Google Campus"}, 4),
        ("gt_holeTouchEdge.zip", {"crs": "EPSG:3005"}, 1),
        ("pyshp_blockgroups_noprj.zip", {"crs": "EPSG:4326"}, 663),
        ("mapshaper_mixed_crs.gpkg", {"sublayer": "oregon_2269"}, 1),
    ],
)
def test_an_answer_makes_an_odd_file_good(shared_files, take, name, more, accepted):
    assert take(shared_files / "corpus" / name, **more).accepted == accepted


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("gt_chinese_poly_gbk_nocpg.zip", "NAME", "黑龙江省"),
        ("mapshaper_ldid_chinese.zip", "NAME", "简体"),
        ("togeojson_cdata.kml", "name", None),
    ],
)
def test_odd_text_comes_out_right(shared_files, name, column, value):
    raw = read_raw(shared_files / "corpus" / name, name=name)
    assert value is None or raw.parts[0].table[column].iloc[0] == value


def test_both_layers_of_one_ground_have_the_same_area(shared_files, take):
    path = shared_files / "corpus" / "mapshaper_mixed_crs.gpkg"
    plane, degrees = (take(path, sublayer=f"oregon_{code}").total for code in (2269, 4326))
    assert plane == pytest.approx(degrees, rel=0.01)


# file -> layer, answers, records, system, column that declares the area or weight and its unit
REAL: dict[str, tuple[str, dict[str, str], int, str, str | None, str | None]] = {
    "at_block__inspire_referenzen_2021_polygon.gpkg.zip": (GRASS, {}, 100, "EPSG:31287", "BRUTTOFLAECHE_HA", "ha"),
    "bg__bg_arable_land_2024.zip": (GRASS, {}, 100, "EPSG:32635", "AREA", "m²"),
    "cz__cz_zadosti23.zip": (GRASS, {}, 100, "EPSG:4258", "DPB_VYMERA", "ha"),
    "de_sh__Feldbloecke_2026_GPKG.zip": (GRASS, {}, 100, "EPSG:4647", "Flaeche", "ha"),
    "ec_ro__RO_ny.zip": (GRASS, {}, 100, "EPSG:32635", "AREA_HA", "m²"),
    "fi__LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg": (GRASS, {}, 100, "EPSG:3067", "PINTA_ALA", "ha"),
    "jecam__BD_JECAM_CIRAD_2023_feb.shp": (GRASS, {}, 100, "EPSG:4326", "Area_ha", "ha"),
    "jp__jp_field_polygons_2024.parquet": (GRASS, {}, 100, "EPSG:6668", None, None),
    "landfill_lmop_ma.csv": (HEAP, {}, 73, "EPSG:4326", "Waste in Place (tons)", "tons"),
    "landfill_lmop_md.csv": (HEAP, {}, 55, "EPSG:4326", "Waste in Place (tons)", "tons"),
    "landfill_lmop_ny.csv": (HEAP, {}, 137, "EPSG:4326", "Waste in Place (tons)", "tons"),
    "nl__brpgewaspercelen_definitief_2023.gpkg": (GRASS, {}, 100, "EPSG:28992", None, None),
    "nz__irrigated-land-area-raw-2020-update.zip": (GRASS, {}, 100, "EPSG:2193", "area_ha", "ha"),
    "stoke_bare_land_candidates.geojson": (GRASS, {}, 20, "EPSG:4326", "hectares", "ha"),
    "stoke_brownfield_register_2019.xlsx": (POINTS, {"crs": "EPSG:27700"}, 218, "EPSG:27700", "Hectares", "hectares"),
    "us_ca_scm__i15_crop_mapping_2023_provisional_20241127.gdb.zip": (GRASS, {}, 100, "EPSG:4269", "Shape_Area", None),
}


@pytest.mark.filterwarnings("ignore:Measured")  # pyogrio, about a file of the comparison
@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_read_whole(shared_files, take, name):
    layer, answers, records, system, column, unit = REAL[name]
    reading = take(shared_files / "realdata" / name, layer, **answers)
    assert (reading.records, reading.accepted, reading.crs) == (records, records, system)
    mapped = {each.name: each.unit for each in reading.columns if each.ours in ("declared_area", "quantity")}
    assert mapped == ({} if column is None else {column: unit})
    if layer == GRASS:
        expected = independent(shared_files / "realdata" / name)
        measured = reading.sites["amount"].to_numpy(float) / 10_000
        assert (np.abs(measured - expected) <= 1e-6 * expected + 2e-4).all()


def test_every_real_file_is_known(shared_files):
    parts = {".dbf", ".prj", ".shx", ".tsv"}
    assert {each.name for each in (shared_files / "realdata").iterdir() if each.suffix not in parts} == set(REAL)


def independent(path: Path) -> np.ndarray:
    """Areas by GeoPandas and pyproj, on a path through none of our code."""
    if path.suffix == ".parquet":
        frame = gpd.read_parquet(path)
    else:
        source = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
        if path.name.startswith("ec_ro"):
            source += "/RO/RO_ny_EC21.shp"
        frame = pyogrio.read_dataframe(source, columns=[])
    flat = shapely.orient_polygons(shapely.force_2d(frame.to_crs("EPSG:4326").geometry.to_numpy()))
    return np.array([abs(GEOD.geometry_area_perimeter(each)[0]) for each in flat])


def test_register_without_a_system_asks_for_it(shared_files, take):
    with pytest.raises(AnswerNeeded) as asked:
        take(shared_files / "realdata" / "stoke_brownfield_register_2019.xlsx", POINTS)
    assert (asked.value.needs, asked.value.choices) == ("crs", ())


def test_raw_features_stand_in_file_order_with_null_where_there_is_no_shape(shared_files):
    raw = read_raw(shared_files / "corpus" / "geopandas_null_geom.geojson", name="a.geojson", choices=Choices())
    part = raw.parts[0]
    assert part.records.tolist() == [1, 2]
    assert part.shapes.is_missing.tolist().count(True) == 1
    assert place(part, None).name == "EPSG:4326"
