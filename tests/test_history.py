"""Versions, undo, edits and the state as of an upload: nothing is overwritten."""

import io

import pytest

from geo_app.errors import Conflict, Refused
from geo_app.services import figures, history, uploads
from geo_app.services.bridges import refresh
from geo_app.store.sites import SiteFilter
from tests.site_frames import cell, site_frame

LAYER, PLACE = "waste_household", "632800"


@pytest.fixture
def accept(lp):
    """Accept an upload of tickets, given as code=grams."""

    def call(mode: str = "merge", **tickets: int) -> int:
        number = lp.store.uploads.add(
            sha256=str(tickets),
            filename="a.csv",
            size=1,
            layer=LAYER,
            received_by="me",
            choices={},
            synthetic=False,
            mode=mode,
        )
        frame = site_frame(*[None] * len(tickets), code=list(tickets), amount=list(tickets.values()))
        lp.store.sites.stage(number, LAYER, frame)
        lp.store.uploads.change(number, state="ready", basis=lp.store.uploads.basis(LAYER))
        lp.store.uploads.accept(number, "me")
        return number

    return call


def amounts(lp, **wanted) -> dict[str, int]:
    rows = lp.store.sites.page(SiteFilter(layer=LAYER, **wanted), PLACE, 0, 100)
    return {row.code: row.amount for row in rows}


def number_of(lp, code: str) -> int:
    return next(row.id for row in lp.store.sites.page(SiteFilter(layer=LAYER), PLACE, 0, 100) if row.code == code)


def test_undo_brings_the_earlier_versions_back(lp, accept):
    accept(A=1, B=2)
    second = accept(B=3, C=4)
    assert amounts(lp) == {"A": 1, "B": 3, "C": 4}
    assert history.toggle(lp, second, "me") is True
    assert amounts(lp) == {"A": 1, "B": 2}


def test_undo_can_be_undone(lp, accept):
    accept(A=1)
    second = accept(A=2)
    history.toggle(lp, second, "me", "wrong file")
    assert history.toggle(lp, second, "me") is False
    assert amounts(lp) == {"A": 2}
    assert [act.kind for act in lp.store.uploads.acts(second)] == ["accept", "undo", "redo"]


def test_what_was_never_accepted_cannot_be_undone(lp):
    number = lp.store.uploads.add(
        sha256="aa", filename="a.csv", size=1, layer=LAYER, received_by="me", choices={}, synthetic=False
    )
    with pytest.raises(Conflict, match="was not accepted"):
        history.toggle(lp, number, "me")


def test_replace_ends_the_earlier_sites_of_the_layer(lp, accept):
    accept(A=1, B=2)
    second = accept("replace", B=3)
    assert amounts(lp) == {"B": 3}
    history.toggle(lp, second, "me")
    assert amounts(lp) == {"A": 1, "B": 2}


def test_totals_move_with_undo(lp, accept):
    accept(A=1_000_000)
    second = accept(B=2_000_000)
    assert figures.totals(lp, LAYER)[0].net == 3_000_000
    history.toggle(lp, second, "me")
    assert figures.totals(lp, LAYER)[0].net == 1_000_000


def test_totals_as_of_an_upload_are_the_old_ones(lp, accept):
    first = accept(A=1_000_000)
    second = accept(A=5_000_000, B=1_000_000)
    history.toggle(lp, second, "me")
    assert figures.totals(lp, LAYER, as_of=first)[0].net == 1_000_000
    assert figures.totals(lp, LAYER, as_of=second)[0].net == 6_000_000
    assert figures.totals(lp, LAYER)[0].net == 1_000_000


def test_edit_is_a_new_version_with_who_and_why(lp, accept):
    accept(A=1_000_000)
    history.edit(lp, number_of(lp, "A"), {"quantity": "2.5", "note": "复核"}, "auditor", "scale was wrong")
    assert amounts(lp) == {"A": 2_500_000}
    newest, oldest = lp.store.sites.versions(LAYER, "A", 1)
    assert (newest.note, oldest.note) == ("复核", None)
    act = lp.store.uploads.acts(newest.upload_id)[0]
    assert (act.who, act.why) == ("auditor", "scale was wrong")


def test_edit_of_the_code_moves_the_site(lp, accept):
    accept(A=1)
    history.edit(lp, number_of(lp, "A"), {"code": "Z"}, "me", "typo")
    assert amounts(lp) == {"Z": 1}


def test_edit_goes_with_the_upload_that_it_edits(lp, accept):
    first = accept(A=1)
    second = accept(A=2)
    history.edit(lp, number_of(lp, "A"), {"quantity": "3"}, "me", "because")
    history.toggle(lp, second, "me")
    assert amounts(lp) == {"A": 1}
    history.toggle(lp, second, "me")
    assert amounts(lp) == {"A": 3_000_000}
    assert lp.store.uploads.in_force_after(first) == (first,)


def test_edit_of_an_old_version_is_a_conflict(lp, accept):
    accept(A=1)
    old = number_of(lp, "A")
    accept(A=2)
    with pytest.raises(Conflict, match="newer version"):
        history.edit(lp, old, {"note": "x"}, "me", "because")


