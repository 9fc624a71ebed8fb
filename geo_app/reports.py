"""Files of reports, read and written without a loss. `data/reports/README.md` explains the keys."""

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomli_w

from geo_app.claims import claim_printed
from geo_app.errors import ReportError
from geo_app.i18n import LOCALES, N_
from geo_app.model import Claim, Report, Text

_REQUIRED = ("title", "publisher", "published_on", "place", "place_name", "language", "claim")
_OPTIONAL = ("period", "sha256")
_OF_CLAIM = ("layer", "printed")
_OPTIONAL_OF_CLAIM = ("quote", "qualifier", "period", "value", "unit", "low", "high", "why")
_QUALIFIERS = ("exact", "about", "over", "nearly")
_SAMPLE_TEXT = '"text"'
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EXACT = re.compile(r"\d{1,80}(?:\.\d{1,80}|/[1-9]\d{0,79})?")


def load_reports(folder: Path, measures: Mapping[str, str]) -> dict[str, Report]:
    """Read every report file of a folder.

    Parameters
    ----------
    folder : Path
        Holds one TOML file a report; the id is the file's stem.
    measures : mapping
        Layer id to its measure; a claim has to fit its layer.

    Raises
    ------
    ReportError
        Names the file, what was found and what was expected.
    """
    return {path.stem: read_report(path.read_bytes(), path.name, measures) for path in sorted(folder.glob("*.toml"))}


