"""A file of several sublayers, each with columns and units of its own, as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo_app.ingest import columns, quantities
from geo_app.ingest.amounts import Amounts
from geo_app.ingest.contract import RawFile, RawPart
from geo_app.ingest.draft import Draft, Piece
from geo_app.ingest.join import shifted
from geo_app.model import OUR_COLUMNS

Known = Mapping[str, Iterable[str]]


def map_columns(draft: Draft, raw: RawFile, known: Known) -> None:
    """Match the columns of each sublayer with ours; columns of several names for one of ours become one.

    Parameters
    ----------
    known : dict
        Our column to the names met in files, best first.

    Raises
    ------
    UnknownColumn
        If a person has named a column that no sublayer has.
    """
    is_cut = raw.format == "shapefile"
    columns.check(list(draft.part.table.columns), draft.choices.columns)
    parts = [part for part in shifted(raw) if len(part.records)] or [draft.part]
    own = [_mapped(part, draft, known, is_cut=is_cut) for part in parts]
    if len(parts) == 1:
        draft.mapping = own[0].mapping
        return
    start = 0
    for each in own:
        draft.pieces.append(Piece(slice(start, start + each.size), each))
        start += each.size
    _combine(draft)


def _mapped(part: RawPart, draft: Draft, known: Known, *, is_cut: bool) -> Draft:
    names = list(part.table.columns)
    chosen = columns.present(names, draft.choices.columns)
    own = Draft(part, draft.layer, draft.choices)
    own.mapping = columns.guess(names, known, chosen, is_cut=is_cut)
    quantities.map_by_type(own)
    return own


def _combine(draft: Draft) -> None:
    """Map the joined table: where sublayers name a column differently, by a column made of theirs."""
    table, mapping = draft.part.table, {}
    made: dict[str, pd.Series] = {}
    gone: set[str] = set()
    for ours in OUR_COLUMNS:
        names = list(dict.fromkeys(piece.draft.mapping[ours] for piece in draft.pieces if ours in piece.draft.mapping))
        if names:
            mapping[ours] = columns.JOINT.join(names)
        if len(names) > 1:
            made[mapping[ours]] = pd.concat([_texts(piece.draft, ours) for piece in draft.pieces], ignore_index=True)
            gone |= set(names)
    draft.mapping = mapping
    draft.part = replace(draft.part, table=table.drop(columns=list(gone)).assign(**made))


def _texts(draft: Draft, ours: str) -> pd.Series:
    if ours in draft.mapping:
        return draft.part.table[draft.mapping[ours]]
    return pd.Series([None] * draft.size, dtype="str")


def quantity(draft: Draft) -> Amounts | None:
    """Give the quantity in stored parts of the layer's measure, each sublayer in its own unit; None without any."""
    if not draft.pieces:
        return quantities.quantity(draft)
    found = [quantities.quantity(piece.draft) for piece in draft.pieces]
    _take_over(draft)
    if all(each is None for each in found):
        draft.mapping = {ours: theirs for ours, theirs in draft.mapping.items() if ours != "quantity"}
        return None
    nothing = Amounts.ones if draft.layer.measure == "count" else Amounts.none
    return _joined([each or nothing(piece.draft.size) for piece, each in zip(draft.pieces, found, strict=True)])


def declared_area(draft: Draft, areas_m2: np.ndarray, degrees_2: np.ndarray | None) -> Amounts:
    """Give the declared areas in cm², each sublayer in its own unit; see `quantities.declared_area`."""
    if not draft.pieces:
        return quantities.declared_area(draft, areas_m2, degrees_2)
    found = [
        quantities.declared_area(
            piece.draft, areas_m2[piece.rows], None if degrees_2 is None else degrees_2[piece.rows]
        )
        for piece in draft.pieces
    ]
    _take_over(draft)
    return _joined(found)


def _joined(found: Sequence[Amounts]) -> Amounts:
    return Amounts(np.concatenate([each.numbers for each in found]), np.concatenate([each.missing for each in found]))


def _take_over(draft: Draft) -> None:
    """Move what was found of the sublayers to the whole; what is the same of several is said once."""
    for piece in draft.pieces:
        own = piece.draft
        for row, rejection in own.rejections.items():
            draft.rejections.setdefault(piece.rows.start + row, rejection)
        draft.findings += [each for each in own.findings if each not in draft.findings]
        draft.needs += own.needs
        for ours, unit in own.units.items():
            words = [each for each in (draft.units.get(ours), unit) if each]
            draft.units[ours] = ", ".join(dict.fromkeys(", ".join(words).split(", ")))
        for ours, fit in own.fits.items():
            draft.fits[ours] = min(fit, draft.fits.get(ours, 1.0))
        for told in (own.rejections, own.findings, own.needs, own.units, own.fits):
            told.clear()
