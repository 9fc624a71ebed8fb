"""Reading files: from untrusted bytes to a site frame with every record accounted for.

`read_raw` has a child process without network read the bytes; `read_sites` makes sites of what
it tells, by the declarations of a layer and the answers of a person.
"""

from geo_app.ingest.areas import Areas, read_areas
from geo_app.ingest.bundle import bundle
from geo_app.ingest.contract import ALL, SHIFTS, Choices, Column, RawFile, RawPart, Reading
from geo_app.ingest.crs import Placing, place
from geo_app.ingest.documents import DOCUMENT_KINDS, Document, read_document
from geo_app.ingest.formats import FORMATS, Format
from geo_app.ingest.process import Limits
from geo_app.ingest.raw import read_raw
from geo_app.ingest.sites import read_sites

__all__ = [
    "ALL",
    "DOCUMENT_KINDS",
    "FORMATS",
    "SHIFTS",
    "Areas",
    "Choices",
    "Column",
    "Document",
    "Format",
    "Limits",
    "Placing",
    "RawFile",
    "RawPart",
    "Reading",
    "bundle",
    "place",
    "read_areas",
    "read_document",
    "read_raw",
    "read_sites",
]
