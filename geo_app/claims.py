"""Reported figures: what their printed digits mean, and whether the ground bears them out."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from geo_app.errors import NotFound, ReportError
from geo_app.extraction.quantities import read
from geo_app.i18n import N_
from geo_app.model import Claim, Report, Step, Verdict
from geo_app.units import from_parts


def claim_printed(layer: str, printed: str, qualifier: str | None = None) -> Claim:
    """Make a claim of a layer from a printed figure; its interval is what the digits and words mean.

    The rule is `extraction.quantities.Quantity.interval`.

    Parameters
    ----------
    printed : str
        Digits and a unit, e.g. ``11.5万亩``, with the words that qualify them: ``近120亩``.
    qualifier : str, optional
        ``exact about over nearly``, where words that are not printed with it say so.

    Raises
    ------
    ReportError
        If the digits or the unit are not understood.

    Examples
    --------
    >>> claim = claim_printed("waste_household", "254.2吨")
    >>> claim.measure, float(claim.low), float(claim.high), claim.unit_word
    ('mass', 254.15, 254.25, '吨')
    """
    quantity = read(printed.strip())
    if quantity is None:
        raise ReportError(
            N_("The figure {printed!r} is not understood; expected digits and a known unit, such as 11.5万亩."),
            printed=printed,
        )
    quantity = replace(quantity, qualifier=qualifier or quantity.qualifier)
    low, high = quantity.interval
    return Claim(
        layer,
        printed,
        quantity.measure,
        quantity.canonical,
        low,
        high,
        quantity.unit,
        qualifier=quantity.qualifier,
    )


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


def find_report(reports: Mapping[str, Report], report_id: str) -> Report:
    """Return a report, or raise NotFound with the ids that exist."""
    if report_id not in reports:
        raise NotFound(
            N_("There is no report {report!r}. The reports are: {known}."), report=report_id, known=", ".join(reports)
        )
    return reports[report_id]
