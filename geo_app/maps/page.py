"""The map page: HTML, script and styles of one build."""

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from urllib.parse import quote

from geo_app.errors import NotFound
from geo_app.i18n import N_, translate
from geo_app.layers import Layer
from geo_app.maps.backdrop import Backdrop
from geo_app.maps.elements import BackdropLayer, Found, Furniture, Lit, LocalMap, Page, Proposals, SitesLayer, TileSites
from geo_app.maps.strings import strings
from geo_app.maps.tiles import MAX_ZOOM, TILE_LAYER, TILE_ZOOM
from geo_app.units import MEASURES

BIG_LAYER = 5_000  # more sites than this are drawn from tiles
_KEPT_BUILDS = 64
_LANGUAGES = {"zh": "zh-Hans"}
_INLINE_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_VIEWPORT = re.compile(r"<meta name=\"viewport\".*?/>", re.DOTALL)  # Folium's forbids zooming the page

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
{header}
<link rel="stylesheet" href="/map/{build}.css">
</head>
<body>
<main class="lp-frame">
{body}
<noscript>{no_script}</noscript>
</main>
<script src="/map/{build}.js"></script>
</body>
</html>
"""


@dataclass(frozen=True)
class MapPage:
    """One build of the map page. `html` asks for ``/map/<build>.js`` and ``/map/<build>.css``."""

    html: str
    js: str
    css: str
    build: str


@dataclass(frozen=True)
class MapOptions:
    """What a map page shows.

    Attributes
    ----------
    counts : dict
        Layer id to the number of its sites that have a place. A layer without any is not drawn,
        one of more than `big` is drawn from tiles.
    without_place : dict
        Layer id to the number of its sites that have none.
    upload : int or None
        Show the staged sites of this upload and nothing else.
    proposed : bool
        Show where the upload would lie in each coordinate system that is proposed for it.
    found : bool
        Show where the findings lie that the filters in the address of the page find.
    extent : tuple of float or None
        West, south, east, north of the upload's sites, degrees.
    demonstration : bool
        Say that all sites are synthetic.
    credits : tuple of str
        Credit lines of the boundary set.
    backdrop : Backdrop
        From `find_backdrop`.
    crs : str
        Name shown beside the scale.
    big : int
        Most sites of a layer that are drawn one by one.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    without_place: Mapping[str, int] = field(default_factory=dict)
    upload: int | None = None
    proposed: bool = False
    found: bool = False
    extent: tuple[float, float, float, float] | None = None
    demonstration: bool = False
    credits: tuple[str, ...] = ()
    backdrop: Backdrop = field(default_factory=Backdrop)
    crs: str = "CGCS2000"
    big: int = BIG_LAYER


def build_page(layers: Iterable[Layer], locale: str, options: MapOptions) -> MapPage:
    """Build the map page with Folium and take its inline parts out into files.

    The same arguments give the same build, byte for byte.

    Parameters
    ----------
    layers : Layer, in list order
        Layers whose sites never have a place are named, but not drawn.
    locale : str
        ``en`` or ``zh``.
    options : MapOptions

    Returns
    -------
    MapPage
        HTML without inline script or style; nothing in it leads to another host.
    """
    layers = tuple(layers)
    page = Page("page")
    leaflet = LocalMap(page)
    BackdropLayer("backdrop", _backdrop_options(options, locale)).add_to(leaflet)
    for number, layer in enumerate(layers):
        count = options.counts.get(layer.id, 0)
        if count > 0 and layer.geometry != ("none",):
            kind = TileSites if count > options.big else SitesLayer
            kind(f"layer_{number}", _layer_options(layer, number, count, locale, options)).add_to(leaflet)
    if options.upload is None:
        Lit("lit", {}).add_to(leaflet)
    if options.proposed:
        Proposals("proposals", {"url": f"/map/proposals.geojson?upload={options.upload}"}).add_to(leaflet)
    if options.found:
        Found("found", {"url": "/map/findings.geojson"}).add_to(leaflet)
    Furniture(_start_options(layers, locale, options)).add_to(leaflet)
    return _assemble(page, layers, locale)


