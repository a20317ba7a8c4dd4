"""What the guest sees while being served, on a second screen and on a pole."""

from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from hardware.displays.content import PoleContent, PoleLabel
from pos_client.screens.guest.presenter import GuestPresenter
from pos_client.screens.guest.state import GuestCodes, GuestMode
from pos_client.screens.guest.view import GuestView
from pos_client.widgets.look import Look
from pos_client.widgets.picture_show import PictureShow, pictures_in, read_picture
from pos_client.widgets.qr_face import QrFace
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import Shop

ENROL = "https://example.com/join?store=1"
PAY = "https://example.com/pay/1"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


class Guest:
    """The guest's side of a shop; `pole` is what stands on the pole display."""

    def __init__(self, shop: Shop) -> None:
        self.pole = PoleContent()
        face = shop.face
        codes = GuestCodes(enrolment=ENROL, payment=PAY)
        self.presenter = GuestPresenter(
            shop.desk, face.order, face.flow, face.pay, codes, on_pole=self._shown
        )
        face.pay.listen(lambda _state: self.presenter.redraw())

    def _shown(self, content: PoleContent) -> None:
        self.pole = content


@pytest.fixture
def guest(shop: Shop) -> Guest:
    return Guest(shop)


def test_a_guest_who_is_not_served_yet_may_become_a_member(guest: Guest) -> None:
    state = guest.presenter.state
    assert (state.mode, state.store) == (GuestMode.IDLE, "示范餐厅")
    assert state.qr is not None
    assert (state.qr.content, state.qr.caption) == (ENROL, "扫码成为会员")
    assert guest.pole == PoleContent()


def test_the_guest_reads_dishes_savings_and_the_amount_due(shop: Shop, guest: Guest) -> None:
    shop.put(DUCK, RICE)
    shop.meet_her()
    state = guest.presenter.state
    assert state.mode is GuestMode.ORDER
    assert [line.name for line in state.lines] == [DUCK.name, RICE.name]
    assert (state.figure_words, state.figure) == ("应付", "¥131.00")
    assert (state.name, state.points) == ("李*", "积分 0")
    assert (state.list_words, state.extras) == ("", ""), "nothing lies between list and due"
    assert state.qr is None, "a member needs not enrol"
    assert (guest.pole.label, guest.pole.amount) == (PoleLabel.TOTAL, "131.00")


def test_personal_data_stays_masked_on_the_guests_side(shop: Shop, guest: Guest) -> None:
    shop.put(DUCK)
    shop.meet_her()
    assert "李雷" not in repr(guest.presenter.state)
    assert "138" not in repr(guest.presenter.state)


def test_paying_shows_what_is_left_and_a_code_for_it(shop: Shop, guest: Guest) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    for key in "100":
        shop.face.pay.press(key)
    shop.face.pay.confirm()
    state = guest.presenter.state
    assert (state.mode, state.figure) == (GuestMode.PAYING, "¥28.00")
    assert state.qr is not None
    assert state.qr.content == PAY
    assert (guest.pole.amount, guest.pole.lower) == ("28.00", "TO PAY")


def test_the_change_is_shown_until_the_next_order(shop: Shop, guest: Guest) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.take_cash(15_000)
    shop.face.pay.confirm()
    state = guest.presenter.state
    assert (state.mode, state.figure_words, state.figure) == (GuestMode.DONE, "找零", "¥22.00")
    assert (guest.pole.label, guest.pole.amount) == (PoleLabel.CHANGE, "22.00")
    shop.face.pay.next_order()
    assert guest.presenter.state.mode is GuestMode.IDLE
    assert guest.pole == PoleContent()


def test_a_locked_till_shows_no_order(shop: Shop, guest: Guest) -> None:
    shop.put(DUCK)
    shop.face.sell.lock()
    assert guest.presenter.state.mode is GuestMode.IDLE
    assert guest.pole == PoleContent()


def at_once(read: Callable[[], QImage], show: Callable[[QImage], None]) -> None:
    show(read())


@pytest.fixture
def view(guest: Guest, qtbot: QtBot, tmp_path: Path) -> GuestView:
    made = GuestView(Look(), guest.presenter, pictures=tmp_path / "pictures", load=at_once)
    qtbot.addWidget(made)
    made.resize(1024, 768)
    made.show()
    return made


def words(view: QWidget) -> set[str]:
    return {seen.text() for seen in view.findChildren(QLabel) if seen.isVisible()}


def test_the_window_shows_the_page_of_the_moment(shop: Shop, view: GuestView) -> None:
    assert {"欢迎光临", "扫码成为会员"} <= words(view)
    shop.put(DUCK)
    assert {"应付", "¥128.00"} <= words(view)
    shop.face.sell.pay()
    shop.face.pay.take_cash(15_000)
    shop.face.pay.confirm()
    assert {"找零", "¥22.00", "谢谢惠顾"} <= words(view)


def test_a_code_on_the_screen_is_read_by_another_reader(
    shop: Shop, view: GuestView, tmp_path: Path
) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    path = tmp_path / "guest.png"
    assert view.grab().save(str(path))
    with Image.open(path) as picture:
        read = zxingcpp.read_barcodes(picture)
    assert [code.text for code in read] == [PAY]


def test_a_code_that_would_be_too_fine_to_read_is_left_out(qtbot: QtBot) -> None:
    face = QrFace(60)
    qtbot.addWidget(face)
    face.show_content("x" * 600)
    assert QColor(face.grab().toImage().pixel(30, 30)) != QColor(0, 0, 0)


def picture(path: Path, width: int, height: int) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (width, height), "#0B6E5F").save(path)


def test_pictures_are_those_of_the_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for name in ("b.png", "a.jpg"):
        picture(folder / name, 40, 30)
    (folder / "notes.txt").write_text("no picture")
    assert [path.name for path in pictures_in(folder)] == ["a.jpg", "b.png"]
    assert pictures_in(tmp_path / "nowhere") == ()


def test_a_file_that_is_no_picture_is_shown_as_none(qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    assert read_picture(broken, QSize(100, 100)).isNull()
    show = PictureShow(tmp_path, 60_000, at_once)
    qtbot.addWidget(show)
    show.turn()
    assert not show.has_pictures


def test_pictures_take_no_room_where_there_are_none(view: GuestView, tmp_path: Path) -> None:
    pictures = view.findChild(PictureShow)
    assert isinstance(pictures, PictureShow)
    assert not pictures.isVisible()
    picture(tmp_path / "pictures" / "a.png", 400, 100)
    pictures.turn()
    assert pictures.isVisible()
    assert pictures.has_pictures


def test_a_picture_fills_its_room_without_being_bent(tmp_path: Path) -> None:
    picture(tmp_path / "wide.png", 400, 100)
    assert read_picture(tmp_path / "wide.png", QSize(200, 200)).size() == QSize(200, 50)
