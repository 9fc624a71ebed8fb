"""Sites at the edge of the boundary set."""

import json

import pytest
import shapely

from geo_app.ingest import Choices
from geo_app.services import uploads


@pytest.mark.parametrize("west, found", [(0.005, True), (0.2, False)], ids=["near", "far"])
def test_site_just_outside_counts_with_a_finding(lp, tmp_path, west, found):
    corner = max(shapely.get_coordinates(lp.districts.shapes["632823"]).tolist())  # the most eastern one
    edge, north = corner[0] + west, corner[1]
    ring = [[edge, north], [edge + 0.002, north], [edge + 0.002, north + 0.002], [edge, north + 0.002], [edge, north]]
    feature = {"type": "Feature", "properties": {"code": "A"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = tmp_path / "edge.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    reading = uploads.look(lp, path, "grassland_restored", Choices(status="finished"))
    assert ("near_boundary" in {each.rule for each in reading.findings}) == found
    assert (reading.sites["district"][0] == "632823") == found
