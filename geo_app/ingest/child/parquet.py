"""Read GeoParquet by Arrow."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs
from geo_app.ingest.child.filegdb import as_text, is_text_like
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead

_DAMAGED = N_("{file} is a damaged Parquet file: {found}. Copy it again from the original.")


def read(job: Job, out: Output) -> None:
    """Read a GeoParquet file with WKB geometry.

    Raises
    ------
    UnreadableFile
        If it is damaged, or no GeoParquet.
    """
    try:
        file = pq.ParquetFile(job.path)
        _read(file, job, out)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(_DAMAGED, file=job.name, found=" ".join(str(error)[:200].split()).rstrip(".")) from error


def _read(file: pq.ParquetFile, job: Job, out: Output) -> None:
    name, system = _geometry(file, job)
    schema = file.schema_arrow
    others = [field for field in schema if field.name != name]
    fields = [field for field in others if is_text_like(field.type)]
    out.file("geoparquet", choose([job.name], job.sublayer, job.name))
    out.part(PartHead(job.name, [field.name for field in fields], system))
    for field in others:
        if field not in fields:
            out.finding("unread_column", column=field.name, kind=str(field.type))
    count, total = 0, max(file.metadata.num_rows, 1)
    names = [name, *(field.name for field in fields)]
    wanted = names if len(set(names)) == len(names) else None  # of two columns of one name, neither could be asked for
    for batch in file.iter_batches(BATCH_RECORDS, columns=wanted):
        records = range(count + 1, count + batch.num_rows + 1)
        count += batch.num_rows
        plain = [at for at, field in enumerate(batch.schema) if field.name != name and is_text_like(field.type)]
        texts = [as_text(batch.column(at)) for at in plain]
        out.batch(records, batch.column(name).cast(pa.binary()), texts)
        out.progress(count / total)
    out.end_part()


def _geometry(file: pq.ParquetFile, job: Job) -> tuple[str, dict[str, str | None] | None]:
    """Find the geometry column and its coordinate system; longitude and latitude where none is stated."""
    written = (file.schema_arrow.metadata or {}).get(b"geo")
    try:
        told: Any = json.loads(written) if written else {}
        name = told["primary_column"]
        column = told["columns"][name]
        encoding = str(column["encoding"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableFile(
            N_("{file} is Parquet, but no GeoParquet: it names no geometry column. Export it as GeoParquet."),
            file=job.name,
        ) from error
    if encoding.upper() != "WKB" or file.schema_arrow.names.count(name) != 1:
        raise UnreadableFile(
            N_("{file} keeps its geometry as {found}; expected WKB. Export it as GeoParquet with WKB."),
            file=job.name,
            found=encoding,
        )
    if "crs" not in column:
        return name, crs.describe("EPSG:4326")
    system = column["crs"]
    return name, None if system is None else crs.describe(system if isinstance(system, str) else json.dumps(system))
