"""What is kept: swept after a crash, checked by hash, held to a quota, carried over from older versions."""

import contextlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo_app.errors import Refused, StoreFailed
from geo_app.model import SiteKey
from geo_app.services import Landproof, checking, files, findings, history, keeping, readings, site_areas, uploads
from geo_app.services.findings import FindingFilter
from geo_app.services.locks import held
from geo_app.settings import Settings
from geo_app.store import Store, database, tables
from geo_app.store.schema import VERSION
from tests.faults.conftest import LAYER, importing, locked, write_sites
from tests.faults.state import leftovers, problems, visible

OLD_SCHEMAS = sorted(Path(__file__).parent.glob("schema-*.sql"))


def change(home: Path, statement: str) -> None:
    """Change the store behind our back."""
    with contextlib.closing(sqlite3.connect(home / "landproof.db")) as connection:
        connection.execute(statement)
        connection.commit()


def receive(lp: Landproof, path: Path, layer: str = LAYER) -> int:
    with path.open("rb") as source:
        return uploads.receive(lp, source, path.name, layer, "test").id


def kept(lp: Landproof) -> set[str]:
    return {each.name for each in (lp.settings.home / "files").iterdir()}


class TestCheck:
    def test_sound(self, run):
        ended = run("check", "--json")
        assert ended.code == 0
        assert json.loads(ended.out) == {
            "sound": True,
            "uploads": 1,
            "files": 1,
            "sites": 8,
            "problems": [],
            "unread": [],
        }

    def test_flipped_byte_in_a_file(self, run, lp):
        (path,) = (lp.settings.home / "files").iterdir()
        content = bytearray(path.read_bytes())
        content[100] ^= 1
        path.write_bytes(content)
        ended = run("check", "--json")
        assert ended.code == 2
        (problem,) = json.loads(ended.out)["problems"]
        assert (problem["kind"], problem["sha256"], problem["uploads"]) == ("changed", path.name, "1")

    def test_missing_file(self, run, lp):
        (path,) = (lp.settings.home / "files").iterdir()
        path.unlink()
        ended = run("check")
        assert ended.code == 2
        assert f"File {path.name} of upload 1 is missing" in ended.out

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE sites SET amount = amount + 1 WHERE id = 3",
            "UPDATE sites SET note = 'x' WHERE id = 1",
            "UPDATE sites SET removed = 1 WHERE id = 1",
            "UPDATE sites SET geometry = zeroblob(length(geometry)) WHERE id = 2",
            "UPDATE sites SET max_lon = max_lon + 1e-9 WHERE id = 8",
            "DELETE FROM sites WHERE id = 5",
        ],
    )
    def test_changed_row(self, home, statement):
        change(home, statement)
        assert problems(home) == ["The sites of upload 1 are not those that were stored."]

    @pytest.mark.parametrize(
        "statement, said",
        [
            ("UPDATE uploads SET undone = 1", "Whether upload 1 is in force"),
            ("UPDATE uploads SET base_undone = 1", "Whether upload 1 is in force"),
            ("UPDATE uploads SET accepted_seq = 99", "Whether upload 1 is in force"),
            ("UPDATE uploads SET accepted_seq = NULL, state = 'ready'", "Whether upload 1 is in force"),
            ("UPDATE uploads SET crs = 'EPSG:1'", "Upload 1 is not as it was"),
            ("UPDATE uploads SET total = total + 1", "Upload 1 is not as it was"),
            ("UPDATE uploads SET effect = json_set(effect, '$.missing', 7)", "Upload 1 is not as it was"),
            ("UPDATE uploads SET digest = NULL", "Upload 1 is not as it was"),
            ("UPDATE uploads SET seal = NULL", "Upload 1 is not as it was"),
            ("DELETE FROM acts WHERE seq = 1", "From number 1 on"),
            ("UPDATE acts SET who = 'somebody else'", "From number 1 on"),
            ("INSERT INTO acts VALUES (2, 'redo', 1, 'x', NULL, '2026-01-01', NULL)", "From number 2 on"),
            ("DELETE FROM remarks", "The findings and the rows left out of upload 1"),
            ("UPDATE remarks SET rule = 'note'", "The findings and the rows left out of upload 1"),
            ("UPDATE site_areas SET official = official + 100 WHERE site_id = 2", "What the sites of upload 1 cover"),
            ("DELETE FROM site_areas WHERE site_id = 2", "What the sites of upload 1 cover"),
            ("INSERT INTO deductions VALUES (1, 3, 0, 'missing', 5)", f"What counts of layer {LAYER}"),
            ("UPDATE bridges SET basis = basis || 'x'", f"What counts of layer {LAYER}"),
        ],
    )
    def test_changed_history(self, home, statement, said):
        change(home, statement)
        assert any(each.startswith(said) for each in problems(home))

    @pytest.fixture
    def judged(self, lp, home) -> Path:
        """An instance in which a person has decided about two sites, twice, and explained a finding."""
        one, other = SiteKey(LAYER, "A0", 1), SiteKey("farmland_reclaimed", "F0", 1)
        lp.store.decisions.add(one, other, who="me", why="seen on site")
        lp.store.decisions.add(other, one, who="you", why="seen again")
        row, *_ = findings.every(lp, FindingFilter(layer=LAYER))
        findings.turn(lp, [row.id], "explained", "me", "seen on the ground")
        return home

    def test_what_people_said_is_sound(self, judged):
        assert problems(judged) == []

    @pytest.mark.parametrize(
        "statement, said",
        [
            ("UPDATE decisions SET layer = other_layer WHERE seq = 1", "From number 1 on, the decisions"),
            ("UPDATE decisions SET who = 'somebody else' WHERE seq = 2", "From number 2 on, the decisions"),
            ("UPDATE decisions SET withdrawn = 1 WHERE seq = 2", "From number 2 on, the decisions"),
            ("DELETE FROM decisions WHERE seq = 1", "From number 2 on, the decisions"),
            ("DELETE FROM decisions WHERE seq = 2", "From number 2 on, the decisions"),
            ("DELETE FROM decisions", "From number 1 on, the decisions"),
            (
                "INSERT INTO decisions SELECT 3, layer, code, ordinal, other_layer, other_code, other_ordinal, 0, who,"
                " why, at, digest FROM decisions WHERE seq = 1",
                "From number 3 on, the decisions",
            ),
            ("UPDATE finding_states SET why = 'nothing' WHERE why IS NOT NULL", "From number {last} on, what became"),
            ("UPDATE finding_states SET number = 5 WHERE seq = 1", "From number 1 on, what became"),
            ("UPDATE finding_states SET at = '2020-01-01' WHERE seq = 2", "From number 2 on, what became"),
            ("DELETE FROM finding_states WHERE why IS NOT NULL", "From number {last} on, what became"),
            ("DELETE FROM finding_states WHERE seq = 1", "From number 2 on, what became"),
            (
                "INSERT INTO finding_states (finding_id, state, who, at) VALUES (1, 'dismissed', 'x', '2026-01-01')",
                "From number {next} on, what became",
            ),
            ("UPDATE findings SET code = 'A1' WHERE id = 1", "From number 1 on, what became"),
            ("UPDATE findings SET state = 'dismissed' WHERE id = 1", "The state of finding 1 is not"),
            (
                "INSERT INTO findings (layer, rule, code, state, \"values\") VALUES ('a', 'b', 'c', 'open', '{{}}')",
                "The state of finding {added} is not",
            ),
        ],
    )
    def test_changed_judgement(self, judged, lp, statement, said):
        with contextlib.closing(sqlite3.connect(judged / "landproof.db")) as connection:
            (last,) = connection.execute("SELECT max(seq) FROM finding_states").fetchone()
            (added,) = connection.execute("SELECT max(id) + 1 FROM findings").fetchone()
        change(judged, statement.replace("{{}}", "{}"))
        expected = said.format(last=last, next=last + 1, added=added)
        assert [each for each in problems(judged) if each.startswith(expected)] != []

    def test_what_is_said_after_a_decision_was_removed_does_not_hide_that(self, judged, lp):
        change(judged, "DELETE FROM decisions WHERE seq = 2")
        lp.store.decisions.add(SiteKey(LAYER, "A1", 1), SiteKey("farmland_reclaimed", "F1", 1), who="me", why="x")
        assert problems(judged) == [
            "From number 2 on, the decisions about contested ground are not those that were noted."
        ]

    def test_acts_cut_off_at_the_end(self, lp, home):
        for _ in range(2):
            history.toggle(lp, 1, "test")
        change(home, "DELETE FROM acts WHERE seq > 1")
        assert problems(home) == ["From number 2 on, the acts are not those that were noted."]

    def test_reference_to_nothing(self, home):
        change(home, "UPDATE acts SET upload_id = 77")
        assert len(problems(home)) == 1

    def test_damaged_page(self, home, run):
        with contextlib.closing(sqlite3.connect(home / "landproof.db")) as connection:
            page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sites'").fetchone()[0]
            size = connection.execute("PRAGMA page_size").fetchone()[0]
        with (home / "landproof.db").open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xff" * 200)
        ended = run("check")
        assert ended.code == 2
        assert "The store is damaged" in ended.out and "Traceback" not in ended.err

    def test_edited_site_is_sound(self, lp, home):
        history.edit(lp, 1, {"note": "seen"}, "test", "looked again")
        assert problems(home) == []

    def test_no_instance_is_made_by_looking(self, runner, tmp_path):
        for command in (["check"], ["backup", str(tmp_path / "a.zip")]):
            ended = runner.run(tmp_path / "none", *command)
            assert (ended.code, "There is no instance" in ended.err) == (2, True)
        assert list(tmp_path.iterdir()) == []


