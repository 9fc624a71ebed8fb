"""What an import came to, as one object with the same keys whatever happened."""

from collections.abc import Iterable, Mapping
from typing import Any

from geo_app.cli.shared import locale_of, sentence
from geo_app.errors import AnswerNeeded, GeoAppError
from geo_app.ingest import Column, Reading
from geo_app.layers import Layer
from geo_app.model import Finding, Rejection
from geo_app.rules import RULES
from geo_app.services import Landproof
from geo_app.services.telling import say as tell
from geo_app.units import MEASURES, from_parts

_PLAIN = ("format", "records", "accepted", "rejected", "crs", "crs_source", "encoding", "encoding_source")
_KEYS = (
    "file", "sha256", "format", "layer", "status", "records", "accepted", "rejected", "crs", "crs_source",
    "encoding", "encoding_source", "columns", "units", "findings", "total", "unit",
)  # fmt: skip


def outcome(known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Make the object of an import: every key, null where it is not known."""
    return {**dict.fromkeys(_KEYS), **known, **more}


def of_reading(lp: Landproof, reading: Reading, layer: Layer) -> dict[str, Any]:
    """Describe a file that was read and could be accepted."""
    return {"status": "ready", **_known(lp, vars(reading), layer)}


def of_failure(lp: Landproof, error: GeoAppError, layer: Layer | None) -> dict[str, Any]:
    """Describe a file that cannot be taken, or not yet, with what is known of it."""
    known = _known(lp, error.known, layer) if layer is not None else {}
    known |= {"upload": error.known["upload"]} if "upload" in error.known else {}
    if not isinstance(error, AnswerNeeded):
        return {"status": "refused", **known, "reason": sentence(error, locale_of(lp.settings))}
    return {**known, **asked(lp, error)}


def asked(lp: Landproof, need: AnswerNeeded) -> dict[str, Any]:
    """Describe what has to be answered: the first question, and all of them one by one."""
    every = [need, *need.more]
    questions = [
        {
            "needs": each.needs,
            "option": each.option,
            "choices": list(each.choices),
            "reason": sentence(each, locale_of(lp.settings)),
        }
        for each in every
    ]
    needs = list(dict.fromkeys(each.needs for each in every))
    return {"status": "needs_input", **questions[0], "needs": needs, "questions": questions}


def of_upload(lp: Landproof, upload: Any) -> dict[str, Any]:
    """Describe an upload that was read into the store."""
    kept = {
        kind: [
            make(rule=row.rule, record=row.record, values=row._mapping["values"])
            for row in lp.store.uploads.remarks(upload.id, kind)
        ]
        for kind, make in (("rejection", Rejection), ("finding", Finding))
    }
    known = {name: getattr(upload, name) for name in _PLAIN if name != "rejected"}
    known |= {"rejected": kept["rejection"], "findings": kept["finding"], "total": upload.total}
    known["columns"] = [Column(**each) for each in upload.columns or ()]
    told = _known(lp, known, lp.layers[upload.layer])
    return {"upload": upload.id, "status": upload.state, **told, "difference": difference(upload)}


def difference(upload: Any) -> dict[str, int]:
    """Count what an upload adds, changes, leaves as it is and does not have."""
    return {name: upload.effect[name] for name in ("added", "changed", "unchanged", "missing")}


def _known(lp: Landproof, known: Mapping[str, Any], layer: Layer | None) -> dict[str, Any]:
    """Write what is known of a file, by the names of `ingest.Reading`."""
    told = {name: known[name] for name in _PLAIN if name in known}
    if layer is not None:
        told["unit"] = MEASURES[layer.measure].unit
        if "total" in known:
            told["total"] = float(from_parts(known["total"], layer.measure))
    if "columns" in known:
        ours: Iterable[Column] = [column for column in known["columns"] if column.ours]
        told["columns"] = {column.ours: column.name for column in ours}
        told["units"] = {column.ours: column.unit for column in ours if column.unit}
    for name, source in (("rejections", "rejected"), ("findings", "findings")):
        if source in known:
            told[name] = [remark(lp, each) for each in known[source]]
    if "rejections" in told:
        told["rejected"] = len(told["rejections"]) if "accepted" in known else None
    return told


def remark(lp: Landproof, found: Rejection | Finding) -> dict[str, Any]:
    """Write a rejection or a finding with its sentence."""
    known = RULES.get(found.rule)
    return {
        "rule": found.rule,
        "severity": known.severity if known else "note",
        "record": found.record,
        "message": tell(found.rule, found.values, locale_of(lp.settings)),
    }
