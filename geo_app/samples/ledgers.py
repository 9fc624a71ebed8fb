"""The ledgers: weigh tickets, heaps, enterprises, cases, suggestions and payments."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import shapely

from geo_app.layers import Layer
from geo_app.samples import files
from geo_app.samples.plans import NOTE, SEATS, SEED, Ledger, Sample, Seat
from geo_app.samples.rows import DATE_STYLES, DISTRICT_NAMES, shares, some_day, status_word
from geo_app.units import UNITS, unit_at_end

YEARS = (2021, 2022, 2023, 2024)
KM_PER_DEGREE = 111.2
TICKET_SPREAD = 0.12  # lorries of one kind carry nearly the same

Row = dict[str, object]


def write_ledger(folder: Path, ledger: Ledger, layer: Layer) -> Sample:
    """Write a ledger as CSV, XLSX or zipped shapefile of points, by the suffix of its name.

    Returns
    -------
    Sample
        With the truth in the layer's canonical unit.
    """
    rng = np.random.default_rng([SEED, *ledger.layer.encode()])
    rows = plan_rows(ledger, rng)
    truth = truth_of(ledger, rows, layer)
    if ledger.total_row:
        rows.append({"code": "合计", "quantity": f"{sum(map(amount_of, rows)):,}"})
    path = folder / ledger.name
    write_rows(path, ledger, rows)
    return Sample(path, layer.id, dict(ledger.choices), truth)


def plan_rows(ledger: Ledger, rng: np.random.Generator) -> list[Row]:
    """Make the rows of a ledger in order of their date, with those entered twice last of their day."""
    amounts = plan_amounts(ledger, rng)
    unfinished, repeated = ledger.unfinished[0], ledger.repeated[0]
    statuses = ["finished"] * (len(amounts) - unfinished) + ["ongoing"] * unfinished
    days = sorted(some_day(int(rng.choice(YEARS)), rng) for _ in amounts)
    rows: list[Row] = [{} for _ in amounts]
    order = rng.permutation(len(amounts))
    is_placed = set(rng.permutation(len(amounts))[: ledger.placed].tolist())
    for n, place in enumerate(order.tolist()):
        rows[place] = row_of(ledger, place, days[place], amounts[n], rng)
        rows[place] |= {"status": status_word(ledger.kind, statuses[n], rng), "counts": statuses[n] == "finished"}
        rows[place] |= {"completed_on": None} if ledger.kind == "cases" and statuses[n] == "ongoing" else {}
        rows[place] |= position(SEATS[ledger.seats[place % len(ledger.seats)]], rng) if place in is_placed else {}
    twice = set(order[:repeated].tolist())
    return [copy for n, row in enumerate(rows) for copy in ([row, {**row, "counts": False}] if n in twice else [row])]


def plan_amounts(ledger: Ledger, rng: np.random.Generator) -> list[Decimal]:
    """List the amounts: of rows entered twice first, of unfinished rows last."""
    if ledger.amounts:
        return list(ledger.amounts)
    (_, unfinished), (twice, repeated) = ledger.unfinished, ledger.repeated
    if not ledger.step:
        return [Decimal(1)] * (ledger.count + ledger.unfinished[0])
    spread = TICKET_SPREAD if ledger.count > 100 else 0.4
    return [
        *shares(repeated, twice, ledger.step, rng, TICKET_SPREAD),
        *shares(ledger.total - repeated, ledger.count - twice, ledger.step, rng, spread),
        *shares(unfinished, ledger.unfinished[0], ledger.step, rng, TICKET_SPREAD),
    ]


def row_of(ledger: Ledger, number: int, day: dt.date, amount: Decimal, rng: np.random.Generator) -> Row:
    """Make the cells of a row besides status and place."""
    seat = SEATS[ledger.seats[number % len(ledger.seats)]]
    style = DATE_STYLES[ledger.dates]
    quantity = f"{amount:,}" if ledger.name.endswith(".csv") else amount
    return {
        "code": ledger.code.format(date=day, year=day.year, serial=number + 1),
        "name": f"{rng.choice(seat.towns)}{rng.choice(ledger.names)}",
        "district": DISTRICT_NAMES[seat.district],
        "quantity": quantity,
        "declared_area": amount,
        "started_on": style(day - dt.timedelta(days=int(rng.integers(30, 200)))),
        "completed_on": style(day),
        "note": NOTE,
    }


def position(seat: Seat, rng: np.random.Generator) -> Row:
    """Pick a place near a seat, to about a metre."""
    sigma = seat.spread_km / KM_PER_DEGREE / 2
    lon = seat.lon + rng.normal(0, sigma) / np.cos(np.radians(seat.lat))
    return {"lon": round(float(lon), 5), "lat": round(float(seat.lat + rng.normal(0, sigma)), 5)}


def amount_of(row: Row) -> Decimal:
    """Read a row's quantity back."""
    return Decimal(str(row["quantity"]).replace(",", ""))


def truth_of(ledger: Ledger, rows: list[Row], layer: Layer) -> dict[str, float]:
    """Add up a ledger in canonical units; points have no area, however much they declare."""
    records = {"records": len(rows) + ledger.total_row, "rejected": int(ledger.total_row)}
    if layer.measure == "area":
        return {**records, "gross": 0.0, "net": 0.0}
    factor = factor_of(ledger.columns.get("quantity", "1件"))
    gross = sum(amount_of(row) for row in rows)
    net = sum(amount_of(row) for row in rows if row["counts"])
    return {**records, "gross": float(Fraction(gross) * factor), "net": float(Fraction(net) * factor)}


def factor_of(column: str) -> Fraction:
    """Return how many canonical units one of a column's numbers is, from the unit in its name."""
    known = unit_at_end(column.rstrip(")"))
    return known[2] if known else UNITS["count"][1]


def write_rows(path: Path, ledger: Ledger, rows: list[Row]) -> None:
    """Write rows in the format that the file's name says."""
    if path.suffix == ".zip":
        points = [shapely.Point(row["lon"], row["lat"]) for row in rows]
        files.write_shapefile(path, files.Table(ledger.columns, rows, points), cpg=True)
    elif path.suffix == ".xlsx":
        files.write_xlsx(path, files.Table(ledger.columns, rows), path.stem)
    else:
        files.write_csv(path, files.Table(ledger.columns, rows), ledger.encoding)
