"""The things that cross the borders inside Landproof.

One thing is a frozen dataclass. Many sites are a *site frame*: a GeoDataFrame in EPSG:4490,
one row a site, with the columns of `SITE_COLUMNS`.
"""

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

STATUSES = ("planned", "ongoing", "finished", "verified", "relapsed")
COUNTING_STATUSES = frozenset({"finished", "verified"})
VERDICTS = ("borne out", "short", "over", "no evidence")
SEVERITIES = ("severe", "check", "note")

# what a person can map a file's columns to
OUR_COLUMNS = (
    "code",
    "name",
    "district",
    "status",
    "started_on",
    "completed_on",
    "quantity",
    "declared_area",
    "note",
)

# columns of a site frame besides `geometry` (lon/lat, EPSG:4490, None where there is no place)
SITE_COLUMNS = (
    "record",  # 1-based number of the record in its file
    "code",  # None where the file has no code; the store then makes one of upload and record
    "ordinal",  # 1 for the first record of a code in its file, 2 for the next, also if one is left out …
    "name",
    "stated_district",  # as written in the file
    "district",  # boundary code of the largest part, None where it cannot be told
    "outside_m",  # metres from the nearest district, 0 inside, NaN without a place
    "status",  # one of STATUSES, None where empty or not understood
    "started_on",  # ISO date text or None; a year or month alone is kept as written
    "completed_on",
    "amount",  # Int64, the layer's measure in stored parts, as drawn or written; <NA> where missing
    "declared_area",  # Int64, cm²; <NA> where missing
    "note",
    "drawn",  # WKB in the file's CRS of an outline that was repaired, None of any other
)


@dataclass(frozen=True)
class Text:
    """One phrase in both languages."""

    en: str
    zh: str

    def __getitem__(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


class SiteKey(NamedTuple):
    """What a site is found by whichever of its versions holds."""

    layer: str
    code: str
    ordinal: int


@dataclass(frozen=True)
class Rejection:
    """A record that was left out: its 1-based number, the rule and what fills its sentence."""

    record: int
    rule: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Something a person should look at. `record` is None when it concerns the whole file."""

    rule: str
    record: int | None = None
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One reported figure.

    Attributes
    ----------
    layer : str
        Layer id.
    printed : str
        The figure as printed, e.g. ``11.5万亩``.
    measure : str
        Key of `units.MEASURES`.
    reported, low, high : Fraction
        Canonical units; the printed words mean ``low <= x < high``, for a count ``low == high``; `high` is
        None where they name no upper end, as in 超过280万亩.
    unit_word : str
        The printed unit, e.g. ``万亩``.
    quote : str
        The words around the figure as printed, itself among them; empty where they are not kept.
    qualifier : str
        ``exact about over nearly``.
    period : tuple of date, optional
        First and last day that this figure is of, where they are not those of its report.
    why : str
        Why a person has set another interval than the printed words give; empty where nobody has.
    """

    layer: str
    printed: str
    measure: str
    reported: Fraction
    low: Fraction
    high: Fraction | None
    unit_word: str
    quote: str = ""
    qualifier: str = "exact"
    period: tuple[dt.date, dt.date] | None = None
    why: str = ""


@dataclass(frozen=True)
class Report:
    """A published document with its claims.

    Attributes
    ----------
    period : tuple of date or None
        First and last day; None when the document states none.
    sha256 : str
        Of the document, where it is kept.
    """

    id: str
    title: Text
    publisher: Text
    published_on: dt.date
    place: str
    place_name: Text
    period: tuple[dt.date, dt.date] | None
    language: str
    claims: tuple[Claim, ...]
    sha256: str = ""

    def period_of(self, claim: Claim) -> tuple[dt.date, dt.date] | None:
        """Return the first and the last day that a claim is of; None where neither it nor the report says."""
        return claim.period or self.period


@dataclass(frozen=True)
class Step:
    """One step of a bridge: its name, the signed change in stored parts, and how many sites are behind it."""

    name: str
    amount: int
    sites: int


@dataclass(frozen=True)
class Verdict:
    """A claim held against its net total.

    Attributes
    ----------
    gross, net : int
        Stored parts of the claim's measure.
    gap : Fraction
        Signed distance from net to the nearest end of the interval, canonical units, 0 inside.
    difference : Fraction
        Net minus reported, canonical units.
    word : str
        One of `VERDICTS`.
    sites : int
        How many sites the layer holds.
    steps : tuple of Step
        How the layer gets from what it declares to net; empty where that was not asked for.
    """

    claim: Claim
    gross: int
    net: int
    gap: Fraction
    difference: Fraction
    word: str
    sites: int
    steps: tuple[Step, ...] = ()
