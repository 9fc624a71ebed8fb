"""One stocked instance for all page tests, and clients that are signed in or not."""

import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server

from geo_app.app import create_app
from geo_app.i18n import CATALOGUES
from geo_app.ingest import Choices
from geo_app.model import Finding, Rejection
from geo_app.services import Landproof, history, previews, reviews, uploads, users
from geo_app.services.bridges import stage
from geo_app.settings import Settings
from tests.site_frames import cell, site_frame

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
READ = {
    "format": "shapefile",
    "crs": "EPSG:4520",
    "crs_source": "file",
    "encoding": "GB18030",
    "encoding_source": "inferred",
    "columns": [
        {"name": "图斑编号", "ours": "code", "first": "S0", "unit": None, "filled": 3},
        {"name": HOSTILE, "ours": None, "first": HOSTILE, "unit": "mu", "filled": 1},
    ],
}
NEEDS = {
    "template": "The file names no coordinate system. Name it with {option}; proposed: {choices}.",
    "values": {"option": "--crs EPSG:n", "choices": "EPSG:4541, EPSG:4540"},
    "needs": "crs",
    "option": "--crs EPSG:n",
    "choices": ["EPSG:4541", "EPSG:4540"],
}


@pytest.fixture(scope="session", autouse=True)
def compiled_phrases() -> None:
    """Compile the catalogues where set-up has not done it, or not since they changed."""
    for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            command = [sys.executable, "-m", "babel.messages.frontend", "compile", "-d", str(CATALOGUES)]
            subprocess.run(command, check=True, capture_output=True)


def add_upload(lp: Landproof, layer: str, filename: str, **values: object) -> int:
    """Note an upload as if it had been received."""
    return lp.store.uploads.add(
        sha256=secrets.token_hex(32),
        filename=filename,
        size=1_800_000,
        layer=layer,
        received_by="reviewer",
        choices=asdict(Choices()),
        synthetic=True,
        **values,
    )


def stock(lp: Landproof, layer: str, frame, filename: str = "sites.zip", mode: str = "merge") -> int:
    """Stage sites as an upload that is ready to be accepted."""
    upload_id = add_upload(lp, layer, filename, mode=mode)
    compared = stage(lp, lp.store.uploads.find(upload_id), frame)
    left_out = [Rejection(7, "not_a_date", {"column": HOSTILE, "value": "=1+1"})]
    lp.store.uploads.remark(upload_id, left_out, [Finding("code_from_row", None, {"count": 3})])
    read = READ | {"records": len(frame) + 1, "accepted": len(frame), "rejected": 1, "total": 0}
    lp.store.uploads.change(upload_id, **read, boundary_set=lp.districts.label)
    lp.store.uploads.change(upload_id, state="ready", progress=1.0, **compared)
    return upload_id


def fill(lp: Landproof) -> None:
    """Put something of everything into an instance."""
    lp.store.put("demonstration", "yes")
    names = {"name": [HOSTILE, "香日德镇草原", None], "note": HOSTILE, "code": ["A<b>1", "S2", "S3"]}
    land = site_frame(cell(0, 0), cell(2, 0), cell(4, 0), **names, completed_on=["2022-05-01", "2023", None])
    land.loc[1, "status"] = "ongoing"
    rows = site_frame(shapely.Point(95.2, 37.2), None, amount=pd.array([29_000_000_000, 29_000_000_000], dtype="Int64"))
    dot = site_frame(shapely.Point(95.01, 37.01), amount=pd.array([None], dtype="Int64"))
    for layer, frame in (("grassland_restored", land), ("waste_hazardous", rows), ("soil_remediated", dot)):
        uploads.accept(lp, stock(lp, layer, frame, f"{layer}{HOSTILE}.zip"), "reviewer")
    for state, told in (("reading", None), ("refused", {"template": "No {what}.", "values": {"what": HOSTILE}})):
        lp.store.uploads.change(add_upload(lp, "farmland_reclaimed", HOSTILE), state=state, message=told, progress=0.4)
    for need in ("crs", "encoding", "sublayer", "status", "columns"):
        number = add_upload(lp, "farmland_reclaimed", "needs.zip")
        lp.store.uploads.change(number, state="needs_input", message=NEEDS | {"needs": need})
    uploads.cancel(lp, add_upload(lp, "farmland_reclaimed", "old.zip"), "reviewer")
    stock(lp, "farmland_reclaimed", site_frame(cell(8, 0), cell(8, 4)), f"{HOSTILE}.zip")
    history.edit(lp, 1, {"note": f"new {HOSTILE}", "status": "relapsed"}, "reviewer", HOSTILE)
    changed = land.assign(name=["a", "b", HOSTILE], note=None)
    changed.geometry = [cell(0, 0, 1.5), cell(2, 0), cell(4, 1)]
    stock(lp, "grassland_restored", changed, f"again {HOSTILE}.zip", "replace")
    for layer in reviews.behind(lp):
        reviews.review(lp, layer)
    told = NEEDS | {"needs": "confirmation", "values": {"x": "416112.5", "y": "4001470"}}
    number = add_upload(lp, "farmland_reclaimed", "needs.zip")
    lp.store.uploads.change(number, state="needs_input", message=told | {"choices": ["crs:EPSG:4541", "totals"]})


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application of an instance with sites, and uploads in every state. Read it only."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("stocked") / "home"))
    fill(app.extensions["landproof"])
    app.testing = True
    yield app
    app.extensions["landproof"].store.close()


