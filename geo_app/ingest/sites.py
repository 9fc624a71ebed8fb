"""A file read into a layer: each record becomes a site or a numbered rejection."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded, GeoAppError, Refused
from geo_app.filling import fill
from geo_app.i18n import N_
from geo_app.ingest import attributes, crs, outlines, pieces, quantities, repair, suspicions, totalrows
from geo_app.ingest.amounts import Amounts
from geo_app.ingest.contract import Choices, Column, RawFile, Reading
from geo_app.ingest.draft import Draft
from geo_app.ingest.join import joined
from geo_app.ingest.outlines import Outlines
from geo_app.ingest.unitwords import unit_in_name
from geo_app.ingest.whereabouts import add_places
from geo_app.layers import Layer
from geo_app.model import SITE_COLUMNS, Rejection
from geo_app.rules import RULES
from geo_app.units import MAX_TOTAL, MEASURES

_NUMBER = re.compile(r"\d+([.,]\d+)?( \(\d+\))?")
TABLES = ("csv", "xlsx")
Progress = Callable[[float], None]


def read_sites(
    raw: RawFile, layer: Layer, choices: Choices, districts: Districts, progress: Progress = lambda _: None
) -> Reading:
    """Read a file into a layer.

    Parameters
    ----------
    raw : RawFile
        From `read_raw` with the same choices.
    layer : Layer
    choices : Choices
    districts : Districts
        For the district of each site.
    progress : function, optional
        Called with 0..1. What it raises ends the reading.

    Returns
    -------
    Reading
        ``accepted + len(rejected) == records``.

    Raises
    ------
    AnswerNeeded
        If the coordinate system, the encoding, the quantity column or the status has to be told, or
        something has to be confirmed: an inferred system, rows left out as totals, repairs that
        change areas. Everything that can be asked by then is asked at once (`more`).
    Refused
        If no record can be taken, with the commonest reason.

    Both carry in `known` what had been found out.
    """
    known: dict[str, Any] = {"format": raw.format}
    draft = None
    try:
        part = joined(raw)
        draft = Draft(part, layer, choices, findings=list(part.findings))
        read = {each.sublayer for each in raw.parts}
        if left := [each for each in raw.sublayers if each not in read]:
            draft.find("sublayers_left_out", names=", ".join(left))
        reading = _read(draft, raw, districts, known, progress)
        if draft.needs:
            known |= {each.name: getattr(reading, each.name) for each in fields(reading) if each.name != "sites"}
            raise _all_of(draft.needs)
    except GeoAppError as error:
        error.known = (_known(draft, raw) if draft else {}) | known
        raise
    return reading


def _read(draft: Draft, raw: RawFile, districts: Districts, known: dict[str, Any], progress: Progress) -> Reading:
    pieces.map_columns(draft, raw, draft.layer.columns)
    quantities.check_units(draft)
    _demand_header(draft, raw)
    _start(draft, raw)
    placing = _place(draft, districts)
    if placing is not None:
        known |= {"crs": placing.name, "crs_source": placing.source}
    if placing is None or any(need.needs != "confirmation" for need in draft.needs):
        raise _all_of(draft.needs)
    draft.findings.extend(placing.findings)
    found = outlines.locate(draft, placing, lambda share: progress(0.6 * share))
    _demand_some(draft, raw)
    values, given, declared = _values(draft, found)
    _demand_some(draft, raw)
    found.drop(~draft.kept)
    valid_m2 = repair.mend(draft, placing, found, lambda share: progress(0.6 + 0.2 * share))
    outlines.reject_immeasurable(draft, found, valid_m2)
    _demand_some(draft, raw)
    kept = draft.kept
    found.drop(~kept)
    values["code"], values["ordinal"] = attributes.codes(draft, kept)
    drawn_m2 = np.maximum(found.areas_m2, valid_m2)
    amount = quantities.measured(draft, found.lonlat, drawn_m2, given)
    valid = quantities.measured(draft, found.lonlat, valid_m2, given) if draft.layer.measure == "area" else amount
    quantities.note_missing(draft, amount, kept)
    sites = _sites(
        draft, values | {"amount": _integers(amount), "declared_area": _integers(declared)}, found, districts
    )
    suspicions.look(draft, sites, placing, districts)
    progress(1.0)
    total = sum(valid.numbers[kept & ~valid.missing].tolist())  # of Python's integers, which do not overflow
    if total > MAX_TOTAL:
        raise _too_much(draft, raw, total)
    return _reading(draft, raw, placing, sites, total)


def _too_much(draft: Draft, raw: RawFile, total: int) -> Refused:
    measure = MEASURES[draft.layer.measure]
    return Refused(
        N_(
            "The amounts of {file} add up to {total} {unit}, more than can be true. Check the unit and the column of "
            "the amounts."
        ),
        file=raw.name,
        total=total // measure.parts,
        unit=measure.unit,
    )


def _all_of(needs: list[AnswerNeeded]) -> AnswerNeeded:
    """Ask the first question and tell of the others; what only needs a yes comes last."""
    first, *more = sorted(needs, key=lambda need: need.needs == "confirmation")
    first.more = tuple(more)
    return first


def _known(draft: Draft, raw: RawFile) -> dict[str, Any]:
    """Tell what is known of a file that cannot be taken yet, by the names of `Reading`."""
    has_text = draft.part.encoding_need is None
    nothing = {"accepted": 0, "total": 0} if len(draft.rejections) == draft.size else {}
    return nothing | {
        "format": raw.format,
        "sublayers": tuple(each.sublayer for each in raw.parts),
        "records": draft.size,
        "encoding": draft.part.encoding,
        "encoding_source": draft.part.encoding_source if has_text else None,
        "columns": _shown(draft) if has_text else (),
        "units": draft.units,
        "findings": draft.findings,
        "rejected": list(draft.rejections.values()),
    }


def _start(draft: Draft, raw: RawFile) -> None:
    """Take over what the child process rejected, then totals and geometries of the wrong kind."""
    row_of = {int(record): row for row, record in enumerate(draft.part.records)} if draft.part.rejections else {}
    expected = ", ".join(kind for kind in draft.layer.geometry if kind != "none")
    for each in draft.part.rejections:
        values = each.values | {"expected": expected} if each.rule == "wrong_geometry" else each.values
        draft.rejections[row_of[each.record]] = Rejection(each.record, each.rule, values)
    if not draft.size:
        raise Refused(N_("{file} has no records. Send a file with at least one site."), file=raw.name)
    if draft.part.encoding_need is None:
        totalrows.reject(draft)
        if raw.format in TABLES:
            totalrows.reject_footers(draft)
    outlines.check_kinds(draft, may_be_absent=raw.format in TABLES and "none" in draft.layer.geometry)
    _demand_some(draft, raw)
    if draft.part.encoding_need is not None:
        draft.ask(draft.part.encoding_need)
        return
    _demand_quantity(draft, raw)
    if "status" not in draft.mapping:
        attributes.statuses_of(draft)


def _demand_header(draft: Draft, raw: RawFile) -> None:
    """Refuse a table whose first row is a row like the others; it would be lost as a header."""
    names = list(draft.part.table.columns)
    is_known = draft.mapping or draft.choices.columns or not draft.part.shapes.is_missing.all()
    if raw.format not in TABLES or is_known or draft.part.encoding_need is not None:
        return
    if any(_NUMBER.fullmatch(name) and quantities.is_numeric(draft, name) for name in names):
        raise Refused(
            N_("{file} seems to have no header: its first row is {found!r}. Put a row with the columns' names on top."),
            file=raw.name,
            found=", ".join(names)[:100],
        )


def _place(draft: Draft, districts: Districts) -> crs.Placing | None:
    """Decide where the coordinates are; None where that has to be told first."""
    choices, shapes, stated = draft.choices, draft.part.shapes, draft.texts("district")
    try:
        placing = crs.place(draft.part, choices.crs, districts, stated, choices.shift)
    except AnswerNeeded as need:
        draft.ask(add_places(need, shapes, districts, stated))
        return None
    if placing.question is not None:
        draft.confirm(placing.question.choices[0], add_places(placing.question, shapes, districts, stated))
    return placing


def _demand_some(draft: Draft, raw: RawFile) -> None:
    """Refuse a file without any record left, naming the commonest reason."""
    if len(draft.rejections) < draft.size:
        return
    rule, count = Counter(each.rule for each in draft.rejections.values()).most_common(1)[0]
    first = next(each for each in draft.rejections.values() if each.rule == rule)
    raise Refused(
        N_(
            "None of the {records} records of {file} can be taken. "
            "Reason for {count} of them, first record {record}: {why}"
        ),
        **first.values
        | {
            "file": raw.name,
            "records": draft.size,
            "count": count,
            "record": first.record,
            "rule": rule,  # for the edges, which translate the reason
            "why": fill(RULES[rule].template, first.values),
        },
    )


def _demand_quantity(draft: Draft, raw: RawFile) -> None:
    """Ask for the column that a layer is totalled by, where the file, or one of its sublayers, seems to have none."""
    is_unmapped = draft.choices.columns.get("quantity") == ""
    if draft.layer.measure not in ("mass", "volume", "amount") or is_unmapped:
        return
    for each in [piece.draft for piece in draft.pieces] or [draft]:
        if "quantity" in each.mapping:
            continue
        draft.ask(
            AnswerNeeded(
                N_(
                    "No column of {file} seems to hold the amount that the layer is totalled by ({measure}). "
                    "Name it with {option}; the columns are: {choices}."
                ),
                needs="columns",
                option="--column quantity=NAME",
                choices=tuple(each.part.table.columns),
                file=each.part.sublayer if draft.pieces else raw.name,
                measure=draft.layer.measure,
            )
        )


def _values(draft: Draft, found: Outlines) -> tuple[dict[str, Any], Amounts | None, Amounts]:
    """Read all columns; rows that are rejected on the way stay in them."""
    values = {
        "record": draft.part.records,
        "name": draft.texts("name"),
        "stated_district": draft.texts("district"),
        "status": attributes.statuses_of(draft),
        "started_on": attributes.days(draft, "started_on"),
        "completed_on": attributes.days(draft, "completed_on"),
        "note": draft.texts("note"),
        "drawn": found.drawn,
    }
    given = pieces.quantity(draft)
    declared = pieces.declared_area(draft, found.areas_m2, found.degrees_2)
    return values, given, declared


def _integers(amount: Amounts) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(amount.numbers, amount.missing)


def _sites(draft: Draft, values: dict[str, Any], found: Outlines, districts: Districts) -> gpd.GeoDataFrame:
    """Make the site frame of the kept rows."""
    kept = draft.kept
    places = found.lonlat if kept.all() else found.lonlat[kept]
    assigned = districts.assign(places)
    own = {name: value if kept.all() else value[kept] for name, value in values.items()}
    codes = assigned["district"].to_numpy(object, copy=True)
    _resolve(draft, codes, np.flatnonzero(shapely.is_missing(places)), own["stated_district"], districts)
    own |= {"district": codes, "outside_m": assigned["outside_m"].to_numpy(float)}
    data = {name: pd.Series(value, dtype=_dtype(value), copy=False) for name, value in own.items()}
    frame = pd.DataFrame({name: data[name] for name in SITE_COLUMNS}, copy=False)
    return gpd.GeoDataFrame(frame, geometry=places, crs=geometry.GEOGRAPHIC)


def _dtype(value: Any) -> Any:
    return object if value.dtype == object else value.dtype


def _resolve(draft: Draft, codes: np.ndarray, nowhere: np.ndarray, stated: np.ndarray, districts: Districts) -> None:
    """Put rows without a place into the district that they name."""
    unknown: Counter[str] = Counter()
    for row in nowhere:
        codes[row] = districts.resolve(stated[row])
        if codes[row] is None and stated[row] is not None:
            unknown[stated[row]] += 1
    for value, count in unknown.most_common(20):
        draft.find("district_unknown", value=value, count=count)


def _reading(draft: Draft, raw: RawFile, placing: crs.Placing, sites: gpd.GeoDataFrame, total: int) -> Reading:
    part = draft.part
    return Reading(
        format=raw.format,
        sublayers=tuple(each.sublayer for each in raw.parts),
        records=draft.size,
        accepted=len(sites),
        rejected=[draft.rejections[row] for row in sorted(draft.rejections)],
        crs=placing.name,
        crs_source=placing.source,
        encoding=part.encoding,
        encoding_source=part.encoding_source,
        columns=_shown(draft),
        units=draft.units,
        findings=draft.findings,
        sites=sites,
        total=total,
    )


def _shown(draft: Draft) -> tuple[Column, ...]:
    """Describe the file's columns for the preview."""
    ours = {theirs: name for name, theirs in draft.mapping.items()}
    shown = []
    for name in draft.part.table.columns:
        texts, own = draft.arrow(name), ours.get(name)
        named = unit_in_name(name) if own else None
        unit = draft.units.get(own or "", named.word if named else None)
        first = texts.drop_null()[0].as_py() if texts.null_count < len(texts) else None
        shown.append(Column(name, own, first, unit, len(texts) - texts.null_count, draft.fits.get(own or "")))
    return tuple(shown)
