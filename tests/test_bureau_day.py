"""A bureau's day in a browser: a file without a coordinate system, its faults, the corrected file, second thoughts."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import bureau
from tests.serving import served, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAYER = "grassland_restored"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 60_000  # for the worker


@pytest.fixture
def page(chromium, tmp_path):
    """A signed-in page of an empty instance with a worker; it has to be quiet."""
    with served(tmp_path / "home") as server, signed_in(chromium, server) as opened:
        opened.set_default_timeout(PATIENCE_MS)
        yield opened


def test_a_bureaus_day(page, tmp_path):
    assert verdict(page) == "No evidence"

    send(page, bureau.first_file(tmp_path))
    sees_where_the_file_may_lie(page)
    chooses_the_place_and_leaves_out_the_total(page)
    confirms_the_repaired_outline(page)
    sees_the_file_as_it_was_read(page)
    sees_what_was_left_out_and_found(page)
    takes_the_error_file(page)
    accepts(page, "Accept 22 sites")
    first = net(page)
    assert first == pytest.approx(21 * 4800 + 2400, rel=1e-3)  # of the bow-tie, what the repair covers
    assert verdict(page) == "Short"

    send(page, bureau.corrected_file(tmp_path))
    has_it_read_as_before(page)
    sees_the_difference(page)
    accepts(page, "Accept 23 sites")
    corrected = net(page)
    assert corrected == pytest.approx(first + 2 * 4800 + 2400 - 480, rel=1e-3)
    assert verdict(page) == "Borne out"

    turns(page, 2, "the wrong file after all")
    assert (net(page), verdict(page)) == (first, "Short")
    turns(page, 2, "it was the right one")
    assert (net(page), verdict(page)) == (corrected, "Borne out")
    finds_both_files_and_all_that_was_done(page)


def test_the_number_of_the_zone_leaves_one_place_to_confirm(page, tmp_path):
    send(page, bureau.first_file(tmp_path, zone=bureau.ZONE))
    said = text(page)
    assert "Its eastings begin with the number of a CGCS2000 zone (32574000 / 4003000)" in said
    assert "23 of 23 records lie in the district that they name (23 in Dulan)." in said
    chosen = page.frame_locator("#places").locator(".lp-proposal.is-chosen")
    assert chosen.inner_text().split("\n")[-1] == "23 in Dulan"


# --- the steps, in order ----------------------------------------------------------------------


def send(page: Any, path: Path) -> None:
    """Choose a file and its layer, send it, and wait until the worker has read it."""
    page.goto("/uploads")
    fits(page)
    page.locator("#layer").select_option(LAYER)
    page.locator("#file").set_input_files(path)
    press(page, "button:has-text('Send')")
    page.wait_for_url(re.compile(r"/uploads/\d+"))
    read(page)


def sees_where_the_file_may_lie(page: Any) -> None:
    """The coordinate system is asked for, with where each would put the file and what speaks for it."""
    said = text(page)
    assert "Where does it lie? The area is the same in each case." in said
    assert re.findall(r"EPSG:(\d+) · (\d+)° E", said) == [
        ("4541", "96"),
        ("4540", "93"),
        ("4539", "90"),
        ("4542", "99"),
    ]
    assert "23 of 23 records lie in the district that they name (23 in Dulan)." in said
    assert "None of 23 records lies in the district that it names: 23 in Golmud." in said
    places = page.frame_locator("#places")
    places.locator(".lp-proposal").nth(3).wait_for()
    assert places.locator(".lp-box").count() == 4
    assert places.locator(".lp-proposed:not(.lp-box)").count() == 4 * 23
    fits(page)


def chooses_the_place_and_leaves_out_the_total(page: Any) -> None:
    """The list and the map choose for each other; what is chosen at last is sent by keyboard."""
    places = page.frame_locator("#places")
    assert "EPSG:4541" in places.locator(".lp-proposal.is-chosen").inner_text()
    assert places.locator(".lp-proposed.is-chosen").count() == 23 + 1
    places.locator(".lp-proposal", has_text="EPSG:4540").click()
    page.locator("input[value='EPSG:4540']:checked").wait_for()
    tab_to(page, "input[value='EPSG:4540']")
    page.keyboard.press("ArrowUp")
    assert page.locator("input[value='EPSG:4541']").is_checked()
    places.locator(".lp-proposal.is-chosen", has_text="EPSG:4541").wait_for()
    tab_to(page, "input[value=totals]")
    page.keyboard.press("Space")
    press(page, "button:has-text('Read it so')")
    read(page)


def confirms_the_repaired_outline(page: Any) -> None:
    """The bow-tie is repaired only with a yes, its area before and after beside the question."""
    said = text(page)
    assert "Use the repaired outlines?" in said
    assert f"record {bureau.BOW_TIE}, " in said
    assert re.search(r"[\d.]+ m² as drawn and 1,599,\d{3}\.\d m² repaired", said)
    fits(page)
    press(page, "button[value=repairs]")
    read(page)


def sees_the_file_as_it_was_read(page: Any) -> None:
    """No sign of a wrong encoding; the system is told with who said so, the unit as found."""
    said = text(page)
    for fact in (bureau.FIRST, "GB18030", "EPSG:4541 as you said", "图斑编号", "沟里乡草原恢复1号", "mu (as found)"):
        assert fact in said
    assert "Ã" not in said
    assert "\ufffd" not in said
    unstated = page.locator("table.stack tbody tr", has_text=bureau.CODES[bureau.UNSTATED - 1])
    assert plain(unstated.inner_text()).endswith("mu\t–")  # what is not stated is no 0
    assert page.frame_locator(".cmap").locator(".lp-site").count() == 22
    fits(page)


def sees_what_was_left_out_and_found(page: Any) -> None:
    """Every record is accounted for, by number and with what to do."""
    assert page.locator(".eq").inner_text().split() == ["25", "records", "=", "22", "accepted", "+", "3", "left", "out"]
    rows = [each.inner_text() for each in page.locator(".tall tbody tr").all()]
    assert [int(each.split()[0]) for each in rows] == [bureau.UNREADABLE, bureau.UNDRAWN, bureau.TOTAL]
    assert "'四千余', which is no number" in rows[0]
    assert "no geometry" in rows[1]
    assert "a total ('合计')" in rows[2]
    found = text(page, ".finds")
    assert "The eastings carry no zone number" in found
    assert "The outline crosses itself" in found
    assert f"Code '{bureau.TWICE}' stands 2 times in the file" in found


def takes_the_error_file(page: Any) -> None:
    """The rows to hand back are as they came, with the reasons in both languages, as XLSX and as CSV."""
    head, *rows = openpyxl.load_workbook(io.BytesIO(download(page, "XLSX"))).active.values
    assert head[:6] == ("row", "图斑编号", "项目名称", "县名称", "整改情况", "面积亩")
    codes = [bureau.CODES[bureau.UNREADABLE - 1], bureau.CODES[bureau.UNDRAWN - 1], "合计"]
    assert [row[:2] for row in rows] == list(zip((bureau.UNREADABLE, bureau.UNDRAWN, bureau.TOTAL), codes, strict=True))
    assert rows[0][5] == "四千余"
    assert "which is no number" in rows[0][7]
    assert "不是" in rows[0][9]
    table = list(csv.reader(io.StringIO(download(page, "CSV").decode("utf-8-sig"))))
    assert [row[1] for row in table[1:]] == codes


def accepts(page: Any, button: str) -> None:
    """Press the button of the bar that stays in view."""
    press(page, f".accept button:has-text('{button}')")
    page.wait_for_selector("h1:has-text('stored')")
    fits(page)


def has_it_read_as_before(page: Any) -> None:
    """The same columns are offered to be read as those of the file before; nothing is asked twice."""
    press(page, "button:has-text('Read as upload 1 was')")
    read(page)
    assert page.locator(".eq").inner_text().split()[:4] == ["23", "records", "=", "23"]


def sees_the_difference(page: Any) -> None:
    """What is added, changed (with the old and the new area), unchanged and missing, before anything is stored."""
    lines = [plain(each.inner_text()).split("\t") for each in page.locator("table.changes tbody tr").all()]
    assert [(line[0], line[1]) for line in lines] == [
        ("Added", "2"), ("Changed new version", "3"), ("Unchanged", "18"), ("In the store, not in the file kept", "1")
    ]  # fmt: skip
    assert sum(mu(line[2]) for line in lines) == pytest.approx(2 * 4800 + 2400 - 480, rel=1e-3)
    assert {bureau.CODES[at - 1] for at in (bureau.UNREADABLE, bureau.UNDRAWN)} == set(changes(page, "Added"))
    changed = changes(page, "Changed")
    assert re.search(r"shape 2,399\.\d mu → 4,799\.\d mu", changed[bureau.CODES[bureau.BOW_TIE - 1]])
    assert re.search(r"shape 4,799\.\d mu → 4,319\.\d mu", changed[bureau.CODES[bureau.REDRAWN - 1]])
    assert "declared area empty → 4,800.0 mu" in changed[bureau.CODES[bureau.UNSTATED - 1]]
    assert set(changes(page, "In the store, not in the file")) == {bureau.CODES[bureau.GONE - 1]}


def turns(page: Any, upload: int, why: str) -> None:
    """Undo an upload, or bring it back where it is undone; a reason is asked for."""
    page.goto(f"/uploads/{upload}")
    press(page, "details.turn summary")
    page.keyboard.press("Tab")
    page.keyboard.type(why)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[role=status]").is_visible()
    fits(page)


def finds_both_files_and_all_that_was_done(page: Any) -> None:
    """The list has both files; the upload tells who did what with it, and why, newest first."""
    page.goto("/uploads/2")
    acts = [each.inner_text() for each in page.locator(".acts li").all()]
    assert [each.split(" · ")[0] for each in acts] == ["brought back", "undone", "accepted"]
    assert "the wrong file after all" in acts[1]
    page.goto("/uploads")
    assert page.locator("table.uploads tbody tr").count() == 2


# --- what the steps are made of -----------------------------------------------------------------


def read(page: Any) -> None:
    """Wait until the page of the reading has given way to what came of it."""
    page.locator("#progress").wait_for(state="detached")
    page.wait_for_load_state("networkidle")


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until something has the focus, as somebody without a mouse would."""
    wanted = page.locator(selector).first
    page.locator(".skip").focus()
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def press(page: Any, selector: str) -> None:
    """Press a button by keyboard alone."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def fits(page: Any) -> None:
    """Insist that the page is no wider than a phone's window."""
    page.set_viewport_size(NARROW)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
    page.set_viewport_size(WIDE)


