"""The bridge of one figure as a file: every step, and the sites behind each."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from geo_app import exports
from geo_app.i18n import LOCALES, translate
from geo_app.services import evidence
from geo_app.services.evidence import STEP_WORDS, Behind, BridgeRow, Figure
from geo_app.services.exports import SYNTHETIC, Export, export_as
from geo_app.services.landproof import Landproof
from geo_app.services.net_methods import net_by_methods
from geo_app.services.telling import by_method
from geo_app.units import HECTARE, MEASURES, MU, from_parts

_STEP = ("number", "step", "title", "title_zh", "applied", "amount", "amount_mu", "amount_ha", "left", "sites")
_SITE = (
    *("number", "step", "layer", "code", "ordinal", "name", "district", "status", "completed_on"),
    *("change", "change_mu", "change_ha", "quantity", "declared_area_m2", "shared_with", "site", "upload", "record"),
)


def bridge_table(lp: Landproof, suffix: str, report_id: str, number: int) -> Export:
    """Make a file of a figure's bridge: each step with its amount, and the sites behind each change.

    Amounts are in the unit that the file names, areas in mu and ha besides. A step that was not
    applied has no amount. The sites behind the totals are those of the export of sites.

    Raises
    ------
    NotFound
        If there is no such report or figure.
    Refused
        If there is no such export.
    """
    found = evidence.figure(lp, report_id, number)
    made = export_as("bridge", suffix, lambda kind: _WRITERS[kind](lp, found))
    suffix = made.filename.rpartition(".")[2]
    return replace(made, filename=f"landproof-{report_id}-{number}-{found.layer.id}.{suffix}")


def record(lp: Landproof, found: Figure) -> dict[str, Any]:
    """Give a figure with its bridge as plain values; areas in m²."""
    measure = found.verdict.claim.measure
    behind = {step.name: evidence.all_behind(lp, found, step.name) for step in found.changes()}
    steps = []
    for row in evidence.rows_of(lp, found):
        step = dict(zip(_STEP[1:], _step(row, measure), strict=True)) | {"applied": row.kind != "none"}
        sites = [dict(zip(_SITE[2:], _site(each, measure), strict=True)) for each in behind.get(row.step, [])]
        steps.append(step | ({"behind": sites} if row.kind == "change" else {}))
    return _about(lp, found) | {"bridge": steps, "net_by_methods": by_method(net_by_methods(lp, found))}


def _about(lp: Landproof, found: Figure) -> dict[str, Any]:
    verdict, report = found.verdict, found.report
    claim = verdict.claim
    last = lp.store.uploads.last_accepted()
    return {
        "report": report.id,
        "figure": found.number,
        "layer": found.layer.id,
        "printed": claim.printed,
        "unit": MEASURES[claim.measure].unit,
        "low": float(claim.low),
        "reported": float(claim.reported),
        "high": None if claim.high is None else float(claim.high),
        "gross": float(from_parts(verdict.gross, claim.measure)),
        "net": float(from_parts(verdict.net, claim.measure)),
        "gap": float(verdict.gap),
        "verdict": verdict.word,
        "place": report.place,
        "period": "/".join(day.isoformat() for day in found.period) if found.period else None,
        "boundary_set": lp.districts.label,
        "accuracy_m": found.accuracy_m,
        "as_of_upload": last.id if last else None,
        "data": SYNTHETIC if lp.demonstration else None,
    }


def _step(row: BridgeRow, measure: str) -> list[Any]:
    applied = row.kind != "none"
    title = STEP_WORDS[row.step]
    titles = [translate(title, locale) for locale in LOCALES]
    amounts = _amounts(row.parts, measure) if applied else [None] * 3
    left = float(from_parts(row.after, measure))
    return [row.step, *titles, "yes" if applied else "no", *amounts, left, row.sites if applied else None]


def _site(each: Behind, measure: str) -> list[Any]:
    row = each.row
    names = [getattr(row, name) for name in _SITE[2:9]]
    quantity = None if row.amount is None else float(from_parts(row.amount, measure))
    declared = None if row.declared_area is None else float(from_parts(row.declared_area, "area"))
    others = "; ".join(f"{other.layer} {other.code}" for other in each.others)
    return [*names, *_amounts(row.change, measure), quantity, declared, others, row.id, row.upload_id, row.record]


def _amounts(parts: int, measure: str) -> list[float | None]:
    exact = from_parts(parts, measure)
    return [float(exact), *([float(exact / MU), float(exact / HECTARE)] if measure == "area" else [None, None])]


def _rows(lp: Landproof, found: Figure) -> Iterator[tuple[int, BridgeRow, list[Behind]]]:
    for number, row in enumerate(evidence.rows_of(lp, found), 1):
        yield number, row, evidence.all_behind(lp, found, row.step) if row.kind == "change" else []


def _csv(lp: Landproof, found: Figure) -> bytes:
    """Write steps and sites into one table: a step's row, then a row for each site behind it."""
    measure, about = found.verdict.claim.measure, _about(lp, found)
    blank_site = [None] * len(_SITE[2:])
    rows = []
    for number, row, sites in _rows(lp, found):
        step = [number, *_step(row, measure)]
        rows.append(["step", *step, *blank_site, *about.values()])
        only_named = [*step[:4], *[None] * len(_STEP[4:])]
        rows += [["site", *only_named, *_site(each, measure), *about.values()] for each in sites]
    site_names = [f"site_{name}" if name in (*_STEP, *about) else name for name in _SITE[2:]]
    return exports.write_csv(["row", *_STEP, *site_names, *about], rows)


def _xlsx(lp: Landproof, found: Figure) -> bytes:
    measure = found.verdict.claim.measure
    steps, behind = [], []
    for number, row, sites in _rows(lp, found):
        steps.append([number, *_step(row, measure)])
        behind += [[number, row.step, *_site(each, measure)] for each in sites]
    about = [f"{name} {value}" for name, value in _about(lp, found).items() if value is not None]
    tables: dict[str, exports.Table] = {"bridge": (_STEP, steps), "sites": (_SITE, behind)}
    if compared := by_method(net_by_methods(lp, found)):
        tables["methods"] = (list(compared[0]), [list(each.values()) for each in compared])
    return exports.write_book(tables, ["Landproof", *about])


def _json(lp: Landproof, found: Figure) -> bytes:
    return json.dumps(record(lp, found), ensure_ascii=False, indent=1, allow_nan=False).encode()


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "json": _json}
