"""The ledger: figures of documents, what people make of them, and that nothing of it is lost."""

import contextlib
import hashlib
import sqlite3
from fractions import Fraction
from pathlib import Path

import pytest

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.services import Landproof, backups, checking, figures, ledger, reviews, uploads
from geo_app.services.entries import Document, Entry, document_in
from geo_app.services.files import path_of
from geo_app.settings import Settings
from geo_app.store import Store
from geo_app.store.schema import VERSION
from geo_app.units import MU
from tests.site_frames import cell, site_frame
from tests.web.conftest import stock

TEXT = (
    "当前位置: 首页 > 新闻中心 > 地方动态 > 正文\n"
    "都兰县生态保护修复工作通报\n"
    "发布时间:2025-03-20 来源:都兰县人民检察院 作者:本站编辑\n"
    "2021年至2024年,全县恢复被非法开垦的草原11.5万亩、复垦耕地9300多亩;清理危险废物近120吨。"
    "计划2026年恢复草原3000至5000亩。关停企业12家。\n"
)
GRASS, FARM, WASTE = 1, 2, 3


def received(lp: Landproof, text: str = TEXT, name: str = "dulan") -> str:
    return ledger.receive(lp, text.encode(), "dulan.txt", "li", name=name, is_pasted=True)


@pytest.fixture
def report(lp: Landproof) -> str:
    """A report in the ledger, nothing of it confirmed."""
    return received(lp)


def found(lp: Landproof, report: str) -> Document:
    return document_in(lp.store.ledger, report)


def claim(lp: Landproof, report: str, number: int) -> Entry:
    return ledger.entry(lp, report, number)


def correct(lp: Landproof, report: str, number: int, why: str = "", **changes: object) -> Entry:
    ledger.correct(lp, report, number, "wang", changes=changes, why=why)
    return claim(lp, report, number)


class TestReceiving:
    def test_figures_are_proposed_with_their_words(self, lp, report):
        entries = found(lp, report).entries
        printed = [each.value["printed"] for each in entries]
        assert printed == ["11.5万亩", "9300多亩", "120吨", "5000亩", "12家"]
        assert {each.state for each in entries} == {"proposed"}
        assert all(each.value["quote"] == TEXT[each.value["start"] : each.value["end"]] for each in entries)

    def test_number_stands_where_it_is_said_to(self, lp, report):
        values = [each.value for each in found(lp, report).entries]
        assert [TEXT[each["number_start"] : each["number_end"]] for each in values] == [
            *("11.5万亩", "9300多亩", "120吨", "3000至5000亩", "12家")
        ]

    def test_what_is_known_is_guessed_from_the_text(self, lp, report):
        about = found(lp, report).about
        assert about["title"]["zh"] == "都兰县生态保护修复工作通报"
        assert (about["publisher"]["zh"], about["published_on"]) == ("都兰县人民检察院", "2025-03-20")
        assert (about["language"], about["place"]) == ("zh", "632800")

    def test_line_that_leads_up_to_the_date_is_no_title(self, lp):
        report = received(lp, "Grassland report\nReleased by the Bureau of Grassland on 2025-03-20\n3 mu of grassland.")
        assert found(lp, report).about["title"]["en"] == "Grassland report"

    def test_document_is_kept_byte_for_byte(self, lp, report):
        sha256 = found(lp, report).sha256
        assert path_of(lp.settings.home, sha256).read_bytes() == TEXT.encode()
        assert hashlib.sha256(TEXT.encode()).hexdigest() == sha256

    def test_same_bytes_twice_are_refused(self, lp, report):
        with pytest.raises(Conflict, match=r"in the ledger already: dulan"):
            received(lp, name="again")

    def test_two_who_send_the_same_bytes_at_once_make_one_report(self, lp, report, monkeypatch):
        monkeypatch.setattr(type(lp.store.ledger), "of_hash", lambda *_: None)  # the other was not there yet
        with pytest.raises(Conflict, match=r"in the ledger already: dulan"):
            received(lp, name="again")

    @pytest.mark.parametrize("name", ["dulan", "haixi-2025"])
    def test_name_that_is_taken_is_refused(self, lp, report, name):
        with pytest.raises(Conflict, match="Choose another name"):
            received(lp, "恢复草原3亩。", name)

    @pytest.mark.parametrize("name", ["../x", "Ä", "a b", "-a"])
    def test_what_is_no_name_is_refused(self, lp, name):
        with pytest.raises(Refused, match="lower-case letters"):
            received(lp, name=name)

    @pytest.mark.parametrize("about", [{"published_on": "20 March"}, {"place": "nowhere"}])
    def test_what_is_said_of_it_is_checked(self, lp, about):
        with pytest.raises(Refused, match="expected"):
            ledger.receive(lp, TEXT.encode(), "a.txt", "li", about=about, is_pasted=True)

    def test_seed_article_has_its_sixteen_figures(self, lp, shared_files):
        (path,) = (shared_files / "seed").glob("*.txt")
        report = ledger.receive(lp, path.read_bytes(), path.name, "li", name="haixi")
        wanted = [(each.layer, each.printed) for each in lp.reports["haixi-2025"].claims]
        values = [each.value for each in found(lp, report).entries][-len(wanted) :]
        assert [(each["layer"], each["printed"]) for each in values] == wanted
        others = [each.value for each in found(lp, report).entries][: -len(wanted)]
        assert {each["layer"] for each in others if each["family"] in ("cases", "suggestions")} == {None}
        about = found(lp, report).about
        assert about["title"]["zh"].startswith("海西:全面深化行政检察监督")
        assert about["publisher"]["zh"] == "青海省人民检察院"


