"""The demonstration's files, read back without any code of ours."""

import csv
import hashlib
import io
import json
import struct
import zipfile
from collections import Counter
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from geo_app.districts import load_districts
from geo_app.ingest import Choices, read_raw, read_sites
from geo_app.layers import load_layers
from geo_app.samples import Sample, generated_sites, write_samples
from geo_app.samples.ground_plans import GROUND
from geo_app.samples.ledger_plans import LEDGERS
from geo_app.samples.rows import STATUS_WORDS
from geo_app.units import from_parts

ROOT = Path(__file__).parents[1]
LAYERS = load_layers(ROOT / "layers")
MU = 2000 / 3
GEOD = pyproj.Geod(a=6378137.0, rf=298.257222101)
PLACES = ("lon", "lat")


def outline() -> dict[str, shapely.Geometry]:
    text = (ROOT / "data/boundaries/haixi_county.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    return {each["properties"]["code"]: shapely.geometry.shape(each["geometry"]) for each in features}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return write_samples(tmp_path_factory.mktemp("samples"), LAYERS, outline())


@pytest.fixture(scope="module")
def sites(samples: list[Sample]) -> pd.DataFrame:
    """Every polygon by code, with its area by pyproj alone."""
    frames = [polygons(sample).assign(layer=sample.layer) for sample in samples if is_ground(sample)]
    return pd.concat(frames).set_index("code")


def is_ground(sample: Sample) -> bool:
    return sample.layer in {"grassland_restored", "grassland_protected", "farmland_reclaimed"}


def polygons(sample: Sample) -> pd.DataFrame:
    file = next(each for each in GROUND if each.name == sample.path.name)
    source = f"/vsizip/{sample.path}/{file.folder}" if sample.path.suffix == ".zip" else sample.path
    frame = pyogrio.read_dataframe(source, encoding=None if sample.path.suffix == ".gpkg" else "GBK")
    frame = frame.set_crs(sample.choices.get("crs", frame.crs), allow_override=True)
    assert frame.crs == pyproj.CRS.from_epsg(file.crs)
    degrees = frame.to_crs(4490)
    frame["mu"] = [abs(GEOD.geometry_area_perimeter(each)[0]) / MU for each in degrees.geometry]
    frame["geometry"] = degrees.geometry
    theirs = {theirs: ours for ours, theirs in file.columns.items()}
    return pd.DataFrame(frame.rename(columns=theirs)).astype({"code": str})


def sheet(path: Path) -> list[list[object]]:
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [list(row) for row in rows]


def table(path: Path, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding))))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_samples_same_bytes_twice(samples: list[Sample], tmp_path: Path) -> None:
    again = write_samples(tmp_path, LAYERS, outline())
    assert [digest(each.path) for each in again] == [digest(each.path) for each in samples]


@pytest.mark.parametrize(
    ("layer", "count", "gross_mu", "tolerance"),
    [
        ("grassland_restored", 214, 114_986.2, 0.01),
        ("grassland_protected", 4, 74.79, 0.001),
        ("farmland_reclaimed", 61, 8_431.7, 0.01),
    ],
)
def test_ground_gross(sites: pd.DataFrame, layer: str, count: int, gross_mu: float, tolerance: float) -> None:
    drawn = sites[sites.layer == layer].mu
    assert len(drawn) == count
    assert drawn.sum() == pytest.approx(gross_mu, abs=tolerance)


@pytest.mark.parametrize(
    ("layer", "net_mu", "tolerance"),
    [
        ("grassland_restored", 112_658.0, 0.02),
        ("grassland_protected", 74.79, 0.001),
        ("farmland_reclaimed", 7_583.9, 0.01),
    ],
)
def test_ground_net(sites: pd.DataFrame, layer: str, net_mu: float, tolerance: float) -> None:
    contesting = {"grassland_restored": "farmland_reclaimed", "farmland_reclaimed": "grassland_restored"}
    left = shapely.difference(ground(sites, layer), ground(sites, contesting.get(layer, "nothing")))
    assert abs(GEOD.geometry_area_perimeter(left)[0]) / MU == pytest.approx(net_mu, abs=tolerance)


def ground(sites: pd.DataFrame, layer: str) -> shapely.Geometry:
    words = STATUS_WORDS["ground"]
    haixi = shapely.union_all([shapely.make_valid(each) for each in outline().values()])
    chosen = sites[(sites.layer == layer) & sites.status.isin([*words["finished"], *words["verified"]])]
    chosen = chosen[[bool(haixi.distance(each) < 0.03) for each in chosen.geometry]] if len(chosen) else chosen
    return shapely.union_all(chosen.geometry.to_numpy())


