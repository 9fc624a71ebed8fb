"""Layers to go over, made of shapes alone."""

import datetime as dt
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app.bridge import Scope, build
from geo_app.districts import Districts
from geo_app.geometry import areas, lengths
from geo_app.ground import Ground
from geo_app.layers import Layer, load_layers
from geo_app.quality import About, Case, review
from geo_app.settings import ROOT
from geo_app.units import MEASURES
from tests.site_frames import place

LAYERS = load_layers(ROOT / "layers")
GRASS, FARM, RIVER, WASTE = (
    LAYERS[name] for name in ("grassland_restored", "farmland_reclaimed", "river_cleaned", "waste_hazardous")
)
METRE = 1 / 111_320.0  # degrees of latitude
LON, LAT = 96.0, 37.0


def box(west: float, south: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle by metres east and north of 96° E, 37° N."""
    return placed(shapely.box(west, south, west + width, south + height))


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """Put a shape in metres at 96° E, 37° N, true to a thousandth."""
    scale = np.array([METRE / np.cos(np.radians(LAT)), METRE])
    return shapely.transform(shape, lambda xy: xy * scale + (LON, LAT))


EVERYWHERE = place(shapely.box(85, 30, 105, 45))


def sites(*shapes: shapely.Geometry | None, layer: Layer = GRASS, first: int = 1, **columns: Any) -> gpd.GeoDataFrame:
    """Finished sites of a layer, with what they draw."""
    count, drawn = len(shapes), np.array(shapes, dtype=object)
    boxes = shapely.bounds(drawn).reshape(-1, 4)
    size = {"area": areas, "length": lengths}.get(layer.measure, lambda each: np.full(len(each), np.nan))(drawn)
    size = np.where(size > 0, size, np.nan) * MEASURES[layer.measure].parts
    data = {
        "id": range(first, first + count),
        "code": [f"S{at}" for at in range(first, first + count)],
        "own_code": True,
        "ordinal": 1,
        "status": "finished",
        "started_on": None,
        "completed_on": "2023-05-01",
        "amount": pd.array(np.rint(size), dtype="Int64"),
        "declared_area": pd.array([None] * count, dtype="Int64"),
        "district": "d0",
        "stated_district": None,
        "mended": False,
        "crs": None,
        "drawn": None,
    } | dict(zip(("min_lon", "min_lat", "max_lon", "max_lat"), boxes.T, strict=True))
    frame = gpd.GeoDataFrame(data | columns, geometry=list(shapes), crs=4490)
    texts = ("status", "started_on", "completed_on", "stated_district", "crs", "drawn")
    return frame.astype(dict.fromkeys(texts, object))


def case(
    frame: gpd.GeoDataFrame,
    layer: Layer = GRASS,
    *,
    districts: Districts = EVERYWHERE,
    rivals: gpd.GeoDataFrame | None = None,
    reported_on: dt.date | None = None,
    today: dt.date | None = None,
    **limits: float,
) -> Case:
    """Make what `review` takes; limits are added to those of the layer's file."""
    rivals = sites(first=1_000_000) if rivals is None else rivals
    known = pd.concat([frame, rivals]).set_index("id")
    scope = Scope(districts, "all", None)

    def fetch(ids: np.ndarray) -> Ground:
        some = known.loc[ids]
        return Ground(some["geometry"].to_numpy(), some["crs"].to_numpy(object), some["mended"].to_numpy(bool))

    def drawn(ids: np.ndarray) -> Ground:
        return replace(fetch(ids), lonlat=known.loc[ids, "drawn"].to_numpy(object))

    made = build(pd.DataFrame(frame), layer.measure, scope, fetch, pd.DataFrame(rivals))
    about = About(replace(layer, limits={**(layer.limits or {}), **limits}), scope, reported_on, today)
    return Case(about, pd.DataFrame(frame).reset_index(drop=True), made.pairs, known["code"], fetch, drawn)


def found(frame: gpd.GeoDataFrame, layer: Layer = GRASS, **more: Any) -> dict[str, list[str]]:
    """Rule name to the codes of the sites that it finds; two sites are joined by a plus sign."""
    told = review(case(frame, layer, **more))
    rivals = more.get("rivals")
    names = pd.concat([frame, *([rivals] if rivals is not None else [])]).set_index("id")["code"]
    result: dict[str, list[str]] = {}
    for row in told.itertuples():
        codes = sorted(names[each] for each in (row.site, row.other) if each >= 0)
        result.setdefault(row.rule, []).append("+".join(codes))
    return {rule: sorted(codes) for rule, codes in result.items()}
