"""Site frames for tests, built where the expected number can be read off."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app.districts import Districts
from geo_app.geometry import areas
from geo_app.model import SITE_COLUMNS, Text

STEP = 0.01  # degrees, about 0.9 km


def cell(column: float, row: float, size: float = 1) -> shapely.Geometry:
    """Return a square of `size` steps near 95° E, 37° N, in Haixi."""
    west, south = 95 + column * STEP, 37 + row * STEP
    return shapely.box(west, south, west + size * STEP, south + size * STEP)


def site_frame(*shapes: shapely.Geometry | None, **columns: Any) -> gpd.GeoDataFrame:
    """Return a site frame of finished sites with drawn areas; `columns` replace what is given."""
    count = len(shapes)
    plain: dict[str, Any] = dict.fromkeys(SITE_COLUMNS)
    plain |= {
        "record": range(1, count + 1),
        "code": [f"S{at}" for at in range(count)],
        "ordinal": 1,
        "district": "632802",
        "outside_m": 0.0,
        "status": "finished",
        "amount": pd.array(np.rint(areas(np.array(shapes, dtype=object)) * 1e4), dtype="Int64"),
        "declared_area": pd.array([None] * count, dtype="Int64"),
    }
    return gpd.GeoDataFrame(plain | columns, geometry=list(shapes), crs=4490)


def place(*shapes: shapely.Geometry, accuracy_m: float = 1.0) -> Districts:
    """A boundary set of districts d0, d1 … that make up the place `all`."""
    codes = [f"d{number}" for number in range(len(shapes))]
    return Districts(
        id="test",
        name=Text("test", "test"),
        version="1",
        accuracy_m=accuracy_m,
        credit="",
        file=Path(),
        names={code: Text(code, code) for code in codes},
        shapes=dict(zip(codes, shapes, strict=True)),
        places={"all": tuple(codes)},
        aliases={},
    )
