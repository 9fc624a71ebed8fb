"""Reviews: the rules go over the layers that an upload, an undoing or a correction has touched."""

import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyproj

from geo_app import bridge, quality
from geo_app.bridge import Scope
from geo_app.errors import GeoAppError, StoreFailed, reason
from geo_app.geometry import to_geographic
from geo_app.ground import Ground
from geo_app.layers import Layer
from geo_app.points import point
from geo_app.quality import NOBODY, About, Case
from geo_app.rules import RULES
from geo_app.services import contests, site_areas
from geo_app.services.bridges import refresh
from geo_app.services.landproof import Landproof
from geo_app.services.locks import held
from geo_app.units import MEASURES

KIND = "review"  # of jobs
TELL_SECONDS = 1.0
Tell = Callable[[float], None]
UNDIRECTED = ("gap", "shifted_copy")
log = logging.getLogger(__name__)


def ask(lp: Landproof, upload_id: int) -> None:
    """Ask the worker to go over the layer of an upload that has come into force, or gone out of it."""
    try:
        lp.queue.put(lp.store.jobs.ask(KIND, upload_id))
    except (OSError, StoreFailed) as error:  # a worker finds at its start which layers are behind
        log.warning("the review for upload %s could not be noted: %s", upload_id, reason(error))


def review(lp: Landproof, layer_id: str) -> bool:
    """Go over a layer with every rule and keep what they found; return whether there was anything to do.

    It can be killed at any time and done again: what is kept depends on the layer alone.

    Raises
    ------
    NotFound
        If there is no such layer.
    Conflict
        If its sites were put into districts by another boundary set.
    """
    layer = lp.layers.find(layer_id)
    with held(lp.settings.home / "review.lock"):  # two at once would keep the same finding twice
        due = [step for is_due, step in STEPS if is_due(lp, layer)]
        if not due:
            return False
        point("review.begun")
        for at, step in enumerate(due):
            tell = _Seldom(partial(_advance, lp, layer, at / len(due), 1 / len(due)))
            tell(0.0)
            with _told(lp, layer):
                step(lp, layer, tell)
        lp.store.findings.advance(layer.id, 1.0)
        point("review.done")
    return True


def review_around(lp: Landproof, layer_id: str) -> None:
    """Go over a layer, and over those whose ground it contests as far as they are behind."""
    review(lp, layer_id)
    for rival in contests.rivals_of(lp, lp.layers.find(layer_id)):
        review(lp, rival.id)


@contextmanager
def _told(lp: Landproof, layer: Layer) -> Iterator[None]:
    """Note a fault of ours that ends a review, so that nobody takes old findings for new."""
    try:
        yield
    except (GeoAppError, OSError):
        raise
    except Exception:
        lp.store.findings.fail(layer.id)
        raise


def failures(lp: Landproof) -> list[tuple[Layer, str]]:
    """Return the layers and rules of which the last review failed; the rule is `findings.ALL` where all did."""
    rows = lp.store.findings.reviewed()
    return [(lp.layers[each], rule) for each in rows if each in lp.layers for rule in rows[each].failed or ()]


def behind(lp: Landproof) -> list[str]:
    """Return the layers of which the findings, or what is measured, are not of their present sites."""
    return [layer.id for layer in lp.layers.values() if any(is_due(lp, layer) for is_due, _ in STEPS)]


def adopt(lp: Landproof) -> None:
    """Ask for the review of every layer that is behind, also where nobody has noted that."""
    ask_for(lp, behind(lp))


def ask_for(lp: Landproof, layers: Iterable[str]) -> None:
    """Ask the worker to go over layers that something else than an upload has touched."""
    for layer_id in layers:
        uploads = [each.id for each in lp.store.uploads.all() if each.layer == layer_id and each.accepted_seq]
        if uploads:
            ask(lp, max(uploads))


def catch_up(lp: Landproof, layer_id: str) -> bool:
    """Go over a layer in this process, and end the jobs that ask for it; return whether all rules could look.

    What was accepted is in force all the same: where this fails, the layer stays behind, and a worker
    tries again.
    """
    try:
        review_around(lp, layer_id)
        lp.store.jobs.end_kind(KIND, layer_id)
    except (GeoAppError, OSError) as error:
        log.warning("layer %s could not be gone over: %s", layer_id, error)
        return False
    except Exception:
        log.exception("layer %s could not be gone over", layer_id)
        return False
    return not any(layer.id == layer_id for layer, _ in failures(lp))


