"""The demonstration: the real figures beside synthetic sites with planted faults."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from geo_app import rules
from geo_app.errors import Conflict
from geo_app.model import VERDICTS
from geo_app.services import demo, exports, figures, findings, sites
from geo_app.services.findings import FindingFilter
from geo_app.services.sites import SiteFilter
from geo_app.units import MU, from_parts


def verdicts(lp) -> dict[str, object]:
    return {each.claim.layer: each for each in figures.reconcile(lp, "haixi-2025")}


def test_all_sixteen_figures_and_every_verdict(demo_lp):
    found = figures.reconcile(demo_lp, "haixi-2025")
    assert len(found) == 16
    assert Counter(each.word for each in found) == {"borne out": 11, "short": 2, "over": 1, "no evidence": 2}
    assert set(VERDICTS) == {each.word for each in found}


def test_grassland_looks_right_as_drawn_and_falls_short_when_counted(demo_lp):
    grassland = verdicts(demo_lp)["grassland_restored"]
    gross, net = (from_parts(parts, "area") / MU for parts in (grassland.gross, grassland.net))
    assert 114_500 <= gross < 115_500
    assert float(net) == pytest.approx(112_658.0, abs=0.05)
    assert float(grassland.gap / MU) == pytest.approx(-1_842.0, abs=0.05)


@pytest.mark.parametrize(
    "layer, reason",
    [
        ("grassland_restored", "not_finished"),
        ("grassland_restored", "status_unknown"),
        ("grassland_restored", "outside_place"),
        ("grassland_restored", "duplicate"),
        ("grassland_restored", "overlap"),
        ("farmland_reclaimed", "not_finished"),
        ("waste_hazardous", "duplicate"),
        ("waste_household", "duplicate"),
        ("cases_administrative", "not_finished"),
    ],
)
def test_planted_fault_is_found(demo_lp, layer, reason):
    listed = sites.page(demo_lp, SiteFilter(layer=layer), size=3000)
    assert reason in {row.reason for row in listed.rows}


def found(lp, layer: str) -> dict[str, list[str]]:
    """Rule to what it found in a layer: codes, two of them in order."""
    told: dict[str, list[str]] = {}
    for row in findings.every(lp, FindingFilter(layer=layer)):
        told.setdefault(row.rule, []).append("+".join(sorted(filter(None, {row.code, row.other_code}))))
    return {rule: sorted(codes) for rule, codes in told.items()}


GRASS_FAULTS = {
    "duplicate": ["DL-2022-0042+DL-2023-0187"],
    "overlap": ["TJ-2022-0003+TJ-2022-0021", "WL-2021-0030+WL-2024-0008", "WL-2022-0014+WL-2023-0002"],
    "outside": ["TJ-2024-0055"],
    "contested": ["FG-0031+WL-2022-0009"],
}


def test_planted_faults_of_the_ground_are_found_by_their_rules_and_no_other_severe_one(demo_lp):
    told = found(demo_lp, "grassland_restored")
    assert {rule: codes for rule, codes in told.items() if rules.RULES[rule].severity == "severe"} == GRASS_FAULTS
    assert told["missing_status"] == ["GEM-2021-0007"]
    assert set(told["not_finished"]) == {"DLH-2024-0012", "DLH-2024-0013"}
    farm = found(demo_lp, "farmland_reclaimed")
    assert [rule for rule in farm if rules.RULES[rule].severity == "severe"] == ["contested"]
    assert farm["not_finished"] == ["FG-0048", "FG-0052", "FG-0060"]


def test_rows_that_declare_more_than_they_draw_are_found(demo_lp):
    (row,) = findings.every(demo_lp, FindingFilter(rule="declared_above"))
    assert (row.layer, row.values["count"], row.values["fewer"]) == ("grassland_restored", 31, 0)
    assert row.number / float(MU) == pytest.approx(26.2, abs=0.05)


@pytest.mark.parametrize(
    "layer, rule, count, amount",
    [
        ("waste_hazardous", "duplicate_ticket", 13, 412.3),
        ("waste_hazardous", "not_finished", 28, 894.2),
        ("waste_household", "duplicate_ticket", 1, 8.31),
        ("cases_administrative", "not_finished", 3, 3),
        ("cases_public_interest", "not_finished", 4, 4),
        ("cases_public_interest", "duplicate_ticket", 2, 2),
    ],
)
def test_planted_faults_of_a_ledger_are_found(demo_lp, layer, rule, count, amount):
    rows = findings.every(demo_lp, FindingFilter(layer=layer, rule=rule))
    assert (len(rows), sum(row.number for row in rows)) == (count, pytest.approx(amount))


def test_no_other_severe_rule_finds_anything_in_the_ledgers(demo_lp):
    severe = findings.every(demo_lp, FindingFilter(severity="severe"))
    ledgers = {row.rule for row in severe if row.layer not in ("grassland_restored", "farmland_reclaimed")}
    assert ledgers == {"duplicate_ticket"}


def test_point_that_declares_an_area_is_found(demo_lp):
    assert found(demo_lp, "soil_remediated") == {"point_only": ["SR-0001"]}


def test_total_row_of_the_weigh_tickets_is_left_out(demo_lp):
    upload = next(each for each in demo_lp.store.uploads.all() if each.layer == "waste_hazardous")
    left_out = demo_lp.store.uploads.remarks(upload.id, "rejection")
    assert [each.rule for each in left_out] == ["total_row"]
    assert upload.records == upload.accepted + upload.rejected


def test_filling_again_adds_nothing(demo_lp, tmp_path):
    before = len(demo_lp.store.uploads.all())
    assert demo.fill(demo_lp, tmp_path / "samples") == 0
    assert len(demo_lp.store.uploads.all()) == before


def test_an_instance_with_uploads_of_its_own_is_refused(lp, tmp_path):
    lp.store.uploads.add(
        sha256="aa", filename="a.zip", size=1, layer="grassland_restored", received_by="me", choices={}, synthetic=False
    )
    with pytest.raises(Conflict, match="is not a demonstration"):
        demo.fill(lp, tmp_path / "samples")
    assert not lp.demonstration


def test_every_export_says_that_it_is_synthetic(demo_lp):
    wanted = SiteFilter(layer="enterprises_air")
    for suffix in ("csv", "xlsx", "geojson"):
        assert "synthetic" in _text(exports.sites_table(demo_lp, suffix, wanted).body, suffix)
    for suffix in ("csv", "xlsx"):
        assert "synthetic" in _text(exports.totals_table(demo_lp, suffix).body, suffix)


def test_export_and_totals_agree(demo_lp):
    body = exports.sites_table(demo_lp, "csv", SiteFilter(layer="grassland_restored")).body
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    net = sum(float(row["counted"]) for row in rows)
    assert net == pytest.approx(float(from_parts(verdicts(demo_lp)["grassland_restored"].net, "area")), abs=0.01)


def test_net_by_district_adds_up_to_net(demo_lp):
    whole = figures.totals(demo_lp, "grassland_restored")[0]
    for group in ("district", "year", "status"):
        lines = figures.totals(demo_lp, "grassland_restored", group)
        assert (sum(each.gross for each in lines), sum(each.net for each in lines)) == (whole.gross, whole.net)
        assert sum(each.sites for each in lines) == whole.sites == 214


def test_claims_sentences_stay_out_of_the_project(shared_files):
    article = next((shared_files / "seed").glob("*.txt")).read_text(encoding="utf-8")
    words = {article[at : at + 25] for at in range(len(article) - 25)}
    root = Path(__file__).parent.parent
    for path in (
        *root.glob("data/**/*.toml"),
        *root.glob("data/**/*.md"),
        *root.glob("geo_app/**/*.py"),
        *root.glob("*.md"),
    ):
        text = path.read_text(encoding="utf-8")
        assert not {text[at : at + 25] for at in range(len(text) - 25)} & words, path


def _text(body: bytes, suffix: str) -> str:
    if suffix != "xlsx":
        return body.decode("utf-8-sig") if suffix == "csv" else json.dumps(json.loads(body))
    book = openpyxl.load_workbook(io.BytesIO(body))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
