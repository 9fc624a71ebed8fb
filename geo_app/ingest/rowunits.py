"""Amounts whose unit stands in another column, row by row."""

from geo_app.ingest import amounts
from geo_app.ingest.columns import fold
from geo_app.ingest.draft import Draft
from geo_app.ingest.unitwords import Unit, canonical, unit_behind

_NAMES = frozenset(fold(name) for name in ("单位", "计量单位", "数量单位", "重量单位", "unit", "units", "uom"))


def beside(draft: Draft, name: str) -> str | None:
    """Find the column that says the unit of each row; the same words also name columns of offices.

    Returns
    -------
    str or None
        None where no column of such a name holds a single unit.
    """
    for other in draft.part.table.columns:
        if fold(other) in _NAMES and other != name:
            different, _ = draft.distinct(other)
            if any(unit_behind(each) is not None for each in different):
                return str(other)
    return None


def written(draft: Draft, name: str, column: str, default: Unit | None) -> tuple[list[str | None], str]:
    """Put each number of a column of amounts before the unit of its row, and name the units.

    Parameters
    ----------
    name, column : str
        The file's columns of amounts and of units.
    default : Unit or None
        What rows without a unit are in; without one they are rejected.
    """
    unit = default or canonical(draft.layer.measure)
    texts: list[str | None] = []
    used: dict[str, None] = {}
    for row, (value, word) in enumerate(zip(draft.column(name), draft.column(column), strict=True)):
        if value is None or amounts.behind(value):  # a unit behind the number itself comes first
            texts.append(value)
            continue
        own = unit_behind(word) if word else default
        if own is None:
            rule = "unknown_unit" if word else "unit_missing"
            draft.reject(row, rule, column=column, value=word or value, amount=name)
        elif own.measure == unit.measure:
            used[own.word] = None
        texts.append(None if own is None else f"{value} {word or ''}")
    return texts, ", ".join(used) or unit.word
