"""Describe the coordinate system that a file states, by its parameters and not by its name."""

import pyproj
from pyproj.exceptions import CRSError, ProjError

from geo_app.ingest.crstext import is_self_contained

SURE, ALIKE = 90, 25  # of PROJ's confidence in an identification


def describe(text: str | None) -> dict[str, str | None] | None:
    """Describe a coordinate system given as WKT, PROJJSON or ``EPSG:n``.

    Returns
    -------
    dict or None
        ``wkt`` (WKT 2), ``name`` (``EPSG:n`` where the parameters are those of that system, else
        as stated) and ``named`` (the code that only the name suggests, else None). None where
        the text states no system on the Earth's surface, or leans on another file.
    """
    bare = (text or "").strip("\ufeff \t\r\n\0")
    if not bare or not is_self_contained(bare):
        return None
    try:
        crs = pyproj.CRS.from_user_input(bare)
    except CRSError:
        return None
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound:
        crs = crs.source_crs or crs
    if not (crs.is_geographic or crs.is_projected):
        return None
    described = _described(crs)
    is_known = str(described["name"]).startswith("EPSG:")  # which saves the time of looking for a way
    return described if is_known or _leads_somewhere(crs) else None


def _leads_somewhere(crs: pyproj.CRS) -> bool:
    """Tell whether coordinates can be brought to longitude and latitude at all."""
    try:
        pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except ProjError:
        return False
    return True


def _described(crs: pyproj.CRS) -> dict[str, str | None]:
    name = _authority(crs, SURE)
    named = None if name else _authority(crs, ALIKE)
    if named and crs.equals(pyproj.CRS.from_user_input(named), ignore_axis_order=True):
        name, named = named, None
    if name == "OGC:CRS84":  # the same degrees, and our order is longitude first throughout
        crs, name = pyproj.CRS("EPSG:4326"), "EPSG:4326"
    return {"wkt": crs.to_wkt(), "name": name or crs.name, "named": named}


def _authority(crs: pyproj.CRS, confidence: int) -> str | None:
    code = crs.to_epsg(min_confidence=confidence)
    if code is not None:
        return f"EPSG:{code}"
    found = crs.to_authority(min_confidence=confidence)
    return ":".join(found) if found else None
