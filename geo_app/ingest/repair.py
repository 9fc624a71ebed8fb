"""Outlines that are not valid: repaired where that can be done, with the area before and after."""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from geo_app import geometry
from geo_app.errors import AnswerNeeded, UnreadableFile
from geo_app.i18n import N_, number
from geo_app.ingest import wkb
from geo_app.ingest.crs import Placing
from geo_app.ingest.draft import Draft
from geo_app.ingest.frames import BrokenStream
from geo_app.ingest.outlines import CHUNK, FEW, Outlines, as_wkb, drawn
from geo_app.ingest.process import Limits, messages

LIMITS = Limits(memory_bytes=1 << 30, cpu_s=120, wall_s=180.0, file_bytes=1 << 20)
OUTLINE_S = 3.0  # of processor time for one outline
SIMPLE_POINTS = 100  # outlines of no more points take no time
PATIENCE = 8  # outlines that may cost that much in one file; what comes after is left out as well
GROUP = 500
SMALL_CHANGE = 0.001
CONFIRMED = "repairs"

CROSSES, TOUCHES, SPIKE, TWICE = N_("crosses itself"), N_("touches itself"), N_("has a spike"), N_("has a ring twice")
OUTSIDE, IN_HOLE, IN_SHELL = N_("has a hole outside"), N_("has a hole in a hole"), N_("has parts that overlap")
APART, FEW_POINTS, BROKEN = N_("is cut in two by a hole"), N_("has too few points"), N_("is not valid")
_BY_GEOS = {
    "Self-intersection": CROSSES,
    "Ring Self-intersection": TOUCHES,
    "Duplicate Rings": TWICE,
    "Hole lies outside shell": OUTSIDE,
    "Holes are nested": IN_HOLE,
    "Nested shells": IN_SHELL,
    "Interior is disconnected": APART,
    "Too few points in geometry component": FEW_POINTS,
}
_REASON = re.compile(r"([^\[]+)(?:\[([-+.\deE]+) ([-+.\deE]+)\])?")


@dataclass(frozen=True)
class Change:
    """What a repair did to a record, and why: the areas before and after, in m²."""

    record: int
    reason: str
    before: float
    after: float

    @property
    def is_large(self) -> bool:
        """Tell whether a person has to agree; a ring outside of its outline may be a hole or a second site."""
        return self.share > SMALL_CHANGE or self.reason == OUTSIDE

    @property
    def share(self) -> float:
        """How much of the larger area appeared or went."""
        return abs(self.after - self.before) / max(self.after, self.before, 1e-9)


def mend(draft: Draft, placing: Placing, found: Outlines, progress: Callable[[float], None]) -> np.ndarray:
    """Repair the outlines that are not valid, in place, and reject those that cannot be repaired.

    What was drawn is kept. Where a repair changes an area by more than a thousandth, a person has
    to say yes.

    Returns
    -------
    ndarray of float, m²
        What each outline covers now. As drawn, a ring that crosses itself has an area of parts that
        cancel each other.
    """
    valid_m2 = found.areas_m2.copy()
    broken = np.flatnonzero(_is_broken(found.lonlat))
    if not len(broken):
        return valid_m2
    is_ground = geometry.kinds(found.lonlat[broken]) == geometry.POLYGON
    for row in broken[~is_ground]:
        draft.reject(int(row), "beyond_repair", reason=_reason(found.lonlat[row])[0])
    rows = broken[is_ground]
    shapes, done = _repaired(found.lonlat[rows], progress)
    after = geometry.areas(shapes)
    changes = []
    for row, shape, area, is_done in zip(rows.tolist(), shapes, after.tolist(), done, strict=True):
        reason, place = _reason(found.lonlat[row])
        if not is_done:
            draft.reject(row, "too_complex", vertices=int(shapely.get_num_coordinates(found.lonlat[row])), place=place)
        elif shape is None:
            draft.reject(row, "beyond_repair", reason=reason)
        else:
            changes.append(Change(int(draft.part.records[row]), reason, float(found.areas_m2[row]), area))
            _note(draft, row, changes[-1], place, is_first=len(changes) <= FEW)
            at = slice(row, row + 1)
            found.drawn[at] = drawn(placing, draft.part.shapes.some(at), found.lonlat[at])
            found.lonlat[row], valid_m2[row] = shape, area
    _ask(draft, changes)
    return valid_m2


