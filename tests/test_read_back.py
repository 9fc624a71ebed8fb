"""What Landproof exports, it reads again: `layers/README.md` promises it."""

import io

import pytest

from geo_app.differences import matched
from geo_app.ingest import Choices
from geo_app.services import exports, uploads
from geo_app.store.sites import SiteFilter

CELL = '"POLYGON((97 37.2,97.01 37.2,97.01 37.21,97 37.21,97 37.2))"'
LINE = '"LINESTRING(97 37.2,97.01 37.2)"'
PLACED = {
    "grassland_restored": f"编号,名称,状态,面积(亩),完成日期,wkt\nA1,甲,已完成,1480,2023-05,{CELL}\n",
    "river_cleaned": f"编号,名称,状态,备注,wkt\nR1,甲,已验收,好,{LINE}\n",
    "waste_household": '磅单号,状态,净重(吨),wkt\nT1,已完成,12.5,"POINT(97 37.2)"\n',
}
PLACELESS = {
    "waste_household": "磅单号,状态,净重(吨),完成日期,区县\nT1,已完成,12.5,2023-05-06,德令哈市\nT2,进行中,,2023,\n"
    "+2,已完成,1,,\n=1+1,已完成,1,,\n-3,已完成,1,,\n@4,已完成,1,,\n''+5,已完成,1,,\n",
    "enterprises_air": "编号,名称,状态,数量\nE1,甲,已完成,3\nE2,乙,已完成,\n",
    "funds_treatment": "编号,名称,状态,金额(万元)\nF1,甲,已完成,1.23\n",
}
CASES = [
    *((layer, text, suffix) for layer, text in PLACED.items() for suffix in ("geojson", "gpkg")),
    *((layer, text, suffix) for layer, text in PLACELESS.items() for suffix in ("csv", "xlsx")),
]


@pytest.mark.parametrize(("layer", "text", "suffix"), CASES, ids=lambda value: value if len(value) < 20 else "")
def test_export_is_read_as_what_it_was(lp, tmp_path, layer, text, suffix):
    choices = Choices(crs="EPSG:4490" if "wkt" in text else None)
    upload = uploads.receive(lp, io.BytesIO(text.encode()), "a.csv", layer, "me", choices=choices)
    uploads.read(lp, upload.id)
    uploads.accept(lp, upload.id, "me")
    path = tmp_path / f"sites.{suffix}"
    path.write_bytes(exports.sites_table(lp, suffix, SiteFilter(layer=layer)).body)
    reading = uploads.look(lp, path, layer, Choices())
    found = matched(lp.store.sites.frame(layer), reading.sites)
    assert len(found) == len(text.splitlines()) - 1
    assert found["before"].notna().all()
    assert set(found["differs"]) == {""}