class TestConfirming:
    def test_all_that_are_sure_in_one_pass(self, lp, report):
        assert ledger.confirm(lp, report, None, "wang") == 3
        assert {each.number for each in found(lp, report).entries if each.state == "confirmed"} == {GRASS, FARM, WASTE}

    def test_confirmed_figures_are_reconciled_at_once(self, lp, report):
        assert report not in lp.reports
        ledger.confirm(lp, report, [GRASS], "wang")
        assert [each.claim.printed for each in figures.reconcile(lp, report)] == ["11.5万亩"]

    def test_target_counts_for_nothing(self, lp, report):
        ledger.confirm(lp, report, [GRASS, 4], "wang")
        assert [each.printed for each in lp.reports[report].claims] == ["11.5万亩"]

    def test_figure_without_a_layer_is_refused(self, lp, report):
        with pytest.raises(Refused, match="12家 has no layer yet"):
            ledger.confirm(lp, report, [GRASS, 5], "wang")
        assert found(lp, report).count("confirmed") == 0

    def test_figure_that_is_not_there_is_named(self, lp, report):
        with pytest.raises(NotFound, match="no figure number 99"):
            ledger.confirm(lp, report, [99], "wang")


class TestCorrecting:
    def test_number_with_its_unit(self, lp, report):
        value = correct(lp, report, GRASS, printed="11.6万亩").value
        assert Fraction(value["value"]) == 116_000 * MU
        assert (Fraction(value["low"]), Fraction(value["high"])) == (115_500 * MU, 116_500 * MU)

    def test_qualifier_moves_the_interval(self, lp, report):
        value = correct(lp, report, WASTE, qualifier="about").value
        assert (value["low"], value["high"]) == ("110", "130")

    def test_qualifier_leaves_a_range_what_it_is(self, lp, report):
        value = correct(lp, report, 4, qualifier="about").value
        assert (Fraction(value["low"]), Fraction(value["high"])) == (3000 * MU, Fraction(10_001, 2) * MU)

    @pytest.mark.parametrize("text, tons", [("In Qinghai, China, {} cleared.", 1), ("{} cleared in Ohio.", 0.90718474)])
    def test_tons_stay_those_of_their_country(self, lp, text, tons):
        report = received(lp, text.format("5,000 tons of household waste"))
        value = correct(lp, report, 1, qualifier="about").value
        assert float(Fraction(value["value"])) == pytest.approx(5000 * tons)

    def test_layer_brings_its_family(self, lp, report):
        value = correct(lp, report, GRASS, layer="grassland_protected").value
        assert (value["layer"], value["family"]) == ("grassland_protected", "grassland_protected")

    def test_layer_of_another_measure_is_refused(self, lp, report):
        with pytest.raises(Refused, match="is measured by area, but layer waste_household"):
            correct(lp, report, GRASS, layer="waste_household")

    def test_role(self, lp, report):
        assert correct(lp, report, 4, role="result").value["role"] == "result"

    def test_period(self, lp, report):
        period = {"words": "2024年", "first": "2024-01-01", "last": "2024-12-31"}
        assert correct(lp, report, GRASS, period=period).value["period"] == period

    def test_interval_needs_a_reason(self, lp, report):
        with pytest.raises(Refused, match="No reason"):
            correct(lp, report, WASTE, low="100", high="120")
        value = correct(lp, report, WASTE, "the annex says so", low="100", high="").value
        assert (value["low"], value["high"], value["why"]) == ("100", None, "the annex says so")

    @pytest.mark.parametrize(
        "changes",
        [
            {"printed": "many"},
            {"printed": "3亩和5亩"},
            {"printed": ""},
            {"qualifier": "some"},
            {"role": "wish"},
            {"low": "x"},
            {"low": "1/0"},
            {"low": "-1"},
            {"low": "9", "high": "3"},
            {"period": {"first": "2024-02-30"}},
            {"period": {"first": "2024-02-03", "last": "2023-01-01"}},
        ],
        ids=str,
    )
    def test_what_is_not_understood_is_refused_and_changes_nothing(self, lp, report, changes):
        before = claim(lp, report, WASTE)
        with pytest.raises(Refused):
            correct(lp, report, WASTE, "seen", **changes)
        assert claim(lp, report, WASTE) == before

    def test_unknown_layer_is_named(self, lp, report):
        with pytest.raises(NotFound, match="no layer 'lawn'"):
            correct(lp, report, GRASS, layer="lawn")

    def test_confirmed_stays_confirmed(self, lp, report):
        ledger.confirm(lp, report, [GRASS], "wang")
        assert correct(lp, report, GRASS, printed="11.6万亩").state == "confirmed"
        assert lp.reports[report].claims[0].printed == "11.6万亩"

    def test_place_of_a_report_brings_its_name(self, lp, report):
        ledger.describe(lp, report, {"place": "632822"}, "wang")
        assert found(lp, report).about["place_name"]["zh"] == "都兰县"


