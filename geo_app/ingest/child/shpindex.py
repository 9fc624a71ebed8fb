"""What stands where in a .shp, by its own words and by those of its .shx."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_

HEADER_BYTES = 100
_HEAD = 8  # bytes before a record: its number and its length
_MULTIPATCH = 31
_BOX = 44  # bytes before the parts of a line or polygon: type, box, two counts
_POLYGONS = (5, 15, 25)
_WITH_PARTS = (3, 13, 23, *_POLYGONS)
_OUTSIDE, _LENGTHS = N_("it lies outside the file"), N_(".shp and .shx disagree about its length")
_OVERFULL, _SCATTERED = N_("it declares more points than it holds"), N_("its parts begin outside of it")

Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Index:
    """How many records a .shp holds, and of some the rule and the values of what is wrong with them."""

    count: int
    faults: Mapping[int, Fault]


@dataclass(frozen=True)
class _Many:
    """The records of lines and polygons, and which of them are polygons."""

    records: np.ndarray
    are_ground: np.ndarray


def index(shp: np.ndarray, shx: np.ndarray, file: str) -> Index:
    """Hold the records of a .shp against its .shx.

    Parameters
    ----------
    shp, shx : ndarray of uint8
        Their bytes.
    file : str
        For the sentence.

    Raises
    ------
    UnreadableFile
        If the index does not list every shape once, in the order of their numbers.
    """
    offsets, lengths = shx[HEADER_BYTES:].view(">i4").reshape(-1, 2).astype(np.int64).T * 2
    faults: dict[int, Fault] = {}
    sound = (offsets >= HEADER_BYTES) & (lengths >= 4) & (offsets + _HEAD + lengths <= len(shp))
    _note(faults, np.flatnonzero(~sound), _OUTSIDE)
    agree = np.ones(len(offsets), bool)
    agree[sound] = _integers(shp, offsets[sound] + 4, ">i4").astype(np.int64) * 2 == lengths[sound]
    _note(faults, np.flatnonzero(~agree), _LENGTHS)
    sound &= agree
    if not _lists_all(shp, offsets, lengths, sound):
        raise UnreadableFile(
            N_(
                "The index (.shx) of {file} does not list the shapes of the .shp one by one: some stand in it twice, "
                "in another order or not at all. Copy all parts of the shapefile again from the original; nothing was "
                "read."
            ),
            file=file,
        )
    types = np.zeros(len(offsets), np.int32)
    types[sound] = _integers(shp, offsets[sound] + _HEAD)
    faults |= {int(at): ("wrong_geometry", {"found": "MultiPatch"}) for at in np.flatnonzero(types == _MULTIPATCH)}
    many = np.flatnonzero(np.isin(types, _WITH_PARTS))
    _check_parts(shp, offsets[many] + _HEAD, lengths[many], _Many(many, np.isin(types[many], _POLYGONS)), faults)
    return Index(len(offsets), faults)


def _note(faults: dict[int, Fault], records: np.ndarray, reason: str) -> None:
    for record in records.tolist():
        faults.setdefault(record, ("broken_record", {"reason": reason}))


def _lists_all(shp: np.ndarray, offsets: np.ndarray, lengths: np.ndarray, sound: np.ndarray) -> bool:
    """Tell whether the records follow each other without gap or overlap and are numbered 1, 2, 3 …"""
    starts = offsets[sound]
    ends = starts + _HEAD + lengths[sound]
    if (_integers(shp, starts, ">i4") != np.flatnonzero(sound) + 1).any():
        return False
    if sound.all():
        return bool((np.append(starts, len(shp)) == np.insert(ends, 0, HEADER_BYTES)).all())
    return bool((starts[1:] >= ends[:-1]).all()) and _walked(shp) in (None, len(offsets))


def _walked(shp: np.ndarray) -> int | None:
    """Count the records by going from one to the next; None where that leads out of the file."""
    at, count = HEADER_BYTES, 0
    while at + _HEAD <= len(shp):
        length = int(shp[at + 4 : at + _HEAD].view(">i4")[0]) * 2
        if length < 0:
            return None
        at, count = at + _HEAD + length, count + 1
    return count if at == len(shp) else None


def _check_parts(shp: np.ndarray, at: np.ndarray, lengths: np.ndarray, many: _Many, faults: dict[int, Fault]) -> None:
    """Find lines and polygons that hold less than they declare, and polygons with a ring that is open.

    Parameters
    ----------
    at, lengths : ndarray of int
        Where the content of each record begins, and how many bytes it has.
    """
    full = lengths >= _BOX
    parts, points = np.zeros((2, len(at)), np.int64)
    parts[full], points[full] = _integers(shp, at[full] + 36), _integers(shp, at[full] + 40)
    fits = full & (parts >= 0) & (points >= 0) & (_BOX + 4 * parts + 16 * points <= lengths)
    _note(faults, many.records[~fits], _OVERFULL)
    use = fits & (parts > 0)
    at, parts, points = at[use], parts[use], points[use]
    owner = np.repeat(np.arange(len(at)), parts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    starts = _integers(shp, at[owner] + _BOX + 4 * place).astype(np.int64)
    ends = np.where(place == parts[owner] - 1, points[owner], np.roll(starts, -1))
    astray = (starts < 0) | (starts > ends) | (ends > points[owner]) | ((place == 0) & (starts != 0))
    lost = np.zeros(len(at), bool)
    lost[owner[astray]] = True
    _note(faults, many.records[use][lost], _SCATTERED)
    rings = np.flatnonzero(many.are_ground[use][owner] & ~lost[owner] & (ends > starts))
    begin = (at + _BOX + 4 * parts)[owner[rings]]
    first, last = (_positions(shp, begin + 16 * each[rings]) for each in (starts, ends - 1))
    is_open = (first != last).any(axis=1) & np.isfinite(first).all(axis=1) & np.isfinite(last).all(axis=1)
    for record in many.records[use][owner[rings[is_open]]].tolist():
        faults.setdefault(record, ("open_ring", {}))


def _integers(content: np.ndarray, at: np.ndarray, kind: str = "<i4") -> np.ndarray:
    four = content[at[:, None] + np.arange(4)]
    return np.ascontiguousarray(four).view(kind)[:, 0]


def _positions(content: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(content[at[:, None] + np.arange(16)]).view("<f8")
