"""Layers: one TOML file each in ``layers/``, and nothing about a layer anywhere else."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from geo_app.errors import LayerError, NotFound
from geo_app.i18n import N_
from geo_app.model import OUR_COLUMNS, STATUSES, Text
from geo_app.units import MEASURES

FAMILIES = (
    "grassland_restored",
    "grassland_protected",
    "farmland_reclaimed",
    "forest_restored",
    "wetland_water",
    "soil_remediated",
    "waste_household",
    "waste_industrial",
    "waste_hazardous",
    "waste_other",
    "enterprises",
    "cases",
    "suggestions",
    "funds",
    "other",
)
GEOMETRIES = (N_("polygon"), N_("line"), N_("point"), "none")
ICONS = ("circle", "line", "square", "diamond", "hexagon", "triangle")

_REQUIRED = ("title", "definition", "family", "measure", "geometry", "colour", "icon", "columns", "status")
_OPTIONAL = ("excludes", "limits", "words", "counted_as", "order")


NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Words:
    """What tells in a text that a figure is of a layer: the things that it is of, and what was done to them.

    Where there are words of `within`, the sentence has to have one of them as well.
    """

    things: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


NO_WORDS: Mapping[str, Words] = {"en": Words(), "zh": Words()}


@dataclass(frozen=True)
class Layer:
    """A kind of remediation.

    Attributes
    ----------
    id : str
        Stem of the file's name.
    measure : str
        What the layer is totalled by, key of `units.MEASURES`.
    geometry : tuple of str
        Allowed geometry, of `GEOMETRIES`; ``none`` where rows may have no place.
    colour : dict
        ``light`` and ``dark``, as #rrggbb.
    columns : dict
        Our column name to the names met in files, best first.
    status : dict
        Our status to the words that mean it.
    excludes : tuple of str
        Layers whose ground cannot at the same time be this.
    limits : dict
        Limits of the rules, unit in the key.
    words : dict
        By language, ``en`` and ``zh``, the words that tell a figure of the layer in a text.
    counted_as : Text
        Counting word of a count layer, e.g. 家; empty elsewhere.
    order : int
        Place in lists; layers without one follow, by id.
    """

    id: str
    title: Text
    definition: Text
    family: str
    measure: str
    geometry: tuple[str, ...]
    colour: Mapping[str, str]
    icon: str
    columns: Mapping[str, tuple[str, ...]]
    status: Mapping[str, tuple[str, ...]]
    excludes: tuple[str, ...] = ()
    limits: Mapping[str, float] | None = None
    words: Mapping[str, Words] = field(default_factory=lambda: NO_WORDS)
    counted_as: Text = NO_TEXT
    order: int = 1000


class Layers(dict[str, Layer]):
    """All layers by id, in list order."""

    @property
    def measures(self) -> dict[str, str]:
        """The measure of each layer."""
        return {layer.id: layer.measure for layer in self.values()}

    def find(self, layer_id: str) -> Layer:
        """Return a layer.

        Raises
        ------
        NotFound
            With the ids that exist.
        """
        if layer_id not in self:
            raise NotFound(
                N_("There is no layer {layer!r}. The layers are: {known}."), layer=layer_id, known=", ".join(self)
            )
        return self[layer_id]


def load_layers(folder: Path) -> Layers:
    """Read and check every layer file of a folder.

    Raises
    ------
    LayerError
        Names the file, what was found and what was expected.
    """
    read = [_read_layer(path) for path in sorted(folder.glob("*.toml"))]
    layers = Layers((layer.id, layer) for layer in sorted(read, key=lambda layer: (layer.order, layer.id)))
    for layer in read:
        _expect(layer.id, "excludes", layer.excludes, set(layers))
    return layers


def _read_layer(path: Path) -> Layer:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayerError(N_("{file} cannot be read as TOML: {error}."), file=path.name, error=error) from error
    _check_keys(path.name, data)
    _expect(path.name, "family", [data["family"]], FAMILIES)
    _expect(path.name, "measure", [data["measure"]], MEASURES)
    _expect(path.name, "geometry", data["geometry"], GEOMETRIES)
    _expect(path.name, "icon", [data["icon"]], ICONS)
    _expect(path.name, "columns", data["columns"], OUR_COLUMNS)
    _expect(path.name, "status", data["status"], STATUSES)
    _check_colours(path.name, data["colour"])
    return Layer(
        id=path.stem,
        title=_text(path.name, "title", data["title"]),
        definition=_text(path.name, "definition", data["definition"]),
        family=data["family"],
        measure=data["measure"],
        geometry=tuple(data["geometry"]),
        colour=data["colour"],
        icon=data["icon"],
        columns={ours: tuple(names) for ours, names in data["columns"].items()},
        status={word: tuple(names) for word, names in data["status"].items()},
        excludes=tuple(data.get("excludes", ())),
        limits=data.get("limits", {}),
        words={**NO_WORDS, **_words(path.name, data.get("words", {}))},
        counted_as=_text(path.name, "counted_as", data.get("counted_as", {"en": "", "zh": ""})),
        order=data.get("order", 1000),
    )


def _check_keys(file: str, data: Mapping[str, object]) -> None:
    unknown = sorted(set(data) - {*_REQUIRED, *_OPTIONAL})
    if unknown:
        known = ", ".join((*_REQUIRED, *_OPTIONAL))
        raise LayerError(N_("{file}: unknown keys {found}; known are {known}."), file=file, found=unknown, known=known)
    missing = [key for key in _REQUIRED if key not in data]
    if missing:
        raise LayerError(N_("{file}: the keys {missing} are missing. Add them."), file=file, missing=missing)


def _expect(file: str, key: str, found: object, known: object) -> None:
    wrong = sorted(set(found) - set(known))  # type: ignore[call-overload]
    if wrong:
        raise LayerError(
            N_("{file}: {key} has {wrong}; expected some of {known}."),
            file=file,
            key=key,
            wrong=", ".join(wrong),
            known=", ".join(sorted(known)),  # type: ignore[call-overload]
        )


def _words(file: str, data: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Words]:
    _expect(file, "words", data, NO_WORDS)
    for locale, listed in data.items():
        _expect(file, f"words.{locale}", listed, [each.name for each in fields(Words)])
    return {locale: Words(**{name: tuple(words) for name, words in listed.items()}) for locale, listed in data.items()}


def _check_colours(file: str, colour: Mapping[str, str]) -> None:
    good = set(colour) == {"light", "dark"} and all(re.fullmatch("#[0-9a-f]{6}", value) for value in colour.values())
    if not good:
        raise LayerError(
            N_("{file}: colour is {found}; expected light and dark, each as #rrggbb."), file=file, found=dict(colour)
        )


def _text(file: str, key: str, value: Mapping[str, str]) -> Text:
    if not isinstance(value, Mapping) or set(value) != {"en", "zh"}:
        raise LayerError(N_("{file}: {key} needs en and zh."), file=file, key=key)
    return Text(value["en"], value["zh"])
