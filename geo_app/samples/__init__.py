"""Synthetic files for the demonstration, written as a county office would write them.

Nobody has published the sites behind the report, so every site, ticket and case here is
invented, and each row says so in its note. The amounts are chosen so that gross totals look
right while net totals fall short where a fault is planted; `plans` lists the faults. The same
code makes the same bytes each time.
"""

from collections.abc import Mapping
from pathlib import Path

import shapely

from geo_app.layers import Layers
from geo_app.samples.bulk import generated_sites
from geo_app.samples.ground import draw_ground, write_ground
from geo_app.samples.ledger_plans import LEDGERS
from geo_app.samples.ledgers import write_ledger
from geo_app.samples.plans import LAYER_ORDER, Sample

__all__ = ["Sample", "generated_sites", "write_samples"]


def write_samples(folder: Path, layers: Layers, outline: Mapping[str, shapely.Geometry]) -> list[Sample]:
    """Write every file of the demonstration.

    Parameters
    ----------
    folder : Path
        Made when missing; files of the same name are replaced, others stay.
    layers : Layers
        The layers that the files are for.
    outline : mapping of district code to polygon, longitude and latitude
        Must hold the seven districts of Haixi.

    Returns
    -------
    list of Sample
        In the order of import.

    Raises
    ------
    NotFound
        If a file is for a layer that does not exist.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = draw_ground(outline)
    samples = [write_ground(folder, file, plots, layers.find(file.layer)) for file, plots in drawn]
    samples += [write_ledger(folder, ledger, layers.find(ledger.layer)) for ledger in LEDGERS]
    return sorted(samples, key=lambda sample: LAYER_ORDER.index(sample.layer))