def test_planted_pairs_only(sites: pd.DataFrame) -> None:
    shapes = sites.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    pairs = {(a, b) for a, b in zip(*tree.query(shapes, predicate="intersects"), strict=True) if a < b}
    shared = {
        frozenset(sites.index[[a, b]]): abs(GEOD.geometry_area_perimeter(shapes[a] & shapes[b])[0]) / MU
        for a, b in pairs
    }
    assert shared == {
        frozenset({"DL-2022-0042", "DL-2023-0187"}): pytest.approx(684.3, abs=0.001),
        frozenset({"TJ-2022-0003", "TJ-2022-0021"}): pytest.approx(60.7, abs=0.001),
        frozenset({"WL-2022-0014", "WL-2023-0002"}): pytest.approx(268.9, abs=0.001),
        frozenset({"WL-2021-0030", "WL-2024-0008"}): pytest.approx(121.6, abs=0.001),
        frozenset({"WL-2022-0009", "FG-0031"}): pytest.approx(385.2, abs=0.001),
    }


def test_ground_is_drawn_well(sites: pd.DataFrame) -> None:
    corners = shapely.get_num_coordinates(sites.geometry.to_numpy()) - 1
    assert shapely.is_valid(sites.geometry.to_numpy()).all()
    assert corners.min() >= 10
    assert corners.max() <= 40
    assert sites.index.is_unique


def test_ground_stated_district(sites: pd.DataFrame) -> None:
    names = json.loads((ROOT / "data/boundaries/haixi_county.geojson").read_text(encoding="utf-8"))["features"]
    code = {each["properties"]["name"]: each["properties"]["code"] for each in names}
    inside = sites.drop("TJ-2024-0055")
    places = outline()
    assert all(places[code[each.district]].contains(each.geometry) for each in inside.itertuples())


def test_site_outside_is_far(sites: pd.DataFrame) -> None:
    haixi = shapely.union_all([shapely.make_valid(each) for each in outline().values()])
    assert haixi.distance(sites.geometry["TJ-2024-0055"]) * 80_000 > 5_000


def test_declared_near_drawn(sites: pd.DataFrame) -> None:
    more = sites.declared_area / sites.mu - 1
    assert more.abs().max() < 0.006
    assert sites[sites.layer == "grassland_restored"].declared_area.sum() == pytest.approx(115_012.4)


@pytest.mark.parametrize("file", GROUND, ids=lambda file: file.name)
def test_zip_members(samples: list[Sample], file) -> None:  # type: ignore[no-untyped-def]
    path = next(each.path for each in samples if each.path.name == file.name)
    names = zipfile.ZipFile(path).namelist() if path.suffix == ".zip" else []
    suffixes = {Path(name).suffix for name in names}
    assert (".cpg" in suffixes) == file.cpg
    assert (".prj" in suffixes) == (file.prj and path.suffix == ".zip")
    assert all(str(Path(name).parent) == (file.folder or ".") for name in names)


def test_dbf_declares_no_encoding(samples: list[Sample]) -> None:
    archive = zipfile.ZipFile(samples[0].path)
    content = archive.read(next(name for name in archive.namelist() if name.endswith(".dbf")))
    assert content[29] == 0
    assert struct.unpack("<I", content[4:8]) == (40,)
    assert "香日德".encode("gbk") in content


def test_hazardous_tickets(samples: list[Sample]) -> None:
    path = next(each.path for each in samples if each.layer == "waste_hazardous")
    heading, *rows, last = table(path, "gb18030")
    weight = heading.index("净重(kg)")
    tonnes = [Decimal(row[weight].replace(",", "")) / 1000 for row in rows]
    twice = Counter(row[0] for row in rows if row[heading.index("完成情况")] != "清运中")
    first = {row[0]: mass for row, mass in zip(rows, tonnes, strict=True) if row[0] in twice}
    assert sum(tonnes) == Decimal("58006.9")
    assert sum(first.values()) == Decimal("56700.4")
    assert sorted(twice.values())[-13:] == [2] * 13
    assert last[0] == "合计"
    assert last[weight] == "58,006,900"


def test_household_heaps(samples: list[Sample]) -> None:
    path = next(each.path for each in samples if each.layer == "waste_household")
    heading, *rows = sheet(path)
    mass = {row[0]: Decimal(str(row[heading.index("清运量(吨)")])) for row in rows}
    assert len(rows) == 12
    assert sum(mass.values()) == Decimal("254.18")


def test_industrial_heaps(samples: list[Sample]) -> None:
    path = next(each.path for each in samples if each.layer == "waste_industrial")
    frame = pyogrio.read_dataframe(path)
    assert frame.crs == pyproj.CRS.from_epsg(4490)
    assert frame["重量_吨"].sum() == pytest.approx(72.13)
    assert len(frame) == 6


