"""The areas of a file's features, side by side, without a layer."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import shapely

from geo_app import geometry
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded
from geo_app.ingest import crs, pieces
from geo_app.ingest.contract import Choices, RawFile
from geo_app.ingest.draft import Draft
from geo_app.ingest.join import joined
from geo_app.layers import Layer
from geo_app.units import MEASURES


def read_areas(raw: RawFile, layers: Iterable[Layer], choices: Choices, districts: Districts) -> pd.DataFrame:
    """Measure every feature of a file, in file order.

    Parameters
    ----------
    raw : RawFile
        From `read_raw` with the same choices.
    layers : Layer
        Their declared-area columns are those looked for.

    Returns
    -------
    DataFrame, one row a feature, m²
        ``geodesic`` (CGCS2000 ellipsoid), ``plane`` (the file's own projected CRS; NaN where that
        is geographic) and ``declared`` (NaN where the file declares nothing). A feature without a
        geometry, or with one that cannot be read, has NaN in the first two.

    Raises
    ------
    AnswerNeeded
        If the coordinate system or the encoding has to be told.
    """
    part = joined(raw)
    layers = list(layers)
    known = {"declared_area": _distinct(name for layer in layers for name in layer.columns.get("declared_area", ()))}
    draft = Draft(part, layers[0], choices)
    pieces.map_columns(draft, raw, known)
    placing = crs.place(part, choices.crs, districts, shift=choices.shift)
    if placing.question is not None:
        raise _named(placing.question)
    outlines = part.shapes.all()
    lonlat = placing.to_lonlat(outlines)
    geodesic = np.where(geometry.has_place(lonlat), geometry.areas(lonlat), np.nan)
    plane = np.full(len(part.records), np.nan)
    if placing.crs is not None:
        plane = geometry.plane_areas(placing.straight(outlines), placing.crs)
    is_geographic = placing.crs is not None and placing.crs.is_geographic
    degrees_2 = shapely.area(outlines) if is_geographic else None
    declared = pieces.declared_area(draft, geodesic, degrees_2)
    square_metres = np.where(declared.missing, np.nan, declared.numbers / MEASURES["area"].parts)
    return pd.DataFrame({"geodesic": geodesic, "plane": plane, "declared": square_metres})


def _named(question: AnswerNeeded) -> AnswerNeeded:
    """Ask for a system by name: measuring has nothing else that a person could say yes to."""
    proposed = str(question.values["proposed"])
    values = {name: value for name, value in question.values.items() if name not in ("option", "choices")}
    return AnswerNeeded(question.template, needs="crs", option=f"--crs {proposed}", choices=(proposed,), **values)


def _distinct(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))
