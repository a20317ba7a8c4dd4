"""Members from a file into head office's journal."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from domain.errors import ErrorCode, TillfoldError
from sync_server.settings import ServerSettings
from sync_server.use_cases import member_import
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.member_import import MemberImport, Watch, import_members
from sync_server.use_cases.members import find_members
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.spreadsheets.files import xlsx_file

_ROWS = [
    ("手机号", "姓名", "生日"),
    ("13800000001", "张三", "1990-01-31"),
    ("13800000002", "李四", ""),
]


@pytest.fixture
def context(settings: ServerSettings, clock: Clock) -> Iterator[Context]:
    made = prepare(settings, clock)
    with contextlib.closing(made.database):
        yield made


def as_csv(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    path = folder / "members.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return path


def bring(context: Context, path: Path, written: list[int] | None = None) -> MemberImport:
    told = written if written is not None else []
    watch = Watch(on_read=lambda _rows: None, on_written=told.append)
    return import_members(context, BRAND, path, watch, actor="operator")


def test_members_of_a_file_are_found_by_their_phone(context: Context, tmp_path: Path) -> None:
    done = bring(context, as_csv(tmp_path, _ROWS))
    assert (done.accepted, done.refused) == (2, ())
    assert len(find_members(context, BRAND, "13800000001", limit=9)) == 1
    assert verify(context, BRAND).holds


def test_a_spreadsheet_is_read_by_the_same_rules(context: Context, tmp_path: Path) -> None:
    rows = [*_ROWS, ("=HYPERLINK(1)", "王五", "")]
    done = bring(context, xlsx_file(tmp_path / "members.xlsx", *rows))
    assert (done.accepted, [row.code for row in done.refused]) == (2, [ErrorCode.FORMULA_REFUSED])


def test_the_same_file_again_enrols_nobody_twice(context: Context, tmp_path: Path) -> None:
    path = as_csv(tmp_path, _ROWS)
    bring(context, path)
    again = bring(context, path)
    assert again.accepted == 0
    assert {row.code for row in again.refused} == {ErrorCode.PHONE_ALREADY_ENROLLED}
    assert read_books(context, BRAND).members == 2


def test_formulas_and_wrong_rows_are_refused_with_their_place(
    context: Context, tmp_path: Path
) -> None:
    wrong = [("=1+1", "甲", ""), ("12", "乙", ""), ("13800000001", "丙", "")]
    done = bring(context, as_csv(tmp_path, [*_ROWS, *wrong]))
    assert done.accepted == 2
    assert [(row.row_number, row.code) for row in done.refused] == [
        (4, ErrorCode.FORMULA_REFUSED),
        (5, ErrorCode.PHONE_MALFORMED),
        (6, ErrorCode.PHONE_TWICE_IN_FILE),
    ]


def test_many_members_go_in_by_parts_and_as_one(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_import, "_AT_ONCE", 2)
    rows = [_ROWS[0], *((f"1390000{n:04d}", f"会员{n}", "") for n in range(5))]
    written: list[int] = []
    before = read_books(context, BRAND)

    def fail_at_the_end(count: int) -> None:
        written.append(count)
        if count == len(rows) - 1:
            raise TillfoldError(ErrorCode.DISK_FULL)

    watch = Watch(on_read=lambda _rows: None, on_written=fail_at_the_end)
    with pytest.raises(TillfoldError):
        import_members(context, BRAND, as_csv(tmp_path, rows), watch, actor="operator")
    assert (written, read_books(context, BRAND)) == ([2, 4, 5], before)
    assert bring(context, as_csv(tmp_path, rows)).accepted == 5
    assert read_books(context, BRAND).members == 5
    assert verify(context, BRAND).holds
