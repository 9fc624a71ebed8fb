"""Which coordinate system a file is in: as it says, as a person says, or what to propose."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest import crswords
from geo_app.ingest.contract import SHIFTS, RawPart
from geo_app.ingest.guessing import (
    METRES_A_ZONE,
    NORTHING_FIRST,
    PLAIN,
    SWAPPED,
    SWAPPED_PLAIN,
    UNKNOWN,
    ZONE,
    Guess,
    in_datum_of,
    of_meridian,
    propose,
    zone_code,
    zones,
)
from geo_app.ingest.shapes import Shapes
from geo_app.ingest.shift import unshift
from geo_app.model import Finding

OPTION, YES = "--crs EPSG:n", "--accept"
CONFIRMED = "crs:"
SAMPLE, MOST = 500, 0.5
Stated = Sequence[str | None] | np.ndarray
FAR_DEGREES, SIX_DEGREES = 5.0, 6.0
FAR_METRES = 170_000.0  # from the meridian of a 3-degree zone
_THREE_DEGREES = re.compile(r"3[\s_-]*degree", re.IGNORECASE)


@dataclass(frozen=True)
class Placing:
    """Where a file's coordinates are.

    Attributes
    ----------
    crs : CRS or None
        None where no record has a place.
    name : str or None
        Its code, or a PROJ string where it has none.
    source : str
        ``file``, ``user``, ``inferred`` or ``none``.
    is_swapped : bool
        Whether the northing, or the latitude, comes first.
    shift : str or None
        The shift that is taken out, of `contract.SHIFTS`.
    is_outside : bool
        Whether the file lies outside where its stated system is for, and nothing better is known.
    question : AnswerNeeded or None
        What a person has to say yes to, of an inferred system.
    """

    crs: pyproj.CRS | None
    name: str | None
    source: str
    is_swapped: bool = False
    shift: str | None = None
    is_outside: bool = False
    findings: tuple[Finding, ...] = ()
    question: AnswerNeeded | None = None

    def straight(self, geometries: np.ndarray) -> np.ndarray:
        """Put the easting first."""
        if not self.is_swapped:
            return geometries
        return np.asarray(shapely.transform(geometry.flat(geometries), lambda xy: xy[:, ::-1]), object)

    def to_lonlat(self, geometries: np.ndarray) -> np.ndarray:
        """Bring geometries of the file to EPSG:4490, without a shift."""
        if self.crs is None:
            return geometries
        lonlat = geometry.to_geographic(self.straight(geometries), self.crs)
        kind = self.shift
        return lonlat if kind is None else np.asarray(shapely.transform(lonlat, lambda xy: unshift(xy, kind)), object)

    @functools.cached_property
    def zone(self) -> int:
        """The zone number that eastings begin with; 0 where they begin with none."""
        return int(_false_easting(self.crs) // METRES_A_ZONE)

    def is_far(self, bounds: np.ndarray) -> np.ndarray:
        """Tell which bounds, in the file's coordinates, lie too far from the meridian for a 3-degree zone."""
        if self.crs is None or not _THREE_DEGREES.search(self.crs.name):
            return np.zeros(len(bounds), bool)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(bounds[:, int(self.is_swapped)] - _false_easting(self.crs)) > FAR_METRES)


def _false_easting(crs: pyproj.CRS | None) -> float:
    return (geometry.parameter(crs, geometry.FALSE_EASTING) if crs else None) or 0.0


