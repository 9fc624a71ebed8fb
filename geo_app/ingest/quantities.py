"""How much each record says it is, in which unit, and how much it measures."""

from typing import Any

import numpy as np
import pyarrow as pa

from geo_app import geometry
from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest import amounts, rowunits, tons, weights
from geo_app.ingest.amounts import Amounts
from geo_app.ingest.columns import fold
from geo_app.ingest.draft import Draft
from geo_app.ingest.texts import Plain, plain
from geo_app.ingest.unitwords import (
    Unit,
    area_unit_by_value,
    area_unit_in_name,
    canonical,
    fit_of,
    unit_behind,
    unit_in_name,
)
from geo_app.units import MEASURES

UNIT_COLUMNS = ("quantity", "declared_area")


def check_units(draft: Draft) -> None:
    """Refuse a chosen unit that is none, or of another measure.

    Raises
    ------
    Refused
    """
    for ours, word in draft.choices.units.items():
        measure = {"quantity": draft.layer.measure, "declared_area": "area"}.get(ours)
        if measure is None:
            raise Refused(
                N_("Column {ours!r} has no unit. The columns with one are: {known}."),
                ours=ours,
                known=", ".join(UNIT_COLUMNS),
            )
        unit = unit_behind(word) if word else None
        if word and (unit is None or unit.measure != measure):
            raise Refused(
                N_("{unit!r} is no unit of {measure} for {ours}. Write one such as {expected}."),
                unit=word,
                measure=measure,
                ours=ours,
                expected=MEASURES[measure].unit,
            )


def _chosen(draft: Draft, ours: str) -> Unit | None:
    word = draft.choices.units.get(ours)
    return unit_behind(word) if word else None


def quantity(draft: Draft) -> Amounts | None:
    """Give the quantity column in stored parts of the layer's measure; None where there is none."""
    name = draft.mapping.get("quantity")
    if name is None:
        return None
    measure, chosen, named = draft.layer.measure, _chosen(draft, "quantity"), unit_in_name(name)
    if chosen is None and named is not None and named.measure != measure:
        draft.find("wrong_measure", column=name, unit=named.word, measure=measure, expected=MEASURES[measure].unit)
        draft.mapping = {ours: theirs for ours, theirs in draft.mapping.items() if ours != "quantity"}
        return None
    if column := rowunits.beside(draft, name):
        written, words = rowunits.written(draft, name, column, chosen or named)
        texts = tons.settled(draft, name, written, chosen, None)
        return _taken(draft, "quantity", amounts.parse(texts, name, chosen or named or canonical(measure)), words)
    texts = draft.arrow(name)
    numbers = plain(texts)
    if chosen is None and measure == "mass":
        named = weights.unit_of(draft, name, numbers, named)
    texts = tons.settled(draft, name, texts, chosen, named)
    return _numbers(draft, "quantity", chosen or named or _assumed(draft, name, measure), numbers, texts)


def _assumed(draft: Draft, name: str, measure: str) -> Unit:
    unit = canonical(measure)
    if measure != "count":
        draft.find("unit_assumed", column=name, unit=unit.word)
    return unit


def _numbers(draft: Draft, ours: str, unit: Unit, numbers: Plain, texts: pa.LargeStringArray) -> Amounts:
    name = draft.mapping[ours]
    read = amounts.parse(texts, name, unit, draft.part.decimals.get(name, 0), numbers)
    return _taken(draft, ours, read, unit.word)


def _taken(draft: Draft, ours: str, read: Amounts, unit: str) -> Amounts:
    for row, fault in read.faults.items():
        draft.reject(row, fault.rule, **fault.values)
    draft.units[ours] = unit
    return read


