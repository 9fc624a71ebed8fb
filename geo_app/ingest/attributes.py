"""What the columns of a file say: codes, dates, statuses, amounts."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from geo_app import geometry
from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest import amounts, dates, statuses
from geo_app.ingest.draft import Draft
from geo_app.ingest.unitwords import Unit, area_unit_by_value, canonical, unit_in_name
from geo_app.model import STATUSES, Finding
from geo_app.units import MEASURES

MAX_REPEATED = 1000
_TOTAL = re.compile(
    r"(合计|小计|总计|共计|累计)|.*(合计|小计|总计)|(合计|小计|总计)\W.*|((grand|sub)\s*-?\s*)?totals?", re.I
)
_MARKS = re.compile(r"[\s:：()（）\[\]]+")


def reject_totals(draft: Draft) -> None:
    """Leave out rows that add up others: 合计, 小计, 总计, total."""
    looked = [draft.texts("code"), draft.texts("name"), draft.texts("district")]
    if len(draft.part.table.columns):
        looked.append(draft.column(draft.part.table.columns[0]))
    known: dict[str, bool] = {}
    for texts in looked:
        for row, text in enumerate(texts):
            if text is None:
                continue
            if text not in known:
                known[text] = is_total(text)
            if known[text]:
                draft.reject(row, "total_row", value=text)


def is_total(text: str) -> bool:
    """Tell whether a text names a total.

    Examples
    --------
    >>> [is_total(text) for text in ("合 计", "格尔木市小计", "Total:", "Total Landfill", "合计村")]
    [True, True, True, False, False]
    """
    return len(text) <= 30 and _TOTAL.fullmatch(_MARKS.sub("", text)) is not None


def codes(draft: Draft, kept: np.ndarray) -> tuple[list[str | None], np.ndarray]:
    """Give the codes, and the ordinal of each record among the kept ones of its code."""
    texts = draft.texts("code")
    ordinal = np.ones(draft.size, np.int64)
    seen: Counter[str] = Counter()
    missing = 0
    for row in np.flatnonzero(kept):
        code = texts[row]
        if code is None:
            missing += 1
        else:
            seen[code] += 1
            ordinal[row] = seen[code]
    if missing:
        draft.find("code_from_row", count=missing)
    for code, count in [pair for pair in seen.items() if pair[1] > 1][:MAX_REPEATED]:
        draft.find("repeated_code", code=code, count=count)
    return texts, ordinal


def statuses_of(draft: Draft, chosen: str | None) -> list[str | None]:
    """Give each record's status.

    Raises
    ------
    AnswerNeeded
        If the file has no status column and none was chosen.
    Refused
        If the chosen status is none.
    """
    if chosen is not None and chosen not in STATUSES:
        raise Refused(
            N_("{status!r} is no status. The statuses are: {known}."), status=chosen, known=", ".join(STATUSES)
        )
    if "status" not in draft.mapping:
        if chosen is not None:
            return [chosen] * draft.size
        raise AnswerNeeded(
            N_("No column of {file} says how far each site is. Name the status of all with {option}: {choices}."),
            needs="status",
            option="--status WORD",
            choices=STATUSES,
            file=draft.part.sublayer,
        )
    texts = draft.texts("status")
    kept = np.flatnonzero(draft.kept)
    understood, findings = statuses.read([texts[row] for row in kept], draft.layer.status)
    draft.findings.extend(findings)
    every: list[str | None] = [None] * draft.size
    for row, status in zip(kept, understood, strict=True):
        every[row] = status
    return every


def days(draft: Draft, ours: str) -> list[str | None]:
    """Give one of our date columns as ISO text; what is no date is a rejection."""
    if ours not in draft.mapping:
        return [None] * draft.size
    read, faults = dates.parse(draft.texts(ours), draft.mapping[ours])
    _reject_faults(draft, faults)
    return read


def _reject_faults(draft: Draft, faults: dict[int, amounts.Fault]) -> None:
    for row, fault in faults.items():
        draft.reject(row, fault.rule, **fault.values)


def quantity(draft: Draft) -> list[int | None] | None:
    """Give the quantity column in stored parts of the layer's measure; None where there is none."""
    name = draft.mapping.get("quantity")
    if name is None:
        return None
    measure = draft.layer.measure
    unit = unit_in_name(name)
    if unit is not None and unit.measure != measure:
        draft.find("wrong_measure", column=name, unit=unit.word, measure=measure, expected=MEASURES[measure].unit)
        draft.mapping = {ours: theirs for ours, theirs in draft.mapping.items() if ours != "quantity"}
        return None
    return _numbers(draft, "quantity", unit or _assumed(draft, name, measure))


