"""Rules about what is written of a site, and about how much it is."""

import datetime as dt
from contextlib import suppress

import numpy as np
import pandas as pd

from geo_app.model import COUNTING_STATUSES
from geo_app.precedence import ranks
from geo_app.quality.parts import NOBODY, SQUARE_METRES, Part, nothing, rounded
from geo_app.units import MU

ROUND_MU = 0.01  # a drawn area is round if it is so to the last digit that people print


def missing_code(part: Part) -> pd.DataFrame:
    """Find sites without a code of their own."""
    return part.tell(~part.sites["own_code"].to_numpy(bool), part.amount)


def missing_amount(part: Part) -> pd.DataFrame:
    """Find rows that write no amount, where the layer adds up what is written."""
    is_written = part.about.layer.measure not in ("area", "length")
    return part.tell(np.isnan(part.amount) & is_written)


def missing_status(part: Part) -> pd.DataFrame:
    """Find sites whose status is empty or not understood."""
    return part.tell(part.sites["status"].isna().to_numpy(), part.amount)


def missing_date(part: Part) -> pd.DataFrame:
    """Find finished sites that do not say when they were completed."""
    return part.tell(_counts(part) & part.sites["completed_on"].isna().to_numpy(), part.amount)


def not_finished(part: Part) -> pd.DataFrame:
    """Find sites that are planned or under way."""
    return part.tell(part.sites["status"].isin(("planned", "ongoing")).to_numpy(), part.amount)


def relapsed(part: Part) -> pd.DataFrame:
    """Find sites that have come undone."""
    return part.tell(part.sites["status"].eq("relapsed").to_numpy(bool, na_value=False), part.amount)


def dates_reversed(part: Part) -> pd.DataFrame:
    """Find sites that were completed before they began, as far as both dates are known."""
    started, completed = part.texts("started_on"), part.texts("completed_on")
    days = _days_between(completed, started)
    return part.tell(days > 0, days, started=started, completed=completed)


def after_report(part: Part) -> pd.DataFrame:
    """Find sites that were completed after the report with their figure was published."""
    reported, days = _days_after(part, part.about.reported_on)
    ahead = _days_after(part, part.about.today)[1]
    return part.tell((days > 0) & ~(ahead > 0), days, completed=part.texts("completed_on"), reported=reported)


def in_future(part: Part) -> pd.DataFrame:
    """Find sites that are said to have been completed on a day that is still to come."""
    today, days = _days_after(part, part.about.today)
    return part.tell(days > 0, days, completed=part.texts("completed_on"), today=today)


def duplicate_ticket(part: Part) -> pd.DataFrame:
    """Find rows that bear the number of another one, where each number counts once; all but one each."""
    if part.about.layer.measure in ("area", "length"):
        return nothing()
    columns = {"code": part.texts("code"), "amount": part.amount, "rank": ranks(part.sites), "id": part.ids}
    order = ["code", "amount", "rank", "id"]  # that of the bridge
    own = pd.DataFrame(columns)[part.sites["own_code"].to_numpy(bool)].sort_values(order)
    same = own.groupby("code", sort=False)["code"]
    again = own.index[same.cumcount() > 0].to_numpy()
    counts, kept = np.zeros(len(part.ids), object), np.full(len(part.ids), NOBODY)
    counts[own.index] = same.transform("size").to_numpy()
    kept[own.index] = part.ids[own.index.to_series().groupby(own["code"]).transform("first")]
    return part.tell(np.sort(again), part.amount, other=kept, code=columns["code"], count=counts)


def ticket_too_heavy(part: Part) -> pd.DataFrame:
    """Find weigh tickets of more than a lorry carries."""
    limit = part.limit("ticket_max_t")
    rows = part.sites["own_code"].to_numpy(bool) & ~_covers_ground(part) & (part.amount > limit)
    return part.tell(rows, part.amount, tonnes=rounded(part.amount, 3, limit), limit=limit)


def heap_too_heavy(part: Part) -> pd.DataFrame:
    """Find heaps, rows without a ticket, of more than any has."""
    limit = part.limit("heap_max_t")
    rows = (~part.sites["own_code"].to_numpy(bool) | _covers_ground(part)) & (part.amount > limit)
    return part.tell(rows, part.amount, tonnes=rounded(part.amount, 3, limit), limit=limit)


def row_too_many(part: Part) -> pd.DataFrame:
    """Find rows that stand for many of what is counted."""
    limit = part.limit("row_max_count")
    return part.tell(part.amount > limit, part.amount, count=rounded(part.amount), limit=limit)


def payment_too_large(part: Part) -> pd.DataFrame:
    """Find payments that are larger than any is."""
    limit = part.limit("payment_max_cny")
    return part.tell(part.amount > limit, part.amount, amount=rounded(part.amount, 2, limit), limit=limit)