class TestUnread:
    """Uploads whose reading was killed, where no worker runs."""

    @pytest.fixture
    def killed(self, run, scene) -> int:
        assert run(*importing(scene.second), fault="kill@read.raw").was_killed
        return 2

    def test_check_tells(self, run, killed):
        ended = run("check")
        assert ended.code == 0
        assert "Upload 2 (second.geojson) was not read to its end" in ended.out
        (told,) = json.loads(run("check", "--json").out)["unread"]
        assert (told["kind"], told["upload"], told["file"]) == ("interrupted", 2, "second.geojson")

    def test_next_import_settles_and_tells(self, lp, run, scene, killed):
        ended = run(*importing(scene.first))
        assert ended.code == 0
        assert "Upload 2 (second.geojson) was not read to its end" in ended.err
        assert uploads.find(lp, killed).state == "refused"
        assert run("check", "--json").out.count('"unread": []') == 1

    def test_settled_it_may_be_read_again(self, lp, killed, home, scene):
        (told,) = keeping.settle(lp)
        assert "upload 2" in str(told).lower()
        uploads.accept(lp, uploads.read(lp, killed).id, "command line")
        assert visible(home) == scene.after

    def test_what_is_being_read_is_left_alone(self, lp, scene):
        upload = receive(lp, scene.second)
        with readings.reading(lp, upload, lambda _: None):
            assert keeping.settle(lp) == []
            assert checking.check(lp).unread == ()

    def test_what_waits_for_a_worker_is_told_and_left_alone(self, lp, home, scene):
        upload = receive(lp, scene.second)
        uploads.enqueue(lp, upload)
        assert keeping.settle(lp) == []
        (told,) = checking.check(lp).unread
        assert (told.kind, told.values["upload"]) == ("waiting", upload)
        with held(home / "worker.lock"):
            assert checking.check(lp).unread == ()


