"""Sites: pages of them, and one with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely

from geo_app.geometry import areas, plane_areas
from geo_app.services.counted import refresh, refresh_all
from geo_app.services.landproof import Landproof
from geo_app.store.sites import SiteFilter


@dataclass(frozen=True)
class Page:
    """One page of a longer list; pages count from 1."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class SiteDetail:
    """One site version.

    Attributes
    ----------
    site : mapping
        Columns of the store's site row.
    geometry : shapely geometry or None, EPSG:4490
    area_m2, plane_m2 : float
        Geodesic area and area in the file's own plane; NaN where there is none.
    versions : all accepted versions, newest first
    findings, superseded : findings of its record; whether a newer version holds
    """

    site: Any
    geometry: shapely.Geometry | None
    area_m2: float
    plane_m2: float
    versions: list[Any]
    findings: list[Any]
    upload: Any

    @property
    def superseded(self) -> bool:
        """Whether a newer accepted version of the site exists."""
        return bool(self.versions) and self.versions[0].id != self.site.id


def page(lp: Landproof, wanted: SiteFilter, number: int = 1, size: int = 50) -> Page:
    """Return one page of the current sites that a filter finds; a page past the end is the last one."""
    if wanted.layer:
        refresh(lp, lp.layers.find(wanted.layer), lp.place)
    else:
        refresh_all(lp, lp.place)
    total = lp.store.sites.count(wanted, lp.place)
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    return Page(lp.store.sites.page(wanted, lp.place, (number - 1) * size, size), total, number, pages)


def detail(lp: Landproof, site_id: int) -> SiteDetail:
    """Return one site version with its history and findings.

    Raises
    ------
    NotFound
    """
    site = lp.store.sites.find(site_id, lp.place)
    geometry = shapely.from_wkb(site.geometry) if site.geometry else None
    drawn = shapely.from_wkb(site.drawn) if site.drawn else None
    findings = lp.store.uploads.remarks(site.upload_id, "finding")
    return SiteDetail(
        site=site,
        geometry=geometry,
        area_m2=float(areas(np.array([geometry]))[0]),
        plane_m2=float(plane_areas(np.array([drawn]), pyproj.CRS(site.crs))[0]) if drawn else float("nan"),
        versions=lp.store.sites.versions(site.layer, site.code, site.ordinal),
        findings=[each for each in findings if each.record == site.record],
        upload=lp.store.uploads.find(site.upload_id),
    )


__all__ = ["Page", "SiteDetail", "SiteFilter", "detail", "page"]
