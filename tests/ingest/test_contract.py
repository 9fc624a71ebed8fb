"""`import --dry-run --json`: one object with every key, whatever the file is."""

import json
import logging
import random
import sys

import pytest

from geo_app.cli.main import main
from tests.ingest import files
from tests.ingest.hostile import Lure
from tests.ingest.hostile_more import CASES

KEYS = {
    "file", "sha256", "format", "layer", "status", "records", "accepted", "rejected", "crs", "crs_source",
    "encoding", "encoding_source", "columns", "units", "findings", "total", "unit",
}  # fmt: skip
NEEDS = {"crs", "encoding", "columns", "sublayer", "status", "confirmation"}
CODES = {"ready": 0, "accepted": 0, "refused": 2, "needs_input": 3}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in this process, so that nothing that it should catch gets away."""
    monkeypatch.setenv("GEO_APP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)

    def call(path, *more, layer="grassland_restored", dry=True, status="finished"):
        arguments = ["import", str(path), "--layer", layer, "--json", *more]
        arguments += ["--dry-run"] if dry else []
        arguments += ["--status", status] if status else []
        code = main(lambda _: None, arguments)
        found = json.loads(capsys.readouterr().out)
        assert found.keys() >= KEYS
        assert CODES[found["status"]] == code
        assert found["layer"] == layer
        for each in found["findings"] or ():
            assert each.keys() == {"rule", "severity", "record", "message"}
        if found["status"] == "refused":
            assert found["reason"]
        if found["status"] == "needs_input":
            assert found["needs"] and set(found["needs"]) <= NEEDS
        if found["status"] in ("ready", "accepted"):
            assert found["records"] == found["accepted"] + found["rejected"]
            assert not [key for key in KEYS - {"crs", "encoding"} if found[key] is None]
        return found

    return call


def test_a_good_file_is_ready_with_everything(tmp_path, run):
    columns = {"图斑编号": ["T1", "T2"], "面积_亩": ["15", "15"]}
    path = files.zipped(tmp_path, files.shapefile(tmp_path, [files.square(0), None], columns))
    found = run(path)
    assert (found["status"], found["format"], found["records"], found["accepted"]) == ("ready", "shapefile", 2, 1)
    assert (found["crs"], found["crs_source"]) == ("EPSG:4520", "file")
    assert (found["encoding"], found["encoding_source"]) == ("GB18030", "inferred")
    assert found["columns"] == {"code": "图斑编号", "declared_area": "面积_亩"}
    assert (found["units"], found["unit"]) == ({"declared_area": "亩"}, "m2")
    assert found["total"] == pytest.approx(10_000, rel=2e-3)
    assert len(found["sha256"]) == 64


def test_everything_that_is_needed_is_asked_at_once(tmp_path, run):
    parts = files.shapefile(tmp_path, [files.square(x0=500_000)])
    del parts[".prj"]
    found = run(files.zipped(tmp_path, parts), status=None)
    assert set(found["needs"]) == {"crs", "status"}
    assert (found["records"], found["format"], found["encoding"]) == (1, "shapefile", "GB18030")
    assert {each["needs"] for each in found["questions"]} == {"crs", "status"}


def test_an_inferred_system_needs_a_yes_and_accept_gives_it(tmp_path, run):
    parts = files.shapefile(tmp_path, [files.square()])
    del parts[".prj"]
    path = files.zipped(tmp_path, parts)
    found = run(path)
    assert (found["needs"], found["choices"]) == (["confirmation"], ["crs:EPSG:4520"])
    assert (found["crs"], found["crs_source"], found["accepted"]) == ("EPSG:4520", "inferred", 1)
    assert run(path, "--accept")["status"] == "ready"
    assert run(path, dry=False)["needs"] == ["confirmation"]
    assert run(path, "--accept", dry=False)["status"] == "accepted"
    assert run(path, "--accept", dry=False)["known"]


def test_totals_and_repairs_need_a_yes_as_well(tmp_path, run):
    path = tmp_path / "a.csv"
    path.write_text("磅单号,净重(吨)\nA,1\n合计,1\n", encoding="utf-8")
    found = run(path, layer="waste_household")
    assert (found["needs"], found["choices"], found["accepted"], found["rejected"]) == (
        *(["confirmation"], ["totals"]),
        *(1, 1),
    )
    assert run(path, "--accept", layer="waste_household")["total"] == 1


def test_numbers_of_rows_merge_nothing_unless_they_are_said_to_be_codes(tmp_path, run):
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("序号,名称,净重(吨)\n1,甲,5\n2,乙,6\n", encoding="utf-8")
    other.write_text("序号,名称,净重(吨)\n1,丙,7\n2,丁,8\n", encoding="utf-8")
    given = {"layer": "waste_household", "dry": False}
    run(one, "--accept", **given)
    assert run(other, layer="waste_household")["choices"] == ["numbers:new", "numbers:same"]
    assert run(other, **given)["option"] == "--accept / --column code=序号"
    said = run(other, "--accept", "--column", "code=序号", **given)
    assert (said["difference"]["added"], said["difference"]["changed"]) == (0, 2)
    assert run(one, "--accept", "--status", "verified", **given)["difference"]["added"] == 2


def test_what_is_ready_waits_for_a_yes_without_accept(tmp_path, run):
    path = files.geojson(tmp_path / "a.geojson", [files.lonlat_square()])
    found = run(path, dry=False)
    assert (found["status"], found["needs"], found["accepted"]) == ("needs_input", ["confirmation"], 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--unit", "quantity=kg"), "no unit of area"),
        (("--unit", "code=kg"), "no unit. The columns"),
        (("--unit", "declared_area=parsec"), "no unit of area"),
        (("--crs", "EPSG:5773"), "no system"),
        (("--encoding", "martian"), "no encoding"),
        (("--sublayer", "none"), "no sublayer"),
        (("--column", "code=none"), "no column"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(tmp_path, run, more, said):
    path = files.zipped(tmp_path, files.shapefile(tmp_path, [files.square()]))
    found = run(path, *more)
    assert found["status"] == "refused"
    assert said in found["reason"]


def test_reason_of_a_refusal_says_the_rule_once(tmp_path, run, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("id,wkt\n1,garbage\n", encoding="utf-8")
    found = run(path, "--crs", "EPSG:4490")
    assert found["reason"].endswith("first record 1: The geometry cannot be decoded: garbage.")
    monkeypatch.setenv("GEO_APP_LANGUAGE", "zh")
    assert "cannot" not in run(path, "--crs", "EPSG:4490")["reason"]


def test_what_is_no_file_or_no_layer_is_refused(tmp_path, run):
    assert "no file" in run(tmp_path / "absent.zip")["reason"]
    assert "no file" in run(tmp_path)["reason"]
    path = files.geojson(tmp_path / "a.geojson", [files.lonlat_square()])
    assert "The layers are" in run(path, layer="nothing")["reason"]
    assert run(path, layer="nothing")["unit"] is None


def test_a_name_in_no_encoding_is_printed(tmp_path, run):
    path = tmp_path / b"\xd0\xde\xb8\xb4.geojson".decode("utf-8", "surrogateescape")
    files.geojson(path, [files.lonlat_square()])
    assert run(path)["file"].endswith(".geojson")


def test_every_hostile_file_gives_one_object(tmp_path, run):
    lure = Lure(files.geojson(tmp_path / "canary.geojson", [files.lonlat_square()]), 9)
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        run(case.make(folder, lure), layer=case.layer)


def test_every_odd_file_gives_one_object(shared_files, run):
    for folder in ("corpus", "realdata"):
        for path in sorted((shared_files / folder).iterdir()):
            run(path)
            run(path, "--accept", "--sublayer", "all", layer="waste_household")


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_under_every_name_give_one_object(tmp_path, run, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    heads = (b"", b"PK\x03\x04", b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"PAR1", b"{", b"<kml>", b"a,b\n")
    for suffix in (".zip", ".shp", ".gpkg", ".geojson", ".kml", ".kmz", ".parquet", ".csv", ".xlsx", ".txt", ""):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(chance.choice(heads) + chance.randbytes(chance.choice((0, 1, 40, 3000))))
        run(path, layer=chance.choice(("grassland_restored", "waste_household")))
