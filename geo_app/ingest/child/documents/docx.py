"""Read the text of a Word document: its paragraphs, tables, text boxes and notes, as a reader sees them.

The XML is walked as it stands, since paragraphs inside of accepted insertions and of content
controls, which hold figures as well, are left out by what reads paragraphs only.
"""

from pathlib import Path

from lxml import etree

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.archive import Archive, Member
from geo_app.ingest.child.documents.kinds import unsupported

MOST_BYTES = 200 << 20  # of one part, unpacked
_TYPES = "[Content_Types].xml"
_MAIN = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.document.macroEnabled.main+xml",
)
_NOTES = tuple(
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml" for kind in ("footnotes", "endnotes")
)
_OTHERS = (("spreadsheetml", "XLSX"), ("presentationml", "PPTX"))
# deleted words, the phonetic guide, and the second copy of a text box for old programs
_UNSEEN = frozenset(("del", "moveFrom", "rt", "Fallback", "pPr", "sectPr", "tblPr", "instrText"))
_WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}


def read(path: Path, name: str) -> str:
    """Give the text of a Word document.

    Raises
    ------
    UnsupportedFormat
        If the archive is of another kind.
    UnreadableFile
        If it is damaged, or made to do harm.
    """
    archive = Archive(path, name)
    members = {member.name.casefold(): member for member in archive.members}
    parts = _parts(archive, members, name)
    main = [part for part, kind in parts.items() if kind in _MAIN]
    if not main:
        raise unsupported(name, next((what for mark, what in _OTHERS if mark in " ".join(parts.values())), "ZIP"))
    wanted = [main[0], *(part for part, kind in parts.items() if kind in _NOTES)]
    missing = [part for part in wanted if part not in members]
    if missing:
        raise _damaged(name, f"{missing[0]}: -")
    return "\n".join(filter(None, (_text(_tree(archive, members[part], name)) for part in wanted)))


def _parts(archive: Archive, members: dict[str, Member], name: str) -> dict[str, str]:
    """Give the parts of the package: name to content type."""
    if _TYPES.casefold() not in members:
        return {}
    root = _tree(archive, members[_TYPES.casefold()], name)
    return {
        each.get("PartName", "").lstrip("/").casefold(): each.get("ContentType", "")
        for each in root.iter("{*}Override")
    }


def _tree(archive: Archive, member: Member, name: str) -> etree._Element:
    if member.info.file_size > MOST_BYTES:
        raise UnreadableFile(
            N_("{file} would unpack from {packed} to {unpacked} bytes, more than is taken. Send it in parts."),
            file=name,
            packed=member.info.compress_size,
            unpacked=member.info.file_size,
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    head = b""
    try:
        for chunk in archive.chunks(member):
            head = head or chunk
            parser.feed(chunk)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in head.replace(b"\x00", b""):  # it grows too large, or is too odd, to be looked at
            raise _has_doctype(name) from error
        raise _damaged(name, f"{member.name}: {str(error)[:150]}") from error
    if root.getroottree().docinfo.doctype:
        raise _has_doctype(name)
    return root


def _has_doctype(name: str) -> UnreadableFile:
    return UnreadableFile(
        N_("{file} declares a document type (DOCTYPE), which no Word document needs. Save it again."), file=name
    )


def _damaged(name: str, found: str) -> UnreadableFile:
    return UnreadableFile(
        N_("{file} is a damaged Word document: {found}. Save it again in Word or WPS."), file=name, found=found
    )


def _text(root: etree._Element) -> str:
    """Give the text below an element; that of a box stands behind the paragraph that the box is tied to."""
    found: list[str] = []
    boxes: list[etree._Element] = []
    depth = 0  # of paragraphs
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if event == "start":
            is_box = name == "txbxContent" and element is not root
            if is_box:
                boxes.append(element)
            if is_box or name in _UNSEEN or not name or (name == "r" and _is_hidden(element)):
                walk.skip_subtree()
            depth += name == "p"
        elif name not in _UNSEEN:
            depth -= name == "p"
            _write(name, element, found)
            if name == "p" and not depth:
                found += [_text(box) + "\n" for box in boxes]
                boxes.clear()
    return "".join(found).strip("\n")


def _is_hidden(run: etree._Element) -> bool:
    mark = run.find("{*}rPr/{*}vanish")
    return mark is not None and not any(value in ("0", "false", "off") for value in mark.attrib.values())


def _write(name: str, element: etree._Element, found: list[str]) -> None:
    if name == "t":
        found.append(element.text or "")
    elif name == "tc":  # the lines in a cell are none of the table
        while found and found[-1] in ("\n", ""):
            found.pop()
        found.append("\t")
    elif name == "tr":
        while found and found[-1] == "\t":
            found.pop()
        found.append("\n")
    elif name in _WRITTEN and not (name == "tab" and element.getparent().tag.endswith("}tabs")):
        found.append(_WRITTEN[name])
