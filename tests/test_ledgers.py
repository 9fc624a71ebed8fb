"""Ledgers as bureaus keep them, from file to total."""

import pytest

from geo_app.errors import Refused
from geo_app.ingest import Choices
from geo_app.services import uploads

LAYER = "waste_household"


@pytest.fixture
def total(lp, tmp_path):
    """Read a ledger, given as text; return its total in grams and what was left out."""

    def call(text: str) -> tuple[int, list[str]]:
        path = tmp_path / "台账.csv"
        path.write_text(text, encoding="utf-8")
        reading = uploads.look(lp, path, LAYER, Choices(confirmed=("all",)))
        return reading.total, [each.rule for each in reading.rejected]

    return call


def test_unit_of_each_row_is_read_from_its_own_column(total):
    assert total("票号,数量,单位,状态\nA,100,公斤,完成\nB,1,吨,完成\n") == (1_100_000, [])


def test_row_in_another_measure_is_left_out(total):
    assert total("票号,数量,单位,状态\nA,100,立方米,完成\nB,1,吨,完成\n") == (1_000_000, ["wrong_unit"])


def test_office_in_a_column_of_that_name_is_no_unit(total):
    assert total("票号,数量,单位,状态\nA,100,环卫局,完成\nB,1,环保局,完成\n") == (101_000_000, [])


@pytest.mark.parametrize("status", ["预计2026年完成", "即将完成", "完成50%", "80% complete", "申请验收", "不予验收"])
def test_status_that_only_holds_a_word_of_ours_does_not_count(lp, tmp_path, status):
    path = tmp_path / "台账.csv"
    path.write_text(f"票号,重量(吨),状态\nA,1,{status}\n", encoding="utf-8")
    reading = uploads.look(lp, path, LAYER, Choices())
    assert reading.sites["status"][0] is None
    assert "unknown_status" in {each.rule for each in reading.findings}


def test_amount_beyond_reason_is_left_out(total):
    assert total("票号,重量(吨),状态\nA,1,完成\nB,40000000000,完成\n") == (1_000_000, ["number_too_large"])
    with pytest.raises(Refused, match="None of the"):
        total("票号,重量(吨),状态\nB,40000000000,完成\n")
