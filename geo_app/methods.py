"""One ground measured by several methods, and the reasons why they differ.

`measured` gives the areas and `circumstances` what may explain them, both site by site. `compare`
takes rows of both, one for a site and many for a total, and says how far each method is from the
figure of record, and why. A reason is given only where the numbers bear it out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app import geometry
from geo_app.i18n import N_, number
from geo_app.survey import official_areas, straightness
from geo_app.units import HECTARE, MU

GEODESIC, OFFICIAL, PLANE, DECLARED, MERCATOR = METHODS = ("geodesic", "official", "plane", "declared", "mercator")
OF_A_FILE = METHODS[:4]  # nobody measures in web Mercator on purpose
MEASURED = METHODS[:3]  # of an outline, whatever is declared
WEB_MERCATOR = pyproj.CRS("EPSG:3857")

THREE_DEGREES = re.compile(r"3[\s_-]*degree", re.IGNORECASE)
_SIX_DEGREES = re.compile(r"gauss.?kr", re.IGNORECASE)  # and not three
FARTHEST_M = {3: 170_000.0, 6: 340_000.0}  # from the meridian of a zone of so many degrees: its edge at 17° N

CELL = 0.005  # degrees, to either side of a middle: what a scale is taken from
SEEN_M2 = 0.005  # a difference that is written as 0.00 has no reason
ROUNDING_M = 1e-4  # how far the roundings of the official rule may move a point
NOISE = 1e-6  # of an area: what two methods may differ by without a reason
UNEXPLAINED = 0.1  # of a difference that may be left when its reason is taken away
ALIKE = 1e-3  # of an area: what a figure may be rounded by
MERCATOR_FITS, UNIT_FITS = 2e-3, 0.02
MERCATOR_SPHERE = 0.01  # it takes an ellipsoid for a sphere, which is at most 0.7 percent of an area
FEWEST_RIDGES, MOST_RIDGES = 0.01, 0.3  # of a plot of farmland
_LEAVES_RIDGES_OUT = re.compile(r"TBDLMJ|地类面积", re.IGNORECASE)

_UNITS = ((N_("m²"), 1.0), (N_("mu"), float(MU)), (N_("ha"), float(HECTARE)), (N_("km²"), 1e6))
CIRCUMSTANCES = ("lon", "lat", MERCATOR, "straight", "outline_m", "scale", "meridian", "factor", "away_m", "zone")

_NO_PLANE = N_("The file is in degrees, which have no plane area.")
_NO_OFFICIAL = N_("The rule has no number here: too far from the meridian, at a pole, or too long an outline.")
_EDGES = N_(
    "The rule draws edges straight in the Gauss-Krüger plane, the figure of record as geodesics: {edges_more_m2}."
)
_ROUNDING = N_("Rounding, and terms that the rule’s series leave out: {rounding_more_m2}.")
_AWAY = N_(
    "A Gauss-Krüger plane stretches with the distance from its central meridian: here {away_m} from {meridian}°."
)
_SEVERAL_AWAY = N_("Gauss-Krüger planes stretch with the distance from their central meridians: here up to {away_m}.")
_WRONG_ZONE = N_(
    "Wrong zone suspected: the central meridian of {meridian}° is {away_m} away, that of {nearest}° is nearer. "
    "A plane stretches with that distance."
)
_SCALED = N_(
    "The plane is drawn at {factor} of its size at the central meridian of {meridian}° and stretches with the "
    "distance from it, here up to {away_m}."
)
_LARGER = N_("The file’s projection enlarges areas here by {share}.")
_SMALLER = N_("The file’s projection shrinks areas here by {share}.")
_MERCATOR = N_("Web Mercator enlarges areas by 1/cos² of the latitude, at {lat}° by {share}. It is never used.")
_NEVER = N_("Web Mercator is never used.")
_AS_OFFICIAL = N_("It is the area by the official rule.")
_AS_PLANE = N_("It is the area in the file’s plane, within {limit_m2}.")
_AS_MERCATOR = N_("It is what web Mercator makes of the outline, {share} too much. Web Mercator is never used.")
_AS_DRAWN = N_("It agrees with what is drawn, within {limit_m2}.")
_UNIT = N_("It is {times} times what is drawn, as if a number in {written_word} had been read in {read_word}.")
_RIDGES = N_("The column {column} leaves field ridges out: here {share} of the plot.")
_PERHAPS_RIDGES = N_(
    "Field ridges may be left out: on farmland they take about as much, here {share} of the plot "
    "(TBDLMJ leaves them out, TBMJ does not)."
)
_SOME = N_("Declared above drawn: {more}; below: {fewer}.")


@dataclass(frozen=True)
class Reason:
    """Why a method differs: a sentence with ``{places}``, and what fills them.

    The name of a value ends with what it is: ``more_m2`` a difference of areas, ``m2`` an area, ``m`` a
    distance, ``share`` a part of 1, ``word`` a phrase of ours; any other number stands as it is.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """A method beside the figure of record.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    area_m2 : float
        NaN where the method gives no area.
    record_m2 : float
        Geodesic area of the same sites.
    sites : int
        That have both.
    """

    method: str
    area_m2: float
    record_m2: float
    sites: int
    reasons: tuple[Reason, ...] = ()

    @property
    def difference_m2(self) -> float:
        """What the method says more than the figure of record."""
        return self.area_m2 - self.record_m2

    @property
    def share(self) -> float:
        """The difference as a part of the figure of record."""
        return self.difference_m2 / self.record_m2