def _assumed(draft: Draft, name: str, measure: str) -> Unit:
    unit = canonical(measure)
    if measure != "count":
        draft.find("unit_assumed", column=name, unit=unit.word)
    return unit


def _numbers(draft: Draft, ours: str, unit: Unit) -> list[int | None]:
    name = draft.mapping[ours]
    read = amounts.parse(draft.column(name), name, unit, draft.part.decimals.get(name, 0))
    _reject_faults(draft, read.faults)
    draft.units[ours] = unit.word
    return read.parts


def declared_area(draft: Draft, areas_m2: np.ndarray, *, is_geographic: bool) -> list[int | None]:
    """Give the declared areas in cm².

    The values say the unit where at least three in five agree with what was drawn; else the
    column's name does. Without either, m² is taken where nothing was drawn; values that agree
    with the drawn areas in no unit, and square degrees, are not used.
    """
    name = draft.mapping.get("declared_area")
    if name is None:
        return [None] * draft.size
    named = unit_in_name(name)
    if named is not None and named.measure != "area":
        draft.find("wrong_measure", column=name, unit=named.word, measure="area", expected="m2")
        return [None] * draft.size
    squares = shapely.area(draft.part.geometry) if is_geographic else None
    found = area_unit_by_value(_plain_numbers(draft.part.table[name]), areas_m2, squares)
    if found is None and named is None and (areas_m2 > 0).any():
        draft.find("unit_unknown", column=name)
        return [None] * draft.size
    if found is None:
        return _numbers(draft, "declared_area", named or _assumed(draft, name, "area"))
    if found.unit is None:
        draft.find("square_degrees", column=name)
        return [None] * draft.size
    if named is None or named.factor != found.unit.factor:
        rule = "unit_by_value" if named is None else "unit_contradicted"
        about: dict[str, object] = {"column": name, "unit": found.unit.word, "rows": found.rows}
        about |= {"share": round(found.share * 100), "named": named.word if named else ""}
        draft.findings.append(Finding(rule, None, about))
    return _numbers(draft, "declared_area", found.unit)


def _plain_numbers(texts: pd.Series) -> np.ndarray:
    """Give the leading number of each text as a float, to be compared with what was drawn."""
    leading = texts.str.replace(",", "").str.extract(r"^([\d.]+(?:[eE][+-]?\d+)?)")[0]
    return pd.to_numeric(leading, errors="coerce").to_numpy(float, na_value=np.nan)


def measured(
    draft: Draft, lonlat: np.ndarray, areas_m2: np.ndarray, given: list[int | None] | None
) -> list[int | None]:
    """Give each record's amount in stored parts; None where it is missing."""
    measure = draft.layer.measure
    if measure == "area":
        is_ground = geometry.kinds(lonlat) == geometry.POLYGON
        parts = np.rint(np.where(is_ground, areas_m2, 0) * MEASURES["area"].parts).astype(np.int64)
        return [int(part) if ground else None for part, ground in zip(parts, is_ground, strict=True)]
    if given is not None:
        return given
    if measure == "count" and "quantity" not in draft.units:
        return [1] * draft.size
    if measure == "length":
        is_line = geometry.kinds(lonlat) == geometry.LINE
        metres = np.where(is_line, geometry.lengths(lonlat), 0)
        parts = np.rint(metres * MEASURES["length"].parts).astype(np.int64)
        return [int(part) if line else None for part, line in zip(parts, is_line, strict=True)]
    return [None] * draft.size


def note_missing(draft: Draft, parts: Sequence[int | None], kept: np.ndarray) -> None:
    """Say how many kept records have no amount."""
    missing = sum(1 for part, is_kept in zip(parts, kept, strict=True) if is_kept and part is None)
    if missing:
        draft.find("quantity_missing", count=missing)