def declared_area(draft: Draft, areas_m2: np.ndarray, degrees_2: np.ndarray | None) -> Amounts:
    """Give the declared areas in cm².

    What a person says comes first. Else the values say the unit where at least three in five agree
    with what was drawn; else the column's name does. Without either, m² is taken where nothing was
    drawn; values that agree with the drawn areas in no unit, and square degrees, are not used.

    Parameters
    ----------
    areas_m2 : ndarray of float
        As drawn.
    degrees_2 : ndarray of float or None
        The same in square degrees, of a file in degrees.
    """
    name = draft.mapping.get("declared_area")
    if name is None:
        return Amounts.none(draft.size)
    numbers = plain(draft.arrow(name))
    stated = _leading(draft, name, numbers)
    unit = _chosen(draft, "declared_area") or _area_unit(draft, name, stated, areas_m2, degrees_2)
    if unit is None:
        return Amounts.none(draft.size)
    fit = fit_of(stated, areas_m2, unit)
    if fit is not None:
        draft.fits["declared_area"] = fit
    return _numbers(draft, "declared_area", unit, numbers, draft.arrow(name))


def _area_unit(
    draft: Draft, name: str, stated: np.ndarray, areas_m2: np.ndarray, degrees_2: np.ndarray | None
) -> Unit | None:
    """Decide the unit of a declared area by its values and its name; None where it cannot be used."""
    named = area_unit_in_name(name)
    if named is not None and named.measure != "area":
        draft.find("wrong_measure", column=name, unit=named.word, measure="area", expected="m2")
        return None
    found = area_unit_by_value(stated, areas_m2, degrees_2)
    if found is None and named is None and (areas_m2 > 0).any():
        draft.find("unit_unknown", column=name)
        return None
    if found is None:
        return named or _assumed(draft, name, "area")
    if found.unit is None:
        draft.find("square_degrees", column=name)
        return None
    if named is None or named.factor != found.unit.factor:
        about: dict[str, Any] = {"column": name, "unit": found.unit.word, "rows": found.rows}
        about |= {"share": round(found.share * 100), "named": named.word if named else ""}
        draft.find("unit_by_value" if named is None else "unit_contradicted", **about)
    return found.unit


def _leading(draft: Draft, name: str, numbers: Plain) -> np.ndarray:
    """Give the number that each text begins with, to be compared with what was drawn."""
    stated = numbers.values
    texts = draft.arrow(name)
    odd = np.flatnonzero(~numbers.is_plain & texts.is_valid().to_numpy(zero_copy_only=False))
    for row in odd.tolist():
        stated[row] = amounts.leading(texts[row].as_py())
    return stated


def measured(draft: Draft, lonlat: np.ndarray, areas_m2: np.ndarray, given: Amounts | None) -> Amounts:
    """Give each record's amount in stored parts."""
    measure = draft.layer.measure
    if measure == "area":
        is_ground = geometry.kinds(lonlat) == geometry.POLYGON
        parts = np.rint(np.where(is_ground, areas_m2, 0) * MEASURES["area"].parts).astype(np.int64)
        return Amounts(parts, ~is_ground)
    if given is not None:
        return given
    if measure == "count" and "quantity" not in draft.units:
        return Amounts.ones(draft.size)
    if measure == "length":
        is_line = geometry.kinds(lonlat) == geometry.LINE
        metres = np.where(is_line, geometry.lengths(lonlat), 0)
        return Amounts(np.rint(metres * MEASURES["length"].parts).astype(np.int64), ~is_line)
    return Amounts.none(draft.size)


def note_missing(draft: Draft, amount: Amounts, kept: np.ndarray) -> None:
    """Say how many kept records have no amount."""
    missing = int((amount.missing & kept).sum())
    if missing:
        draft.find("quantity_missing", count=missing)


def map_by_type(draft: Draft) -> None:
    """Take a column ZL for the weight where it holds numbers; it is 坐落 (the place) elsewhere."""
    if draft.layer.measure != "mass" or "quantity" in (*draft.mapping, *draft.choices.columns):
        return
    for name in draft.part.table.columns:
        if fold(name) == "zl" and is_numeric(draft, name):
            draft.mapping = {**draft.mapping, "quantity": name}
            return


def is_numeric(draft: Draft, name: str) -> bool:
    """Tell whether most of a column's filled cells are plain numbers."""
    filled = len(draft.part.table) - draft.arrow(name).null_count
    return filled > 0 and plain(draft.arrow(name)).is_plain.sum() >= 0.6 * filled
