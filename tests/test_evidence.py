"""What stands behind one figure: its bridge in rows, the sites behind each step, their ground, its files."""

import csv
import datetime as dt
import io
import itertools
import json
from dataclasses import replace

import openpyxl
import pytest
import shapely

from geo_app.errors import NotFound, Refused
from geo_app.exports import MIMETYPES
from geo_app.services import Landproof, bridge_exports, decisions, evidence, mapping
from geo_app.services.evidence import Figure
from geo_app.services.net_methods import net_by_methods
from geo_app.settings import Settings
from geo_app.store.sites import SiteFilter

REPORT, GRASS, WASTE = "haixi-2025", 10, 7


@pytest.fixture(scope="module")
def demo(demo_home):
    """The demonstration, only looked at."""
    lp = Landproof(Settings(home=demo_home))
    yield lp
    lp.store.close()


@pytest.fixture(scope="module")
def grass(demo: Landproof) -> Figure:
    return evidence.figure(demo, REPORT, GRASS)


@pytest.mark.parametrize("number", range(1, 17))
def test_rows_add_up_from_the_first_to_net(demo: Landproof, number: int) -> None:
    rows = evidence.rows_of(demo, evidence.figure(demo, REPORT, number))
    assert rows[0].parts + sum(row.parts for row in rows if row.kind == "change") == rows[-1].parts
    assert all(one.after == other.before for one, other in itertools.pairwise(rows))


def test_period_that_is_not_stated_is_a_step_that_was_not_applied(demo: Landproof, grass: Figure) -> None:
    row = next(row for row in evidence.rows_of(demo, grass) if row.step == "outside_period")
    assert row.kind == "none"


def test_period_that_is_stated_is_a_step(lp: Landproof) -> None:
    period = (dt.date(2021, 1, 1), dt.date(2024, 12, 31))
    lp.filed_reports = {"own": replace(lp.reports[REPORT], id="own", period=period)}
    row = next(row for row in evidence.rows_of(lp, evidence.figure(lp, "own", GRASS)) if row.step == "outside_period")
    assert row.kind == "change"


def test_place_that_the_boundaries_do_not_know_is_not_tested(lp: Landproof) -> None:
    lp.filed_reports = {"own": replace(lp.reports[REPORT], id="own", place="110000")}
    row = next(row for row in evidence.rows_of(lp, evidence.figure(lp, "own", GRASS)) if row.step == "outside_place")
    assert row.kind == "none"


def test_every_change_is_that_of_the_sites_behind_it(demo: Landproof) -> None:
    for number in range(1, 17):
        found = evidence.figure(demo, REPORT, number)
        for row in evidence.rows_of(demo, found):
            if row.kind == "change":
                behind = evidence.all_behind(demo, found, row.step)
                assert (sum(each.row.change for each in behind), len(behind)) == (row.parts, row.sites), row


def test_figure_without_sites_goes_from_nothing_to_nothing(lp: Landproof) -> None:
    found = evidence.figure(lp, REPORT, GRASS)
    assert {row.parts for row in evidence.rows_of(lp, found)} == {0}
    assert found.verdict.word == "no evidence"


def test_figure_that_does_not_exist_names_those_that_do(demo: Landproof) -> None:
    with pytest.raises(NotFound, match="figures 1 to 16"):
        evidence.figure(demo, REPORT, 17)
    with pytest.raises(NotFound):
        evidence.figure(demo, REPORT, 0)


def test_step_that_a_measure_does_not_have_names_those_that_it_has(demo: Landproof) -> None:
    with pytest.raises(NotFound, match="not_finished"):
        evidence.demand_step(evidence.figure(demo, REPORT, WASTE), "overlap")


@pytest.mark.parametrize(
    ("number", "step", "code", "other"),
    [
        (GRASS, "duplicate", "DL-2023-0187", "DL-2022-0042"),
        (GRASS, "overlap", "WL-2023-0002", "WL-2022-0014"),
        (GRASS, "contested", "WL-2022-0009", "FG-0031"),
        (12, "contested", "FG-0031", "WL-2022-0009"),
        (WASTE, "duplicate", "SH-2022-008", "SH-2022-008"),
    ],
)
def test_site_names_whom_it_loses_to(demo: Landproof, number: int, step: str, code: str, other: str) -> None:
    first = evidence.behind(demo, evidence.figure(demo, REPORT, number), step).rows[0]
    assert first.row.code == code
    assert [each.code for each in first.others] == [other]
    assert first.row.id not in [each.id for each in first.others]


def test_sites_behind_a_step_are_paged(demo: Landproof, grass: Figure) -> None:
    pages = [evidence.behind(demo, grass, "drawn", number, 100) for number in (1, 2, 3)]
    ids = [each.row.id for page in pages for each in page.rows]
    assert len(set(ids)) == len(ids) == pages[0].total
    assert evidence.behind(demo, grass, "drawn", 99, 100).page == 3


def test_lit_piece_is_what_both_sites_cover(demo: Landproof, grass: Figure) -> None:
    first = evidence.lit(demo, grass, "overlap")[0]
    (_, other), *_ = first.others
    assert first.piece is not None
    assert shapely.covers(shapely.buffer(other, 1e-9), first.piece)
    assert shapely.area(first.piece) < shapely.area(first.ground)


def test_lit_duplicate_is_whole(demo: Landproof, grass: Figure) -> None:
    assert [each.piece for each in evidence.lit(demo, grass, "duplicate")] == [None]


