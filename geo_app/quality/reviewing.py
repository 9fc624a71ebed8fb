"""Going over a layer with every rule: in pieces, side by side, with no more than some outlines in memory."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_app.ground import Fetch, Ground
from geo_app.quality.gaps import Neighbours, pairs_near, suspected
from geo_app.quality.pairs import Pairs
from geo_app.quality.parts import FOUND, About, Part, metres_a_degree, nothing
from geo_app.quality.registry import NEIGHBOURS, OUTLINES, PAIRS, ROWS
from geo_app.tasks import side_by_side

VERSION = "2"  # a change of the rules makes kept findings stale
OUTLINES_AT_ONCE = 10_000
PAIRS_AT_ONCE = 10_000
SUSPECTS_AT_ONCE = 500
Told = Callable[[float], None]
Failed = Callable[[str, Exception], None]  # told a rule that could not look, and why; what it raises ends the review


def raised(_rule: str, error: Exception) -> None:
    """Let a rule that fails end the review."""
    raise error


@dataclass(frozen=True)
class Case:
    """A layer to go over.

    Attributes
    ----------
    sites : DataFrame
        As `Part.sites`, all current sites of the layer, with a plain index.
    pairs : DataFrame
        Of its bridge: ``site other contest duplicate common``.
    names : Series
        Code by id, of these sites and of those of other layers in `pairs`.
    fetch : function
        Gives outlines by id.
    drawn : function
        Gives outlines by id as they were drawn before they were repaired, longitude and latitude.
    failed : function
        Told each rule that fails; without it, its failure ends the review.
    """

    about: About
    sites: pd.DataFrame
    pairs: pd.DataFrame
    names: pd.Series
    fetch: Fetch
    drawn: Fetch
    failed: Failed = raised


def review(case: Case, told: Told = lambda _: None, executor: Executor | None = None) -> pd.DataFrame:
    """Go over a layer with every rule.

    Parameters
    ----------
    told : called with the share that is done, 0 to 1

    Returns
    -------
    DataFrame
        ``rule``, and the columns of `parts.FOUND`; in no order that means anything.
    """
    whole = Part(case.about, case.sites)
    go = partial(_in_pieces, told=told, executor=executor)
    found = [_run(case, ROWS, whole)]
    found += go(partial(_of_outlines, case), np.flatnonzero(whole.placed), OUTLINES_AT_ONCE, (0.0, 0.5))
    found += go(
        partial(_of_pairs, case),
        _once(case.pairs, _tried(case, "shifted_copy", _near_lines, whole)),
        PAIRS_AT_ONCE,
        (0.5, 0.7),
    )
    close = _tried(case, "gap", _near_polygons, whole)
    doubtful = _joined(go(partial(_suspected, case), close, PAIRS_AT_ONCE, (0.7, 0.9)), close)
    found += go(partial(_of_neighbours, case, close), doubtful, SUSPECTS_AT_ONCE, (0.9, 1.0))
    told(1.0)
    return _joined(found, nothing().assign(rule=""))[["rule", *FOUND]]


def _in_pieces(
    work: Callable[[Any], pd.DataFrame],
    what: Any,
    size: int,
    span: tuple[float, float],
    *,
    told: Told,
    executor: Executor | None,
) -> list[pd.DataFrame]:
    """Do a piece of work on so many at once, and tell how far it is within a span of the whole."""
    pieces = [what[at : at + size] for at in range(0, len(what), size)]
    found = []
    for number, part in enumerate(side_by_side(work, pieces, executor), start=1):
        found.append(part)
        told(span[0] + (span[1] - span[0]) * number / len(pieces))
    return found


def _joined(frames: list[pd.DataFrame], like: pd.DataFrame) -> pd.DataFrame:
    """Put frames under each other; `like` gives the columns where all are empty."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else like.iloc[:0]


def _once(pairs: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Add pairs, but for those that are known already, either way round."""
    joined = _joined([pairs, more], pairs)
    key = np.sort(joined[["site", "other"]].to_numpy("int64"), axis=1)
    return joined[~pd.DataFrame(key).duplicated().to_numpy()]


def _run(case: Case, rules: Mapping[str, Callable[[Any], pd.DataFrame]], about: Any) -> pd.DataFrame:
    found = [_tried(case, name, look, about).assign(rule=name) for name, look in rules.items()]
    return _joined(found, nothing().assign(rule=""))


def _tried(case: Case, rule: str, look: Callable[[Any], pd.DataFrame], about: Any) -> pd.DataFrame:
    """Let a rule look; one that fails has found nothing, and the others go on."""
    try:
        return look(about)
    except Exception as error:  # noqa: BLE001 - it is told
        case.failed(rule, error)
        return nothing()


def _of_outlines(case: Case, rows: np.ndarray) -> pd.DataFrame:
    sites = case.sites.iloc[rows].reset_index(drop=True)
    ids = sites["id"].to_numpy("int64")
    mended = np.flatnonzero(sites["mended"].to_numpy(bool))
    ground, drawn = case.fetch(ids), None
    if len(mended):
        shapes = np.full(len(ids), None, object)
        shapes[mended] = case.drawn(ids[mended]).lonlat
        drawn = Ground(shapes, ground.crs, ground.mended)
    return _run(case, OUTLINES, Part(case.about, sites, ground, drawn))


def _of_pairs(case: Case, pairs: pd.DataFrame) -> pd.DataFrame:
    ids = pd.unique(pairs[["site", "other"]].to_numpy().ravel())
    ids.sort()
    ground = case.fetch(ids)
    one, two = (ground[np.searchsorted(ids, pairs[name])] for name in ("site", "other"))
    return _run(case, PAIRS, Pairs(case.about, pairs.reset_index(drop=True), case.names, one, two))


def _suspected(case: Case, pairs: pd.DataFrame) -> pd.DataFrame:
    return _tried(case, "gap", lambda some: some[suspected(_beside(case, some, some))], pairs)


def _of_neighbours(case: Case, close: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    ids = pairs[["site", "other"]].to_numpy().ravel()
    return _run(case, NEIGHBOURS, _beside(case, pairs, close[close["site"].isin(ids) | close["other"].isin(ids)]))


def _beside(case: Case, pairs: pd.DataFrame, around: pd.DataFrame) -> Neighbours:
    ids = np.unique(around[["site", "other"]].to_numpy())
    return Neighbours(case.about, pairs, case.names, ids, case.fetch(ids))


def _near_lines(whole: Part) -> pd.DataFrame:
    """Pair lines that may be copies of each other: they need not share anything."""
    limit = whole.limit("shifted_copy_m")
    rows = np.flatnonzero(whole.placed & (whole.about.layer.measure == "length") & ~np.isnan(limit))
    points = shapely.points(whole.middles[rows])
    degrees = limit / metres_a_degree(whole.middles[rows, 1])[:, 0]
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=degrees)
    once = one < other
    ids = whole.ids[rows]
    unknown = {"contest": False, "duplicate": False, "common": np.nan}
    return pd.DataFrame({"site": ids[one[once]], "other": ids[other[once]], **unknown})


def _near_polygons(whole: Part) -> pd.DataFrame:
    """Pair sites that may have a gap between them."""
    width = whole.limit("sliver_width_m")
    rows = np.flatnonzero(whole.placed & ~np.isnan(width))
    return pairs_near(whole.ids[rows], whole.boxes[rows], width)
