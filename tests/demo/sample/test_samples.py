"""The committed sample files are what the generator makes, and an import makes of them this."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Final

from domain.errors import ErrorCode
from domain.imports_members import read_member_rows
from domain.imports_menu import read_menu_rows
from spreadsheets.reading import read_sheet
from tests.demo.sample.make_samples import (
    MEMBERS_FILE,
    MENU_FILE,
    member_rows,
    write_members,
    write_menu,
)

TODAY: Final = date(2026, 11, 21)
DATA_ROWS: Final = 2_000
BLANK_ROWS: Final = 24
ACCEPTED: Final = 1_780
REFUSED: Final = {
    ErrorCode.PHONE_MALFORMED: 90,
    ErrorCode.PHONE_TWICE_IN_FILE: 37,
    ErrorCode.BIRTHDAY_MALFORMED: 35,
    ErrorCode.NAME_MISSING: 25,
    ErrorCode.FORMULA_REFUSED: 9,
}


def test_the_committed_members_are_what_the_generator_makes(tmp_path: Path) -> None:
    write_members(tmp_path / "members.xlsx")
    assert read_sheet(tmp_path / "members.xlsx") == read_sheet(MEMBERS_FILE)


def test_the_committed_menu_is_what_the_generator_makes(tmp_path: Path) -> None:
    write_menu(tmp_path / "menu.csv")
    assert (tmp_path / "menu.csv").read_bytes() == MENU_FILE.read_bytes()


def test_importing_the_sample_members_gives_the_stated_counts() -> None:
    reading = read_member_rows(read_sheet(MEMBERS_FILE), frozenset(), today=TODAY)
    assert len(reading.accepted) == ACCEPTED
    assert Counter(row.code for row in reading.refused) == REFUSED
    assert len(member_rows()) == DATA_ROWS
    assert ACCEPTED + sum(REFUSED.values()) + BLANK_ROWS == DATA_ROWS


def test_importing_the_sample_menu_accepts_every_dish() -> None:
    reading = read_menu_rows(read_sheet(MENU_FILE))
    items = [row.item for row in reading.accepted]
    assert not reading.refused
    assert len(items) == 36
    assert [item.item_id for item in items] == [f"D{number:03d}" for number in range(1, 37)]
    assert list(dict.fromkeys(item.category for item in items)) == [
        *("凉菜", "热菜", "主食", "汤羹", "饮品", "酒水"),
    ]
    assert [item.name for item in items if item.sold_out] == ["蒜蓉粉丝蒸扇贝"]