@dataclass(frozen=True)
class ByMethod:
    """A total by each method.

    Attributes
    ----------
    comparisons : tuple of Comparison, in the order of `METHODS`
        Empty where no ground counts.
    unmeasured : int
        Sites that count and are not measured yet: only the area of record and the declared one have them.
    """

    comparisons: tuple[Comparison, ...] = ()
    unmeasured: int = 0


def measured(shapes: np.ndarray, lonlat: np.ndarray, crs: pyproj.CRS | None) -> pd.DataFrame:
    """Measure geometries by each method.

    Parameters
    ----------
    shapes, lonlat : ndarrays of shapely geometries or None
        As drawn, easting first, and the same brought to EPSG:4490.
    crs : CRS of `shapes`; None where nothing has a place

    Returns
    -------
    DataFrame, m²
        ``geodesic``, ``official`` and ``plane``; NaN where there is none, 0 for points and lines.
    """
    own = geometry.GEOGRAPHIC if crs is None else crs
    has_place = geometry.has_place(lonlat)
    return pd.DataFrame(
        {
            GEODESIC: np.where(has_place, geometry.areas(lonlat), np.nan),
            OFFICIAL: np.where(has_place, official_areas(shapes, own), np.nan),
            PLANE: np.where(has_place, geometry.plane_areas(shapes, own), np.nan),
        }
    )


def circumstances(shapes: np.ndarray, lonlat: np.ndarray, crs: pyproj.CRS | None) -> pd.DataFrame:
    """Tell what may explain the areas of `measured`, given the same.

    Returns
    -------
    DataFrame of float, NaN where it does not apply
        ``lon`` and ``lat`` of `geometry.middles`, degrees. ``mercator``, the area that web Mercator makes of
        it, m². ``straight`` and ``outline_m`` of `survey.straightness`. How many times the plane's
        ``scale`` enlarges areas there. Of a transverse Mercator plane the central ``meridian``, how
        far the middle is ``away_m`` from it, the ``factor`` it is drawn by, and the width of its
        ``zone`` in degrees.
    """
    own = geometry.GEOGRAPHIC if crs is None else crs
    ground = (geometry.kinds(lonlat) == geometry.POLYGON) & geometry.has_place(lonlat)
    found = pd.DataFrame(np.nan, range(len(lonlat)), CIRCUMSTANCES)
    if ground.any():
        for name, values in _circumstances(shapes[ground], lonlat[ground], own).items():
            found.loc[ground, name] = values
    return found


def _circumstances(shapes: np.ndarray, lonlat: np.ndarray, crs: pyproj.CRS) -> dict[str, np.ndarray | float]:
    west, _, east, _ = shapely.bounds(lonlat).T
    lon, lat = geometry.middles(lonlat)
    straight, outline = straightness(shapes, crs)
    mercator = geometry.plane_areas(geometry.to_plane(lonlat, WEB_MERCATOR), WEB_MERCATOR)
    mercator[east - west > 180] = np.nan  # over the antimeridian
    found: dict[str, np.ndarray | float] = {
        "lon": lon,
        "lat": lat,
        MERCATOR: mercator,
        "straight": straight,
        "outline_m": outline,
    }
    if crs.is_projected:
        cells = shapely.box(lon - CELL, lat - CELL, lon + CELL, lat + CELL)
        found["scale"] = geometry.plane_areas(geometry.from_geographic(cells, crs), crs) / geometry.areas(cells)
    values = geometry.transverse_mercator(crs)
    if values is None:
        return found
    easting = shapely.get_x(geometry.from_geographic(shapely.points(lon, lat), crs))
    meridian, factor = values["8802"], values["8805"]
    away = np.abs(easting - values["8806"]) / factor
    return found | {"meridian": meridian, "factor": factor, "away_m": away, "zone": _zone_degrees(crs, factor)}


