"""What an upload is and would do, for a person who decides about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from geo_app.claims import judge
from geo_app.ingest import Choices, read_raw
from geo_app.ingest.join import joined
from geo_app.layers import Layer
from geo_app.model import Claim, Rejection, Verdict
from geo_app.rules import RULES
from geo_app.services.bridges import named, scopes
from geo_app.services.files import path_of
from geo_app.services.landproof import Landproof
from geo_app.services.sites import Change, Page, SiteDetail, compared, detail
from geo_app.store.sites import SiteFilter

CHANGES = ("added", "changed", "unchanged", "missing")
SHOWN = 200  # rejections on a page
_SEVERITIES = ("severe", "check", "note")
_NOTHING = dict.fromkeys(("gross_before", "net_before", "gross_after", "net_after"), 0)


@dataclass(frozen=True)
class Difference:
    """How many sites of one of `CHANGES`, and what they change of the gross total, in stored parts."""

    kind: str
    sites: int
    parts: int


@dataclass(frozen=True)
class Preview:
    """What a person sees before and after accepting.

    Attributes
    ----------
    upload : the store's upload row
    rejections : the first `SHOWN`, with their sentences' rule and values
    findings : rule, severity, count, and the values of the first of each rule
    samples : the first ten site rows
    sites, without_place, districts : how many rows, how many without a place, how many by district
    changes : one line for each of `CHANGES`
    stale : whether the layer has changed since the upload was compared with it
    verdicts : claims on the layer, before and after
    acts : what was done with the upload, in order: rows of kind, who, why, at
    """

    upload: Any
    layer: Layer
    columns: list[dict[str, Any]]
    rejections: list[Rejection]
    findings: list[dict[str, Any]]
    samples: list[Any]
    districts: dict[str, int]
    sites: int
    without_place: int
    changes: list[Difference]
    stale: bool
    net_before: int
    net_after: int
    verdicts: list[tuple[Verdict, Verdict]]
    acts: list[Any]


@dataclass(frozen=True)
class Correction:
    """A person's change of one site: `detail` is the version it made, `acts` what was done with it since."""

    upload: Any
    layer: Layer
    detail: SiteDetail
    acts: list[Any]


@dataclass(frozen=True)
class Offer:
    """How an earlier upload of the same columns was read."""

    upload: int
    choices: dict[str, Any]


@dataclass(frozen=True)
class LeftOut:
    """A record that was left out, and its text as it stands in the file."""

    rejection: Rejection
    cells: tuple[str | None, ...]


def preview(lp: Landproof, upload_id: int) -> Preview:
    """Gather what a person needs to see before accepting.

    Raises
    ------
    NotFound
        If there is no such upload.
    """
    upload = lp.store.uploads.find(upload_id)
    layer = lp.layers.find(upload.layer)
    outcome = upload.effect or _NOTHING
    placed, elsewhere = (
        lp.store.sites.layer_counts(placed=placed, upload=upload_id).get(layer.id, 0) for placed in (True, False)
    )
    return Preview(
        upload=upload,
        layer=layer,
        columns=upload.columns or [],
        rejections=rejections(lp, upload_id, SHOWN),
        findings=_findings(lp, upload_id),
        samples=lp.store.sites.page(SiteFilter(upload=upload_id), lp.place, 0, 10),
        districts=lp.store.changes.districts(upload_id),
        sites=placed + elsewhere,
        without_place=elsewhere,
        changes=differences(lp, upload),
        stale=_is_stale(lp, layer, upload),
        net_before=outcome["net_before"],
        net_after=outcome["net_after"],
        verdicts=verdicts(lp, layer, outcome),
        acts=lp.store.uploads.acts(upload_id),
    )


def correction(lp: Landproof, upload_id: int) -> Correction:
    """Return a person's change of a site, which is an upload of kind ``edit``."""
    upload = lp.store.uploads.find(upload_id)
    rows = lp.store.sites.page(SiteFilter(upload=upload_id), lp.place, 0, 2)
    made = next(row for row in rows if not row.removed)
    return Correction(upload, lp.layers.find(upload.layer), detail(lp, made.id), lp.store.uploads.acts(upload_id))


def rejections(lp: Landproof, upload_id: int, limit: int | None = None) -> list[Rejection]:
    """Return the records of an upload that were left out, in their order."""
    rows = lp.store.uploads.remarks(upload_id, "rejection", limit)
    return [Rejection(row.record, row.rule, row._mapping["values"]) for row in rows]


def verdicts(lp: Landproof, layer: Layer, outcome: Mapping[str, Any]) -> list[tuple[Verdict, Verdict]]:
    """Judge the claims on a layer before and after, each for the place and the period of its report.

    Parameters
    ----------
    outcome : what `bridges.moved` gives
        A claim whose place and period are not in it is left out: nobody has counted for them.
    """
    known = _scopes(lp, outcome)
    return [
        (_judged(claim, known[where], "before"), _judged(claim, known[where], "after"))
        for report in lp.reports.values()
        for claim in report.claims
        if claim.layer == layer.id and (where := (report.place, named(report.period_of(claim)))) in known
    ]