class TestSweep:
    def test_parts_and_strange_files_go(self, lp, home):
        for name in (".receiving-abc", "0" * 64):
            (home / "files" / name).write_bytes(b"left")
        (home / "reading" / "9").mkdir()
        (home / "reading" / "9.lock").touch()
        keeping.sweep(lp)
        assert leftovers(home) == []
        assert len(kept(lp)) == 1

    def test_nobody_who_receives_is_disturbed(self, lp, scene):
        with scene.second.open("rb") as source, files.keep(lp, source):
            (lp.settings.home / "files" / ".receiving-abc").touch()
            keeping.sweep(lp)
            assert len(kept(lp)) == 3

    def test_rows_of_refused_and_discarded_uploads_go(self, lp, home, scene):
        upload = uploads.read(lp, receive(lp, scene.second)).id
        change(home, f"UPDATE uploads SET state = 'discarded' WHERE id = {upload}")
        assert leftovers(home)
        keeping.sweep(lp)
        assert leftovers(home) == []

    def test_rows_that_wait_to_be_accepted_stay(self, lp, home, scene):
        upload = uploads.read(lp, receive(lp, scene.second)).id
        keeping.sweep(lp)
        uploads.accept(lp, upload, "command line")
        assert visible(home) == scene.after


class TestRefused:
    def unreadable(self, folder: Path, size: int = 1000) -> Path:
        path = folder / "broken.geojson"
        path.write_bytes(b"{" * size)
        return path

    def test_bytes_that_cannot_be_read_go_and_the_record_stays(self, lp, tmp_path):
        upload = receive(lp, self.unreadable(tmp_path))
        with pytest.raises(Refused):
            uploads.read(lp, upload)
        row = uploads.find(lp, upload)
        assert (row.state, row.message["final"]) == ("refused", True)
        assert row.sha256 not in kept(lp)
        uploads.choose(lp, upload, {"encoding": "GB18030"})
        with pytest.raises(Refused, match="Send the file again"):
            uploads.read(lp, upload)
        uploads.cancel(lp, upload, "test")
        assert problems(lp.settings.home) == []

    def test_bytes_that_another_upload_needs_stay(self, lp, tmp_path):
        path = self.unreadable(tmp_path)
        first, second = receive(lp, path), receive(lp, path)
        with pytest.raises(Refused):
            uploads.read(lp, first)
        assert uploads.find(lp, second).sha256 in kept(lp)

    def test_bytes_that_another_answer_may_make_readable_stay(self, lp, scene):
        upload = receive(lp, scene.second)
        uploads.choose(lp, upload, {"crs": "EPSG:1"})
        with pytest.raises(Refused):
            uploads.read(lp, upload)
        assert uploads.find(lp, upload).sha256 in kept(lp)


