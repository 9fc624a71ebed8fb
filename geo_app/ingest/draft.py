"""A file on its way to sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from geo_app.ingest.contract import RawPart
from geo_app.layers import Layer
from geo_app.model import Finding, Rejection


@dataclass
class Draft:
    """A part on its way to sites: what each row is rejected for, and what was found.

    Attributes
    ----------
    mapping : dict
        Our column to the file's.
    rejections : dict
        Row (not record) to its rejection.
    units : dict
        Our column to the unit it was read in.
    """

    part: RawPart
    layer: Layer
    mapping: Mapping[str, str]
    rejections: dict[int, Rejection] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self.part.records)

    @property
    def kept(self) -> np.ndarray:
        """Tell which rows are not rejected so far."""
        kept = np.ones(self.size, bool)
        kept[list(self.rejections)] = False
        return kept

    def reject(self, row: int, rule: str, **values: object) -> None:
        """Leave a row out; the first reason stays."""
        self.rejections.setdefault(row, Rejection(int(self.part.records[row]), rule, values))

    def find(self, rule: str, row: int | None = None, **values: object) -> None:
        """Note what a person should look at."""
        record = None if row is None else int(self.part.records[row])
        self.findings.append(Finding(rule, record, values))

    def texts(self, ours: str) -> list[str | None]:
        """Give the text of one of our columns; None throughout where it is not mapped."""
        if ours not in self.mapping:
            return [None] * self.size
        return self.column(self.mapping[ours])

    def column(self, name: str) -> list[str | None]:
        """Give the text of one of the file's columns, None where it is empty."""
        values = self.part.table[name].to_numpy(object)
        return [value if isinstance(value, str) else None for value in values]
