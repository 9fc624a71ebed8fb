"""Every record of every file is a site or a rejection with its number; nothing else, nothing lost."""

import json
import math

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_app.errors import GeoAppError, Refused
from tests.ingest import files

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
CELLS = st.sampled_from(
    [
        "",
        "1",
        "2.5",
        "1,234.5",
        "67,8",
        "****",
        "NaN",
        "inf",
        "-3",
        "0",
        "300公斤",
        "5吨",
        "5方",
        "合计",
        "1e400",
        "１２",
    ]
)
CODES = st.sampled_from(["A", "B", "", "合计", "总计：", "a b"])
PLACES = st.sampled_from(["", "96.5", "36.5", "east", "196.5", "1e9", "97°22'"])
NUMBERS = st.one_of(
    st.floats(-400, 400), st.sampled_from([96.0, 96.001, 36.0, 36.001, 1e300, 4_000_000.0, 32_500_000.0])
)
RINGS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=0, max_size=6)


def accounted(reading):
    """Check the law on a reading."""
    numbers = [*reading.sites["record"], *(each.record for each in reading.rejected)]
    assert len(numbers) == len(set(numbers)) == reading.records
    amounts = reading.sites["amount"]
    assert (amounts.dropna() >= 0).all()
    assert reading.total == sum(int(each) for each in amounts.dropna())
    assert math.isfinite(reading.total)
    places = reading.sites.geometry.to_numpy()
    assert (shapely.is_valid(places) | shapely.is_missing(places)).all()


def read(take, path, layer, **choices):
    try:
        accounted(take(path, layer, **choices))
    except GeoAppError as error:
        assert str(error)


@QUICK
@given(rows=st.lists(st.tuples(CODES, CELLS, PLACES, PLACES, st.sampled_from(["", "x"])), max_size=8))
def test_tables(tmp_path, take, rows):
    lines = "".join(";".join(f'"{cell}"' for cell in row if cell != "x") + "\n" for row in rows)
    path = tmp_path / "a.csv"
    path.write_text("磅单号;净重(吨);lon;lat\n" + lines, encoding="utf-8")
    read(take, path, "waste_household")


@QUICK
@given(rings=st.lists(st.lists(RINGS, max_size=2), min_size=1, max_size=5), closed=st.booleans())
def test_polygons(tmp_path, take, rings, closed):
    features = []
    for polygon in rings:
        coordinates = [[list(point) for point in ring + ring[:1] * closed] for ring in polygon]
        geometry = {"type": "Polygon", "coordinates": coordinates}
        features.append({"type": "Feature", "properties": {"id": "x"}, "geometry": geometry})
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    read(take, path, "grassland_restored", crs="EPSG:4326")


@QUICK
@given(
    kept=st.lists(st.sampled_from(["square", "bowtie", "none"]), min_size=1, max_size=6),
    deleted=st.sets(st.integers(0, 5)),
)
def test_shapefiles_with_deleted_records(tmp_path, take, kept, deleted):
    shapes = {"square": files.square(), "bowtie": bowtie(), "none": None}
    rows = [["T", "15"] for _ in kept]
    parts = files.shapes(tmp_path, [shapes[each] for each in kept])
    fields = [("图斑编号", "C", 9, 0), ("面积_亩", "C", 9, 0)]
    parts[".dbf"] = files.dbf(fields, rows, deleted=[n for n in deleted if n < len(rows)])
    read(take, files.zipped(tmp_path, parts), "grassland_restored")


def bowtie():
    x, y = files.ZONE_32, 4_000_000
    return shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])


def test_sublayers_read_as_one_go_on_counting(tmp_path, take):
    frames = {
        "one": files.frame([files.square(0), None], id=["A", "B"]),
        "two": files.frame([files.square(1), files.square(2)], id=["A", "C"]),
    }
    reading = take(files.gpkg(tmp_path / "a.gpkg", frames), sublayer="all")
    accounted(reading)
    assert reading.sites["record"].tolist() == [1, 3, 4]
    assert reading.sites["ordinal"].tolist() == [1, 2, 1]


def test_missing_is_missing_and_nothing_is_nothing(tmp_path, take):
    path = tmp_path / "a.csv"
    path.write_text("磅单号,净重(吨)\nA,\nB,0\nC,3\n", encoding="utf-8")
    reading = take(path, "waste_household")
    assert reading.sites["amount"].isna().tolist() == [True, False, False]
    assert reading.sites["amount"].fillna(-1).tolist() == [-1, 0, 3_000_000]


@pytest.mark.parametrize("amount", ["9223372036854", "4611686018427"])
def test_a_total_of_huge_amounts_does_not_overflow(tmp_path, take, amount):
    path = tmp_path / "a.csv"
    path.write_text("磅单号,净重(吨)\n" + "".join(f"A{n},{amount}\n" for n in range(9)), encoding="utf-8")
    try:
        reading = take(path, "waste_household")
    except GeoAppError as error:
        assert "too large" in str(error)
    else:
        assert reading.total == 9 * int(amount) * 1_000_000


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ([1.0, 2.0, 12.0], ["1", "2", "12"]),
        ([1, 2.0, 3], ["1", "2", "3"]),
        ([1.0, 1.5, 2.0], ["1.0", "1.5", "2.0"]),
        (["1.0", "A", "2.0"], ["1.0", "A", "2.0"]),
        (["1.0", "1", "01"], ["1", "1", "01"]),
    ],
)
def test_a_whole_number_is_the_same_code_however_it_is_written(tmp_path, take, given, codes):
    shapes = [files.lonlat_square(n) for n in range(3)]
    reading = take(files.geojson(tmp_path / "a.geojson", shapes, [{"code": each} for each in given]))
    assert list(reading.sites["code"]) == codes
    assert len(set(zip(reading.sites["code"], reading.sites["ordinal"], strict=True))) == 3


def test_amounts_that_no_store_could_hold_are_refused_in_a_sentence(tmp_path, take):
    rows = "".join(f"b{number},已完成,99000000000000\n" for number in range(1100))
    path = tmp_path / "a.csv"
    path.write_text(f"编号,状态,金额(元)\n{rows}", encoding="utf-8")
    with pytest.raises(Refused, match="more than can be true"):
        take(path, "funds_minerals")
