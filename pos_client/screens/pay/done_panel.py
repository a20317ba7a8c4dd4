"""After the sale: the change in large type, points, receipt number, next order."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from domain.wording import Wording
from pos_client.screens.pay.state import AfterSale
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.layout import across, centred, down, frame, label
from pos_client.widgets.look import Look


class DonePanel(QWidget):
    def __init__(self, look: Look, on_next: Callable[[], None]) -> None:
        super().__init__()
        icon = IconLabel(look, "circle-check", tone="positive", size=tokens.ICON_GIANT)
        self._title = centred(label("heading", strong=True, name="pay-done"))
        self._paid = centred(label("item", tone="muted", name="paid"))
        self._change_words = centred(label("item", tone="muted"))
        self._change = centred(label("amount", strong=True, name="change"))
        self._points = label("item", tone="member", strong=True, name="points-earned")
        self._balance = label("item", tone="member", name="points-balance")
        self._number = centred(label("body", tone="muted", name="receipt-number"))
        self._next = Button(look, "next-order", look_name="pay").on_press(on_next)
        self._next.tall(tokens.PAY_MM, least=tokens.PAY_LEAST)
        points = across(self._points, self._balance, gap=look.px(tokens.SPACE_LARGE))
        points.setContentsMargins(
            look.px(tokens.SPACE_LARGE), look.px(tokens.SPACE_MEDIUM),
            look.px(tokens.SPACE_LARGE), look.px(tokens.SPACE_MEDIUM),
        )  # fmt: skip
        self._guest = frame("member", points)
        change = down(self._change_words, self._change)
        change.setContentsMargins(0, look.px(tokens.SPACE), 0, look.px(tokens.SPACE))
        self._change_frame = frame("clear", change)
        box = down(
            None, icon, self._title, self._paid, self._change_frame,
            across(None, self._guest, None),
            look.px(tokens.SPACE_SMALL), self._number, None, self._next,
            gap=look.px(tokens.SPACE_SMALL), margin=look.px(tokens.SPACE),
        )  # fmt: skip
        box.setAlignment(icon, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(down(frame("card", box)))

    def retext(self, wording: Wording) -> None:
        self._title.setText(wording.text("pay.done"))
        self._change_words.setText(wording.text("pay.change"))
        self._next.setText(wording.text("pay.next"))

    def draw(self, after: AfterSale) -> None:
        self._paid.setText(after.paid)
        self._change_frame.setVisible(bool(after.change))
        self._change.setText(after.change)
        self._points.setText(after.points)
        self._balance.setText(after.balance)
        self._guest.setVisible(bool(after.points))
        self._number.setText(after.number)
