"""Folium classes of our own: they hand options to the functions of ``static/map``, and nothing else.

A template writes options with ``tojson`` only, and no site, name or file text is among
them: whatever comes from a user's file is fetched by the script and shown as text.
"""

from collections.abc import Mapping

import folium
from branca.element import Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from jinja2 import Template

_STATIC = "/static/map/"

# (key, address) pairs as Folium wants them; a key must be unique on the page
_MAP_JS = [
    ("leaflet", "/vendor/leaflet/dist/leaflet.js"),
    ("landproof_map", _STATIC + "landproof-map.js"),
]
_MAP_CSS = [
    ("leaflet_css", "/vendor/leaflet/dist/leaflet.css"),
    ("noto_sans_sc_400", "/vendor/@fontsource/noto-sans-sc/400.css"),
    ("noto_sans_sc_700", "/vendor/@fontsource/noto-sans-sc/700.css"),
    ("landproof_tokens", "/static/css/tokens.css"),
    ("landproof_map_css", _STATIC + "map.css"),
]
_BACKDROP_JS = [
    ("landproof_backdrop", _STATIC + "backdrop.js"),
]
_SITES_JS = [
    ("landproof_sites", _STATIC + "sites.js"),
]
_TILES_JS = [
    ("protomaps_leaflet", "/vendor/protomaps-leaflet/dist/protomaps-leaflet.js"),
    ("landproof_tiles", _STATIC + "tiles.js"),
]
_PROPOSALS_JS = [
    ("landproof_proposals", _STATIC + "proposals.js"),
]
_LIT_JS = [
    ("landproof_lit", _STATIC + "lit.js"),
]
_FOUND_JS = [
    ("landproof_found", _STATIC + "found.js"),
]
_FURNITURE_JS = [
    ("landproof_legend", _STATIC + "legend.js"),
    ("landproof_card", _STATIC + "card.js"),
    ("landproof_tools", _STATIC + "tools.js"),
]


class Page(Figure):
    """The document around the map, without any inline script or style."""

    _template = Template("")

    def __init__(self, name: str) -> None:
        super().__init__()
        self._id = name


class LocalMap(folium.Map):
    """A Leaflet map whose script and styles come from this host; without jQuery and icon fonts."""

    default_js = _MAP_JS
    default_css = _MAP_CSS

    def __init__(self, page: Page) -> None:
        super().__init__(
            location=(36.9, 95.2),
            zoom_start=6,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            max_zoom=18,
            zoom_snap=0.1,
        )
        # `max_zoom=` is for Folium's tiles; without tiles Leaflet would know no end
        self.options["maxZoom"] = 18
        self.options["minZoom"] = 4
        self._id = "landproof"
        page.add_child(self)


class _Part(JSCSSMixin, Layer):
    """A layer made by one function of our script from one object of options."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = LandproofMap.{{ this.function }}({{ this.options|tojson }});
        {% endmacro %}
        """
    )
    function = ""

    def __init__(self, name: str, options: Mapping[str, object]) -> None:
        super().__init__(name=name, overlay=True, control=False)
        self._name = type(self).__name__
        self._id = name
        self.options = dict(options)


class BackdropLayer(_Part):
    """Land, neighbours, relief, water, district lines and names."""

    function = "backdrop"
    default_js = _BACKDROP_JS


class SitesLayer(_Part):
    """The sites of one layer, drawn one by one from GeoJSON."""

    function = "sites"
    default_js = _SITES_JS


class TileSites(_Part):
    """The sites of one big layer, drawn from vector tiles."""

    function = "tileSites"
    default_js = _TILES_JS


class Proposals(_Part):
    """Where each proposed coordinate system would put a file."""

    function = "proposals"
    default_js = _PROPOSALS_JS


class Lit(_Part):
    """The ground behind a step of a figure's bridge, lit up when it is asked for."""

    function = "lit"
    default_js = _LIT_JS


class Found(_Part):
    """Where the findings lie that a filter finds."""

    function = "found"
    default_js = _FOUND_JS


class Furniture(JSCSSMixin, MacroElement):
    """Legend, tools, scale, credits and the card of a site; starts everything, so it comes last."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            LandproofMap.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
        """
    )
    default_js = _FURNITURE_JS

    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no type here
        self._name = "Furniture"
        self._id = "furniture"
        self.options = dict(options)
