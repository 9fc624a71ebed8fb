"""What each site covers is measured once, by the review, and totals are put beside each other from what is stored."""

import csv
import io
import json

import numpy as np
import pytest
import shapely

from geo_app.errors import StoreFailed
from geo_app.geometry import areas
from geo_app.methods import DECLARED, GEODESIC, METHODS, OFFICIAL, PLANE
from geo_app.services import Landproof, exports, figures, history, jobs, reviews, site_areas, uploads
from geo_app.services.net_methods import totals_by_methods
from geo_app.store.areas import COLUMNS
from geo_app.store.sites import SiteFilter
from geo_app.survey import official_areas
from tests.site_frames import cell, site_frame
from tests.web.conftest import stock

GRASS = "grassland_restored"
DATED = {"completed_on": "2023-05-01"}


def take(lp: Landproof, *shapes: shapely.Geometry | None, **columns: object) -> int:
    number = stock(lp, GRASS, site_frame(*shapes, **DATED | columns))
    uploads.accept(lp, number, "me")
    return number


def ids_of(lp: Landproof) -> np.ndarray:
    return np.sort(lp.store.sites.frame(GRASS)["id"].to_numpy())


def change(lp: Landproof, statement: str) -> None:
    with lp.store.areas._database.write() as connection:
        connection.exec_driver_sql(statement)


def test_review_stores_what_sites_cover(lp):
    take(lp, cell(0, 0), shapely.Point(95.5, 37.5), None, cell(3, 0, 0.5))
    assert len(lp.store.areas.of(ids_of(lp))) == 0
    reviews.review(lp, GRASS)
    kept = lp.store.areas.of(ids_of(lp))
    drawn = lp.store.sites.frame(GRASS).set_index("id")
    crs = drawn["crs"].iloc[0]
    square = drawn.geometry.loc[kept.index[kept[GEODESIC] > 0]]
    assert kept[GEODESIC].dropna().to_numpy() == pytest.approx(areas(square.to_numpy()), abs=1e-4)
    in_plane = square.to_crs(crs).to_numpy()
    assert kept[OFFICIAL].dropna().to_numpy() == pytest.approx(official_areas(in_plane, square.to_crs(crs).crs))
    assert (len(kept), kept[OFFICIAL].isna().sum()) == (3, 1)  # a point has none; what has no place is not measured


def test_what_is_stored_is_what_is_measured(lp):
    take(lp, cell(0, 0), shapely.Point(95.5, 37.5), cell(3, 0, 0.5))
    ids = ids_of(lp)
    live = site_areas.of(lp, ids)
    site_areas.fill(lp, GRASS)
    assert lp.store.areas.of(ids)[[*COLUMNS]].to_numpy() == pytest.approx(
        live.to_numpy(float), abs=1e-4, rel=1e-9, nan_ok=True
    )


def test_what_is_measured_stays_when_the_next_upload_is(lp):
    take(lp, cell(0, 0))
    reviews.review(lp, GRASS)
    change(lp, "UPDATE site_areas SET official = 7")
    take(lp, cell(3, 0), code="S9")
    reviews.review(lp, GRASS)
    assert sorted(lp.store.areas.of(ids_of(lp))[OFFICIAL])[0] == 7 / 10_000
    assert len(lp.store.areas.of(ids_of(lp))) == 2


def test_killed_midway_the_rest_is_measured(lp, monkeypatch):
    take(lp, *(cell(2 * at, 0) for at in range(4)))
    monkeypatch.setattr(site_areas, "_SITES_A_TASK", 1)
    add, added = lp.store.areas.add, []

    def fails_at_the_third(found):
        if len(added) == 2:
            raise StoreFailed("full", why="full")
        added.extend(found.index)
        add(found)

    monkeypatch.setattr(lp.store.areas, "add", fails_at_the_third)
    with pytest.raises(StoreFailed):
        reviews.review(lp, GRASS)
    assert reviews.behind(lp) == [GRASS]
    assert sorted(lp.store.areas.of(ids_of(lp)).index) == sorted(added)
    monkeypatch.setattr(lp.store.areas, "add", add)
    assert reviews.review(lp, GRASS)
    assert len(lp.store.areas.of(ids_of(lp))) == 4
    assert reviews.behind(lp) == []


