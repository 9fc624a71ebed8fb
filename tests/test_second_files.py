"""A layer that holds something, and the next file: what is known, what is new, what is another version."""

import io

import pytest

from geo_app.errors import Conflict, Stale
from geo_app.ingest import Choices
from geo_app.services import figures, history, uploads

LAYER = "waste_household"
X, Y = "A,a,10\nB,b,20", "C,c,30\nD,d,40"


@pytest.fixture
def send(lp):
    """Receive rows of code, name and tonnes; read them unless the file is known."""

    def call(rows: str, mode: str = "merge", header: str = "编号,名称,重量(吨)"):
        content = io.BytesIO(f"{header}\n{rows}\n".encode())
        choices = Choices(status="finished")
        upload = uploads.receive(lp, content, "台账.csv", LAYER, "me", choices=choices, mode=mode)
        return upload if upload.state == "accepted" else uploads.read(lp, upload.id)

    return call


@pytest.fixture
def take(lp, send):
    """Send rows and accept what they are read as; return the upload's number."""

    def call(rows: str, mode: str = "merge", **more: str) -> int:
        upload = send(rows, mode, **more)
        if upload.state != "accepted":
            uploads.accept(lp, upload.id, "me")
        return upload.id

    return call


def tonnes(lp) -> float:
    return figures.totals(lp, LAYER)[0].gross / 1_000_000


def sites(lp) -> dict[str, float]:
    """The current sites: code and ordinal, and tonnes."""
    frame = lp.store.sites.frame(LAYER)
    keys = frame["code"] + "/" + frame["ordinal"].astype(str)
    return dict(zip(keys, frame["amount"] / 1_000_000, strict=True))


class TestKnownBytes:
    def test_they_are_recognised_where_they_would_change_nothing(self, lp, take):
        first = take(X)
        take(Y)
        assert take(X) == first
        assert sites(lp) == {"A/1": 10, "B/1": 20, "C/1": 30, "D/1": 40}

    def test_they_replace_what_came_after_them(self, lp, take):
        take(X)
        take(Y)
        take(X, "replace")
        assert sites(lp) == {"A/1": 10, "B/1": 20}

    def test_they_replace_again(self, lp, take):
        take(X, "replace")
        take(Y)
        take(X, "replace")
        assert tonnes(lp) == 30

    def test_they_replace_nothing_where_the_layer_holds_nothing_else(self, take):
        first = take(X)
        assert take(X, "replace") == first

    def test_they_bring_an_overtaken_version_back(self, lp, take):
        first = take(X)
        take("B,b,21")
        assert take(X) != first
        assert sites(lp) == {"A/1": 10, "B/1": 20}

    def test_without_codes_they_would_stand_twice(self, lp, take):
        first = take("一,10\n二,20", header="名称,重量(吨)")
        history.edit(lp, int(lp.store.sites.frame(LAYER)["id"][0]), {"quantity": "11"}, "me", "weighed again")
        with pytest.raises(Conflict, match=f"Undo upload {first} first"):
            take("一,10\n二,20", header="名称,重量(吨)")
        assert tonnes(lp) == 31

    def test_what_was_in_force_beside_them_may_be_undone_and_come_back(self, lp, take):
        first = take(X, "replace")
        take(Y)
        take(X, "replace")
        assert history.toggle(lp, first, "me") is True
        assert history.toggle(lp, first, "me") is False


class TestOrdinals:
    def test_that_of_an_undone_site_is_not_given_away(self, lp, take):
        take("Z,first,1")
        second = take("Z,second,2", "add")
        history.toggle(lp, second, "me")
        take("Z,third,4", "add")
        history.toggle(lp, second, "me")
        assert sites(lp) == {"Z/1": 1, "Z/2": 2, "Z/3": 4}

    def test_those_of_what_waits_are_not_given_away(self, lp, send, take):
        take("Z,first,1")
        waiting = send("Z,second,2", "add")
        take("Z,third,4", "add")
        assert sites(lp) == {"Z/1": 1, "Z/3": 4}
        uploads.cancel(lp, waiting.id, "me")

    def test_they_are_the_same_in_the_file_with_errors_and_in_the_corrected_one(self, lp, take):
        take("A,first,abc\nA,second,20")
        assert sites(lp) == {"A/2": 20}
        history.edit(lp, int(lp.store.sites.frame(LAYER)["id"][0]), {"note": "seen"}, "me", "visit")
        take("A,first,10\nA,second,20")
        assert sites(lp) == {"A/1": 10, "A/2": 20}
        newest, edited, first = lp.store.sites.versions(LAYER, "A", 2)
        assert [each.name for each in (newest, edited, first)] == ["second"] * 3


