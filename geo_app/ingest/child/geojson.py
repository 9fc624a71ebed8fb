"""Read GeoJSON (RFC 7946, and the older ``crs`` member where it names an EPSG system)."""

import json
import re
from functools import partial
from typing import Any

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs, wkbwrite
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead
from geo_app.ingest.child.wkbwrite import BadShape, short

LONLAT = "EPSG:4326"
_EPSG_NAME = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", re.IGNORECASE)
_LONLAT_NAME = re.compile(r"urn:ogc:def:crs:OGC:[\d.]*:?CRS84h?|OGC:CRS84", re.IGNORECASE)
_GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
_NOT_JSON = N_(
    "{file} cannot be read as JSON: it goes wrong in line {line}, column {column}. Export it again as GeoJSON."
)
_NO_NUMBER = N_("{file} holds {found}, which is no number in JSON. Export it again as GeoJSON.")
_TWICE = N_("{file} holds the name {name!r} twice in one object, and one of the values would be lost. Export it again.")
_LINES = N_("{file} holds several JSON texts one after the other. Export it as one GeoJSON FeatureCollection.")
_NOT_GEOJSON = N_(
    "{file} holds JSON, but no GeoJSON: expected an object of the type FeatureCollection with a list of features, "
    "found {found}. Export it as a GeoJSON FeatureCollection."
)


def read(job: Job, out: Output) -> None:
    """Read a GeoJSON file.

    Raises
    ------
    UnreadableFile
        If it is no JSON in UTF-8, no GeoJSON, or names a coordinate system by a link.
    """
    content = _load(job)
    features = _features(content, job.name)
    system = _system(content, job.name)
    out.file("geojson", choose([job.name], job.sublayer, job.name))
    names: dict[str, None] = {}
    for feature in features:
        names.update(dict.fromkeys(_properties(feature)))
    own = ("feature id" if "id" in names else "id") if any(_id(feature) is not None for feature in features) else None
    out.part(PartHead(job.name, [*names, *([own] if own else [])], system))
    for start in range(0, len(features), BATCH_RECORDS):
        _batch(features[start : start + BATCH_RECORDS], start, list(names), out, has_ids=own is not None)
        out.progress(min(start + BATCH_RECORDS, len(features)) / len(features))
    out.end_part()


def _load(job: Job) -> dict[str, Any]:
    text = _decoded(job.path.read_bytes(), job.name)
    try:
        content = json.loads(
            text, parse_constant=partial(_no_constant, job.name), object_pairs_hook=partial(_unique, job.name)
        )
    except RecursionError as error:
        raise UnreadableFile(N_("{file} is nested too deep. Export it again."), file=job.name) from error
    except json.JSONDecodeError as error:
        if text.startswith("\x1e") or error.msg == "Extra data":
            raise UnreadableFile(_LINES, file=job.name) from error
        raise UnreadableFile(_NOT_JSON, file=job.name, line=error.lineno, column=error.colno) from error
    except ValueError as error:  # of Python's limit to the digits of a number
        raise UnreadableFile(
            N_("{file} holds a number of thousands of digits, which nothing can be. Export it again."), file=job.name
        ) from error
    if not isinstance(content, dict):
        raise UnreadableFile(_NOT_GEOJSON, file=job.name, found=short(content))
    return content


def _decoded(content: bytes, file: str) -> str:
    place = content[:1000].find(0)  # UTF-16 of Latin text is valid UTF-8, with zeros between
    try:
        if place < 0:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = error.start
    raise UnreadableFile(
        N_("{file} is not UTF-8 (byte {place}), as GeoJSON has to be. Export it again in UTF-8."),
        file=file,
        place=place,
    )


def _no_constant(file: str, name: str) -> float:
    raise UnreadableFile(_NO_NUMBER, file=file, found=name)


def _unique(file: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise UnreadableFile(_TWICE, file=file, name=next(name for name in names if names.count(name) > 1))
    return found


def _features(content: dict[str, Any], file: str) -> list[Any]:
    kind = content.get("type")
    if kind == "FeatureCollection" and isinstance(content.get("features"), list):
        return list(content["features"])
    if kind == "Feature":
        return [content]
    if kind in _GEOMETRIES:
        return [{"type": "Feature", "geometry": content, "properties": None}]
    raise UnreadableFile(_NOT_GEOJSON, file=file, found=short({"type": kind}))


def _system(content: dict[str, Any], file: str) -> dict[str, str | None] | None:
    if "crs" not in content:
        return crs.describe(LONLAT)
    member = content["crs"]
    if member is None:  # "no system can be assumed", in the older specification
        return None
    kind = member.get("type") if isinstance(member, dict) else None
    properties = member.get("properties") if isinstance(member, dict) else None
    if not isinstance(properties, dict) or kind not in ("name", "EPSG"):
        raise UnreadableFile(
            N_("{file} names its coordinate system by {found}, which is not followed. Name it as EPSG:n, or drop it."),
            file=file,
            found=short(member),
        )
    written = f"EPSG:{properties.get('code')}" if kind == "EPSG" else str(properties.get("name"))
    if _LONLAT_NAME.fullmatch(written):
        return crs.describe(LONLAT)
    match = _EPSG_NAME.fullmatch(written)
    found = crs.describe(f"EPSG:{match[1]}") if match else None
    if found is None:
        raise UnreadableFile(
            N_("{file} names the coordinate system {found!r}, which is not known. Name it as EPSG:n."),
            file=file,
            found=written[:60],
        )
    return found


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _id(feature: Any) -> Any:
    return feature.get("id") if isinstance(feature, dict) else None


def _batch(features: list[Any], before: int, names: list[str], out: Output, *, has_ids: bool) -> None:
    shapes: list[bytes | None] = []
    for record, feature in enumerate(features, before + 1):
        try:
            shapes.append(_shape(feature))
        except BadShape as fault:
            shapes.append(None)
            out.reject(record, fault.rule, **fault.values)
    told = [_properties(feature) for feature in features]
    texts = [[as_text(each.get(name)) for each in told] for name in names]
    if has_ids:
        texts.append([as_text(_id(feature)) for feature in features])
    out.batch(range(before + 1, before + len(features) + 1), shapes, texts)


def _shape(feature: Any) -> bytes | None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadShape("not_a_feature", found=short(feature))
    if not isinstance(feature.get("properties"), dict | None):
        raise BadShape("not_a_feature", found=short(feature["properties"]))
    if feature.get("crs") is not None:
        raise BadShape("own_system", found=short(feature["crs"]))
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    if not isinstance(geometry, dict):
        raise BadShape("wrong_geometry", found=short(geometry))
    if geometry.get("type") == "GeometryCollection":
        raise BadShape("wrong_geometry", found="GeometryCollection")
    coordinates = geometry.get("coordinates")
    if coordinates == []:
        raise BadShape("empty_geometry")
    return wkbwrite.geometry(geometry.get("type"), coordinates)


def as_text(value: Any) -> str | None:
    """Write a JSON value as text; numbers as short as they can be written."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)
