"""Every hostile file ends as it should, and none reaches a file or a port that nobody named."""

import ctypes
import os
import re
import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_app.errors import AnswerNeeded, GeoAppError, Refused
from tests.ingest import files
from tests.ingest.conftest import left_out, rules
from tests.ingest.hostile import Case, Lure
from tests.ingest.hostile_more import CASES

SECRET = "canary-90210"
OPENED = 0x20  # IN_OPEN


@contextmanager
def watched(path: Path) -> Iterator[list[int]]:
    """List every opening of a file, by whatever process, while the block lasts."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK)
    if handle < 0 or libc.inotify_add_watch(handle, bytes(path), OPENED) < 0:
        pytest.skip("this system tells nobody of opened files")
    seen: list[int] = []
    try:
        yield seen
        while select.select([handle], [], [], 0)[0]:
            told = os.read(handle, 4096)
            seen += [struct.unpack_from("iI", told)[1]] * (len(told) // 16)
    finally:
        os.close(handle)


@pytest.fixture(scope="module")
def lure(tmp_path_factory) -> Iterator[Lure]:
    """One file that nobody may read and one port that nobody may call, for the whole run."""
    path = files.geojson(
        tmp_path_factory.mktemp("canary") / "canary.geojson", [files.lonlat_square()], [{"name": SECRET}]
    )
    with socket.create_server(("127.0.0.1", 0)) as server, watched(path) as opened:
        server.setblocking(False)
        yield Lure(path, server.getsockname()[1])
        with pytest.raises(BlockingIOError):
            server.accept()
    assert opened == []


def ended(take, path: Path, case: Case, **more: object) -> object:
    """Read a file; what it came to."""
    try:
        return take(path, case.layer, **({"confirmed": ()} | dict(case.choices) | more))
    except GeoAppError as error:
        assert SECRET not in str(error)
        assert error.known.get("accepted") in (None, 0) or isinstance(error, AnswerNeeded)
        return error


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_ends_as_it_should(tmp_path, take, lure, case):
    path = case.make(tmp_path, lure)
    before = set(tmp_path.rglob("*"))
    found = ended(take, path, case)
    assert set(tmp_path.rglob("*")) == before
    assert not Path("/tmp/hostile.shp").exists()  # noqa: S108 - where an attack would write
    if case.refused is not None:
        assert isinstance(found, Refused), found
        assert re.search(case.refused, str(found))
    elif case.needs is not None:
        assert isinstance(found, AnswerNeeded), found
        assert case.needs in (found.needs, *(each.needs for each in found.more))
        if case.needs == "confirmation":
            assert ended(take, path, case, confirmed=("all",)).accepted >= 1
    else:
        assert not isinstance(found, GeoAppError), found
        assert case.accepted in (None, found.accepted)
        assert set(left_out(found)) == set(case.left_out)
        assert all(case.left_out[record] in ("*", rule) for record, rule in left_out(found).items())
        assert SECRET not in repr(found.sites.to_dict())
    if case.finds:
        assert case.finds in rules(found)


def test_odd_and_real_files_reach_nothing_either(shared_files, take, lure):
    for folder in ("corpus", "realdata"):
        for path in sorted((shared_files / folder).iterdir()):
            try:
                reading = take(path, "waste_household", sublayer="all", confirmed=())
            except GeoAppError as error:
                assert str(error)
            else:
                assert reading.accepted > 0


def test_the_watch_sees_what_is_opened(tmp_path):
    path = tmp_path / "seen"
    path.write_text("x")
    with watched(path) as opened:
        path.read_text()
    assert opened == [OPENED]