@pytest.mark.parametrize(
    ("layer", "rows", "net"),
    [
        ("cases_administrative", 41, 38),
        ("cases_public_interest", 612, 606),
        ("suggestions_administrative", 31, 31),
        ("suggestions_public_interest", 462, 462),
        ("enterprises_other", 3, 3),
    ],
)
def test_counted_rows(samples: list[Sample], layer: str, rows: int, net: int) -> None:
    heading, *lines = sheet(next(each.path for each in samples if each.layer == layer))
    status = heading.index(next(each for each in LEDGERS if each.layer == layer).columns["status"])
    assert len(lines) == rows
    assert len({line[0] for line in lines if line[status] != "办理中"}) == net


def test_funds(samples: list[Sample]) -> None:
    paths = {each.layer: each.path for each in samples}
    fees = [row[3] for row in sheet(paths["funds_treatment"])[1:]]
    transfers = [Decimal(row[3]) for row in table(paths["funds_land_transfer"], "gb18030")[1:]]
    assert sum(fees) == 20
    assert sum(transfers) == Decimal("2067.05")


def test_polluted_land_is_a_point(samples: list[Sample]) -> None:
    heading, row = table(next(each.path for each in samples if each.layer == "soil_remediated"), "utf-8-sig")
    assert row[heading.index("治理面积_亩")] == "3"


def test_placed_rows_inside(samples: list[Sample]) -> None:
    haixi = shapely.union_all([shapely.make_valid(each) for each in outline().values()])
    heading, *rows = table(next(each.path for each in samples if each.layer == "waste_hazardous"), "gb18030")
    at = heading.index("经度")
    places = [(float(row[at]), float(row[at + 1])) for row in rows if row[at]]
    assert 72 <= len(places) < 90
    assert shapely.contains_xy(haixi, *np.array(places).T).all()


@pytest.mark.parametrize("plan", [*GROUND, *LEDGERS], ids=lambda plan: plan.name)
def test_columns_known_to_layer(plan) -> None:  # type: ignore[no-untyped-def]
    known = LAYERS[plan.layer].columns
    unknown = {ours: name for ours, name in plan.columns.items() if ours not in PLACES and name not in known[ours]}
    assert unknown == {}


@pytest.mark.parametrize("plan", [*GROUND, *LEDGERS], ids=lambda plan: plan.name)
def test_status_known_to_layer(plan) -> None:  # type: ignore[no-untyped-def]
    known = LAYERS[plan.layer].status
    words = STATUS_WORDS[getattr(plan, "kind", "ground")]
    assert all(set(theirs) <= set(known[ours]) for ours, theirs in words.items())


@pytest.mark.parametrize("plan", GROUND, ids=lambda plan: plan.name)
def test_dbf_names_fit(plan) -> None:  # type: ignore[no-untyped-def]
    assert plan.name.endswith(".gpkg") or all(len(name.encode("gbk")) <= 10 for name in plan.columns.values())


def test_every_row_says_synthetic(samples: list[Sample], sites: pd.DataFrame) -> None:
    sheets = [sheet(each.path) for each in samples if each.path.suffix == ".xlsx"]
    assert set(sites.note) == {"演示数据，虚构"}
    assert all(row[-1] == "演示数据，虚构" for rows in sheets for row in rows[1:])


def test_generated_sites(tmp_path: Path) -> None:
    path = generated_sites(400, 7, tmp_path)
    once = digest(path)
    frame = pyogrio.read_dataframe(path, encoding="GBK")
    corners = shapely.get_num_coordinates(frame.geometry.to_numpy()) - 1
    overlaps = sum(a.overlaps(b) for a, b in combinations(frame.geometry, 2))
    assert frame.crs == pyproj.CRS.from_epsg(4520)
    assert len(frame) == 400
    assert frame.is_valid.all()
    assert corners.min() >= 20
    assert corners.max() <= 60
    assert overlaps < 40
    assert digest(generated_sites(400, 7, tmp_path)) == once


@pytest.mark.parametrize("plan", [*GROUND, *LEDGERS], ids=lambda plan: plan.name)
def test_reads_through_ingest(samples: list[Sample], plan) -> None:  # type: ignore[no-untyped-def]
    sample = next(each for each in samples if each.path.name == plan.name)
    layer, choices = LAYERS[sample.layer], Choices(**sample.choices, confirmed=("all",))
    raw = read_raw(sample.path, name=plan.name, choices=choices)
    reading = read_sites(raw, layer, choices, load_districts(ROOT / "data/boundaries"))
    assert reading.records == sample.truth["records"]
    assert len(reading.rejected) == sample.truth["rejected"]
    assert float(from_parts(reading.total, layer.measure)) == pytest.approx(sample.truth["gross"], abs=0.5)
