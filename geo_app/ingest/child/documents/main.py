"""Read one document and tell the parent its text."""

from pathlib import Path
from typing import Any

from geo_app.errors import GeoAppError, UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.documents import docx, html, kinds, pdf
from geo_app.ingest.child.documents.garbled import is_garbled
from geo_app.ingest.child.output import Output
from geo_app.ingest.child.text import Decision, decide_whole, decoded

MOST_CHARACTERS = 1_000_000  # some six hundred printed pages
_SHOWN = 30


def run(told: dict[str, Any]) -> None:
    """Read the document of a job; every refusal becomes a frame."""
    out = Output()
    try:
        _read(Path(told["path"]), told["name"], told["encoding"], out, is_plain=told["is_plain"])
        out.end()
    except GeoAppError as error:
        out.refuse(error)
    out.stream.flush()


def _read(path: Path, name: str, encoding: str | None, out: Output, *, is_plain: bool) -> None:
    content = path.read_bytes()
    if not content:
        raise UnreadableFile(N_("{file} is empty. Send the file again."), file=name)
    kind = kinds.TEXT if is_plain else kinds.identify(content, name)
    decision = None
    if kind == kinds.DOCX:
        text = docx.read(path, name)
    elif kind == kinds.PDF:
        text = pdf.read(path, name, out)
    else:
        decision = _decide(content, name, encoding, out)
        text = decoded(content, decision)
        if not is_plain and kinds.is_html(text, name):
            kind, text = kinds.HTML, html.read(text, name)
    _check(text, name, decision)
    out.document(kind, text, decision.label if decision else None)


def _decide(content: bytes, name: str, encoding: str | None, out: Output) -> Decision:
    """Choose the encoding; where it cannot be told, a person is asked."""
    decision = decide_whole(content, html.declared(content), encoding, name)
    if decision.need is not None:
        raise decision.need
    if decision.source == "inferred" and decision.label != "UTF-8":
        out.finding("encoding_inferred", encoding=decision.label, sample=decision.sample[:20])
    return decision


def _check(text: str, name: str, decision: Decision | None) -> None:
    """Refuse a text that nobody can read, or that is too long."""
    if not text.strip():
        raise UnreadableFile(
            N_("{file} holds no text, only blank space; expected a published text with figures. Send that text."),
            file=name,
        )
    if len(text) > MOST_CHARACTERS:
        raise UnreadableFile(
            N_("{file} holds {found} characters; up to {limit} are read. Send the part that has the figures."),
            file=name,
            found=len(text),
            limit=MOST_CHARACTERS,
        )
    if is_garbled(text):
        sample = " ".join(text.split())[:_SHOWN]
        if decision is not None and decision.source == "user":
            raise UnreadableFile(
                N_("Read as {encoding}, {file} makes no sense ({sample!r}). Name another encoding."),
                file=name,
                encoding=decision.label,
                sample=sample,
            )
        raise UnreadableFile(
            N_(
                "The text of {file} is garbled ({sample!r}): its characters were lost or mistaken before it came here; "
                "expected Chinese or English that can be read. Save or copy it again from where it was published."
            ),
            file=name,
            sample=sample,
        )
