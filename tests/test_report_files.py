"""Report files and the ledger exchange without a loss, and the commands about the ledger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo_app.cli.main import main
from geo_app.errors import Conflict, NotFound, Refused, ReportError
from geo_app.services import Landproof, ledger, report_files
from geo_app.services.entries import document_in
from geo_app.services.files import path_of
from geo_app.settings import ROOT, Settings

REAL = ROOT / "data" / "reports" / "haixi-2025.toml"
TEXT = (
    "都兰县生态保护修复工作通报\n发布时间：2025-03-20 来源：都兰县人民检察院 作者：本站\n"
    "2021年至2024年，恢复草原11.5万亩，复垦耕地9300多亩；清理危险废物近120吨，恢复草原3000至5000亩。\n"
)


@pytest.fixture
def report(lp: Landproof) -> str:
    """A report in the ledger with its figures confirmed, one of them with an interval set by a person."""
    name = ledger.receive(lp, TEXT.encode(), "a.txt", "li", name="dulan", is_pasted=True)
    ledger.correct(lp, name, 3, "li", changes={"low": "100.25", "high": ""}, why="annex 2")
    ledger.confirm(lp, name, None, "li")
    return name


@pytest.fixture
def other(tmp_path):
    """Another instance, empty."""
    made = Landproof(Settings(home=tmp_path / "other"))
    yield made
    made.store.close()


def exported(lp: Landproof, report: str, path: Path) -> bytes:
    report_files.export(lp, report, path)
    return path.read_bytes()


def test_report_comes_back_from_another_instance_byte_for_byte(lp, report, other, tmp_path):
    first = exported(lp, report, tmp_path / "dulan.toml")
    report_files.receive(other, first, "dulan.toml", "wang")
    assert other.reports[report] == lp.reports[report]
    assert exported(other, report, tmp_path / "again.toml") == first


def test_english_tons_of_a_text_on_china_stay_tonnes(lp, other, tmp_path):
    text = "In Qinghai, China, 5,000 tons of household waste and 300 tons of hazardous waste were cleared."
    report = ledger.receive(lp, text.encode(), "a.txt", "li", name="tons", is_pasted=True)
    ledger.confirm(lp, report, [1, 2], "li")
    report_files.receive(other, exported(lp, report, tmp_path / "tons.toml"), "tons.toml", "wang")
    assert [each.reported for each in other.reports[report].claims] == [5000, 300]


def test_exported_report_is_a_report_file(lp, report, tmp_path):
    (tmp_path / "reports").mkdir()
    exported(lp, report, tmp_path / "reports" / "dulan.toml")
    filed = Landproof(Settings(home=tmp_path / "none", reports=tmp_path / "reports"))
    assert filed.reports[report] == lp.reports[report]


def test_real_report_goes_through_the_ledger_without_a_loss(lp):
    report = report_files.receive(lp, REAL.read_bytes(), "copy.toml", "li")
    filed, kept = lp.filed_reports["haixi-2025"], lp.reports[report]
    assert kept.claims == filed.claims
    assert (kept.title, kept.published_on, kept.period, kept.sha256) == (filed.title, filed.published_on, None, "")


def test_file_is_kept_byte_for_byte_and_its_quotes_are_the_text(lp):
    report = report_files.receive(lp, REAL.read_bytes(), "copy.toml", "li")
    found = document_in(lp.store.ledger, report)
    assert path_of(lp.settings.home, found.sha256).read_bytes() == REAL.read_bytes()
    for each in found.entries:
        value = each.value
        assert value["quote"] == found.text[value["start"] : value["end"]]
        assert value["printed"] == found.text[value["number_start"] : value["number_end"]]


def test_name_of_a_filed_report_is_taken(lp):
    with pytest.raises(Conflict, match="Choose another name"):
        report_files.receive(lp, REAL.read_bytes(), REAL.name, "li")


def test_place_that_is_not_known_is_refused_and_nothing_kept(lp):
    with pytest.raises(Refused, match="'999999' is not known"):
        report_files.receive(lp, REAL.read_bytes().replace(b"632800", b"999999"), "copy.toml", "li")
    assert lp.store.ledger.documents() == []


def test_what_is_no_report_file_is_refused(lp):
    with pytest.raises(ReportError, match=r"copy\.toml"):
        report_files.receive(lp, b"a = 1", "copy.toml", "li")


def test_report_without_confirmed_figures_is_not_written(lp, tmp_path):
    ledger.receive(lp, TEXT.encode(), "a.txt", "li", name="dulan", is_pasted=True)
    with pytest.raises(NotFound, match="no report 'dulan'"):
        report_files.export(lp, "dulan", tmp_path / "a.toml")


class TestCommands:
    @pytest.fixture
    def run(self, tmp_path, monkeypatch, capsys):
        """Run a command on an instance of its own; return its exit code and what it printed."""
        monkeypatch.setenv("GEO_APP_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("GEO_APP_LANGUAGE", "en")
        (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")

        def call(*arguments: str) -> tuple[int, str, str]:
            code = main(lambda _: None, ["claims", *map(str, arguments)])
            return code, *capsys.readouterr()

        return call

    @pytest.fixture
    def added(self, run, tmp_path) -> str:
        assert run("add", tmp_path / "a.txt", "--id", "dulan")[0] == 0
        return "dulan"

    def test_document_is_added_with_what_is_said_of_it(self, run, tmp_path):
        told = ["--title", "T", "--publisher", "P", "--published-on", "2025-04-01", "--place", "632822"]
        code, out, _ = run("add", tmp_path / "a.txt", *told, "--from", "2021-01-01", "--to", "2024-12-31", "--json")
        found = json.loads(out)
        assert (code, found["id"], found["proposed"], found["confirmed"]) == (0, "report-2025-04-01", 4, 0)
        assert (found["title"]["zh"], found["publisher"]["en"], found["place_name"]["zh"]) == ("T", "P", "都兰县")
        assert found["period"] == {"from": "2021-01-01", "to": "2024-12-31"}

    def test_claims_are_listed_confirmed_and_dropped(self, run, added):
        assert run("confirm", added, "--sure")[1] == "4 figures confirmed.\n"
        assert run("drop", added, "2", "--why", "of another county")[0] == 0
        claims = json.loads(run("list", added, "--json")[1])["claims"]
        assert [each["state"] for each in claims] == ["confirmed", "dropped", "confirmed", "confirmed"]
        assert (claims[1]["why"], claims[1]["qualifier"], claims[1]["high"]) == (
            *("of another county", "over"),
            pytest.approx(9400 * 2000 / 3),
        )

    def test_reports_are_listed(self, run, added):
        (found,) = json.loads(run("list", "--json")[1])
        assert (found["id"], found["proposed"]) == (added, 4)
        assert "都兰县生态保护修复工作通报" in run("list")[1]

    def test_table_says_what_a_figure_means(self, run, added):
        lines = run("list", added)[1].splitlines()
        assert "114,500 mu  115,500 mu  Grassland restored" in lines[1]

    def test_figures_of_other_reports_are_told(self, run, added, tmp_path):
        run("confirm", added, "--sure")
        (tmp_path / "b.txt").write_text(TEXT.replace("2025-03", "2026-03").replace("11.5", "9.8"), encoding="utf-8")
        run("add", tmp_path / "b.txt", "--id", "later")
        compared = json.loads(run("list", "later", "--json")[1])["comparisons"]
        told = [(each["number"], each["kind"], each["report"], each["figure"]) for each in compared]
        assert told == [*((2, "same", added, 2), (3, "same", added, 3)), (4, "same", added, 4)]
        run("drop", "later", "4", "--why", "a range")
        run("drop", added, "4", "--why", "a range")
        assert "1: For the same time, 2021-01-01 – 2024-12-31" in run("list", "later")[1]

    def test_report_is_exported_and_added_elsewhere(self, run, added, tmp_path, monkeypatch):
        run("confirm", added, "1", "3")
        assert run("export", added, tmp_path / "dulan.toml")[0] == 0
        monkeypatch.setenv("GEO_APP_HOME", str(tmp_path / "elsewhere"))
        assert "0 figures proposed, 2 confirmed" in run("add", tmp_path / "dulan.toml")[1]

    @pytest.mark.parametrize(
        "arguments, code, said",
        [
            (["list", "nowhere"], 2, "There is no report nowhere in the ledger"),
            (["confirm", "dulan", "99"], 2, "no figure number 99"),
            (["confirm", "dulan"], 64, "--sure"),
            (["confirm", "dulan", "1", "--sure"], 64, "--sure"),
            (["drop", "dulan", "1"], 2, "No reason was given"),
            (["export", "dulan", "x.txt"], 2, "does not end in .toml"),
            (["export", "dulan", "x.toml"], 2, "no report 'dulan'"),
            (["add", "absent.txt"], 2, "There is no file absent.txt"),
            (["add", str(REAL)], 2, "There is a report haixi-2025 already"),
            (["add", str(REAL), "--title", "T"], 64, "--id"),
            (["add", str(REAL), "--id", "Not A Name"], 2, "no name for a report"),
        ],
        ids=lambda each: " ".join(map(str, each))[:40] if isinstance(each, list) else None,
    )
    def test_what_cannot_be_done_is_said(self, run, added, arguments, code, said):
        found, _, err = run(*arguments)
        assert (found, said in err) == (code, True)

    def test_same_document_twice_is_refused(self, run, added, tmp_path):
        code, _, err = run("add", tmp_path / "a.txt")
        assert (code, "in the ledger already: dulan" in err) == (2, True)

    @pytest.mark.parametrize("arguments, code", [(["list"], 0), (["confirm", "x", "1"], 2)], ids=["list", "confirm"])
    def test_looking_makes_no_instance(self, tmp_path, arguments, code):
        own = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home")}
        ended = subprocess.run([sys.executable, "-m", "geo_app", "claims", *arguments], env=own, capture_output=True)
        assert (ended.returncode, (tmp_path / "home").exists()) == (code, False)