class TestStale:
    """What a person saw of an upload is what accepting it does."""

    @pytest.mark.parametrize("mode", uploads.MODES)
    def test_upload_is_compared_anew_before_it_is_accepted(self, lp, send, mode):
        first, second = send("A,one,10"), send("A,two,99", mode)
        uploads.accept(lp, first.id, "me")
        with pytest.raises(Stale, match=f"{LAYER} has changed since"):
            uploads.accept(lp, second.id, "me")
        assert tonnes(lp) == 10
        told = uploads.read(lp, second.id).effect
        assert told["gross_before"] == 10_000_000
        uploads.accept(lp, second.id, "me")
        assert tonnes(lp) == told["gross_after"] / 1_000_000

    def test_a_correction_of_a_site_makes_it_stale_too(self, lp, send, take):
        take(X)
        waiting = send("A,a,12")
        history.edit(lp, int(lp.store.sites.frame(LAYER)["id"][0]), {"quantity": "11"}, "me", "weighed again")
        with pytest.raises(Stale):
            uploads.accept(lp, waiting.id, "me")

    def test_what_has_come_back_to_where_it_was_is_not_stale(self, lp, send, take):
        take(X)
        waiting = send("A,a,12")
        history.toggle(lp, take(Y), "me")
        uploads.accept(lp, waiting.id, "me")
        assert sites(lp) == {"A/1": 12, "B/1": 20}


def number_of(lp, key: str) -> int:
    frame = lp.store.sites.frame(LAYER)
    code, ordinal = key.split("/")
    return int(frame["id"][(frame["code"] == code) & (frame["ordinal"] == int(ordinal))].iloc[0])


class TestChangedCode:
    """A code that a person has changed, and a file that still has the old one."""

    @pytest.fixture
    def renamed(self, lp, take) -> int:
        """Sites A and C; A was called B afterwards. Returns the correction's number."""
        take("A,a,10\nC,c,1")
        site = history.edit(lp, number_of(lp, "A/1"), {"code": "B"}, "auditor", "typing error")
        return lp.store.sites.find(site, lp.place).upload_id

    @pytest.mark.parametrize("mode", ["merge", "replace"])
    def test_it_is_taken_for_the_site_with_the_new_one(self, lp, send, renamed, mode):
        upload = send("A,a,12\nC,c,1", mode)
        assert [upload.effect[name] for name in ("added", "changed", "unchanged", "missing")] == [0, 1, 1, 0]
        (found,) = [each for each in lp.store.uploads.remarks(upload.id, "finding") if each.rule == "code_changed"]
        assert found.record == 1
        assert found._mapping["values"] == {
            "code": "A", "other": "B", "who": "auditor", "why": "typing error", "upload": renamed
        }  # fmt: skip
        uploads.accept(lp, upload.id, "me")
        assert sites(lp) == {"B/1": 12, "C/1": 1}

    def test_it_is_told_without_storing_too(self, lp, renamed, tmp_path):
        path = tmp_path / "again.csv"
        path.write_text("编号,名称,重量(吨)\nA,a,12\n", encoding="utf-8")
        reading = uploads.look(lp, path, LAYER, Choices(status="finished"))
        assert "code_changed" in {each.rule for each in reading.findings}

    def test_a_file_that_has_both_is_about_two_sites(self, lp, take, renamed):
        take("A,a,12\nB,b,20")
        assert sites(lp) == {"A/1": 12, "B/1": 20, "C/1": 1}

    def test_it_is_followed_from_code_to_code(self, lp, take, renamed):
        history.edit(lp, number_of(lp, "B/1"), {"code": "D"}, "auditor", "again")
        take("A,a,12")
        assert sites(lp) == {"D/1": 12, "C/1": 1}

    def test_what_is_added_stays_apart(self, lp, take, renamed):
        take("A,a,12", "add")
        assert sites(lp) == {"A/2": 12, "B/1": 10, "C/1": 1}

    def test_an_undone_correction_holds_for_no_file(self, lp, take, renamed):
        history.toggle(lp, renamed, "me")
        take("A,a,12")
        assert sites(lp) == {"A/1": 12, "C/1": 1}

    @pytest.mark.parametrize("rows", ["A,a,12", "B,b,12"])
    def test_the_correction_stays_while_a_file_rests_on_it(self, lp, take, renamed, rows):
        later = take(rows)
        for upload in (renamed, 1):
            with pytest.raises(Conflict, match=f"Undo upload {later} first"):
                history.toggle(lp, upload, "me")
        history.toggle(lp, later, "me")
        history.toggle(lp, renamed, "me")
        assert sites(lp) == {"A/1": 10, "C/1": 1}
        with pytest.raises(Conflict, match=f"bring upload {renamed} back first"):
            history.toggle(lp, later, "me")

    def test_it_may_be_changed_back(self, lp, take, renamed):
        take("A,a,12")
        history.edit(lp, number_of(lp, "B/1"), {"code": "A"}, "auditor", "it was right")
        assert sites(lp) == {"A/1": 12, "C/1": 1}
        take("A,a,13")
        assert sites(lp) == {"A/1": 13, "C/1": 1}
