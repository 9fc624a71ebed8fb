"""Files whose codes only number their rows: whether they are about the sites that bear these numbers."""

from dataclasses import fields, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_app.differences import are_others, matched
from geo_app.errors import AnswerNeeded
from geo_app.i18n import N_
from geo_app.ingest import ALL, Choices, Reading
from geo_app.model import Finding

RULE = "running_number"
NEW, SAME = "numbers:new", "numbers:same"
_NEW_FIRST = N_(
    "Column {column!r} of {file} only numbers the rows, and {count} of the numbers belong to other sites of the layer, "
    "first {code} (record {record}). Say with {option} whether the rows are new sites / new versions of those."
)
_SAME_FIRST = N_(
    "Column {column!r} of {file} only numbers the rows, and {count} of the numbers seem to be those of other sites of "
    "the layer, first {code} (record {record}). Say with {option} whether they are new versions of those / new sites."
)


def settled(now: gpd.GeoDataFrame, reading: Reading, choices: Choices, mode: str, file: str) -> Reading:
    """Take the codes away from a reading whose rows were said to be new sites; ask where nobody has said so.

    Only rows that a merge would make new versions of what seem to be other sites are asked about.

    Parameters
    ----------
    now : GeoDataFrame
        The layer's current sites.
    mode : str
        What the upload does to its layer; only ``merge`` matches by code alone.
    file : str
        For the sentence.

    Raises
    ------
    AnswerNeeded
        With what was read in `known`.
    """
    running = next((each for each in reading.findings if each.rule == RULE), None)
    if mode != "merge" or running is None:
        return reading
    coming = matched(now, reading.sites)
    others = are_others(pd.DataFrame(now), pd.DataFrame(coming))
    if not others.any():
        return reading
    is_most = 2 * int(others.sum()) > int(coming["before"].notna().sum())
    proposals = (NEW, SAME) if is_most else (SAME, NEW)
    said = [each for each in choices.confirmed if each in proposals]
    if not said and ALL not in choices.confirmed:
        raise _question(reading, running, coming[others], proposals, file)
    return _uncoded(reading) if (said[-1] if said else proposals[0]) == NEW else reading


def _question(
    reading: Reading, running: Finding, others: gpd.GeoDataFrame, proposals: tuple[str, str], file: str
) -> AnswerNeeded:
    column, first = str(running.values["column"]), others.iloc[0]
    options = {NEW: "--mode add", SAME: f"--column code={column}"}
    need = AnswerNeeded(
        _NEW_FIRST if proposals[0] == NEW else _SAME_FIRST,
        needs="confirmation",
        option=f"--accept / {options[proposals[1]]}",
        choices=proposals,
        column=column,
        file=file,
        count=len(others),
        code=first["code"],
        record=int(first["record"]),
    )
    need.known = {each.name: getattr(reading, each.name) for each in fields(reading) if each.name != "sites"}
    return need


def _uncoded(reading: Reading) -> Reading:
    sites = reading.sites.assign(code=None, ordinal=np.int64(1))
    findings = [each for each in reading.findings if each.rule not in (RULE, "code_from_row", "repeated_code")]
    return replace(reading, sites=sites, findings=[*findings, Finding("code_from_row", None, {"count": len(sites)})])
