"""Contested ground: it counts for neither until a person decides, and every decision is kept."""

import pytest

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.services import Landproof, decisions, evidence, figures, history
from geo_app.services.decisions import Contest

GRASS, FARM = "grassland_restored", "farmland_reclaimed"


def only(lp: Landproof) -> Contest:
    (found,) = decisions.contests(lp)
    return found


def ids(lp: Landproof) -> tuple[int, int]:
    """The grassland site and the farmland site that claim the same ground."""
    found = only(lp)
    by_layer = {site.layer: site.id for site in (found.one, found.other)}
    return by_layer[GRASS], by_layer[FARM]


def nets(lp: Landproof) -> tuple[int, int]:
    return figures.totals(lp, GRASS)[0].net, figures.totals(lp, FARM)[0].net


def contested(lp: Landproof, number: int) -> int:
    found = evidence.figure(lp, "haixi-2025", number)
    return next(step.amount for step in found.steps if step.name == "contested")


def test_contested_ground_is_listed_once_and_undecided(demo_lp: Landproof) -> None:
    found = only(demo_lp)
    assert {found.one.layer, found.other.layer} == {GRASS, FARM}
    assert found.winner is None
    assert found.common_m2 == pytest.approx(256_800, rel=1e-5)


@pytest.mark.parametrize("winner", [0, 1])
def test_ground_that_is_given_to_one_counts_there_only(demo_lp: Landproof, winner: int) -> None:
    before, pair = nets(demo_lp), ids(demo_lp)
    decisions.decide(demo_lp, pair[winner], pair[1 - winner], "reviewer", "grass since 2022")
    gained = [after - earlier for after, earlier in zip(nets(demo_lp), before, strict=True)]
    assert gained[winner] == pytest.approx(256_800 * 10_000, rel=1e-5)
    assert gained[1 - winner] == 0
    assert only(demo_lp).winner.id == pair[winner]


def test_steps_still_add_up_after_a_decision(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    decisions.decide(demo_lp, grass, farm, "reviewer", "seen on site")
    rows = evidence.rows_of(demo_lp, evidence.figure(demo_lp, "haixi-2025", 10))
    assert rows[0].parts + sum(row.parts for row in rows if row.kind == "change") == rows[-1].parts
    assert contested(demo_lp, 10) == 0
    assert contested(demo_lp, 12) < 0


def test_decision_that_is_taken_back_counts_for_neither_again(demo_lp: Landproof) -> None:
    before, (grass, farm) = nets(demo_lp), ids(demo_lp)
    decisions.decide(demo_lp, grass, farm, "reviewer", "first")
    decisions.decide(demo_lp, grass, farm, "reviewer", "was wrong", withdraw=True)
    assert nets(demo_lp) == before
    assert [(row.withdrawn, row.why) for row in only(demo_lp).history] == [(True, "was wrong"), (False, "first")]


def test_newest_decision_holds_whichever_site_it_names_first(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    decisions.decide(demo_lp, grass, farm, "a", "first")
    decisions.decide(demo_lp, farm, grass, "b", "second")
    assert only(demo_lp).winner.layer == FARM
    assert len(only(demo_lp).history) == 2


def test_effect_tells_both_nets(demo_lp: Landproof) -> None:
    before, (grass, farm) = nets(demo_lp), ids(demo_lp)
    effect = decisions.decide(demo_lp, farm, grass, "a", "farmed")
    assert effect[GRASS] == {"net_before": before[0], "net_after": before[0]}
    assert effect[FARM]["net_after"] - effect[FARM]["net_before"] > 0


def test_decision_outlives_a_new_version_of_the_site(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    decisions.decide(demo_lp, grass, farm, "a", "grass")
    with_it = nets(demo_lp)
    newer = history.edit(demo_lp, grass, {"note": "looked at again"}, "b", "note")
    assert nets(demo_lp) == with_it
    assert {only(demo_lp).one.id, only(demo_lp).other.id} == {newer, farm}


def test_older_version_of_a_site_stands_for_the_one_that_holds(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    newer = history.edit(demo_lp, grass, {"note": "again"}, "b", "note")
    assert decisions.contest(demo_lp, grass, farm).one.id == newer


def test_decision_needs_a_reason(demo_lp: Landproof) -> None:
    with pytest.raises(Refused, match="No reason"):
        decisions.decide(demo_lp, *ids(demo_lp), "a", "  ")


def test_nothing_to_take_back_is_told(demo_lp: Landproof) -> None:
    with pytest.raises(Refused, match="nothing to take back"):
        decisions.decide(demo_lp, *ids(demo_lp), "a", "x", withdraw=True)


def test_layers_that_do_not_exclude_each_other_have_nothing_to_decide(demo_lp: Landproof) -> None:
    with pytest.raises(Refused, match="do not exclude each other"):
        decisions.decide(demo_lp, 1, 2, "a", "x")


def test_sites_apart_have_nothing_to_decide(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    apart = next(row.id for row in demo_lp.store.sites.frame(GRASS).itertuples() if row.id != grass)
    with pytest.raises(Refused, match="do not both claim"):
        decisions.decide(demo_lp, apart, farm, "a", "x")


def test_decision_on_what_somebody_else_has_decided_meanwhile_is_a_conflict(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    decisions.decide(demo_lp, grass, farm, "a", "first", seen=0)
    with pytest.raises(Conflict, match="meanwhile"):
        decisions.decide(demo_lp, farm, grass, "b", "second", seen=0)
    assert only(demo_lp).winner.layer == GRASS


def test_unknown_site_is_not_found(demo_lp: Landproof) -> None:
    with pytest.raises(NotFound):
        decisions.contest(demo_lp, 10**9, 1)


def test_site_that_does_not_hold_any_more_claims_nothing(demo_lp: Landproof) -> None:
    grass, farm = ids(demo_lp)
    upload = demo_lp.store.sites.find(grass, demo_lp.place).upload_id
    history.toggle(demo_lp, upload, "a", "wrong file")
    with pytest.raises(Conflict, match="does not hold"):
        decisions.contest(demo_lp, grass, farm)
    assert decisions.contests(demo_lp) == []
