"""Every file in layers/ keeps what layers/README.md promises."""

import os
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from geo_app.errors import LayerError
from geo_app.layers import Layer, load_layers
from geo_app.model import STATUSES

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "layers").glob("*.toml"))
LAYERS = load_layers(ROOT / "layers")

# id: (measure, family), in list order
PROMISED = {
    "grassland_restored": ("area", "grassland_restored"),
    "grassland_protected": ("area", "grassland_protected"),
    "farmland_reclaimed": ("area", "farmland_reclaimed"),
    "forest_restored": ("area", "forest_restored"),
    "wetland_restored": ("area", "wetland_water"),
    "soil_remediated": ("area", "soil_remediated"),
    "river_cleaned": ("length", "wetland_water"),
    "waste_household": ("mass", "waste_household"),
    "waste_industrial": ("mass", "waste_industrial"),
    "waste_hazardous": ("mass", "waste_hazardous"),
    "waste_other": ("mass", "waste_other"),
    "enterprises_air": ("count", "enterprises"),
    "enterprises_other": ("count", "enterprises"),
    "cases_administrative": ("count", "cases"),
    "cases_public_interest": ("count", "cases"),
    "suggestions_administrative": ("count", "suggestions"),
    "suggestions_public_interest": ("count", "suggestions"),
    "funds_minerals": ("amount", "funds"),
    "funds_treatment": ("amount", "funds"),
    "funds_land_transfer": ("amount", "funds"),
}
GROUND = ("grassland_restored", "grassland_protected", "farmland_reclaimed", "forest_restored", "wetland_restored")
ICON_OF = {
    "area": "circle",
    "length": "line",
    "mass": "square",
    "count": "diamond",
    "amount": "hexagon",
    "volume": "triangle",
}
LIMIT_UNITS = ("_m2", "_m", "_t", "_count", "_cny", "_mu", "_tolerance")

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.id)


