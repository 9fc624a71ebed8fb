"""Files that still have a code which a person has changed."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geo_app.differences import follow
from geo_app.ingest import Reading
from geo_app.model import Finding
from geo_app.services.landproof import Landproof


def followed(lp: Landproof, layer_id: str, now: gpd.GeoDataFrame, reading: Reading, mode: str) -> Reading:
    """Take the sites of a reading whose code a person has changed for those with the new code, and say so.

    Parameters
    ----------
    now : GeoDataFrame
        The layer's current sites.
    mode : str
        What the upload does to its layer; with ``add`` every site is a new one.
    """
    moves = lp.store.changes.moves(layer_id) if mode != "add" else []
    found = follow(pd.DataFrame(now), pd.DataFrame(reading.sites), moves) if moves else {}
    if not found:
        return reading
    sites, findings = reading.sites.copy(), list(reading.findings)
    for row, (move, code, ordinal) in found.items():
        told = {"code": sites.at[row, "code"], "other": code, "who": move.who, "why": move.why, "upload": move.upload}
        findings.append(Finding("code_changed", int(sites.at[row, "record"]), told))
        sites.loc[row, ["code", "ordinal"]] = [code, ordinal]
    return replace(reading, sites=sites, findings=findings)