class MapPages:
    """The last builds, so that a page finds its own script and styles. Safe to share by threads."""

    def __init__(self) -> None:
        self._builds: OrderedDict[str, MapPage] = OrderedDict()
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, layers: Iterable[Layer], locale: str, options: MapOptions) -> MapPage:
        """Return the page for these arguments, built once; see `build_page`."""
        layers = tuple(layers)
        key = json.dumps([locale, [asdict(layer) for layer in layers], asdict(options)], default=str, sort_keys=True)
        with self._lock:
            if self._keys.get(key) not in self._builds:
                built = build_page(layers, locale, options)
                self._builds[built.build] = built
                self._keys[key] = built.build
            for kept in (self._builds, self._keys):
                if len(kept) > _KEPT_BUILDS:
                    kept.popitem(last=False)
            return self._builds[self._keys[key]]

    def asset(self, build: str) -> MapPage:
        """Return a build by its name.

        Raises
        ------
        NotFound
            If it is not among the last ones; the page has to be loaded again.
        """
        with self._lock:
            found = self._builds.get(build)
        if found is None:
            raise NotFound(N_("The map has changed since this page was loaded. Reload the page."))
        return found


def _assemble(page: Page, layers: tuple[Layer, ...], locale: str) -> MapPage:
    page.render()
    header, body = page.header.render(), page.html.render().strip()
    js = "\n".join([*_INLINE_SCRIPT.findall(header), page.script.render()])
    css = "\n".join([*_INLINE_STYLE.findall(header), _layer_colours(layers)])
    for inline in (_INLINE_SCRIPT, _INLINE_STYLE, _VIEWPORT):
        header = inline.sub("", header)
    words = strings(locale)
    parts = {
        "language": _LANGUAGES.get(locale, "en"),
        "title": escape(words["title"]),
        "no_script": escape(words["no_script"]),
        "header": "\n".join(line.strip() for line in header.splitlines() if line.strip()),
        "body": body,
    }
    build = hashlib.sha256(json.dumps([parts, js, css]).encode()).hexdigest()[:16]
    return MapPage(_PAGE.format(build=build, **parts), js, css, build)


def _layer_colours(layers: tuple[Layer, ...]) -> str:
    """Write the layers' colours as styles, by number: an id need not be a CSS name."""
    light, dark = (
        [f".lp-l{number} {{ --c: {layer.colour[shade]}; }}" for number, layer in enumerate(layers)]
        for shade in ("light", "dark")
    )
    chosen = "\n".join(f':root[data-theme="dark"] {rule}' for rule in dark)
    system = "\n".join(f':root:not([data-theme="light"]) {rule}' for rule in dark)
    return "\n".join(
        [*light, f"@media screen {{\n{chosen}\n}}", f"@media screen and (prefers-color-scheme: dark) {{\n{system}\n}}"]
    )


def _backdrop_options(options: MapOptions, locale: str) -> dict[str, object]:
    backdrop = options.backdrop
    return {
        "locale": locale,
        "files": {name: f"/map/backdrop/{name}" for name in sorted(backdrop.files)},
        "relief": backdrop.relief,
    }


def _layer_options(layer: Layer, number: int, count: int, locale: str, options: MapOptions) -> dict[str, object]:
    one = "" if options.upload is None else f"?upload={options.upload}"
    common = {
        "id": layer.id,
        "number": number,
        "title": layer.title[locale],
        "icon": layer.icon,
        "count": count,
        "parts": MEASURES[layer.measure].parts if layer.measure == "area" else None,
        "sitesUrl": f"/sites?layer={quote(layer.id)}" if options.upload is None else None,
    }
    if count > options.big:
        url = f"/map/tiles/{quote(layer.id)}/{{z}}/{{x}}/{{y}}.mvt{one}"
        return {**common, "url": url, "zoom": TILE_ZOOM, "lastZoom": MAX_ZOOM, "tileLayer": TILE_LAYER}
    return {**common, "url": f"/map/layers/{quote(layer.id)}.geojson{one}"}


def _start_options(layers: tuple[Layer, ...], locale: str, options: MapOptions) -> dict[str, object]:
    missing = {layer.id: options.without_place.get(layer.id, 0) for layer in layers}
    with_missing = [layer_id for layer_id, count in missing.items() if count]
    one = f"?layer={quote(with_missing[0])}" if len(with_missing) == 1 else ""
    return {
        "strings": strings(locale),
        "titles": {layer.id: layer.title[locale] for layer in layers},
        "home": options.backdrop.home,
        "upload": options.upload,
        "extent": options.extent,
        "withoutPlace": sum(missing.values()),
        "withoutPlaceUrl": f"/sites{one}" if options.upload is None else None,
        "crs": options.crs,
        "credits": [*options.credits, *(translate(credit, locale) for credit in options.backdrop.credits)],
        "demonstration": options.demonstration,
    }
