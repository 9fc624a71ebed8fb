"""The whole instance into one file and back, byte for byte; a damaged file is refused."""

import json
import os
import stat
import threading
import warnings
import zipfile
from dataclasses import replace

import pytest

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.services import Landproof, backups, uploads
from geo_app.settings import Settings
from tests.faults.conftest import LAYER, importing
from tests.faults.state import problems, visible


@pytest.fixture
def backup(lp, tmp_path):
    """A backup of the instance."""
    backups.back_up(lp, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


@pytest.fixture
def empty(lp, tmp_path) -> Landproof:
    """Where a backup can go."""
    return Landproof(replace(lp.settings, home=tmp_path / "restored"))


def rewritten(path, change) -> None:
    """Write an archive again, its entries as a function leaves them."""
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    entries = change(entries)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w") as archive:
        for name, content in entries if isinstance(entries, list) else entries.items():
            archive.writestr(name, content)


class TestRoundTrip:
    def test_by_command(self, runner, run, scene, home, tmp_path):
        file, other = tmp_path / "b.zip", tmp_path / "other"
        assert run("backup", str(file)).code == 0
        assert runner.run(other, "restore", str(file)).code == 0
        assert visible(other) == scene.before
        assert problems(other) == []
        assert {each.name for each in (other / "files").iterdir()} == {each.name for each in (home / "files").iterdir()}
        assert runner.run(other, *importing(scene.second)).code == 0
        assert visible(other) == scene.after

    def test_into_an_empty_folder(self, backup, empty, scene):
        empty.settings.home.mkdir()
        assert backups.restore(empty, backup) == 1
        assert visible(empty.settings.home) == scene.before

    def test_only_its_owner_may_read_it(self, backup):
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    def test_nothing_else_is_left_beside_it(self, backup, empty, home, tmp_path):
        backups.restore(empty, backup)
        assert {each.name for each in tmp_path.iterdir()} == {"backup.zip", "home", "restored"}
        assert not (home / "backup").exists()

    def test_while_uploads_come_in(self, runner, lp, scene, home, tmp_path, empty):
        importer = runner.start(home, *importing(scene.second))
        for number in range(4):
            backups.back_up(lp, tmp_path / f"{number}.zip")
        assert runner.wait(importer).code == 0
        for number in range(4):
            there = Landproof(Settings(home=tmp_path / f"there-{number}"))
            backups.restore(there, tmp_path / f"{number}.zip")
            assert visible(there.settings.home) in (scene.before, scene.after)
            assert problems(there.settings.home) == []


class TestWriting:
    def test_nothing_is_overwritten(self, lp, backup):
        before = backup.read_bytes()
        with pytest.raises(Conflict, match="exists already"):
            backups.back_up(lp, backup)
        assert backup.read_bytes() == before

    def test_full_disk_leaves_nothing(self, run, tmp_path):
        ended = run("backup", str(tmp_path / "b.zip"), fsize=3000)
        assert ended.code == 2 and "The disk" in ended.err
        assert [each.name for each in tmp_path.iterdir()] == ["home"]

    def test_folder_that_is_not_there(self, run, tmp_path):
        ended = run("backup", str(tmp_path / "none" / "b.zip"))
        assert ended.code == 2 and "Traceback" not in ended.err

    def test_missing_and_changed_files_are_named(self, lp, scene, run, tmp_path, empty, home):
        with scene.second.open("rb") as source:
            upload = uploads.receive(lp, source, "b.geojson", LAYER, "test")
        first = uploads.find(lp, 1).sha256
        (home / "files" / first).write_bytes(b"changed")
        (home / "files" / upload.sha256).unlink()
        ended = run("backup", str(tmp_path / "b.zip"))
        assert ended.code == 0
        assert f"File {first} has changed" in ended.err and f"File {upload.sha256} is missing" in ended.err
        backups.restore(empty, tmp_path / "b.zip")
        assert len(problems(empty.settings.home)) == 2


class TestDamaged:
    def refused(self, lp, file) -> None:
        with pytest.raises(Refused, match="no whole backup"):
            backups.restore(lp, file)
        assert not lp.settings.home.exists()
        assert not list(lp.settings.home.parent.glob(".restored-restoring-*"))

    @pytest.mark.parametrize("part, share", [(0, 0.1), (0, 0.5), (0, 0.9), (1, 0.5), (2, 0.5)])
    def test_flipped_byte(self, backup, empty, part, share):
        content = bytearray(backup.read_bytes())
        with zipfile.ZipFile(backup) as packed:
            entry = packed.infolist()[part]
        start = entry.header_offset + 30 + len(entry.filename)  # behind its header, of which not every byte is needed
        content[start + int(entry.compress_size * share)] ^= 0xFF
        backup.write_bytes(content)
        self.refused(empty, backup)

    @pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
    def test_cut_off(self, backup, empty, share):
        os.truncate(backup, int(backup.stat().st_size * share))
        self.refused(empty, backup)

    def test_changed_content_with_a_right_checksum(self, backup, empty):
        rewritten(backup, lambda entries: {n: c + b" " if n.startswith("files/") else c for n, c in entries.items()})
        self.refused(empty, backup)

    @pytest.mark.parametrize("name", ["landproof.db", "manifest.json"])
    def test_missing_part(self, backup, empty, name):
        rewritten(backup, lambda entries: {key: value for key, value in entries.items() if key != name})
        self.refused(empty, backup)

    @pytest.mark.parametrize(
        "name", ["../evil", "/evil", "files/../../evil", "files\\..\\evil", "evil", "files/", "files/" + "A" * 64]
    )
    def test_name_that_no_backup_has(self, backup, empty, name, tmp_path):
        def add(entries):
            manifest = json.loads(entries["manifest.json"])
            manifest["entries"][name] = {"sha256": "e3b0c44298fc1c149afbf4c8996fb924" + "0" * 32, "size": 0}
            return entries | {name: b"", "manifest.json": json.dumps(manifest).encode()}

        rewritten(backup, add)
        self.refused(empty, backup)
        assert not (tmp_path / "evil").exists()

    def test_entry_that_is_not_listed(self, backup, empty):
        rewritten(backup, lambda entries: entries | {"files/" + "0" * 64: b""})
        self.refused(empty, backup)

    def test_entry_twice(self, backup, empty):
        rewritten(backup, lambda entries: [*entries.items(), *entries.items()])
        self.refused(empty, backup)

    def test_link(self, backup, empty):
        link = zipfile.ZipInfo("files/" + "0" * 64)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(backup, "a") as archive:
            archive.writestr(link, "/etc/passwd")
        self.refused(empty, backup)

    @pytest.mark.parametrize("entries", [None, [], {"landproof.db": 1}, {"landproof.db": {"sha256": 1, "size": "x"}}])
    def test_manifest_of_another_shape(self, backup, empty, entries):
        rewritten(backup, lambda known: known | {"manifest.json": json.dumps({"entries": entries}).encode()})
        self.refused(empty, backup)

    def test_store_that_is_no_store(self, backup, empty):
        def swap(entries):
            manifest = json.loads(entries["manifest.json"])
            manifest["entries"]["landproof.db"] = {
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "size": 0,
            }
            return entries | {"landproof.db": b"", "manifest.json": json.dumps(manifest).encode()}

        rewritten(backup, swap)
        self.refused(empty, backup)

    def test_what_is_no_archive(self, empty, tmp_path, scene):
        self.refused(empty, scene.second)
        with pytest.raises(Refused, match="no file"):
            backups.restore(empty, tmp_path / "none.zip")


class TestPlace:
    def test_instance_that_holds_something_is_left_alone(self, lp, backup, home, scene):
        with pytest.raises(Conflict, match="overwrites nothing"):
            backups.restore(lp, backup)
        assert visible(home) == scene.before

    def test_two_at_once_restore_one(self, backup, empty, scene):
        outcomes: list[object] = []

        def restore() -> None:
            try:
                outcomes.append(backups.restore(Landproof(empty.settings), backup))
            except (Conflict, Refused, NotFound, OSError) as error:
                outcomes.append(error)

        threads = [threading.Thread(target=restore) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(1) == 1
        assert sum(isinstance(each, Conflict) for each in outcomes) == 2
        assert visible(empty.settings.home) == scene.before
