"""Several sublayers as one."""

from dataclasses import replace

import numpy as np
import pandas as pd

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest import shapes
from geo_app.ingest.contract import RawFile, RawPart
from geo_app.model import Finding, Rejection


def joined(raw: RawFile) -> RawPart:
    """Put the sublayers of a file behind each other; record numbers go on from one to the next.

    Raises
    ------
    Refused
        If they are in different coordinate systems.
    """
    if len(raw.parts) == 1:
        return raw.parts[0]
    systems = sorted({part.crs_name or "-" for part in raw.parts if len(part.records)})
    if len(systems) > 1:
        raise Refused(
            N_("The sublayers of {file} are in different coordinate systems ({systems}). Read them one by one."),
            file=raw.name,
            systems=", ".join(systems),
        )
    parts = shifted(raw)
    first = next((part for part in parts if len(part.records)), parts[0])
    return replace(
        first,
        sublayer=raw.name,
        encoding_need=next((part.encoding_need for part in parts if part.encoding_need), None),
        records=np.concatenate([part.records for part in parts]),
        shapes=shapes.joined([part.shapes for part in parts]),
        table=pd.concat([part.table for part in parts], ignore_index=True),
        decimals={name: count for part in parts for name, count in part.decimals.items()},
        rejections=tuple(each for part in parts for each in part.rejections),
        findings=tuple(each for part in parts for each in part.findings),
    )


def shifted(raw: RawFile) -> list[RawPart]:
    """Give the sublayers with record numbers that go on from one to the next."""
    parts, offset = [], 0
    for part in raw.parts:
        parts.append(_shifted(part, offset))
        offset += int(part.records.max(initial=0))
    return parts


def _shifted(part: RawPart, offset: int) -> RawPart:
    return replace(
        part,
        records=part.records + offset,
        rejections=tuple(Rejection(each.record + offset, each.rule, each.values) for each in part.rejections),
        findings=tuple(Finding(each.rule, each.record and each.record + offset, each.values) for each in part.findings),
    )
