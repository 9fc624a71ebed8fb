"""Report texts: the documents of the ledger, and the figures found in one beside its text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from geo_app.errors import AnswerNeeded, Conflict, NotFound, Refused
from geo_app.i18n import N_, translate
from geo_app.services import compared, documents, ledger
from geo_app.services.entries import Document, Entry, counts, document_in, documents_in
from geo_app.services.files import path_of
from geo_app.services.over_time import by_layer
from geo_app.web.bridging import plain, unit_of
from geo_app.web.context import landproof, language, number_of, one_of
from geo_app.web.course import course

bp = Blueprint("reports", __name__, url_prefix="/reports")

PASTED = N_("pasted text")
SHOWN = ("proposed", "confirmed", "dropped")
_TYPED = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
LONGEST_NAME = 200
_MARK = re.compile(r"[，,、；;和及与]|\band\b")
_CORRECTED = ("printed", "qualifier", "layer", "role")


@dataclass(frozen=True)
class Piece:
    """A piece of a text: plain, or the number of a claim."""

    text: str
    entry: Entry | None = None
    number: int = 0


@bp.get("/")
def table() -> ResponseReturnValue:
    """Show the documents of the ledger, and the form for another."""
    return _table()


@bp.get("/over-time")
def over_time() -> ResponseReturnValue:
    """Show the figures of all reports side by side, layer by layer, and how they went on over time."""
    rows = [(layer, held, course(held)) for layer, held in by_layer(landproof())]
    return render_template("reports/over_time.html", rows=rows)


@bp.post("/")
def receive() -> ResponseReturnValue:
    """Take a pasted text or a file into the ledger."""
    lp, text, file = landproof(), request.form.get("text", ""), request.files.get("file")
    encoding = request.form.get("encoding") or None
    try:
        if file is not None and file.filename:
            made = ledger.receive(lp, file.read(), file.filename, current_user.name, encoding=encoding)
        elif text.strip():
            name = translate(PASTED, language())
            content = text.replace("\r\n", "\n").encode("utf-8", "replace")
            made = ledger.receive(lp, content, name, current_user.name, is_pasted=True)
        else:
            raise Refused(N_("Nothing was sent. Paste the text, or choose a file."))
    except (Refused, AnswerNeeded, Conflict) as problem:
        return _table(text, translate(problem.template, language(), **problem.values)), 422
    return redirect(url_for("reports.page", report=made), 303)


@bp.get("/<report>")
def page(report: str) -> ResponseReturnValue:
    """Show a document with its figures beside its text."""
    return _page(report)


@bp.get("/<report>/document")
def document(report: str) -> ResponseReturnValue:
    """Send the document byte for byte, to be saved and never shown."""
    lp = landproof()
    row = lp.store.ledger.find(report)
    path = path_of(lp.settings.home, row.sha256)
    if not path.is_file():
        raise NotFound(N_("The document of report {report} is not in its place. Run the command check."), report=report)
    content = path.read_bytes()
    ending = {"text": "txt"}.get(row.kind, row.kind)
    return send_file(
        BytesIO(content), "application/octet-stream", as_attachment=True, download_name=f"{report}.{ending}"
    )


@bp.post("/<report>/about")
def describe(report: str) -> ResponseReturnValue:
    """Correct what is known about a document."""
    lp, form = landproof(), request.form
    names = lp.districts.names
    place = form.get("place", "")
    about = {
        **{
            name: {lang: form.get(f"{name}_{lang}", "").strip()[:LONGEST_NAME] for lang in ("en", "zh")}
            for name in ("title", "publisher")
        },
        "published_on": form.get("published_on", ""),
        "place": place,
        "place_name": {"en": names[place].en, "zh": names[place].zh} if place in names else {"en": place, "zh": place},
        "period": {"words": "", "first": form.get("first", ""), "last": form.get("last", "")},
    }
    try:
        ledger.describe(lp, report, about, current_user.name, seen=form.get("seen", type=int))
    except (Refused, Conflict) as problem:
        return _page(report, problem), 422
    return redirect(url_for("reports.page", report=report), 303)


@bp.post("/<report>/claims")
def act(report: str) -> ResponseReturnValue:
    """Do what a person asks for to one figure, or to all that are sure."""
    lp, form, who = landproof(), request.form, current_user.name
    number, seen = form.get("claim", type=int), form.get("seen", type=int)
    what = form.get("act", "")
    try:
        if what == "sure":
            ledger.confirm(lp, report, None, who)
        elif what == "undo":
            ledger.undo(lp, report, who, seen=seen)
        elif what == "add":
            number = _add(report)
        elif number is None:
            raise Refused(N_("No figure was chosen."))
        else:
            number = _one(report, number, what, seen)
    except (Refused, Conflict) as problem:
        return _page(report, problem, number, dict(form)), 409 if isinstance(problem, Conflict) else 422
    shown = request.args.get("show") if request.args.get("show") in SHOWN else None
    return redirect(url_for("reports.page", report=report, claim=number, show=shown, _anchor="claim"), 303)


def _one(report: str, number: int, what: str, seen: int | None) -> int | None:
    """Act on one figure; return the one to show next."""
    lp, form, who = landproof(), request.form, current_user.name
    why = form.get("why", "")
    if what == "drop":
        ledger.drop(lp, report, number, who, why, seen=seen)
    elif what == "take back":
        ledger.take_back(lp, report, number, who, seen=seen)
        return number
    elif what == "split":
        ledger.split(lp, report, number, form.get("at", type=int) or 0, who, seen=seen)
        return number
    elif what == "merge":
        ledger.merge(lp, report, number, form.get("other", type=int) or 0, who, seen=seen)
        return number
    elif what in ("save", "confirm"):
        value = ledger.entry(lp, report, number).value
        changes = _changes(value, form)
        if what == "confirm":
            ledger.demand_layer({**value, "layer": changes.get("layer", value["layer"]) or None})
        if changes:
            ledger.correct(lp, report, number, who, changes=changes, why=why, seen=seen)
        if what == "save":
            return number
        ledger.confirm(lp, report, [number], who, seen=None if changes else seen)
    else:
        raise Refused(N_("{what!r} is nothing that can be done to a figure."), what=what)
    return _next(document_in(lp.store.ledger, report), number)


def _add(report: str) -> int:
    lp, form = landproof(), request.form
    start, end, words = form.get("start", type=int), form.get("end", type=int), form.get("words", "").strip()
    if start is None or end is None:
        text = lp.store.ledger.find(report).text
        starts = [match.start() for match in re.finditer(re.escape(words), text)] if words else []
        if not starts:
            raise Refused(N_("{words!r} does not stand in the text. Copy the words as they stand."), words=words)
        taken = {
            each.value["start"] for each in document_in(lp.store.ledger, report).entries if each.state != "dropped"
        }
        start = next((each for each in starts if each not in taken), starts[0])
        end = start + len(words)
    return ledger.add(lp, report, start, end, current_user.name)


def _changes(value: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """Give what a form says otherwise than a claim."""
    changes: dict[str, Any] = {
        name: form[name].strip() for name in _CORRECTED if name in form and form[name].strip() != (value[name] or "")
    }
    days = {name: form.get(name, "") for name in ("first", "last")}
    known = value["period"] or {"words": None, "first": None, "last": None}
    if "first" in form and any(days[name] != (known[name] or "") for name in days):
        changes["period"] = {"words": known["words"] or "", **days}
    for name in ("low", "high"):
        typed = form.get(f"set_{name}", "").strip().replace(",", "")
        if typed and typed != _in_unit(value[name], value["measure"]).replace(",", ""):
            if not _TYPED.fullmatch(typed):
                raise Refused(N_("The ends of the interval have to be numbers."))
            changes[name] = str(Fraction(typed) * unit_of(value["measure"]))
    return changes


def _in_unit(canonical: str | None, measure: str) -> str:
    """Write a canonical amount of the ledger in the unit of the tables; empty where it is open."""
    return "" if canonical is None else plain(Fraction(canonical), measure)


def _next(found: Document, number: int) -> int:
    """Give the figure after one that still waits to be looked at, or the one itself."""
    numbers = [each.number for each in found.entries]
    at = numbers.index(number)
    waiting = [each.number for each in found.entries[at + 1 :] + found.entries[:at] if each.state == "proposed"]
    return waiting[0] if waiting else number


def _table(text: str = "", problem: str = "") -> str:
    return render_template(
        "reports/table.html", documents=documents_in(landproof().store.ledger), text=text, problem=problem
    )


def _page(
    report: str,
    problem: Refused | Conflict | None = None,
    number: int | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    lp = landproof()
    found = document_in(lp.store.ledger, report)
    wanted = one_of("show", SHOWN)
    chosen = found.entry(number if number is not None else number_of("claim"))
    if chosen is None:
        chosen = next((each for each in found.entries if each.state == "proposed"), None)
    listed = [each for each in found.entries if wanted in (None, each.state) or each is chosen]
    return render_template(
        "reports/page.html",
        found=found,
        paragraphs=_paragraphs(found),
        listed=listed,
        order={each.number: at for at, each in enumerate(found.entries, 1)},
        chosen=chosen,
        around=_around(found, chosen),
        cuts=_cuts,
        places=list(lp.districts.places),
        comparisons=compared.hints(lp, found),
        wanted=wanted,
        history=lp.store.ledger.history(report, chosen.number) if chosen else [],
        missing=documents.missing_numbers_of(found.text, language()),
        problem=translate(problem.template, language(), **problem.values) if problem else "",
        typed=typed or {},
        in_unit=_in_unit,
        states=SHOWN,
        counted=sum(counts(each) for each in found.entries),
        roles=ledger.ROLES,
        qualifiers=ledger.QUALIFIERS,
        notes=lambda entry: documents.notes_of(entry.value["notes"], language()),
    )


def _around(found: Document, chosen: Entry | None) -> tuple[Entry | None, Entry | None]:
    """Give the figures before and after one, those that are dropped left out."""
    if chosen is None:
        return None, None
    kept = [each for each in found.entries if each.state != "dropped" or each is chosen]
    at = kept.index(chosen)
    return (kept[at - 1] if at else None), (kept[at + 1] if at + 1 < len(kept) else None)


def _cuts(entry: Entry) -> list[tuple[int, str]]:
    """Give the places at which the words of a figure can be split: after each mark, with the words before it."""
    quote, start = entry.value["quote"], entry.value["start"]
    ends = [match.end() for match in _MARK.finditer(quote) if 0 < match.end() < len(quote)]
    return [(start + end, f"…{quote[max(0, end - 12) : end]} |") for end in ends]


def _paragraphs(found: Document) -> list[tuple[int, list[Piece]]]:
    """Cut a text into its lines and these at the numbers of its claims; with each line, where it begins."""
    lines: list[tuple[int, list[Piece]]] = []
    own = sorted(found.entries, key=lambda each: (each.value["number_start"], each.state == "dropped"))
    marks = [(each.value["number_start"], each.value["number_end"], each) for each in own]
    start, order = 0, {each.number: at for at, each in enumerate(found.entries, 1)}
    for line in found.text.split("\n"):
        end = start + len(line)
        pieces, at = [], start
        for first, last, entry in marks:
            if first < at or last > end:
                continue
            if first > at:
                pieces.append(Piece(found.text[at:first]))
            pieces.append(Piece(found.text[first:last], entry, order[entry.number]))
            at = last
        if at < end:
            pieces.append(Piece(found.text[at:end]))
        if pieces:
            lines.append((start, pieces))
        start = end + 1
    return lines
