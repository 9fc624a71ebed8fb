"""Sending a large file in a browser: how far it is, how far its reading is, and stopping either."""

import re
from typing import Any

import pytest

from geo_app.samples import generated_sites
from tests.serving import served, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNT = 20_000  # a file of 9 MB


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return generated_sites(COUNT, 7, tmp_path_factory.mktemp("large"))


@pytest.fixture
def page(chromium, tmp_path):
    """A signed-in page of an empty instance with a worker; it has to be quiet."""
    with served(tmp_path / "home") as server, signed_in(chromium, server) as opened:
        yield opened


def send(page: Any, path: Any, *, bytes_a_second: int = -1) -> None:
    """Choose a file and send it over a line of some speed."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    line.send("Network.emulateNetworkConditions", speed)
    page.goto("/uploads")
    page.locator("#layer").select_option("grassland_restored")
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="Send").click()


def test_sending_and_reading_show_how_far_they_are(page, large):
    send(page, large, bytes_a_second=4_000_000)
    page.locator(".sending [role=status]", has_text=re.compile(r"Sending: [1-9]\d %")).wait_for()
    assert 0 < page.locator("#sent").evaluate("bar => bar.value") < 100
    page.wait_for_url(re.compile(r"/uploads/1$"))
    page.locator("#progress .now").wait_for()
    accept = page.get_by_role("button", name="Accept 20,000 sites")
    accept.wait_for(timeout=120_000)
    page.frame_locator(".cmap").locator(".lp-box").wait_for()  # of so many sites at least where they lie


def test_sending_can_be_stopped(page, large):
    send(page, large, bytes_a_second=500_000)
    page.locator(".sending [role=status]", has_text="Sending:").wait_for()
    page.keyboard.press("Enter")  # the button to stop has the focus
    page.locator("#problem", has_text="Stopped. Nothing was stored.").wait_for()
    assert page.get_by_role("button", name="Send").is_enabled()
    page.reload()
    assert page.get_by_text("No file has been uploaded yet.").is_visible()


def test_reading_can_be_stopped(page, large):
    send(page, large)
    page.wait_for_url(re.compile(r"/uploads/1$"))
    page.get_by_role("button", name="Stop").click()
    page.locator("h1", has_text="This upload was discarded").wait_for()
    page.goto("/uploads")
    assert page.locator("table.uploads .state").inner_text() == "discarded"
