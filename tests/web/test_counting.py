"""Large layers are counted by the worker, and nobody is made to wait for them."""

from unittest import mock

import pytest
from flask import Flask

from geo_app.services import bridges, figures, history, jobs, uploads
from geo_app.services.locks import held, worker_lock
from tests.site_frames import cell, site_frame
from tests.web.conftest import sign_in, stock

LAYER = "grassland_restored"


@pytest.fixture
def stale(fresh: Flask):
    """An application whose only layer was undone and brought back, with a worker; all layers are large to it."""
    lp = fresh.extensions["landproof"]
    number = stock(lp, LAYER, site_frame(cell(0, 0), cell(0.5, 0)))
    uploads.accept(lp, number, "reviewer")
    with mock.patch.object(bridges, "LARGE", 1), held(worker_lock(lp)):
        turned = [history.turn(lp, number, "reviewer", undo=undo) for undo in (True, False)]
        yield fresh, turned


def as_worker(lp) -> None:
    with mock.patch.object(lp, "counts_at_once", True):
        for job in lp.store.jobs.unfinished():
            jobs.run(lp, job)


def test_page_about_a_stale_large_layer_says_that_it_is_counted(stale):
    answer = sign_in(stale[0]).get("/totals")
    assert answer.status_code == 503
    assert LAYER in answer.text
    assert answer.headers["Refresh"] == answer.headers["Retry-After"]


def test_page_comes_once_the_worker_has_counted(stale):
    client = sign_in(stale[0])
    client.get("/totals")
    as_worker(stale[0].extensions["landproof"])
    assert client.get("/totals").status_code == 200
    assert client.get("/").status_code == 200


def test_worker_is_asked_once_however_many_wait(stale):
    lp, client = stale[0].extensions["landproof"], sign_in(stale[0])
    before = len(lp.store.jobs.unfinished())
    for _ in range(3):
        client.get("/totals")
    assert len(lp.store.jobs.unfinished()) <= before + 1


def test_undoing_a_large_layer_is_done_although_its_effect_is_not_known_yet(stale):
    lp = stale[0].extensions["landproof"]
    assert [turned.undone for turned in stale[1]] == [True, False]
    assert stale[1][1].effect == {}
    as_worker(lp)
    assert figures.totals(lp, LAYER)[0].sites == 2


def test_without_a_worker_a_large_layer_is_counted_at_once(fresh: Flask):
    lp = fresh.extensions["landproof"]
    with mock.patch.object(bridges, "LARGE", 1):
        uploads.accept(lp, stock(lp, LAYER, site_frame(cell(0, 0))), "reviewer")
        assert sign_in(fresh).get("/totals").status_code == 200