def _scopes(lp: Landproof, outcome: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give the sums of an outcome by place and period; an older version kept those of the instance's place only."""
    return {(lp.place, ""): outcome} | {(each["place"], each["period"]): each for each in outcome.get("scopes", ())}


def _judged(claim: Claim, sums: Mapping[str, Any], when: str) -> Verdict:
    return judge(claim, sums[f"gross_{when}"], sums[f"net_{when}"], sums.get(f"sites_{when}", 0))


def _is_stale(lp: Landproof, layer: Layer, upload: Any) -> bool:
    """Tell whether an upload has to be compared anew before its effect can be told."""
    if upload.state != "ready":
        return False
    known = _scopes(lp, upload.effect or _NOTHING)
    is_counted = all((place, named(period)) in known for place, period in scopes(lp, layer))
    return upload.basis != lp.store.uploads.basis(layer.id) or not is_counted


def differences(lp: Landproof, upload: Any) -> list[Difference]:
    """Add up what an upload adds, changes, leaves as it is and does not have, in the order of `CHANGES`."""
    outcome = upload.effect or _NOTHING
    sums = lp.store.changes.sums(upload.id)
    followed = sum(each.amount_before for each in sums.values())
    gone = outcome["gross_before"] - followed if upload.mode == "replace" else 0
    lines = [Difference(kind, each.sites, each.amount - each.amount_before) for kind, each in sums.items()]
    return [*lines, Difference("missing", outcome.get("missing", 0), -gone)]


def changes(lp: Landproof, upload_id: int, kind: str, number: int = 1, size: int = 25) -> Page:
    """Return one page of the sites that an upload adds, changes, leaves as they are or does not have.

    Parameters
    ----------
    kind : one of `CHANGES`
    number : int
        Pages count from 1; one past the end is the last.

    Returns
    -------
    Page of Change
        Of an accepted upload, the missing ones are those that held just before it.
    """
    upload = lp.store.uploads.find(upload_id)
    then = None
    if kind == "missing" and upload.accepted_seq is not None:
        then = tuple(each for each in lp.store.uploads.in_force_after(upload_id) if each != upload_id)
    wanted = SiteFilter(layer=upload.layer, upload=upload_id, change=kind, uploads_then=then)
    total = lp.store.sites.count(wanted, lp.place)
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = lp.store.sites.page(wanted, lp.place, (number - 1) * size, size)
    listed = [_compared(lp, row) if kind == "changed" else Change(row) for row in rows]
    return Page(listed, total, number, pages)


def left_out_table(lp: Landproof, upload_id: int) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Read the kept file again and return the records that were left out as they stand in it.

    Returns
    -------
    header, rows
        The file's own column names, and a row for each rejection, in the order of the records.
        Without the kept file, no column and no cells.

    Raises
    ------
    NotFound, Refused, AnswerNeeded
        If there is no such upload, or its file cannot be read in this way any more.
    """
    upload = lp.store.uploads.find(upload_id)
    rejected, path = rejections(lp, upload_id), path_of(lp.settings.home, upload.sha256)
    if not rejected or not path.is_file():
        return (), [LeftOut(each, ()) for each in rejected]
    part = joined(read_raw(path, name=upload.filename, choices=Choices(**upload.choices)))
    row_of = {int(record): row for row, record in enumerate(part.records)}
    texts = part.table.astype(object).where(part.table.notna(), None)
    empty = (None,) * texts.shape[1]
    return tuple(texts.columns), [
        LeftOut(each, tuple(texts.iloc[row_of[each.record]]) if each.record in row_of else empty) for each in rejected
    ]


def offered(lp: Landproof, upload_id: int) -> Offer | None:
    """Find how an earlier file with the same columns was read into the same layer.

    Returns
    -------
    Offer or None
        Of the newest upload in force whose file had exactly these columns and that a person had
        answered something about; None where there is none, or where this one is read so already.
        What was confirmed for that file is not confirmed for this one.
    """
    upload = lp.store.uploads.find(upload_id)
    names = _names(upload)
    if not names:
        return None
    for other in lp.store.uploads.all():
        alike = other.id != upload_id and other.kind == "file" and other.layer == upload.layer
        in_force = other.accepted_seq is not None and not other.undone
        answered = Choices(**other.choices) if alike else Choices()
        if in_force and not answered.asks_the_same(Choices()) and _names(other) == names:
            is_new = not answered.asks_the_same(Choices(**upload.choices))
            return Offer(other.id, asdict(replace(answered, confirmed=()))) if is_new else None
    return None


def _names(upload: Any) -> list[str]:
    return [column["name"] for column in upload.columns or ()]


def _compared(lp: Landproof, row: Any) -> Change:
    differs = tuple(row.differs.split(","))
    return compared(lp.store.sites.find(row.id, lp.place), lp.store.sites.find(row.before, lp.place), differs)


def _findings(lp: Landproof, upload_id: int) -> list[dict[str, Any]]:
    found = [dict(row._mapping) for row in lp.store.changes.findings(upload_id)]
    for each in found:
        known = RULES.get(each["rule"])  # an older version may have had a rule that is gone
        each["severity"] = known.severity if known else "note"
    return sorted(found, key=lambda each: (_SEVERITIES.index(each["severity"]), -each["count"]))
