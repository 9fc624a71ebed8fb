"""Write WKB from nested lists of numbers, as GeoJSON and KML hold them."""

import json
import struct
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from math import isfinite
from typing import Any

POINT, LINE, POLYGON, MULTI_POINT, MULTI_LINE, MULTI_POLYGON, COLLECTION = range(1, 8)
_NUMBERS = {int, float}
SHOWN = 60  # characters
_LITTLE = b"\x01" if struct.pack("=H", 1) == struct.pack("<H", 1) else b"\x00"


class BadShape(Exception):
    """A geometry that cannot be written: the rule it breaks and what fills the sentence."""

    def __init__(self, rule: str, **values: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.values = values


def _head(kind: int) -> bytes:
    return _LITTLE + struct.pack("=I", kind)


def _count(items: Sequence[object]) -> bytes:
    return struct.pack("=I", len(items))


def positions(given: Any) -> "array[float]":
    """Flatten positions into x, y, x, y …; anything beyond two numbers is dropped.

    Raises
    ------
    BadShape
        If a position is no list of at least two numbers.
    """
    if not isinstance(given, list):
        raise BadShape("bad_position", found=short(given))
    sizes = {len(each) if isinstance(each, list) else -1 for each in given}
    if sizes and min(sizes) < 2:
        raise BadShape("bad_position", found=short(next(each for each in given if not _is_position(each))))
    pairs: Iterable[Any] = given if sizes <= {2} else (each[:2] for each in given)
    flat = list(chain.from_iterable(pairs))
    if not set(map(type, flat)) <= _NUMBERS:  # true is 1 to Python
        raise BadShape("bad_position", found=short(next(each for each in given if not _are_numbers(each[:2]))))
    try:
        return array("d", flat)
    except OverflowError as error:
        raise BadShape("bad_coordinates") from error


def _are_numbers(given: list[Any]) -> bool:
    return set(map(type, given)) <= _NUMBERS


def _is_position(given: object) -> bool:
    return isinstance(given, list) and len(given) >= 2


def short(given: Any) -> str:
    """Write a value as JSON has it, or the beginning of it."""
    try:
        text = json.dumps(given, ensure_ascii=False, default=str)
    except RecursionError:
        return "[…"
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def point(given: Any) -> bytes:
    """Write a point."""
    return _head(POINT) + positions([given]).tobytes()


def line(given: Any) -> bytes:
    """Write a line."""
    flat = positions(given)
    if len(flat) == 2:
        raise BadShape("bad_position", found=short(given))
    return _head(LINE) + struct.pack("=I", len(flat) // 2) + flat.tobytes()


def polygon(given: Any) -> bytes:
    """Write a polygon; every ring has to be closed.

    Raises
    ------
    BadShape
        If a ring is open or too short.
    """
    rings = [positions(ring) for ring in _list(given)]
    for ring in rings:
        if ring[:2] != ring[-2:] and all(map(isfinite, ring)):
            raise BadShape("open_ring")
        if 0 < len(ring) < 8:
            raise BadShape("beyond_repair", reason="has too few points")
    body = b"".join(struct.pack("=I", len(ring) // 2) + ring.tobytes() for ring in rings)
    return _head(POLYGON) + _count(rings) + body


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise BadShape("bad_position", found=short(given))
    return given


def many(kind: int, parts: Sequence[bytes]) -> bytes:
    """Write a collection of geometries that are WKB already."""
    return _head(kind) + _count(parts) + b"".join(parts)


_SIMPLE: dict[str, Callable[[Any], bytes]] = {"Point": point, "LineString": line, "Polygon": polygon}
_MULTI: dict[str, tuple[int, Callable[[Any], bytes]]] = {
    "MultiPoint": (MULTI_POINT, point),
    "MultiLineString": (MULTI_LINE, line),
    "MultiPolygon": (MULTI_POLYGON, polygon),
}


def geometry(kind: Any, coordinates: Any) -> bytes:
    """Write a geometry by the name of its kind.

    Raises
    ------
    BadShape
        If the kind is unknown or its coordinates are not what it needs.
    """
    if kind in _SIMPLE:
        return _SIMPLE[kind](coordinates)
    if kind in _MULTI:
        code, single = _MULTI[kind]
        return many(code, [single(each) for each in _list(coordinates)])
    raise BadShape("wrong_geometry", found=short(kind))
