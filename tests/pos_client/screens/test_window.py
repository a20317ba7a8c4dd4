"""The window itself: keys, taps and scans reach the till, and what it says is seen."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import Order
from domain.orders import Sale
from domain.wording import Language
from pos_client.background import Background
from pos_client.screens.desk import Desk
from pos_client.screens.double_taps import DoubleTaps
from pos_client.screens.flow import Page, Sheet
from pos_client.screens.recovery.presenter import RecoveryAction, RecoveryPresenter
from pos_client.screens.recovery.view import RecoveryView
from pos_client.screens.window import Window
from pos_client.storage.store import Store
from pos_client.texts.catalogue import wording_in
from pos_client.widgets.buttons import chip
from pos_client.widgets.look import Look
from pos_client.widgets.tokens import Scheme
from tests.builders.till import MANAGER_PIN, Till
from tests.pos_client.screens.conftest import TEN_OFF, Inline, desk_of

DEADLINE_S = 10
DEADLINE_MS = DEADLINE_S * 1000
# Said by the offscreen platform of any window that is shown.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


class Screen:
    """The window of a till with its real background threads."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    def find(self, name: str) -> QWidget:
        found = [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]
        assert len(found) == 1, (name, found)
        return found[0]

    def text(self, name: str) -> str:
        widget = self.find(name)
        assert isinstance(widget, QLabel | QAbstractButton | QLineEdit)
        return widget.text()

    def tap(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def target(self) -> QWidget:
        """Where keys go: the field with the focus, else the window."""
        focused: QWidget | None = self.window.focusWidget()
        return focused if focused is not None else self.window

    def key(self, key: Qt.Key) -> None:
        target = self.target()
        QTest.keyClick(target, key)

    def type(self, text: str) -> None:
        """Key by key; Chinese comes from an input method as a whole."""
        target = self.target()
        if isinstance(target, QLineEdit) and not text.isascii():
            target.insert(text)
        else:
            QTest.keyClicks(target, text)

    def wait(self, name: str, text: str = "") -> None:
        def seen() -> None:
            assert text in self.text(name)

        self.qtbot.waitUntil(lambda: self.is_seen(name), timeout=DEADLINE_MS)
        self.qtbot.waitUntil(seen, timeout=DEADLINE_MS)

    def is_seen(self, name: str) -> bool:
        return any(w.isVisible() for w in self.window.findChildren(QWidget, name))


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def desk(till: Till, background: Background) -> Desk:
    made = desk_of(till, Inline())
    made.background = background
    return made


@pytest.fixture
def screen(desk: Desk, qtbot: QtBot) -> Screen:
    window = Window(desk, Look())
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.start(new=False)
    made = Screen(window, qtbot)
    made.wait("pin-1")
    for digit in MANAGER_PIN:
        made.type(digit)
    made.wait("dish-D1")
    return made


def sales_of(till: Till) -> list[Sale]:
    orders = [value for value in till.shown().values() if isinstance(value, Order)]
    return [order.sale for order in orders if order.sale is not None]


def test_a_whole_sale_by_keyboard(screen: Screen, till: Till) -> None:
    screen.key(Qt.Key.Key_F2)
    screen.type("ky")
    screen.key(Qt.Key.Key_Return)
    assert screen.text("due") == "¥128.00"
    screen.key(Qt.Key.Key_F3)
    screen.type("8000")
    screen.wait("member-row-0", "李*")
    screen.key(Qt.Key.Key_Return)
    screen.wait("member-name", "李*")
    screen.key(Qt.Key.Key_Escape)
    screen.key(Qt.Key.Key_F4)
    screen.type(TEN_OFF.code)
    screen.key(Qt.Key.Key_Return)
    screen.wait("due", "¥118.00")
    screen.key(Qt.Key.Key_Escape)
    screen.key(Qt.Key.Key_F9)
    screen.type("200")
    assert screen.text("pay-rest") == "¥82.00"
    screen.key(Qt.Key.Key_Return)
    screen.wait("receipt-number")
    assert screen.text("change") == "¥82.00"
    assert screen.text("points-earned") == "本单 +118 积分"
    screen.key(Qt.Key.Key_Return)
    assert screen.text("due") == "¥0.00"
    (sold,) = sales_of(till)
    assert sold.total_fen == 11_800
    assert sold.coupon_ids == (TEN_OFF.coupon_id,)


def test_a_whole_sale_by_touch(screen: Screen, till: Till) -> None:
    screen.tap("pad-2")
    screen.tap("dish-D1")
    screen.tap("category-1")
    screen.tap("dish-D2")
    screen.tap("pay")
    assert screen.text("pay-due") == "¥134.00"
    screen.tap("pad-5")
    screen.tap("pad-0")
    screen.tap("tender-recorded_card")
    assert screen.text("pay-rest") == "¥84.00"
    screen.tap("cash-10000")
    screen.tap("confirm-pay")
    screen.wait("next-order")
    assert screen.text("change") == "¥16.00"
    screen.tap("next-order")
    assert not screen.is_seen("next-order")
    (sold,) = sales_of(till)
    assert [tender.amount_fen for tender in sold.tenders] == [5_000, 8_400]


def test_a_guest_is_enrolled_by_touch_and_keyboard(screen: Screen) -> None:
    screen.tap("action-member")
    screen.type("13912345678")
    screen.tap("member-new")
    assert screen.text("enrol-phone") == "13912345678"
    screen.type("韩梅梅")
    screen.key(Qt.Key.Key_Return)
    screen.type("1990-05-20")
    screen.key(Qt.Key.Key_Return)
    screen.wait("card-name", "韩**")
    assert screen.text("member-name") == "韩**"


def test_the_pad_writes_into_the_field_that_is_being_filled(screen: Screen) -> None:
    screen.tap("action-member")
    for key in ("pad-8", "pad-00", "pad-0", "pad-backspace", "pad-0"):
        screen.tap(key)
    assert screen.text("member-search") == "8000"
    screen.tap("pad-enter")
    screen.wait("member-name", "李*")


def test_an_error_stands_in_the_notice_bar_until_it_is_confirmed(screen: Screen) -> None:
    screen.window.on_scan("C-NOWHERE")
    screen.wait("notice-text", "没有找到这张券")
    screen.tap("dish-D1")
    assert screen.is_seen("notice")
    screen.key(Qt.Key.Key_Escape)
    assert not screen.is_seen("notice")
    assert not screen.is_seen("pay-due")


def test_the_notice_bar_moves_nothing(screen: Screen) -> None:
    before = screen.find("dish-D1").geometry()
    screen.window.on_scan("C-NOWHERE")
    screen.wait("notice-text")
    assert screen.find("dish-D1").geometry() == before
    screen.tap("notice-confirm")
    assert not screen.is_seen("notice")


def test_another_language_is_everywhere_at_once(screen: Screen) -> None:
    heard: list[Language] = []
    screen.window._on_language = heard.append
    screen.key(Qt.Key.Key_F12)
    screen.tap("language-en")
    assert heard == [Language.ENGLISH]
    for digit in MANAGER_PIN:
        screen.tap(f"pin-{digit}")
    screen.wait("action-member", "Member F3")
    for widget in screen.window.findChildren(QLabel):
        if widget.isVisible() and widget.objectName() not in {"store-name", "member-name"}:
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in widget.text()), widget.text()


