"""Addresses that nobody should have typed."""

import pytest

from geo_app.web.auth import _is_own_path


@pytest.mark.parametrize("path", ["/", "/sites?layer=x", "/uploads/3"])
def test_own_path_is_gone_to(path):
    assert _is_own_path(path)


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\t/evil.example", "/\\evil.example", "https://evil.example", "", "/\n/evil.example"]
)
def test_path_that_leads_elsewhere_is_not(path):
    assert not _is_own_path(path)


@pytest.mark.parametrize("path", ["/sites/{}", "/uploads/{}", "/map/sites/{}.json", "/uploads/{}/progress"])
def test_number_beyond_the_store_is_not_found(editor, path):
    assert editor.get(path.format(9**30)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sites?upload={}", "/sites?page={}", "/map?upload={}", "/map/layers/grassland_restored.geojson?upload={}"]
)
def test_number_beyond_the_store_is_no_filter(editor, path):
    assert editor.get(path.format(9**30)).status_code == 200
