"""Sites: pages of them, and one with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo_app import methods
from geo_app.differences import FIELDS
from geo_app.geometry import areas
from geo_app.methods import Comparison
from geo_app.services import site_areas
from geo_app.services.bridges import refresh, refresh_all
from geo_app.services.landproof import Landproof
from geo_app.store.sites import SiteFilter
from geo_app.units import from_parts


@dataclass(frozen=True)
class Page:
    """One page of a longer list; pages count from 1."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Change:
    """A site version beside the one before it.

    Attributes
    ----------
    site, before : store's site rows
        `before` is None where there is none, or where it is not asked about.
    fields : tuple of str
        Names of the columns that differ, without the geometry.
    shape, shape_before : shapely geometry or None, EPSG:4490
        Given only where they differ.
    area_m2, area_before_m2 : float
        Geodesic areas of the two shapes; NaN without one, 0 for a point or a line.
    """

    site: Any
    before: Any = None
    fields: tuple[str, ...] = ()
    shape: shapely.Geometry | None = None
    shape_before: shapely.Geometry | None = None
    area_m2: float = float("nan")
    area_before_m2: float = float("nan")


@dataclass(frozen=True)
class Version:
    """One accepted version of a site.

    Attributes
    ----------
    row : row of `store.sites.Sites.versions`
    number : int
        From 1, the oldest; 0 where the site is gone with this act.
    change : Change or None
        Against the version before it; None for the first.
    """

    row: Any
    number: int
    change: Change | None


@dataclass(frozen=True)
class SiteDetail:
    """One site version.

    Attributes
    ----------
    site : mapping
        Columns of the store's site row.
    geometry : shapely geometry or None, EPSG:4490
    comparisons : list of Comparison
        What it covers by each of `methods.METHODS`; empty where it covers no ground.
    versions : all accepted versions, newest first, also those under an earlier code
    change : this version against the one before it; None for the first
    moved : the row under another code that follows this one, or None
    findings : findings of its record
    """

    site: Any
    geometry: shapely.Geometry | None
    comparisons: list[Comparison]
    versions: list[Version]
    change: Change | None
    moved: Any
    findings: list[Any]
    upload: Any

    @property
    def current(self) -> Any:
        """The row that holds now; None where the site is gone or undone."""
        return next((version.row for version in self.versions if version.row.holds), None)

    @property
    def staged(self) -> bool:
        """Whether the upload is not accepted yet."""
        return self.upload.accepted_seq is None

    @property
    def holds(self) -> bool:
        """Whether this is the version that holds."""
        return self.current is not None and self.current.id == self.site.id

    @property
    def superseded(self) -> bool:
        """Whether another version of the site holds instead."""
        return not self.staged and self.current is not None and not self.holds


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
    upload = lp.store.uploads.find(site.upload_id)
    findings = lp.store.uploads.remarks(site.upload_id, "finding")
    versions = _history(lp, site)
    return SiteDetail(
        site=site,
        geometry=geometry,
        comparisons=_comparisons(lp, site, upload),
        versions=versions,
        change=_change(lp, site, versions),
        moved=_moved(lp, site, versions),
        findings=[each for each in findings if each.record == site.record],
        upload=upload,
    )


def _comparisons(lp: Landproof, site: Any, upload: Any) -> list[Comparison]:
    """Tell what a site covers by each method; nothing without ground."""
    found = site_areas.of(lp, np.array([site.id]))
    if not found[methods.GEODESIC].gt(0).all():
        return []
    declared = np.nan if site.declared_area is None else float(from_parts(site.declared_area, "area"))
    return methods.compare(
        found.assign(**{methods.DECLARED: declared})[[*methods.OF_A_FILE]],
        found[[*methods.CIRCUMSTANCES]],
        column=next((each["name"] for each in upload.columns or () if each["ours"] == "declared_area"), None),
        ridges=(lp.layers.find(site.layer).limits or {}).get("ridges_tolerance", 0.0),
    )


def compared(site: Any, before: Any, differs: Sequence[str]) -> Change:
    """Put two versions of a site beside each other.

    Parameters
    ----------
    site, before : store's site rows with ``geometry`` as WKB
    differs : names of what is different, ``geometry`` among them
    """
    fields = tuple(name for name in differs if name != "geometry")
    if "geometry" not in differs:
        return Change(site, before, fields)
    shape, shape_before = (shapely.from_wkb(each.geometry) if each.geometry else None for each in (site, before))
    now_m2, before_m2 = areas(np.array([shape, shape_before], dtype=object))
    return Change(site, before, fields, shape, shape_before, float(now_m2), float(before_m2))


def differing(site: Any, before: Any) -> tuple[str, ...]:
    """Name what is different between two site rows: columns, and ``geometry``."""
    return tuple(name for name in ("code", *FIELDS, "geometry") if getattr(site, name) != getattr(before, name))


def _history(lp: Landproof, site: Any) -> list[Version]:
    """Put the versions of a site in order, newest first; it may have had other codes before."""
    rows = lp.store.sites.versions(site.layer, site.code, site.ordinal)
    while rows and rows[-1].kind == "edit" and rows[-1].before is not None:
        origin = lp.store.sites.find(rows[-1].before, lp.place)
        if origin.code == rows[-1].code:
            break
        earlier = lp.store.sites.versions(origin.layer, origin.code, origin.ordinal)
        rows += [row for row in earlier if row.accepted_seq < rows[-1].accepted_seq]
    known = {row.id: row for row in rows}
    follows = {later.id: earlier for later, earlier in pairwise(rows)}
    versions, number = [], sum(not row.removed for row in rows)
    for row in rows:
        before = known.get(row.before, follows.get(row.id))
        change = compared(row, before, differing(row, before)) if before is not None else None
        versions.append(Version(row, 0 if row.removed else number, change))
        number -= not row.removed
    return versions


def _change(lp: Landproof, site: Any, versions: Sequence[Version]) -> Change | None:
    for version in versions:
        if version.row.id == site.id:
            return version.change
    if site.before is None:
        return None
    before = lp.store.sites.find(site.before, lp.place)
    return compared(site, before, differing(site, before))


def _moved(lp: Landproof, site: Any, versions: Sequence[Version]) -> Any:
    """Find where a site went that was given another code and has not come back."""
    if not versions or not versions[0].row.removed or versions[0].row.undone:
        return None
    with_it = lp.store.sites.page(SiteFilter(upload=versions[0].row.upload_id), lp.place, 0, 2)
    return next((row for row in with_it if not row.removed), None)


__all__ = ["Change", "Page", "SiteDetail", "SiteFilter", "Version", "compared", "detail", "page"]
