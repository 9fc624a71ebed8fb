"""Tons, which are short ones in the United States and elsewhere may be meant as tonnes."""

import re
from collections.abc import Sequence
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from geo_app.ingest.columns import fold
from geo_app.ingest.draft import Draft
from geo_app.ingest.texts import as_arrow
from geo_app.ingest.unitwords import SHORT_TONS, Unit
from geo_app.units import LONG_TON, SHORT_TON

_TONS = rf"(?i)(^|[\d\s])({'|'.join(map(re.escape, SHORT_TONS))})[\s.]*$"
_FACTORS = (Fraction(1), SHORT_TON, LONG_TON)


def settled(
    draft: Draft, name: str, values: Sequence[str | None] | pa.Array, chosen: Unit | None, named: Unit | None
) -> pa.LargeStringArray:
    """Let the tons behind numbers be those that a person has chosen; say that they are short ones where nobody has.

    Parameters
    ----------
    name : str
        The file's column.
    values : texts
        Its numbers with their units.
    chosen, named : Unit or None
        What a person has said, and what the column's name says.
    """
    texts = as_arrow(values)
    if draft.layer.measure != "mass":
        return texts
    if chosen is not None and chosen.factor in _FACTORS:
        return pc.replace_substring_regex(texts, _TONS, rf"\1 {chosen.word}")
    is_named = chosen is None and named is not None and fold(named.word).strip(" .") in SHORT_TONS
    if is_named or pc.any(pc.match_substring_regex(texts, _TONS)).as_py():
        draft.find("short_tons", column=name)
    return texts