def same(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def cut(name: str, encoding: str) -> str:
    return same(name.encode(encoding)[:10].decode(encoding, "ignore"))


def names_of(layer: Layer) -> list[tuple[str, str]]:
    return [(ours, name) for ours, names in layer.columns.items() for name in names]


def test_twenty_layers_are_there_in_order() -> None:
    assert [layer for layer in LAYERS if layer in PROMISED] == list(PROMISED)


@pytest.mark.parametrize("layer_id", PROMISED)
def test_measure_and_family_are_as_promised(layer_id: str) -> None:
    assert (LAYERS[layer_id].measure, LAYERS[layer_id].family) == PROMISED[layer_id]


@each_file
def test_unknown_key_is_refused_by_name(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_text('colur = "#112233"\n' + path.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(LayerError, match=rf"{path.name}: unknown keys \['colur'\]"):
        load_layers(tmp_path)


@each_file
@pytest.mark.parametrize("key", ["title", "measure", "columns", "status"])
def test_missing_key_is_refused_by_name(path: Path, key: str, tmp_path: Path) -> None:
    text = re.sub(rf"(?m)^(\[?){key}\b", rf"\g<1>{key}_gone", path.read_text("utf-8"), count=1)
    (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(LayerError, match=f"{key}_gone"):
        load_layers(tmp_path)


@each_layer
def test_id_is_plain_words(layer: Layer) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]*", layer.id)


@each_layer
def test_key_is_explained(layer: Layer) -> None:
    readme = (ROOT / "layers" / "README.md").read_text("utf-8")
    keys = tomllib.loads((ROOT / "layers" / f"{layer.id}.toml").read_text("utf-8"))
    assert [key for key in keys if f"`{key}`" not in readme and f"`[{key}]`" not in readme] == []


@each_layer
def test_texts_are_there_in_both_languages(layer: Layer) -> None:
    for text in (layer.title, layer.definition):
        assert re.search("[a-z]", text.en) and not re.search("[\u4e00-\u9fff]", text.en)
        assert re.search("[\u4e00-\u9fff]", text.zh)
    assert (layer.definition.en[-1], layer.definition.zh[-1]) == (".", "。")


@each_layer
def test_title_is_short(layer: Layer) -> None:
    assert len(layer.title.en) <= 30
    assert len(layer.title.zh) <= 8


@each_layer
def test_icon_follows_measure(layer: Layer) -> None:
    assert layer.icon == ICON_OF[layer.measure]


@each_layer
def test_counting_word_only_where_things_are_counted(layer: Layer) -> None:
    assert bool(layer.counted_as.en and layer.counted_as.zh) == (layer.measure == "count")


@each_layer
def test_columns_are_complete(layer: Layer) -> None:
    measured = "declared_area" if layer.measure == "area" else "quantity"
    common = {"code", "name", "district", "status", "started_on", "completed_on", "note"}
    assert set(layer.columns) == common | {measured}


@each_layer
def test_own_column_name_is_the_best_one(layer: Layer) -> None:
    assert all(names[0] == ours for ours, names in layer.columns.items())


@each_layer
def test_column_name_stands_once(layer: Layer) -> None:
    names = [same(name) for _, name in names_of(layer)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@each_layer
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_listed_cut_name_means_one_column(layer: Layer, encoding: str) -> None:
    owner = {same(name): ours for ours, name in names_of(layer)}
    stolen = [(name, ours) for ours, name in names_of(layer) if owner.get(cut(name, encoding), ours) != ours]
    assert stolen == []


@each_layer
def test_names_cut_in_gbk_stay_apart(layer: Layer) -> None:
    owners: dict[str, set[str]] = {}
    for ours, name in names_of(layer):
        owners.setdefault(cut(name, "gbk"), set()).add(ours)
    assert {name: ours for name, ours in owners.items() if len(ours) > 1} == {}


@each_layer
def test_deductions_and_debts_are_never_read(layer: Layer) -> None:
    read = {same(name) for _, name in names_of(layer)}
    assert not read & {"kcmj", "tkmj", "扣除面积", "毛重", "皮重", "应缴金额", "欠缴金额"}


@each_layer
def test_status_words_are_there_in_both_languages(layer: Layer) -> None:
    assert set(layer.status) == set(STATUSES)
    for status, words in layer.status.items():
        assert status in words
        assert any(re.search("[\u4e00-\u9fff]", word) for word in words)


@each_layer
def test_status_word_means_one_status(layer: Layer) -> None:
    words = [same(word) for listed in layer.status.values() for word in listed]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


@each_layer
def test_limits_end_in_their_unit(layer: Layer) -> None:
    limits = layer.limits or {}
    assert limits
    assert all(key.endswith(LIMIT_UNITS) and value > 0 for key, value in limits.items())


@each_layer
def test_limits_are_explained(layer: Layer) -> None:
    readme = (ROOT / "layers" / "README.md").read_text("utf-8")
    assert [key for key in layer.limits or {} if f"`{key}`" not in readme] == []


@each_layer
def test_words_tell_the_layer_in_both_languages(layer: Layer) -> None:
    assert set(layer.words) == {"en", "zh"}
    assert all(words.things and words.acts for words in layer.words.values())


@each_layer
def test_word_stands_once(layer: Layer) -> None:
    for words in layer.words.values():
        for listed in (words.things, words.acts, words.within):
            names = [same(word) for word in listed]
            assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_things_of_two_layers_of_one_measure_are_told_apart() -> None:
    for one in LAYERS.values():
        for two in LAYERS.values():
            if (one.family, one.measure) < (two.family, two.measure) and one.measure == two.measure:
                for language in ("en", "zh"):
                    shared = set(one.words[language].things) & set(two.words[language].things)
                    assert not shared or set(one.words[language].acts) != set(two.words[language].acts)


@each_layer
def test_exclusion_holds_both_ways(layer: Layer) -> None:
    assert layer.id not in layer.excludes
    assert all(layer.id in LAYERS[other].excludes for other in layer.excludes)


@pytest.mark.parametrize("layer_id", GROUND)
def test_ground_layers_exclude_one_another(layer_id: str) -> None:
    assert set(GROUND) - {layer_id} <= set(LAYERS[layer_id].excludes)


def test_treated_soil_excludes_nothing() -> None:
    assert LAYERS["soil_remediated"].excludes == ()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_differ(theme: str) -> None:
    assert len({layer.colour[theme] for layer in LAYERS.values()}) == len(LAYERS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_design(theme: str) -> None:
    shared = os.environ.get("GEO_APP_TEST_FILES")
    if not shared:
        pytest.skip("GEO_APP_TEST_FILES is not set: it names the folder of shared test files")
    css = (Path(shared) / "design" / "tokens.css").read_text("utf-8")
    part = css.split('[data-theme="dark"]')[theme == "dark"]
    drawn = dict(re.findall(r"--l-(\w+): (#[0-9a-f]{6})", part))
    assert set(drawn) == set(PROMISED)
    assert {layer: LAYERS[layer].colour[theme] for layer in drawn} == drawn