def test_lit_rows_keep_their_number_where_some_have_no_place(demo: Landproof) -> None:
    found = evidence.figure(demo, REPORT, 9)
    behind = evidence.all_behind(demo, found, "not_finished")
    placed = [number for number, each in enumerate(behind, 1) if each.row.min_lon is not None]
    assert [each.number for each in evidence.lit(demo, found, "not_finished")] == placed


def test_lit_ground_is_limited_to_the_largest(demo: Landproof, grass: Figure) -> None:
    assert [each.number for each in evidence.lit(demo, grass, "drawn", limit=3)] == [1, 2, 3]


def test_map_gets_sites_others_and_pieces(demo: Landproof) -> None:
    features = json.loads(mapping.lit(demo, REPORT, GRASS, "contested"))["features"]
    kinds = {each["properties"]["kind"]: each["properties"]["code"] for each in features}
    assert kinds == {"site": "WL-2022-0009", "other": "FG-0031", "piece": "WL-2022-0009"}


def test_report_with_a_period_does_not_double_the_sites(demo_lp: Landproof) -> None:
    wanted = SiteFilter(layer="grassland_restored")
    before = demo_lp.store.sites.count(wanted, demo_lp.place)
    period = (dt.date(2022, 1, 1), dt.date(2022, 12, 31))
    demo_lp.filed_reports = {REPORT: replace(demo_lp.reports[REPORT], period=period)}
    evidence.figure(demo_lp, REPORT, GRASS)
    assert demo_lp.store.sites.count(wanted, demo_lp.place) == before


def exported(lp: Landproof, suffix: str, number: int = GRASS) -> bytes:
    return bridge_exports.bridge_table(lp, suffix, REPORT, number).body


def test_json_holds_every_step_and_the_sites_behind_it(demo: Landproof) -> None:
    data = json.loads(exported(demo, "json"))
    changes = [step for step in data["bridge"] if "behind" in step]
    assert next(step["step"] for step in data["bridge"]) == "declared"
    assert data["bridge"][-1]["amount"] == data["net"]
    assert all(sum(site["change"] for site in step["behind"]) == pytest.approx(step["amount"]) for step in changes)
    not_applied = next(step for step in data["bridge"] if step["step"] == "outside_period")
    assert (not_applied["applied"], not_applied["amount"]) == (False, None)


def test_csv_has_a_row_for_each_step_and_each_site(demo: Landproof) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(demo, "csv").decode("utf-8-sig"))))
    overlap = [row for row in rows if row["step"] == "overlap"]
    assert [row["row"] for row in overlap] == ["step", "site", "site", "site"]
    assert sum(float(row["change"]) for row in overlap[1:]) == pytest.approx(float(overlap[0]["amount"]))
    assert overlap[1]["shared_with"] == "grassland_restored WL-2022-0014"
    assert all(row["data"].startswith("synthetic") for row in rows)


def test_workbook_has_the_bridge_and_the_sites(demo: Landproof) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(demo, "xlsx")), read_only=True)
    assert book.sheetnames == ["about", "bridge", "sites", "methods"]
    steps = list(book["bridge"].values)
    assert [row[1] for row in steps][1:3] == ["declared", "not_declared"]
    assert len(list(book["sites"].values)) > 200


def test_file_is_named_after_its_figure(demo: Landproof) -> None:
    made = bridge_exports.bridge_table(demo, ".JSON", REPORT, WASTE)
    assert made.filename == "landproof-haixi-2025-7-waste_household.json"
    assert made.mimetype == MIMETYPES["json"]


def test_other_ending_is_refused(demo: Landproof) -> None:
    with pytest.raises(Refused, match=r"\.json"):
        bridge_exports.bridge_table(demo, "gpkg", REPORT, GRASS)


def test_net_ground_by_the_method_of_record_is_net(demo: Landproof) -> None:
    for number in (GRASS, 11, 12):
        found = evidence.figure(demo, REPORT, number)
        record, official, _, declared, mercator = net_by_methods(demo, found)
        assert record.area_m2 == pytest.approx(found.verdict.net / 10_000, abs=1e-3)
        assert official.area_m2 == pytest.approx(record.area_m2, rel=1e-6)
        assert declared.area_m2 == pytest.approx(record.area_m2, rel=1e-3)
        assert mercator.area_m2 > 1.5 * record.area_m2


def test_nothing_is_measured_where_no_ground_counts(demo: Landproof) -> None:
    assert net_by_methods(demo, evidence.figure(demo, REPORT, 13)) == []
    assert net_by_methods(demo, evidence.figure(demo, REPORT, WASTE)) == []


def test_methods_follow_a_decision(demo_lp: Landproof) -> None:
    before = net_by_methods(demo_lp, evidence.figure(demo_lp, REPORT, GRASS))[0].area_m2
    (found,) = decisions.contests(demo_lp)
    decisions.decide(demo_lp, found.one.id, found.other.id, "a", "seen on site")
    after = net_by_methods(demo_lp, evidence.figure(demo_lp, REPORT, GRASS))[0].area_m2
    assert after - before == pytest.approx(found.common_m2, rel=1e-4)


def test_files_hold_the_net_ground_by_each_method(demo: Landproof) -> None:
    methods = {each["method"]: each for each in json.loads(exported(demo, "json"))["net_by_methods"]}
    assert list(methods) == ["geodesic", "official", "plane", "declared", "mercator"]
    assert methods["plane"]["sites"] < methods["geodesic"]["sites"]
    book = openpyxl.load_workbook(io.BytesIO(exported(demo, "xlsx")), read_only=True)
    assert len(list(book["methods"].values)) == 6
