"""The ledger: published documents, the figures found in them, and what people made of those.

A figure is proposed, and counts for nothing before a person has confirmed it. Whatever is done to it
is an act that is kept; `undo` is one too.
"""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any

from geo_app.errors import Conflict, NotFound, Refused
from geo_app.extraction.figures import Figure, extract
from geo_app.extraction.periods import Period
from geo_app.extraction.quantities import Quantity, find
from geo_app.i18n import N_
from geo_app.model import Text
from geo_app.services import documents
from geo_app.services.entries import Entry, document_in
from geo_app.services.files import keep
from geo_app.services.landproof import Landproof
from geo_app.store.ledger import CONFIRMED, DOCUMENT, DROPPED, PROPOSED, Change

_DATE = re.compile(r"(?P<y>20\d\d)[-年/.](?P<m>\d{1,2})[-月/.](?P<d>\d{1,2})日?")
_SOURCE = re.compile(r"(?:来源|发布机构|发布单位|Source)\s?[:：]\s?(?P<name>[^\s,，;；|]{2,40})")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LONGEST = 300  # of a quote
ROLES = ("result", "context", "target")
QUALIFIERS = ("exact", "about", "over", "nearly")


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
    sha256 = hashlib.sha256(content).hexdigest()
    known = lp.store.ledger.of_hash(sha256)
    if known:
        raise Conflict(N_("This very document is in the ledger already: {report}."), report=known)
    if name is not None and not _ID.fullmatch(name):
        raise Refused(
            N_("{name!r} is no name for a report; expected lower-case letters, digits and dashes."), name=name
        )
    if is_pasted:
        read = documents.read_pasted(lp, content.decode("utf-8"), filename)
    else:
        read = documents.read(lp, io.BytesIO(content), filename, encoding)
    text = read.text
    told = _guessed(lp, text, filename) | {key: value for key, value in (about or {}).items() if value}
    number = name or _free_id(lp, told)
    claims = [value_of(each) for each in extract(text, lp.layers)]
    with keep(lp, io.BytesIO(content)) as (sha256, _):
        values = {
            "id": number,
            "filename": filename,
            "kind": read.kind,
            "sha256": sha256,
            "text": text,
            "received_by": who,
        }
        lp.store.ledger.add(values, told, claims)
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
    chosen = [_demand(entries, document_id, number) for number in numbers]
    for each in chosen:
        if each.value["layer"] is None:
            raise Refused(
                N_("Figure {printed} has no layer yet. Choose one, or drop the figure."), printed=each.value["printed"]
            )
    changes = [Change(each.number, CONFIRMED, each.value) for each in chosen if each.state != CONFIRMED]
    if changes:
        lp.store.ledger.act(document_id, "confirmed", changes, who=who, seen=seen)
    return len(changes)


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
        Any of ``printed qualifier layer role period low high``. `printed` is a number with its unit; its
        value and interval follow from it. `low` and `high` are canonical and need a reason.

    Raises
    ------
    Refused
        If a value is not understood, does not fit the layer, or a reason is missing.
    """
    known = entry(lp, document_id, number)
    value = corrected(lp, known.value, changes, why)
    lp.store.ledger.act(
        document_id, "corrected", [Change(number, known.state, value)], who=who, why=why.strip(), seen=seen
    )


def corrected(lp: Landproof, value: Mapping[str, Any], changes: Mapping[str, Any], why: str) -> dict[str, Any]:
    """Return the value of a claim with corrections; see `correct`."""
    made = dict(value)
    if {"printed", "qualifier"} & set(changes):
        quantity = _read(str(changes.get("printed", value["printed"])))
        qualifier = str(
            changes.get("qualifier", value["qualifier"] if "printed" not in changes else quantity.qualifier)
        )
        if qualifier not in QUALIFIERS:
            raise Refused(
                N_("{found!r} is no qualifier; expected one of {known}."), found=qualifier, known=", ".join(QUALIFIERS)
            )
        made |= _of_quantity(replace(quantity, qualifier=qualifier))
    if "role" in changes:
        if changes["role"] not in ROLES:
            raise Refused(
                N_("{found!r} is no role; expected one of {known}."), found=changes["role"], known=", ".join(ROLES)
            )
        made["role"] = changes["role"]
    if "period" in changes:
        made["period"] = _period(changes["period"])
    if "layer" in changes:
        made["layer"] = changes["layer"] or None
        if made["layer"]:
            made["family"] = lp.layers.find(made["layer"]).family
    if {"low", "high"} & set(changes):
        made |= _overridden(made, changes, why)
    _demand_fit(lp, made)
    return made


def drop(lp: Landproof, document_id: str, number: int, who: str, why: str, *, seen: int | None = None) -> None:
    """Drop a claim with a reason: it is no figure of the ledger any more, and stays listed as dropped.

    Raises
    ------
    Refused
        Without a reason.
    """
    _demand_reason(why)
    known = entry(lp, document_id, number)
    lp.store.ledger.act(
        document_id, "dropped", [Change(number, DROPPED, known.value)], who=who, why=why.strip(), seen=seen
    )


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
    made = _figure_at(lp, text, start, end)
    taken = {(each.value["start"], each.value["printed"]) for each in document_in(lp.store.ledger, document_id).entries}
    if (made["start"], made["printed"]) in taken:
        raise Refused(N_("Figure {printed} is in the list already."), printed=made["printed"])
    return lp.store.ledger.act(document_id, "added", [Change(None, PROPOSED, made)], who=who)[0]


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
    parts = [_figure_at(lp, text, start, at), _figure_at(lp, text, at, end)]
    keeps = [part for part in parts if part["printed"] == known.value["printed"]]
    first = {**known.value, **{key: keeps[0][key] for key in ("start", "end", "quote")}} if keeps else parts[0]
    other = next(part for part in parts if not keeps or part is not keeps[0])
    changes = [Change(number, known.state, first), Change(None, PROPOSED, other)]
    return lp.store.ledger.act(document_id, "split", changes, who=who, seen=seen)


def merge(lp: Landproof, document_id: str, number: int, other: int, who: str, *, seen: int | None = None) -> None:
    """Merge another claim into one: the words of both are its quote, and the other is dropped.

    Raises
    ------
    Refused
        If they measure different things.
    """
    one, two = entry(lp, document_id, number), entry(lp, document_id, other)
    if number == other or one.value["measure"] != two.value["measure"]:
        raise Refused(
            N_("{one} and {two} do not measure the same and cannot be merged."),
            one=one.value["printed"],
            two=two.value["printed"],
        )
    text = lp.store.ledger.find(document_id).text
    start, end = min(one.value["start"], two.value["start"]), max(one.value["end"], two.value["end"])
    words = {"start": start, "end": end, "quote": text[start:end]} if end - start <= _LONGEST else {}
    changes = [Change(number, one.state, {**one.value, **words}), Change(other, DROPPED, two.value)]
    lp.store.ledger.act(document_id, "merged", changes, who=who, seen=seen)


def describe(lp: Landproof, document_id: str, about: Mapping[str, Any], who: str, *, seen: int | None = None) -> None:
    """Correct what is known about a document: ``title publisher published_on place period``.

    Raises
    ------
    Refused
        If a date is none, or the place is not known.
    """
    known = document_in(lp.store.ledger, document_id).about
    told = {**known, **about}
    if told["place"] not in lp.districts.places:
        raise Refused(
            N_("The place {found!r} is not known; expected one of {known}."),
            found=told["place"],
            known=", ".join(lp.districts.places),
        )
    try:
        dt.date.fromisoformat(told["published_on"])
    except ValueError as error:
        raise Refused(
            N_("{found!r} is no date; expected one such as 2025-03-20."), found=told["published_on"]
        ) from error
    told["period"] = _period(told["period"])
    lp.store.ledger.act(document_id, "described", [Change(DOCUMENT, CONFIRMED, told)], who=who, seen=seen)


def undo(lp: Landproof, document_id: str, who: str) -> str:
    """Take back what was last done to a document's claims, or bring it back; return what it was.

    Raises
    ------
    Refused
        If nothing was done yet.
    """
    history = lp.store.ledger.history(document_id)
    batch = [row for row in history if row.batch == history[-1].batch]
    if batch[0].act == "received":
        raise Refused(N_("Nothing has been done to this report yet."))
    before: dict[int, Any] = {row.claim: row for row in history if row.batch < batch[0].batch}
    changes = []
    for row in batch:
        old = before.get(row.claim)
        changes.append(Change(row.claim, old.state if old else DROPPED, old.value if old else row.value))
    lp.store.ledger.act(document_id, "undone", changes, who=who)
    return str(batch[0].act)


def value_of(figure: Figure) -> dict[str, Any]:
    """Write a figure of a text as the ledger keeps it; exact numbers are written as fractions."""
    decision = figure.decision
    return {
        "start": figure.start,
        "end": figure.end,
        "quote": figure.quote,
        "number_start": figure.quantity.number_start,
        "number_end": figure.quantity.number_start + len(figure.quantity.printed),
        **_of_quantity(figure.quantity),
        "family": decision.family,
        "layer": decision.layer,
        "role": decision.role,
        "confidence": decision.confidence,
        "words": list(decision.words),
        "period": _written(figure.period),
        "notes": [[note.kind, dict(note.values)] for note in figure.notes],
        "why": "",
    }


def _of_quantity(quantity: Quantity) -> dict[str, Any]:
    low, high = quantity.interval
    return {
        "printed": quantity.printed,
        "number": str(quantity.value),
        "unit": quantity.unit,
        "measure": quantity.measure,
        "value": str(quantity.canonical),
        "qualifier": quantity.qualifier,
        "low": str(low),
        "high": None if high is None else str(high),
        "why": "",
    }


def _figure_at(lp: Landproof, text: str, start: int, end: int) -> dict[str, Any]:
    inside = [each for each in extract(text, lp.layers) if start <= each.quantity.number_start < end]
    if not inside:
        inside = extract(text[start:end], lp.layers)
        inside = [replace(each, quantity=_moved(each.quantity, start)) for each in inside]
    if len(inside) != 1:
        found = ", ".join(each.quantity.printed for each in inside) or "-"
        raise Refused(
            N_("The selected words hold these figures: {found}. Select words that hold one number with its unit."),
            found=found,
        )
    start = start + len(text[start:end]) - len(text[start:end].lstrip())
    made = replace(inside[0], start=start, end=end, quote=text[start:end])
    return value_of(made)


def _moved(quantity: Quantity, by: int) -> Quantity:
    return replace(quantity, start=quantity.start + by, end=quantity.end + by, number_start=quantity.number_start + by)


def _read(printed: str) -> Quantity:
    found = find(printed)
    if len(found) != 1:
        raise Refused(
            N_("The figure {printed!r} is not understood; expected digits and a known unit, such as 11.5万亩."),
            printed=printed,
        )
    return found[0]


def _overridden(value: Mapping[str, Any], changes: Mapping[str, Any], why: str) -> dict[str, Any]:
    _demand_reason(why)
    try:
        low = Fraction(str(changes.get("low", value["low"])))
        high = changes.get("high", value["high"])
        high = None if high in (None, "") else Fraction(str(high))
    except (ValueError, ZeroDivisionError) as error:
        raise Refused(N_("The ends of the interval have to be numbers.")) from error
    if high is not None and high < low:
        raise Refused(N_("The lower end of the interval lies above the upper one."))
    return {"low": str(low), "high": None if high is None else str(high), "why": why.strip()}


def _demand_fit(lp: Landproof, value: Mapping[str, Any]) -> None:
    layer = lp.layers.find(value["layer"]) if value["layer"] else None
    if layer is not None and layer.measure != value["measure"]:
        raise Refused(
            N_("{printed} is measured by {measure}, but layer {layer} is measured by {expected}."),
            printed=value["printed"],
            measure=value["measure"],
            layer=layer.id,
            expected=layer.measure,
        )


def _demand(entries: Mapping[int, Entry], document_id: str, number: int) -> Entry:
    if number not in entries:
        raise NotFound(N_("Report {report} has no figure number {number}."), report=document_id, number=number)
    return entries[number]


def _demand_reason(why: str) -> None:
    if not why.strip():
        raise Refused(N_("No reason was given. Say in a few words what was checked, and where it is written."))


def _written(period: Period | None) -> dict[str, str | None] | None:
    if period is None:
        return None
    first, last = (each.isoformat() if each else None for each in (period.first, period.last))
    return {"words": period.words, "first": first, "last": last}


def _period(told: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """Check the days of a period; None where none is stated."""
    if not told or not any(told.get(name) for name in ("words", "first", "last")):
        return None
    days = []
    for name in ("first", "last"):
        try:
            days.append(dt.date.fromisoformat(told[name]) if told.get(name) else None)
        except ValueError as error:
            raise Refused(N_("{found!r} is no date; expected one such as 2025-03-20."), found=told[name]) from error
    if days[0] and days[1] and days[1] < days[0]:
        raise Refused(N_("The period ends before it begins."))
    return {"words": told.get("words") or None, **{name: told.get(name) or None for name in ("first", "last")}}


def _guessed(lp: Landproof, text: str, filename: str) -> dict[str, Any]:
    """Guess what is known about a document from its text; a person can correct it."""
    language = "zh" if len(re.findall(r"[\u4e00-\u9fff]", text)) > len(text) / 10 else "en"
    lines = [line.strip() for line in text.splitlines()]
    dated = _DATE.search(text)
    head = text[: dated.start()].splitlines() if dated else lines[:12]
    title = max((line.strip() for line in head if 8 <= len(line.strip()) <= 80), key=len, default=filename)[:120]
    source = _SOURCE.search(text)
    publisher = source["name"] if source else ""
    return {
        "title": asdict(Text(title, title)),
        "publisher": asdict(Text(publisher, publisher)),
        "published_on": _first_date(text),
        "place": lp.place,
        "place_name": asdict(lp.districts.names.get(lp.place, Text(lp.place, lp.place))),
        "language": language,
        "period": None,
    }


def _first_date(text: str) -> str:
    for match in _DATE.finditer(text):
        try:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
        except ValueError:
            continue
    return dt.datetime.now(dt.UTC).date().isoformat()


def _free_id(lp: Landproof, about: Mapping[str, Any]) -> str:
    taken = {row.id for row in lp.store.ledger.documents()} | set(lp.filed_reports)
    first = f"report-{about['published_on']}"
    return next(name for name in (first, *(f"{first}-{at}" for at in range(2, len(taken) + 3))) if name not in taken)
