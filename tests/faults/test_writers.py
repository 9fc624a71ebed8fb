"""Several at once: a lock that is held, the same file from eight clients, a reading that was overtaken."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo_app.app import create_app
from geo_app.errors import AlreadyAccepted, Conflict, Superseded
from geo_app.ingest import Choices
from geo_app.services import history, jobs, uploads
from geo_app.store import database
from tests.faults.conftest import LAYER, importing, locked, write_sites
from tests.faults.state import leftovers, problems, visible
from tests.web.conftest import sign_in, token_of


@pytest.fixture
def received(lp, scene):
    """Receive the second file."""

    def receive() -> int:
        with scene.second.open("rb") as source:
            return uploads.receive(lp, source, scene.second.name, LAYER, "test").id

    return receive


@pytest.fixture
def ready(lp, received) -> int:
    """The second file, read and not accepted."""
    return uploads.read(lp, received()).id


class TestLock:
    def test_import_waits(self, runner, home, scene):
        with locked(home):
            importer = runner.start(home, *importing(scene.second))
            time.sleep(1.5)
            assert visible(home) == scene.before  # readers do not wait
        assert runner.wait(importer).code == 0
        assert visible(home) == scene.after

    def test_import_says_when_it_has_waited_long_enough(self, run, home, scene):
        with locked(home):
            began = time.monotonic()
            ended = run(*importing(scene.second), busy=1)
            assert time.monotonic() - began >= 1
        assert ended.code == 2
        assert "keeps the store busy" in ended.err and "Traceback" not in ended.err
        assert visible(home) == scene.before
        assert run(*importing(scene.second)).code == 0
        assert visible(home) == scene.after
        assert leftovers(home) == []

    @pytest.mark.slow
    def test_import_waits_thirty_seconds_and_no_longer(self, runner, scene, long_wait):
        ended = runner.wait(long_wait.pid)
        assert ended.code == 2
        assert "for more than 30 s" in ended.err
        assert visible(long_wait.home) == scene.before

    def test_page_answers_503(self, lp, ready, monkeypatch):
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
        client = sign_in(create_app(lp.settings))
        token = token_of(client)
        with locked(lp.settings.home):
            answer = client.post(f"/uploads/{ready}/accept", data={"csrf_token": token})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert uploads.find(lp, ready).state == "ready"


def test_full_disk_is_507_on_a_page(lp, scene, monkeypatch):
    client = sign_in(create_app(lp.settings))
    form = {"csrf_token": token_of(client), "layer": LAYER, "file": (scene.second.open("rb"), scene.second.name)}
    monkeypatch.setenv("GEO_APP_FAULT", "raise@receive.part")
    answer = client.post("/uploads", data=form)
    assert answer.status_code == 507
    assert "The disk is full" in answer.text
    assert leftovers(lp.settings.home) == []


class TestSameFile:
    def test_eight_commands(self, runner, home, lp, scene):
        pids = [runner.start(home, *importing(scene.second)) for _ in range(8)]
        ended = [runner.wait(pid) for pid in pids]
        assert [each.code for each in ended] == [0] * 8, ended
        states = [each.state for each in uploads.listing(lp) if each.sha256 != lp.store.uploads.find(1).sha256]
        assert states.count("accepted") == 1 and set(states) <= {"accepted", "discarded"}
        first = next(each.id for each in uploads.listing(lp) if each.id > 1 and each.state == "accepted")
        assert sum(f"accepted before, as upload {first}" in each.out for each in ended) == 7
        assert visible(home) == scene.after
        assert leftovers(home) == [] and problems(home) == []

    def test_eight_pages(self, lp, home, scene, received):
        waiting = [uploads.read(lp, received()).id for _ in range(8)]

        def accept(upload: int) -> int | None:
            try:
                uploads.accept(lp, upload, "command line")
            except AlreadyAccepted as already:
                return already.first
            return None

        with ThreadPoolExecutor(8) as pool:
            firsts = list(pool.map(accept, waiting))
        winner = waiting[firsts.index(None)]
        assert firsts.count(None) == 1 and set(firsts) == {None, winner}
        assert visible(home) == scene.after

    def test_read_differently_it_has_to_wait_until_the_first_is_undone(self, lp, ready, scene):
        uploads.accept(lp, ready, "test")
        with scene.second.open("rb") as source:
            other = uploads.receive(lp, source, "b.geojson", LAYER, "test", choices=Choices(status="planned"))
        uploads.read(lp, other.id)
        with pytest.raises(Conflict, match=f"Undo upload {ready} first"):
            uploads.accept(lp, other.id, "test")
        history.toggle(lp, ready, "test")
        uploads.accept(lp, uploads.read(lp, other.id).id, "test")
        assert uploads.find(lp, other.id).state == "accepted"

    def test_undone_it_may_come_again_and_then_not_come_back(self, lp, home, scene, ready, received):
        uploads.accept(lp, ready, "test")
        history.toggle(lp, ready, "test")
        again = uploads.read(lp, received()).id
        uploads.accept(lp, again, "test")
        with pytest.raises(AlreadyAccepted, match=f"upload {again}"):
            history.toggle(lp, ready, "test")

    def test_added_twice_at_once_it_is_added_once(self, lp, scene):
        numbers = []
        for _ in range(2):
            with scene.second.open("rb") as source:
                upload = uploads.receive(lp, source, "b.geojson", LAYER, "test", mode="add").id
            numbers.append(uploads.read(lp, upload).id)
        uploads.accept(lp, numbers[0], "test")
        with pytest.raises(Conflict, match="has changed since"):
            uploads.accept(lp, numbers[1], "test")


def test_different_files_at_once_are_compared_one_after_the_other(runner, home, lp, tmp_path):
    files = [write_sites(tmp_path / f"{at}.geojson", 6, first=2 * at, shift=at / 1000) for at in range(4)]
    ended = [runner.wait(pid) for pid in [runner.start(home, *importing(file)) for file in files]]
    assert [each.code for each in ended] == [0] * 4, ended
    effects = [each.effect for each in sorted(uploads.listing(lp), key=lambda each: each.accepted_seq)]
    assert [each["gross_before"] for each in effects[1:]] == [each["gross_after"] for each in effects[:-1]]
    assert problems(home) == []


class TestOvertaken:
    """A reading that is no longer wanted writes nothing more."""

    def overtake(self, lp, upload: int, act) -> None:
        """Read an upload; do something to it when its rows are about to be written."""

        def told(share: float) -> None:
            if share >= 0.5 and not done:
                done.append(act())

        done: list[object] = []
        with pytest.raises(Superseded):
            uploads.read(lp, upload, told)
        assert done

    def test_by_new_answers(self, lp, received):
        upload = received()
        self.overtake(lp, upload, lambda: uploads.choose(lp, upload, {"status": "planned"}))
        row = uploads.find(lp, upload)
        assert (row.state, row.records, row.reading_no) == ("reading", None, 2)
        assert lp.store.sites.layer_counts(placed=True, upload=upload) == {}

    def test_by_cancelling(self, lp, home, received, scene):
        upload = received()
        self.overtake(lp, upload, lambda: uploads.cancel(lp, upload, "test"))
        assert uploads.find(lp, upload).state == "discarded"
        assert leftovers(home) == [] and visible(home) == scene.before

    def test_page_that_shows_an_older_reading_cannot_accept(self, lp, ready):
        shown = uploads.find(lp, ready).reading_no
        uploads.read(lp, ready)
        with pytest.raises(Conflict, match="since this page was opened"):
            uploads.accept(lp, ready, "test", shown)
        uploads.accept(lp, ready, "test", shown + 1)

    def test_job_of_an_older_reading_does_nothing(self, lp, received):
        upload = received()
        uploads.enqueue(lp, upload)
        uploads.choose(lp, upload, {"status": "planned"})
        older, newer = lp.store.jobs.unfinished()
        jobs.run(lp, older)
        assert uploads.find(lp, upload).state == "reading"
        jobs.run(lp, newer)
        assert uploads.find(lp, upload).state == "ready"
        assert lp.store.jobs.unfinished() == []


class TestCancel:
    def test_while_it_waits(self, lp, home, received):
        upload = received()
        uploads.enqueue(lp, upload)
        (job,) = lp.store.jobs.unfinished()
        uploads.cancel(lp, upload, "test")
        jobs.run(lp, job)
        assert uploads.find(lp, upload).state == "discarded"
        assert lp.store.jobs.unfinished() == [] and leftovers(home) == []

    def test_while_it_is_read_ends_the_child_process(self, lp, home, tmp_path):
        path = tmp_path / "long.csv"
        lines = "".join(f"A{at},已完成,{97 + at % 100 / 100},37.2\n" for at in range(60_000))
        path.write_text("code,status,longitude,latitude\n" + lines, encoding="utf-8")
        with path.open("rb") as source:
            upload = uploads.receive(lp, source, path.name, "soil_remediated", "test").id
        outcome: list[BaseException] = []
        thread = threading.Thread(target=lambda: outcome.append(_raised(lambda: uploads.read(lp, upload))))
        thread.start()
        while not uploads.find(lp, upload).progress:
            time.sleep(0.01)
        began = time.monotonic()
        uploads.cancel(lp, upload, "test")
        thread.join(10)
        assert isinstance(outcome[0], Superseded)
        assert time.monotonic() - began < 2
        assert leftovers(home) == []

    def test_what_is_accepted_cannot_be_cancelled(self, lp, ready):
        uploads.accept(lp, ready, "test")
        with pytest.raises(Conflict, match="is closed"):
            uploads.cancel(lp, ready, "test")


def _raised(act) -> BaseException | None:
    try:
        act()
    except Superseded as error:
        return error
    return None
