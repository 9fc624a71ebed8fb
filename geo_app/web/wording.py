"""Amounts, verdicts and states in words. Pure: a locale goes in, text comes out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from babel.dates import format_date

from geo_app.i18n import MINUS, N_, THIN, number, translate, with_unit
from geo_app.layers import Layer
from geo_app.model import Claim, Verdict
from geo_app.units import HECTARE, MEASURES, MU, from_parts, to_parts

VERDICT_WORDS = {
    "borne out": N_("Borne out"),
    "short": N_("Short"),
    "over": N_("Over"),
    "no evidence": N_("No evidence"),
}
# the class that shape and colour hang on
VERDICT_KINDS = {"borne out": "borne", "short": "short", "over": "over", "no evidence": "none"}
SEVERITY_WORDS = {"severe": N_("Severe"), "check": N_("Check"), "note": N_("Note")}
STATUS_WORDS = {
    "planned": N_("planned"),
    "ongoing": N_("ongoing"),
    "finished": N_("finished"),
    "verified": N_("verified"),
    "relapsed": N_("relapsed"),
}
MEASURE_WORDS = {
    "area": N_("Area"),
    "length": N_("Length"),
    "mass": N_("Mass"),
    "volume": N_("Volume"),
    "count": N_("Count"),
    "amount": N_("Money"),
}
REASON_WORDS = {
    "missing": N_("nothing to count: no amount or no area"),
    "invalid": N_("its outline crosses itself and cannot be measured"),
    "not_finished": N_("not finished"),
    "status_unknown": N_("status empty or not understood"),
    "outside_place": N_("outside the place of the report"),
    "duplicate": N_("the same as another site"),
    "overlap": N_("shares its ground with another site"),
    "outside_period": N_("outside the period of the report"),
    "contested": N_("its ground is also claimed by a layer that excludes this one"),
}
STATE_WORDS = {
    "received": N_("received"),
    "reading": N_("being read"),
    "ready": N_("waits for a decision"),
    "needs_input": N_("needs an answer"),
    "refused": N_("refused"),
    "accepted": N_("accepted"),
    "discarded": N_("discarded"),
}
FINDING_STATE_WORDS = {
    "open": N_("open"),
    "explained": N_("explained"),
    "dismissed": N_("dismissed"),
    "fixed": N_("fixed"),
}
COLUMN_WORDS = {
    "code": N_("code"),
    "name": N_("name"),
    "district": N_("district"),
    "status": N_("status"),
    "started_on": N_("started on"),
    "completed_on": N_("completed on"),
    "quantity": N_("quantity"),
    "declared_area": N_("declared area"),
    "note": N_("note"),
}
FIELD_WORDS = COLUMN_WORDS | {"amount": N_("quantity"), "geometry": N_("shape")}
MODE_WORDS = {
    "merge": N_("known codes become new versions, all other sites stay"),
    "replace": N_("the layer becomes what the file holds"),
    "add": N_("every record is a new site"),
}
SHIFT_WORDS = {
    "gcj02": N_("GCJ-02, is taken out"),
    "bd09": N_("BD-09, is taken out"),
}
CONFIRM_WORDS = {
    "totals": N_("Leave out the rows that add up others"),
    "repairs": N_("Use the repaired outlines"),
    "numbers:new": N_("The rows are new sites; their numbers are no codes"),
    "unit:t": N_("The weights are in tonnes"),
    "unit:kg": N_("The weights are in kilograms"),
    "numbers:same": N_("The rows are new versions of the sites with these numbers"),
}
CHANGE_WORDS = {
    "added": N_("Added"),
    "changed": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "missing": N_("In the store, not in the file"),
}
ACT_WORDS = {"accept": N_("accepted"), "undo": N_("undone"), "redo": N_("brought back")}
FORMAT_WORDS = {
    "shapefile": N_("Shapefile"),
    "gpkg": "GeoPackage",
    "geopackage": "GeoPackage",
    "gdb": N_("File geodatabase"),
    "geojson": "GeoJSON",
    "kml": "KML",
    "kmz": "KMZ",
    "geoparquet": "GeoParquet",
    "csv": "CSV",
    "xlsx": "XLSX",
}
SOURCE_WORDS = {
    "file": N_("as the file says"),
    "user": N_("as you said"),
    "inferred": N_("inferred from the text"),
    "none": N_("not needed"),
}
_PLACES = {"mass": ("t", "吨"), "volume": ("m³", "立方米")}
_UNITS = (
    ("mu", "亩"),
    ("ha", "公顷"),
    ("m²", "平方米"),
    ("km²", "平方公里"),
    ("m³", "立方米"),
    ("t", "吨"),
    ("kg", "公斤"),
    ("short tons", "短吨"),
    ("m", "米"),
    ("km", "公里"),
    ("CNY", "元"),
)
_UNIT_WORDS = {word: pair for pair in _UNITS for word in (*pair, pair[0].replace("²", "2").replace("³", "3"))}
_CHOOSABLE = {
    "area": ("亩", "ha", "m²", "km²", "万亩"),
    "mass": ("吨", "公斤", "万吨", "short tons"),
    "volume": ("m³", "万m³"),
    "length": ("m", "km"),
    "amount": ("元", "万元", "亿元"),
}
_BY_UNIT = {each.unit: measure for measure, each in MEASURES.items() if measure != "count"}
_KILOMETRE = 1000
_LARGE_T = 1000
_SMALL_MU = 100


def amount(parts: int | None, measure: str, locale: str, *, counted_as: str = "", fine: bool = False) -> str:
    """Write a stored amount with its unit.

    Parameters
    ----------
    parts : int or None
        Stored parts of `measure`; None is written as a dash.
    counted_as : str
        Chinese counting word of a count layer.
    fine : bool
        Write small areas with two decimals, as a verdict needs them.

    Examples
    --------
    >>> amount(751053333333, "area", "en")
    '112,658.0\u202fmu'
    >>> amount(20000000, "amount", "zh")
    '200,000元'
    """
    if parts is None:
        return "–"
    value = from_parts(parts, measure)
    if measure == "area":
        mu = value / MU
        return with_unit(number(mu, 2 if fine and 0 < abs(mu) < _SMALL_MU else 1), _word("mu", "亩", locale), locale)
    if measure == "length":
        return _length(value, locale)
    if measure == "amount":
        return money(value, locale)
    if measure == "count":
        return with_unit(number(value), counted_as if locale == "zh" else "", locale)
    en, zh = _PLACES[measure]
    return with_unit(number(value, 1 if abs(value) >= _LARGE_T else 2), _word(en, zh, locale), locale)


def signed(parts: int, measure: str, locale: str, *, counted_as: str = "") -> str:
    """Write a difference of stored amounts with its sign."""
    text = amount(parts, measure, locale, counted_as=counted_as)
    return f"+{text}" if parts > 0 else text


def money(value: Fraction, locale: str) -> str:
    """Write yuan; cents only where there are some."""
    text = number(value, 0 if value.denominator == 1 else 2)
    return f"{text}元" if locale == "zh" else f"CNY{THIN}{text}"


def hectares(parts: int | None, locale: str, decimals: int = 2) -> str:
    """Write a stored area in hectares."""
    if parts is None:
        return "–"
    return with_unit(number(from_parts(parts, "area") / HECTARE, decimals), _word("ha", "公顷", locale), locale)


def square_metres(parts: int | None, locale: str) -> str:
    """Write a stored area in square metres, to the square decimetre."""
    if parts is None:
        return "–"
    return with_unit(number(from_parts(parts, "area"), 2), _word("m²", "平方米", locale), locale)


def measured(value: Fraction, measure: str, locale: str, decimals: int = 3) -> str:
    """Write canonical units in the unit of the measure, without trailing zeros.

    Examples
    --------
    >>> measured(Fraction(230000000, 3), "area", "en")
    '115,000\u202fmu'
    """
    if measure == "amount":
        return money(value, locale)
    if measure == "area":
        return with_unit(_trimmed(value / MU, decimals), _word("mu", "亩", locale), locale)
    if measure == "length":
        return _length(value, locale)
    en, zh = _PLACES.get(measure, ("", ""))
    return with_unit(_trimmed(value, decimals), _word(en, zh, locale), locale)


def reading(claim: Claim, locale: str) -> str:
    """Write what a printed figure says, in the reader's manner; Chinese print needs none in Chinese."""
    return "" if locale == "zh" else measured(claim.reported, claim.measure, locale)