def _zone_degrees(crs: pyproj.CRS, factor: float) -> float:
    """Tell how wide a Gauss-Krüger zone is by its name; NaN of any other plane."""
    if factor != 1:
        return np.nan
    return 3 if THREE_DEGREES.search(crs.name) else 6 if _SIX_DEGREES.search(crs.name) else np.nan


def compare(
    areas: pd.DataFrame, around: pd.DataFrame, *, column: str | None = None, ridges: float = 0.0
) -> list[Comparison]:
    """Put each method beside the figure of record, for one site or for a total.

    Parameters
    ----------
    areas : DataFrame, one row a site, m²
        ``geodesic``, ``official``, ``plane`` and ``declared``, NaN where there is none.
    around : DataFrame with the same rows
        Of `circumstances`.
    column : str, optional
        The file's name of the column that declares.
    ridges : float, optional
        The largest part of a plot that field ridges take in this layer.

    Returns
    -------
    list of Comparison, in the order of `METHODS`
        Each over the sites that have both an area by the method and one of record.
    """
    rows = pd.concat([areas.reset_index(drop=True), around.reset_index(drop=True)], axis=1)
    rows = rows[rows[GEODESIC] > 0]
    return [_compared(rows, method, column, ridges) for method in METHODS]


def _compared(rows: pd.DataFrame, method: str, column: str | None, ridges: float) -> Comparison:
    both = rows[rows[method].notna()]
    if both.empty:
        return Comparison(method, np.nan, np.nan, 0, _why_none(rows, method))
    plain = Comparison(method, float(both[method].sum()), float(both[GEODESIC].sum()), len(both))
    if method == DECLARED:
        return replace(plain, reasons=_why_declared(both, plain, column, ridges))
    why = {OFFICIAL: _why_official, PLANE: _why_plane, MERCATOR: _why_mercator}.get(method)
    return replace(plain, reasons=why(both, plain)) if why else plain


def _why_none(rows: pd.DataFrame, method: str) -> tuple[Reason, ...]:
    if rows.empty or method not in (OFFICIAL, PLANE):
        return ()
    if method == OFFICIAL:
        return (Reason(_NO_OFFICIAL),)
    return (Reason(_NO_PLANE),) if rows["scale"].isna().all() else ()


def _why_official(both: pd.DataFrame, found: Comparison) -> tuple[Reason, ...]:
    straight = float(both["straight"].sum())
    rest = found.difference_m2 - straight
    most = ROUNDING_M * float(both["outline_m"].sum()) + SEEN_M2 * found.sites + UNIT_FITS * abs(straight)
    if abs(found.difference_m2) < SEEN_M2 or not abs(rest) <= most:
        return ()
    edges, rounding = Reason(_EDGES, {"edges_more_m2": straight}), Reason(_ROUNDING, {"rounding_more_m2": rest})
    if min(abs(straight), abs(rest)) >= SEEN_M2:
        return (edges, rounding)
    return (edges if abs(straight) > abs(rest) else rounding,)


def _why_plane(both: pd.DataFrame, found: Comparison) -> tuple[Reason, ...]:
    share = found.share
    if abs(found.difference_m2) < SEEN_M2 or abs(share) < NOISE:
        return ()
    if _is_mercator(both, found.area_m2):
        return _why_mercator(both, found)
    foreseen = float((both[GEODESIC] * (both["scale"] - 1)).sum()) / found.record_m2
    if not abs(share - foreseen) <= UNEXPLAINED * abs(foreseen) + NOISE + SEEN_M2 / found.record_m2:
        return ()
    if both["factor"].nunique(dropna=False) > 1 or both["factor"].isna().any():
        return (Reason(_LARGER if share > 0 else _SMALLER, {"share": abs(share)}),)
    return (_away(both),)