def tiny(part: Part) -> pd.DataFrame:
    """Find polygons that are smaller than sites of the layer are."""
    limit = part.limit("tiny_m2")
    return part.tell(_of("area", part) < limit, part.amount, area=rounded(part.amount, 2, limit), limit=limit)


def huge(part: Part) -> pd.DataFrame:
    """Find polygons that are larger than sites of the layer are."""
    limit = part.limit("huge_m2")
    return part.tell(_of("area", part) > limit, part.amount, area=rounded(part.amount, 1, limit), limit=limit)


def short_line(part: Part) -> pd.DataFrame:
    """Find lines that are shorter than those of the layer are."""
    limit = part.limit("short_m")
    return part.tell(_of("length", part) < limit, part.amount, metres=rounded(part.amount, 2, limit), limit=limit)


def long_line(part: Part) -> pd.DataFrame:
    """Find lines that are longer than those of the layer are."""
    limit = part.limit("long_m")
    return part.tell(_of("length", part) > limit, part.amount, metres=rounded(part.amount, 1, limit), limit=limit)


def point_only(part: Part) -> pd.DataFrame:
    """Find places without an area, where the layer adds up areas."""
    is_area = part.about.layer.measure == "area"
    rows = is_area & part.placed & np.isnan(part.amount)
    return part.tell(rows, part.declared_m2, declared=rounded(part.declared_m2))


def round_area(part: Part) -> pd.DataFrame:
    """Find drawn areas that are whole multiples of a round number of mu."""
    limit = part.limit("round_number_mu")
    mu = _of("area", part) / float(MU)
    times = np.rint(mu / limit)
    rows = (times >= 1) & (np.abs(mu - times * limit) < ROUND_MU / 2)
    return part.tell(rows, part.amount, mu=rounded(mu, 2), limit=limit)


def declared_area_differs(part: Part) -> pd.DataFrame:
    """Find sites that declare another area than they draw."""
    limit, drawn = part.limit("declared_tolerance"), _of("area", part)
    share = np.abs(part.declared_m2 - drawn) / np.where(drawn > 0, drawn, np.nan)
    return part.tell(
        share > limit,
        100 * share,
        declared=rounded(part.declared_m2),
        drawn=rounded(drawn),
        percent=rounded(100 * share, 1, 100 * limit),
        limit=100 * limit,
        unit=SQUARE_METRES,
    )


def says_elsewhere(part: Part) -> pd.DataFrame:
    """Find rows without a place on the map that name a district which is not in the place."""
    districts, place = part.about.scope.districts, part.about.scope.place
    if districts.shape_of(place) is None:
        return nothing()
    named = [code for code in districts.shapes if districts.covers(place, code)]
    stated = part.texts("stated_district")
    elsewhere = ~part.placed & (stated != None) & ~part.sites["district"].isin(named).to_numpy()  # noqa: E711 - elementwise
    return part.tell(elsewhere, district=stated, place=place)


def _counts(part: Part) -> np.ndarray:
    return np.asarray(part.sites["status"].isin(COUNTING_STATUSES))


def _of(measure: str, part: Part) -> np.ndarray:
    """Give what sites draw, where the layer is measured so; NaN for what draws nothing."""
    is_drawn = (part.about.layer.measure == measure) & part.placed
    return np.where(is_drawn & (part.amount > 0), part.amount, np.nan)


def _covers_ground(part: Part) -> np.ndarray:
    """Tell which sites are more than a point."""
    return np.asarray(part.placed & (part.boxes[:, 2:] > part.boxes[:, :2]).any(axis=1))


def _days_between(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Count the days from dates to later ones; NaN unless the second is later for sure.

    A year or a month alone is compared as far as both are written, and counted from its first day.
    """
    days = np.full(len(before), np.nan)
    for at in np.flatnonzero((before != None) & (after != None)):  # noqa: E711 - elementwise
        length = min(len(before[at]), len(after[at]))
        if before[at][:length] < after[at][:length]:
            with suppress(ValueError):  # no day of the calendar
                days[at] = (_first_day(after[at]) - _first_day(before[at])).days
    return days


def _days_after(part: Part, day: dt.date | None) -> tuple[str, np.ndarray]:
    """Write a day, and count for each site how many days later it was completed; NaN unless it was for sure."""
    written, completed = day.isoformat() if day else None, part.texts("completed_on")
    return written or "", _days_between(np.full(len(completed), written, object), completed)


def _first_day(written: str) -> dt.date:
    return dt.date.fromisoformat(f"{written}-01-01"[:10] if len(written) < 10 else written[:10])
