"""The polygon files: where each site lies, how it is drawn and what its row says."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyproj
import shapely

from geo_app.geometry import to_geographic, to_plane
from geo_app.layers import Layer
from geo_app.model import COUNTING_STATUSES
from geo_app.samples import files, shapes
from geo_app.samples.ground_plans import GROUND
from geo_app.samples.plans import NOTE, SEATS, SEED, GroundFile, Plant, Sample, Seat
from geo_app.samples.rows import DATE_STYLES, DISTRICT_NAMES, shares, some_day, status_word
from geo_app.units import MU

CLEARANCE_M = 250  # between sites that are not meant to touch
BORDER_DEGREES = 0.05  # stay this far inside a district, more than its outline is wrong
KM_PER_DEGREE = 111.2
PHASES = "一二三四五"


@dataclass
class Plot:
    """A planned polygon; `polygon` is in the file's CRS once it is drawn."""

    file: GroundFile
    plant: Plant
    seat: Seat
    ring: np.ndarray
    polygon: shapely.Polygon = field(default_factory=shapely.Polygon)

    @property
    def target_m2(self) -> float:
        """Area that it has to have."""
        return m2(self.plant.mu)


def m2(mu: Decimal) -> float:
    """Turn mu into square metres."""
    return float(Fraction(mu) * MU)


def draw_ground(outline: Mapping[str, shapely.Geometry]) -> list[tuple[GroundFile, list[Plot]]]:
    """Draw every polygon of the demonstration.

    Parameters
    ----------
    outline : mapping of district code to polygon, longitude and latitude

    Returns
    -------
    list of (GroundFile, list of Plot)
        No two plots touch except those that are planned to.
    """
    rng = np.random.default_rng(SEED)
    groups = [(file, plan_plots(file, rng)) for file in GROUND]
    plots = {plot.plant.code: plot for _, group in groups for plot in group}
    place_alone(plots, outline, rng)
    for plot in plots.values():
        if plot.plant.partner:
            place_on_partner(plot, plots[plot.plant.partner])
    return groups


def plan_plots(file: GroundFile, rng: np.random.Generator) -> list[Plot]:
    """Plan the plots of a file: planted ones as given, the rest of its area in uneven shares."""
    planted = {plant.code for plant in file.plants}
    free = file.mu - sum(plant.mu for plant in file.plants)
    parts = shares(free, file.count - len(planted), file.step, rng)
    serials = range(file.first, file.first + 2 * file.count)
    codes = [file.code.format(year=rng.choice(file.years), serial=serial) for serial in serials]
    spare = [code for code in codes if code not in planted]
    plants = [Plant(code, mu) for code, mu in zip(spare, parts, strict=False)]
    seats = [SEATS[name] for name in file.seats]
    plots = [Plot(file, plant, seats[n % len(seats)], shapes.outline(rng)) for n, plant in enumerate(plants)]
    plots += [Plot(file, plant, seats[0], shapes.outline(rng)) for plant in file.plants]
    return sorted(plots, key=lambda plot: plot.plant.code)


def place_alone(plots: Mapping[str, Plot], outline: Mapping[str, shapely.Geometry], rng: np.random.Generator) -> None:
    """Draw every plot that has no partner, each with room around it for those that have."""
    inner = {code: shapely.buffer(place, -BORDER_DEGREES) for code, place in outline.items()}
    for place in inner.values():
        shapely.prepare(place)
    room: defaultdict[str, float] = defaultdict(float)
    for plot in plots.values():
        room[plot.plant.partner] += 2 * shapes.reach(plot.ring) * np.sqrt(plot.target_m2)
    taken: list[tuple[float, float, float]] = []
    for plot in plots.values():
        if not plot.plant.partner:
            size = shapes.reach(plot.ring) * np.sqrt(plot.target_m2) + room[plot.plant.code]
            spot = plot.plant.at or free_spot(plot.seat, size, inner[plot.seat.district], taken, rng)
            taken.append((*spot, size))
            plot.polygon = shapes.sized(plot.ring, in_plane(spot, plot.file.crs), plot.target_m2, plot.file.crs)