def place(
    part: RawPart,
    answer: str | None,
    districts: Districts | None = None,
    stated: Stated = (),
    shift: str | None = None,
) -> Placing:
    """Decide in which system a part's coordinates are.

    Parameters
    ----------
    part : RawPart
    answer : str or None
        A person's answer, ``EPSG:n`` or ``EPSG:n+yx``; it overrules the file.
    districts, stated
        To rank proposals by the district that each record names.
    shift : str or None
        Of `contract.SHIFTS`.

    Returns
    -------
    Placing
        With a `question` where the system was inferred, because the coordinates allow only one.

    Raises
    ------
    AnswerNeeded
        If the file says nothing, or something that its coordinates cannot be in, and these allow
        several systems or none.
    Refused
        If the chosen system is none, or the coordinates cannot be in it.
    """
    sample = _sample(part.shapes)
    if not len(sample):
        return Placing(None, None, "none")
    if answer is not None:
        placing = chosen(answer)
        _demand_fit(sample, placing, part)
    else:
        guess = propose(sample)
        if not guess.is_sure or guess.reason == SWAPPED:
            guess = _stated_swapped(part, sample) or guess
        placing = _stated(part, sample, guess) or _inferred(part, sample, guess, districts, stated)
    if shift is not None and shift not in SHIFTS:
        raise Refused(N_("{shift!r} is no shift. The known ones are: {known}."), shift=shift, known=", ".join(SHIFTS))
    placing = replace(placing, shift=shift)
    return replace(placing, findings=tuple(_findings(placing, part, sample)))


