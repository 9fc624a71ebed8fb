"""Published documents: from untrusted bytes to text."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.frames import BrokenStream
from geo_app.ingest.process import Limits, messages
from geo_app.ingest.raw import error_from
from geo_app.model import Finding
from geo_app.rules import RULES

DOCUMENT_KINDS = ("text", "html", "docx", "pdf")
DOCUMENT_LIMITS = Limits(memory_bytes=2 << 30, cpu_s=60, wall_s=90.0, file_bytes=64 << 20)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Document:
    """The text of a document.

    Attributes
    ----------
    kind : str
        One of `DOCUMENT_KINDS`.
    text : str
        Of plain text, what was received, without a byte order mark.
    encoding : str or None
        Of plain text and HTML.
    findings : tuple of Finding
        What a person should know of how it was read.
    """

    kind: str
    text: str
    encoding: str | None
    findings: tuple[Finding, ...] = ()

    @property
    def language(self) -> str:
        """The language that most of it is in, ``zh`` or ``en``."""
        return "zh" if len(_HAN.findall(self.text)) >= len(_WORD.findall(self.text)) else "en"


def read_document(
    path: Path,
    *,
    name: str,
    encoding: str | None = None,
    is_plain: bool = False,
    limits: Limits = DOCUMENT_LIMITS,
    scratch: Path | None = None,
) -> Document:
    """Read the text of a document in the child process.

    Parameters
    ----------
    path : Path
        Where the bytes are; they, not its name, tell the kind.
    name : str
        What the document is called, for the sentences.
    encoding : str, optional
        What a person has said; else it is told from the bytes.
    is_plain : bool
        Whether it is plain text whatever it looks like, as what was pasted is.

    Raises
    ------
    Refused
        If there is no text in it that can be read.
    AnswerNeeded
        If its encoding has to be named.
    """
    job = {
        "task": "documents.main",
        "path": str(path.resolve()),
        "name": name,
        "encoding": encoding,
        "is_plain": is_plain,
    }
    try:
        with messages(job, name, limits, scratch) as incoming:
            return _document([message for message in incoming if isinstance(message, dict)])
    except BrokenStream as error:
        raise UnreadableFile(
            N_("{file} cannot be read: its content is not what its kind should hold."), file=name
        ) from error


def _document(told: list[dict[str, Any]]) -> Document:
    findings = []
    for message in told:
        if message["kind"] == "error":
            raise error_from(message)
        if message["kind"] == "finding":
            if message["rule"] not in RULES:
                raise BrokenStream("a rule that does not exist")
            findings.append(Finding(message["rule"], None, message["values"]))
    found = next((message for message in told if message["kind"] == "document"), None)
    if found is None or found["format"] not in DOCUMENT_KINDS:
        raise BrokenStream("no document was read")
    return Document(found["format"], found["text"], found["encoding"], tuple(findings))
