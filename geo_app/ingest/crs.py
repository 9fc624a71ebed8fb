"""Which coordinate system a file is in: as it says, as a person says, or what to propose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest.contract import RawPart
from geo_app.model import Finding

NORTHING_FIRST = "+yx"
OPTION = "--crs EPSG:n"
SAMPLE = 500
FAR_DEGREES = 5.0
MERIDIANS = (90, 93, 96, 99)  # of the 3-degree zones that Haixi lies in
ZONED_3, ZONED_6, PLAIN_3 = 4513 - 25, 4491 - 13, 4534 - 25  # EPSG codes less the zone number

DEGREES, ZONE, PLAIN, MERCATOR, SWAPPED, UNKNOWN = "degrees", "zone", "plain", "mercator", "swapped", ""
_MISSING = {
    DEGREES: N_(
        "{file} names no coordinate system. Its coordinates look like degrees ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    ZONE: N_(
        "{file} names no coordinate system. Its eastings begin with the number of a CGCS2000 zone ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    PLAIN: N_(
        "{file} names no coordinate system. Its eastings look like a CGCS2000 3-degree zone without its number "
        "({x} / {y}). Areas are the same in each; choose by place with {option}; proposed: {choices}."
    ),
    MERCATOR: N_(
        "{file} names no coordinate system. Its coordinates look like web Mercator ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    SWAPPED: N_(
        "{file} names no coordinate system, and its northings seem to come before its eastings ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    UNKNOWN: N_(
        "{file} names no coordinate system, and its coordinates ({x} / {y}) suggest none. "
        "Name the system with {option}."
    ),
}
_CONTRADICTED = N_(
    "{file} says its coordinates are in {crs}, but {x} / {y} cannot be. "
    "Name the right system with {option}; proposed: {choices}."
)
_HOPELESS = N_(
    "{file} says its coordinates are in {crs}, but {x} / {y} cannot be. Name the right system with {option}."
)


@dataclass(frozen=True)
class Placing:
    """Where a file's coordinates are: their system, its name, who said so, and what to look at."""

    crs: pyproj.CRS | None
    name: str | None
    source: str
    is_swapped: bool = False
    findings: tuple[Finding, ...] = ()

    def straight(self, geometries: np.ndarray) -> np.ndarray:
        """Put the easting first."""
        if not self.is_swapped:
            return geometries
        return shapely.transform(shapely.force_2d(geometries), lambda xy: xy[:, ::-1])

    def to_lonlat(self, geometries: np.ndarray) -> np.ndarray:
        """Bring geometries of the file to EPSG:4490."""
        return geometries if self.crs is None else geometry.to_geographic(self.straight(geometries), self.crs)


def place(
    part: RawPart, chosen: str | None, districts: Districts | None = None, stated: Sequence[str | None] = ()
) -> Placing:
    """Decide in which system a part's coordinates are.

    Parameters
    ----------
    part : RawPart
    chosen : str or None
        A person's answer, ``EPSG:n`` or ``EPSG:n+yx``; it overrules the file.
    districts, stated
        To rank proposals by the district that each record names.

    Raises
    ------
    AnswerNeeded
        If the file says nothing, or something that its coordinates cannot be in.
    Refused
        If the chosen system is none, or the coordinates cannot be in it.
    """
    sample = _sample(part.geometry)
    if not len(sample):
        return Placing(None, None, "none")
    if chosen is not None:
        placing = _chosen(chosen)
        _demand_fit(sample, placing, part)
        return placing
    if part.crs is None:
        raise _needed(part, sample, districts, stated)
    placing = Placing(
        part.crs, part.crs_name, "file", findings=_findings(part.crs, str(part.crs_name), is_swapped=False)
    )
    if not fits(sample, placing):
        raise _needed(part, sample, districts, stated)
    return placing


