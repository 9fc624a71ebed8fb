"""Describe the coordinate system that a file states, by its parameters and not by its name."""

import pyproj
from pyproj.exceptions import CRSError, ProjError

from geo_app.ingest.crstext import is_self_contained

_NO_NAMES = ("unknown", "unnamed", "undefined", "")
SURE, ALIKE = 90, 25  # of PROJ's confidence in an identification


def describe(text: str | None) -> dict[str, str | None] | None:
    """Describe a coordinate system given as WKT, PROJJSON or ``EPSG:n``.

    Returns
    -------
    dict or None
        ``wkt`` (WKT 2), ``name`` (``EPSG:n`` where the parameters are those of that system, else
        as stated) and ``named`` (the stated name, where it is that of another system than the
        parameters'; else None). None where the text states no system on the Earth's surface, or
        leans on another file.
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
    name, named = _authority(crs), None
    if name is None:
        suggested = _alike(crs)
        name = next((each for each in suggested if _is_same(crs, each)), None)
        if name is None:
            name = next((each for each in _alike(_nameless(crs)) if _is_same(crs, each)), None)
            named = crs.name if suggested and crs.name not in _NO_NAMES else None
    if name == "OGC:CRS84":  # the same degrees, and our order is longitude first throughout
        crs, name = pyproj.CRS("EPSG:4326"), "EPSG:4326"
    return {"wkt": crs.to_wkt(), "name": name or crs.name, "named": named}


def _authority(crs: pyproj.CRS) -> str | None:
    code = crs.to_epsg(min_confidence=SURE)
    if code is not None:
        return f"EPSG:{code}"
    found = crs.to_authority(min_confidence=SURE)
    return ":".join(found) if found else None


def _alike(crs: pyproj.CRS) -> list[str]:
    """Give the codes of the systems that PROJ finds similar."""
    return [f"{each.auth_name}:{each.code}" for each in crs.list_authority(min_confidence=ALIKE)]


def _nameless(crs: pyproj.CRS) -> pyproj.CRS:
    """Take its name from a system, so that PROJ has to look for one like it by parameters."""
    return pyproj.CRS.from_json_dict(crs.to_json_dict() | {"name": "unnamed"})


def _is_same(crs: pyproj.CRS, code: str) -> bool:
    """Tell whether coordinates in a system are those of a known one, whichever axis comes first."""
    other = pyproj.CRS.from_user_input(code)
    plane = _plane(crs)
    return crs.equals(other, ignore_axis_order=True) or (plane is not None and plane == _plane(other))


def _plane(crs: pyproj.CRS) -> tuple[object, ...] | None:
    """Give the numbers that make a plane: ellipsoid, prime meridian, projection, units."""
    operation, ellipsoid, meridian = crs.coordinate_operation, crs.ellipsoid, crs.prime_meridian
    if not crs.is_projected or operation is None or ellipsoid is None or meridian is None:
        return None
    return (
        *(ellipsoid.semi_major_metre, round(ellipsoid.inverse_flattening, 9), meridian.longitude),
        operation.method_code,
        tuple(
            sorted(
                (each.code, round(float(each.value) * float(each.unit_conversion_factor), 9))
                for each in operation.params
            )
        ),
        tuple(sorted(round(each.unit_conversion_factor, 9) for each in crs.axis_info)),
    )
