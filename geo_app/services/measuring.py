"""Measuring a file without storing anything."""

from pathlib import Path
from typing import Any

import pandas as pd

from geo_app.ingest import Areas, Choices, read_areas, read_raw
from geo_app.methods import Comparison
from geo_app.methods import compare as compare_methods
from geo_app.services.files import open_local
from geo_app.services.landproof import Landproof


def measure(lp: Landproof, path: Path, choices: Choices) -> list[dict[str, Any]]:
    """Measure each feature of a file, in file order.

    Returns
    -------
    list of dict
        ``index`` (from 0) and ``area_m2`` with ``geodesic``, ``official``, ``plane`` and ``declared``,
        each m² or None where there is none.

    Raises
    ------
    Refused, AnswerNeeded
    """
    return _rows(_read(lp, path, choices).table)


def compare(lp: Landproof, path: Path, choices: Choices) -> tuple[list[dict[str, Any]], list[Comparison]]:
    """Measure each feature of a file, and say why the methods differ over all of them.

    Returns
    -------
    rows, comparisons
        As of `measure`, and as of `methods.compare`.

    Raises
    ------
    Refused, AnswerNeeded
    """
    read = _read(lp, path, choices, with_circumstances=True)
    return _rows(read.table), compare_methods(read.table, read.circumstances, column=read.column)


def _read(lp: Landproof, path: Path, choices: Choices, *, with_circumstances: bool = False) -> Areas:
    with open_local(path) as (source, name):
        raw = read_raw(Path(source.name), name=name, choices=choices)
        return read_areas(raw, lp.layers.values(), choices, lp.districts, with_circumstances=with_circumstances)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{"index": index, "area_m2": row} for index, row in enumerate(plain.to_dict("records"))]
