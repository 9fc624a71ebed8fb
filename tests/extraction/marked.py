"""Texts with their figures marked in place, as README.md here explains, and folders of annotated passages."""

import json
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

_MARK = re.compile(r"\{([^{|}]+)\|([^{}]+)\}")
# How the tests write amounts; on purpose not the table of the program.
SCALES = {
    "mu": ("m2", Fraction(2000, 3)),
    "ha": ("m2", Fraction(10_000)),
    "km2": ("m2", Fraction(1_000_000)),
    "m2": ("m2", Fraction(1)),
    "acre": ("m2", Fraction("4046.8564224")),
    "mi2": ("m2", Fraction("2589988.110336")),
    "ft2": ("m2", Fraction("0.09290304")),
    "t": ("t", Fraction(1)),
    "ston": ("t", Fraction("0.90718474")),
    "lb": ("t", Fraction("0.00045359237")),
    "m3": ("m3", Fraction(1)),
    "yd3": ("m3", Fraction("0.764554857984")),
    "gal": ("m3", Fraction("0.003785411784")),
    "m": ("m", Fraction(1)),
    "mi": ("m", Fraction("1609.344")),
    "ft": ("m", Fraction("0.3048")),
    "count": ("count", Fraction(1)),
    "CNY": ("CNY", Fraction(1)),
}
QUALIFIERS = ("exact", "about", "over", "nearly")
ROLES = ("result", "context", "target")


@dataclass(frozen=True)
class Wanted:
    """A figure as a person reads it; what is None was not said."""

    start: int
    end: int
    quote: str
    canonical: Fraction
    unit: str
    family: str
    others: frozenset[str] = frozenset()
    qualifier: str = "exact"
    role: str = "result"
    is_optional: bool = False
    more: dict[str, str] = field(default_factory=dict)

    @property
    def families(self) -> frozenset[str]:
        """All families that a fair reader could choose."""
        return self.others | {self.family}


@dataclass(frozen=True)
class Passage:
    """A text and the figures in it."""

    name: str
    text: str
    wanted: tuple[Wanted, ...]


def read_marked(name: str, marked: str) -> Passage:
    """Take the marks out of a text."""
    text, wanted, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        start, at = len(text), match.end()
        text += match[1]
        wanted.append(_wanted(start, match[1], match[2].split()))
    return Passage(name, text + marked[at:], tuple(wanted))


def _wanted(start: int, quote: str, words: list[str]) -> Wanted:
    number, scale, family, *rest = words
    unit, factor = SCALES[scale]
    more = dict(word.split(":", 1) for word in rest if ":" in word)
    if span := next((word for word in rest if ".." in word), ""):
        more["interval"] = span
    plain = [word for word in rest if ":" not in word and ".." not in word and not word.startswith("~")]
    unknown = set(plain) - {*QUALIFIERS, *ROLES}
    assert not unknown, f"{quote}: {unknown}"
    return Wanted(
        start,
        start + len(quote),
        quote,
        Fraction(number) * factor,
        unit,
        family,
        frozenset(word[1:] for word in rest if word.startswith("~")) - {"none"},
        next((word for word in plain if word in QUALIFIERS), "exact"),
        next((word for word in plain if word in ROLES), "result"),
        "~none" in rest,
        more | {"scale": scale},
    )


def read_passages(path: Path) -> list[Passage]:
    """Read a file of marked passages, each under a line that starts with ``==``."""
    parts = re.split(r"(?m)^== (.+)\n", path.read_text(encoding="utf-8"))[1:]
    return [read_marked(name, body.strip()) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def read_folder(folder: Path) -> list[Passage]:
    """Read the passages of a folder: marked ones, and pairs of a text and its annotations as JSON."""
    marked = [each for path in sorted(folder.glob("passages*.txt")) for each in read_passages(path)]
    return marked + [_read_pair(path) for path in sorted(folder.glob("*.json"))]


def _read_pair(path: Path) -> Passage:
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    first, _, body = text.partition("\n")
    body = body if first.startswith("# source") else text
    wanted, at = [], 0
    for each in json.loads(path.read_text(encoding="utf-8")):
        at = max(body.find(each["quote"], at), body.find(each["quote"]) if each["quote"] not in body[at:] else 0)
        wanted.append(
            Wanted(
                at,
                at + len(each["quote"]),
                each["quote"],
                Fraction(str(each["canonical_value"])),
                each["canonical_unit"],
                each["category"],
                frozenset(each.get("alt_categories", ())),
                each.get("qualifier", "exact"),
                each.get("role", "result"),
            )
        )
    return Passage(path.stem, body, tuple(wanted))
