"""Which coordinate systems numbers may be in; nothing is assumed, everything is proposed."""

from typing import NamedTuple

import numpy as np
import pyproj
import shapely

from geo_app import geometry

NORTHING_FIRST = "+yx"
MERIDIANS_3, MERIDIANS_6 = (90, 93, 96, 99), (93, 99)  # of the zones that Haixi lies in
ZONED_3, ZONED_6 = 4513 - 25, 4491 - 13  # EPSG codes less the zone number
PLAIN_3, PLAIN_6 = 4534 - 25, 4502  # EPSG codes of the 3-degree zone 0 and of the meridian 75
ZONES = range(13, 46)
METRES_A_ZONE = 1_000_000
_GEOGRAPHIC, _ZONED_6, _PLAIN_6 = range(4490, 4491), range(4491, 4502), range(4502, 4513)
_ZONED_3, _PLAIN_3 = range(4513, 4534), range(4534, 4555)
# old datum -> systems on CGCS2000 and the first of their twins
_TWINS = {
    "Xian": ((_GEOGRAPHIC, 4610), (_ZONED_6, 2327), (_PLAIN_6, 2338), (_ZONED_3, 2349), (_PLAIN_3, 2370)),
    "Beijing": ((_GEOGRAPHIC, 4214), (_ZONED_6, 21413), (_PLAIN_6, 21453), (_ZONED_3, 2401), (_PLAIN_3, 2422)),
}
NEAR_MERIDIAN = (365_000, 635_000)  # eastings in a 3-degree zone between 35 and 39 N

DEGREES, ZONE, PLAIN, MERCATOR, UNKNOWN = "degrees", "zone", "plain", "mercator", ""
SWAPPED, SWAPPED_PLAIN = "swapped", "swapped plain"


class Guess(NamedTuple):
    """Why some systems are proposed, which, and whether the numbers allow no other."""

    reason: str
    codes: tuple[str, ...]
    is_sure: bool


def propose(sample: np.ndarray) -> Guess:
    """Propose systems that coordinates may be in, with the reason.

    Parameters
    ----------
    sample : ndarray of shapely geometries, finite

    Examples
    --------
    >>> propose(np.array([shapely.box(32500000, 4100000, 32500100, 4100100)])).codes
    ('EPSG:4520',)
    """
    x, y = np.percentile(shapely.bounds(sample)[:, :2], 50, axis=0, method="lower")  # not between degrees and metres
    straight = _codes(x, y)
    if straight is not None:
        return straight
    swapped = _codes(y, x)
    if swapped is not None:
        reason = SWAPPED_PLAIN if swapped.reason == PLAIN else SWAPPED
        return Guess(reason, tuple(code + NORTHING_FIRST for code in swapped.codes), swapped.is_sure)
    return Guess(UNKNOWN, (), False)


def _codes(x: float, y: float) -> Guess | None:
    if abs(x) <= 180 and abs(y) <= 90:
        is_china = 73 <= x <= 136 and 3 <= y <= 54
        return Guess(DEGREES, ("EPSG:4490" if is_china else "EPSG:4326",), is_china)
    if not 1_990_000 <= y <= 6_000_000:
        return None
    if 1.00e7 <= x <= 1.11e7 and 4.0e6 <= y <= 4.9e6:
        return Guess(MERCATOR, ("EPSG:3857",), True)
    if _zone(x) in ZONES and (_zone(x) <= 23 or _zone(x) >= 25):
        return Guess(ZONE, (zone_code(_zone(x)),), True)
    if NEAR_MERIDIAN[0] <= x <= NEAR_MERIDIAN[1]:
        return Guess(PLAIN, tuple(f"EPSG:{PLAIN_3 + meridian // 3}" for meridian in MERIDIANS_3), False)
    if 100_000 <= x < 1_000_000:
        return Guess(PLAIN, tuple(f"EPSG:{PLAIN_6 + (meridian - 75) // 6}" for meridian in MERIDIANS_6), False)
    return None


def _zone(easting: float) -> int:
    return int(easting // METRES_A_ZONE)


def zone_code(zone: int) -> str:
    """Give the CGCS2000 system whose eastings begin with a zone number; 13 to 23 are 6 degrees wide."""
    return f"EPSG:{(ZONED_6 if zone <= 23 else ZONED_3) + zone}"


def in_datum_of(stated: pyproj.CRS | None, code: str) -> str:
    """Give the twin of a CGCS2000 system on the old Chinese datum that a file states, where it states one.

    Examples
    --------
    >>> in_datum_of(pyproj.CRS("EPSG:4610"), "EPSG:4520"), in_datum_of(pyproj.CRS("EPSG:4214"), "EPSG:4490+yx")
    ('EPSG:2356', 'EPSG:4214+yx')
    """
    datum = stated.datum.name if stated is not None and stated.datum is not None else ""
    number, swapped, _ = code.removeprefix("EPSG:").partition(NORTHING_FIRST)
    for word, twins in _TWINS.items():
        for known, first in twins:
            if word in datum and int(number) in known:
                return f"EPSG:{first + int(number) - known.start}{swapped}"
    return code


def of_meridian(stated: pyproj.CRS | None, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Put the systems first that have the meridian which a file states.

    Examples
    --------
    >>> of_meridian(pyproj.CRS("EPSG:4520"), ("EPSG:4539", "EPSG:4540", "EPSG:4541"))
    ('EPSG:4541', 'EPSG:4539', 'EPSG:4540')
    """
    meridian = geometry.parameter(stated, geometry.MERIDIAN) if stated is not None else None
    if meridian is None:
        return codes
    systems = {code: pyproj.CRS(code.removesuffix(NORTHING_FIRST)) for code in codes}
    return tuple(sorted(codes, key=lambda code: geometry.parameter(systems[code], geometry.MERIDIAN) != meridian))


def zones(bounds: np.ndarray) -> np.ndarray:
    """Give the zone number that eastings begin with, 0 where they begin with none."""
    if not np.isfinite(bounds).any():
        return np.zeros(len(bounds), np.int64)
    eastings = bounds[:, int(np.nanmedian(bounds[:, 1]) > np.nanmedian(bounds[:, 0]) > METRES_A_ZONE)]
    found = np.floor_divide(np.nan_to_num(eastings, nan=0.0, posinf=0.0, neginf=0.0), METRES_A_ZONE).astype(np.int64)
    return np.where(np.isin(found, ZONES), found, 0)
