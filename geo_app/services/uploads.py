"""Uploads: receive, read, look, decide."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from geo_app.claims import judge
from geo_app.errors import AnswerNeeded, Conflict, GeoAppError
from geo_app.i18n import N_
from geo_app.ingest import Choices, Reading, read_raw, read_sites
from geo_app.layers import Layer
from geo_app.model import Rejection, Verdict
from geo_app.rules import RULES
from geo_app.services.counted import effect, matched, refresh
from geo_app.services.files import keep, open_local, path_of
from geo_app.services.landproof import Landproof
from geo_app.store.sites import SiteFilter

MODES = ("merge", "replace", "add")

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Preview:
    """What a person sees before accepting.

    Attributes
    ----------
    upload : the store's upload row
    rejections : the first 200, with their sentences' rule and values
    findings : rule, severity, count, and the values of the first of each rule
    samples : the first ten site rows
    verdicts : claims on the layer, before and after
    """

    upload: Any
    layer: Layer
    columns: list[dict[str, Any]]
    rejections: list[Any]
    rejection_count: int
    findings: list[dict[str, Any]]
    samples: list[Any]
    districts: dict[str, int]
    sites: int
    without_place: int
    net_before: int
    net_after: int
    verdicts: list[tuple[Verdict, Verdict]]


def receive(
    lp: Landproof,
    source: BinaryIO,
    filename: str,
    layer_id: str,
    who: str,
    *,
    choices: Choices | None = None,
    mode: str = "merge",
    synthetic: bool = False,
) -> Any:
    """Keep a file before anything else is done with it, and return its upload.

    The same bytes, read the same way into the same layer and accepted before, give that upload.

    Parameters
    ----------
    mode : str
        ``merge``: sites with a known code and ordinal are new versions, all others stay.
        ``replace``: the layer is what the file holds. ``add``: every record is a new site.

    Raises
    ------
    NotFound
        If there is no such layer.
    Refused
        If the file is empty or too large.
    """
    layer = lp.layers.find(layer_id)
    sha256, size = keep(source, lp.settings.home, lp.settings.max_upload_mb)
    asked = asdict(choices or Choices())
    same = lp.store.uploads.same(sha256, layer.id)
    if same is not None and same.choices == asked and mode != "add":
        return same
    upload_id = lp.store.uploads.add(
        sha256=sha256,
        filename=filename,
        size=size,
        layer=layer.id,
        received_by=who,
        choices=asked,
        mode=mode,
        synthetic=synthetic,
    )
    return lp.store.uploads.find(upload_id)


def enqueue(lp: Landproof, upload_id: int) -> None:
    """Ask the worker to read an upload."""
    lp.store.uploads.change(upload_id, state="reading", progress=0.0, message=None)
    lp.queue.put(lp.store.jobs.add("read", upload_id))


def choose(lp: Landproof, upload_id: int, given: Mapping[str, Any]) -> None:
    """Keep a person's answers on how to read an upload, and read it again."""
    before = lp.store.uploads.find(upload_id).choices
    chosen = replace(Choices(**before), **given)
    lp.store.uploads.change(upload_id, choices=asdict(chosen))
    enqueue(lp, upload_id)


def read(lp: Landproof, upload_id: int, progress: Progress = lambda _: None) -> Any:
    """Read an upload and stage its rows where nobody sees them; return the upload.

    The outcome is kept with it: ``ready``, ``needs_input`` or ``refused``, the latter two with
    the message; they are raised as well.
    """
    upload = lp.store.uploads.find(upload_id)
    layer = lp.layers.find(upload.layer)
    lp.store.uploads.clear(upload_id)
    try:
        path = path_of(lp.settings.home, upload.sha256)
        reading = _read(lp, path, upload.filename, layer, Choices(**upload.choices))
        progress(0.3)
        now, basis = lp.store.sites.frame(layer.id), lp.store.uploads.basis(layer.id)
        coming = matched(now, reading.sites, upload.mode)
        lp.store.sites.stage(upload_id, layer.id, coming, lambda share: progress(0.3 + 0.5 * share))
    except AnswerNeeded as need:
        more = {"needs": need.needs, "option": need.option, "choices": list(need.choices)}
        lp.store.uploads.change(upload_id, state="needs_input", message=message(need) | more)
        raise
    except GeoAppError as refusal:
        lp.store.uploads.change(upload_id, state="refused", message=message(refusal))
        raise
    lp.store.uploads.remark(upload_id, reading.rejected, reading.findings)
    outcome = effect(lp, layer, now, coming, mode=upload.mode, crs=reading.crs)
    read_as = _read_values(lp, reading) | {"basis": basis, "effect": outcome}
    lp.store.uploads.change(upload_id, state="ready", progress=1.0, message=None, **read_as)
    return lp.store.uploads.find(upload_id)


