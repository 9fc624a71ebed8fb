"""Documents made by the tests: PDF by hand, DOCX by python-docx, both whole and hostile."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import docx
from pypdf import PdfWriter

SENTENCE = "恢复被非法开垦和占用的草原11.5万亩，清理危险废物5.8万吨。"
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
)
_PICTURE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
    b"/Length 1>>stream\n\xff\nendstream"
)


def _content(lines: Sequence[str]) -> bytes:
    shown = b"".join(b"<%s> Tj 0 -16 Td " % line.encode("utf-16-be").hex().encode() for line in lines)
    return b"BT /F1 12 Tf 72 720 Td %s ET" % shown


def pdf(path: Path, pages: Sequence[Sequence[str]], stream: bytes | None = None) -> Path:
    """A PDF; each page has lines of text, or else a picture. `stream` is a whole content stream instead."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _FONT, _PICTURE]
    kids = []
    for lines in pages:
        body = _content(lines) if lines else b"q 600 0 0 800 0 0 cm /X1 Do Q"
        objects.append(stream or b"<</Length %d>>stream\n%s\nendstream" % (len(body), body))
        held = b"/Font<</F1 3 0 R>>" if lines else b"/XObject<</X1 4 0 R>>"
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<<%s>>>>" % (
            len(objects),
            held,
        )
        objects.append(page)
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def pdf_bomb(path: Path) -> Path:
    """A PDF whose page is half a gigabyte of blanks, packed twice."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(512)) + packer.flush()
    twice = zlib.compress(packed, 9)
    stream = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(twice), twice)
    return pdf(path, [["x"]], stream)


def encrypted_pdf(path: Path, *, user: str) -> Path:
    """A PDF behind a password; with an empty one it opens for reading, and is only protected against changes."""
    writer = PdfWriter(clone_from=pdf(path, [[SENTENCE]]))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="RC4-128")
    with path.open("wb") as target:
        writer.write(target)
    return path


def word(path: Path, paragraphs: Sequence[str] = (SENTENCE,), table: Sequence[Sequence[str]] = ()) -> Path:
    """A Word document of paragraphs and a table."""
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    path.write_bytes(content.getvalue())
    return path


def changed(path: Path, members: Mapping[str, bytes]) -> Path:
    """Put other members in the place of some of an archive."""
    with zipfile.ZipFile(path) as source:
        kept = {name: source.read(name) for name in source.namelist()} | members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in kept.items():
            target.writestr(name, content)
    return path


def word_with(path: Path, body: str, *, head: str = "") -> Path:
    """A Word document with a body of its own."""
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="urn:mc"'
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {spaces}><w:body>{body}</w:body></w:document>'
    return changed(word(path), {"word/document.xml": xml.encode()})


def ole(path: Path, stream: str) -> Path:
    """What begins as an OLE container and names a stream."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + stream.encode("utf-16-le") + bytes(512))
    return path