class TestTextAndList:
    def test_dropping_needs_a_reason(self, lp, report):
        with pytest.raises(Refused, match="No reason"):
            ledger.drop(lp, report, GRASS, "wang", "  ")
        ledger.drop(lp, report, GRASS, "wang", "of another county")
        assert (claim(lp, report, GRASS).state, claim(lp, report, GRASS).why) == ("dropped", "of another county")

    def test_words_add_a_figure_that_was_not_proposed(self, lp):
        text = "清理距离12公里河道。"
        report = received(lp, text)
        assert found(lp, report).entries == ()
        number = ledger.add(lp, report, text.index("12"), text.index("。"), "wang")
        value = claim(lp, report, number).value
        assert (value["quote"], value["printed"], value["measure"]) == ("12公里河道", "12公里", "length")
        assert text[value["number_start"] : value["number_end"]] == "12公里"

    def test_figure_that_was_dropped_can_be_added_again(self, lp, report):
        value = claim(lp, report, GRASS).value
        with pytest.raises(Refused, match="in the list already"):
            ledger.add(lp, report, value["start"], value["end"], "wang")
        ledger.drop(lp, report, GRASS, "wang", "by mistake")
        number = ledger.add(lp, report, value["start"], value["end"], "wang")
        assert claim(lp, report, number).value["printed"] == "11.5万亩"

    @pytest.mark.parametrize("words", ["来源", "恢复被非法开垦的草原11.5万亩、复垦耕地9300多亩"])
    def test_words_without_one_figure_are_refused(self, lp, report, words):
        start = TEXT.index(words)
        with pytest.raises(Refused, match="one number with its unit"):
            ledger.add(lp, report, start, start + len(words), "wang")

    @pytest.mark.parametrize("start, end", [(-1, 5), (5, 5), (0, 10**6)])
    def test_no_words_are_refused(self, lp, report, start, end):
        with pytest.raises(Refused, match="No words"):
            ledger.add(lp, report, start, end, "wang")

    def test_merging_takes_the_words_of_both(self, lp, report):
        ledger.merge(lp, report, GRASS, FARM, "wang")
        assert "草原11.5万亩、复垦耕地9300多亩" in claim(lp, report, GRASS).value["quote"]
        assert claim(lp, report, FARM).state == "dropped"

    def test_splitting_takes_two_apart_again(self, lp, report):
        ledger.merge(lp, report, GRASS, FARM, "wang")
        _, other = ledger.split(lp, report, GRASS, TEXT.index("、复垦"), "wang")
        assert claim(lp, report, GRASS).value["quote"].endswith("草原11.5万亩")
        assert claim(lp, report, other).value["printed"] == "9300多亩"

    def test_splitting_off_what_is_listed_is_refused(self, lp, report):
        ledger.merge(lp, report, GRASS, FARM, "wang")
        ledger.take_back(lp, report, FARM, "wang")
        with pytest.raises(Refused, match="in the list already"):
            ledger.split(lp, report, GRASS, TEXT.index("、复垦"), "wang")

    def test_what_measures_differently_is_not_merged(self, lp, report):
        with pytest.raises(Refused, match="do not measure the same"):
            ledger.merge(lp, report, GRASS, WASTE, "wang")


