"""Outlines that are not valid: repaired where that can be done, with the area before and after."""

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
from geo_app.quality.validity import OUTSIDE, fault, written

LIMITS = Limits(memory_bytes=1 << 30, cpu_s=120, wall_s=180.0, file_bytes=1 << 20)
OUTLINE_S = 3.0  # of processor time for one outline
SIMPLE_POINTS = 100  # outlines of no more points take no time
PATIENCE = 8  # outlines of many points that may cost that much in one file
DONE, GIVEN_UP, UNTRIED = range(3)
GROUP = 500
SMALL_CHANGE = 0.001
CONFIRMED = "repairs"


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
        draft.reject(int(row), "beyond_repair", reason=fault(found.lonlat[row])[0])
    rows = broken[is_ground]
    shapes, how = _repaired(found.lonlat[rows], progress)
    after = geometry.areas(shapes)
    changes = []
    for row, shape, area, done in zip(rows.tolist(), shapes, after.tolist(), how.tolist(), strict=True):
        reason, first = fault(found.lonlat[row])
        place = written(first)
        if done != DONE:
            rule = "too_complex" if done == GIVEN_UP else "not_tried"
            draft.reject(row, rule, vertices=int(shapely.get_num_coordinates(found.lonlat[row])), place=place)
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


def _repaired(shapes: np.ndarray, progress: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
    """Repair polygons in a child process, those of few points first, which take no time.

    Returns
    -------
    shapes, how
        None where nothing is left; and of each whether it is `DONE`, took too long (`GIVEN_UP`), or was
        not even tried (`UNTRIED`) because as many as the patience lasts for had taken too long.
    """
    result = np.full(len(shapes), None, object)
    how = np.full(len(shapes), UNTRIED)
    points = shapely.get_num_coordinates(shapes)
    order = np.argsort(points, kind="stable")
    start, deaths, group = 0, 0, GROUP
    with tempfile.TemporaryDirectory(prefix="landproof-") as folder:
        path = _written(shapes[order], Path(folder))
        while start < len(shapes) and deaths < PATIENCE:
            try:
                for rows, some in _from_child(path, start, group):
                    result[order[rows]], how[order[rows]] = some, DONE
                    start = int(rows[-1]) + 1
                    progress(start / len(shapes))
            except (UnreadableFile, BrokenStream):
                if start == len(shapes):
                    break
                is_complex = bool(points[order[start]] > SIMPLE_POINTS)
                if group == 1 or is_complex:  # else it may have been any of the group
                    how[order[start]] = GIVEN_UP
                    start, deaths = start + 1, deaths + is_complex
                group = 1
    valid = shapely.is_valid(result) & (geometry.kinds(result) == geometry.POLYGON)
    result[~valid] = None
    return result, how


def _written(shapes: np.ndarray, folder: Path) -> str:
    path = folder / "outlines.arrow"
    table = pa.table({"wkb": pa.array(as_wkb(shapes), pa.large_binary())})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return str(path)


def _from_child(path: str, start: int, group: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    job = {"task": "repair", "path": path, "start": start, "group": group}
    job |= {"simple": SIMPLE_POINTS, "seconds": OUTLINE_S}
    with messages(job, "outlines", LIMITS, None) as incoming:
        for message in incoming:
            if isinstance(message, pa.RecordBatch):
                yield message.column("record").to_numpy(), wkb.decode(message.column("geometry"))[1]
