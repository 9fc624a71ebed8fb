"""What goes into reading a file and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo_app.errors import AnswerNeeded
from geo_app.ingest.shapes import Shapes
from geo_app.model import Finding, Rejection

ALL = "all"
SHIFTS = ("gcj02", "bd09")


@dataclass(frozen=True)
class Choices:
    """What a person has answered about a file; everything else is read or guessed.

    Attributes
    ----------
    crs : str or None
        ``EPSG:n``, with ``+yx`` behind it where the northing or latitude comes first.
    encoding : str or None
        Encoding of the attribute text.
    sublayer : str or None
        Name of one sublayer, or ``all``.
    columns : dict
        Our column to the file's; an empty name leaves ours unmapped. Besides the columns of
        `model.OUR_COLUMNS`, a table takes ``longitude latitude easting northing wkt``.
    status : str or None
        Status of every record of a file without a status column.
    units : dict
        Our column, ``quantity`` or ``declared_area``, to the unit its plain numbers are in.
    confirmed : tuple of str
        What a person has said yes to: ``crs:EPSG:n`` (a system that was inferred), ``totals`` (rows
        that add up others are left out), ``repairs`` (outlines whose area a repair changes),
        ``unit:t`` or ``unit:kg`` (in what weights are that may be a thousand times off),
        ``numbers:new`` or ``numbers:same`` (what rows are whose codes only number them; the last
        of both holds), or ``all``.
    shift : str or None
        ``gcj02`` or ``bd09``: the coordinates carry the shift of Chinese map services, which is
        to be taken out.
    """

    crs: str | None = None
    encoding: str | None = None
    sublayer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()
    shift: str | None = None

    def __post_init__(self) -> None:
        """Take lists as well, which is what stored answers come back as."""
        object.__setattr__(self, "confirmed", tuple(self.confirmed))

    def confirms(self, what: str) -> bool:
        """Tell whether a person has said yes to something."""
        return what in self.confirmed or ALL in self.confirmed

    def asks_the_same(self, other: "Choices") -> bool:
        """Tell whether a file would be read in the same way; what was confirmed only lets it pass."""
        return replace(self, confirmed=()) == replace(other, confirmed=())


@dataclass(frozen=True)
class RawPart:
    """One sublayer as it stands in the file, nothing interpreted.

    Attributes
    ----------
    sublayer : str
        Its name; the file's own name where it has none.
    crs : CRS or None
        As the file says.
    crs_name : str or None
        ``EPSG:n`` where the parameters are those of a known system, else the given name.
    encoding_need : AnswerNeeded or None
        To be raised before any text is used.
    records : ndarray of int64
        1-based number of each record; deleted ones are not listed.
    shapes : Shapes
        In the file's own coordinates; missing also where `rejections` says why.
    table : DataFrame of str
        The attributes as text; missing where empty. Column names are unique.
    decimals : dict
        Column to its declared number of decimals (shapefile only).
    """

    sublayer: str
    crs: pyproj.CRS | None
    crs_name: str | None
    encoding: str | None
    encoding_source: str | None
    encoding_need: AnswerNeeded | None
    records: np.ndarray
    shapes: Shapes
    table: pd.DataFrame
    decimals: Mapping[str, int]
    rejections: tuple[Rejection, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class RawFile:
    """A file as it stands: its format, all its sublayers by name, and those that were read."""

    name: str
    format: str
    sublayers: tuple[str, ...]
    parts: tuple[RawPart, ...]


@dataclass(frozen=True)
class Column:
    """A column of the file.

    Attributes
    ----------
    name : str
    ours : str or None
        Which of ours it is.
    first : str or None
        The first value in it.
    unit : str or None
        The unit it was read in.
    filled : int
        How many records have a value.
    fit : float or None
        Share of the rows that could be compared (with what is drawn, or with another column) whose
        value agrees with the unit; None where nothing could be compared.
    """

    name: str
    ours: str | None
    first: str | None
    unit: str | None
    filled: int
    fit: float | None = None


@dataclass(frozen=True)
class Reading:
    """A file read into a layer, with everything a person has to see before accepting it.

    Attributes
    ----------
    records, accepted : int
        ``accepted + len(rejected) == records``.
    crs, crs_source : str
        ``crs_source`` is ``file``, ``user``, ``inferred`` (and confirmed) or ``none`` (no record has
        a place; crs is None). A system without a code is given as a PROJ string.
    encoding_source : str
        ``file``, ``user`` or ``inferred``.
    units : dict
        Our column to the unit it was read in.
    sites : GeoDataFrame
        The accepted records as a site frame (`model.SITE_COLUMNS`, EPSG:4490).
    total : int
        Sum of the amounts, in stored parts; of an outline that was repaired what it covers now.
    """

    format: str
    sublayers: tuple[str, ...]
    records: int
    accepted: int
    rejected: list[Rejection]
    crs: str | None
    crs_source: str
    encoding: str | None
    encoding_source: str | None
    columns: tuple[Column, ...]
    units: Mapping[str, str]
    findings: list[Finding]
    sites: gpd.GeoDataFrame
    total: int
