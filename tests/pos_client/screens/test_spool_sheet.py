"""The print queue on the screen: what waits, what asks, and what a person does about it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from domain.rights import CASHIER as CASHIER_ROLE
from domain.wording import Language
from pos_client.screens.flow import Sheet
from pos_client.screens.window import Window
from pos_client.settings import NamedPrinterSettings, PrinterRole
from pos_client.storage import spool
from pos_client.storage.spool import JobKind, JobState
from pos_client.storage.store import Store
from pos_client.storage.tables import print_job
from pos_client.widgets.look import Look
from pos_client.widgets.tokens import Scheme
from tests.builders.printing import force_state, new_job
from tests.builders.till import MANAGER_PIN, RICE, HandClock, Till
from tests.pos_client.screens.conftest import Inline, Later, Shop, desk_of


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Two printers at an address that answers nobody."""
    made = Till(tmp_path, clock=HandClock())
    roles = {"前台": PrinterRole.RECEIPT, "热菜": PrinterRole.KITCHEN}
    made.settings = msgspec.structs.replace(
        made.settings,
        printers=tuple(
            NamedPrinterSettings(name=name, address="127.0.0.1:9", roles=(role,))
            for name, role in roles.items()
        ),
    )
    made.machinery = made.new_machinery()
    made.begin()
    yield made
    made.close()


def force(till: Till, document_id: str, state: JobState) -> None:
    def work(store: Store) -> None:
        with store.write() as writing:
            force_state(writing.connection, document_id, state)

    till.run(work)


@pytest.fixture
def sold(shop: Shop) -> str:
    """A sale whose receipt is in doubt and whose ticket waits; the receipt's number."""
    sale = shop.till.sell(RICE, total_fen=300).sale
    force(shop.till, sale.sale_id, JobState.IN_DOUBT)
    return sale.receipt_number


def open_sheet(shop: Shop) -> None:
    shop.face.sell.open(Sheet.SPOOL)
    shop.face.spool.begin()


def test_a_doubtful_receipt_is_asked_about_by_its_number(shop: Shop, sold: str) -> None:
    open_sheet(shop)
    state = shop.face.spool.state
    assert [row.title for row in state.open] == [f"小票 {sold}", f"厨房单 {sold}/1"]
    assert [row.chosen for row in state.open] == [True, False]
    assert state.question.startswith(f"小票 {sold} 出来了吗？")
    assert (state.can_confirm, state.can_print, state.can_cancel, state.can_copy) == (
        True,
        True,
        True,
        False,
    )
    assert state.targets == ("热菜",)
    assert state.preview is not None or sold in state.preview_text
    shop.face.spool.came_out()
    state = shop.face.spool.state
    assert [row.title for row in state.open] == [f"厨房单 {sold}/1"]
    assert [row.note for row in state.finished] == ["已打印"]


def test_an_open_status_sheet_follows_what_comes_out(shop: Shop) -> None:
    sale = shop.till.sell(RICE, total_fen=300).sale
    shop.face.refresh()
    shop.face.sell.open(Sheet.STATUS)
    assert "1 张待打印" in shop.face.status.state.printers[0].detail
    force(shop.till, sale.sale_id, JobState.DONE)
    shop.face.tick()
    assert "待打印" not in shop.face.status.state.printers[0].detail


def test_the_notice_of_a_doubt_leads_to_the_queue_and_comes_once(shop: Shop, sold: str) -> None:
    shop.face.refresh()
    assert shop.notice.startswith(f"不确定 {sold} 是否打印完整")
    shop.face.sell.act_on_notice()
    assert shop.sheet() is Sheet.SPOOL
    assert shop.notice == ""
    shop.face.flow.close_sheet()
    shop.face.refresh()
    assert shop.notice == ""


def test_a_receipt_that_is_in_doubt_again_is_told_of_again(shop: Shop, sold: str) -> None:
    shop.face.refresh()
    shop.face.sell.dismiss_notice()
    prints = shop.till.machinery.counter.prints
    (doubtful,) = [job for job in prints.queue().open if job.state is JobState.IN_DOUBT]
    prints.came_out(doubtful.job_id)
    shop.face.refresh()
    assert shop.notice == ""

    def doubt_again(store: Store) -> None:
        with store.write() as writing:
            which = print_job.c.job_id == doubtful.job_id
            again = print_job.update().where(which).values(state=JobState.IN_DOUBT)
            writing.connection.execute(again)

    shop.till.run(doubt_again)
    shop.face.refresh()
    assert sold in shop.notice


def test_a_notice_of_a_doubt_never_takes_an_error_away(shop: Shop, sold: str) -> None:
    shop.face.sell.pay()
    before = shop.notice
    assert before
    shop.face.refresh()
    assert shop.notice == before
    shop.face.sell.dismiss_notice()
    shop.face.refresh()
    assert sold in shop.notice