@pytest.mark.parametrize(
    "changes, why, said",
    [
        ({"quantity": "-1"}, "because", "no quantity"),
        ({"quantity": "much"}, "because", "no quantity"),
        *(
            ({"quantity": text}, "because", "no quantity")
            for text in ("1e13", "1e500", "1e999999999", "9" * 30, "1e15")
        ),
        *(
            ({"quantity": text}, "because", "no quantity")
            for text in ("1_000", "1,2,3", "NaN", "Infinity", "10 m³", "10 tons")
        ),
        ({"status": "perfect"}, "because", "no status"),
        ({"district": "Atlantis"}, "because", "no district"),
        ({"geometry": "x"}, "because", "cannot be changed by hand"),
        ({"note": "x"}, " ", "No reason"),
    ],
)
def test_edit_that_cannot_be_is_refused(lp, accept, changes, why, said):
    accept(A=1)
    with pytest.raises(Refused, match=said):
        history.edit(lp, number_of(lp, "A"), changes, "me", why)
    assert amounts(lp) == {"A": 1}


@pytest.mark.parametrize(
    "text, grams",
    [("１，２３４．５", 1_234_500_000), ("1,5", 1_500_000), ("1e3", 1_000_000_000), ("0", 0)],
)
def test_quantity_is_read_as_in_a_file(lp, accept, text, grams):
    accept(A=1)
    history.edit(lp, number_of(lp, "A"), {"quantity": text}, "me", "because")
    assert amounts(lp) == {"A": grams}


def test_count_is_edited_in_whole_numbers(lp, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号,状态,数量\nE1,已完成,3\n", encoding="utf-8")
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, "enterprises_air", "me")
    uploads.read(lp, upload.id)
    uploads.accept(lp, upload.id, "me")
    (site,) = lp.store.sites.frame("enterprises_air")["id"]
    with pytest.raises(Refused, match="whole where things are counted"):
        history.edit(lp, int(site), {"quantity": "3.5"}, "me", "because")
    history.edit(lp, int(site), {"quantity": "4.0"}, "me", "because")
    assert lp.store.sites.frame("enterprises_air")["amount"].tolist() == [4]


def test_edited_site_keeps_its_shape_on_the_map(lp):
    number = lp.store.uploads.add(
        sha256="aa", filename="a.zip", size=1, layer="grassland_restored", received_by="me", choices={}, synthetic=False
    )
    lp.store.sites.stage(number, "grassland_restored", site_frame(cell(0, 0)))
    lp.store.uploads.change(number, state="ready", basis="")
    lp.store.uploads.accept(number, "me")
    refresh(lp, lp.layers["grassland_restored"], PLACE)
    found = lp.store.sites.within("grassland_restored", PLACE, (95, 37, 95.1, 37.1))
    history.edit(lp, int(found["id"][0]), {"status": "relapsed"}, "me", "follow-up visit")
    found = lp.store.sites.within("grassland_restored", PLACE, (95, 37, 95.1, 37.1))
    assert found["status"].to_list() == ["relapsed"]
    assert found["reason"].to_list() == ["not_finished"]


def test_row_that_names_a_district_elsewhere_is_outside(lp):
    number = lp.store.uploads.add(
        sha256="bb", filename="a.csv", size=1, layer=LAYER, received_by="me", choices={}, synthetic=False
    )
    frame = site_frame(
        *[None] * 3,
        amount=[1, 2, 4],
        district=None,
        outside_m=None,
        stated_district=["西宁市城东区", None, "都兰县香日德镇"],
    )
    frame["district"] = [lp.districts.resolve(each) for each in frame["stated_district"]]
    lp.store.sites.stage(number, LAYER, frame)
    lp.store.uploads.change(number, state="ready", basis="")
    lp.store.uploads.accept(number, "me")
    assert figures.totals(lp, LAYER)[0].net == 6


def test_totals_beyond_the_range_of_the_store_are_exact(lp, accept):
    accept(**{f"T{at}": 2**62 for at in range(5)})
    assert figures.totals(lp, LAYER)[0].gross == 5 * 2**62


def test_another_boundary_set_is_said(lp, accept):
    number = accept(A=1)
    with lp.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE uploads SET boundary_set = 'other 1' WHERE id = ?", (number,))
    with pytest.raises(Conflict, match="other 1"):
        figures.totals(lp, LAYER)


def test_replacing_again_does_not_count_rows_without_codes_twice(lp):
    """Undone and brought back, an upload that replaces ends only what was accepted before it."""

    def send(text: str, mode: str) -> int:
        upload = uploads.receive(lp, io.BytesIO(text.encode()), "a.csv", "waste_other", "me", mode=mode)
        uploads.read(lp, upload.id)
        uploads.accept(lp, upload.id, "me")
        return upload.id

    rows = "名称,状态,净重(吨)\n甲,已完成,10\n乙,已完成,20\n"
    first = send(rows, "replace")
    history.toggle(lp, first, "me")
    send(rows, "merge")
    send("名称,状态,净重(吨)\n丙,已完成,100\n", "merge")
    with pytest.raises(Conflict, match="stand twice"):
        history.toggle(lp, first, "me")
    assert figures.totals(lp, "waste_other")[0].gross == 130 * 10**6