def _is_broken(lonlat: np.ndarray) -> np.ndarray:
    broken = np.zeros(len(lonlat), bool)
    with np.errstate(invalid="ignore"):
        for at in range(0, len(lonlat), CHUNK):
            some = lonlat[at : at + CHUNK]
            broken[at : at + CHUNK] = ~shapely.is_missing(some) & ~shapely.is_valid(some)
    return broken


def _note(draft: Draft, row: int, change: Change, place: str, *, is_first: bool) -> None:
    if not is_first:
        return
    draft.find(
        "repaired",
        row,
        reason=change.reason,
        place=place,
        before=round(change.before, 1),
        after=round(change.after, 1),
        percent=round(100 * change.share, 2),
    )


def _ask(draft: Draft, changes: list[Change]) -> None:
    """Have a person say yes to repairs that change an area by more than a thousandth, or may make ground of a hole."""
    large = [each for each in changes if each.is_large]
    if not large:
        return
    most = max(large, key=lambda each: each.share)
    draft.confirm(
        CONFIRMED,
        AnswerNeeded(
            N_(
                "Broken outlines in {file} whose area a repair may change by more than 0.1 percent: {count}; most of "
                "all record {record}, {before} m² as drawn and {after} m² repaired. What was drawn is kept; what the "
                "repair covers counts. Confirm with {option}, or correct the outlines and send the file again."
            ),
            needs="confirmation",
            option="--accept",
            choices=(CONFIRMED,),
            file=draft.part.sublayer,
            count=len(large),
            record=most.record,
            before=number(most.before, 1),
            after=number(most.after, 1),
        ),
    )


def _reason(shape: shapely.Geometry) -> tuple[str, str]:
    """Say what is wrong with an outline, and where (longitude / latitude)."""
    match = _REASON.match(shapely.is_valid_reason(shape))
    name, x, y = match.groups() if match else ("", None, None)
    place = f"{float(x):.6f} / {float(y):.6f}" if x and y else "-"
    reason = _BY_GEOS.get(name.strip(), BROKEN)
    if reason in (CROSSES, TOUCHES, IN_SHELL, BROKEN):
        rings = shapely.get_rings(shapely.get_parts(shape))
        if len(set(shapely.to_wkb(shapely.normalize(rings)))) < len(rings):
            reason = TWICE
        elif any(_has_spike(shapely.get_coordinates(ring)) for ring in rings):
            reason = SPIKE
    return reason, place


def _has_spike(ring: np.ndarray) -> bool:
    """Tell whether a ring goes somewhere and straight back."""
    steps = np.diff(ring, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    following = np.roll(steps, -1, axis=0)
    lengths = np.hypot(*steps.T) * np.hypot(*following.T)
    cosine = (steps * following).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    return bool((cosine < -1 + 1e-12).any())


def _repaired(shapes: np.ndarray, progress: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
    """Repair polygons in a child process; None where nothing is left, and whether each was done."""
    result = np.full(len(shapes), None, object)
    done = np.zeros(len(shapes), bool)
    start, deaths, group = 0, 0, GROUP
    with tempfile.TemporaryDirectory(prefix="landproof-") as folder:
        path = _written(shapes, Path(folder))
        while start < len(shapes) and deaths < PATIENCE:
            try:
                for rows, some in _from_child(path, start, group):
                    result[rows], done[rows] = some, True
                    start = int(rows[-1]) + 1
                    progress(start / len(shapes))
            except (UnreadableFile, BrokenStream):
                if start == len(shapes):
                    break
                is_sure = group == 1 or bool(shapely.get_num_coordinates(shapes[start]) > SIMPLE_POINTS)
                start, deaths, group = start + is_sure, deaths + is_sure, 1
    valid = shapely.is_valid(result) & (geometry.kinds(result) == geometry.POLYGON)
    result[~valid] = None
    return result, done


def _written(shapes: np.ndarray, folder: Path) -> str:
    path = folder / "outlines.arrow"
    table = pa.table({"wkb": pa.array(as_wkb(shapes), pa.large_binary())})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return str(path)


def _from_child(path: str, start: int, group: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    job = {"task": "repair", "path": path, "start": start, "group": group}
    job |= {"simple": SIMPLE_POINTS, "seconds": OUTLINE_S}
    with messages(job, path, LIMITS, None) as incoming:
        for message in incoming:
            if isinstance(message, pa.RecordBatch):
                yield message.column("record").to_numpy(), wkb.decode(message.column("geometry"))[1]
