"""The map: a Folium page in a frame of its own, the features and tiles that it draws."""

from geo_app.maps.backdrop import Backdrop, find_backdrop
from geo_app.maps.features import feature_collection
from geo_app.maps.page import BIG_LAYER, MapOptions, MapPage, MapPages, build_page
from geo_app.maps.tiles import TILE_ZOOM, tile, tile_bounds

__all__ = [
    "BIG_LAYER",
    "TILE_ZOOM",
    "Backdrop",
    "MapOptions",
    "MapPage",
    "MapPages",
    "build_page",
    "feature_collection",
    "find_backdrop",
    "tile",
    "tile_bounds",
]
