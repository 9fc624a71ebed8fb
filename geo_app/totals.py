"""Totals: gross as drawn or written, net as counted, by group."""

from collections.abc import Iterable
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
        Stored parts of the layer's measure. A missing amount is no amount: it adds nothing.
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


def in_order(lines: Iterable[Total]) -> list[Total]:
    """Sort the lines of one layer by key, the unknown group last."""
    return sorted(lines, key=lambda line: (line.key is None, line.key or ""))


def nothing(layer: str) -> Total:
    """Return the total of a layer without sites."""
    return Total(layer, None, 0, 0, 0, 0, 0)


def sum_up(sites: pd.DataFrame, layer: str, by: str | None = None) -> list[Total]:
    """Add up a layer's sites that are in memory.

    Parameters
    ----------
    sites : DataFrame
        ``amount``, ``counted`` (stored parts), ``district``, ``status``, ``completed_on``.
    by : one of `GROUPS`, or None for one line
    """
    if by is None:
        return [_line(layer, None, sites)]
    keys = sites["completed_on"].str[:4] if by == "year" else sites[by]
    groups = sites.groupby(keys.astype(object).where(keys.notna(), ""), sort=True)
    return in_order(_line(layer, str(key) or None, group) for key, group in groups)


def _line(layer: str, key: str | None, sites: pd.DataFrame) -> Total:
    counted = int((sites["counted"] > 0).sum())
    missing = int(sites["amount"].isna().sum())
    return Total(layer, key, int(sites["amount"].sum()), int(sites["counted"].sum()), len(sites), counted, missing)