def free_spot(
    seat: Seat,
    size_m: float,
    district: shapely.Geometry,
    taken: list[tuple[float, float, float]],
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Find a spot near a seat, inside its district, clear of all taken ones by `CLEARANCE_M`."""
    others = np.array(taken).reshape(-1, 3)
    shrink = np.cos(np.radians(seat.lat))
    for tries in range(10_000):
        sigma = seat.spread_km / KM_PER_DEGREE * (1 + tries / 50)
        lon, lat = seat.lon + rng.normal(0, sigma) / shrink, seat.lat + rng.normal(0, sigma)
        apart_km = KM_PER_DEGREE * np.hypot((others[:, 0] - lon) * shrink, others[:, 1] - lat)
        free = (apart_km * 1000 > others[:, 2] + size_m + CLEARANCE_M).all()
        if free and shapely.contains_xy(district, lon, lat):
            return float(lon), float(lat)
    raise ValueError(f"no room for a site of {size_m:.0f} m near {seat.towns[0]}")


def place_on_partner(plot: Plot, partner: Plot) -> None:
    """Draw a plot as a copy of its partner, or over a part of it."""
    if plot.plant.shared is None:
        plot.polygon = partner.polygon
        return
    degrees = to_geographic(np.array([partner.polygon]), pyproj.CRS.from_epsg(partner.file.crs))
    base = to_plane(degrees, pyproj.CRS.from_epsg(plot.file.crs))[0]
    plot.polygon = shapes.overlapping(plot.ring, base, plot.target_m2, m2(plot.plant.shared), plot.file.crs)
    plot.seat = partner.seat


def in_plane(spot: tuple[float, float], crs: int) -> np.ndarray:
    """Bring a spot to the plane that a file is drawn in."""
    point = to_plane(np.array([shapely.Point(spot)]), pyproj.CRS.from_epsg(shapes.drawing_plane(crs)))[0]
    return np.array([point.x, point.y])


def write_ground(folder: Path, file: GroundFile, plots: list[Plot], layer: Layer) -> Sample:
    """Write a polygon file.

    Returns
    -------
    Sample
        With the truth in m².
    """
    rng = np.random.default_rng([SEED, len(plots), file.crs])
    rows = [row_of(plot, more, rng) for plot, more in zip(plots, excesses(plots, rng), strict=True)]
    table = files.Table(file.columns, rows, [plot.polygon for plot in plots], file.crs)
    path = folder / file.name
    if path.suffix == ".gpkg":
        files.write_gpkg(path, table, layer.id)
    else:
        files.write_shapefile(path, table, folder=file.folder, cpg=file.cpg, prj=file.prj)
    truth = {"records": len(plots), "rejected": 0, "gross": m2(file.mu), "net": m2(net_mu(plots))}
    return Sample(path, layer.id, {} if file.prj else {"crs": f"EPSG:{file.crs}"}, truth)


def net_mu(plots: list[Plot]) -> Decimal:
    """Add up what counts of a file: finished, inside the prefecture, no ground twice and none that is contested."""
    counted = [p.plant for p in plots if p.plant.inside and p.plant.status in COUNTING_STATUSES]
    total = Decimal(0)
    for plant in counted:
        is_twice = plant.partner and plant.shared is None
        lost = plant.shared if plant.shared and plant.partner else Decimal(0)
        total += Decimal(0) if is_twice else plant.mu - lost - contested_mu(plant, plots[0].file.layer)
    return total


def contested_mu(plant: Plant, layer: str) -> Decimal:
    """Give how much of a plot is drawn over by plots of other layers."""
    others = (each for file in GROUND if file.layer != layer for each in file.plants if each.partner == plant.code)
    return sum((each.shared or each.mu for each in others), Decimal(0))


def excesses(plots: list[Plot], rng: np.random.Generator) -> list[Decimal]:
    """Say for each plot how many mu it declares above what it draws: the largest few do."""
    count, mu = plots[0].file.excess
    planted = set(plots[0].file.plants)
    largest = sorted((p for p in plots if p.plant not in planted), key=lambda p: p.plant.mu, reverse=True)
    parts = shares(mu, count, Decimal("0.1"), rng, spread=0.3)
    more = dict(zip((p.plant.code for p in largest), parts, strict=False))
    return [more.get(plot.plant.code, Decimal(0)) for plot in plots]


def row_of(plot: Plot, more: Decimal, rng: np.random.Generator) -> dict[str, object]:
    """Make the attribute row of a plot."""
    plant, file = plot.plant, plot.file
    phase = PHASES[int(rng.integers(0, 3))]
    style = DATE_STYLES[file.dates]
    done = plant.completed or some_day(year_of(plant.code) or int(rng.choice(file.years)), rng)
    is_done = plant.status in {*COUNTING_STATUSES, "relapsed"} and (plant.completed or rng.random() > 0.03)
    return {
        "code": plant.code,
        "name": f"{rng.choice(plot.seat.towns)}{rng.choice(file.works)}{phase}期",
        "district": DISTRICT_NAMES[plot.seat.district],
        "declared_area": plant.mu + more,
        "status": status_word("ground", plant.status, rng),
        "started_on": style(done - dt.timedelta(days=int(rng.integers(60, 300)))),
        "completed_on": style(done) if is_done else None,
        "note": NOTE,
    }


def year_of(code: str) -> int | None:
    """Read the year out of a code such as ``DL-2023-0187``."""
    parts = code.split("-")
    return int(parts[1]) if len(parts) == 3 else None
