"""Read a zipped file geodatabase by GDAL, under a folder name of our own."""

import re
import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import crs, gdal
from geo_app.ingest.child.archive import Archive, Member
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import BATCH_RECORDS, Output, PartHead

# the files of a geodatabase have names of their own kind; nothing else is unpacked
_OWN_NAME = re.compile(
    r"a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|freelist|horizon|spx|atx|.{1,40}\.atx)|gdb|timestamps"
)
_HEAD = struct.Struct("<4I2Q")  # of a table: version, records, …, its own size; of an index: version, blocks, …, width
_VERSION = 3
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_UNREAD = N_("The geodatabase {file} cannot be read. Export the feature class again, as GeoPackage or shapefile.")


def folders(members: tuple[Member, ...]) -> dict[str, list[Member]]:
    """Group the members of an archive by geodatabase folder."""
    found: dict[str, list[Member]] = {}
    for member in members:
        parts = member.path.parts
        at = next((place for place, part in enumerate(parts[:-1]) if part.lower().endswith(".gdb")), None)
        if at is not None and at == len(parts) - 2:
            found.setdefault("/".join(parts[: at + 1]), []).append(member)
    return found


def read(archive: Archive, databases: dict[str, list[Member]], job: Job, out: Output) -> None:
    """Read the feature classes of the geodatabases in an archive; of several, each by the name of its own as well."""
    classes: dict[str, tuple[Path, str]] = {}
    tables: list[str] = []
    try:
        for at, (database, members) in enumerate(databases.items()):
            folder = _unpack(archive, members, job.scratch / f"part{at}.gdb")
            _demand_whole(folder, job)
            for name, kind in pyogrio.list_layers(folder):
                label = str(name) if len(databases) == 1 else f"{database}/{name}"
                if kind is None:
                    tables.append(label)
                else:
                    classes[label] = folder, str(name)
        if not classes:
            raise UnreadableFile(
                N_("The geodatabase {file} holds no feature class. Export one with geometry."), file=job.name
            )
        out.announce("other_data", tables)
        out.file("filegdb", classes)
        for label in choose(list(classes), job.sublayer, job.name):
            _part(*classes[label], label, out)
    except gdal.ERRORS as error:
        raise UnreadableFile(_UNREAD, file=job.name) from error


def _unpack(archive: Archive, members: list[Member], folder: Path) -> Path:
    folder.mkdir()
    for member in members:
        name = member.path.name.lower()
        if _OWN_NAME.fullmatch(name) and _PLAIN_NAME.fullmatch(name):
            archive.take(member, folder / name)
    return folder


def _demand_whole(folder: Path, job: Job) -> None:
    """Refuse tables that are shorter than they say; GDAL reads what is left of them without a word."""
    for path in sorted(folder.glob("*.gdbtabl?")):
        with path.open("rb") as stream:
            head = stream.read(_HEAD.size).ljust(_HEAD.size, b"\0")
        version, blocks, _, width, _, size = _HEAD.unpack(head)
        declared = size if path.suffix == ".gdbtable" else 16 + 1024 * blocks * width
        found = path.stat().st_size
        if version == _VERSION and found < declared:
            raise UnreadableFile(
                N_(
                    "{part} of the geodatabase {file} is cut off: it says it has {declared} bytes, but holds {found}. "
                    "Pack the whole .gdb folder again from the original."
                ),
                part=path.name,
                file=job.name,
                declared=declared,
                found=found,
            )


def _part(folder: Path, name: str, label: str, out: Output) -> None:
    declared = int(pyogrio.read_info(folder, layer=name)["features"])
    with pyogrio.raw.open_arrow(folder, layer=name, batch_size=BATCH_RECORDS, use_pyarrow=True) as (meta, reader):
        shape = meta["geometry_name"] or "wkb_geometry"
        fields = [field for field in reader.schema if field.name != shape]
        read = [field for field in fields if is_text_like(field.type)]
        out.part(PartHead(label, [field.name for field in read], crs.describe(meta["crs"])))
        for field in fields:
            if field not in read:
                out.finding("unread_column", column=field.name, kind=str(field.type))
        count = 0
        for batch in reader:
            records = range(count + 1, count + batch.num_rows + 1)
            count += batch.num_rows
            texts = [as_text(batch.column(field.name)) for field in read]
            out.batch(list(records), batch.column(shape).cast(pa.binary()), texts)
            out.progress(count / max(declared, count))
    if count != declared:
        raise UnreadableFile(
            N_("Of {declared} records only {found} can be read. Export the file again from where it was made."),
            declared=declared,
            found=count,
        )
    out.end_part()


def is_text_like(kind: pa.DataType) -> bool:
    """Tell whether values of an Arrow type can be written as text."""
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def as_text(values: pa.Array) -> pa.Array:
    """Write the values of an Arrow column as text; null stays null."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values, format="%Y-%m-%d %H:%M:%S")
    return values.cast(pa.string())