def test_what_is_chosen_stays_chosen_while_the_queue_changes(shop: Shop, sold: str) -> None:
    open_sheet(shop)
    shop.face.spool.choose_open(1)
    shop.till.sell(RICE, total_fen=300)
    shop.face.tick()
    state = shop.face.spool.state
    assert [row.chosen for row in state.open] == [False, True, False, False]


def test_the_picture_of_one_print_never_stands_beside_another(shop: Shop, sold: str) -> None:
    open_sheet(shop)
    later = Later()
    shop.desk.background = later
    shop.face.spool.choose_open(1)
    state = shop.face.spool.state
    assert (state.preview, state.preview_text) == (None, "")
    later.work()
    state = shop.face.spool.state
    assert state.preview is not None or f"{sold}/1" in state.preview_text


def test_a_print_is_sent_to_another_printer_or_not_printed_at_all(shop: Shop, sold: str) -> None:
    open_sheet(shop)
    shop.face.spool.send_to("热菜")
    state = shop.face.spool.state
    assert "代“前台”" in state.open[0].detail
    assert state.targets == ("前台",)
    shop.face.spool.cancel()
    state = shop.face.spool.state
    assert [row.note for row in state.finished] == ["已取消"]
    shop.face.spool.choose_finished(0)
    assert shop.face.spool.state.can_print
    shop.face.spool.print_again()
    assert len(shop.face.spool.state.open) == 2


def test_a_printed_receipt_can_be_copied_by_who_may(shop: Shop, sold: str) -> None:
    open_sheet(shop)
    shop.face.spool.came_out()
    shop.face.spool.choose_finished(0)
    assert shop.face.spool.state.can_copy
    shop.face.spool.copy()
    (copy,) = [row for row in shop.face.spool.state.open if "重印" in row.title]
    assert copy.title == f"小票 {sold} · 重印（第 1 次）"
    assert "重印人 王芳" in copy.detail
    shop.sign_in(CASHIER_ROLE)
    open_sheet(shop)
    shop.face.spool.choose_finished(0)
    rights = shop.desk.signed_in
    assert rights is not None
    assert shop.face.spool.state.can_copy is ("reprint" in rights.rights)


def test_what_is_stale_or_cannot_be_printed_says_so(shop: Shop, sold: str) -> None:
    def work(store: Store) -> None:
        with store.write() as writing:
            ticket = new_job("old", kind=JobKind.KITCHEN, printer="热菜")
            spool.queue(writing.connection, ticket, now_ms=1)
            spool.queue(writing.connection, new_job("bad", printer="前台"), now_ms=1)
            force_state(writing.connection, "old", JobState.EXPIRED)

            bad = spool.next_job(writing.connection, ["前台"])
            assert bad is not None
            spool.mark_failed(writing.connection, bad.job_id, "document_invalid")

    shop.till.run(work)
    open_sheet(shop)
    titles = [row.title for row in shop.face.spool.state.open]
    shop.face.spool.choose_open(titles.index("厨房单 old"))
    assert "等得太久" in shop.face.spool.state.question
    shop.face.spool.choose_open(titles.index("小票 bad"))
    assert "无法打印" in shop.face.spool.state.question
    assert not shop.face.spool.state.can_confirm


def test_nothing_to_print_is_said_in_words(shop: Shop) -> None:
    open_sheet(shop)
    state = shop.face.spool.state
    assert (state.open, state.nothing_open) == ((), "没有等待打印的单据。")
    possible = (state.can_confirm, state.can_print, state.can_copy, state.can_cancel)
    assert not any(possible)


def test_the_queue_is_seen_and_pressed_in_the_window(
    till: Till, shop: Shop, sold: str, qtbot: QtBot
) -> None:
    window = Window(desk_of(till, Inline()), Look(Scheme.DARK))
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.start(new=False)
    for digit in MANAGER_PIN:
        window.till.sign_in.press(digit)
    window.till.flow.open(Sheet.STATUS)
    button(window, "open-spool").click()
    assert sold in label(window, "spool-question").text()
    came_out = button(window, "spool-came-out")
    assert came_out.text() == "出来了"
    window.speak(Language.ENGLISH)
    assert "did it come out?" in label(window, "spool-question").text()
    came_out.click()
    assert not came_out.isVisible()
    window.till.flow.close_sheet()  # so that it does not look again behind the test


def button(window: Window, name: str) -> QAbstractButton:
    found = seen(window, name)
    assert isinstance(found, QAbstractButton)
    return found


def label(window: Window, name: str) -> QLabel:
    found = seen(window, name)
    assert isinstance(found, QLabel)
    return found


def seen(window: Window, name: str) -> QWidget:
    (found,) = [each for each in window.findChildren(QWidget, name) if each.isVisible()]
    return found
