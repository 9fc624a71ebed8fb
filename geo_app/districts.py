"""Districts: which administrative unit a site lies in, by a named boundary set."""

import json
import threading
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from geo_app.errors import SettingError
from geo_app.model import Text

CHUNK = 50_000
TOGETHER = 64


@dataclass(frozen=True)
class Districts:
    """A boundary set.

    Attributes
    ----------
    id, version, credit : str
        Stored or shown with every total that was made with the set.
    file : Path
        GeoJSON of the districts.
    accuracy_m : float
        How far its lines may be off. Nothing is cut at a line less sure than 10 m.
    names : dict
        Code to name, districts and the places they make up.
    shapes : dict
        District code to polygon, EPSG:4490.
    places : dict
        Place code to the codes of its districts.
    aliases : dict
        Other codes and names in use, to ours.
    """

    id: str
    name: Text
    version: str
    accuracy_m: float
    credit: str
    file: Path
    names: dict[str, Text]
    shapes: dict[str, shapely.Geometry]
    places: dict[str, tuple[str, ...]]
    aliases: dict[str, str]

    @property
    def label(self) -> str:
        """Name the set and its version, as kept with totals."""
        return f"{self.id} {self.version}"

    def resolve(self, written: object) -> str | None:
        """Find the code of a district that is written as code, name or alias; None if unknown.

        A longer text that begins with a name, such as 都兰县香日德镇, means that district.
        """
        text = str(written).strip().casefold() if isinstance(written, str) else ""
        found = self._written.get(text)
        if found is None:
            names = (name for name in self._written if len(name) > 1 and not name.isascii() and text.startswith(name))
            found = self._written.get(max(names, key=len, default=""))
        return found

    def covers(self, place: str, district: str | None) -> bool:
        """Tell whether a district belongs to a place."""
        return district is not None and (district == place or district in self.places.get(place, ()))

    def shape_of(self, place: str) -> shapely.Geometry | None:
        """Give the ground of a place or district, EPSG:4490; None where the set does not know it."""
        if place not in self._grounds:
            own = [shape for code, shape in self.shapes.items() if self.covers(place, code)]
            self._grounds[place] = shapely.union_all(own) if own else None
        return self._grounds[place]

    def holds(self, place: str, boxes: np.ndarray) -> np.ndarray:
        """Tell which boxes (n, 4; degrees) lie wholly inside a place that the set knows.

        Boxes that follow each other mostly lie near each other, so they are first asked about together.
        """
        shape = shapely.from_wkb(shapely.to_wkb(self.shape_of(place)))  # a prepared shape is for one thread only
        shapely.prepare(shape)
        starts = np.arange(0, len(boxes), TOGETHER)
        if not len(boxes):
            return np.zeros(0, bool)
        lows, highs = np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)
        together = shapely.contains_properly(shape, shapely.box(*lows.T, *highs.T))
        inside = np.repeat(together, TOGETHER)[: len(boxes)]
        unsure = np.flatnonzero(~inside)
        inside[unsure] = shapely.contains_properly(shape, shapely.box(*boxes[unsure].T))
        return np.asarray(inside, bool)

    def metres_outside(self, place: str, geometries: np.ndarray) -> np.ndarray:
        """Measure how far geometries lie outside a place that the set knows; 0 for any that touches it."""
        shape = self.shape_of(place)
        outside = np.flatnonzero(~shapely.intersects(geometries, shape))
        metres = np.zeros(len(geometries))
        metres[outside] = [_distances(geometries[at], [shape])[0] for at in outside]
        return metres

    def assign(self, geometries: np.ndarray) -> pd.DataFrame:
        """Find the district that holds the largest part of each geometry.

        Parameters
        ----------
        geometries : ndarray of shapely geometries or None, EPSG:4490

        Returns
        -------
        DataFrame
            ``district`` (code; None outside the whole set by more than its accuracy, and without
            a place) and ``outside_m`` (0 inside, NaN without a place). A site outside by less
            belongs to the nearest district.
        """
        parts = [self._assign(geometries[at : at + CHUNK]) for at in range(0, len(geometries), CHUNK)]
        empty = pd.DataFrame({"district": pd.Series(dtype=object), "outside_m": pd.Series(dtype=float)})
        return pd.concat(parts, ignore_index=True) if parts else empty

    def _assign(self, geometries: np.ndarray) -> pd.DataFrame:
        placed = np.flatnonzero(~shapely.is_missing(geometries) & ~shapely.is_empty(geometries))
        district = np.full(len(geometries), None, dtype=object)
        outside = np.full(len(geometries), np.nan)
        codes = np.array(list(self.shapes), dtype=object)
        whole = self._wholly(geometries[placed])
        district[placed[whole >= 0]] = codes[whole[whole >= 0]]
        outside[placed[whole >= 0]] = 0.0
        placed = placed[whole < 0]
        site, unit = self._tree.query(geometries[placed], predicate="intersects")
        found = pd.DataFrame({"site": placed[site], "unit": unit})
        found["share"] = self._shares(geometries, found)
        best = found.sort_values(["site", "share", "unit"], ascending=[True, False, True]).drop_duplicates("site")
        district[best["site"]] = codes[best["unit"]]
        outside[best["site"]] = 0.0
        for at in np.setdiff1d(placed, best["site"]):
            distances = _distances(geometries[at], list(self.shapes.values()))
            outside[at] = distances.min()
            if outside[at] <= self.accuracy_m:
                district[at] = codes[distances.argmin()]
        return pd.DataFrame({"district": pd.Series(district, dtype=object), "outside_m": outside})

    def _wholly(self, geometries: np.ndarray) -> np.ndarray:
        """Give the district that holds all of each geometry, by its place in `shapes`; -1 for the others."""
        bounds = shapely.bounds(geometries)
        lock, shapes = self._prepared
        unit = np.full(len(geometries), -1)
        with lock:
            for place, shape in enumerate(shapes):
                west, south, east, north = shape.bounds
                low, high = bounds[:, :2] >= (west, south), bounds[:, 2:] <= (east, north)
                near = np.flatnonzero((unit < 0) & low.all(axis=1) & high.all(axis=1))
                unit[near[shapely.contains_properly(shape, geometries[near])]] = place
        return unit

    def _shares(self, geometries: np.ndarray, found: pd.DataFrame) -> np.ndarray:
        """Measure the parts of the sites that lie in several districts; the others need none."""
        shares = np.ones(len(found))
        several = found.index[found["site"].duplicated(keep=False)]
        if len(several):
            sites = shapely.make_valid(geometries[found.loc[several, "site"]], method="structure")
            units = np.array(list(self.shapes.values()), dtype=object)[found.loc[several, "unit"]]
            part = shapely.intersection(sites, units)
            # Degrees serve: only the parts of one site are compared with each other.
            shares[several] = shapely.area(part) + 1e-9 * shapely.length(part)
        return shares

    @cached_property
    def _grounds(self) -> dict[str, shapely.Geometry | None]:
        return {}

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(list(self.shapes.values()))

    @cached_property
    def _prepared(self) -> tuple[threading.Lock, list[shapely.Geometry]]:
        """Copies of the shapes that answer fast, but only one thread at a time."""
        shapes = [shapely.from_wkb(shapely.to_wkb(shape)) for shape in self.shapes.values()]
        shapely.prepare(shapes)
        return threading.Lock(), shapes

    @cached_property
    def _written(self) -> dict[str, str]:
        known = {alias.casefold(): code for alias, code in self.aliases.items()}
        for code, name in self.names.items():
            known |= {each.casefold(): code for each in (code, name.zh, name.en)}
        return known