def look(lp: Landproof, path: Path, layer_id: str, choices: Choices) -> Reading:
    """Read a file without storing anything.

    Raises
    ------
    AnswerNeeded, Refused
    """
    layer = lp.layers.find(layer_id)
    with open_local(path) as (source, name):
        return _read(lp, Path(source.name), name, layer, choices)


def accept(lp: Landproof, upload_id: int, who: str) -> None:
    """Make an upload's sites visible in one short transaction, then count its layer again.

    Raises
    ------
    Conflict
        If the upload is not ready, or is to be added to a layer that has changed since.
    """
    upload = lp.store.uploads.find(upload_id)
    if upload.mode == "add" and upload.basis != lp.store.uploads.basis(upload.layer):
        raise Conflict(
            N_("Layer {layer} has changed since upload {upload} was read. Have it read again, then accept it."),
            layer=upload.layer,
            upload=upload_id,
        )
    lp.store.uploads.accept(upload_id, who)
    refresh(lp, lp.layers.find(upload.layer), lp.place)


def discard(lp: Landproof, upload_id: int, who: str) -> None:
    """Drop what an upload has staged; the file itself and the record of it stay."""
    lp.store.uploads.clear(upload_id)
    lp.store.uploads.change(upload_id, state="discarded", accepted_by=who)


def listing(lp: Landproof) -> list[Any]:
    """Return all uploads, newest first."""
    return lp.store.uploads.all()


def find(lp: Landproof, upload_id: int) -> Any:
    """Return an upload, or raise NotFound."""
    return lp.store.uploads.find(upload_id)


def rejections(lp: Landproof, upload_id: int) -> list[Rejection]:
    """Return every record of an upload that was left out."""
    rows = lp.store.uploads.remarks(upload_id, "rejection")
    return [Rejection(row.record, row.rule, row._mapping["values"]) for row in rows]


def preview(lp: Landproof, upload_id: int) -> Preview:
    """Gather what a person needs to see before accepting."""
    upload = lp.store.uploads.find(upload_id)
    layer = lp.layers.find(upload.layer)
    rows = pd.DataFrame(lp.store.sites.frame(layer.id, upload_id, geometry=False))
    outcome = upload.effect or dict.fromkeys(("gross_before", "net_before", "gross_after", "net_after"), 0)
    left_out = lp.store.uploads.remarks(upload_id, "rejection", 200)
    return Preview(
        upload=upload,
        layer=layer,
        columns=upload.columns or [],
        rejections=[Rejection(row.record, row.rule, row._mapping["values"]) for row in left_out],
        rejection_count=upload.rejected or 0,
        findings=_findings(lp, upload_id),
        samples=lp.store.sites.page(SiteFilter(upload=upload_id), lp.place, 0, 10),
        districts=rows["district"].dropna().value_counts().to_dict(),
        sites=len(rows),
        without_place=int(rows["min_lon"].isna().sum()),
        net_before=outcome["net_before"],
        net_after=outcome["net_after"],
        verdicts=_verdicts(lp, layer, outcome),
    )


def message(error: GeoAppError) -> dict[str, Any]:
    """Turn an error into what can be stored and told in any language later."""
    return {"template": error.template, "values": {name: str(value) for name, value in error.values.items()}}


def _read(lp: Landproof, path: Path, name: str, layer: Layer, choices: Choices) -> Reading:
    return read_sites(read_raw(path, name=name, choices=choices), layer, choices, lp.districts)


def _read_values(lp: Landproof, reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "sublayer": ", ".join(reading.sublayers),
        "records": reading.records,
        "accepted": reading.accepted,
        "rejected": len(reading.rejected),
        "crs": reading.crs,
        "crs_source": reading.crs_source,
        "encoding": reading.encoding,
        "encoding_source": reading.encoding_source,
        "columns": [asdict(column) for column in reading.columns],
        "total": reading.total,
        "boundary_set": lp.districts.label,
    }


def _findings(lp: Landproof, upload_id: int) -> list[dict[str, Any]]:
    first: dict[str, dict[str, Any]] = {}
    for row in lp.store.uploads.remarks(upload_id, "finding"):
        known = RULES.get(row.rule)  # an older version may have had a rule that is gone
        severity = known.severity if known else "note"
        seen = first.setdefault(
            row.rule, {"rule": row.rule, "severity": severity, "values": row._mapping["values"], "count": 0}
        )
        seen["count"] += 1
    order = ("severe", "check", "note")
    return sorted(first.values(), key=lambda each: (order.index(each["severity"]), -each["count"]))


def _verdicts(lp: Landproof, layer: Layer, outcome: Mapping[str, int]) -> list[tuple[Verdict, Verdict]]:
    claims = [claim for report in lp.reports.values() for claim in report.claims if claim.layer == layer.id]
    return [
        (
            judge(claim, outcome["gross_before"], outcome["net_before"], outcome.get("sites_before", 0)),
            judge(claim, outcome["gross_after"], outcome["net_after"], outcome.get("sites_after", 0)),
        )
        for claim in claims
    ]
