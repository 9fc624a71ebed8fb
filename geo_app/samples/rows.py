"""Cell values that every file needs: shares of a total, words, dates."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import numpy as np

DISTRICT_NAMES = {
    "632801": "格尔木市",
    "632802": "德令哈市",
    "632803": "茫崖市",
    "632821": "乌兰县",
    "632822": "都兰县",
    "632823": "天峻县",
    "632857": "大柴旦行政委员会",
}

DATE_STYLES: dict[str, Callable[[dt.date], object]] = {
    "day": lambda day: day,
    "dash": lambda day: day.isoformat(),
    "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
    "compact": lambda day: day.strftime("%Y%m%d"),
    "zh": lambda day: f"{day.year}年{day.month}月{day.day}日",
}

# what a county writes for each status, by kind of file
STATUS_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "ground": {
        "planned": ("计划",),
        "ongoing": ("进行中",),
        "finished": ("已完成", "竣工", "完工"),
        "verified": ("已验收", "验收合格"),
        "relapsed": ("反弹",),
    },
    "waste": {"ongoing": ("清运中",), "finished": ("已清运", "已处置"), "verified": ("验收合格",)},
    "enterprises": {"finished": ("已关停", "整治完成"), "verified": ("整治验收合格",)},
    "cases": {"ongoing": ("办理中",), "finished": ("已办结", "结案"), "verified": ("回头看通过",)},
    "suggestions": {"finished": ("已制发", "已送达"), "verified": ("已回复",)},
    "funds": {"finished": ("已到账", "缴清"), "verified": ("已入库",)},
}


def shares(total: Decimal, count: int, step: Decimal, rng: np.random.Generator, spread: float = 0.65) -> list[Decimal]:
    """Cut a total into uneven parts that add up to it exactly.

    Parameters
    ----------
    total : Decimal
        A multiple of `step`.
    step : Decimal
        What every part is a multiple of.
    spread : float
        Standard deviation of the logarithm of the parts.

    Returns
    -------
    list of Decimal
        `count` parts; empty when `count` is 0.

    Examples
    --------
    >>> sum(shares(Decimal("74.79"), 4, Decimal("0.01"), np.random.default_rng(1)))
    Decimal('74.79')
    """
    if count == 0:
        return []
    weights = np.clip(rng.lognormal(0, spread, count), 0.15, 5)
    steps = int(total / step)
    parts = np.floor(weights / weights.sum() * steps).astype(int)
    parts[: steps - int(parts.sum())] += 1
    return [int(part) * step for part in parts]


def status_word(kind: str, status: str, rng: np.random.Generator) -> str:
    """Pick the word that a county writes for a status; an empty status stays empty."""
    if not status:
        return ""
    words = STATUS_WORDS[kind]
    if status == "finished" and rng.random() < 0.3:
        status = "verified"
    return str(rng.choice(words[status]))


def some_day(year: int, rng: np.random.Generator) -> dt.date:
    """Pick a day of the working season of a year, April to November."""
    return dt.date(year, 4, 1) + dt.timedelta(days=int(rng.integers(0, 240)))