class TestHistory:
    def test_undo_and_undo_of_undo(self, lp, report):
        before = claim(lp, report, GRASS).value
        after = correct(lp, report, GRASS, printed="11.6万亩").value
        assert ledger.undo(lp, report, "wang") == "corrected"
        assert claim(lp, report, GRASS).value == before
        ledger.undo(lp, report, "wang")
        assert claim(lp, report, GRASS).value == after

    def test_undo_takes_back_all_that_was_done_in_one_go(self, lp, report):
        ledger.confirm(lp, report, None, "wang")
        ledger.undo(lp, report, "wang")
        assert found(lp, report).count("confirmed") == 0
        assert report not in lp.reports

    def test_undone_addition_is_dropped_and_comes_back(self, lp, report):
        ledger.merge(lp, report, GRASS, FARM, "wang")
        _, other = ledger.split(lp, report, GRASS, TEXT.index("、复垦"), "wang")
        ledger.undo(lp, report, "wang")
        assert claim(lp, report, other).state == "dropped"
        ledger.undo(lp, report, "wang")
        assert claim(lp, report, other).state == "proposed"

    def test_nothing_to_undo_is_said(self, lp, report):
        with pytest.raises(Refused, match="Nothing has been done"):
            ledger.undo(lp, report, "wang")

    def test_report_that_is_not_there_is_named(self, lp):
        with pytest.raises(NotFound, match="no report nowhere"):
            ledger.undo(lp, "nowhere", "wang")

    def test_who_saw_an_old_state_changes_nothing(self, lp, report):
        seen = found(lp, report).seq
        correct(lp, report, GRASS, printed="11.6万亩")
        for act in (
            lambda: ledger.confirm(lp, report, [GRASS], "li", seen=seen),
            lambda: ledger.drop(lp, report, GRASS, "li", "old", seen=seen),
            lambda: ledger.undo(lp, report, "li", seen=seen),
        ):
            with pytest.raises(Conflict, match="Somebody else"):
                act()
        ledger.confirm(lp, report, [WASTE], "li", seen=seen)  # another figure

    def test_history_is_whole(self, lp, report):
        correct(lp, report, GRASS, printed="11.6万亩")
        ledger.confirm(lp, report, [GRASS], "wang")
        ledger.drop(lp, report, GRASS, "zhao", "of another county")
        rows = lp.store.ledger.history(report, GRASS)
        assert [(row.act, row.who, row.state) for row in rows] == [
            ("received", "li", "proposed"),
            ("corrected", "wang", "proposed"),
            ("confirmed", "wang", "confirmed"),
            ("dropped", "zhao", "dropped"),
        ]
        assert [row.value["printed"] for row in rows] == ["11.5万亩", *["11.6万亩"] * 3]


