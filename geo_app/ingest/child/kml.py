"""Read KML and KMZ: placemarks with their names, extended data and outlines.

GDAL's KML driver drops ExtendedData, so the text is parsed here, by expat. Links, styles and
overlays are not followed. Document types are refused: they can pull in other files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from xml.parsers import expat

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs, text, wkbwrite
from geo_app.ingest.child.archive import Archive
from geo_app.ingest.child.gate import MARKS
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead, unique_names
from geo_app.ingest.child.wkbwrite import BadShape
from geo_app.ingest.formats import DATA_SUFFIXES

MAX_DEPTH = 200
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_SIMPLE = ("Point", "LineString", "LinearRing", "Polygon")
_OTHER = ("Model", "Track", "MultiTrack")
_FOLDERS = ("Document", "Folder")
_NAMED = ("name", "description", "address", "phoneNumber", "Snippet", "begin", "end", "when")


@dataclass
class Node:
    """An XML element: its name without namespace, its attributes, its own text, its children."""

    tag: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The element's own text."""
        return "".join(self.text).strip()

    def all(self, tag: str) -> Iterator["Node"]:
        """Find elements of a name below this one, in order."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all(tag)

    def first(self, tag: str) -> "Node | None":
        """Find the first element of a name below this one."""
        return next(self.all(tag), None)


@dataclass
class Placemark:
    """A placemark: its columns and its shape, or why it has none."""

    values: dict[str, str]
    shape: bytes | None
    fault: BadShape | None = None


class _Reader:
    """Collects placemarks by folder while expat walks through the text."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root_tag = ""
        self.folders: dict[int, list[Placemark]] = {}
        self.names: dict[int, str] = {}
        self.links: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._built: list[Node] = []
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.buffer_text = True

    def _doctype(self, *_: object) -> None:
        raise UnreadableFile(
            N_("{file} declares a document type (DOCTYPE), which KML does not need. Export it again without."),
            file=self.file,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self.root_tag = self.root_tag or tag
        if len(self._open) > MAX_DEPTH:
            raise UnreadableFile(N_("{file} is nested too deep. Export it again."), file=self.file)
        if tag in _FOLDERS:
            self._count += 1
        self._open.append((tag, self._count if tag in _FOLDERS else 0))
        if self._built or tag in ("Placemark", "NetworkLink") or self._is_folder_name(tag):
            node = Node(tag, attributes)
            if self._built:
                self._built[-1].children.append(node)
            self._built.append(node)

    def _is_folder_name(self, tag: str) -> bool:
        return tag == "name" and len(self._open) >= 2 and self._open[-2][0] in _FOLDERS

    def _characters(self, text: str) -> None:
        if self._built:
            self._built[-1].text.append(text)

    def _end(self, _: str) -> None:
        self._open.pop()
        if not self._built:
            return
        node = self._built.pop()
        if self._built:
            return
        folder = next((number for tag, number in reversed(self._open) if tag in _FOLDERS), 0)
        if node.tag == "NetworkLink":
            link = node.first("href")
            self.links.append(link.content[:100] if link else "-")
        elif node.tag == "Placemark":
            self.folders.setdefault(folder, []).append(_placemark(node))
        else:
            self.names[folder] = node.content


def read(job: Job, out: Output) -> None:
    """Read a KML file; each folder that holds placemarks is a sublayer.

    Raises
    ------
    UnreadableFile
        If it is no well-formed XML, declares a document type, or is no KML.
    """
    _read(job.path, job, "kml", out)


def read_archive(job: Job, out: Output) -> None:
    """Read the KML of a KMZ."""
    archive = Archive(job.path, job.name)
    found = [member for member in archive.members if member.suffix == ".kml"]
    if not found:
        raise UnreadableFile(N_("{file} holds no .kml. Export it again."), file=job.name)
    main = next((member for member in found if member.name.lower() == "doc.kml"), found[0])
    out.announce(
        "other_data", [member.name for member in archive.members if member.suffix in DATA_SUFFIXES and member != main]
    )
    _read(archive.take(main, job.scratch / "doc.kml"), job, "kmz", out)


def _read(path: Path, job: Job, format_id: str, out: Output) -> None:
    reader = _Reader(job.name)
    try:
        content, decision = _as_utf8(path.read_bytes(), job)
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableFile(
            N_("{file} is no well-formed XML: {found}. Export it again."), file=job.name, found=error
        ) from error
    if reader.root_tag != "kml":
        raise UnreadableFile(
            N_("{file} is XML, but no KML: it begins with {found!r}. Export it as KML or GeoPackage."),
            file=job.name,
            found=reader.root_tag,
        )
    layers = _layers(reader)
    if not layers:
        raise UnreadableFile(N_("{file} holds no placemarks. Send the file that holds the sites."), file=job.name)
    out.announce("other_data", reader.links)
    out.file(format_id, layers)
    wanted = choose(list(layers), job.sublayer, job.name)
    for name in wanted:
        _part(name, layers[name], decision, out)


def _as_utf8(content: bytes, job: Job) -> tuple[bytes, text.Decision]:
    """Bring a text to UTF-8, whatever it says or turns out to be in, without its declaration.

    Raises
    ------
    UnreadableFile
        If it names an encoding that is none, or is not in the one it names.
    AnswerNeeded
        If it is in none that can be told.
    """
    for mark, marked, label in MARKS:
        if content.startswith(mark) and job.encoding is None:
            return _declared(content, marked, label, job)
    match = _DECLARED.match(content)
    name = match[1].decode("ascii", "replace") if match else "utf-8"
    codec = text.find_codec(name)
    if codec is None:
        raise UnreadableFile(
            N_("{file} says it is in the encoding {found!r}, which is not known. Export it again in UTF-8."),
            file=job.name,
            found=name,
        )
    if codec not in ("utf-8", "ascii") and job.encoding is None:
        return _declared(content, codec, name, job)
    decision = text.decide(lambda codec: [content.decode(codec)], None, job.encoding, job.name)
    if decision.need is not None:
        raise decision.need
    is_said = decision.codec == "utf-8" and decision.source != "user"
    return _bare(content.decode(decision.codec)), replace(decision, source="file") if is_said else decision


def _declared(content: bytes, codec: str, label: str, job: Job) -> tuple[bytes, text.Decision]:
    try:
        return _bare(content.decode(codec)), text.Decision(codec, label, "file")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            N_("{file} says it is {found}, but byte {place} is not. Export it again in UTF-8."),
            file=job.name,
            found=label,
            place=error.start,
        ) from error