@pytest.fixture
def fresh(settings: Settings) -> Iterator[Flask]:
    """The application of an instance of this test's own, with one upload that is ready."""
    app = create_app(settings)
    stock(app.extensions["landproof"], "farmland_reclaimed", site_frame(cell(0, 0), cell(2, 0)))
    app.testing = True
    yield app
    app.extensions["landproof"].store.close()


def sign_in(app: Flask) -> FlaskClient:
    """Return a client that came in by a link."""
    client = app.test_client()
    client.get(f"/in/{users.new_link(app.extensions['landproof'])}")
    return client


def token_of(client: FlaskClient, path: str = "/uploads") -> str:
    """Return the token that a page's forms carry."""
    return client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.fixture
def stranger(stocked: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    return stocked.test_client()


@pytest.fixture
def editor(stocked: Flask) -> FlaskClient:
    """Somebody who may do everything."""
    return sign_in(stocked)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine; gives its address."""
    server = create_server(app, listen="127.0.0.1:0", threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@contextmanager
def browsing(chromium, address: str, app: Flask, *, expected: str = "nothing", **options: object) -> Iterator[object]:
    """Open a browser page that is signed in, and complain of whatever it complains of, but for what is expected."""
    context = chromium.new_context(base_url=address, **options)
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: (told.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: None if request.url.startswith((address, "data:")) else told.append(request.url))
    page.goto(f"/in/{users.new_link(app.extensions['landproof'])}")
    yield page
    context.close()
    assert [each for each in told if expected not in each] == []


@pytest.fixture(scope="module")
def demonstration(demo_home: Path) -> Iterator[Flask]:
    """The application of the demonstration. Read it only."""
    app = create_app(Settings(home=demo_home))
    yield app
    app.extensions["landproof"].store.close()


@pytest.fixture(scope="module")
def address(demonstration: Flask) -> Iterator[str]:
    with served(demonstration) as address:
        yield address


@pytest.fixture
def opened(chromium, address: str, demonstration: Flask) -> Callable:
    return partial(browsing, chromium, address, demonstration)


PAGES = (
    "/",
    "/?verdict=short&kind=area&sort=report",
    "/?verdict=over",
    "/?figure=grassland_restored&step=not_finished",
    "/claims/haixi-2025/1",
    "/claims/haixi-2025/9",
    "/claims/haixi-2025/10",
    "/claims/haixi-2025/10?step=drawn&page=7",
    "/claims/haixi-2025/13",
    "/decisions/",
    "/totals",
    "/totals?by=district",
    "/totals?by=year&layer=grassland_restored",
    "/totals?by=status&measure=mass",
    "/findings",
    "/findings?state=all&finding=1",
    "/findings?severity=check&rule=not_finished&layer=grassland_restored&text=A&finding=2",
    "/sites",
    "/sites?layer=grassland_restored&counted=no&placed=yes&status=ongoing",
    "/sites?text=nothing-is-called-this&district=632801",
    "/sites/1",
    "/sites/2",
    "/sites/4",
    "/sites/6",
    "/uploads",
    *(f"/uploads/{number}" for number in range(1, 16)),
    *(f"/uploads/14/changes/{change}" for change in previews.CHANGES),
    "/sign-in",
)