class TestKeeping:
    @pytest.fixture
    def change(self, lp, report):
        def statement(sql: str) -> None:
            with contextlib.closing(sqlite3.connect(lp.settings.home / "landproof.db")) as connection:
                connection.execute(sql)
                connection.commit()

        return statement

    def kinds(self, lp: Landproof) -> list[str]:
        return [each.kind for each in checking.check(lp).problems]

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE claim_acts SET state = 'confirmed' WHERE seq = 2",
            """UPDATE claim_acts SET value = replace(value, '11.5', '12.5') WHERE seq = 2""",
            "UPDATE claim_acts SET who = 'x' WHERE seq = 1",
            "DELETE FROM claim_acts WHERE seq = (SELECT max(seq) FROM claim_acts)",
        ],
    )
    def test_changed_act_is_found(self, lp, change, sql):
        assert self.kinds(lp) == []
        change(sql)
        assert self.kinds(lp) == ["claim_acts"]

    def test_missing_document_is_found(self, lp, report):
        path_of(lp.settings.home, found(lp, report).sha256).unlink()
        assert self.kinds(lp) == ["missing"]

    def test_backup_carries_document_and_claims(self, lp, report, tmp_path):
        ledger.confirm(lp, report, None, "wang")
        backups.back_up(lp, tmp_path / "b.zip")
        other = Landproof(Settings(home=tmp_path / "restored"))
        backups.restore(other, tmp_path / "b.zip")
        assert found(other, report) == found(lp, report)
        assert path_of(other.settings.home, found(lp, report).sha256).read_bytes() == TEXT.encode()
        assert other.reports[report] == lp.reports[report]
        other.store.close()

    def test_store_without_a_ledger_gets_one(self, lp, report, change):
        change("DROP TABLE claim_acts")
        change("DROP TABLE documents")
        lp.store.close()
        path: Path = lp.settings.home / "landproof.db"
        with contextlib.closing(Store(path)) as store:
            assert (store.ledger.documents(), store.ledger.claims()) == ([], [])
        assert path.with_name(f"{path.name}.schema-{VERSION}").is_file()


class TestWhatReportsSay:
    def test_layer_that_a_report_now_speaks_of_is_gone_over_again(self, lp, report):
        lp.filed_reports = {}  # one of a later day would be what the rules hold dates against
        uploads.accept(lp, stock(lp, "grassland_restored", site_frame(cell(0, 0))), "me")
        reviews.review(lp, "grassland_restored")
        lp.store.jobs.end_kind(reviews.KIND, "grassland_restored")
        ledger.confirm(lp, report, [GRASS], "wang")
        assert reviews.behind(lp) == ["grassland_restored"]
        assert len(lp.store.jobs.unfinished()) == 1

    def test_place_of_the_instance_is_not_that_of_a_document(self, lp, report):
        before = lp.place
        ledger.describe(lp, report, {"place": "632801"}, "wang")
        ledger.confirm(lp, report, [GRASS], "wang")
        lp.filed_reports = {}
        assert lp.place == next(iter(lp.districts.places)) == before
