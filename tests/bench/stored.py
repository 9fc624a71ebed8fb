"""What a store with many sites answers: totals against a scan, and whole bridges of layers that exclude each other."""

import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_app.geometry import GEOGRAPHIC
from geo_app.model import SITE_COLUMNS
from geo_app.services import Landproof, figures
from geo_app.settings import Settings
from tests.bench.parcels import CRS, as_sites, scattered
from tests.bench.timing import apart, medians, show, timed

LAYERS = ("grassland_restored", "grassland_protected", "farmland_reclaimed")
SIZE = 1_000_000
SCAN = "scan of all rows with their geometry"
TOTALS = "totals by layer, district and status"
BRIDGES = "whole bridges of three layers that exclude each other"


def run(folder: Path, sites: int | None, runs: int) -> dict[str, Any]:
    """Store sites in three layers, then time the answers."""
    home = folder / "stored"
    size = sites or SIZE
    lp = Landproof(Settings(home=home))
    _fill(lp, size)
    built, peak = _bridges(home)
    found = medians([{SCAN: timed(lambda: _scan(home)), TOTALS: timed(lambda: _totals(lp))} for _ in range(runs)])
    show(f"{size} sites in {len(LAYERS)} layers", found, SCAN)
    print(f"  times faster than the scan: {found[SCAN] / found[TOTALS]:.0f}")
    print(f"  {BRIDGES}: {built:.1f} s, peak {peak:.0f} MiB")
    lp.store.close()
    return found | {"times faster than the scan": found[SCAN] / found[TOTALS], BRIDGES: built, "peak MiB": peak}


def _fill(lp: Landproof, size: int) -> None:
    """Store generated sites as accepted uploads, every third in the same layer."""
    lonlat = scattered(size)
    for number, layer in enumerate(LAYERS):
        shapes = lonlat[number :: len(LAYERS)]
        frame = _site_frame(shapes)
        upload = lp.store.uploads.add(
            sha256=f"{number}" * 64, filename="bench", size=1, layer=layer, received_by="bench", choices={}
        )
        lp.store.sites.stage(upload, layer, frame)
        read = {"state": "ready", "crs": f"EPSG:{CRS}", "boundary_set": lp.districts.label}
        read |= {"basis": lp.store.uploads.basis(layer), "records": len(frame), "accepted": len(frame), "rejected": 0}
        lp.store.uploads.change(upload, **read)
        lp.store.uploads.accept(upload, "bench")


def _site_frame(lonlat: np.ndarray) -> gpd.GeoDataFrame:
    sites = as_sites(lonlat)
    rng = np.random.default_rng(len(lonlat))
    columns: dict[str, Any] = dict.fromkeys(SITE_COLUMNS) | {
        "record": np.arange(1, len(sites) + 1),
        "ordinal": 1,
        "outside_m": 0.0,
        "district": rng.choice(["632801", "632802", "632821", "632822", "632823"], len(sites)),
        **{name: sites[name] for name in ("code", "status", "completed_on", "amount", "declared_area")},
    }
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=lonlat, crs=GEOGRAPHIC)


def _bridges(home: Path) -> tuple[float, float]:
    """Make every layer's bridge anew; seconds, and the peak of resident memory in MiB."""
    imports = "import pathlib\nfrom geo_app.services import Landproof, bridges\nfrom geo_app.settings import Settings"
    work = "lp = Landproof(Settings(home=pathlib.Path(arguments[0])))\nbridges.refresh_all(lp, lp.place)"
    return apart(imports, work, home)


def _totals(lp: Landproof) -> int:
    return sum(len(figures.totals(lp, by=by)) for by in ("district", "status"))


def _scan(home: Path) -> dict[Any, int]:
    """Add up as one does who has nothing prepared: every row read with its outline."""
    sums: dict[Any, int] = {}
    connection = sqlite3.connect(home / "landproof.db")
    for layer, district, status, amount, geometry in connection.execute(
        "SELECT layer, district, status, amount, geometry FROM sites"
    ):
        key = (layer, district, status)
        sums[key] = sums.get(key, 0) + amount + 0 * len(geometry)
    connection.close()
    return sums
