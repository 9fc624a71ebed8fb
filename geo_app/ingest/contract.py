"""What goes into reading a file and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo_app.errors import AnswerNeeded
from geo_app.model import Finding, Rejection

ALL = "all"


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
    """

    crs: str | None = None
    encoding: str | None = None
    sublayer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None


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
    geometry : ndarray of shapely geometries or None
        In the file's own coordinates; None also where `rejections` says why.
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
    geometry: np.ndarray
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
    """A column of the file: its name, which of ours it is, a value, its unit, how many are filled."""

    name: str
    ours: str | None
    first: str | None
    unit: str | None
    filled: int


@dataclass(frozen=True)
class Reading:
    """A file read into a layer, with everything a person has to see before accepting it.

    Attributes
    ----------
    records, accepted : int
        ``accepted + len(rejected) == records``.
    crs, crs_source : str
        ``crs_source`` is ``file``, ``user`` or ``none`` (no record has a place; crs is None).
    encoding_source : str
        ``file``, ``user`` or ``inferred``.
    units : dict
        Our column to the unit it was read in.
    sites : GeoDataFrame
        The accepted records as a site frame (`model.SITE_COLUMNS`, EPSG:4490).
    total : int
        Sum of the amounts, in stored parts.
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
