"""A file read into a layer: each record becomes a site or a numbered rejection."""

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest import amounts, attributes, columns, crs, outlines
from geo_app.ingest.contract import Choices, Column, RawFile, Reading
from geo_app.ingest.draft import Draft
from geo_app.ingest.join import joined
from geo_app.ingest.unitwords import unit_in_name
from geo_app.layers import Layer
from geo_app.model import SITE_COLUMNS, Rejection
from geo_app.rules import RULES

TABLES = ("csv", "xlsx")


def read_sites(raw: RawFile, layer: Layer, choices: Choices, districts: Districts) -> Reading:
    """Read a file into a layer.

    Parameters
    ----------
    raw : RawFile
        From `read_raw` with the same choices.
    layer : Layer
    choices : Choices
    districts : Districts
        For the district of each site.

    Returns
    -------
    Reading
        ``accepted + len(rejected) == records``.

    Raises
    ------
    AnswerNeeded
        If the coordinate system, the encoding, the quantity column or the status has to be told.
    Refused
        If no record can be taken, with the commonest reason.
    """
    part = joined(raw)
    names = list(part.table.columns)
    mapping = columns.guess(names, layer.columns, choices.columns, is_cut=raw.format == "shapefile")
    draft = Draft(part, layer, mapping, findings=list(part.findings))
    _start(draft, raw)
    if part.encoding_need is not None:
        raise part.encoding_need
    placing = crs.place(part, choices.crs, districts, draft.texts("district"))
    draft.findings.extend(placing.findings)
    lonlat = outlines.locate(draft, placing)
    _demand_some(draft, raw)
    frame = _frame(draft, lonlat, placing, choices, raw)
    _demand_some(draft, raw)
    kept = draft.kept
    lonlat[~kept] = None
    outlines.look(draft, lonlat)
    texts, frame["ordinal"] = attributes.codes(draft, kept)
    frame["code"] = pd.Series(texts, dtype=object)
    attributes.note_missing(draft, frame["amount"], kept)
    sites = _sites(frame, kept, lonlat, draft, districts)
    return _reading(draft, raw, placing, sites)


def _start(draft: Draft, raw: RawFile) -> None:
    """Take over what the child process rejected, then totals and geometries of the wrong kind."""
    row_of = {int(record): row for row, record in enumerate(draft.part.records)}
    expected = ", ".join(kind for kind in draft.layer.geometry if kind != "none")
    for each in draft.part.rejections:
        values = each.values | {"expected": expected} if each.rule == "wrong_geometry" else each.values
        draft.rejections[row_of[each.record]] = Rejection(each.record, each.rule, values)
    if not draft.size:
        raise Refused(N_("{file} has no records. Send a file with at least one site."), file=raw.name)
    attributes.reject_totals(draft)
    outlines.check_kinds(draft, may_be_absent=raw.format in TABLES and "none" in draft.layer.geometry)
    _demand_some(draft, raw)


def _demand_some(draft: Draft, raw: RawFile) -> None:
    """Refuse a file without any record left, naming the commonest reason."""
    if len(draft.rejections) < draft.size:
        return
    rule, count = Counter(each.rule for each in draft.rejections.values()).most_common(1)[0]
    first = next(each for each in draft.rejections.values() if each.rule == rule)
    raise Refused(
        N_(
            "None of the {records} records of {file} can be taken. "
            "Reason for {count} of them, first record {record}: {reason}"
        ),
        **first.values
        | {
            "file": raw.name,
            "records": draft.size,
            "count": count,
            "record": first.record,
            "rule": rule,  # for the edges, which translate the reason
            "reason": RULES[rule].template.format(**first.values),
        },
    )


