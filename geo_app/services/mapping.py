"""What the map draws: its page, features, tiles, and what lies at a place."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo_app.maps import BIG_LAYER, Backdrop, MapOptions, MapPage, MapPages, feature_collection, find_backdrop, tile
from geo_app.maps import tile_bounds as bounds_of_tile
from geo_app.services import evidence
from geo_app.services.bridges import refresh, site_counts
from geo_app.services.landproof import Landproof
from geo_app.services.proposals import Proposal, proposed_for
from geo_app.settings import ROOT
from geo_app.store.sites import SiteFilter

Box = tuple[float, float, float, float]
PIXELS_NEAR = 8  # how far from a click a site may be
PROPOSED_MARGIN = 1.2  # degrees around proposed places, so that the districts beside them are seen


def page(lp: Landproof, pages: MapPages, locale: str, upload: int | None = None, *, found: bool = False) -> MapPage:
    """Return the map page of the current sites, or of one upload: of its rows, or of where it may lie.

    With `found` it also shows where findings lie.
    """
    proposed = [] if upload is None else proposals(lp, upload)
    extent = _extent(lp, upload, proposed)
    options = MapOptions(
        counts=_counts(lp, upload, placed=True),
        without_place=_counts(lp, upload, placed=False),
        upload=upload,
        demonstration=lp.demonstration and lp.only_synthetic,
        credits=(lp.districts.credit,),
        proposed=bool(proposed),
        found=found,
        extent=extent,
        backdrop=_around(backdrop(lp), extent, PROPOSED_MARGIN if proposed else 0.002),
    )
    return pages.page(lp.layers.values(), locale, options)


def _counts(lp: Landproof, upload: int | None, *, placed: bool) -> dict[str, int]:
    """Count the current sites, or an upload's rows, of each layer that have a place, or have none."""
    return (
        site_counts(lp, placed=placed) if upload is None else lp.store.sites.layer_counts(placed=placed, upload=upload)
    )


def backdrop(lp: Landproof) -> Backdrop:
    """Return the backdrop files of this installation."""
    return find_backdrop(ROOT / "data" / "basemap", lp.districts.file)


def proposals(lp: Landproof, upload: int) -> list[Proposal]:
    """Return the coordinate systems that are proposed for an upload.

    Raises
    ------
    NotFound
        If there is no such upload.
    """
    return proposed_for(lp.store.uploads.find(upload))


def _extent(lp: Landproof, upload: int | None, proposed: Sequence[Proposal]) -> Box | None:
    """Give where an upload lies, or all that is proposed for it."""
    boxes = [each.where.box for each in proposed if each.where is not None and each.where.box is not None]
    if boxes:
        west, south, east, north = np.transpose(boxes)
        return float(west.min()), float(south.min()), float(east.max()), float(north.max())
    return None if upload is None else lp.store.sites.extent(upload)


def _around(found: Backdrop, box: Box | None, least: float) -> Backdrop:
    """Return the backdrop seen from a place, so that a wrong one is seen as such."""
    if box is None:
        return found
    west, south, east, north = box
    margin = max(least, (east - west) * 0.1, (north - south) * 0.1)
    return replace(found, home=(west - margin, south - margin, east + margin, north + margin))


def backdrop_file(lp: Landproof, name: str) -> Path:
    """Return one backdrop file, or raise NotFound."""
    return backdrop(lp).find(name)


def features(lp: Landproof, layer_id: str, upload: int | None = None) -> bytes:
    """Return a layer's sites with a place as GeoJSON for the map, at most 5,000.

    Raises
    ------
    NotFound
        If there is no such layer.
    """
    layer = lp.layers.find(layer_id)
    refresh(lp, layer, lp.place)
    wanted = SiteFilter(layer=layer.id, upload=upload, placed=True)
    return feature_collection(_seen(lp.store.sites.frame_of(wanted, lp.place, limit=BIG_LAYER), upload))


def lit(lp: Landproof, report_id: str, number: int, step: str) -> bytes:
    """Return the ground behind a step of a figure's bridge as GeoJSON for the map, at most 500 sites.

    Returns
    -------
    bytes
        Features of ``kind`` ``site`` (behind the step), ``other`` (takes ground from one) and ``piece``
        (the part that the step is about, where that is not all), with ``id code layer number``: the
        site's place in the list.

    Raises
    ------
    NotFound
        If there is no such report, figure or step.
    """
    found = evidence.figure(lp, report_id, number)
    sites = evidence.lit(lp, found, evidence.demand_step(found, step).name)
    rows = []
    for each in sites:
        about = {"id": each.row.id, "code": each.row.code, "layer": each.row.layer, "number": each.number}
        rows.append(about | {"kind": "site", "geometry": each.ground})
        for other, ground in each.others:
            rows.append(
                about | {"kind": "other", "id": other.id, "code": other.code, "layer": other.layer, "geometry": ground}
            )
        if each.piece is not None:
            rows.append(about | {"kind": "piece", "geometry": each.piece})
    names = ("kind", "id", "code", "layer", "number")
    frame = gpd.GeoDataFrame(rows, columns=[*names, "geometry"], geometry="geometry", crs="EPSG:4490")
    return feature_collection(frame, properties=names)


def tile_of(lp: Landproof, layer_id: str, z: int, x: int, y: int, upload: int | None = None) -> bytes:
    """Return one vector tile of a layer's current sites, or of an upload's rows; empty without any."""
    layer = lp.layers.find(layer_id)
    refresh(lp, layer, lp.place)
    near = lp.store.sites.within(layer.id, lp.place, bounds_of_tile(z, x, y), upload=upload)
    return tile(_seen(near, upload), z, x, y)


def _seen(sites: gpd.GeoDataFrame, upload: int | None) -> gpd.GeoDataFrame:
    """Draw staged rows plainly: what of them counts is not known before they are accepted."""
    return sites if upload is None else sites.assign(counted=sites["counted"].fillna(sites["amount"]))


def site_at(lp: Landproof, layer_id: str, lon: float, lat: float, zoom: float, upload: int | None = None) -> int | None:
    """Return the site of a layer, or of an upload, nearest to a place on the screen; None if none is near."""
    layer = lp.layers.find(layer_id)
    degrees = PIXELS_NEAR * 360 / 256 / 2**zoom
    box = (lon - degrees, lat - degrees, lon + degrees, lat + degrees)
    near = lp.store.sites.within(layer.id, lp.place, box, upload=upload)
    if near.empty:
        return None
    stretch = math.cos(math.radians(lat))
    distance = shapely.distance(
        shapely.transform(near.geometry.to_numpy(), lambda each: each * (stretch, 1)), shapely.Point(lon * stretch, lat)
    )
    best = distance.argmin()
    return int(near["id"].iloc[best]) if distance[best] <= degrees else None


def dot(geometry: shapely.Geometry | None) -> list[float] | None:
    """Return a point inside a site as ``[lon, lat]``, None where it has no place."""
    if geometry is None or geometry.is_empty:
        return None
    inside = shapely.point_on_surface(geometry)
    return [inside.x, inside.y]