def read_report(content: bytes, file: str, measures: Mapping[str, str]) -> Report:
    """Read a report from the bytes of its file; see `load_reports`."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReportError(N_("{file} cannot be read as TOML: {error}."), file=file, error=error) from error
    table = _Table(file, data)
    table.check_keys(_REQUIRED, _OPTIONAL)
    sha256 = table.text("sha256", "")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise table.wrong("sha256", '"9f86d081884c7d65…" (64)')
    if table.text("language") not in LOCALES:
        raise table.wrong("language", _listed(LOCALES))
    return Report(
        id=file.removesuffix(".toml"),
        title=table.both("title"),
        publisher=table.both("publisher"),
        published_on=table.day("published_on"),
        place=table.text("place"),
        place_name=table.both("place_name"),
        period=table.period(),
        language=table.text("language"),
        claims=tuple(_claim(each, measures) for each in table.tables("claim")),
        sha256=sha256,
    )


def write_report(report: Report) -> bytes:
    """Write a report as a file, so that `read_report` gives the same report again."""
    data: dict[str, Any] = {
        "published_on": report.published_on,
        "place": report.place,
        "language": report.language,
        **({"sha256": report.sha256} if report.sha256 else {}),
        "title": asdict(report.title),
        "publisher": asdict(report.publisher),
        "place_name": asdict(report.place_name),
        **_written_period(report.period),
        "claim": [_written(each) for each in report.claims],
    }
    return tomli_w.dumps(data).encode("utf-8")


class _Table:
    """A table of a report file, whose values are checked as they are taken."""

    def __init__(self, file: str, data: Mapping[str, Any], place: str = "") -> None:
        self.file, self._data, self._place = file, data, place

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def check_keys(self, required: Collection[str], optional: Collection[str]) -> None:
        wrong = sorted(set(required) - set(self._data)) + sorted(set(self._data) - {*required, *optional})
        if wrong:
            raise ReportError(
                N_("{file}: the keys {wrong} are missing or unknown; expected {known}."),
                file=self.file,
                wrong=", ".join(self._place + key for key in wrong),
                known=", ".join(sorted({*required, *optional})),
            )

    def wrong(self, key: str, expected: str) -> ReportError:
        return ReportError(
            N_("{file}: {key} is {found!r}; expected something such as {expected}."),
            file=self.file,
            key=self._place + key,
            found=str(self._data.get(key, "")),
            expected=expected,
        )

    def text(self, key: str, without: str | None = None) -> str:
        found = self._data.get(key, without)
        if not isinstance(found, str):
            raise self.wrong(key, _SAMPLE_TEXT)
        return found

    def day(self, key: str) -> dt.date:
        found = self._data.get(key)
        if not isinstance(found, dt.date) or isinstance(found, dt.datetime):
            raise self.wrong(key, "2025-03-20")
        return found

    def exact(self, key: str) -> Fraction:
        found = self.text(key)
        if not _EXACT.fullmatch(found):
            raise self.wrong(key, '"1234.5", "230000/3"')
        return Fraction(found)

    def table(self, key: str, keys: Collection[str]) -> "_Table":
        found = self._data[key]
        if not isinstance(found, Mapping):
            raise self.wrong(key, "{ " + ", ".join(f"{each} = …" for each in keys) + " }")
        made = _Table(self.file, found, f"{self._place}{key}.")
        made.check_keys(keys, ())
        return made

    def both(self, key: str) -> Text:
        found = self.table(key, ("en", "zh"))
        return Text(found.text("en"), found.text("zh"))

    def period(self) -> tuple[dt.date, dt.date] | None:
        if "period" not in self:
            return None
        found = self.table("period", ("from", "to"))
        first, last = found.day("from"), found.day("to")
        if last < first:
            raise self.wrong("period", "{ from = 2021-01-01, to = 2024-12-31 }")
        return first, last

    def tables(self, key: str) -> list["_Table"]:
        found = self._data[key]
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            raise self.wrong(key, f"[[{key}]]")
        return [_Table(self.file, each, f"{key}[{at}].") for at, each in enumerate(found, 1)]


def _claim(table: _Table, measures: Mapping[str, str]) -> Claim:
    table.check_keys(_OF_CLAIM, _OPTIONAL_OF_CLAIM)
    layer, printed, quote = table.text("layer"), table.text("printed"), table.text("quote", "")
    qualifier = table.text("qualifier") if "qualifier" in table else None
    if qualifier not in (None, *_QUALIFIERS):
        raise table.wrong("qualifier", _listed(_QUALIFIERS))
    if layer not in measures:
        raise table.wrong("layer", _listed(measures))
    claim = _stated(table, qualifier, measures[layer]) if "value" in table else claim_printed(layer, printed, qualifier)
    if measures[layer] != claim.measure:
        raise ReportError(
            N_("{file}: {printed!r} is measured by {measure}, but layer {layer!r} is measured by {expected}."),
            file=table.file,
            printed=printed,
            measure=claim.measure,
            layer=layer,
            expected=measures[layer],
        )
    if quote and quote.count(printed) != 1:
        raise ReportError(
            N_("{file}: the quote {quote!r} has to hold the figure {printed!r} once."),
            file=table.file,
            quote=quote,
            printed=printed,
        )
    return replace(_with_interval(table, claim), quote=quote, period=table.period(), why=table.text("why", ""))


def _stated(table: _Table, qualifier: str | None, measure: str) -> Claim:
    """Take value, unit and interval as they are written; the printed words alone do not say them."""
    for key in ("unit", "low", "qualifier"):
        if key not in table:
            raise table.wrong(key, _SAMPLE_TEXT)
    low, value = table.exact("low"), table.exact("value")
    return Claim(
        table.text("layer"),
        table.text("printed"),
        measure,
        value,
        low,
        None,
        table.text("unit"),
        qualifier=qualifier or "exact",
    )


def _with_interval(table: _Table, claim: Claim) -> Claim:
    if "low" not in table:
        return claim
    low, high = table.exact("low"), table.exact("high") if "high" in table else None
    if high is not None and high < low:
        raise table.wrong("high", "low ≤ high")
    return replace(claim, low=low, high=high)


def _written(claim: Claim) -> dict[str, Any]:
    plain = _plain(claim)
    said = claim_printed(claim.layer, claim.printed, claim.qualifier) if plain else None
    is_said = said is not None and (said.reported, said.unit_word) == (claim.reported, claim.unit_word)
    written = {"layer": claim.layer, "printed": claim.printed}
    if claim.quote:
        written["quote"] = claim.quote
    if not is_said or plain is None or plain.qualifier != claim.qualifier:
        written["qualifier"] = claim.qualifier
    if not is_said:
        written |= {"value": str(claim.reported), "unit": claim.unit_word}
    if not is_said or said is None or (said.low, said.high) != (claim.low, claim.high):
        written["low"] = str(claim.low)
        written |= {} if claim.high is None else {"high": str(claim.high)}
    if claim.why:
        written["why"] = claim.why
    return {**written, **_written_period(claim.period)}


def _plain(claim: Claim) -> Claim | None:
    """Read a claim from its printed words alone; None where they are not understood without their text."""
    try:
        return claim_printed(claim.layer, claim.printed)
    except ReportError:
        return None


def _written_period(period: tuple[dt.date, dt.date] | None) -> dict[str, Any]:
    return {"period": dict(zip(("from", "to"), period, strict=True))} if period else {}


def _listed(known: Collection[str]) -> str:
    return ", ".join(f'"{each}"' for each in known)
