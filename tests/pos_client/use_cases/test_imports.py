"""Importing members and a menu at a real till."""

import csv
import threading
from pathlib import Path

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Member
from pos_client.use_cases.answers import ImportReport
from tests.builders.facts import enrolled
from tests.builders.till import CASHIER, MANAGER, RICE, Till, order

MEMBERS = """手机号,姓名,生日
138 0013 8000,李雷,1990-01-02
13800138001,韩梅梅,
１３８００１３８００２,"王 芳",
13800138000,李雷二,
12345,短号,
13800138003,,
13800138004,=1+1,
,,
"""
MENU = """编号,菜名,分类,价格
D1,米饭,主食,3
D2,烤鸭,热菜,128.00
D3,汤,汤,免费
D1,米饭,主食,4
"""


def saved(folder: Path, text: str, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def import_members(till: Till, path: Path, actor: str = MANAGER) -> ImportReport:
    return till.machinery.counter.import_members(
        actor,  # type: ignore[arg-type]
        path,
        on_progress=lambda _rows: None,
        cancelled=lambda: False,
    )


def import_menu(till: Till, path: Path) -> ImportReport:
    return till.machinery.counter.import_menu(
        MANAGER, path, on_progress=lambda _rows: None, cancelled=lambda: False
    )


def phones(till: Till) -> set[str]:
    return {value.phone for value in till.shown().values() if isinstance(value, Member)}


def test_right_rows_become_members_and_the_others_are_listed(till: Till, tmp_path: Path) -> None:
    report = import_members(till, saved(tmp_path, MEMBERS))
    assert report.accepted == 3
    assert phones(till) == {"+8613800138000", "+8613800138001", "+8613800138002"}
    assert [(row.row_number, row.code) for row in report.refused] == [
        (5, ErrorCode.PHONE_TWICE_IN_FILE),
        (6, ErrorCode.PHONE_MALFORMED),
        (7, ErrorCode.NAME_MISSING),
        (8, ErrorCode.FORMULA_REFUSED),
    ]
    (found,) = till.machinery.counter.find_members("wf")
    assert found.masked_name == "王*"


def test_the_same_file_again_enrols_nobody(till: Till, tmp_path: Path) -> None:
    path = saved(tmp_path, MEMBERS)
    import_members(till, path)
    before = till.shown()
    again = import_members(till, path)
    assert again.accepted == 0
    codes = [row.code for row in again.refused]
    assert codes.count(ErrorCode.PHONE_ALREADY_ENROLLED) == 4
    assert till.shown() == before


def test_refused_rows_are_saved_mended_and_imported(till: Till, tmp_path: Path) -> None:
    report = import_members(till, saved(tmp_path, MEMBERS))
    target = tmp_path / "refused.csv"
    till.machinery.counter.save_refused_rows(report, target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[1:4] == ["手机号", "姓名", "生日"]
    assert len(rows) == 4
    rows[1][1], rows[2][2] = "13800138007", "周 周"
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    mended = import_members(till, target)
    assert mended.accepted == 2
    assert {"+8613800138007", "+8613800138003"} <= phones(till)
    assert len(mended.refused) == 2


def test_refused_rows_that_cannot_be_saved_are_an_error_in_words(
    till: Till, tmp_path: Path
) -> None:
    report = import_members(till, saved(tmp_path, MEMBERS))
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.save_refused_rows(report, tmp_path / "nowhere" / "refused.csv")
    assert caught.value.code is ErrorCode.FILE_UNWRITABLE


@pytest.mark.parametrize("asked", [1, 2, 3, 4])
def test_a_cancelled_import_leaves_nothing_behind(till: Till, tmp_path: Path, asked: int) -> None:
    lines = [f"1380013{number:04d},会员{number}" for number in range(700)]
    path = saved(tmp_path, "手机号,姓名\n" + "\n".join(lines))
    before, times = till.shown(), 0

    def cancelled() -> bool:
        nonlocal times
        times += 1
        return times >= asked

    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.import_members(
            MANAGER, path, on_progress=lambda _rows: None, cancelled=cancelled
        )
    assert caught.value.code is ErrorCode.IMPORT_CANCELLED
    assert till.shown() == before


def test_progress_is_told_on_the_way(till: Till, tmp_path: Path) -> None:
    lines = [f"1380013{number:04d},会员{number}" for number in range(500)]
    told: list[int] = []
    till.machinery.counter.import_members(
        MANAGER,
        saved(tmp_path, "手机号,姓名\n" + "\n".join(lines)),
        on_progress=told.append,
        cancelled=lambda: False,
    )
    assert told == sorted(told)
    assert told[-1] >= 500


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.FILE_EMPTY),
        ("手机号,姓名\n", ErrorCode.FILE_EMPTY),
        ("a,b\n1,2\n", ErrorCode.COLUMN_MISSING),
    ],
)
def test_a_file_that_is_no_member_list_imports_nothing(
    till: Till, tmp_path: Path, text: str, code: ErrorCode
) -> None:
    before = till.shown()
    with pytest.raises(TillfoldError) as caught:
        import_members(till, saved(tmp_path, text))
    assert caught.value.code is code
    assert till.shown() == before