def _distances(geometry: shapely.Geometry, shapes: list[shapely.Geometry]) -> np.ndarray:
    """Measure metres from a geometry to shapes, in a plane that is true around it."""
    centre = shapely.centroid(geometry)
    scale = np.array([np.cos(np.radians(centre.y)), 1.0]) * 111_200.0
    local = shapely.transform([geometry, *shapes], lambda lonlat: lonlat * scale)
    return np.asarray(shapely.distance(local[0], local[1:]))


def load_districts(folder: Path) -> Districts:
    """Read a boundary set: ``set.toml`` and the GeoJSON it names.

    Raises
    ------
    SettingError
        If the folder holds no set.
    """
    path = folder / "set.toml"
    if not path.is_file():
        raise SettingError("GEO_APP_BOUNDARIES", str(folder), "a folder with set.toml and its GeoJSON")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    features = json.loads((folder / data["file"]).read_text(encoding="utf-8"))["features"]
    properties = {str(each["properties"]["code"]): each["properties"] for each in features}
    names = {code: Text(each["name_en"], each["name"]) for code, each in properties.items()}
    return Districts(
        id=data["id"],
        name=Text(**data["name"]),
        version=data["version"],
        accuracy_m=float(data["accuracy_m"]),
        credit=data["credit"],
        file=folder / data["file"],
        names=names | {place["code"]: Text(**place["name"]) for place in data["places"]},
        shapes={str(each["properties"]["code"]): shapely.geometry.shape(each["geometry"]) for each in features},
        places={place["code"]: tuple(place["districts"]) for place in data["places"]},
        aliases=data.get("aliases", {}) | data.get("name_aliases", {}),
    )
