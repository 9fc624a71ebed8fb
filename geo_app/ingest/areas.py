"""The areas of a file's features, side by side, without a layer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geo_app import geometry, methods
from geo_app.districts import Districts
from geo_app.errors import AnswerNeeded
from geo_app.ingest import crs, pieces
from geo_app.ingest.contract import Choices, RawFile
from geo_app.ingest.draft import Draft
from geo_app.ingest.join import joined
from geo_app.ingest.outlines import CHUNK
from geo_app.ingest.shapes import Shapes
from geo_app.layers import Layer
from geo_app.tasks import side_by_side
from geo_app.units import MEASURES


@dataclass(frozen=True)
class Areas:
    """What the features of a file measure, in file order.

    Attributes
    ----------
    table : DataFrame, one row a feature, m²
        ``geodesic``, ``official``, ``plane`` (the file's own projected CRS) and ``declared``, NaN where
        there is none: of a feature without a place, in degrees, or of a file that declares nothing.
    circumstances : DataFrame
        Of `methods.circumstances`; without columns where that was not asked for.
    column : str or None
        The column that declares.
    """

    table: pd.DataFrame
    circumstances: pd.DataFrame
    column: str | None


def read_areas(
    raw: RawFile, layers: Iterable[Layer], choices: Choices, districts: Districts, *, with_circumstances: bool = False
) -> Areas:
    """Measure every feature of a file.

    Parameters
    ----------
    raw : RawFile
        From `read_raw` with the same choices.
    layers : Layer
        Their declared-area columns are those looked for.
    with_circumstances : bool
        Whether what may explain the areas is told as well.

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
    size = len(part.records)
    rows = [slice(at, min(at + CHUNK, size)) for at in range(0, max(size, 1), CHUNK)]
    work = partial(_piece, part.shapes, placing, with_circumstances)
    table = pd.concat(side_by_side(work, rows), ignore_index=True)
    degrees_2 = table.pop("degrees_2").to_numpy() if placing.crs is not None and placing.crs.is_geographic else None
    declared = pieces.declared_area(draft, table[methods.GEODESIC].to_numpy(), degrees_2)
    table[methods.DECLARED] = np.where(declared.missing, np.nan, declared.numbers / MEASURES["area"].parts)
    around = table[list(methods.CIRCUMSTANCES) if with_circumstances else []]
    return Areas(table[list(methods.OF_A_FILE)], around, draft.mapping.get("declared_area"))


def _piece(known: Shapes, placing: crs.Placing, with_circumstances: bool, rows: slice) -> pd.DataFrame:
    drawn = known.some(rows)
    with np.errstate(invalid="ignore"):
        lonlat = placing.to_lonlat(drawn)
    shapes = placing.straight(drawn)
    if placing.shift and placing.crs is not None:
        shapes = geometry.from_geographic(lonlat, placing.crs)
    found = methods.measured(shapes, lonlat, placing.crs).assign(degrees_2=shapely.area(drawn))
    if not with_circumstances:
        return found
    return pd.concat([found, methods.circumstances(shapes, lonlat, placing.crs)], axis=1)


def _named(question: AnswerNeeded) -> AnswerNeeded:
    """Ask for a system by name: measuring has nothing else that a person could say yes to."""
    proposed = str(question.values["proposed"])
    values = {name: value for name, value in question.values.items() if name not in ("option", "choices")}
    return AnswerNeeded(question.template, needs="crs", option=f"--crs {proposed}", choices=(proposed,), **values)


def _distinct(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))