def test_a_cashier_may_not_import(till: Till, tmp_path: Path) -> None:
    for kind in ("members", "menu"):
        counter = till.machinery.counter
        work = counter.import_members if kind == "members" else counter.import_menu
        with pytest.raises(TillfoldError) as caught:
            work(
                CASHIER,
                saved(tmp_path, MEMBERS),
                on_progress=lambda _rows: None,
                cancelled=lambda: False,
            )
        assert caught.value.code is ErrorCode.RIGHT_MISSING


def test_a_menu_replaces_the_one_before_with_its_right_rows(till: Till, tmp_path: Path) -> None:
    report = import_menu(till, saved(tmp_path, MENU))
    assert report.accepted == 2
    assert [row.code for row in report.refused] == [
        ErrorCode.AMOUNT_MALFORMED,
        ErrorCode.ITEM_TWICE_IN_FILE,
    ]
    menu = till.machinery.counter.home().menu
    assert [item.name for item in menu.items] == ["米饭", "烤鸭"]
    wanted = order(RICE, total_fen=300, menu_version=menu.version)
    sold = till.machinery.counter.close_sale(CASHIER, wanted)
    assert sold.sale.menu_version == menu.version


def test_a_menu_without_a_right_row_leaves_the_menu_as_it_was(till: Till, tmp_path: Path) -> None:
    before = till.machinery.counter.home().menu
    report = import_menu(till, saved(tmp_path, "编号,菜名,分类,价格\nD9,汤,汤,免费\n"))
    assert (report.accepted, len(report.refused)) == (0, 1)
    assert till.machinery.counter.home().menu == before


@pytest.mark.parametrize(("rows", "name"), [(2_001, "菜"), (2_000, "很长的菜名" * 20)])
def test_a_menu_above_what_one_entry_holds_is_refused_whole(
    till: Till, tmp_path: Path, rows: int, name: str
) -> None:
    before = till.machinery.counter.home().menu
    lines = [f"D{number},{name}{number},热菜,12" for number in range(rows)]
    with pytest.raises(TillfoldError) as caught:
        import_menu(till, saved(tmp_path, "编号,菜名,分类,价格\n" + "\n".join(lines)))
    assert caught.value.code is ErrorCode.FILE_TOO_LARGE
    assert till.machinery.counter.home().menu == before


def test_the_largest_menu_is_imported_and_read_again(till: Till, tmp_path: Path) -> None:
    lines = [f"D{number},菜{number},热菜,12" for number in range(2_000)]
    report = import_menu(till, saved(tmp_path, "编号,菜名,分类,价格\n" + "\n".join(lines)))
    assert report.accepted == 2_000
    till.restart()
    assert len(till.machinery.counter.home().menu.items) == 2_000


def test_a_sale_goes_through_while_a_file_is_read(till: Till, tmp_path: Path) -> None:
    """Reading and looking up phones happen in small pieces between other work."""
    lines = [f"1380{number:07d},会员{number}" for number in range(3_000)]
    path = saved(tmp_path, "手机号,姓名\n" + "\n".join(lines))
    reading, sold = threading.Event(), threading.Event()

    def on_progress(_rows: int) -> None:
        reading.set()
        assert sold.wait(20)

    def run_import() -> None:
        till.machinery.counter.import_members(
            MANAGER, path, on_progress=on_progress, cancelled=lambda: False
        )

    worker = threading.Thread(target=run_import)
    worker.start()
    assert reading.wait(20)
    till.sell(RICE, total_fen=300)
    sold.set()
    worker.join()
    members = [key for key in till.shown() if key.kind is AggregateKind.MEMBER]
    assert len(members) == 3_000


def test_a_member_enrolled_before_is_refused_with_a_reason(till: Till, tmp_path: Path) -> None:
    till.write(enrolled())
    report = import_members(till, saved(tmp_path, MEMBERS))
    assert report.accepted == 2
    assert report.refused[0].code is ErrorCode.PHONE_ALREADY_ENROLLED
