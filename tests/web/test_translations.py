"""Every phrase has its Chinese, with the same places."""

from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from geo_app.i18n import CATALOGUES, LOCALES
from geo_app.settings import ROOT

METHODS = {
    "geo_app": [("**.py", "python")],
    "templates": [("**.html", "jinja2")],
}
OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OTHERS = [locale for locale in LOCALES if locale != "en"]


@cache
def phrases() -> frozenset[object]:
    found = set()
    for folder, methods in METHODS.items():
        for _, _, message, *_ in extract_from_dir(ROOT / folder, methods, OPTIONS, keywords=KEYWORDS):
            found.add(message)
    return frozenset(found)


@cache
def catalogue(locale: str) -> Catalog:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=locale)


def test_phrases_are_found() -> None:
    assert len(phrases()) > 400


@pytest.mark.parametrize("locale", OTHERS)
def test_no_phrase_is_missing(locale: str) -> None:
    known = {message.id for message in catalogue(locale) if message.id}
    assert sorted(str(each) for each in phrases() - known) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_no_phrase_is_left_over(locale: str) -> None:
    known = {message.id for message in catalogue(locale) if message.id}
    assert sorted(str(each) for each in known - phrases()) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_every_phrase_is_translated(locale: str) -> None:
    empty = [message.id for message in catalogue(locale) if message.id and not all(_texts(message.string))]
    assert empty == []


@pytest.mark.parametrize("locale", OTHERS)
def test_no_translation_is_doubtful(locale: str) -> None:
    assert [message.id for message in catalogue(locale) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("locale", OTHERS)
def test_places_agree(locale: str) -> None:
    wrong = {message.id: [str(error) for error in message.check(catalogue(locale))] for message in catalogue(locale)}
    assert {phrase: errors for phrase, errors in wrong.items() if errors} == {}


@pytest.mark.parametrize("locale", OTHERS)
def test_places_in_braces_agree(locale: str) -> None:
    wrong = [
        message.id
        for message in catalogue(locale)
        if isinstance(message.id, str) and "{" in message.id and _places(message.id) != _places(str(message.string))
    ]
    assert wrong == []


def _texts(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (str(string),)


def _places(text: str) -> set[str]:
    return {piece.partition("}")[0].partition("!")[0] for piece in text.split("{")[1:]}