class TestQuota:
    @pytest.fixture
    def tight(self, lp, monkeypatch) -> Landproof:
        """An instance with room for one more file of 20 kB."""
        monkeypatch.setattr(files, "MEGABYTE", 30_000)
        return Landproof(replace(lp.settings, quota_mb=1, max_upload_mb=1))

    def test_file_that_does_not_fit_leaves_nothing(self, tight, tmp_path, home):
        before = kept(tight)
        uploads.enqueue(tight, receive(tight, write_sites(tmp_path / "a.geojson", 100)))
        with pytest.raises(Refused, match="GEO_APP_QUOTA_MB"):
            receive(tight, write_sites(tmp_path / "b.geojson", 101))
        assert len(kept(tight) - before) == 1
        assert leftovers(home) == []

    def test_refused_files_give_way(self, tight, tmp_path, home):
        first = receive(tight, write_sites(tmp_path / "a.geojson", 100))
        change(home, f"UPDATE uploads SET state = 'refused' WHERE id = {first}")
        second = receive(tight, write_sites(tmp_path / "b.geojson", 101))
        assert uploads.find(tight, first).sha256 not in kept(tight)
        assert uploads.find(tight, second).sha256 in kept(tight)


class TestSchema:
    @pytest.fixture(params=OLD_SCHEMAS, ids=lambda path: path.stem)
    def old(self, request, tmp_path) -> Path:
        """A store as an earlier version left it: one accepted upload with one site."""
        path = tmp_path / "old" / "landproof.db"
        path.parent.mkdir()
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.executescript(request.param.read_text(encoding="utf-8"))
        return path

    def layout(self, path: Path) -> tuple[set, set]:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {(name, *row[1:]) for name in names for row in connection.execute(f"PRAGMA table_info({name})")}
            indexes = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        return columns, indexes

    def test_old_store_becomes_a_new_one(self, old, tmp_path):
        for path in (old, tmp_path / "new.db"):
            Store(path).close()
        assert self.layout(old) == self.layout(tmp_path / "new.db")

    def test_sites_of_an_old_store_are_measured(self, old):
        lp = Landproof(Settings(home=old.parent))
        assert lp.store.areas.unmeasured(LAYER) == [1]
        site_areas.fill(lp, LAYER)
        placed = lp.store.sites.plain(LAYER)["min_lon"].notna().sum()
        assert (lp.store.areas.unmeasured(LAYER), len(lp.store.areas.of(np.array([1])))) == ([], placed)
        lp.store.close()

    def test_what_was_accepted_stays_accepted(self, old):
        with contextlib.closing(Store(old)) as store:
            assert store.sites.frame(LAYER)["amount"].to_list() == [500]
            assert [(act.kind, act.who, act.seq) for act in store.uploads.acts()] == [("accept", "reviewer", 3)]
            assert store.keeping.altered(1) == [] and store.keeping.broken() == {}
            assert store.uploads.toggle(1, "test", None)
            assert store.keeping.altered(1) == [] and store.keeping.broken() == {}

    def test_what_people_said_in_an_old_store_is_sealed(self, tmp_path):
        home = tmp_path / "old"
        home.mkdir()
        with contextlib.closing(sqlite3.connect(home / "landproof.db")) as connection:
            connection.executescript((Path(__file__).parent / "schema-3.sql").read_text(encoding="utf-8"))
        with contextlib.closing(Store(home / "landproof.db")) as store:
            assert (store.keeping.broken(), store.keeping.misstated()) == ({}, [])
            change(home, "UPDATE decisions SET why = 'x'")
            change(home, "UPDATE finding_states SET who = 'x' WHERE seq = 2")
            assert store.keeping.broken() == {"decisions": 1, "finding_states": 2}

    def test_old_store_is_copied_first(self, old):
        before = old.read_bytes()
        Store(old).close()
        (copy,) = old.parent.glob("landproof.db.schema-*")
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (int(copy.suffix[-1]),)
            assert connection.execute("SELECT amount FROM sites").fetchall() == [(500,)]
        assert len(copy.read_bytes()) <= len(before)

    def test_interrupted_change_leaves_the_old_store(self, old, monkeypatch):
        before = self.layout(old)
        monkeypatch.setattr("geo_app.store.schema.STEPS", (("INSERT INTO nothing VALUES (1)",),) * VERSION)
        with pytest.raises(Exception, match="nothing"):
            Store(old)
        assert self.layout(old) == before

    def test_two_processes_at_once(self, old):
        with ThreadPoolExecutor(4) as pool:
            for opened in pool.map(Store, [old] * 4):
                opened.close()
        assert "acts" in {column[0] for column in self.layout(old)[0]}

    def test_every_new_column_may_be_added_to_old_rows(self):
        added = [each for table in tables.metadata.tables.values() for each in table.columns if each.server_default]
        assert all(each.nullable is False for each in added)
        assert len(OLD_SCHEMAS) == VERSION  # a store of every version before this one

    def test_sites_of_an_old_store_are_found_on_the_map(self, old):
        with contextlib.closing(Store(old)) as store:
            placed = store.sites.plain(LAYER)["min_lon"].notna().sum()
            assert len(store.sites.within(LAYER, "632800", (94, 36, 96, 38))) == placed

    def test_newer_store_is_left_alone(self, home, run):
        change(home, "PRAGMA user_version = 99")
        ended = run("totals")
        assert ended.code == 2
        assert "newer Landproof (schema 99" in ended.err

    def test_damaged_store_is_said_in_a_sentence(self, home):
        content = bytearray((home / "landproof.db").read_bytes())
        content[:16] = b"not a database.."
        (home / "landproof.db").write_bytes(content)
        with pytest.raises(StoreFailed, match="damaged"):
            database.Database(home / "landproof.db")


def test_looking_at_figures_needs_no_writing(home, lp, scene):
    """A reader does not wait for a writer, however long it takes."""
    with locked(home):
        assert visible(home) == scene.before


def test_check_reads_while_others_write(lp, home, scene, run):
    with locked(home):
        assert checking.check(Landproof(Settings(home=home))).problems == ()
    assert run(*importing(scene.second)).code == 0
