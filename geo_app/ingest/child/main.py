"""Read one file and tell the parent, frame by frame."""

import shutil
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from geo_app.errors import GeoAppError, Refused, UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child import filegdb, gate, gdal, shapefile
from geo_app.ingest.child.archive import Archive, Member
from geo_app.ingest.child.job import Job, choose
from geo_app.ingest.child.output import Output
from geo_app.ingest.child.shapefile import Shapefile
from geo_app.ingest.formats import DATA_SUFFIXES, SHAPEFILE_PARTS

PLAIN = (".gpkg", ".parquet", ".geoparquet", ".geojson", ".kmz", ".kml", ".json", ".xlsx", ".csv", ".tsv")


def run(told: dict[str, Any]) -> None:
    """Read the file of a job; every refusal becomes a frame."""
    gdal.assert_closed()
    out = Output()
    job = Job(
        path=Path(told["path"]),
        name=told["name"],
        scratch=Path(told["scratch"]),
        encoding=told["encoding"],
        sublayer=told["sublayer"],
        columns=told["columns"],
    )
    try:
        _read(job, out)
        out.end()
    except GeoAppError as error:
        out.refuse(error)
    out.stream.flush()


def _read(job: Job, out: Output) -> None:
    format_id = gate.identify(job.path, job.name)
    if format_id == "shapefile":
        _read_shapefiles([_bare(job)], job, out)
    elif format_id == "zip":
        _read_zip(job, out)
    else:
        _reader(format_id)(job, out)


def _bare(job: Job) -> Shapefile:
    """Copy a .shp and its siblings to names of our own."""
    parts: dict[str, Path] = {}
    for sibling in sorted(job.path.parent.iterdir()):
        suffix = sibling.suffix.lower()
        if sibling.stem == job.path.stem and suffix in SHAPEFILE_PARTS and sibling.is_file():
            parts[suffix] = Path(shutil.copyfile(sibling, job.scratch / f"part0{suffix}"))
    parts[".shp"] = Path(shutil.copyfile(job.path, job.scratch / "part0.shp"))
    return _apart(Shapefile(Path(job.name).stem, parts))


def _apart(source: Shapefile) -> Shapefile:
    """Hide all but the outlines from GDAL, which would skip deleted records and trip over a bad .prj."""
    parts = {
        suffix: path if suffix in (".shp", ".shx") else path.rename(path.with_suffix(f".{suffix[1:]}_part"))
        for suffix, path in source.parts.items()
    }
    return Shapefile(source.name, parts)


def _read_zip(job: Job, out: Output) -> None:
    archive = Archive(job.path, job.name)
    sets = shapefile_sets(archive.members)
    whole = {name: parts for name, parts in sets.items() if ".shp" in parts}
    databases = filegdb.folders(archive.members)
    if whole:
        out.announce("other_data", _beside(archive, sets, databases))
        wanted = choose(list(whole), job.sublayer, job.name)
        taken = [_unpack(archive, at, name, whole[name], job) for at, name in enumerate(wanted)]
        _read_shapefiles(taken, job, out, list(whole))
    elif databases:
        out.announce("other_data", _beside(archive, sets))
        filegdb.read(archive, databases, job, out)
    else:
        _read_member(archive, sets, job, out)


def _read_member(archive: Archive, sets: dict[str, dict[str, Member]], job: Job, out: Output) -> None:
    """Read the one plain file of an archive."""
    for suffix in PLAIN:
        found = [member for member in archive.members if member.suffix == suffix]
        if len(found) > 1:
            names = ", ".join(member.name for member in found[:10])
            raise Refused(
                N_("{file} holds several files that could be read: {names}. Send them one by one."),
                file=job.name,
                names=names,
            )
        if found:
            out.announce("other_data", _beside(archive, sets, taken=found[0]))
            path = archive.take(found[0], job.scratch / f"member{suffix}")
            inner = Job(path, found[0].path.name, job.scratch, job.encoding, job.sublayer, job.columns)
            _reader(gate.identify(path, inner.name))(inner, out)
            return
    if sets:
        name, parts = next(iter(sets.items()))
        raise UnreadableFile(
            N_("{file} holds {found} of the shapefile {name}, but no .shp. Pack all its parts into the archive."),
            file=job.name,
            found=", ".join(sorted(parts)),
            name=name,
        )
    if any(member.suffix == ".gdbtable" for member in archive.members):
        raise UnreadableFile(
            N_(
                "{file} holds parts of a geodatabase outside of their .gdb folder. Pack the whole folder into one .zip."
            ),
            file=job.name,
        )
    raise UnreadableFile(
        N_("{file} holds nothing that can be read (found: {found}). Expected a shapefile, GeoPackage or geodatabase."),
        file=job.name,
        found=", ".join(member.name for member in archive.members[:10]) or "-",
    )


def _beside(
    archive: Archive, sets: dict[str, dict[str, Member]], databases: Iterable[str] = (), taken: Member | None = None
) -> list[str]:
    """Name what may hold sites in an archive besides what is read of it."""
    parts = [part for group in sets.values() if ".shp" not in group for part in group.values()]
    left = [
        each for each in archive.members if each.suffix in DATA_SUFFIXES or (each in parts and each.suffix == ".dbf")
    ]
    return [*databases, *(each.name for each in left if each != taken)]


def shapefile_sets(members: tuple[Member, ...]) -> dict[str, dict[str, Member]]:
    """Group the members of an archive by shapefile: name to suffix to member."""
    by_path: dict[str, dict[str, Member]] = {}
    for member in members:
        if member.suffix in SHAPEFILE_PARTS:
            by_path.setdefault(str(member.path.with_suffix("")).casefold(), {})[member.suffix] = member
    groups = [group for group in by_path.values() if {".shp", ".dbf", ".shx"} & group.keys()]
    firsts = [(group.get(".shp") or next(iter(group.values()))).path for group in groups]
    stems = [first.stem for first in firsts]
    names = [each.stem if stems.count(each.stem) == 1 else str(each.with_suffix("")) for each in firsts]
    return dict(zip(names, groups, strict=True))


def _unpack(archive: Archive, at: int, name: str, members: dict[str, Member], job: Job) -> Shapefile:
    parts = {suffix: archive.take(member, job.scratch / f"part{at}{suffix}") for suffix, member in members.items()}
    return _apart(Shapefile(name, parts))


def _read_shapefiles(sources: list[Shapefile], job: Job, out: Output, names: list[str] | None = None) -> None:
    if names is None:
        names = choose([source.name for source in sources], job.sublayer, job.name)
    out.file("shapefile", names)
    for source in sources:
        shapefile.read(source, job.encoding, out)


READERS = {
    "gpkg": "geopackage:read",
    "geojson": "geojson:read",
    "kml": "kml:read",
    "kmz": "kml:read_archive",
    "geoparquet": "parquet:read",
    "csv": "tables:read_csv",
    "xlsx": "workbook:read",
}


def _reader(format_id: str) -> Callable[[Job, Output], None]:
    """Load the reader of a format; loading all of them would take as long as reading a small file."""
    module, _, function = READERS[format_id].partition(":")
    reader: Callable[[Job, Output], None] = getattr(import_module(f"geo_app.ingest.child.{module}"), function)
    return reader
