"""Report files into the ledger, and reports of the ledger into files."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geo_app.claims import find_report
from geo_app.errors import Refused
from geo_app.extraction.deciding import RESULT
from geo_app.i18n import N_
from geo_app.model import Claim, Report
from geo_app.reports import read_report, write_report
from geo_app.services import document_facts, exports, ledger
from geo_app.services.files import MEGABYTE
from geo_app.services.landproof import Landproof

KIND = "toml"
SUFFIX = ".toml"


def receive(lp: Landproof, content: bytes, filename: str, who: str, *, name: str | None = None) -> str:
    """Take a report file into the ledger, its claims confirmed, and return its id.

    The file is kept byte for byte; the text beside its claims is their quotes, one a line.

    Parameters
    ----------
    name : str, optional
        The id to be; else that of the file.

    Raises
    ------
    ReportError, Refused
        If it is no report file, or is about a place that is not known.
    Conflict
        If it, or a report of that id, is there already.
    """
    if len(content) > lp.settings.max_document_mb * MEGABYTE:
        raise Refused(
            N_("{file} is larger than {limit} MB; expected a report file with its figures."),
            file=filename,
            limit=lp.settings.max_document_mb,
        )
    report = read_report(content, filename, lp.layers.measures)
    name = name or report.id
    ledger.demand_new(lp, hashlib.sha256(content).hexdigest(), name)
    about = document_facts.described(lp, {}, _about(report))
    text, claims = _as_text(lp, report)
    ledger.keep_document(
        lp, content, {"id": name, "filename": filename, "kind": KIND, "text": text}, about, claims, who
    )
    ledger.confirm(lp, name, None, who)
    return name


def export(lp: Landproof, report_id: str, path: Path) -> None:
    """Write a report to a file that `receive` and ``data/reports/`` take.

    Raises
    ------
    NotFound
        If there is no report of that id with a confirmed figure.
    Refused
        If the file's name does not end in .toml, or cannot be written.
    """
    if path.suffix.lower() != SUFFIX:
        raise Refused(N_("{file} does not end in .toml; a report is written as TOML."), file=path.name)
    made = write_report(find_report(lp.reports, report_id))
    exports.save(exports.Export(made, "application/toml", path.name), path)


def _about(report: Report) -> dict[str, Any]:
    first, last = report.period or (None, None)
    return {
        "title": asdict(report.title),
        "publisher": asdict(report.publisher),
        "published_on": report.published_on.isoformat(),
        "place": report.place,
        "place_name": asdict(report.place_name),
        "language": report.language,
        "period": {"words": None, **_days(first, last)},
        "sha256": report.sha256,
    }


def _as_text(lp: Landproof, report: Report) -> tuple[str, list[dict[str, Any]]]:
    lines = [each.quote or each.printed for each in report.claims]
    values, start = [], 0
    for line, claim in zip(lines, report.claims, strict=True):
        values.append(_value(lp, claim, line, start))
        start += len(line) + 1
    return "\n".join(lines), values


def _value(lp: Landproof, claim: Claim, line: str, start: int) -> dict[str, Any]:
    number = start + line.index(claim.printed)
    return {
        "start": start,
        "end": start + len(line),
        "quote": line,
        "number_start": number,
        "number_end": number + len(claim.printed),
        "printed": claim.printed,
        "unit": claim.unit_word,
        "measure": claim.measure,
        "value": str(claim.reported),
        "qualifier": claim.qualifier,
        "low": str(claim.low),
        "high": None if claim.high is None else str(claim.high),
        "why": claim.why,
        "family": lp.layers[claim.layer].family,
        "layer": claim.layer,
        "role": RESULT,
        "confidence": 1.0,
        "words": [],
        "period": {"words": None, **_days(*claim.period)} if claim.period else None,
        "notes": [],
    }


def _days(first: Any, last: Any) -> dict[str, str | None]:
    return {"first": first and first.isoformat(), "last": last and last.isoformat()}