def plain(said: str) -> str:
    return said.replace("\u202f", " ").replace("\u2212", "-")


def text(page: Any, selector: str = "main") -> str:
    return plain(page.locator(selector).inner_text())


def mu(said: str) -> float:
    return float(said.removesuffix(" mu").replace(",", ""))


def download(page: Any, kind: str) -> bytes:
    with page.expect_download() as coming:
        press(page, f"a:text-is('{kind}')")
    return Path(coming.value.path()).read_bytes()


def changes(page: Any, kind: str) -> dict[str, str]:
    """Look at one list of the difference: code to what is said of the site; then go back to the preview."""
    address = page.url
    page.locator("table.changes").get_by_role("link", name=kind, exact=True).click()
    rows = [" ".join(plain(each.inner_text()).split()) for each in page.locator("table.stack tbody tr").all()]
    fits(page)
    page.goto(address)
    return {row.split()[0]: row for row in rows}


def net(page: Any) -> float:
    """What counts of the layer, in mu, as the page of totals says."""
    page.goto(f"/totals?layer={LAYER}")
    return mu(plain(page.locator("tr.whole td.main").inner_text()))


def verdict(page: Any) -> str:
    """What the start page says of the figure."""
    page.goto("/")
    return page.locator(f"[data-layer={LAYER}] .vd").inner_text().strip()