def test_dark_and_light_can_be_changed_at_run_time(screen: Screen) -> None:
    heard: list[Scheme] = []
    screen.window._on_scheme = heard.append
    bright = screen.window.grab().toImage().pixelColor(5, 400).lightness()
    screen.key(Qt.Key.Key_F12)
    screen.tap("scheme")
    assert heard == [Scheme.DARK]
    screen.window.till.flow.go(Page.SELL)
    assert screen.window.grab().toImage().pixelColor(5, 400).lightness() < bright - 100


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", [1024, 1366])
def test_no_words_on_keys_are_cut_off(screen: Screen, language: Language, width: int) -> None:
    screen.window.resize(width, 768)
    screen.window.speak(language)
    screen.tap("dish-D1")
    for sheet in Sheet:
        screen.window.till.flow.open(sheet)
        screen.qtbot.wait(1)
        for button in screen.window.findChildren(QAbstractButton):
            if button.isVisible() and button.text() and "-row-" not in button.objectName():
                words = QFontMetrics(button.font()).horizontalAdvance(button.text())
                assert words <= button.width(), (sheet, button.objectName(), button.text())


def test_the_window_never_becomes_larger_than_it_was(screen: Screen) -> None:
    screen.window.resize(1024, 768)
    screen.window.speak(Language.ENGLISH)
    screen.tap("dish-D1")
    for sheet in Sheet:
        screen.window.till.flow.open(sheet)
        screen.qtbot.wait(1)
        assert (screen.window.width(), screen.window.height()) == (1024, 768)


def test_the_left_hand_gets_the_cart_on_the_right(desk: Desk, qtbot: QtBot) -> None:
    places = []
    for left_handed in (False, True):
        window = Window(desk, Look(), left_handed=left_handed)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        window.till.flow.go(Page.SELL)
        pad = window.findChild(QWidget, "pad-1")
        assert pad is not None
        places.append(pad.mapTo(window, pad.rect().center()).x() > 683)
    assert places == [False, True]


