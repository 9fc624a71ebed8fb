"""Adding a remediation category is adding one file."""

import json
import shutil
from dataclasses import replace

import pytest

from geo_app.services import Landproof, figures, uploads
from geo_app.settings import ROOT

LAYER = """
title = { en = "Desert fixed", zh = "治沙" }
definition = { en = "Moving sand held by straw squares or plants.", zh = "以草方格或植物固定的流沙。" }
family = "other"
measure = "area"
geometry = ["polygon"]
colour = { light = "#7a6a2f", dark = "#c9b25a" }
icon = "circle"

[columns]
code = ["沙块"]
status = ["进度"]

[status]
finished = ["固定"]
"""
REPORT = """
title = { en = "Desert report", zh = "治沙报告" }
publisher = { en = "Nobody", zh = "无" }
published_on = 2026-01-01
place = "632800"
place_name = { en = "Haixi", zh = "海西" }
language = "zh"

[[claim]]
layer = "desert_fixed"
printed = "1500亩"
"""


@pytest.fixture
def lp(settings, tmp_path):
    """An installation with a twenty-first layer and a report on it."""
    folders = {name: tmp_path / name for name in ("layers", "reports")}
    shutil.copytree(ROOT / "layers", folders["layers"])
    (folders["layers"] / "desert_fixed.toml").write_text(LAYER, encoding="utf-8")
    folders["reports"].mkdir()
    (folders["reports"] / "desert.toml").write_text(REPORT, encoding="utf-8")
    landproof = Landproof(replace(settings, **folders))
    yield landproof
    landproof.store.close()


def test_new_layer_goes_through_the_main_job(lp, tmp_path):
    ring = [[95, 37], [95.01, 37], [95.01, 37.01], [95, 37.01], [95, 37]]
    feature = {
        "type": "Feature",
        "properties": {"沙块": "S-1", "进度": "固定"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "沙.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, "desert_fixed", "test")
    uploads.read(lp, upload.id)
    uploads.accept(lp, upload.id, "test")
    verdict = figures.reconcile(lp, "desert")[0]
    assert (verdict.word, verdict.sites) == ("short", 1)  # 987,767 m² are 1,481.7 mu
    assert figures.overview(lp).placed == {"desert_fixed": 1}
