"""Totals, sites and the records that were left out, as files."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_app import exports
from geo_app.errors import Refused
from geo_app.i18n import LOCALES, N_, translate
from geo_app.methods import OF_A_FILE, ByMethod
from geo_app.model import Rejection
from geo_app.rules import RULES
from geo_app.services import findings
from geo_app.services.bridges import refresh_all
from geo_app.services.figures import totals
from geo_app.services.findings import FindingFilter
from geo_app.services.landproof import Landproof
from geo_app.services.net_methods import totals_by_methods
from geo_app.services.previews import left_out_table
from geo_app.services.telling import by_method, say
from geo_app.store.findings import IDENTITY
from geo_app.store.sites import SiteFilter
from geo_app.units import HECTARE, MEASURES, MU, from_parts

SYNTHETIC = "synthetic demonstration data: no geometry was published with the report / 演示数据：地块均为虚构"
SUFFIXES = {
    "totals": ("csv", "xlsx"),
    "sites": ("csv", "xlsx", "geojson", "gpkg"),
    "left-out": ("csv", "xlsx"),
    "bridge": ("csv", "xlsx", "json"),
    "findings": ("csv", "xlsx", "geojson"),
}
_SITE = ("layer", "code", "ordinal", "name", "district", "status", "started_on", "completed_on")
_TOTAL = (
    *("layer", "title", "title_zh", "by", "key", "key_name", "unit", "gross", "net", "net_mu", "net_ha"),
    *("sites", "counted_sites", "missing"),
    *(f"net_{name}_{unit}" for name in OF_A_FILE[1:] for unit in ("m2", "mu", "ha", "sites")),
    *(f"why_{name}{end}" for name in OF_A_FILE[1:] for end in ("", "_zh")),
    "not_measured",
)

_FINDING = (
    *("id", "severity", "rule", "title", "title_zh", "state", "layer", "code", "ordinal"),
    *("other_layer", "other_code", "other_ordinal", "district", "lon", "lat", "number", "unit"),
    *("effect", "effect_unit", "other_effect", "message", "message_zh", "cure", "cure_zh", "found_in", "seen_in"),
    *("who", "why", "at", "data"),
)


@dataclass(frozen=True)
class Export:
    """A file to hand out."""

    body: bytes
    mimetype: str
    filename: str


def totals_table(
    lp: Landproof, suffix: str, *, layer: str | None = None, by: str | None = None, measure: str | None = None
) -> Export:
    """Make a file of the totals, of one layer or of the layers of one measure where that is asked.

    Raises
    ------
    Refused
        If there is no such export.
    """
    return export_as("totals", suffix, lambda kind: _totals(lp, kind, layer, by, measure))


def sites_table(lp: Landproof, suffix: str, wanted: SiteFilter) -> Export:
    """Make a file of the current sites that a filter finds.

    Raises
    ------
    Refused
        If there is no such export.
    """
    return export_as("sites", suffix, lambda kind: _sites(lp, kind, wanted))


def findings_table(lp: Landproof, suffix: str, wanted: FindingFilter) -> Export:
    """Make a file of the findings that a filter finds, with their sentences in both languages.

    Raises
    ------
    Refused
        If there is no such export.
    """
    return export_as("findings", suffix, lambda kind: _findings(lp, kind, wanted))


def left_out(lp: Landproof, upload_id: int, suffix: str, locale: str) -> Export:
    """Make the file to hand back to whoever sent the data: each record that was left out, as it came.

    Its number, the file's own cells, and in both languages, that of `locale` first, why it was left
    out and what to do.

    Raises
    ------
    Refused
        If there is no such export, or the file cannot be read again.
    """
    suffix = suffix.lstrip(".")
    header, rows = left_out_table(lp, upload_id)
    locales = (locale, *(each for each in LOCALES if each != locale))
    head = [translate(N_("row"), locale), *header]
    for each in locales:
        head += [translate(N_("why it was left out"), each), translate(N_("what to do"), each)]
    table = [[row.rejection.record, *row.cells, *_reasons(row.rejection, locales)] for row in rows]
    made = export_as("left-out", suffix, lambda kind: _WRITERS[kind](head, table))
    stem = re.sub(r"[^\w.-]+", "_", Path(lp.store.uploads.find(upload_id).filename).stem)[:80]
    return replace(made, filename=f"{stem}-left-out-{upload_id}.{suffix}")


def write(
    lp: Landproof,
    what: str,
    path: Path,
    *,
    layer: str | None = None,
    by: str | None = None,
    upload: int | None = None,
    locale: str = LOCALES[0],
) -> None:
    """Write an export to a file whose ending says which kind; rows left out are those of an `upload`."""
    if upload is not None:
        made = left_out(lp, upload, path.suffix, locale)
    elif what == "totals":
        made = totals_table(lp, path.suffix, layer=layer, by=by)
    elif what == "findings":
        made = findings_table(lp, path.suffix, FindingFilter(layer=layer))
    else:
        made = sites_table(lp, path.suffix, SiteFilter(layer=layer))
    save(made, path)


def save(made: Export, path: Path) -> None:
    """Write an export to a file.

    Raises
    ------
    Refused
        If that is not possible.
    """
    try:
        path.write_bytes(made.body)
    except OSError as error:
        raise Refused(
            N_("{file} cannot be written ({error}). Choose another place."), file=str(path), error=error.strerror
        ) from error


def export_as(what: str, suffix: str, make: Callable[[str], bytes]) -> Export:
    """Make an export of a kind, by a function that takes the suffix.

    Raises
    ------
    Refused
        If there is no such export.
    """
    suffix = suffix.lower().lstrip(".")
    if suffix not in SUFFIXES[what]:
        raise Refused(
            N_("There is no export of {what} as .{suffix}. It can be written as {known}."),
            what=what,
            suffix=suffix,
            known=", ".join(f".{each}" for each in SUFFIXES[what]),
        )
    return Export(make(suffix), exports.MIMETYPES[suffix], f"landproof-{what}.{suffix}")


def _totals(lp: Landproof, suffix: str, layer: str | None, by: str | None, measure: str | None) -> bytes:
    rows: list[list[Any]] = []
    lines = [each for each in totals(lp, layer, by) if measure in (None, lp.layers[each.layer].measure)]
    by_methods = {each: totals_by_methods(lp, lp.layers[each], by) for each in {line.layer for line in lines}}
    for line in lines:
        kind = lp.layers[line.layer]
        name = lp.districts.names.get(line.key or "") if by == "district" else None
        net = from_parts(line.net, kind.measure)
        area = kind.measure == "area"
        rows.append(
            [line.layer, kind.title.en, kind.title.zh, by or "", line.key or "", name.en if name else ""]
            + [MEASURES[kind.measure].unit, float(from_parts(line.gross, kind.measure)), float(net)]
            + ([float(net / MU), float(net / HECTARE)] if area else [None, None])
            + [line.sites, line.counted_sites, line.missing]
            + _by_methods(by_methods[line.layer].get(line.key))
        )
    return _write_table(lp, suffix, _TOTAL, rows)


def _by_methods(found: ByMethod | None) -> list[Any]:
    """Give the columns of `_TOTAL` that say what else is measured; empty where no ground counts."""
    made = {each["method"]: each for each in by_method(found.comparisons if found else ())}
    others = [made.get(name, {}) for name in OF_A_FILE[1:]]
    areas = [each.get(name) for each in others for name in ("area_m2", "area_mu", "area_ha", "sites")]
    return [*areas, *(each.get(f"why_{locale}") for each in others for locale in LOCALES), found and found.unmeasured]


def _sites(lp: Landproof, suffix: str, wanted: SiteFilter) -> bytes:
    refresh_all(lp, lp.place)
    frame = _site_table(lp, lp.store.sites.frame_of(wanted, lp.place))
    if suffix == "geojson":
        return exports.write_geojson(frame)
    if suffix == "gpkg":
        return exports.write_geopackage(frame)
    plain = pd.DataFrame(frame.drop(columns="geometry")).astype(object)
    rows = plain.where(plain.notna(), None).to_numpy().tolist()
    return _write_table(lp, suffix, list(plain.columns), rows)


def _findings(lp: Landproof, suffix: str, wanted: FindingFilter) -> bytes:
    rows = findings.every(lp, wanted)
    records = [_finding(lp, row) for row in rows]
    if suffix == "geojson":
        at = [shapely.Point(row.lon, row.lat) if row.lon is not None else None for row in rows]
        frame = pd.DataFrame(records, columns=list(_FINDING))
        return exports.write_geojson(gpd.GeoDataFrame(frame, geometry=np.array(at, object), crs=4490))
    return _write_table(lp, suffix, _FINDING, [list(each.values()) for each in records])


def _finding(lp: Landproof, row: Any) -> dict[str, Any]:
    """Give the columns of `_FINDING`."""
    rule, layer = RULES.get(row.rule), lp.layers.get(row.layer)
    has_effect = row.effect is not None and layer is not None
    texts = {
        f"{name}{'_zh' if locale == 'zh' else ''}": findings.say(lp, row, locale, part)
        for name, part in (("message", "template"), ("cure", "cure"))
        for locale in LOCALES
    }
    known = {
        name: getattr(row, name) for name in ("id", "rule", "state", *IDENTITY, "district", "lon", "lat", "number")
    }
    return (
        dict.fromkeys(_FINDING)
        | known
        | texts
        | {
            "severity": findings.severity_of(row),
            "title": translate(rule.title, "en") if rule else row.rule,
            "title_zh": translate(rule.title, "zh") if rule else row.rule,
            "unit": findings.unit_of(lp, row),
            "effect": float(from_parts(-row.effect, layer.measure)) if has_effect and layer else None,
            "effect_unit": MEASURES[layer.measure].unit if has_effect and layer else None,
            "other_effect": float(from_parts(-row.other_effect, "area")) if row.other_effect is not None else None,
            "found_in": row.upload_id,
            "seen_in": row.seen_upload_id,
            "who": row.turned_who,
            "why": row.turned_why,
            "at": row.turned_at,
            "data": SYNTHETIC if lp.only_synthetic else "",
        }
    )


def _site_table(lp: Landproof, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the sites the columns of an export, amounts in the unit named beside them."""
    measures = sites["layer"].map(lambda layer: lp.layers[layer].measure if layer in lp.layers else "count")
    parts = measures.map(lambda measure: MEASURES[measure].parts).astype(float)
    table = sites[list(_SITE)].copy()
    table["unit"] = measures.map(lambda measure: MEASURES[measure].unit)
    table["quantity"] = sites["amount"].astype("Float64") / parts
    table["counted"] = sites["counted"].astype("Float64") / parts
    table["official_area_m2"] = sites["official"].astype("Float64") / MEASURES["area"].parts
    table["reason"] = sites["reason"]
    table["declared_area_m2"] = sites["declared_area"].astype("Float64") / MEASURES["area"].parts
    table["note"] = sites["note"]
    table["upload"] = sites["upload_id"]
    table["record"] = sites["record"]
    table["data"] = sites["synthetic"].map(lambda synthetic: SYNTHETIC if synthetic else "")
    table["geometry"] = sites.geometry
    return gpd.GeoDataFrame(table, geometry="geometry", crs=sites.crs)


def _reasons(rejection: Rejection, locales: Sequence[str]) -> list[str]:
    return [say(rejection.rule, rejection.values, each, part) for each in locales for part in ("template", "cure")]


_WRITERS = {"csv": exports.write_csv, "xlsx": exports.write_xlsx}


def _write_table(lp: Landproof, suffix: str, header: Sequence[str], rows: list[list[Any]]) -> bytes:
    last = lp.store.uploads.last_accepted()
    about = [
        "Landproof",
        f"as of upload {last.id if last else '-'}",
        f"place {lp.place}",
        f"boundaries {lp.districts.label}",
    ]
    more = {"place": lp.place, "boundary_set": lp.districts.label, "as_of_upload": last.id if last else None}
    if lp.demonstration:
        about.append(SYNTHETIC)
        if "data" not in header:
            more["data"] = SYNTHETIC
    rows = [[*row, *more.values()] for row in rows]
    return _WRITERS[suffix]([*header, *more], rows, about)
