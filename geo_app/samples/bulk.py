"""Any number of invented sites in one file, to see how Landproof bears the weight."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely

from geo_app.samples import files
from geo_app.samples.plans import NOTE

CRS = 4520
WEST_M, SOUTH_M, SIDE_M = 32_470_000.0, 3_985_000.0, 110_000.0  # square west of Dulan, in zone 32
MU_M2 = 2000 / 3


def generated_sites(count: int, seed: int, folder: Path) -> Path:
    """Write a zipped GBK shapefile of `count` grassland polygons with 20 to 60 vertices.

    Parameters
    ----------
    count : int
        At least 1.
    seed : int
        Same seed, same bytes.
    folder : Path
        Made when missing.

    Returns
    -------
    Path
        ``generated_<count>.zip`` in EPSG:4520; the sites lie on a jittered grid, so that a few
        of them overlap.
    """
    rng = np.random.default_rng(seed)
    drawn = polygons(count, rng)
    declared = [Decimal(f"{mu:.1f}") for mu in shapely.area(drawn) / MU_M2]
    numbers = range(1, count + 1)
    rows = [{"code": f"GEN-{n:07}", "mu": mu, "n": n} for n, mu in zip(numbers, declared, strict=True)]
    for row, year in zip(rows, rng.integers(2021, 2025, count).tolist(), strict=True):
        row |= {"name": f"生成草原恢复{row['n']}号", "status": "已完成", "done": f"{year}-09-01", "note": NOTE}
    columns = {
        "code": "图斑编号",
        "name": "项目名称",
        "mu": "面积亩",
        "status": "整改情况",
        "done": "完成日期",
        "note": "备注",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"generated_{count}.zip"
    files.write_shapefile(path, files.Table(columns, rows, list(drawn), CRS))
    return path


def polygons(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw star-shaped polygons with 20 to 60 vertices on a jittered grid, in the plane of `CRS`."""
    side = int(np.ceil(np.sqrt(count)))
    cell = min(SIDE_M / side, 1000.0)
    centres = np.column_stack(np.divmod(np.arange(count), side)) * cell + [WEST_M, SOUTH_M]
    centres = centres + rng.uniform(-0.1, 0.1, (count, 2)) * cell
    sizes = rng.integers(20, 61, count)
    owner = np.repeat(np.arange(count), sizes)
    step = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    turn = 2 * np.pi * (step + rng.uniform(-0.3, 0.3, len(step))) / sizes[owner]
    waves = rng.normal(0, 0.09, (2, count))[:, owner]
    radius = cell * rng.uniform(0.15, 0.42, count)[owner]
    radius = radius * (1 + waves[0] * np.cos(2 * turn) + waves[1] * np.sin(3 * turn))
    xy = centres[owner] + radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.asarray(shapely.polygons(shapely.linearrings(xy.round(4), indices=owner)))
