"""A column that only numbers the rows of its file is no name of a site: it never merges two places unasked."""

import io

import pytest

from geo_app.errors import AnswerNeeded, Conflict
from geo_app.ingest import ALL, Choices
from geo_app.services import uploads
from geo_app.store.sites import SiteFilter

LAND = "grassland_restored"
TICKETS = "waste_household"


def land(*wests: float, first: int = 1) -> str:
    """Numbered cells of 0.01 degrees at some longitudes."""
    rows = [
        f'{number},已完成,"POLYGON(({x} 37.2,{x + 0.01} 37.2,{x + 0.01} 37.21,{x} 37.21,{x} 37.2))"'
        for number, x in enumerate(wests, first)
    ]
    return "\n".join(["序号,状态,wkt", *rows]) + "\n"


def ledger(**loads: float) -> str:
    """A numbered ledger of named loads."""
    rows = [f"{number},{name},{tonnes},已完成" for number, (name, tonnes) in enumerate(loads.items(), 1)]
    return "\n".join(["序号,名称,净重(吨),状态", *rows]) + "\n"


@pytest.fixture
def take(lp):
    """Receive a table, have it read with what a person confirmed, and accept it."""

    def call(text: str, layer: str = LAND, *confirmed: str, mode: str = "merge") -> object:
        choices = Choices(confirmed=confirmed, crs="EPSG:4490" if layer == LAND else None)
        upload = uploads.receive(lp, io.BytesIO(text.encode()), "a.csv", layer, "me", choices=choices, mode=mode)
        upload = uploads.read(lp, upload.id)
        uploads.accept(lp, upload.id, "me")
        return upload

    return call


def sites(lp, layer: str = LAND) -> int:
    return lp.store.sites.count(SiteFilter(layer=layer), lp.place)


def test_numbers_of_other_sites_need_an_answer(lp, take):
    take(land(97.0, 97.1))
    with pytest.raises(AnswerNeeded, match="only numbers the rows") as asked:
        take(land(97.3, 97.4, 97.5))
    assert (asked.value.needs, asked.value.choices) == ("confirmation", ("numbers:new", "numbers:same"))
    assert asked.value.known["accepted"] == 3
    assert sites(lp) == 2


@pytest.mark.parametrize(("said", "count"), [("numbers:new", 5), ("numbers:same", 3), (ALL, 5)])
def test_answer_makes_new_sites_or_new_versions(lp, take, said, count):
    take(land(97.0, 97.1))
    take(land(97.3, 97.4, 97.5), LAND, said)
    assert sites(lp) == count


def test_same_ground_is_the_same_site(lp, take):
    take(land(97.0, 97.1))
    assert take(land(97.001, 97.1, 97.2)).effect["changed"] == 1
    assert sites(lp) == 3


def test_ledger_of_the_next_month_is_another_one(lp, take):
    take(ledger(甲=5, 乙=6), TICKETS)
    with pytest.raises(AnswerNeeded):
        take(ledger(丙=1, 丁=2), TICKETS)
    take(ledger(丙=1, 丁=2), TICKETS, "numbers:new")
    assert sites(lp, TICKETS) == 4


def test_corrected_ledger_is_a_new_version(lp, take):
    take(ledger(甲=5, 乙=6), TICKETS)
    assert take(ledger(甲=5, 乙=7), TICKETS).effect["changed"] == 1


def test_one_other_row_among_many_proposes_new_versions(lp, take):
    take(land(97.0, 97.1, 97.2, 97.3))
    with pytest.raises(AnswerNeeded) as asked:
        take(land(97.0, 97.1, 97.2, 98.3))
    assert asked.value.choices == ("numbers:same", "numbers:new")


def test_last_answer_holds(lp, take):
    take(land(97.0))
    take(land(97.3), LAND, "numbers:new", "numbers:same")
    assert sites(lp) == 1


@pytest.mark.parametrize("mode", ["replace", "add"])
def test_other_modes_say_it_themselves(lp, take, mode):
    take(land(97.0, 97.1))
    take(land(97.3, 97.4), mode=mode)
    assert sites(lp) == {"replace": 2, "add": 4}[mode]


def test_layer_that_changed_after_the_reading_is_looked_at_again(lp, take):
    early = uploads.receive(lp, io.BytesIO(land(97.3).encode()), "b.csv", LAND, "me", choices=Choices(crs="EPSG:4490"))
    uploads.read(lp, early.id)
    take(land(97.0, 97.1))
    with pytest.raises(Conflict, match="has changed since"):
        uploads.accept(lp, early.id, "me")


def test_dry_run_asks_as_well(lp, take, tmp_path):
    take(land(97.0, 97.1))
    path = tmp_path / "b.csv"
    path.write_text(land(97.3, 97.4), encoding="utf-8")
    with pytest.raises(AnswerNeeded, match="only numbers the rows"):
        uploads.look(lp, path, LAND, Choices(crs="EPSG:4490"))
    assert uploads.look(lp, path, LAND, Choices(crs="EPSG:4490"), "add").accepted == 2