def test_the_screen_goes_on_while_the_storage_is_busy(screen: Screen, till: Till) -> None:
    """A slow disk holds the storage thread; the sale waits for it, the screen does not."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_store: Store) -> None:
        begun.set()
        assert go_on.wait(DEADLINE_S)

    holder = threading.Thread(target=lambda: till.run(hold))
    holder.start()
    assert begun.wait(DEADLINE_S)
    screen.tap("dish-D1")
    screen.tap("pay")
    screen.tap("confirm-pay")
    assert screen.text("confirm-pay") == "正在保存…"
    screen.window.speak(Language.ENGLISH)
    assert screen.text("confirm-pay") == "Saving…"
    assert not screen.is_seen("next-order")
    go_on.set()
    screen.wait("next-order")
    holder.join()
    assert len(sales_of(till)) == 1


def test_the_recovery_screen_offers_its_ways_out(qtbot: QtBot) -> None:
    chosen: list[RecoveryAction] = []
    presenter = RecoveryPresenter(
        wording_in(Language.CHINESE),
        TillfoldError(ErrorCode.DATABASE_DAMAGED),
        (RecoveryAction.REBUILD, RecoveryAction.SET_ASIDE, RecoveryAction.QUIT),
        chosen.append,
    )
    view = RecoveryView(Look(), presenter)
    qtbot.addWidget(view)
    view.show()
    text = view.findChild(QLabel, "recovery-text")
    rebuild = view.findChild(QAbstractButton, "recover-rebuild")
    assert text is not None
    assert rebuild is not None
    assert text.text().startswith("本机数据库已损坏")
    QTest.mouseClick(rebuild, Qt.MouseButton.LeftButton)
    assert chosen == [RecoveryAction.REBUILD]
    assert not rebuild.isEnabled()


def double_tap(screen: Screen, name: str) -> None:
    """Two taps of one hurried finger, through the window as the window system sends them."""
    widget = screen.find(name)
    where = widget.mapTo(screen.window, widget.rect().center())
    handle = screen.window.windowHandle()
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)


def test_a_hurried_double_tap_neither_confirms_nor_puts_the_change_away(
    screen: Screen, till: Till
) -> None:
    taps = DoubleTaps(screen.window)
    double_tap(screen, "dish-D1")
    assert screen.text("due") == "¥6.00"
    double_tap(screen, "pay")
    screen.wait("pay-due")
    assert not screen.window.till.pay.busy
    assert sales_of(till) == []
    double_tap(screen, "confirm-pay")
    screen.wait("receipt-number")
    screen.qtbot.wait(1)
    assert screen.is_seen("receipt-number")
    assert len(sales_of(till)) == 1
    screen.tap("next-order")
    assert screen.text("due") == "¥0.00"
    assert taps is not None


def test_a_finger_resting_on_enter_pays_nothing(screen: Screen, till: Till) -> None:
    screen.tap("dish-D1")
    screen.key(Qt.Key.Key_F9)
    screen.wait("pay-due")
    for _ in range(5):
        held = QKeyEvent(
            QEvent.Type.KeyPress,
            Qt.Key.Key_Return,
            Qt.KeyboardModifier.NoModifier,
            "\r",
            autorep=True,
        )
        QApplication.sendEvent(screen.window, held)
    assert not screen.window.till.pay.busy
    assert sales_of(till) == []


@pytest.mark.parametrize(("typed", "entry"), [("²", ""), ("２", "2"), ("½", ""), ("٣", "3")])
def test_odd_digits_are_digits_or_nothing(screen: Screen, typed: str, entry: str) -> None:
    screen.window.setFocus()
    press = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, typed
    )
    QApplication.sendEvent(screen.window, press)
    assert screen.text("entry").removeprefix("×").strip() == entry


def test_dishes_come_back_after_a_search_that_found_none(screen: Screen) -> None:
    for text in ("zzzz", "'; --%_", "😀" * 5_000):
        screen.key(Qt.Key.Key_F2)
        screen.type(text)
        screen.wait("dishes-empty")
        screen.key(Qt.Key.Key_Return)
        screen.key(Qt.Key.Key_Escape)
        screen.wait("dish-D1")


def test_words_on_a_chip_have_room_in_bold_as_they_are_while_it_is_down(qtbot: QtBot) -> None:
    made = chip(Look(), "chip")
    qtbot.addWidget(made)
    bold = made.font()
    bold.setBold(True)
    around = []
    for words in ("Takeaway, ready at noon", "Takeaway and delivery, with a receipt"):
        made.setText(words)
        around.append(made.sizeHint().width() - QFontMetrics(bold).horizontalAdvance(words))
    assert around[0] == around[1] > 0
