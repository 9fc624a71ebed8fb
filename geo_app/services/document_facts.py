"""What is known about a document of the ledger: guessed from its text at first, and checked when a person says it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from geo_app.errors import Refused
from geo_app.i18n import N_
from geo_app.ingest import Document
from geo_app.model import Text
from geo_app.services.landproof import Landproof

_DATE = re.compile(r"(?P<y>20\d\d)[-年/.](?P<m>\d{1,2})[-月/.](?P<d>\d{1,2})日?")
_SOURCE = re.compile(r"(?:来源|发布机构|发布单位|Source)\s?[:：]\s?(?P<name>[^\s,，;；|]{2,40})")
_PATH = re.compile("[>\uff1e»]")  # 首页 > 新闻: where a page stands, not what it is called
_TITLE = range(8, 81)  # characters
_LINES = 12  # from the top, among which a title is looked for where no date is


def guessed(lp: Landproof, document: Document, filename: str) -> dict[str, Any]:
    """Guess what is known about a document from its text; a person can correct it.

    The title is the longest line above the first date, or among the first lines; without one, the file's name.
    """
    text = document.text
    dated = _DATE.search(text)
    head = text[: dated.start()].splitlines() if dated else text.splitlines()[:_LINES]
    head = head[:-1] or head if dated else head  # what leads up to the date is none
    lines = [line.strip() for line in head if len(line.strip()) in _TITLE and not _PATH.search(line)]
    title = max(lines, key=len, default=filename)
    source = _SOURCE.search(text)
    publisher = source["name"] if source else ""
    return {
        "title": asdict(Text(title, title)),
        "publisher": asdict(Text(publisher, publisher)),
        "published_on": _first_date(text),
        "place": lp.place,
        "place_name": _name_of(lp, lp.place),
        "language": document.language,
        "period": None,
    }


def described(lp: Landproof, known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known about a document with what a person has said of it.

    Parameters
    ----------
    changes : mapping
        Any of ``title publisher published_on place place_name period``.

    Raises
    ------
    Refused
        If a date is none, or the place is not known.
    """
    told = {**known, **changes}
    if told["place"] not in lp.districts.names:
        raise Refused(
            N_("The place {found!r} is not known; expected one of {known}."),
            found=told["place"],
            known=", ".join(lp.districts.names),
        )
    if told["place"] != known.get("place") and "place_name" not in changes:
        told["place_name"] = _name_of(lp, told["place"])
    told["published_on"] = day(told["published_on"])
    told["period"] = days(told["period"])
    return told


def days(told: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """Check the days of a period; None where none is stated.

    Raises
    ------
    Refused
        If one is no date, or the period ends before it begins.
    """
    if not told or not any(told.get(name) for name in ("words", "first", "last")):
        return None
    first, last = (day(told[name]) if told.get(name) else None for name in ("first", "last"))
    if first and last and last < first:
        raise Refused(N_("The period ends before it begins."))
    return {"words": told.get("words") or None, "first": first, "last": last}


def day(written: object) -> str:
    """Check a date, and write it as 2025-03-20.

    Raises
    ------
    Refused
        If it is none.
    """
    try:
        return dt.date.fromisoformat(str(written).strip()).isoformat()
    except ValueError as error:
        raise Refused(N_("{found!r} is no date; expected one such as 2025-03-20."), found=written) from error


def _name_of(lp: Landproof, place: str) -> dict[str, str]:
    return asdict(lp.districts.names.get(place, Text(place, place)))


def _first_date(text: str) -> str:
    for match in _DATE.finditer(text):
        try:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
        except ValueError:
            continue
    return dt.datetime.now(dt.UTC).date().isoformat()
