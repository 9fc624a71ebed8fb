"""What a county bureau sends: a shapefile in GBK without .prj or .cpg, first with faults, then corrected.

The ground is 24 plots of 2 km by 1.6 km, 4,800 mu each, in the south of Dulan (都兰). Together they are what
the report prints as 11.5万亩; the first file has 21 of them and a half, the corrected one brings the rest.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import shapely

from tests.ingest.files import shapefile, zipped

FIRST, CORRECTED = "都兰县草原恢复2024.zip", "都兰县草原恢复2024_更正.zip"
ZONE = 32_000_000  # what an easting of zone 32 (96° E) has before it where it bears the zone's number
WEST, SOUTH = 572_000, 4_003_000  # metres; without the number, any zone may be meant
CODES = [f"DL-2024-{number:03}" for number in range(1, 25)]
BOW_TIE, UNREADABLE, UNSTATED, UNDRAWN, REDRAWN, GONE = 4, 7, 9, 11, 16, 19  # rows, counted from 1
TOTAL = 25  # the row below the plots
TWICE = CODES[22]  # the code of both of the last two plots


@dataclass(frozen=True)
class Plot:
    """One row as the bureau has it."""

    code: str
    name: str
    outline: shapely.Polygon | None
    mu: str = "4800.0"
    status: str = "已完成"


def first_file(folder: Path, *, zone: int = 0) -> Path:
    """The file of the first day: a fault of each kind that bureaus' files have, and a row that adds up the others."""
    rows = _plots(zone)
    _change(rows, BOW_TIE, outline=_bow_tie(rows[BOW_TIE - 1].outline))
    _change(rows, UNREADABLE, mu="四千余")
    _change(rows, UNDRAWN, outline=None)
    _change(rows, UNSTATED, mu="")
    return _written(folder / FIRST, [*rows, Plot("合计", "", None, "115200.0", "")])


def corrected_file(folder: Path) -> Path:
    """The file that comes back: the faults mended, one plot drawn a tenth narrower, one gone."""
    rows = _plots()
    narrower = shapely.affinity.scale(rows[REDRAWN - 1].outline, 0.9, 1)
    _change(rows, REDRAWN, outline=narrower, mu="4320.0")
    return _written(folder / CORRECTED, [row for number, row in enumerate(rows, 1) if number != GONE])


def _plots(zone: int = 0) -> list[Plot]:
    boxes = [_box(zone + WEST + 2200 * (at % 6), SOUTH + 1800 * (at // 6)) for at in range(24)]
    codes = [*CODES[:-1], TWICE]
    return [
        Plot(code, f"沟里乡草原恢复{at}号", box) for at, (code, box) in enumerate(zip(codes, boxes, strict=True), 1)
    ]


def _box(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x, y, x + 2000, y + 1600)


def _bow_tie(box: shapely.Polygon) -> shapely.Polygon:
    west, south, east, north = box.bounds
    return shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])


def _change(rows: list[Plot], number: int, **values: object) -> None:
    rows[number - 1] = replace(rows[number - 1], **values)


def _written(path: Path, rows: list[Plot]) -> Path:
    columns = {
        "图斑编号": [row.code for row in rows],
        "项目名称": [row.name for row in rows],
        "县名称": ["都兰县" if row.name else "" for row in rows],
        "整改情况": [row.status for row in rows],
        "面积亩": [row.mu for row in rows],
        "备注": ["虚构数据" for _ in rows],
    }
    parts = shapefile(path.parent, [row.outline for row in rows], columns)
    del parts[".prj"]
    return zipped(path.parent, parts, stem="草原恢复", name=path.name)
