"""The only place where GDAL opens anything, and only under names that we gave."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.output import BATCH_RECORDS

ALLOWED = {"ESRI Shapefile", "OpenFileGDB"}
ERRORS = (DataSourceError, DataLayerError, FeatureError, pa.ArrowException, OSError)
_FID = "OGC_FID"


def assert_closed() -> None:
    """Refuse to work where GDAL could open anything else than what we allow."""
    found = set(pyogrio.list_drivers())
    if found != ALLOWED:
        raise SystemExit(f"GDAL would open {sorted(found - ALLOWED)}")


def outlines(shp: Path, count: int) -> Iterator[pa.Array]:
    """Read the geometry of a .shp as WKB, null where there is none.

    The attribute table is not beside it, so that GDAL skips no record: the n-th value belongs to
    the n-th record.

    Raises
    ------
    UnreadableFile
        If GDAL gives up, or finds another number of records.
    """
    found = 0
    try:
        with pyogrio.raw.open_arrow(shp, columns=[], batch_size=BATCH_RECORDS, use_pyarrow=True) as (meta, reader):
            for batch in reader:
                found += batch.num_rows
                yield _binary(batch.column(meta["geometry_name"] or "wkb_geometry"))
    except ERRORS as error:
        raise UnreadableFile(
            N_("The shapes cannot be read after record {record}. Export the file again from where it was made."),
            record=found,
        ) from error
    if found != count:
        raise UnreadableFile(
            N_("Of {declared} shapes only {found} can be read. Export the file again from where it was made."),
            declared=count,
            found=found,
        )


def _binary(values: pa.Array) -> pa.Array:
    return values.cast(pa.binary())


def blank(wkb: pa.Array, mask: np.ndarray) -> pa.Array:
    """Take away the geometry where `mask` is true."""
    return pc.if_else(pa.array(mask), pa.scalar(None, pa.binary()), wkb) if mask.any() else wkb
