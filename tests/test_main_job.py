"""The main job in a browser: sign in, look, upload a shapefile, accept, see the figures move."""

import re
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geo_app.geometry import to_plane
from geo_app.services.bridges import site_counts
from tests.serving import served, signed_in

pytestmark = [pytest.mark.browser]
NAME = "都兰县草原补报.zip"
PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_32",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",32500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",96.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.fixture
def server(demo_home, tmp_path):
    """A server on a copy of the demonstration."""
    with served(Path(shutil.copytree(demo_home, tmp_path / "served"))) as running:
        yield running


@pytest.fixture
def page(chromium, server):
    """A signed-in page that has to be quiet."""
    with signed_in(chromium, server) as opened:
        yield opened


@pytest.fixture
def shapefile(tmp_path) -> Path:
    """A square of 4 km² (6,000 mu) in Dulan: EPSG:4520, GBK attributes, Chinese field names, no .cpg."""
    centre = to_plane(np.array([shapely.Point(96.6, 36.9)]), pyproj.CRS(4520))[0]
    square = shapely.box(centre.x - 1000, centre.y - 1000, centre.x + 1000, centre.y + 1000)
    ring = list(shapely.orient_polygons(square, exterior_cw=True).exterior.coords)
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        for suffix, body in zip(("shp", "shx"), _shp(square.bounds, ring), strict=True):
            archive.writestr(f"草原.{suffix}", body)
        archive.writestr("草原.dbf", _dbf({"图斑编号": "BB-1", "项目名称": "察汗乌苏镇草原补报", "整改情况": "已完成"}))
        archive.writestr("草原.prj", PRJ)
    return path


def test_map_draws_every_layer_that_has_places(page, demo_lp):
    placed = site_counts(demo_lp, placed=True)
    frame = page.frame_locator("iframe")
    legend = frame.get_by_role("checkbox")
    frame.locator("html[data-ready]").wait_for()
    assert legend.count() == len(placed) == 9
    assert frame.locator("path.leaflet-interactive").count() > 250


def test_synthetic_notice_is_on_every_page(page):
    for path in ("/", "/totals", "/uploads", "/sites", "/sites/1", "/uploads/1"):
        page.goto(path)
        assert page.get_by_text("Demonstration: all sites are synthetic").first.is_visible(), path


def test_upload_moves_totals_and_verdict(page, shapefile):
    assert "grassland restored is short by 1,842 mu" in _plain(page.get_by_role("heading", level=1).inner_text())
    page.goto("/uploads")
    page.locator("#file").set_input_files(shapefile)
    page.get_by_label("What it shows").select_option("grassland_restored")
    page.get_by_role("button", name="Send").click()
    accept = page.get_by_role("button", name=re.compile("Accept 1"))
    accept.wait_for(timeout=30_000)
    shown = _plain(page.locator("main").inner_text())
    for fact in ("EPSG:4520", "GB18030", "BB-1", "图斑编号", NAME):
        assert fact in shown
    accept.click()
    page.wait_for_load_state("networkidle")
    page.goto("/")
    assert "grassland restored" in _plain(page.locator("main, body").first.inner_text()).lower()
    row = page.locator("[data-layer=grassland_restored]").first
    assert "Over" in row.inner_text()


def _plain(text: str) -> str:
    return text.replace("\u202f", " ")


def _shp(bounds: tuple, ring: list) -> tuple[bytes, bytes]:
    """Write one polygon as .shp and .shx."""
    content = struct.pack("<i4d2ii", 5, *bounds, 1, len(ring), 0) + b"".join(struct.pack("<2d", *xy) for xy in ring)
    record = struct.pack(">2i", 1, len(content) // 2) + content

    def header(length: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length // 2) + struct.pack("<2i8d", 1000, 5, *bounds, 0, 0, 0, 0)

    return header(100 + len(record)) + record, header(108) + struct.pack(">2i", 50, len(content) // 2)


def _dbf(row: dict[str, str]) -> bytes:
    """Write one row of text as .dbf, names and values in GBK."""
    fields = b"".join(struct.pack("<11sc4xBB14x", name.encode("gbk"), b"C", 40, 0) for name in row)
    header = struct.pack("<B3BIHH20x", 3, 126, 11, 23, 1, 32 + len(fields) + 1, 1 + 40 * len(row))
    return header + fields + b"\r" + b" " + b"".join(value.encode("gbk").ljust(40) for value in row.values()) + b"\x1a"
