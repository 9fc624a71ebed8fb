"""Measuring a file without storing anything."""

from pathlib import Path
from typing import Any

from geo_app.ingest import Choices, read_areas, read_raw
from geo_app.services.files import open_local
from geo_app.services.landproof import Landproof


def measure(lp: Landproof, path: Path, choices: Choices) -> list[dict[str, Any]]:
    """Measure each feature of a file, in file order.

    Returns
    -------
    list of dict
        ``index`` (from 0) and ``area_m2`` with ``geodesic``, ``plane`` and ``declared``, each m² or
        None where there is none.

    Raises
    ------
    Refused, AnswerNeeded
    """
    with open_local(path) as (source, name):
        raw = read_raw(Path(source.name), name=name, choices=choices)
        areas = read_areas(raw, lp.layers.values(), choices, lp.districts)
    plain = areas.astype(object).where(areas.notna(), None)
    return [{"index": index, "area_m2": row} for index, row in enumerate(plain.to_dict("records"))]
