"""More hostile and careless files, by kind of file; see `hostile` for what a case is."""

import json

import shapely

from tests.ingest import files
from tests.ingest.hostile import CASES as CASES
from tests.ingest.hostile import case

SQUARE = files.lonlat_square()
RING = json.loads(shapely.to_geojson(SQUARE))["coordinates"][0]


def polygon(*rings: object) -> dict[str, object]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": list(rings)}


# --- GeoJSON
@case(
    "GeoJSON rings that are none",
    accepted=1,
    left_out={2: "bad_position", 3: "beyond_repair", 4: "beyond_repair", 5: "beyond_repair", 6: "beyond_repair"},
)
def _rings(folder, _):
    shapes = [
        SQUARE,
        polygon([[True, 36], [96.01, 36], [96.01, 36.01], [True, 36]]),
        polygon([[96, 36], [97, 36], [96, 36]]),
        polygon([[96, 36]] * 4),
        polygon([[96, 36], [97, 36], [98, 36], [96, 36]]),
        polygon(RING, RING),
    ]
    return files.geojson(folder / "a.geojson", shapes)


case("GeoJSON a hole that may be a second site", needs="confirmation")(
    lambda folder, _: files.geojson(
        folder / "a.geojson", [polygon(RING, [[98, 36], [98.1, 36], [98.1, 36.1], [98, 36]])]
    )
)


# --- shapefile
@case("DBF wide digits in a number column", layer="waste_household", accepted=1, left_out={1: "not_a_number"})
def _wide(folder, _):
    parts = files.shapes(folder, [shapely.Point(files.ZONE_32 + n, 4_000_000) for n in range(2)])
    fields = [("磅单号", "C", 9, 0), ("净重_吨", "N", 12, 3)]
    return files.zipped(folder, parts | {".dbf": files.dbf(fields, [["A", "12吨半"], ["B", "2.5"]])})
