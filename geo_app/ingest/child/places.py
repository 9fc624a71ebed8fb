"""The place of a table's rows: longitude and latitude, easting and northing, or WKT."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest.child import crs, wkbwrite
from geo_app.ingest.child.output import Output
from geo_app.ingest.columns import PLACE_COLUMNS, strip_name

LONLAT = "EPSG:4326"
NAMES = {
    "longitude": (
        "longitude",
        "lon",
        "lng",
        "long",
        "经度",
        "东经",
        "经度坐标",
        "jd",
        "londd",
        "gpslon",
        "longitudedd",
    ),
    "latitude": ("latitude", "lat", "纬度", "北纬", "纬度坐标", "wd", "latdd", "gpslat", "latitudedd"),
    "easting": ("easting", "eastings", "geox", "x", "x坐标", "坐标x", "东坐标", "横坐标", "pointx", "xcoord", "coordx"),
    "northing": (
        "northing",
        "northings",
        "geoy",
        "y",
        "y坐标",
        "坐标y",
        "北坐标",
        "纵坐标",
        "pointy",
        "ycoord",
        "coordy",
    ),
    "wkt": ("wkt", "wktgeom", "geomwkt", "geometry", "geom", "thegeom", "shape", "几何", "空间几何"),
}
_SURE_WKT = "wkt"
_WKT = re.compile(r"\s*(?:SRID=(\d+);)?\s*((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b.*", re.I | re.S)
_DEGREES = re.compile(
    r"([NSEW东西南北])?[纬经]?\s*([+\-\u2212]?\d{1,3}(?:\.\d+)?)\s*[°度º]?"
    r"(?:\s*(\d{1,2}(?:\.\d+)?)\s*['\u2032分’]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|\u2033|秒|”|'')?)?)?\s*([NSEW东西南北])?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+\-]?\d{1,9}(\.\d+)?")
_BEHIND = "SWsw南西"


@dataclass(frozen=True)
class Places:
    """The shapes of rows as WKB, their system, and what is wrong with some of them."""

    shapes: list[bytes | None]
    system: Mapping[str, str | None] | None = None
    faults: dict[int, tuple[str, dict[str, object]]] = field(default_factory=dict)

    def tell(self, out: Output, records: Sequence[int]) -> None:
        """Reject the rows whose place cannot be read."""
        for row, (rule, values) in self.faults.items():
            out.reject(records[row], rule, **values)


def find(names: Sequence[str], columns: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> Places:
    """Find the columns that hold the place of each row and read them.

    Parameters
    ----------
    names : sequence of str
        The columns' names.
    columns : sequence of sequences of str
        Their text; empty where there is none.
    chosen : dict
        ``longitude latitude easting northing wkt`` to the column that a person named.
    """
    by_name = dict(zip(names, columns, strict=True))
    place = _columns(by_name, chosen)
    if "wkt" in place:
        return _from_wkt(by_name[place["wkt"]])
    for x, y, system in (("longitude", "latitude", LONLAT), ("easting", "northing", None)):
        if x in place and y in place:
            return _from_pair(by_name, place[x], place[y], system)
    return Places([None] * len(columns[0]) if columns else [])


def _columns(by_name: Mapping[str, Sequence[str]], chosen: Mapping[str, str]) -> dict[str, str]:
    place = {ours: theirs for ours, theirs in chosen.items() if ours in PLACE_COLUMNS and theirs in by_name}
    if place:
        return place
    for ours, known in NAMES.items():
        matches = [name for name in by_name if strip_name(name) in known]
        matches.sort(key=lambda name: known.index(strip_name(name)))
        if ours == "wkt":
            matches = [each for each in matches if strip_name(each) == _SURE_WKT or _holds_wkt(by_name[each])]
        if matches:
            place[ours] = matches[0]
    return place


def _holds_wkt(values: Sequence[str]) -> bool:
    return any(_WKT.fullmatch(value) for value in values if value)


def _from_wkt(values: Sequence[str]) -> Places:
    matches = [_WKT.fullmatch(value) if value else None for value in values]
    systems = {match[1] for match in matches if match and match[1]}
    if len(systems) > 1:
        raise Refused(
            N_("The rows are in several coordinate systems ({systems}). Send those of each in a file of their own."),
            systems=", ".join(sorted(systems)),
        )
    texts = np.array([match and match.string.partition(";")[2 if match[1] else 0] for match in matches], object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    wkb = list(shapely.to_wkb(shapes))
    faults: dict[int, tuple[str, dict[str, object]]] = {
        row: ("unreadable_geometry", {"reason": value[:60]})
        for row, (value, shape) in enumerate(zip(values, wkb, strict=True))
        if value and shape is None
    }
    for row in np.flatnonzero(shapely.is_empty(shapes)).tolist():
        wkb[row], faults[row] = None, ("empty_geometry", {})
    number = systems.pop() if len(systems) == 1 else None
    return Places(wkb, crs.describe(f"EPSG:{number}") if number else None, faults)


def _from_pair(by_name: Mapping[str, Sequence[str]], x: str, y: str, system: str | None) -> Places:
    shapes: list[bytes | None] = []
    faults: dict[int, tuple[str, dict[str, object]]] = {}
    bounds = (180.0, 90.0) if system else (1e9, 1e9)
    read = degrees if system else metres
    for row, pair in enumerate(zip(by_name[x], by_name[y], strict=True)):
        shapes.append(None)
        if not any(pair):
            continue
        if not all(pair):
            (empty, full), text = ((x, y), pair[1]) if pair[1] else ((y, x), pair[0])
            faults[row] = ("half_a_place", {"column": empty, "other": full, "value": text})
            continue
        numbers = [read(text) for text in pair]
        for name, text, number, bound in zip((x, y), pair, numbers, bounds, strict=True):
            if number is None or abs(number) > bound:
                expected = N_("number") if not system else N_("longitude") if name == x else N_("latitude")
                faults.setdefault(row, ("unreadable_place", {"column": name, "value": text, "expected": expected}))
        if row not in faults:
            shapes[-1] = wkbwrite.point(numbers)
    return Places(shapes, crs.describe(system), faults)


def degrees(text: str) -> float | None:
    """Read degrees, decimal or with minutes and seconds; None where it is neither.

    Examples
    --------
    >>> degrees("97.37"), degrees("97°22'12''E"), degrees("西经97度"), degrees("97,37"), degrees("x")
    (97.37, 97.37, -97.0, 97.37, None)
    """
    match = _DEGREES.fullmatch(text.strip().replace(",", "."))
    if match is None:
        return None
    before, whole, minutes, seconds, behind = match.groups()
    number = float(whole.replace("\u2212", "-"))
    part = float(minutes or 0) / 60 + float(seconds or 0) / 3600
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        return None
    number = number - part if whole.startswith(("-", "\u2212")) else number + part
    return -number if (before or behind or "N") in _BEHIND else number


def metres(text: str) -> float | None:
    """Read a plane coordinate; None where it is no number."""
    plain = text.strip().replace(" ", "")
    if plain.count(",") == 1 and "." not in plain and len(plain.partition(",")[2]) != 3:
        plain = plain.replace(",", ".")
    plain = plain.replace(",", "")
    return float(plain) if _NUMBER.fullmatch(plain) else None