def _sample(geometries: np.ndarray) -> np.ndarray:
    """Pick geometries spread over the file, each with finite coordinates."""
    usable = geometries[~shapely.is_missing(geometries) & ~shapely.is_empty(geometries)]
    usable = usable[np.isfinite(shapely.bounds(usable)).all(axis=1)] if len(usable) else usable
    step = max(len(usable) // SAMPLE, 1)
    return usable[::step]


def _chosen(chosen: str) -> Placing:
    text, swapped, _ = chosen.strip().partition(NORTHING_FIRST)
    try:
        crs = pyproj.CRS.from_user_input(text.upper() if text.upper().startswith("EPSG:") else f"EPSG:{int(text)}")
    except (CRSError, ValueError) as error:
        raise Refused(
            N_("{crs!r} names no coordinate system. Write EPSG and its number, for example EPSG:4520."), crs=chosen
        ) from error
    if not (crs.is_geographic or crs.is_projected):
        raise Refused(N_("{crs} is no system of longitudes or of eastings. Choose another."), crs=chosen)
    name = f"EPSG:{crs.to_epsg()}"
    _demand_way(crs, name)
    return Placing(crs, name, "user", bool(swapped), _findings(crs, name, is_swapped=bool(swapped)))


def _demand_way(crs: pyproj.CRS, name: str) -> None:
    try:
        geometry.to_geographic(np.array([shapely.Point(0, 0)]), crs)
    except ProjError as error:
        raise Refused(
            N_("No way leads from {crs} to longitude and latitude. Choose another system."), crs=name
        ) from error


def _findings(crs: pyproj.CRS, name: str, *, is_swapped: bool) -> tuple[Finding, ...]:
    found = [Finding("axes_swapped", None, {"crs": name})] if is_swapped else []
    if geometry.relabelled(crs) is not crs:
        found.append(Finding("position_approximate", None, {"crs": name}))
    return tuple(found)


def _demand_fit(sample: np.ndarray, placing: Placing, part: RawPart) -> None:
    if fits(sample, placing):
        return
    x, y = _point(sample)
    raise Refused(
        N_("The coordinates of {file}, for example {x} / {y}, cannot be in {crs}. Choose the system they are in."),
        file=part.sublayer,
        crs=placing.name,
        x=x,
        y=y,
    )


def fits(sample: np.ndarray, placing: Placing) -> bool:
    """Tell whether at least half of some geometries lie where a system can be used."""
    lonlat = placing.to_lonlat(sample)
    on_globe = geometry.has_place(lonlat)
    if placing.crs is None or placing.crs.area_of_use is None:
        return bool(on_globe.mean() >= 0.5)
    west, south, east, north = placing.crs.area_of_use.bounds
    bounds = shapely.bounds(lonlat)
    with np.errstate(invalid="ignore"):
        middle = (bounds[:, :2] + bounds[:, 2:]) / 2
        width = (east - west) % 360 or 360
        in_lon = (middle[:, 0] - west + FAR_DEGREES) % 360 <= width + 2 * FAR_DEGREES
        in_lat = (middle[:, 1] >= south - FAR_DEGREES) & (middle[:, 1] <= north + FAR_DEGREES)
    return bool((on_globe & in_lon & in_lat).mean() >= 0.5)


def _point(sample: np.ndarray) -> tuple[float, float]:
    x, y = shapely.get_coordinates(sample[0])[0]
    return round(float(x), 3), round(float(y), 3)


def _needed(
    part: RawPart, sample: np.ndarray, districts: Districts | None, stated: Sequence[str | None]
) -> AnswerNeeded:
    reason, codes = propose(sample)
    x, y = _point(sample)
    template = _MISSING[reason]
    if part.crs is not None:
        template = _CONTRADICTED if codes else _HOPELESS
    return AnswerNeeded(
        template,
        needs="crs",
        option=OPTION,
        choices=_ranked(codes, part, districts, stated),
        file=part.sublayer,
        crs=part.crs_name or "-",
        x=x,
        y=y,
    )


def propose(sample: np.ndarray) -> tuple[str, tuple[str, ...]]:
    """Propose systems that coordinates may be in, with the reason; nothing is assumed.

    Returns
    -------
    reason, choices
        Key of the sentence, empty where nothing can be proposed, and the ``--crs`` answers.

    Examples
    --------
    >>> propose(np.array([shapely.box(32500000, 4100000, 32500100, 4100100)]))[1]
    ('EPSG:4520',)
    """
    x, y = np.median(shapely.bounds(sample)[:, :2], axis=0)
    straight = _codes(x, y)
    if straight is not None:
        return straight
    swapped = _codes(y, x)
    if swapped is not None:
        return SWAPPED, tuple(code + NORTHING_FIRST for code in swapped[1])
    return UNKNOWN, ()


def _codes(x: float, y: float) -> tuple[str, tuple[str, ...]] | None:
    if abs(x) <= 180 and abs(y) <= 90:
        is_china = 73 <= x <= 136 and 3 <= y <= 54
        return DEGREES, ("EPSG:4490", "EPSG:4326") if is_china else ("EPSG:4326",)
    if not 1_990_000 <= y <= 6_000_000:
        return None
    if 1.00e7 <= x <= 1.11e7 and 4.0e6 <= y <= 4.9e6:
        return MERCATOR, ("EPSG:3857",)
    zone = int(x // 1_000_000)
    if 13 <= zone <= 23:
        return ZONE, (f"EPSG:{ZONED_6 + zone}",)
    if 25 <= zone <= 45:
        return ZONE, (f"EPSG:{ZONED_3 + zone}",)
    if 100_000 <= x < 1_000_000:
        return PLAIN, tuple(f"EPSG:{PLAIN_3 + meridian // 3}" for meridian in MERIDIANS)
    return None


def _ranked(
    codes: tuple[str, ...], part: RawPart, districts: Districts | None, stated: Sequence[str | None]
) -> tuple[str, ...]:
    """Put the systems first that bring the records into the districts they name, or into any."""
    if districts is None or len(codes) < 2:
        return codes
    usable = np.flatnonzero(~shapely.is_missing(part.geometry))[:SAMPLE]
    named = np.array([districts.resolve(stated[at]) if len(stated) else None for at in usable], object)

    def rank(code: str) -> tuple[float, float]:
        lonlat = _chosen(code).to_lonlat(part.geometry[usable])
        lonlat[~geometry.has_place(lonlat)] = None
        found = districts.assign(lonlat)["district"].to_numpy(object)
        inside = np.array([each is not None for each in found], bool)
        return float((inside & (found == named)).mean()), float(inside.mean())

    return tuple(sorted(codes, key=rank, reverse=True))