def test_progress_is_told(lp, monkeypatch):
    take(lp, *(cell(2 * at, 0) for at in range(4)))
    monkeypatch.setattr(site_areas, "_SITES_A_TASK", 1)
    told: list[float] = []
    site_areas.fill(lp, GRASS, told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_store_that_was_reviewed_before_sites_were_measured_is_behind(lp):
    take(lp, cell(0, 0))
    reviews.review(lp, GRASS)
    change(lp, "DELETE FROM site_areas")
    change(lp, "UPDATE uploads SET areas_digest = NULL")
    for job in lp.store.jobs.unfinished():
        lp.store.jobs.end(job)
    reviews.adopt(lp)
    (job,) = lp.store.jobs.unfinished()
    jobs.run(lp, job)
    assert len(lp.store.areas.of(ids_of(lp))) == 1
    assert (reviews.behind(lp), lp.store.findings.reviewed()[GRASS].progress) == ([], 1.0)


def test_correction_is_measured_too(lp):
    take(lp, cell(0, 0))
    history.edit(lp, int(ids_of(lp)[0]), {"note": "seen"}, "me", "looked")
    reviews.review(lp, GRASS)
    assert len(lp.store.areas.of(ids_of(lp))) == 1


@pytest.fixture
def counted(lp) -> Landproof:
    """Two sites that share half, one that does not count, each with what it declares."""
    status = ["finished", "finished", "ongoing"]
    drawn = [cell(0, 0), cell(0.5, 0), cell(5, 0)]
    take(lp, *drawn, status=status, declared_area=[1_000_000_0000, None, 5], district=["632801", "632802", "632802"])
    return lp


@pytest.mark.parametrize("by", [None, "district", "status", "year"])
def test_totals_by_methods_are_those_of_record(counted, by):
    reviews.review(counted, GRASS)
    found = totals_by_methods(counted, counted.layers[GRASS], by)
    net = {line.key: line.net for line in figures.totals(counted, GRASS, by) if line.net}
    assert {key: round(each.comparisons[0].area_m2 * 10_000) for key, each in found.items()} == net


def test_part_of_a_site_has_its_part_by_every_method(counted):
    reviews.review(counted, GRASS)
    total = totals_by_methods(counted, counted.layers[GRASS])[None]
    by_method = dict(zip(METHODS, total.comparisons, strict=True))
    assert total.unmeasured == 0
    assert by_method[OFFICIAL].area_m2 == pytest.approx(by_method[GEODESIC].area_m2, rel=1e-6)
    assert 1 < by_method[PLANE].area_m2 / by_method[GEODESIC].area_m2 < 1.001
    assert by_method[PLANE].reasons and by_method[DECLARED].sites == 1


def test_what_is_not_measured_yet_is_said_and_has_no_reason(counted):
    total = totals_by_methods(counted, counted.layers[GRASS])[None]
    record, official, plane, declared, _ = total.comparisons
    assert (total.unmeasured, record.sites, official.sites, declared.sites) == (2, 2, 0, 1)
    assert official.reasons == plane.reasons == ()
    reviews.review(counted, GRASS)
    assert totals_by_methods(counted, counted.layers[GRASS])[None].unmeasured == 0


def test_layer_without_area_has_no_methods(counted):
    assert totals_by_methods(counted, counted.layers["waste_household"]) == {}


def test_export_of_totals_holds_each_method(counted):
    reviews.review(counted, GRASS)
    text = exports.totals_table(counted, "csv", layer=GRASS).body.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert float(row["net_official_m2"]) == pytest.approx(float(row["net"]), rel=1e-6)
    assert float(row["net_official_mu"]) == pytest.approx(float(row["net_official_m2"]) * 3 / 2000)
    assert (row["net_declared_sites"], row["not_measured"]) == ("1", "0")
    assert "meridian" in row["why_plane"]


def test_export_of_sites_has_the_official_area_once_it_is_measured(counted):
    def official() -> list[object]:
        body = exports.sites_table(counted, "geojson", SiteFilter(layer=GRASS)).body
        return [each["properties"]["official_area_m2"] for each in json.loads(body)["features"]]

    assert official() == [None] * 3
    reviews.review(counted, GRASS)
    frame = counted.store.sites.frame(GRASS).sort_values("code")
    assert official() == pytest.approx(counted.store.areas.of(frame["id"].to_numpy())[OFFICIAL].tolist())
