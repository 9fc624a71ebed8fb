"""Reported figures: what their printed digits mean, and whether the ground bears them out."""

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from geo_app.errors import NotFound, ReportError
from geo_app.extraction.quantities import read
from geo_app.i18n import N_
from geo_app.model import Claim, Report, Step, Text, Verdict
from geo_app.units import from_parts

_KEYS = {"title", "publisher", "published_on", "place", "place_name", "language", "claim"}


def read_printed(printed: str) -> tuple[str, Fraction, Fraction, Fraction, str]:
    """Read a printed figure and the interval that its digits mean.

    The rule is `extraction.quantities.Quantity.interval`.

    Parameters
    ----------
    printed : str
        Digits and a unit, e.g. ``11.5万亩``, with the words that qualify them: ``近120亩``.

    Returns
    -------
    (measure, value, low, high, unit_word)
        Value and ends in canonical units.

    Raises
    ------
    ReportError
        If the digits or the unit are not understood, or the words leave the upper end open.

    Examples
    --------
    >>> measure, value, low, high, word = read_printed("254.2吨")
    >>> measure, float(low), float(high), word
    ('mass', 254.15, 254.25, '吨')
    """
    quantity = read(printed.strip())
    low, high = quantity.interval if quantity else (None, None)
    if quantity is None or low is None or high is None:
        raise ReportError(
            N_("The figure {printed!r} is not understood; expected digits and a known unit, such as 11.5万亩."),
            printed=printed,
        )
    return quantity.measure, quantity.canonical, low, high, quantity.unit


def judge(claim: Claim, gross: int, net: int, sites: int, steps: tuple[Step, ...] = ()) -> Verdict:
    """Hold a claim against the totals of its layer.

    Parameters
    ----------
    gross, net : int
        Stored parts of the claim's measure.
    sites : int
        Number of sites in the layer.
    steps : tuple of Step
        Of the layer's bridge.
    """
    found = from_parts(net, claim.measure)
    gap, word = Fraction(0), "borne out"
    if gross == 0 and net == 0:
        gap, word = found - claim.low, "no evidence"
    elif found < claim.low:
        gap, word = found - claim.low, "short"
    elif claim.high is not None and (found > claim.high or (found == claim.high and claim.low < claim.high)):
        gap, word = found - claim.high, "over"
    return Verdict(claim, gross, net, gap, found - claim.reported, word, sites, steps)


def load_reports(folder: Path, measures: Mapping[str, str]) -> dict[str, Report]:
    """Read every report file of a folder.

    Parameters
    ----------
    folder : Path
        Holds one TOML file a report; the id is the file's stem.
    measures : mapping
        Layer id to its measure; a claim has to fit its layer.

    Raises
    ------
    ReportError
        Names the file, what was found and what was expected.
    """
    return {path.stem: _read_report(path, measures) for path in sorted(folder.glob("*.toml"))}


def find_report(reports: Mapping[str, Report], report_id: str) -> Report:
    """Return a report, or raise NotFound with the ids that exist."""
    if report_id not in reports:
        raise NotFound(
            N_("There is no report {report!r}. The reports are: {known}."), report=report_id, known=", ".join(reports)
        )
    return reports[report_id]


def _read_report(path: Path, measures: Mapping[str, str]) -> Report:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReportError(N_("{file} cannot be read as TOML: {error}."), file=path.name, error=error) from error
    wrong = sorted(_KEYS - set(data)) + sorted(set(data) - _KEYS - {"period"})
    if wrong:
        raise ReportError(
            N_("{file}: the keys {wrong} are missing or unknown; expected {known}."),
            file=path.name,
            wrong=", ".join(wrong),
            known=", ".join(sorted(_KEYS | {"period"})),
        )
    period = data.get("period")
    return Report(
        id=path.stem,
        title=Text(**data["title"]),
        publisher=Text(**data["publisher"]),
        published_on=data["published_on"],
        place=data["place"],
        place_name=Text(**data["place_name"]),
        period=(period["from"], period["to"]) if period else None,
        language=data["language"],
        claims=tuple(_claim(path.name, each, measures) for each in data["claim"]),
    )


def _claim(file: str, data: Mapping[str, str], measures: Mapping[str, str]) -> Claim:
    layer, printed = data["layer"], data["printed"]
    measure, value, low, high, word = read_printed(printed)
    if measures.get(layer) != measure:
        raise ReportError(
            N_("{file}: {printed!r} is measured by {measure}, but layer {layer!r} is measured by {expected}."),
            file=file,
            printed=printed,
            measure=measure,
            layer=layer,
            expected=measures.get(layer, "?"),
        )
    quote = data.get("quote", "")
    if quote and quote.count(printed) != 1:
        raise ReportError(
            N_("{file}: the quote {quote!r} has to hold the figure {printed!r} once."),
            file=file,
            quote=quote,
            printed=printed,
        )
    return Claim(layer, printed, measure, value, low, high, word, quote)
