"""What a document is: told by its bytes, whatever its name says."""

import re

from geo_app.errors import UnreadableFile, UnsupportedFormat
from geo_app.i18n import N_
from geo_app.ingest.child.gate import JSON, OLE, XML, ZIP, sniff
from geo_app.ingest.child.gate import TEXT as _TEXT

TEXT, HTML, DOCX, PDF = "text", "html", "docx", "pdf"
_LOOKED_AT = 4096
_PICTURES = {"PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"}
_MORE_MAGIC = (
    (b"{\\rtf", "RTF"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"RIFF", "WEBP"),
    (b"AT&TFORM", "DjVu"),
    (b"MIME-Version:", "MHTML"),
    (b"From: <Saved by", "MHTML"),
)
_BINARY = {"BMP", "WEBP", "GIF", "DjVu"}  # whose first letters a text may have too
# what lies in an OLE container -> what it is
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "Word 97"),
    ("Workbook", "Excel 97"),
    ("PowerPoint Document", "PowerPoint 97"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|link|base|script|style|"
    r"div|p|table|article|section|main|header|span|font|center|h[1-6]|ul|ol|br)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_XML = re.compile(r"\s*<\?xml", re.IGNORECASE)
_KINDS = "TXT, HTML, DOCX, PDF"


def identify(content: bytes, name: str) -> str:
    """Tell what a document is; what is text may still turn out to be HTML.

    Raises
    ------
    UnsupportedFormat, UnreadableFile
        If it is nothing that is read.
    """
    head = content[:_LOOKED_AT]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return PDF
    found = _sniff(head)
    if found == ZIP:
        return DOCX
    if found == OLE:
        raise _ole(content, name)
    if found in _PICTURES:
        raise UnsupportedFormat(
            N_("{file} is a picture ({kind}) and has no text that can be read. Send the text itself."),
            file=name,
            kind=found,
        )
    if found == "":
        raise UnreadableFile(
            N_("{file} is no text: it holds a zero at byte {place}. Expected {expected}. Send it as one of these."),
            file=name,
            place=content.find(0),
            expected=_KINDS,
        )
    if found not in (_TEXT, JSON, XML):
        raise unsupported(name, found)
    return TEXT


def _sniff(head: bytes) -> str:
    for magic, kind in _MORE_MAGIC:
        if head.startswith(magic) and (kind not in _BINARY or b"\x00" in head):
            return kind
    return sniff(head)


def unsupported(name: str, kind: str) -> UnsupportedFormat:
    """Say that a document is of a kind that is not read."""
    return UnsupportedFormat(
        N_("{file} is {kind}, from which no text is read. Expected {expected}. Save it as one of these."),
        file=name,
        kind=kind,
        expected=_KINDS,
    )


def _ole(content: bytes, name: str) -> UnreadableFile | UnsupportedFormat:
    kind = next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in content), OLE)
    if kind == "encrypted":
        return UnreadableFile(
            N_("{file} is encrypted: only its password opens it. Save it without a password and send it again."),
            file=name,
        )
    if kind == "Word 97":
        return UnsupportedFormat(
            N_("{file} is an old Word document (.doc). Open it in Word or WPS, save it as .docx and send that."),
            file=name,
        )
    return unsupported(name, kind)


def is_html(text: str, name: str) -> bool:
    """Tell HTML from plain text.

    Raises
    ------
    UnsupportedFormat
        If it is XML of another kind.

    Examples
    --------
    >>> is_html("<!DOCTYPE html><p>1", "a"), is_html("5 < 6", "a")
    (True, False)
    """
    head = text[:_LOOKED_AT]
    if _HTML.match(head):
        return True
    if _OTHER_XML.match(head):
        raise unsupported(name, "XML")
    return False
