"""Which format a file is: what its name says and what its bytes say must agree."""

from pathlib import Path, PurePath

from geo_app.errors import UnreadableFile, UnsupportedFormat
from geo_app.i18n import N_
from geo_app.ingest.formats import OTHER, REFUSED, SUFFIXES

HEAD_BYTES = 4096
OLE = "Office 97"
ZIP, SQLITE, SHP, PARQUET, JSON, XML, TEXT = "ZIP", "SQLite", ".shp", "Parquet", "JSON", "XML", "text"

_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"SQLite format 3\x00", SQLITE),
    (b"\x00\x00\x27\x0a", SHP),
    (b"PAR1", PARQUET),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"fgb\x03", "FlatGeobuf"),
)
# suffix -> (format, what the bytes have to be)
_EXPECTED = {
    ".shp": ("shapefile", (SHP,)),
    ".zip": ("zip", (ZIP,)),
    ".kmz": ("kmz", (ZIP,)),
    ".xlsx": ("xlsx", (ZIP,)),
    ".gpkg": ("gpkg", (SQLITE,)),
    ".geojson": ("geojson", (JSON, TEXT, "")),
    ".json": ("geojson", (JSON, TEXT, "")),
    ".kml": ("kml", (XML,)),
    ".parquet": ("geoparquet", (PARQUET,)),
    ".geoparquet": ("geoparquet", (PARQUET,)),
    ".csv": ("csv", (TEXT, "")),
    ".tsv": ("csv", (TEXT, "")),
    ".txt": ("csv", (TEXT, "")),
}
# byte order mark -> codec and name of the text behind it; those of UTF-32 begin with those of UTF-16
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe\0\0", "utf-32", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)


def identify(path: Path, name: str) -> str:
    """Tell the format of a file, ``zip`` for an archive that has to be looked into.

    Raises
    ------
    UnsupportedFormat
        If its suffix is of a kind that is not read.
    UnreadableFile
        If it is empty, or its bytes are of another kind than its name says.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in _EXPECTED:
        kind, template = REFUSED.get(suffix, ("", OTHER))
        raise UnsupportedFormat(template, file=name, kind=kind, expected=", ".join(SUFFIXES))
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise UnreadableFile(N_("{file} is empty. Send the file again."), file=name)
    format_id, kinds = _EXPECTED[suffix]
    found = sniff(head)
    if found == OLE and suffix == ".xlsx":
        raise UnreadableFile(
            N_("{file} is named .xlsx, but is an old .xls, or behind a password. Save it as .xlsx without a password."),
            file=name,
        )
    if found not in kinds:
        raise UnreadableFile(
            N_("{file} is named {suffix}, but holds {found}; expected {expected}. Give it the name of what it is."),
            file=name,
            suffix=suffix,
            found=found or "unknown bytes",
            expected=kinds[0],
        )
    return format_id


def unmarked(content: bytes) -> str | None:
    r"""Tell the codec of UTF-16 without a mark: its spaces and commas have a zero before or behind them, never both.

    Examples
    --------
    >>> unmarked("编号,a b\n".encode("utf-16-le")), unmarked(b"a,b")
    ('utf-16-le', None)
    """
    head = content[:HEAD_BYTES]
    places = [at for at, byte in enumerate(head) if not byte]
    if len(places) < 2 or len({at % 2 for at in places}) > 1 or b"\0\0" in head:
        return None
    codec = "utf-16-le" if places[0] % 2 else "utf-16-be"
    try:
        head[: len(head) // 2 * 2 - 2].decode(codec)
    except UnicodeDecodeError:
        return None
    return codec


def sniff(head: bytes) -> str:
    r"""Name what bytes are by how they begin; empty where nothing fits.

    Examples
    --------
    >>> sniff(b"PK\x03\x04..."), sniff(b'  {"type"'), sniff(b"name,area"), sniff(bytes(9))
    ('ZIP', 'JSON', 'text', '')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    is_wide = unmarked(head) is not None or any(head.startswith(mark) for mark, _, name in MARKS if name != "UTF-8")
    if b"\x00" in head and not is_wide:
        return ""
    for mark, _, _ in MARKS:
        head = head.removeprefix(mark)
    start = head.replace(b"\x00", b"").lstrip()[:1]
    return {b"{": JSON, b"[": JSON, b"<": XML}.get(start, TEXT)
