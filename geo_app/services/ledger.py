"""The ledger: published documents, the figures found in them, and what people made of those.

A figure is proposed, and counts for nothing before a person has confirmed it. Whatever is done to it
is an act that is kept; `undo` is one too.
"""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.extraction.figures import extract
from geo_app.i18n import N_
from geo_app.services import document_facts, documents, reviews
from geo_app.services.claim_values import (
    QUALIFIERS,
    ROLES,
    corrected,
    demand_reason,
    figure_at,
    is_possible,
    value_of,
)
from geo_app.services.entries import Entry, document_in
from geo_app.services.files import keep
from geo_app.services.landproof import Landproof
from geo_app.store.ledger import CONFIRMED, DOCUMENT, DROPPED, PROPOSED, Change, digest_of_text

__all__ = [
    "QUALIFIERS",
    "ROLES",
    "add",
    "confirm",
    "correct",
    "demand_new",
    "describe",
    "drop",
    "entry",
    "keep_document",
    "merge",
    "receive",
    "split",
    "undo",
]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LONGEST = 300  # characters of a quote


def receive(
    lp: Landproof,
    content: bytes,
    filename: str,
    who: str,
    *,
    is_pasted: bool = False,
    encoding: str | None = None,
    about: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> str:
    """Keep a document byte for byte, propose the figures of its text, and return its id.

    Parameters
    ----------
    is_pasted : bool
        It is plain text that a person has typed or pasted, whatever its first bytes are.
    encoding : str, optional
        What a person has said of its text.
    about : mapping, optional
        What is known about it: ``title publisher published_on place period``; the rest is guessed.
    name : str, optional
        The id to be; lower-case letters, digits and dashes.

    Raises
    ------
    Conflict
        If the very same document, or one of that id, is there already.
    Refused
        If the id is none, or the document cannot be read.
    AnswerNeeded
        If its encoding has to be named.
    """
    demand_new(lp, hashlib.sha256(content).hexdigest(), name)
    if is_pasted:
        read = documents.read_pasted(lp, content.decode("utf-8"), filename)
    else:
        read = documents.read(lp, io.BytesIO(content), filename, encoding)
    told = document_facts.guessed(lp, read, filename)
    told = document_facts.described(lp, told, {key: value for key, value in (about or {}).items() if value})
    number = name or _free_id(lp, told)
    claims = [value for value in map(value_of, extract(read.text, lp.layers)) if is_possible(value)]
    keep_document(
        lp, content, {"id": number, "filename": filename, "kind": read.kind, "text": read.text}, told, claims, who
    )
    return number


def entry(lp: Landproof, document_id: str, number: int) -> Entry:
    """Return one claim, or raise NotFound."""
    for each in document_in(lp.store.ledger, document_id).entries:
        if each.number == number:
            return each
    raise NotFound(N_("Report {report} has no figure number {number}."), report=document_id, number=number)


def confirm(
    lp: Landproof, document_id: str, numbers: Sequence[int] | None, who: str, *, seen: int | None = None
) -> int:
    """Confirm claims, by default all that are sure; return how many.

    Raises
    ------
    Refused
        If one has no layer: it could not be held against anything.
    Conflict
        If somebody has changed one since it was seen.
    """
    entries = {each.number: each for each in document_in(lp.store.ledger, document_id).entries}
    if numbers is None:
        numbers = [each.number for each in entries.values() if each.state == PROPOSED and each.is_sure]
    chosen = [_demand(entries, document_id, number) for number in dict.fromkeys(numbers)]
    for each in chosen:
        demand_layer(each.value)
        if each.state == DROPPED:
            raise Refused(
                N_("Figure {printed} was dropped. Take it back into the list first."), printed=each.value["printed"]
            )
    changes = [Change(each.number, CONFIRMED, each.value) for each in chosen if each.state != CONFIRMED]
    if changes:
        _act(lp, document_id, "confirmed", changes, who=who, seen=_seen(seen, *chosen))
    return len(changes)


def demand_layer(value: Mapping[str, Any]) -> None:
    """Refuse a claim without a layer: it cannot be held against anything."""
    if value["layer"] is None:
        raise Refused(
            N_("Figure {printed} has no layer yet. Choose one, or drop the figure."), printed=value["printed"]
        )


def take_back(lp: Landproof, document_id: str, number: int, who: str, *, seen: int | None = None) -> None:
    """Take a dropped claim back into the list, as proposed.

    Raises
    ------
    Refused
        If it is not dropped, or the same words are in the list again.
    """
    known = entry(lp, document_id, number)
    if known.state != DROPPED:
        raise Refused(N_("Figure {printed} is in the list already."), printed=known.value["printed"])
    _demand_absent(lp, document_id, known.value)
    change = Change(number, PROPOSED, known.value)
    _act(lp, document_id, "taken back", [change], who=who, seen=_seen(seen, known))


def correct(
    lp: Landproof,
    document_id: str,
    number: int,
    who: str,
    *,
    changes: Mapping[str, Any],
    why: str = "",
    seen: int | None = None,
) -> None:
    """Correct a claim by hand; it is confirmed afterwards if it was before.

    Parameters
    ----------
    changes : mapping
        As `claim_values.corrected` takes and refuses them.
    """
    known = entry(lp, document_id, number)
    value = corrected(lp.layers, lp.store.ledger.find(document_id).text, known.value, changes, why)
    change = Change(number, known.state, value)
    _act(lp, document_id, "corrected", [change], who=who, why=why.strip(), seen=_seen(seen, known))


def drop(lp: Landproof, document_id: str, number: int, who: str, why: str, *, seen: int | None = None) -> None:
    """Drop a claim with a reason: it is no figure of the ledger any more, and stays listed as dropped.

    Raises
    ------
    Refused
        Without a reason.
    """
    reason = demand_reason(why)
    known = entry(lp, document_id, number)
    change = Change(number, DROPPED, known.value)
    _act(lp, document_id, "dropped", [change], who=who, why=reason, seen=_seen(seen, known))


def add(lp: Landproof, document_id: str, start: int, end: int, who: str) -> int:
    """Add a claim by words of the text that a person has selected; return its number.

    Raises
    ------
    Refused
        If the words hold no number with a unit, or more than one.
    """
    text = lp.store.ledger.find(document_id).text
    if not 0 <= start < end <= len(text) or end - start > _LONGEST:
        raise Refused(N_("No words of the text were selected. Select a few that hold the figure and its unit."))
    made = figure_at(lp.layers, text, start, end)
    _demand_absent(lp, document_id, made)
    return _act(lp, document_id, "added", [Change(None, PROPOSED, made)], who=who)[0]


def split(lp: Landproof, document_id: str, number: int, at: int, who: str, *, seen: int | None = None) -> list[int]:
    """Split a claim in two at a place in its quote; each part has to hold a number with its unit.

    Raises
    ------
    Refused
        If one of them holds none.
    """
    known = entry(lp, document_id, number)
    text, start, end = lp.store.ledger.find(document_id).text, known.value["start"], known.value["end"]
    if not start < at < end:
        raise Refused(N_("The place to split at lies outside the words of the figure. Choose one between two numbers."))
    parts = [figure_at(lp.layers, text, start, at), figure_at(lp.layers, text, at, end)]
    keeps = [part for part in parts if part["number_start"] == known.value["number_start"]]
    first = {**known.value, **{key: keeps[0][key] for key in ("start", "end", "quote")}} if keeps else parts[0]
    other = next(part for part in parts if not keeps or part is not keeps[0])
    _demand_absent(lp, document_id, other)
    changes = [Change(number, known.state, first), Change(None, PROPOSED, other)]
    return _act(lp, document_id, "split", changes, who=who, seen=_seen(seen, known))


def merge(lp: Landproof, document_id: str, number: int, other: int, who: str, *, seen: int | None = None) -> None:
    """Merge another claim into one: the words of both are its quote, and the other is dropped.

    Raises
    ------
    Refused
        If they measure different things.
    """
    one, two = entry(lp, document_id, number), entry(lp, document_id, other)
    kinds = {
        (each.value["measure"], each.value["family"] if each.value["measure"] == "count" else "") for each in (one, two)
    }
    if number == other or len(kinds) > 1:
        raise Refused(
            N_("{one} and {two} do not measure the same and cannot be merged."),
            one=one.value["printed"],
            two=two.value["printed"],
        )
    text = lp.store.ledger.find(document_id).text
    start, end = min(one.value["start"], two.value["start"]), max(one.value["end"], two.value["end"])
    if end - start > _LONGEST:
        raise Refused(N_("The words of the two stand too far apart to be one quote. Drop one of them instead."))
    words = {"start": start, "end": end, "quote": text[start:end]}
    changes = [Change(number, one.state, {**one.value, **words}), Change(other, DROPPED, two.value)]
    _act(lp, document_id, "merged", changes, who=who, seen=_seen(seen, one, two))


def describe(lp: Landproof, document_id: str, about: Mapping[str, Any], who: str, *, seen: int | None = None) -> None:
    """Correct what is known about a document: ``title publisher published_on place period``.

    Raises
    ------
    Refused
        If a date is none, or the place is not known.
    """
    found = document_in(lp.store.ledger, document_id)
    told = document_facts.described(lp, found.about, about)
    seen = found.seq if seen is None else seen
    _act(lp, document_id, "described", [Change(DOCUMENT, CONFIRMED, told)], who=who, seen=seen)


def undo(lp: Landproof, document_id: str, who: str, *, seen: int | None = None) -> str:
    """Take back what was last done to a document's claims, or bring it back; return what it was.

    Raises
    ------
    Refused
        If nothing was done yet.
    Conflict
        If somebody has done something since it was seen.
    """
    lp.store.ledger.find(document_id)
    history = lp.store.ledger.history(document_id)
    batch = [row for row in history if row.batch == history[-1].batch]
    if batch[0].act == "received":
        raise Refused(N_("Nothing has been done to this report yet."))
    before: dict[int, Any] = {row.claim: row for row in history if row.batch < batch[0].batch}
    changes = []
    for row in batch:
        old = before.get(row.claim)
        changes.append(Change(row.claim, old.state if old else DROPPED, old.value if old else row.value))
    seen = history[-1].seq if seen is None else seen
    _act(lp, document_id, "undone", changes, who=who, seen=seen)
    return str(batch[0].act)


def demand_new(lp: Landproof, sha256: str, name: str | None) -> None:
    """Refuse a document that is in the ledger already, and a name that cannot be one or is taken.

    Raises
    ------
    Conflict
        If the very same document, or one of that id, is there already.
    Refused
        If the id is none.
    """
    known = lp.store.ledger.of_hash(sha256)
    if known:
        raise Conflict(N_("This very document is in the ledger already: {report}."), report=known)
    if name is not None and not _ID.fullmatch(name):
        raise Refused(
            N_("{name!r} is no name for a report; expected lower-case letters, digits and dashes."), name=name
        )
    if name in lp.filed_reports:
        raise Conflict(N_("There is a report {report} already. Choose another name."), report=name)


def keep_document(
    lp: Landproof,
    content: bytes,
    values: Mapping[str, Any],
    about: Mapping[str, Any],
    claims: Sequence[Mapping[str, Any]],
    who: str,
) -> None:
    """Keep a document byte for byte with what is known about it and the claims that are proposed from it.

    Parameters
    ----------
    values : mapping
        ``id filename kind text`` of the document.
    """
    with keep(lp, io.BytesIO(content)) as (sha256, _):
        told = {**about, "text_sha256": digest_of_text(values["text"])}
        lp.store.ledger.add({**values, "sha256": sha256, "received_by": who}, told, claims)


def _act(lp: Landproof, document_id: str, act: str, changes: Sequence[Change], **told: Any) -> list[int]:
    """Note what is done to claims, and ask for the review of layers of which a report now says more, or less."""
    before = _reported(lp, document_id)
    numbers = lp.store.ledger.act(document_id, act, changes, **told)
    after = _reported(lp, document_id)
    reviews.ask_for(lp, sorted(layer for layer in before | after if before.get(layer) != after.get(layer)))
    return numbers


def _reported(lp: Landproof, document_id: str) -> dict[str, dt.date]:
    """Give the layers that a report has figures of, with its day."""
    report = lp.reports.get(document_id)
    return {claim.layer: report.published_on for claim in report.claims} if report else {}


def _seen(seen: int | None, *known: Entry) -> int:
    """Return the newest act that a person knew of; without one, the newest that was read here."""
    return max(each.seq for each in known) if seen is None else seen


def _demand(entries: Mapping[int, Entry], document_id: str, number: int) -> Entry:
    if number not in entries:
        raise NotFound(N_("Report {report} has no figure number {number}."), report=document_id, number=number)
    return entries[number]


def _demand_absent(lp: Landproof, document_id: str, value: Mapping[str, Any]) -> None:
    entries = document_in(lp.store.ledger, document_id).entries
    if any(each.value["number_start"] == value["number_start"] and each.state != DROPPED for each in entries):
        raise Refused(N_("Figure {printed} is in the list already."), printed=value["printed"])


def _free_id(lp: Landproof, about: Mapping[str, Any]) -> str:
    taken = {row.id for row in lp.store.ledger.documents()} | set(lp.filed_reports)
    first = f"report-{about['published_on']}"
    return next(name for name in (first, *(f"{first}-{at}" for at in range(2, len(taken) + 3))) if name not in taken)
