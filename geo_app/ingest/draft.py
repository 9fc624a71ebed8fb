"""A file on its way to sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from geo_app.errors import AnswerNeeded
from geo_app.ingest.contract import Choices, RawPart
from geo_app.ingest.texts import as_arrow
from geo_app.layers import Layer
from geo_app.model import Finding, Rejection


@dataclass
class Draft:
    """A part on its way to sites: what each row is rejected for, what was found, what has to be asked.

    Attributes
    ----------
    choices : Choices
        What a person has answered.
    mapping : dict
        Our column to the file's.
    rejections : dict
        Row (not record) to its rejection.
    units : dict
        Our column to the unit it was read in.
    fits : dict
        Our column to the share of its comparable values that agree with the unit.
    needs : list of AnswerNeeded
        What a person has to answer before the file can be taken.
    pieces : list of Piece
        Of a file of several sublayers, each with columns of its own; else none.
    """

    part: RawPart
    layer: Layer
    choices: Choices
    mapping: Mapping[str, str] = field(default_factory=dict)
    rejections: dict[int, Rejection] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    fits: dict[str, float] = field(default_factory=dict)
    needs: list[AnswerNeeded] = field(default_factory=list)
    pieces: list["Piece"] = field(default_factory=list)

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

    def ask(self, need: AnswerNeeded) -> None:
        """Note a question; the reading goes on, so that everything is asked at once."""
        self.needs.append(need)

    def confirm(self, what: str, need: AnswerNeeded) -> None:
        """Note something that a person has to say yes to, unless they have."""
        if not self.choices.confirms(what):
            self.ask(need)

    def texts(self, ours: str) -> np.ndarray:
        """Give the text of one of our columns; None throughout where it is not mapped."""
        if ours not in self.mapping:
            return np.full(self.size, None, object)
        return self.column(self.mapping[ours])

    def column(self, name: str) -> np.ndarray:
        """Give the text of one of the file's columns, None where it is empty."""
        values, at = self.distinct(name)
        return np.array([*values, None], object)[at]

    def distinct(self, name: str) -> tuple[list[str], np.ndarray]:
        """Give the different texts of a column in order of their first row, and each row's place among them.

        An empty cell has place -1.
        """
        coded = self.arrow(name).dictionary_encode()
        return coded.dictionary.to_pylist(), coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)

    def arrow(self, name: str) -> pa.LargeStringArray:
        """Give the text of one of the file's columns as Arrow holds it."""
        return as_arrow(self.part.table[name])


@dataclass(frozen=True)
class Piece:
    """One of several sublayers: its rows in the whole, and its own draft."""

    rows: slice
    draft: Draft