def _bare(written: str) -> bytes:
    """Take the declaration off, which would speak of the encoding that was."""
    return _DECLARATION.sub("", written.lstrip("\ufeff")).encode("utf-8")


def _layers(reader: _Reader) -> dict[str, list[Placemark]]:
    named = unique_names(reader.names.get(number) or f"folder {number}" for number in reader.folders)
    return dict(zip(named, reader.folders.values(), strict=True))


def _placemark(node: Node) -> Placemark:
    values = {child.tag: child.content for child in node.children if child.tag in _NAMED}
    for tag in ("TimeSpan", "TimeStamp"):
        for span in node.all(tag):
            values |= {child.tag: child.content for child in span.children if child.tag in _NAMED}
    for extended in node.all("ExtendedData"):
        for name, value in _extended(extended):
            key = next(key for key in _numbered(name) if key not in values)
            values[key] = value
    try:
        return Placemark(values, _shape(node))
    except BadShape as fault:
        return Placemark(values, None, fault)


def _extended(node: Node) -> Iterator[tuple[str, str]]:
    """Give the names and values of extended data, of whatever kind, in order."""
    for child in node.children:
        if child.tag == "Data":
            value = child.first("value")
            yield child.attributes.get("name", ""), value.content if value else ""
        elif child.tag == "SchemaData":
            for data in child.children:
                yield data.attributes.get("name", data.tag), data.content
        else:
            yield child.tag, child.content