def _frame(draft: Draft, lonlat: np.ndarray, placing: crs.Placing, choices: Choices, raw: RawFile) -> pd.DataFrame:
    """Read all columns; rows that are rejected on the way stay in the frame."""
    status = attributes.statuses_of(draft, choices.status)
    areas_m2 = geometry.areas(lonlat)
    is_geographic = placing.crs is not None and placing.crs.is_geographic
    given = attributes.quantity(draft)
    _demand_quantity(draft, choices, raw)
    declared = attributes.declared_area(draft, areas_m2, is_geographic=is_geographic)
    return pd.DataFrame(
        {
            "record": draft.part.records,
            "name": draft.texts("name"),
            "stated_district": draft.texts("district"),
            "status": status,
            "started_on": attributes.days(draft, "started_on"),
            "completed_on": attributes.days(draft, "completed_on"),
            "amount": attributes.measured(draft, lonlat, areas_m2, given),
            "declared_area": declared,
            "note": draft.texts("note"),
            "drawn": outlines.drawn(draft, placing, lonlat),
        },
        dtype=object,
    )


def _demand_quantity(draft: Draft, choices: Choices, raw: RawFile) -> None:
    """Ask for the column that a layer is totalled by, where the file seems to have none."""
    is_needed = draft.layer.measure in ("mass", "volume", "amount")
    is_settled = "quantity" in draft.mapping or "quantity" in choices.columns
    if not is_needed or is_settled or any(each.rule == "wrong_measure" for each in draft.findings):
        return
    raise AnswerNeeded(
        N_(
            "No column of {file} seems to hold the amount that the layer is totalled by ({measure}). "
            "Name it with {option}; the columns are: {choices}."
        ),
        needs="columns",
        option="--column quantity=NAME",
        choices=tuple(draft.part.table.columns),
        file=raw.name,
        measure=draft.layer.measure,
    )


def _sites(
    frame: pd.DataFrame, kept: np.ndarray, lonlat: np.ndarray, draft: Draft, districts: Districts
) -> gpd.GeoDataFrame:
    """Make the site frame of the kept rows."""
    frame = frame[kept].reset_index(drop=True)
    places = lonlat[kept]
    assigned = districts.assign(places)
    codes = assigned["district"].to_numpy(object, copy=True)
    _resolve(codes, np.flatnonzero(shapely.is_missing(places)), frame["stated_district"], draft, districts)
    frame["district"] = pd.Series(codes, dtype=object)
    frame["outside_m"] = assigned["outside_m"].to_numpy(float)
    frame["record"] = frame["record"].astype(np.int64)
    frame["ordinal"] = frame["ordinal"].astype(np.int64)
    for name in ("amount", "declared_area"):
        numbers, missing = amounts.to_column(frame[name].tolist())
        frame[name] = pd.arrays.IntegerArray(numbers, missing)
    return gpd.GeoDataFrame(frame[list(SITE_COLUMNS)], geometry=places, crs=geometry.GEOGRAPHIC)


def _resolve(codes: np.ndarray, nowhere: np.ndarray, stated: pd.Series, draft: Draft, districts: Districts) -> None:
    """Put rows without a place into the district that they name."""
    unknown: Counter[str] = Counter()
    for row in nowhere:
        codes[row] = districts.resolve(stated[row])
        if codes[row] is None and stated[row] is not None:
            unknown[stated[row]] += 1
    for value, count in unknown.most_common(20):
        draft.find("district_unknown", value=value, count=count)


def _reading(draft: Draft, raw: RawFile, placing: crs.Placing, sites: gpd.GeoDataFrame) -> Reading:
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
        total=sum(int(amount) for amount in sites["amount"].dropna()),
    )


def _shown(draft: Draft) -> tuple[Column, ...]:
    """Describe the file's columns for the preview."""
    ours = {theirs: name for name, theirs in draft.mapping.items()}
    shown = []
    for name in draft.part.table.columns:
        filled = draft.part.table[name].dropna()
        named = unit_in_name(name) if name in ours else None
        unit = draft.units.get(ours.get(name, ""), named.word if named else None)
        shown.append(Column(name, ours.get(name), None if filled.empty else str(filled.iloc[0]), unit, len(filled)))
    return tuple(shown)