def _sample(shapes: Shapes) -> np.ndarray:
    """Pick outlines spread over the file, each with finite coordinates."""
    usable = np.flatnonzero(np.isfinite(shapes.bounds).all(axis=1))
    return shapes.some(usable[:: max(len(usable) // SAMPLE, 1)])


def chosen(answer: str) -> Placing:
    """Take a person's answer, ``EPSG:n`` or ``EPSG:n+yx``.

    Raises
    ------
    Refused
        If it is no system, or none that leads to longitude and latitude.
    """
    text, swapped, _ = answer.strip().partition(NORTHING_FIRST)
    try:
        crs = pyproj.CRS.from_user_input(text.upper() if text.upper().startswith("EPSG:") else f"EPSG:{int(text)}")
    except (CRSError, ValueError) as error:
        raise Refused(
            N_("{crs!r} names no coordinate system. Write EPSG and its number, for example EPSG:4520."), crs=answer
        ) from error
    if not (crs.is_geographic or crs.is_projected):
        raise Refused(N_("{crs} is no system of longitudes or of eastings. Choose another."), crs=answer)
    if not geometry.leads_to_lonlat(crs):
        raise Refused(N_("No way is known from {crs} to longitude and latitude. Choose another system."), crs=answer)
    return Placing(crs, f"EPSG:{crs.to_epsg()}", "user", bool(swapped))


def _stated(part: RawPart, sample: np.ndarray, guess: Guess) -> Placing | None:
    """Believe the file, unless its coordinates cannot be where it says, or are surely somewhere else."""
    if part.crs is None or (part.crs.is_projected and _are_degrees(sample)):
        return None
    placing = Placing(part.crs, part.crs_name, "file")
    if fits(sample, placing):
        return placing
    on_globe = geometry.has_place(placing.to_lonlat(sample)).mean() >= MOST
    return replace(placing, is_outside=True) if on_globe and not guess.is_sure else None


def _are_degrees(sample: np.ndarray) -> bool:
    """Tell whether most outlines have numbers so small that they are degrees, in either order, and no metres."""
    return bool((np.abs(shapely.bounds(sample)).max(axis=1) <= 180).mean() > MOST)


def _inferred(part: RawPart, sample: np.ndarray, guess: Guess, districts: Districts | None, stated: Stated) -> Placing:
    """Take the only system that the coordinates allow, with the question whether it is right."""
    x, y = _point(sample)
    guess = guess._replace(codes=tuple(in_datum_of(part.crs, code) for code in guess.codes))
    about: dict[str, object] = {"file": part.sublayer, "crs": part.crs_name or "-", "x": x, "y": y}
    numbers, counts = np.unique(zones(part.shapes.bounds), return_counts=True)
    several = {int(number): int(count) for number, count in zip(numbers, counts, strict=True) if number}
    if len(several) > 1 and guess.reason in (ZONE, SWAPPED):
        raise _several_zones(several, guess, about)
    placing = chosen(guess.codes[0]) if guess.is_sure else None
    if placing is None or not fits(sample, placing):
        codes = of_meridian(part.crs, _ranked(guess.codes, part, districts, stated))
        raise _needed(part, guess, codes, about)
    question = AnswerNeeded(
        crswords.PROPOSED[guess.reason] if part.crs is None else crswords.CORRECTED,
        needs="confirmation",
        option=YES,
        choices=(CONFIRMED + guess.codes[0],),
        proposed=guess.codes[0],
        **about,
    )
    return replace(placing, source="inferred", question=question)


def _stated_swapped(part: RawPart, sample: np.ndarray) -> Guess | None:
    """Try the stated system with the axes exchanged, where it does not fit as it stands."""
    if part.crs is None or not str(part.crs_name).startswith("EPSG:"):
        return None
    straight = Placing(part.crs, part.crs_name, "file")
    if fits(sample, straight) or not fits(sample, replace(straight, is_swapped=True)):
        return None
    return Guess(SWAPPED, (f"{part.crs_name}{NORTHING_FIRST}",), True)


def _several_zones(several: dict[int, int], guess: Guess, about: dict[str, object]) -> AnswerNeeded:
    order = sorted(several, key=lambda zone: -several[zone])
    behind = NORTHING_FIRST if guess.reason == SWAPPED else ""
    return AnswerNeeded(
        crswords.SEVERAL_ZONES,
        needs="crs",
        option=OPTION,
        choices=tuple(zone_code(zone) + behind for zone in order),
        zones=", ".join(f"{zone}: {several[zone]}" for zone in order),
        **about,
    )


def _needed(part: RawPart, guess: Guess, codes: tuple[str, ...], about: dict[str, object]) -> AnswerNeeded:
    template = crswords.MISSING.get(guess.reason, crswords.MISSING[UNKNOWN])
    if part.crs is not None:
        is_plain = guess.reason in (PLAIN, SWAPPED_PLAIN) and part.crs.is_projected
        template = crswords.CONTRADICTED_PLAIN if is_plain else crswords.CONTRADICTED if codes else crswords.HOPELESS
    return AnswerNeeded(template, needs="crs", option=OPTION, choices=codes, kind=guess.reason, **about)


def _findings(placing: Placing, part: RawPart, sample: np.ndarray) -> list[Finding]:
    about: dict[str, object] = {"crs": placing.name}
    found = [Finding("axes_swapped", None, about)] if placing.is_swapped else []
    if placing.crs is not None and geometry.relabelled(placing.crs) is not placing.crs:
        found.append(Finding("position_approximate", None, about))
    if placing.source == "inferred" and part.crs is None:
        found.append(Finding("crs_inferred", None, about))
    if placing.source != "file" and part.crs is not None and part.crs_name != placing.name:
        found.append(Finding("crs_overruled", None, about | {"stated": part.crs_name}))
    if placing.source == "user" and propose(placing.straight(sample)).reason == PLAIN:
        found.append(Finding("place_uncertain", None, about))
    if placing.is_outside:
        found.append(Finding("outside_area_of_use", None, about))
    if placing.shift:
        found.append(Finding("shift_removed", None, {"shift": placing.shift}))
    return found


def _demand_fit(sample: np.ndarray, placing: Placing, part: RawPart) -> None:
    """Refuse a chosen system in which nothing of the file can be; what does not fit is left out by number."""
    if fits(sample, placing, least=1 / (2 * SAMPLE)):
        return
    x, y = _point(sample)
    raise Refused(
        N_("The coordinates of {file}, for example {x} / {y}, cannot be in {crs}. Choose the system they are in."),
        file=part.sublayer,
        crs=placing.name,
        x=x,
        y=y,
    )


def fits(sample: np.ndarray, placing: Placing, least: float = MOST) -> bool:
    """Tell whether a share of some geometries, at least half, lies where a system can be used."""
    lonlat = placing.to_lonlat(sample)
    usable = is_usable(shapely.bounds(lonlat), placing)
    usable[usable] = _come_back(placing, sample[usable], lonlat[usable])
    return bool(usable.mean() >= least)


def _come_back(placing: Placing, sample: np.ndarray, lonlat: np.ndarray) -> np.ndarray:
    """Tell which outlines lie where they did when they are brought back; past its edge, a plane wraps around."""
    if placing.crs is None or not placing.crs.is_projected:
        return np.ones(len(sample), bool)
    there = placing.straight(geometry.to_plane(lonlat, placing.crs))
    return np.asarray(np.abs(shapely.bounds(there) - shapely.bounds(sample)).max(axis=1) < METRES_A_ZONE / 10)


@functools.lru_cache(maxsize=64)
def _area_of_use(name: str | None) -> tuple[float, float, float, float] | None:
    """Give where a known system, or a transverse Mercator, is for; a description in a file hardly ever says it."""
    crs = pyproj.CRS(name) if name else None
    if crs is None or name is None or name.startswith("EPSG:"):
        return crs.area_of_use.bounds if crs is not None and crs.area_of_use else None
    meridian = geometry.parameter(crs, geometry.MERIDIAN)
    if meridian is None or crs.coordinate_operation is None or crs.coordinate_operation.method_code != "9807":
        return None
    return meridian - SIX_DEGREES / 2, -90.0, meridian + SIX_DEGREES / 2, 90.0


def is_usable(bounds: np.ndarray, placing: Placing) -> np.ndarray:
    """Tell which bounds, in degrees, lie on the globe and not far from where a system is for."""
    on_globe = geometry.are_on_globe(bounds)
    area = _area_of_use(placing.name)
    if area is None or placing.is_outside:
        return on_globe
    west, south, east, north = area
    with np.errstate(invalid="ignore"):
        middle = (bounds[:, :2] + bounds[:, 2:]) / 2
        width = (east - west) % 360 or 360
        in_lon = (middle[:, 0] - west + FAR_DEGREES) % 360 <= width + 2 * FAR_DEGREES
        in_lat = (middle[:, 1] >= south - FAR_DEGREES) & (middle[:, 1] <= north + FAR_DEGREES)
    return np.asarray(on_globe & in_lon & in_lat)


def _point(sample: np.ndarray) -> tuple[str, str]:
    """Write one vertex to the millimetre, without zeros that say nothing."""
    x, y = (f"{number:.3f}".rstrip("0").rstrip(".") for number in shapely.get_coordinates(sample[0])[0])
    return x, y


def _ranked(codes: tuple[str, ...], part: RawPart, districts: Districts | None, stated: Stated) -> tuple[str, ...]:
    """Put the systems first that bring the records into the districts they name, or into any."""
    if districts is None or len(codes) < 2:
        return codes
    usable = np.flatnonzero(~part.shapes.is_missing)[:SAMPLE]
    named = np.array([districts.resolve(stated[at]) if len(stated) else None for at in usable], object)

    def rank(code: str) -> tuple[float, float]:
        bounds = shapely.bounds(chosen(code).to_lonlat(part.shapes.some(usable)))
        middles = np.full(len(bounds), None, object)  # outlines may be so broken that nothing should be asked of them
        on_globe = geometry.are_on_globe(bounds)
        middles[on_globe] = shapely.points((bounds[on_globe, :2] + bounds[on_globe, 2:]) / 2)
        found = districts.assign(middles)["district"].to_numpy(object)
        inside = np.array([each is not None for each in found], bool)
        return float((inside & (found == named)).mean()), float(inside.mean())

    return tuple(sorted(codes, key=rank, reverse=True))
