"""The house: imports point inwards, adapters do not know each other, libraries stay in their homes."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "geo_app"

RINGS = (
    {"errors", "filling", "i18n", "units", "model", "layers", "settings", "rules", "points", "tasks"},
    {
        *("geometry", "geodesic", "survey", "methods", "districts", "ground", "neighbours", "precedence", "stacks"),
        *("sharing", "bridge", "claims", "comparisons", "reports", "extraction", "totals", "differences", "quality"),
    },
    {"ingest", "store", "maps", "exports", "samples", "queue"},
    {"services"},
    {"web", "cli"},
    {"app", "__main__"},
)
ADAPTERS = RINGS[2]
HOMES = {
    "flask": {"web", "app"},
    "flask_babel": {"web"},
    "flask_login": {"web"},
    "flask_wtf": {"web"},
    "werkzeug": {"web"},
    "click": {"cli"},
    "rich": {"cli"},
    "waitress": {"cli"},
    "sqlalchemy": {"store"},
    "huey": {"queue"},
    "folium": {"maps"},
    "branca": {"maps"},
    "mapbox_vector_tile": {"maps"},
    "pyogrio": {"ingest", "samples"},
    "openpyxl": {"ingest"},
    "lxml": {"ingest"},
    "pypdf": {"ingest"},
    "cn2an": {"extraction"},
    "tomli_w": {"reports"},
    "xlsxwriter": {"exports", "samples"},
}


def ring_of(unit: str) -> int:
    return next(number for number, units in enumerate(RINGS) if unit in units)


def unit_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_inwards(path):
    own = unit_of(path)
    units = {name.split(".")[1] for name in imports_of(path) if name.startswith("geo_app.")} - {own, "__version__"}
    outward = {unit for unit in units if ring_of(unit) > ring_of(own)}
    beside = units & ADAPTERS if own in ADAPTERS else set()
    assert not outward | beside


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_homes(path):
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert not {root for root in roots & set(HOMES) if unit_of(path) not in HOMES[root]}


def test_package_root_imports_nothing():
    assert not imports_of(PACKAGE / "__init__.py")


def test_every_unit_has_a_ring():
    assert {unit_of(path) for path in FILES} <= set().union(*RINGS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
