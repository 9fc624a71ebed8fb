"""Totals: gross as drawn or written, net as counted, by group."""

from dataclasses import dataclass

import pandas as pd

GROUPS = ("district", "year", "status")


@dataclass(frozen=True)
class Total:
    """One line of a total.

    Attributes
    ----------
    key : str or None
        District code, year or status; None where it is not known, or when there is one group.
    gross, net : int
        Stored parts of the layer's measure.
    sites, counted_sites, missing : int
        All sites; those of which something counts; those without an amount.
    """

    layer: str
    key: str | None
    gross: int
    net: int
    sites: int
    counted_sites: int
    missing: int


def totals(sites: pd.DataFrame, layer: str, by: str | None = None) -> list[Total]:
    """Add up the sites of one layer.

    Parameters
    ----------
    sites : DataFrame
        ``amount``, ``counted`` (Int64, stored parts), ``district``, ``status``, ``completed_on``.
        A missing amount is no amount: it adds nothing and is counted as missing.
    by : one of `GROUPS`, or None for one total

    Returns
    -------
    list of Total
        Sorted by key, the unknown group last; without sites and without `by`, one line of zeros.
    """
    if by is None:
        return [_total(layer, None, sites)]
    keys = sites["completed_on"].str[:4] if by == "year" else sites[by]
    groups = sites.groupby(keys.astype(object).where(keys.notna(), ""), sort=True)
    lines = [_total(layer, str(key) or None, group) for key, group in groups]
    return sorted(lines, key=lambda line: (line.key is None, line.key or ""))


def _total(layer: str, key: str | None, sites: pd.DataFrame) -> Total:
    return Total(
        layer=layer,
        key=key,
        gross=int(sites["amount"].sum()),
        net=int(sites["counted"].sum()),
        sites=len(sites),
        counted_sites=int((sites["counted"] > 0).sum()),
        missing=int(sites["amount"].isna().sum()),
    )
