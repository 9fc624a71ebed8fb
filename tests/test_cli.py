"""The command line, run as a user runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from geo_app.cli.main import commands

NAMES = sorted(commands.commands)


@pytest.fixture
def run(tmp_path):
    """Run a command on an instance of its own, in a process of its own."""

    def call(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        own = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8", **env}
        command = [sys.executable, "-m", "geo_app", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=own, timeout=120, stdin=subprocess.DEVNULL)

    return call


@pytest.fixture
def geojson(tmp_path) -> Path:
    """A file of two cells of about 0.99 km² each in Delingha and one record without geometry."""

    def feature(west: float, code: str | None) -> dict:
        ring = [[west, 37.2], [west + 0.01, 37.2], [west + 0.01, 37.21], [west, 37.21], [west, 37.2]]
        shape = {"type": "Polygon", "coordinates": [ring]} if code else None
        return {"type": "Feature", "properties": {"code": code, "status": "已完成"}, "geometry": shape}

    path = tmp_path / "草原.geojson"
    features = [feature(97.0, "A"), feature(97.1, "B"), feature(97.2, None)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help(name):
    command = commands.commands[name]
    assert command.help and command.short_help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_dry_run_leaves_no_state(run, geojson, tmp_path):
    result = run("import", str(geojson), "--layer", "grassland_restored", "--dry-run", "--json")
    outcome = json.loads(result.stdout)
    assert (result.returncode, outcome["status"]) == (0, "ready")
    assert (outcome["records"], outcome["accepted"], outcome["rejected"]) == (3, 2, 1)
    assert not (tmp_path / "home").exists()


def test_measure_leaves_no_state_and_keeps_file_order(run, geojson, tmp_path):
    rows = json.loads(run("measure", str(geojson), "--json").stdout)
    assert [row["index"] for row in rows] == [0, 1, 2]
    assert rows[0]["area_m2"]["geodesic"] == pytest.approx(985_000, rel=0.01)
    assert rows[2]["area_m2"] == {"geodesic": None, "official": None, "plane": None, "declared": None}
    assert list(rows[0]["area_m2"]) == ["geodesic", "official", "plane", "declared"]
    assert not (tmp_path / "home").exists()


def test_measure_explains_below_its_table(run, geojson):
    lines = run("measure", str(geojson)).stdout.splitlines()
    assert lines[0].split() == ["index", "geodesic", "official", "plane", "declared"]
    assert lines[4].split()[0] == "m²"
    assert lines[5] == ""
    assert any(line.startswith("Web Mercator (2): +") and line.endswith("It is never used.") for line in lines[6:])
    assert "Plane, in the file’s own system: The file is in degrees, which have no plane area." in lines[6:]


def test_accepted_import_moves_totals_and_verdict(run, geojson):
    assert run("import", str(geojson), "--layer", "grassland_restored", "--accept").returncode == 0
    total = json.loads(run("totals", "--layer", "grassland_restored", "--json").stdout)[0]
    assert total["net"] == total["gross"] == pytest.approx(1_970_000, rel=0.01)
    verdicts = json.loads(run("reconcile", "haixi-2025", "--json").stdout)
    assert {each["verdict"] for each in verdicts if each["layer"] == "grassland_restored"} == {"short"}


def test_import_without_accept_waits_for_an_answer(run, geojson):
    result = run("import", str(geojson), "--layer", "grassland_restored")
    assert result.returncode == 3
    assert "--accept" in result.stderr
    assert json.loads(run("totals", "--layer", "grassland_restored", "--json").stdout)[0]["sites"] == 0


def test_same_file_twice_adds_nothing(run, geojson):
    for _ in range(2):
        result = run("import", str(geojson), "--layer", "grassland_restored", "--accept")
    assert result.returncode == 0
    assert "accepted before" in result.stdout
    assert json.loads(run("totals", "--layer", "grassland_restored", "--json").stdout)[0]["sites"] == 2


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["totals", "--layer", "nothing"], 2, "The layers are"),
        (["reconcile", "nothing"], 2, "haixi-2025"),
        (["import", "absent.zip", "--layer", "grassland_restored"], 2, "no file"),
        (["import", "absent.zip"], 64, "--layer"),
        (["totals", "--by", "moon"], 64, "moon"),
        (["no-such-command"], 64, "no-such-command"),
        (["export", "totals", "out.doc"], 2, "xlsx"),
        (["export", "bridge", "out.csv"], 64, "--figure"),
        (["export", "bridge", "out.csv", "--figure", "haixi-2025"], 64, "REPORT/NUMBER"),
        (["export", "bridge", "out.csv", "--figure", "haixi-2025/99"], 2, "figures 1 to 16"),
        (["export", "totals", "out.csv", "--figure", "haixi-2025/1"], 64, "--figure"),
        (["decide", "1"], 64, "OTHER"),
        (["decide", "1", "2", "--why", "x"], 2, "no site number 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_wrong_is_said_in_a_sentence(run, arguments, code, said):
    result = run(*arguments)
    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_column_that_the_file_lacks_is_refused_with_its_columns(run, geojson):
    result = run(
        "import", str(geojson), "--layer", "grassland_restored", "--column", "name=名称", "--dry-run", "--json"
    )
    assert result.returncode == 2
    assert "status" in json.loads(result.stdout)["reason"]


def test_wrong_setting_names_itself(run):
    result = run("layers", GEO_APP_PORT="many")
    assert result.returncode == 2
    assert "GEO_APP_PORT" in result.stderr


def test_chinese_terminal_gets_chinese(run):
    assert "图层" in run("totals", "--layer", "nothing", LANG="zh_CN.UTF-8").stderr


def test_layers_and_reports_as_json(run):
    assert len(json.loads(run("layers", "--json").stdout)) == 20
    assert json.loads(run("reports", "--json").stdout)[0]["claims"] == 16


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson", "gpkg"])
def test_sites_export_is_written(run, geojson, tmp_path, suffix):
    run("import", str(geojson), "--layer", "grassland_restored", "--accept")
    target = tmp_path / f"out.{suffix}"
    assert run("export", "sites", str(target)).returncode == 0
    assert target.stat().st_size > 100


def test_rows_left_out_are_written_to_hand_back(run, geojson, tmp_path):
    outcome = json.loads(run("import", str(geojson), "--layer", "grassland_restored", "--accept", "--json").stdout)
    target = tmp_path / "back.csv"
    assert run("export", "left-out", str(target), "--upload", str(outcome["upload"])).returncode == 0
    head, row = target.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("row,code,status,")
    assert row.startswith("3,,已完成,The record has no geometry")


def test_rows_of_a_refused_file_are_written_as_well(run, tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text("磅单号,净重(吨)\nA,x\n", encoding="utf-8")
    result = run("import", str(path), "--layer", "waste_household", "--status", "finished", "--json")
    outcome = json.loads(result.stdout)
    assert (result.returncode, outcome["rejected"], outcome["upload"]) == (2, 1, 1)
    assert "landproof export left-out FILE --upload 1" in result.stderr
    target = tmp_path / "back.xlsx"
    assert run("export", "left-out", str(target), "--upload", "1").returncode == 0
    assert target.stat().st_size > 100


@pytest.mark.parametrize("arguments", [["left-out", "x.csv"], ["sites", "x.csv", "--upload", "1"]], ids=" ".join)
def test_rows_left_out_are_those_of_one_upload(run, arguments):
    result = run("export", *arguments)
    assert (result.returncode, "--upload" in result.stderr) == (64, True)


def test_undo_and_as_of(run, geojson):
    run("import", str(geojson), "--layer", "grassland_restored", "--accept")

    def net(*more: str) -> float:
        return json.loads(run("totals", "--layer", "grassland_restored", "--json", *more).stdout)[0]["net"]

    before = net()
    assert run("undo", "1").returncode == 0
    assert (net(), net("--as-of", "1")) == (0, before)
    assert json.loads(run("undo", "1", "--json").stdout) == {"upload": 1, "undone": False}
    assert net() == before


@pytest.mark.parametrize("mode, sites", [("merge", 2), ("replace", 2), ("add", 4)])
def test_mode_decides_what_a_second_file_does(run, geojson, mode, sites):
    run("import", str(geojson), "--layer", "grassland_restored", "--accept")
    geojson.write_text(geojson.read_text(encoding="utf-8").replace("97.21", "97.211"), encoding="utf-8")
    outcome = run("import", str(geojson), "--layer", "grassland_restored", "--mode", mode, "--accept", "--json")
    assert outcome.returncode == 0
    assert json.loads(run("totals", "--layer", "grassland_restored", "--json").stdout)[0]["sites"] == sites


def test_same_file_read_in_another_way_asks_for_an_undo(run, tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text("名称,重量(吨)\n一,10\n二,20\n", encoding="utf-8")
    one = ["import", str(path), "--layer", "waste_household", "--status", "finished", "--accept"]
    assert run(*one).returncode == 0
    again = run(*one, "--encoding", "utf-8")
    assert (again.returncode, "Undo upload 1" in again.stderr) == (2, True)
    total = json.loads(run("totals", "--layer", "waste_household", "--json").stdout)[0]
    assert (total["net"], total["sites"]) == (30, 2)


@pytest.mark.parametrize(
    "arguments", [["totals"], ["reconcile", "haixi-2025", "--json"], ["layers"], ["reports"], ["decide"]], ids=" ".join
)
def test_reading_makes_no_instance(run, tmp_path, arguments):
    assert run(*arguments).returncode == 0
    assert not (tmp_path / "home").exists()


def test_contested_ground_is_listed_decided_and_taken_back(run, demo_home, tmp_path):
    shutil.copytree(demo_home, tmp_path / "home")

    def listed():
        (contest,) = json.loads(run("decide", "--json").stdout)
        return contest

    def net(layer):
        return json.loads(run("totals", "--layer", layer, "--json").stdout)[0]["net"]

    pair = [str(site["id"]) for site in listed()["sites"]]
    layer, before = listed()["sites"][0]["layer"], net(listed()["sites"][0]["layer"])
    assert listed()["belongs_to"] is None
    decided = json.loads(run("decide", *pair, "--why", "seen on site", "--json").stdout)
    assert decided["layers"][layer]["net_after"] == net(layer) > before
    assert (listed()["belongs_to"], listed()["decisions"][0]["why"]) == (layer, "seen on site")
    assert run("decide", *pair, "--withdraw", "--why", "was wrong").returncode == 0
    assert (listed()["belongs_to"], net(layer)) == (None, before)
    assert run("decide", *pair).returncode == 2


def test_bridge_of_a_figure_is_written(run, demo_home, tmp_path):
    shutil.copytree(demo_home, tmp_path / "home")
    path = tmp_path / "bridge.json"
    assert run("export", "bridge", str(path), "--figure", "haixi-2025/7").returncode == 0
    figure = json.loads(path.read_text(encoding="utf-8"))
    assert (figure["layer"], figure["bridge"][-1]["step"]) == ("waste_household", "net")


def test_findings_are_listed_and_explained(run, geojson):
    assert run("import", str(geojson), "--layer", "grassland_restored", "--accept").returncode == 0
    listed = json.loads(run("findings", "--rule", "missing_date", "--json").stdout)
    assert [each["sites"][0]["code"] for each in listed] == ["A", "B"]
    assert {each["state"] for each in listed} == {"open"}
    first = str(listed[0]["id"])
    assert (
        run("findings", "set", first, first, "--state", "dismissed", "--why", "old file").stdout
        == "Findings changed: 1.\n"
    )
    assert len(json.loads(run("findings", "--rule", "missing_date", "--json").stdout)) == 1
    dismissed = json.loads(run("findings", "--state", "dismissed", "--json").stdout)
    assert [(str(each["id"]), each["who"]) for each in dismissed] == [(first, "command line")]


def test_findings_of_nothing(run, tmp_path):
    asked = run("findings", "--json")
    assert (asked.returncode, json.loads(asked.stdout)) == (0, [])
    assert not (tmp_path / "home").exists()
    assert run("findings", "--layer", "nothing").returncode == 2
    for unknown in ("7", "99999999999999999999"):
        assert run("findings", "set", unknown, "--state", "open", "--why", "x").returncode == 2
    assert run("findings", "set", "7", "--state", "open").returncode == 64


FAILING = """
import sys
from geo_app.quality import reviewing
reviewing.ROWS["tiny"] = lambda part: 1 / 0
from geo_app.__main__ import make_app
from geo_app.cli import main
sys.exit(main(make_app))
"""


def test_import_says_that_the_upload_counts_whatever_a_rule_does(run, geojson, tmp_path):
    command = [sys.executable, "-c", FAILING, "import", str(geojson), "--layer", "grassland_restored", "--accept"]
    env = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
    result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, stdin=subprocess.DEVNULL)
    assert (result.returncode, "Upload 1 is stored and counts" in result.stderr) == (0, True)
    assert "“Very small” could not look at Grassland restored" in run("findings").stderr
