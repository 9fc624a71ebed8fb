"""The store: what is staged is unseen, what is accepted stays, the newest version holds."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo_app.errors import Conflict, NotFound
from geo_app.model import Finding, Rejection
from geo_app.store.sites import SiteFilter
from tests.site_frames import cell, site_frame

LAYER, PLACE = "grassland_restored", "632800"


@pytest.fixture
def store(lp):
    return lp.store


def upload(store, frame, *, accept: bool = True, sha256: str | None = None) -> int:
    number = store.uploads.add(
        sha256=sha256 or secrets.token_hex(32),
        filename="a.zip",
        size=1,
        layer=LAYER,
        received_by="test",
        choices={},
        synthetic=False,
    )
    store.sites.stage(number, LAYER, frame)
    store.uploads.change(number, state="ready", crs="EPSG:4490", basis=store.uploads.basis(LAYER))
    if accept:
        store.uploads.accept(number, "test")
    return number


def codes(store, **wanted) -> list[str]:
    return [row.code for row in store.sites.page(SiteFilter(**wanted), PLACE, 0, 100)]


def test_staged_rows_are_unseen(store):
    number = upload(store, site_frame(cell(0, 0)), accept=False)
    assert codes(store) == []
    assert codes(store, upload=number) == ["S0"]


def test_accepted_rows_are_seen_as_written(store):
    frame = site_frame(cell(0, 0), None, amount=[5, None], name=["一", None])
    upload(store, frame)
    back = store.sites.frame(LAYER)
    assert back.geometry[0].equals(cell(0, 0))
    assert back.geometry[1] is None
    assert back["amount"].to_list()[0] == 5
    assert back["amount"].isna().to_list() == [False, True]
    assert back["name"].isna().to_list() == [False, True]


def test_rows_without_any_place_are_stored(store):
    upload(store, site_frame(None, None, amount=[1, 2]))
    assert store.sites.frame(LAYER)["amount"].to_list() == [1, 2]


def test_newest_version_of_a_code_holds(store):
    upload(store, site_frame(cell(0, 0), amount=[5]))
    upload(store, site_frame(cell(1, 0), amount=[7]))
    assert store.sites.frame(LAYER)["amount"].to_list() == [7]
    assert len(store.sites.versions(LAYER, "S0", 1)) == 2


def test_order_of_acceptance_decides_not_of_arrival(store):
    late = upload(store, site_frame(cell(0, 0), amount=[5]), accept=False)
    upload(store, site_frame(cell(1, 0), amount=[7]))
    store.uploads.change(late, basis=store.uploads.basis(LAYER))
    store.uploads.accept(late, "test")
    assert store.sites.frame(LAYER)["amount"].to_list() == [5]


def test_rows_without_code_never_replace_each_other(store):
    upload(store, site_frame(cell(0, 0), code=[None]))
    upload(store, site_frame(cell(1, 0), code=[None]))
    assert codes(store) == ["U1-1", "U2-1"]


def test_what_is_accepted_cannot_be_cleared(store):
    number = upload(store, site_frame(cell(0, 0)))
    with pytest.raises(Conflict, match="nothing of it is ever deleted"):
        store.readings.drop(number)
    with pytest.raises(Conflict, match="is closed"):
        store.uploads.change(number, state="refused")


def test_clearing_drops_rows_boxes_and_remarks(store):
    number = upload(store, site_frame(cell(0, 0)), accept=False)
    store.uploads.remark(number, [Rejection(2, "null_geometry")], [Finding("code_from_row")])
    store.readings.drop(number)
    assert codes(store, upload=number) == []
    assert store.uploads.remarks(number, "rejection") == []
    assert store.sites.within(LAYER, PLACE, (90, 30, 100, 40)).empty


def test_accepting_twice_is_a_conflict(store):
    number = upload(store, site_frame(cell(0, 0)))
    with pytest.raises(Conflict, match="not ready"):
        store.uploads.accept(number, "test")


def test_box_finds_what_meets_it(store):
    upload(store, site_frame(cell(0, 0), cell(5, 5), None))
    assert store.sites.within(LAYER, PLACE, (95.001, 37.001, 95.002, 37.002))["code"].to_list() == ["S0"]


@pytest.mark.parametrize("text, found", [("S1", ["S1"]), ("%", []), ("_", []), ("草", ["S0"])])
def test_text_filter_takes_no_wildcards(store, text, found):
    upload(store, site_frame(cell(0, 0), cell(2, 0), name=["草原", None]))
    assert codes(store, text=text) == found


def test_filter_by_status_and_place(store):
    upload(store, site_frame(cell(0, 0), None, status=["finished", None]))
    assert codes(store, status="unknown") == ["S1"]
    assert codes(store, placed=True) == ["S0"]


def test_unknown_numbers_are_not_found(store):
    with pytest.raises(NotFound, match="no upload 9"):
        store.uploads.find(9)
    with pytest.raises(NotFound, match="no site number 9"):
        store.sites.find(9, PLACE)


def test_same_bytes_are_recognised(store):
    number = upload(store, site_frame(cell(0, 0)), sha256="bb")
    assert store.uploads.same("bb", LAYER, "merge", {}).id == number
    assert store.uploads.same("cc", LAYER, "merge", {}) is None


def test_writers_wait_for_each_other(store):
    def stage(at: int) -> int:
        return upload(store, site_frame(cell(at, 0), code=[str(at)]), accept=False)

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(stage, range(6)))
    assert [codes(store, upload=number) for number in numbers] == [[str(at)] for at in range(6)]


def test_first_value_holds(store):
    assert store.put_first("key", "one") == "one"
    assert store.put_first("key", "two") == "one"
