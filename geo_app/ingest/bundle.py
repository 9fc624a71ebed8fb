"""Put the parts of a bare shapefile into one file, so that it can be kept as one."""

import zipfile
from pathlib import Path

from geo_app.ingest.formats import SHAPEFILE_PARTS

STAMP = (1980, 1, 1, 0, 0, 0)


def bundle(path: Path, target: Path) -> Path:
    """Pack a ``.shp`` and the parts beside it into a ZIP; the same parts give the same bytes.

    Parameters
    ----------
    path : Path
        The ``.shp``; its siblings are found by name, in any case of the suffix.
    target : Path
        Where the archive is written.
    """
    siblings = [
        each
        for each in sorted(path.parent.iterdir())
        if each.stem == path.stem and each.suffix.lower() in SHAPEFILE_PARTS and each.is_file()
    ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in siblings:
            info = zipfile.ZipInfo(each.name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            with each.open("rb") as source, archive.open(info, "w", force_zip64=True) as packed:
                while chunk := source.read(1 << 20):
                    packed.write(chunk)
    return target