def gap_size(verdict: Verdict, locale: str, counted_as: str = "") -> str:
    """Write how far net is from the interval, without a sign."""
    size = abs(verdict.gap)
    unit = MU if verdict.claim.measure == "area" else 1
    decimals = 1 if size / unit >= 1 else 3
    text = measured(size, verdict.claim.measure, locale, decimals)
    return f"{text}{counted_as}" if verdict.claim.measure == "count" and locale == "zh" else text


def gap_phrase(verdict: Verdict, locale: str, counted_as: str = "") -> str:
    """Write the gap of a verdict as a phrase; empty when it is borne out."""
    size = gap_size(verdict, locale, counted_as)
    if verdict.word == "short":
        return translate(N_("short by {gap}"), locale, gap=size)
    if verdict.word == "over":
        return translate(N_("over by {gap}"), locale, gap=size)
    return nothing_there(verdict, locale) if verdict.word == "no evidence" else ""


def nothing_there(verdict: Verdict, locale: str) -> str:
    """Say why there is no evidence."""
    measure = verdict.claim.measure
    if verdict.sites == 0:
        ledger = measure in ("amount", "count", "mass")
        return translate(N_("no ledger row") if ledger else N_("no site"), locale)
    what = N_("{n} sites, no area") if measure == "area" else N_("{n} sites, no amount")
    if verdict.sites == 1:
        what = N_("1 site, no area") if measure == "area" else N_("1 site, no amount")
    return translate(what, locale, n=number(verdict.sites))


