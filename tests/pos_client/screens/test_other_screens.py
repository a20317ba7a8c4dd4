"""Sign-in, first start, status, imports, recovery."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.cases import Case, CaseKind, Severity
from domain.identifiers import StoreId, TerminalId
from domain.origins import Origin
from domain.stamps import stamp_at
from domain.wording import Language
from pos_client.screens.first_run.presenter import FirstRunPresenter
from pos_client.screens.flow import Page
from pos_client.screens.imports.state import ImportKind
from pos_client.screens.recovery.presenter import RecoveryAction, RecoveryPresenter
from pos_client.screens.sell.drawing import connection_text
from pos_client.screens.status.drawing import draw_status
from pos_client.screens.till import Till as Face
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.answers import (
    Connection,
    PrinterStatus,
    SyncStatus,
    TillStatus,
)
from tests.builders.facts import coupon_terms
from tests.builders.till import MANAGER_PIN, HandClock, Till
from tests.pos_client.screens.conftest import Inline, Later, Shop, desk_of

T = TypeVar("T")


def type_pin(shop: Shop, pin: str) -> None:
    for digit in pin:
        shop.face.sign_in.press(digit)


def test_the_right_pin_opens_the_sale(shop: Shop) -> None:
    shop.face.sell.lock()
    type_pin(shop, MANAGER_PIN)
    assert shop.page() is Page.SELL
    assert shop.desk.signed_in is not None


def test_a_wrong_pin_is_said_to_be_wrong_and_the_dots_are_empty_again(shop: Shop) -> None:
    shop.face.sell.lock()
    type_pin(shop, "999999")
    state = shop.face.sign_in.state
    assert (state.message, state.filled) == ("密码不对，请重试。", 0)
    type_pin(shop, "1")
    assert shop.face.sign_in.state.message == ""
    shop.face.sign_in.press("backspace")
    assert shop.face.sign_in.state.filled == 0


def test_after_too_many_wrong_pins_the_wait_counts_down(shop: Shop, clock: HandClock) -> None:
    shop.face.sell.lock()
    for _ in range(6):
        type_pin(shop, "999999")
    state = shop.face.sign_in.state
    assert "30 秒" in state.message
    assert not state.enabled
    clock.advance(12_000)
    shop.face.tick()
    assert "18 秒" in shop.face.sign_in.state.message
    clock.advance(18_000)
    shop.face.tick()
    assert shop.face.sign_in.state.enabled
    assert shop.face.sign_in.state.message == ""


def test_a_till_whose_staff_is_not_here_yet_says_what_it_waits_for(shop: Shop) -> None:
    assert shop.desk.home is not None
    shop.desk.home = msgspec.structs.replace(shop.desk.home, staffed=False)
    state = shop.face.sign_in.state
    assert not state.enabled
    assert state.message.startswith("正在从总部获取员工名单")


class BrokenDisk(Inline):
    """Whatever is asked ends as a failing disk ends it, until it is mended."""

    def __init__(self) -> None:
        self.broken = True

    def run(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        if self.broken:
            on_error(TillfoldError(ErrorCode.DISK_FAILED))
        else:
            super().run(operation, on_done, on_error)


def test_a_till_that_cannot_read_its_menu_says_so_and_goes_on_once_it_can(till: Till) -> None:
    disk = BrokenDisk()
    face = Face(desk_of(till, disk), lambda: None)
    face.start(new=False)
    assert face.flow.page is Page.SIGN_IN
    assert face.sign_in.state.message.startswith("磁盘读写失败")
    assert not face.sign_in.state.enabled
    disk.broken = False
    face.tick()
    assert face.sign_in.state.message == ""
    assert face.sign_in.state.enabled


@pytest.fixture
def new_face(tmp_path: Path) -> Iterator[Face]:
    till = Till(tmp_path)
    yield Face(desk_of(till, Inline()), lambda: None)
    till.close()


def test_a_new_till_starts_with_two_ways(new_face: Face) -> None:
    new_face.start(new=True)
    pages = [new_face.flow.page]
    new_face.flow.listen(lambda: pages.append(new_face.flow.page))
    new_face.first_run.appoint("王芳", "135791", "135790")
    assert new_face.first_run.state.manager_message.startswith("两次输入的密码不一致")
    new_face.first_run.appoint("王芳", "123456", "123456")
    assert new_face.first_run.state.manager_message.startswith("密码须为 6 位数字")
    new_face.first_run.appoint("王芳", "135791", "135791")
    assert pages == [Page.FIRST_RUN, Page.SELL]
    assert new_face.sell.state.empty.startswith("还没有菜单")


def test_a_server_that_is_not_there_is_explained_without_promises(new_face: Face) -> None:
    new_face.start(new=True)
    presenter: FirstRunPresenter = new_face.first_run
    presenter.join("http://127.0.0.1:9", "CODE-1234")
    assert presenter.state.join_message == "连不上服务器。请检查地址和网络后重试。"
    assert presenter.state.check_number == ""
    assert not presenter.state.busy


def offline(shop: Shop) -> SyncStatus:
    return SyncStatus(
        connection=Connection.OFFLINE,
        since_ms=shop.desk.now_ms(),
        waiting=12,
        last_contact_ms=shop.desk.now_ms(),
        error=ErrorCode.SERVER_UNREACHABLE,
    )


def test_offline_is_a_calm_line_with_its_time_and_what_waits(shop: Shop) -> None:
    text, tone = connection_text(shop.desk, offline(shop))
    clock = shop.desk.clock(shop.desk.now_ms())
    assert (text, tone) == (f"离线 自 {clock} · 12 笔待传", "warning")


def test_every_connection_has_its_words_in_both_languages(shop: Shop) -> None:
    for language in Language:
        shop.desk.speak(language)
        for connection in Connection:
            sync = msgspec.structs.replace(offline(shop), connection=connection)
            status = TillStatus(sync=sync, printers=(), cases=())
            assert draw_status(status, shop.desk, busy=False).connection[0].title


def test_the_first_sync_shows_how_far_it_is(shop: Shop) -> None:
    sync = msgspec.structs.replace(offline(shop), received=52_000, expected=150_000)
    state = draw_status(TillStatus(sync=sync, printers=(), cases=()), shop.desk, busy=False)
    assert state.progress == 346
    assert state.progress_text == "首次同步：52,000 / 150,000 条。可以先收款。"


def test_a_printer_in_need_says_what_to_do_and_asks_about_the_doubtful_receipt(shop: Shop) -> None:
    printer = PrinterStatus(name="收银台", ready=False, reason="paper_out", waiting=3, in_doubt=1)
    status = TillStatus(sync=offline(shop), printers=(printer,), cases=(), doubtful="A1-000042")
    state = draw_status(status, shop.desk, busy=False)
    assert state.printers[0].detail == "缺纸，请装纸 · 3 张待打印 · 1 张需要处理"
    assert state.in_doubt.startswith("不确定 A1-000042 是否打印完整（共 1 张）")


def test_a_case_names_its_sides_and_its_cost(shop: Shop) -> None:
    stamp = stamp_at(shop.desk.now_ms())
    sides = tuple(
        Origin(stamp, TerminalId(till), StoreId(store), 1, 7)
        for till, store in (("t1", "renmin"), ("t2", "unknown"))
    )
    case = Case(
        kind=CaseKind.COUPON_REDEEMED_TWICE,
        severity=Severity.REVIEW,
        about=AggregateKey(AggregateKind.COUPON, "c"),
        sides=sides,
        cost_fen=1_000,
    )
    home = shop.desk.home
    assert home is not None
    names = {StoreId("renmin"): "人民路店"}
    shop.desk.home = msgspec.structs.replace(home, store_names=names)
    status = TillStatus(sync=offline(shop), printers=(), cases=(case,))
    (row,) = draw_status(status, shop.desk, busy=False).cases
    clock = shop.desk.clock(shop.desk.now_ms())
    assert row.detail == f"人民路店 {clock} · unknown {clock}"
    assert row.note == "¥10.00"


def test_the_status_of_a_real_till_reaches_the_top_bar(shop: Shop) -> None:
    shop.face.status.refresh()
    assert shop.face.sell.state.top.connection == "单机"
    assert not shop.face.status.state.can_sync


def test_a_change_while_the_till_is_asked_is_not_missed(slow_shop: Shop, later: Later) -> None:
    slow_shop.face.status.refresh()
    slow_shop.face.status.refresh()
    slow_shop.face.status.refresh()
    assert len(later.waiting) == 1
    later.waiting.pop(0)()
    assert len(later.waiting) == 1


MENU_CSV = "编号,名称,分类,价格\nD1,米饭,主食,3.00\nD2,烤鸭,热菜,一百\nD3,酸梅汤,饮料,12.50\n"


def write_menu(folder: Path) -> Path:
    source = folder / "菜单.csv"
    source.write_text(MENU_CSV, encoding="utf-8-sig")
    return source


def test_an_import_tells_what_went_in_and_why_the_rest_did_not(shop: Shop, tmp_path: Path) -> None:
    imports = shop.face.imports
    assert not imports.state.can_start
    imports.choose_file(str(write_menu(tmp_path)))
    imports.start()
    outcome = imports.state.outcome
    assert outcome is not None
    assert (outcome.accepted, outcome.refused) == ("已导入 2 行", "未导入 1 行")
    (line,) = outcome.refused_lines
    assert line.number == "3"
    assert "一百" in line.reason
    assert line.cells == "D2 | 烤鸭 | 热菜 | 一百"
    assert shop.face.sell.state.categories == ("主食", "饮料")


def test_refused_rows_are_saved_beside_the_file_unless_told_otherwise(
    shop: Shop, tmp_path: Path
) -> None:
    imports = shop.face.imports
    imports.choose_file(str(write_menu(tmp_path)))
    imports.start()
    target = Path(imports.suggested_file())
    assert target == tmp_path / "菜单-未导入.csv"
    imports.save_refused(str(target))
    assert "烤鸭" in target.read_text(encoding="utf-8-sig")
    assert str(target) in imports.state.saved


def test_an_import_that_is_cancelled_changes_nothing(
    slow_shop: Shop, later: Later, tmp_path: Path
) -> None:
    imports = slow_shop.face.imports
    before = slow_shop.face.sell.state.categories
    imports.choose_file(str(write_menu(tmp_path)))
    imports.start()
    running = [imports.state.running]
    imports.cancel()
    later.work()
    running.append(imports.state.running)
    assert running == [True, False]
    assert imports.state.outcome is None
    assert slow_shop.notice == "导入已取消，没有写入任何数据。"
    assert slow_shop.face.sell.state.categories == before


def test_a_file_that_is_not_there_is_refused_with_a_sentence(shop: Shop, tmp_path: Path) -> None:
    shop.face.imports.choose_file(str(tmp_path / "missing.xlsx"))
    shop.face.imports.start()
    assert shop.notice.startswith("文件无法读取")


def test_another_kind_of_import_starts_afresh(shop: Shop, tmp_path: Path) -> None:
    imports = shop.face.imports
    imports.choose_file(str(write_menu(tmp_path)))
    imports.start()
    imports.choose_kind(ImportKind.MEMBERS)
    assert imports.state.outcome is None
    assert imports.state.path == ""
    assert "会员" in imports.state.explanation


def test_a_way_out_of_a_failed_start_is_carried_out_once() -> None:
    chosen: list[RecoveryAction] = []
    presenter = RecoveryPresenter(
        wording_in(Language.CHINESE),
        TillfoldError(ErrorCode.DATABASE_DAMAGED),
        (RecoveryAction.REBUILD, RecoveryAction.QUIT),
        chosen.append,
    )
    assert [choice.action for choice in presenter.state.choices] == ["rebuild", "quit"]
    presenter.choose(RecoveryAction.REBUILD)
    presenter.choose(RecoveryAction.REBUILD)
    assert chosen == [RecoveryAction.REBUILD]
    busy = [presenter.state.busy]
    presenter.fail(TillfoldError(ErrorCode.JOURNAL_DAMAGED))
    assert [*busy, presenter.state.busy] == [True, False]
    assert presenter.state.code == "代码：journal_damaged"


def test_a_coupon_issued_elsewhere_is_found_without_a_restart(shop: Shop) -> None:
    shop.till.write(CouponIssued(terms=coupon_terms("late", code="C-LATE")))
    shop.face.coupon.submit("C-LATE")
    assert len(shop.face.coupon.state.laid) == 1
