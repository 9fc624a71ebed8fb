"""Totals: gross as drawn or written, net as counted, by group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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


def sum_up(groups: Iterable[Mapping[str, Any]], layer: str, by: str | None = None) -> list[Total]:
    """Add up the groups of a layer's bridge.

    Parameters
    ----------
    groups : iterable of mappings
        ``district status year`` and the sums, see `bridge.Bridge`.
    by : one of `GROUPS`, or None for one line
    """
    lines: dict[str | None, list[int]] = {}
    for group in groups:
        sums = lines.setdefault(group[by] if by else None, [0] * len(_SUMS))
        for at, name in enumerate(_SUMS):
            sums[at] += int(group[name])
    return in_order(Total(layer, key, *sums) for key, sums in lines.items())


_SUMS = ("gross", "net", "sites", "counted_sites", "missing")
