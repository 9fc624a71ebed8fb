"""Outlines as they stand in a file: kept as WKB, and decoded a few at a time.

Many decoded outlines take more memory than anything else, so what has to be known of all of them
is noted when each is first seen. A few are kept, which spares decoding them twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely

MISSING = -1
KEPT_DECODED = 200_000


@dataclass(frozen=True)
class Shapes:
    """The outlines of records, in the file's own coordinates.

    Attributes
    ----------
    wkb : ndarray of bytes or None
        None where there is no outline, or none that can be decoded.
    types : ndarray of int
        Shapely's type numbers; -1 where `wkb` is None.
    is_empty, is_finite, has_z, has_m : ndarray of bool
        Whether an outline holds no coordinates, has numbers throughout, heights, measures.
    bounds : ndarray of float (n, 4)
        NaN where there are none.
    decoded : ndarray of shapely geometries, or None
        Of at most `KEPT_DECODED` records.
    """

    wkb: np.ndarray
    types: np.ndarray
    is_empty: np.ndarray
    is_finite: np.ndarray
    has_z: np.ndarray
    has_m: np.ndarray
    bounds: np.ndarray
    decoded: np.ndarray | None = None

    def __len__(self) -> int:
        """How many records there are."""
        return len(self.wkb)

    @property
    def is_missing(self) -> np.ndarray:
        """Tell which records have no outline."""
        return self.types == MISSING

    def some(self, rows: slice | np.ndarray) -> np.ndarray:
        """Give the outlines of some rows, in an array of its own; None where there is none."""
        if self.decoded is not None:
            return self.decoded[rows].copy()
        with np.errstate(invalid="ignore"):
            return np.asarray(shapely.from_wkb(self.wkb[rows], on_invalid="ignore"), object)

    def all(self) -> np.ndarray:
        """Give every outline."""
        return self.some(slice(None))


def noted(wkb: np.ndarray, geometries: np.ndarray) -> Shapes:
    """Note what has to be known of outlines that have just been decoded."""
    types = shapely.get_type_id(geometries)
    known = wkb.copy()
    known[types == MISSING] = None
    return Shapes(
        wkb=known,
        types=types,
        is_empty=shapely.is_empty(geometries),
        is_finite=_finite(geometries),
        has_z=shapely.has_z(geometries),
        has_m=shapely.has_m(geometries),
        bounds=shapely.bounds(geometries),
        decoded=geometries,
    )


def _finite(geometries: np.ndarray) -> np.ndarray:
    if np.isfinite(shapely.get_coordinates(geometries)).all():
        return np.ones(len(geometries), bool)
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    finite = np.ones(len(geometries), bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def joined(parts: Sequence[Shapes]) -> Shapes:
    """Put outlines behind each other."""
    if not parts:
        return noted(np.zeros(0, object), np.zeros(0, object))
    names = [each.name for each in fields(Shapes) if each.name != "decoded"]
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    kept = [part.decoded for part in parts if part.decoded is not None]
    return Shapes(**whole, decoded=np.concatenate(kept) if len(kept) == len(parts) else None)