def _advance(lp: Landproof, layer: Layer, done: float, part: float, share: float) -> None:
    lp.store.findings.advance(layer.id, done + 0.95 * part * share)


def _is_unmeasured(lp: Landproof, layer: Layer) -> bool:
    return bool(lp.store.areas.unmeasured(layer.id))


def _measure(lp: Landproof, layer: Layer, tell: Tell) -> None:
    """Measure the sites that are not measured yet by each method."""
    site_areas.fill(lp, layer.id, tell)


def _is_unseen(lp: Landproof, layer: Layer) -> bool:
    kept = lp.store.findings.reviewed().get(layer.id)
    if kept is None:
        return bool(lp.store.uploads.basis(layer.id))
    return kept.basis != _basis(lp, layer)


def _find(lp: Landproof, layer: Layer, tell: Tell) -> None:
    """Go over the sites with every rule, and keep what was found."""
    basis = _basis(lp, layer)
    made = refresh(lp, layer, lp.place)
    sites = _named(lp, layer)
    pairs = lp.store.bridges.pairs(made.id)
    contest = contests.of_layer(lp, layer, pairs)
    rivals = [_named(lp, each) for each in contests.rivals_of(lp, layer) if len(contest.pairs)]
    known = pd.concat([sites, *rivals], ignore_index=True).drop_duplicates("id").set_index("id")
    pairs = pairs[~pairs["contest"] & pairs["site"].isin(known.index) & pairs["other"].isin(known.index)]
    pairs = pd.concat([pairs, contests.in_order(lp, layer, contest.pairs, known)], ignore_index=True)
    failed: set[str] = set()
    about = About(layer, Scope(lp.districts, lp.place), _reported_on(lp, layer), dt.date.today())
    case = Case(about, sites, pairs, known["code"], lp.store.sites.ground, partial(_drawn, lp), _noting(layer, failed))
    found = quality.review(case, tell)
    point("review.found")
    taken = lp.store.bridges.taken(made.id) | contest.taken
    rows = list(_rows(layer, found, known, taken, pairs))
    told = _by_identity(contests.decided(lp, layer))
    lp.store.findings.settle(layer.id, basis, rows, _newest(lp, layer), failed=failed, decided=told)


def _noting(layer: Layer, failed: set[str]) -> Callable[[str, Exception], None]:
    """Give what notes the rules that fail; the first failure of each is logged whole."""

    def note(rule: str, error: Exception) -> None:
        if rule not in failed:
            log.error("rule %s could not look at layer %s", rule, layer.id, exc_info=error)
        failed.add(rule)

    return note


def _by_identity(decided: Mapping[contests.Pair, Any]) -> dict[tuple[Any, ...], Any]:
    """Give decisions by the identity of the finding that they are about."""
    ordered = ((sorted(pair), row) for pair, row in decided.items())
    return {(one.layer, contests.STEP, *one[1:], *other): row for (one, other), row in ordered}


# What is done for a layer that has changed, in order: whether a step has anything to do, and the step, which tells
# how far it is. Each can be done again.
STEPS: tuple[tuple[Callable[[Landproof, Layer], bool], Callable[[Landproof, Layer, Tell], None]], ...] = (
    (_is_unmeasured, _measure),
    (_is_unseen, _find),
)


def _basis(lp: Landproof, layer: Layer) -> str:
    """Name all that a layer's findings are of."""
    limits = json.dumps([sorted((layer.limits or {}).items()), layer.excludes, layer.measure])
    mark = hashlib.sha256(limits.encode()).hexdigest()[:12]
    versions = f"{bridge.VERSION}.{quality.VERSION}"
    states, rivals = lp.store.uploads.bases(), contests.rivals_of(lp, layer)
    contest = [f"{each.id}:{states[each.id]}" for each in rivals if each.id in states]
    decided = f"decisions:{lp.store.decisions.last().get(layer.id, 0) if rivals else 0}"
    about = (lp.districts.label, lp.place, str(_reported_on(lp, layer)), mark, versions)
    return "|".join((states.get(layer.id, ""), *contest, decided, *about))


def _reported_on(lp: Landproof, layer: Layer) -> Any:
    """Give the day of the latest report with a figure of a layer; None without any."""
    days = [report.published_on for report in lp.reports.values() if any(c.layer == layer.id for c in report.claims)]
    return max(days, default=None)


def _newest(lp: Landproof, layer: Layer) -> int | None:
    """Give the upload of a layer in force that was accepted last."""
    uploads = lp.store.uploads.basis(layer.id)
    return int(uploads.rpartition(",")[2]) if uploads else None


