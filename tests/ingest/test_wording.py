"""What is said of a file: true, in the reader's language, and in no language of ours."""

import re

import pytest

from geo_app.errors import AnswerNeeded, GeoAppError
from geo_app.filling import fill
from geo_app.i18n import translate
from geo_app.rules import RULES
from geo_app.services.telling import say
from tests.ingest import files

SQUARE = files.lonlat_square()
FOREIGN = re.compile(r"\bNone\b(?! of the)|NoneType|sys\.|Traceback|dict|codec|str\(|\\")


def refusal(take, path, **choices):
    with pytest.raises(GeoAppError) as found:
        take(path, **choices)
    return found.value


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[1, 2]",
        '{"type": null}',
        '{"type": "FeatureCollection", "features": {"a": 1}}',
        '{"type": "FeatureCollection", "features": [null]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": null}}]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "crs": {"a": null}}]}',
        '{"type": "FeatureCollection", "crs": {"type": "name", "properties": null}, "features": []}',
        '{"type": "FeatureCollection", "features": [%s]}' % ("1" * 5000),
        '{"type": "FeatureCollection", "features": [',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
    ],
)
def test_nothing_of_python_is_said_of_json(tmp_path, take, text):
    (tmp_path / "a.geojson").write_text(text)
    told = str(refusal(take, tmp_path / "a.geojson"))
    assert not FOREIGN.search(told), told


def test_what_cannot_be_seen_is_shown_and_what_is_only_wide_is_not():
    values = {"value": "总\u3000计", "hidden": "a\u202eb\n\x00"}
    assert fill("{value!r} {hidden!r} {n:,}", values | {"n": 1234}) == r"'总　计' 'a\u202eb\n\x00' 1,234"
    assert fill("列{value!r}", values, "zh") == "列“总　计”"


def test_the_list_of_sublayers_holds_those_of_the_file_only(tmp_path, take):
    frames = {name: files.frame([files.square()]) for name in ("a", "b")}
    need = refusal(take, files.gpkg(tmp_path / "a.gpkg", frames))
    assert isinstance(need, AnswerNeeded)
    assert (": a, b." in str(need), need.choices) == (True, ("a", "b", "all"))


@pytest.mark.parametrize(
    ("found", "said"), [("Point + Polygon", "点 + 面"), ("LineString", "线"), ("CurvePolygon", "CurvePolygon")]
)
def test_kinds_of_geometry_have_chinese_names(found, said):
    told = say("wrong_geometry", {"found": found, "expected": "polygon, point"}, "zh")
    assert said in told
    assert "面、点" in told


def test_the_reasons_of_a_damaged_shape_have_chinese_names(tmp_path, take):
    parts = files.shapefile(tmp_path, [files.square(n) for n in range(2)])
    content = bytearray(parts[".shx"])
    content[108:112] = (1 << 28).to_bytes(4, "big")
    (rejected,) = take(files.zipped(tmp_path, parts | {".shx": bytes(content)})).rejected
    assert translate(rejected.values["reason"], "zh") in say(rejected.rule, rejected.values, "zh")
    assert "outside" not in say(rejected.rule, rejected.values, "zh")


@pytest.mark.parametrize(("pair", "column"), [("97.3,", "纬度"), (",37.3", "经度")])
def test_half_a_place_is_called_so(tmp_path, take, pair, column):
    (tmp_path / "a.csv").write_text(f"编号,净重(吨),经度,纬度\nA,1,{pair}\nB,2,97,37\nC,3,,\n", encoding="utf-8")
    (rejected,) = take(tmp_path / "a.csv", "waste_household").rejected
    assert (rejected.rule, rejected.values["column"]) == ("half_a_place", column)


def test_every_phrase_of_a_rule_is_a_place_in_its_sentence():
    for rule in RULES.values():
        assert all(f"{{{name}}}" in rule.template + rule.cure for name in rule.phrases), rule.name