def _numbered(name: str) -> Iterator[str]:
    """Give a name, and then the name with numbers from 2 on."""
    yield name
    yield from (f"{name} ({number})" for number in count(2))


def _shape(node: Node) -> bytes | None:
    found = [child for child in node.children if child.tag in (*_SIMPLE, *_OTHER, "MultiGeometry")]
    if not found:
        return None
    return _single(found[0]) if len(found) == 1 else _multi(list(_leaves(node)))


def _single(node: Node) -> bytes:
    if node.tag == "MultiGeometry":
        return _multi(list(_leaves(node)))
    if node.tag == "Polygon":
        return wkbwrite.polygon(_rings(node))
    if node.tag == "LinearRing":
        return wkbwrite.polygon([_positions(node)])
    if node.tag == "LineString":
        return wkbwrite.line(_positions(node))
    if node.tag == "Point":
        return wkbwrite.point((_positions(node) or [[]])[0])
    raise BadShape("wrong_geometry", found=node.tag)


def _leaves(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.tag == "MultiGeometry":
            yield from _leaves(child)
        elif child.tag in (*_SIMPLE, *_OTHER):
            yield child


def _multi(leaves: list[Node]) -> bytes:
    if not leaves:
        raise BadShape("empty_geometry")
    kinds = {"Polygon" if leaf.tag == "LinearRing" else leaf.tag for leaf in leaves}
    codes = {
        "Polygon": wkbwrite.MULTI_POLYGON,
        "LineString": wkbwrite.MULTI_LINE,
        "Point": wkbwrite.MULTI_POINT,
    }
    if len(kinds) > 1 or not kinds <= codes.keys():
        raise BadShape("wrong_geometry", found=" + ".join(sorted(kinds)))
    return wkbwrite.many(codes[kinds.pop()], [_single(leaf) for leaf in leaves])


def _rings(node: Node) -> list[list[list[float]]]:
    outer = [child for child in node.children if child.tag == "outerBoundaryIs"]
    if not outer:
        raise BadShape("empty_geometry")
    if len(outer) > 1 or len(_rings_of(outer[0])) > 1:
        raise BadShape("unreadable_geometry", reason="outerBoundaryIs > 1")
    holes = [ring for inner in node.all("innerBoundaryIs") for ring in _rings_of(inner)]
    return [_positions(outer[0]), *(_positions(hole) for hole in holes)]


def _rings_of(boundary: Node) -> list[Node]:
    return [child for child in boundary.children if child.tag == "LinearRing"]


def _positions(node: Node) -> list[list[float]]:
    every = list(node.all("coordinates"))
    if len(every) > 1:
        raise BadShape("unreadable_geometry", reason=f"coordinates × {len(every)}")
    written = every[0].content if every else ""
    if not written:
        raise BadShape("empty_geometry")
    found = []
    for each in written.replace(", ", ",").split():
        try:
            found.append([float(number) for number in each.split(",")[:2]])
        except ValueError as error:
            raise BadShape("bad_position", found=each[:60]) from error
    return found


def _part(name: str, placemarks: list[Placemark], decision: text.Decision, out: Output) -> None:
    columns = list(dict.fromkeys(key for placemark in placemarks for key in placemark.values))
    out.part(PartHead(name, columns, crs.describe("EPSG:4326"), decision.label, decision.source))
    if decision.source == "inferred":
        out.finding("encoding_declaration_wrong", declared="UTF-8", encoding=decision.label)
    for start in range(0, len(placemarks), BATCH_RECORDS):
        batch = placemarks[start : start + BATCH_RECORDS]
        for record, placemark in enumerate(batch, start + 1):
            if placemark.fault:
                out.reject(record, placemark.fault.rule, **placemark.fault.values)
        texts = [[placemark.values.get(column) for placemark in batch] for column in columns]
        out.batch(range(start + 1, start + len(batch) + 1), [placemark.shape for placemark in batch], texts)
    out.end_part()
