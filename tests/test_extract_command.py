"""`claims extract`, run as a user runs it, and what it says of a document."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo_app.errors import Refused
from geo_app.extraction import figures as extraction
from geo_app.i18n import LOCALES
from geo_app.services import Landproof, documents
from geo_app.settings import Settings
from tests.ingest import papers

TEXT = (
    "2021年至2024年，全县恢复被非法开垦和占用的草原11.5万亩，复垦耕地9300多亩。\r\n"
    "近三年清理危险废物近5.8万吨，关停企业12家；罚款超过20万元。\r\n"
)
KEYS = (
    *("quote", "start", "end", "layer", "family", "value", "unit", "canonical_value", "canonical_unit"),
    *("qualifier", "low", "high", "period", "role", "confidence", "note"),
)


@pytest.fixture
def run(tmp_path):
    """Run the command on bytes given to it, with an instance of its own."""

    def call(*arguments: str, given: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
        own = {**os.environ, "GEO_APP_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8", **env}
        command = [sys.executable, "-m", "geo_app", "claims", "extract", *arguments]
        return subprocess.run(command, capture_output=True, env=own, timeout=120, input=given)

    return call


def rows(text: str, lp: Landproof, locale: str = "en") -> list[dict]:
    document = documents.read_pasted(lp, text, "x")
    return [documents.as_row(each, locale) for each in documents.extract(lp, document).figures]


def test_json_has_what_was_agreed_and_spans_of_the_text_as_received(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT.encode("utf-8-sig"))
    result = run(str(tmp_path / "a.txt"), "--json")
    found = json.loads(result.stdout)
    assert (result.returncode, len(found)) == (0, 5)
    assert {tuple(each) for each in found} == {KEYS}
    assert all(each["quote"] == TEXT[each["start"] : each["end"]] for each in found)
    assert not (tmp_path / "home").exists()


def test_standard_input_is_read_in_any_encoding(run):
    results = [run("-", "--json", given=TEXT.encode(codec)) for codec in ("utf-8", "gb18030")]
    assert json.loads(results[0].stdout) == json.loads(results[1].stdout)
    assert b"GB18030" in results[1].stderr


def test_values_are_as_written_and_ends_canonical(lp):
    grass, farmland, waste, firms, fines = rows(TEXT, lp)
    assert (grass["value"], grass["unit"], grass["canonical_unit"]) == (11.5, "万亩", "m2")
    assert grass["canonical_value"] == pytest.approx(115_000 * 2000 / 3, abs=1e-4)
    assert (grass["layer"], grass["family"], grass["period"]) == (*["grassland_restored"] * 2, "2021年至2024年")
    assert (farmland["value"], farmland["qualifier"]) == (9300, "over")
    assert (farmland["low"], farmland["high"]) == (6_200_000, pytest.approx(9400 * 2000 / 3, abs=1e-4))
    assert (waste["qualifier"], waste["low"], waste["high"], waste["canonical_unit"]) == ("nearly", 57_000, 58_000, "t")
    assert (firms["low"], firms["high"], firms["canonical_unit"], firms["note"]) == (12, 12, "count", None)
    assert (fines["low"], fines["high"], fines["canonical_unit"]) == (200_000, None, "CNY")


def test_small_values_are_not_rounded_away(lp):
    (found,) = rows("清理危险废物0.00012万吨。", lp)
    assert (found["value"], found["canonical_value"]) == (0.00012, 1.2)


def test_unsure_layer_is_null_and_has_a_family(lp):
    (found,) = rows("关停企业12家。", lp)
    assert (found["layer"], found["family"]) == (None, "enterprises")


@pytest.mark.parametrize("make", [papers.word, lambda path, lines: papers.pdf(path, [lines])], ids=["docx", "pdf"])
def test_figures_of_documents_are_found_whatever_their_name(run, tmp_path, make):
    make(tmp_path / "a.txt", [papers.SENTENCE])
    found = json.loads(run(str(tmp_path / "a.txt"), "--json").stdout)
    assert [each["unit"] for each in found] == ["万亩", "万吨"]


def test_table_shows_interval_layer_and_what_to_look_at(run):
    result = run("-", given="恢复草原11.5万亩。恢复草原11.5万亩。[red]\x1b[2J清理垃圾[/]3吨。".encode())
    lines = result.stdout.decode().splitlines()
    assert (result.returncode, len(lines)) == (0, 4)
    assert "114,500 mu  115,500 mu  Grassland restored" in lines[1]
    assert "Says again what figure 1 says." in lines[2]
    assert " [2J清理垃圾[/]3吨" in lines[3]


def test_document_without_figures_is_no_error(run):
    result = run("-", "--json", given="今年以来，成效明显。".encode())
    assert (result.returncode, json.loads(result.stdout)) == (0, [])
    assert b"No figures were found in standard input" in result.stderr


def test_unit_without_a_number_is_told(run):
    result = run("-", "--json", given="全年清理垃圾吨，恢复草原3亩。".encode())
    assert "At character 5, “全年清理垃圾吨” has a unit but no number" in result.stderr.decode()


def test_named_encoding_is_taken(run, tmp_path):
    (tmp_path / "a").write_bytes("Café: 3 mu of grassland restored".encode("cp1252"))
    asked = run(str(tmp_path / "a"))
    assert (asked.returncode, b"--encoding" in asked.stderr) == (3, True)
    assert run(str(tmp_path / "a"), "--encoding", "windows-1252").returncode == 0


@pytest.mark.parametrize("locale, said", [("en", "larger than 1 MB"), ("zh", "大于1 MB")])
def test_too_large_a_paste_is_refused(run, locale, said):
    result = run("-", given=b"a" * 1_000_001, GEO_APP_MAX_DOCUMENT_MB="1", GEO_APP_LANGUAGE=locale)
    assert (result.returncode, result.stdout) == (2, b"")
    assert said in result.stderr.decode()


@pytest.mark.parametrize("name, said", [("absent.txt", "no file"), (".", "no file")])
def test_what_is_no_file_is_said(run, name, said):
    result = run(name)
    assert (result.returncode, b"Traceback" in result.stderr) == (2, False)
    assert said in result.stderr.decode()


def test_reading_stops_at_the_limit(tmp_path):
    class Endless:
        taken = 0

        def read(self, size: int) -> bytes:
            self.taken += size
            return b"a" * size

    source = Endless()
    with pytest.raises(Refused, match="larger than 1 MB"):
        documents.read(Landproof(Settings(home=tmp_path, max_document_mb=1)), source, "x")  # type: ignore[arg-type]
    assert source.taken <= 3 << 20


def test_pasted_markup_stays_text(lp):
    assert documents.read_pasted(lp, "<p>3亩</p>\ud800", "x").text == "<p>3亩</p>?"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", documents.NOTES)
def test_every_note_is_a_sentence(lp, locale, kind):
    values = {"figure": 1, "words": "草原, 林地", "sum": 3.25, "unit": "亩"}
    (found,) = extraction.extract("恢复草原3亩。", lp.layers)
    noted = extraction.Figure(**{**vars(found), "notes": (extraction.Note(kind, values),)})
    said = documents.note(noted, locale)
    assert said[-1] in ".。"
    assert "{" not in said


def test_every_kind_of_note_has_words():
    kinds = {extraction.REPEAT, extraction.PART, extraction.PARTS_DIFFER, extraction.MIXED, extraction.ORDERED}
    assert documents.NOTES.keys() == kinds | {extraction.SHORT_TONS, extraction.RANGE}


def test_shared_passages_are_quoted_as_they_stand(lp, shared_files: Path):
    for path in sorted((shared_files / "claims").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found = rows(text, lp)
        assert found
        assert all(each["quote"] == text[each["start"] : each["end"]] for each in found)