def _away(both: pd.DataFrame) -> Reason:
    """Tell how far planes of one factor lie from their meridians."""
    farthest = both.loc[both["away_m"].idxmax()]
    values = {name: float(farthest[name]) for name in ("meridian", "away_m")}
    if farthest["factor"] != 1:
        return Reason(_SCALED, values | {"factor": float(farthest["factor"])})
    is_far = both["away_m"] > both["zone"].map(FARTHEST_M)
    if both.loc[is_far, GEODESIC].sum() > both[GEODESIC].sum() / 2:
        width = farthest["zone"]
        shift = 0 if width == 3 else 3  # 6-degree zones have their meridians at 3°, 9°, 15° …
        nearest = width * round((farthest["lon"] - shift) / width) + shift
        return Reason(_WRONG_ZONE, values | {"nearest": float(nearest)})
    if both["meridian"].nunique() > 1 or len(both) > 1:
        return Reason(_SEVERAL_AWAY, {"away_m": values["away_m"]})
    return Reason(_AWAY, values)


def _is_mercator(both: pd.DataFrame, area_m2: float) -> bool:
    """Tell whether an area is what web Mercator makes of the ground; at the equator nothing tells that."""
    mercator, record = float(both[MERCATOR].sum(skipna=False)), float(both[GEODESIC].sum())
    return abs(mercator - record) > 10 * MERCATOR_FITS * record and abs(area_m2 - mercator) <= MERCATOR_FITS * mercator


def _why_mercator(both: pd.DataFrame, found: Comparison) -> tuple[Reason, ...]:
    weights = both[GEODESIC] / found.record_m2
    foreseen = float((weights / np.cos(np.radians(both["lat"])) ** 2).sum())
    if abs((1 + found.share) / foreseen - 1) > MERCATOR_SPHERE:
        return (Reason(_NEVER),)
    lat = float((weights * both["lat"]).sum())
    return (Reason(_MERCATOR, {"lat": round(abs(lat), 1), "share": found.share}),)


def _why_declared(both: pd.DataFrame, found: Comparison, column: str | None, ridges: float) -> tuple[Reason, ...]:
    rest = abs(found.difference_m2)
    same = _same_as_another(both, found)
    if same is not None:
        return (same,)
    if rest <= ALIKE * found.record_m2:
        return (Reason(_AS_DRAWN, {"limit_m2": ALIKE * found.record_m2}),)
    reason = _in_another_unit(found) or _without_ridges(found, column, ridges)
    if reason is None and found.sites > 1:
        above = both[DECLARED] > both[GEODESIC]
        reason = Reason(_SOME, {"more": int(above.sum()), "fewer": int((both[DECLARED] < both[GEODESIC]).sum())})
    return () if reason is None else (reason,)


def _same_as_another(both: pd.DataFrame, found: Comparison) -> Reason | None:
    """Find the method, other than that of record, that a declared area was made by."""
    declared, record = found.area_m2, found.record_m2
    if _is_mercator(both, declared):
        return Reason(_AS_MERCATOR, {"share": found.share})
    for method, template, within in ((OFFICIAL, _AS_OFFICIAL, 0.0), (PLANE, _AS_PLANE, UNEXPLAINED)):
        other = float(both[method].sum(skipna=False))
        rest, apart = abs(declared - other), abs(other - record)
        limit = SEEN_M2 * found.sites + within * apart
        if apart > 4 * SEEN_M2 and rest <= limit:
            return Reason(template, {"limit_m2": limit})
    return None


def _in_another_unit(found: Comparison) -> Reason | None:
    times = found.area_m2 / found.record_m2
    for (written, smaller), (read, larger) in permutations(_UNITS, 2):
        factor = larger / smaller
        if abs(times / factor - 1) <= UNIT_FITS:
            words: dict[str, object] = {"written_word": written, "read_word": read}
            plain = number(max(factor, 1 / factor), 2).removesuffix(".00")
            return Reason(_UNIT, words | {"times": plain if factor > 1 else f"1/{plain}"})
    return None


def _without_ridges(found: Comparison, column: str | None, ridges: float) -> Reason | None:
    share = -found.share
    if not FEWEST_RIDGES <= share <= (ridges or MOST_RIDGES):
        return None
    if column is not None and _LEAVES_RIDGES_OUT.search(column):
        return Reason(_RIDGES, {"column": column, "share": share})
    return Reason(_PERHAPS_RIDGES, {"share": share}) if ridges else None
