"""Rules about the sites of a layer together. A finding of theirs is about the layer, not about one site."""

import numpy as np
import pandas as pd

from geo_app.quality.parts import TONNES, YUAN, Part, nothing

FEWEST = 10  # rows, or sites, that say something together
SIGMAS = 4  # that chance does not explain
DECLARED_EXACTLY = 1e-5  # of the drawn area


def tonnage_without_place(part: Part) -> pd.DataFrame:
    """Find what is weighed and has no place on the map."""
    rows = ~part.placed & (part.about.layer.measure == "mass") & (part.amount > 0)
    if not rows.any():
        return nothing()
    tonnes = float(np.sum(part.amount[rows]))
    return part.tell_whole(tonnes, count=int(rows.sum()), rows=len(rows), tonnes=round(tonnes, 2))


def round_amounts(part: Part) -> pd.DataFrame:
    """Find out whether most of what is weighed or paid is a multiple of a round number."""
    limit, unit = part.limit("round_number_t"), TONNES
    if np.isnan(limit):
        limit, unit = part.limit("round_number_cny"), YUAN
    amounts = part.amount[part.amount > 0]
    count = int((np.abs(amounts - np.rint(amounts / limit) * limit) < 1e-6).sum())
    if count < FEWEST or 2 * count <= len(amounts):
        return nothing()
    return part.tell_whole(100 * count / len(amounts), count=count, rows=len(amounts), limit=limit, unit=unit)


def declared_above(part: Part) -> pd.DataFrame:
    """Find out whether sites declare more than they draw more often than chance would have it."""
    drawn = np.where((part.about.layer.measure == "area") & (part.amount > 0), part.amount, np.nan)
    more = part.declared_m2 - drawn
    more[np.abs(more) <= 1 + DECLARED_EXACTLY * drawn] = 0
    above, below = int((more > 0).sum()), int((more < 0).sum())
    if above < FEWEST or above - below <= SIGMAS * np.sqrt(above + below):
        return nothing()
    excess = float(np.sum(more[more > 0]))
    told = {"count": above, "fewer": below, "rows": int((~np.isnan(more)).sum()), "excess": round(excess)}
    return part.tell_whole(excess, **told)
