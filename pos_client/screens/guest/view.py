"""The guest's screen: draws a GuestState; nothing on it can be pressed."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from pos_client.screens.guest.presenter import GuestPresenter
from pos_client.screens.guest.state import GuestMode, GuestQr, GuestState
from pos_client.widgets import tokens
from pos_client.widgets.cart_list import CartList
from pos_client.widgets.layout import (
    across,
    centred,
    divider,
    down,
    frame,
    label,
    paragraph,
    right,
    show_or_hide,
)
from pos_client.widgets.look import Look
from pos_client.widgets.picture_show import Load, PictureShow
from pos_client.widgets.qr_face import QrFace
from pos_client.widgets.theme import dress

QR_SIDE: Final = 260
PICTURES_EVERY_MS: Final = 12_000


class GuestView(QWidget):
    """A window of its own, for a second screen. It is hidden and shown by whoever places it."""

    def __init__(
        self, look: Look, presenter: GuestPresenter, *, pictures: Path | None, load: Load
    ) -> None:
        super().__init__()
        self.setObjectName("guest")
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._look = look
        self._store = label("heading", strong=True, name="guest-store")
        self._name = label("item", tone="member", strong=True, name="guest-name")
        self._points = label("item", tone="member", name="guest-points")
        self._lines = CartList(look, lambda _number: None)
        self._list_words = label("item", tone="muted")
        self._list_amount = right(label("item", tone="muted", name="guest-list"))
        self._saving_words = label("item", tone="accent")
        self._saving = right(label("item", tone="accent", strong=True, name="guest-saving"))
        self._extras = right(paragraph("item", tone="muted", name="guest-extras"))
        self._words = label("heading", name="guest-words")
        self._figure = right(label("amount", strong=True, name="guest-figure"))
        self._note = centred(paragraph("total", name="guest-note"))
        self._earned = centred(label("heading", tone="member", name="guest-earned"))
        self._change_words = centred(label("heading", tone="muted"))
        self._change = centred(label("clock", strong=True, name="guest-change"))
        self._codes = (_Code(look, "guest-qr-order"), _Code(look, "guest-qr-idle"))
        self._pictures = PictureShow(pictures, PICTURES_EVERY_MS, load)
        self._member = self._member_card()
        self._pages = QStackedWidget()
        self._idle, self._serving = self._idle_page(), self._serving_page()
        self._done = self._done_page()
        for page in (self._idle, self._serving, self._done):
            self._pages.addWidget(page)
        box = down(self._head(), self._pages)
        box.setStretch(1, 1)
        self.setLayout(box)
        dress(self, look)
        presenter.listen(self.draw)

    def draw(self, state: GuestState) -> None:
        self._store.setText(state.store)
        match state.mode:
            case GuestMode.IDLE:
                self._draw_idle(state)
            case GuestMode.ORDER | GuestMode.PAYING:
                self._draw_order(state)
            case GuestMode.DONE:
                self._draw_done(state)
        if state.mode is not GuestMode.IDLE:
            self._pictures.rest()

    def restyle(self) -> None:
        """The scheme was changed."""
        dress(self, self._look)
        self.update()

    def _draw_idle(self, state: GuestState) -> None:
        self._pages.setCurrentWidget(self._idle)
        self._note.setText(state.note)
        self._codes[1].draw(state.qr)
        self._pictures.begin()

    def _draw_order(self, state: GuestState) -> None:
        self._pages.setCurrentWidget(self._serving)
        self._name.setText(state.name)
        show_or_hide(self._points, state.points)
        self._member.setVisible(bool(state.name))
        self._lines.show_lines(state.lines)
        show_or_hide(self._list_words, state.list_words)
        show_or_hide(self._list_amount, state.list_amount)
        show_or_hide(self._saving_words, state.saving_words)
        show_or_hide(self._saving, state.saving)
        show_or_hide(self._extras, state.extras)
        self._words.setText(state.figure_words)
        self._figure.setText(state.figure)
        self._codes[0].draw(state.qr)

    def _draw_done(self, state: GuestState) -> None:
        self._pages.setCurrentWidget(self._done)
        self._thanks.setText(state.note)
        show_or_hide(self._change_words, state.figure_words)
        show_or_hide(self._change, state.figure)
        show_or_hide(self._earned, state.points)

    def _head(self) -> QFrame:
        px = self._look.px
        row = across(self._store, None)
        row.setContentsMargins(
            px(tokens.SPACE_LARGE), px(tokens.SPACE_MEDIUM),
            px(tokens.SPACE_LARGE), px(tokens.SPACE_MEDIUM),
        )  # fmt: skip
        return frame("bar", row)

    def _idle_page(self) -> QWidget:
        page = QWidget()
        side = down(None, self._note, self._codes[1].frame, None, gap=self._gap())
        box = across(self._pictures, side, gap=self._gap(), margin=self._gap())
        box.setStretch(0, 2)
        box.setStretch(1, 1)
        page.setLayout(box)
        return page

    def _serving_page(self) -> QWidget:
        page = QWidget()
        cart = frame("card", down(self._lines))
        side = down(self._member, self._codes[0].frame, None, self._sums(), gap=self._gap())
        box = across(cart, side, gap=self._gap(), margin=self._gap())
        box.setStretch(0, 3)
        box.setStretch(1, 2)
        page.setLayout(box)
        return page

    def _done_page(self) -> QWidget:
        page = QWidget()
        self._thanks = centred(label("total", strong=True, name="guest-thanks"))
        page.setLayout(
            down(
                None, self._thanks, self._change_words, self._change, self._earned, None,
                gap=self._gap(),
            )
        )  # fmt: skip
        return page

    def _member_card(self) -> QFrame:
        margin = self._look.px(tokens.SPACE)
        card = down(self._name, self._points, gap=self._look.px(tokens.SPACE_HAIR), margin=margin)
        return frame("member", card)

    def _sums(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        sums = across(
            self._list_words, self._list_amount, None, self._saving_words, self._saving, gap=gap
        )
        due = across(self._words, None, self._figure)
        return down(sums, self._extras, divider(self._look), due, gap=gap)

    def _gap(self) -> int:
        return self._look.px(tokens.SPACE_LARGE)


class _Code:
    """A QR code on a card with its sentence; the card goes away with the code."""

    def __init__(self, look: Look, name: str) -> None:
        self._face = QrFace(look.px(QR_SIDE), name=name)
        self._caption = centred(paragraph("item", name=f"{name}-caption"))
        box = down(
            across(None, self._face, None),
            self._caption,
            gap=look.px(tokens.SPACE_SMALL),
            margin=look.px(tokens.SPACE),
        )
        self.frame = frame("card", box)

    def draw(self, code: GuestQr | None) -> None:
        self.frame.setVisible(code is not None)
        if code is not None:
            self._face.show_content(code.content)
            self._caption.setText(code.caption)