def _named(lp: Landproof, layer: Layer) -> pd.DataFrame:
    more = ("started_on", "upload_id")
    return lp.store.sites.plain(layer.id, more=more).assign(layer=layer.id, measure=layer.measure)


def _drawn(lp: Landproof, ids: np.ndarray) -> Ground:
    """Give outlines as they were drawn before they were repaired, in longitude and latitude."""
    drawn = lp.store.sites.drawn(ids)
    lonlat = drawn.lonlat.copy()
    for crs in pd.unique(drawn.crs):
        own = np.flatnonzero(drawn.crs == crs)
        lonlat[own] = to_geographic(drawn.lonlat[own], pyproj.CRS(crs)) if isinstance(crs, str) else lonlat[own]
    return replace(drawn, lonlat=lonlat)


def _rows(
    layer: Layer, found: pd.DataFrame, known: pd.DataFrame, taken: Mapping[tuple[int, str], int], pairs: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    """Write what was found as the store keeps it; of several of one identity the largest number."""
    order = found.sort_values(["rule", "number"], ascending=[True, False], na_position="last", kind="stable")
    shared = dict(zip(zip(pairs["site"], pairs["other"], strict=True), pairs["common"], strict=True))
    columns = ["code", "ordinal", "layer", "district", "upload_id"]
    about = dict(zip(known.index.tolist(), known[columns].itertuples(index=False), strict=True))
    seen = set()
    for each in order.itertuples(index=False):
        one, two = _in_order(each.rule, layer, each.site, each.other, about)
        row = _row(layer, each, one, two, about)
        if one != each.site and "two" in row["values"]:  # as they are listed
            row["values"] = row["values"] | {"one": row["values"]["two"], "two": row["values"]["one"]}
        row["effect"], row["other_effect"] = _effects(layer, each.rule, (one, two), taken, shared)
        key = (row["layer"], row["rule"], row["code"], row["ordinal"], row["other_code"], row["other_ordinal"])
        if key not in seen:
            seen.add(key)
            yield row


def _in_order(rule: str, layer: Layer, one: int, two: int, about: Mapping[int, Any]) -> tuple[int, int]:
    """Put two sites in the order that names their finding: who loses first, else by layer, code and ordinal."""
    has_loser = rule != "contested" and not (rule in UNDIRECTED and (rule == "gap" or layer.measure == "length"))
    if two == NOBODY or has_loser:
        return one, two
    keys = {each: (about[each].layer, about[each].code, about[each].ordinal) for each in (one, two)}
    return (one, two) if keys[one] <= keys[two] else (two, one)


def _row(layer: Layer, each: Any, one: int, two: int, about: Mapping[int, Any]) -> dict[str, Any]:
    site, other = about.get(one), about.get(two)
    return {
        "layer": site.layer if site else layer.id,
        "rule": each.rule,
        "code": site.code if site else "",
        "ordinal": int(site.ordinal) if site else 0,
        "other_layer": other.layer if other else "",
        "other_code": other.code if other else "",
        "other_ordinal": int(other.ordinal) if other else 0,
        "site_id": int(one) if site else None,
        "other_id": int(two) if other else None,
        "district": _text(site.district) if site else None,
        "lon": _number(each.lon),
        "lat": _number(each.lat),
        "number": _number(each.number),
        "values": each.values,
        "seen_upload_id": max((int(some.upload_id) for some in (site, other) if some), default=None),
    }


def _effects(
    layer: Layer,
    rule: str,
    ids: tuple[int, int],
    taken: Mapping[tuple[int, str], int],
    shared: Mapping[tuple[int, int], float],
) -> tuple[int | None, int | None]:
    """Tell how much a finding takes from the net of its layer, and of the other's: no more than the pair shares."""
    step = RULES[rule].step
    if not step or ids[0] == NOBODY:
        return None, None
    common = shared.get(ids, shared.get(ids[::-1])) if ids[1] != NOBODY else None
    most = float("inf") if common is None else round(common * MEASURES[layer.measure].parts)
    one, two = (int(min(taken.get((each, step), 0), most)) for each in ids)
    return (one, two) if rule == contests.STEP else (max(one, two), None)


def _number(value: float) -> float | None:
    return float(value) if value == value else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class _Seldom:
    """Tells how far something is, no more than once a second."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._last = tell, -TELL_SECONDS

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._last >= TELL_SECONDS:
            self._last = time.monotonic()
            self._tell(share)