def by_gap(verdicts: Sequence[Verdict], layers: Mapping[str, Layer]) -> list[Verdict]:
    """Order verdicts: largest gap of its figure first, then no evidence, then those borne out."""

    def place(verdict: Verdict) -> tuple[int, Fraction, int]:
        rank = {"short": 0, "over": 0, "no evidence": 1}.get(verdict.word, 2)
        share = -abs(verdict.gap) / (verdict.claim.reported or 1) if rank == 0 else Fraction(0)
        return rank, share, layers[verdict.claim.layer].order

    return sorted(verdicts, key=place)


def answer(verdicts: Sequence[Verdict], layers: Mapping[str, Layer], locale: str) -> str:
    """Answer the question of the start page in one sentence."""
    borne = sum(verdict.word == "borne out" for verdict in verdicts)
    if borne == len(verdicts):
        return translate(N_("All {all} figures are borne out."), locale, all=len(verdicts))
    first = by_gap(verdicts, layers)[0]
    layer = layers[first.claim.layer]
    title = layer.title[locale]
    values = {
        "n": borne,
        "all": len(verdicts),
        "name": title if locale == "zh" else title[:1].lower() + title[1:],
        "gap": gap_size(first, locale, layer.counted_as.zh),
    }
    if first.word == "short":
        return translate(N_("{n} of {all} figures are borne out; {name} is short by {gap}."), locale, **values)
    if first.word == "over":
        return translate(N_("{n} of {all} figures are borne out; {name} is over by {gap}."), locale, **values)
    return translate(N_("{n} of {all} figures are borne out; for {name} there is no evidence."), locale, **values)


def measured_by_rule(value: float | None, unit: str, locale: str) -> str:
    """Write what a rule measured, in the unit that the rule names.

    Examples
    --------
    >>> measured_by_rule(41.0, "days", "en"), measured_by_rule(None, "m", "en")
    ('41 days', '–')
    >>> measured_by_rule(179266.6, "m2", "zh")
    '268.9亩'
    """
    if value is None:
        return "–"
    if unit in _BY_UNIT:
        return amount(to_parts(value, _BY_UNIT[unit]), _BY_UNIT[unit], locale, fine=True)
    if unit == "days":
        return translate(N_("{n} days") if value != 1 else N_("1 day"), locale, n=number(value))
    if unit == "degrees":
        return f"{_trimmed(Fraction(value), 1)}°"
    return f"{_trimmed(Fraction(value), 1)}{THIN}%" if unit == "%" else _trimmed(Fraction(value), 3)


def unit_word(word: str | None, locale: str) -> str:
    """Write a unit as the reader's language has it; the words of a file stay as they are."""
    if not word:
        return ""
    return _UNIT_WORDS.get(word, (word, word))[locale == "zh"]


def units_of(measure: str) -> tuple[str, ...]:
    """Name the units that a column of a measure may be said to be in, as `ingest.Choices.units` takes them.

    Examples
    --------
    >>> units_of("mass")
    ('吨', '公斤', '万吨', 'short tons')
    """
    return _CHOOSABLE.get(measure, ())


def day(value: dt.date | str | None, locale: str) -> str:
    """Write a date; a year or a month alone stays as it is written."""
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value[:10])
        except ValueError:
            return str(value)
    return format_date(value, "d MMM y" if locale == "en" else "long", locale=locale) if value else ""


def moment(value: str | None, locale: str) -> str:
    """Write a UTC time in the zone of this machine."""
    if not value:
        return ""
    local = dt.datetime.fromisoformat(value).astimezone()
    return f"{day(local.date(), locale)}{' ' if locale == 'zh' else ', '}{local:%H:%M}"


def file_size(size: int, locale: str) -> str:
    """Write a number of bytes as kB or MB."""
    if size < 1_000_000:
        return with_unit(number(max(size / 1000, 0.1), 0 if size >= 10_000 else 1), "kB", "en")
    return with_unit(number(size / 1_000_000, 1), "MB", "en")


def _length(metres: Fraction, locale: str) -> str:
    if abs(metres) >= _KILOMETRE:
        return with_unit(number(metres / _KILOMETRE, 2), _word("km", "公里", locale), locale)
    return with_unit(number(metres, 1), _word("m", "米", locale), locale)


def _word(en: str, zh: str, locale: str) -> str:
    return zh if locale == "zh" else en


def _trimmed(value: Fraction, decimals: int) -> str:
    text = number(value, decimals)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", MINUS, f"{MINUS}0") else text
