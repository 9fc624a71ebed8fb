"""How the figures of a layer went on from report to report: places in a picture, no drawing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from geo_app.services.over_time import Held
from geo_app.units import from_parts
from geo_app.web.drawing import end_of
from geo_app.web.wording import VERDICT_KINDS

WIDTH, HEIGHT = 520.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 14.0, 506.0, 16.0, 122.0


@dataclass(frozen=True)
class Mark:
    """One figure in the picture: where it stands in time, its value, the ends of its interval, and net."""

    x: float
    value: float
    low: float
    high: float
    net: float
    kind: str
    label: str


@dataclass(frozen=True)
class Course:
    """A picture of `WIDTH` by `HEIGHT`: figures by the day of their report, the scale from nought upwards."""

    width: float
    height: float
    base: float
    marks: tuple[Mark, ...]

    @property
    def line(self) -> str:
        """The path from figure to figure."""
        return "M" + "L".join(f"{mark.x} {mark.value}" for mark in self.marks)


def course(held: Sequence[Held]) -> Course:
    """Place the figures of one layer, the oldest first, in a picture that begins at nought."""
    days = [each.report.published_on for each in held]
    claims = [each.verdict.claim for each in held]
    nets = [float(from_parts(each.verdict.net, claim.measure)) for each, claim in zip(held, claims, strict=True)]
    top = max([*nets, *(float(end_of(claim)) for claim in claims)]) or 1.0

    def x_of(day: dt.date) -> float:
        span = (days[-1] - days[0]).days
        return round(_LEFT + 40 + (_RIGHT - _LEFT - 80) * ((day - days[0]).days / span if span else 0.5), 1)

    def y_of(value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * value / top, 1)

    marks = tuple(
        Mark(
            x_of(each.report.published_on),
            y_of(float(claim.reported)),
            y_of(float(claim.low)),
            y_of(float(end_of(claim))),
            y_of(net),
            VERDICT_KINDS[each.verdict.word],
            claim.printed,
        )
        for each, claim, net in zip(held, claims, nets, strict=True)
    )
    return Course(WIDTH, HEIGHT, _BOTTOM, marks)
