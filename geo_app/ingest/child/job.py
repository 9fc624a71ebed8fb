"""What the child process is asked to read."""

from dataclasses import dataclass
from pathlib import Path

from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_

ALL = "all"


@dataclass(frozen=True)
class Job:
    """What to read: where it is, what it was called, an empty folder to work in, the answers."""

    path: Path
    name: str
    scratch: Path
    encoding: str | None
    sublayer: str | None
    columns: dict[str, str]


def choose(names: list[str], wanted: str | None, file: str) -> list[str]:
    """Pick the sublayers to read.

    Raises
    ------
    AnswerNeeded
        If there are several and none was named.
    Refused
        If the named one is not there.
    """
    if wanted == ALL:
        return names
    if wanted is not None:
        if wanted not in names:
            raise Refused(
                N_("{file} has no sublayer {wanted!r}. It holds: {names}."),
                file=file,
                wanted=wanted,
                names=", ".join(names[:50]),
            )
        return [wanted]
    if len(names) > 1:
        raise AnswerNeeded(
            N_("{file} holds several sublayers: {names}. Name one, or all, with {option}."),
            needs="sublayer",
            option="--sublayer NAME|all",
            choices=(*names, ALL),
            file=file,
            names=", ".join(names[:50]) + (", …" if len(names) > 50 else ""),
        )
    return names
