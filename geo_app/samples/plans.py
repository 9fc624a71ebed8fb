"""What the demonstration holds: files, amounts and planted faults, as tables.

Amounts are written in the unit that the report prints (mu, t, 万元).
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal as D
from pathlib import Path

SEED = 632800
NOTE = "演示数据，虚构"
LAYER_ORDER = (
    "grassland_restored",
    "grassland_protected",
    "farmland_reclaimed",
    "soil_remediated",
    "waste_hazardous",
    "waste_household",
    "waste_industrial",
    "enterprises_air",
    "enterprises_other",
    "cases_administrative",
    "cases_public_interest",
    "suggestions_administrative",
    "suggestions_public_interest",
    "funds_treatment",
    "funds_land_transfer",
)


@dataclass(frozen=True)
class Sample:
    """One written file.

    Attributes
    ----------
    path : Path
    layer : str
        Layer id it is to be imported into.
    choices : dict
        Answers that the file itself does not give: ``crs``, ``status``.
    truth : dict
        ``records`` in the file, ``rejected`` of them, ``gross`` and ``net`` in the layer's
        canonical unit. Added up over a layer's files, ``net`` is the layer's net total.
    """

    path: Path
    layer: str
    choices: dict[str, str]
    truth: dict[str, float]


@dataclass(frozen=True)
class Seat:
    """A township or county seat that sites lie around; `spread_km` is one standard deviation."""

    district: str
    lon: float
    lat: float
    spread_km: float
    towns: tuple[str, ...]


@dataclass(frozen=True)
class Plant:
    """A site with a planned amount, mostly one with a fault.

    Attributes
    ----------
    status : str
        One of the five, or empty for a row without one.
    partner, shared : str and mu
        Code of the site that it overlaps, and by how much; without `shared` it is the same shape.
    at : (longitude, latitude)
        Where it has to lie; None for anywhere near the seat.
    inside : bool
        False for a site outside the prefecture.
    """

    code: str
    mu: D
    status: str = "finished"
    partner: str = ""
    shared: D | None = None
    at: tuple[float, float] | None = None
    inside: bool = True
    completed: dt.date | None = None


@dataclass(frozen=True)
class GroundFile:
    """A file of polygons.

    Attributes
    ----------
    crs : int
        EPSG code of the file.
    mu, count : total drawn area and number of sites, planted ones included
    excess : (number, mu)
        How many rows declare more than they draw, and how much together.
    code : str
        Pattern of the codes, with ``{year}`` and ``{serial}``.
    first : int
        First serial number.
    columns : dict
        Our column to the file's, in file order.
    cpg : bool
        Whether a .cpg declares the GBK text.
    prj : bool
        Whether a .prj declares the CRS.
    dates : str
        Key of `rows.DATE_STYLES`.
    """

    name: str
    layer: str
    crs: int
    count: int
    mu: D
    seats: tuple[str, ...]
    code: str
    columns: dict[str, str]
    works: tuple[str, ...]
    years: tuple[int, ...] = (2021, 2022, 2023, 2024)
    first: int = 101
    excess: tuple[int, D] = (0, D(0))
    plants: tuple[Plant, ...] = ()
    step: D = D("0.1")
    cpg: bool = False
    prj: bool = True
    folder: str = ""
    dates: str = "day"


@dataclass(frozen=True)
class Ledger:
    """A table of rows that mostly have no place.

    Attributes
    ----------
    kind : str
        Key of `rows.STATUS_WORDS`; chooses the words for a status.
    count, total : number of rows that count, and what they add up to
    unfinished, repeated : (number, amount)
        Rows that are not finished; rows entered a second time, whose first entry counts.
    step : Decimal
        What every amount is a multiple of.
    amounts : tuple of Decimal
        The amounts themselves where they are planned one by one.
    placed : int
        How many rows carry longitude and latitude.
    total_row : bool
        Whether the last row is a TOTAL.
    """

    name: str
    layer: str
    kind: str
    columns: dict[str, str]
    code: str
    names: tuple[str, ...]
    seats: tuple[str, ...]
    count: int
    total: D = D(0)
    unfinished: tuple[int, D] = (0, D(0))
    repeated: tuple[int, D] = (0, D(0))
    step: D = D(0)
    amounts: tuple[D, ...] = ()
    placed: int = 0
    total_row: bool = False
    encoding: str = "utf-8-sig"
    dates: str = "dash"
    choices: dict[str, str] = field(default_factory=dict)


SEATS = {
    "察汗乌苏": Seat("632822", 98.10, 36.24, 13, ("察汗乌苏镇", "夏日哈镇", "热水乡")),
    "香日德": Seat("632822", 97.80, 35.96, 15, ("香日德镇", "巴隆乡", "沟里乡")),
    "诺木洪": Seat("632822", 96.42, 36.40, 15, ("宗加镇", "诺木洪农场")),
    "德令哈": Seat("632802", 97.34, 37.45, 14, ("柯鲁柯镇", "尕海镇", "怀头他拉镇", "蓄集乡")),
    "新源": Seat("632823", 98.98, 37.46, 17, ("新源镇", "织合玛乡", "快尔玛乡", "江河镇")),
    "希里沟": Seat("632821", 98.53, 36.88, 10, ("希里沟镇", "铜普镇", "柯柯镇", "茶卡镇")),
    "格尔木西": Seat("632801", 94.15, 36.52, 10, ("郭勒木德镇", "乌图美仁乡")),
    "格尔木": Seat("632801", 94.86, 36.45, 8, ("郭勒木德镇", "大格勒乡")),
    "柴旦": Seat("632857", 95.34, 37.83, 8, ("柴旦镇",)),
    "锡铁山": Seat("632857", 95.45, 37.42, 7, ("锡铁山镇",)),
    "花土沟": Seat("632803", 90.88, 38.27, 6, ("花土沟镇",)),
}
