"""Columns of text, looked at all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_PLAIN = r"^\d{1,15}(\.\d{1,9})?$"
_LONGEST = 18  # digits that fit into 64 bits


@dataclass(frozen=True)
class Plain:
    """The plain numbers of a column, exactly: digits without their point, and how many stood behind it.

    Attributes
    ----------
    is_plain : ndarray of bool
        False where a text is missing or anything but digits with at most one point; 0 in both
        others.
    """

    is_plain: np.ndarray
    digits: np.ndarray
    decimals: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """The numbers as floats, for comparisons; NaN where a text is no plain number."""
        return np.where(self.is_plain, self.digits / 10.0**self.decimals, np.nan)


def as_arrow(values: Sequence[str | None] | pa.Array) -> pa.LargeStringArray:
    """Give texts as one Arrow array; whatever is missing is null."""
    array = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def plain(texts: pa.LargeStringArray) -> Plain:
    """Read the plain numbers of a column.

    Examples
    --------
    >>> read = plain(as_arrow(["12.50", "3", "1,5", None]))
    >>> read.digits.tolist(), read.decimals.tolist(), read.is_plain.tolist()
    ([1250, 3, 0, 0], [2, 0, 0, 0], [True, True, False, False])
    """
    fits = pc.and_(pc.match_substring_regex(texts, _PLAIN), pc.less_equal(pc.binary_length(texts), _LONGEST))
    is_plain = pc.fill_null(fits, False)
    numbers = pc.if_else(is_plain, texts, pa.scalar("0", pa.large_string()))
    digits = pc.replace_substring(numbers, ".", "")
    point = pc.find_substring(numbers, ".").to_numpy(zero_copy_only=False)
    length = pc.binary_length(numbers).to_numpy(zero_copy_only=False)
    return Plain(
        is_plain.to_numpy(zero_copy_only=False),
        digits.cast(pa.int64()).to_numpy(zero_copy_only=False),
        np.where(point >= 0, length - point - 1, 0),
    )
