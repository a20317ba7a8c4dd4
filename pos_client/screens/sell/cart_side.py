"""The cart's side of the sell screen: lines, totals, number pad."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout

from domain.wording import Wording
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sell.state import SellState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, chip
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
from pos_client.widgets.number_pad import NumberPad


class CartSide:
    def __init__(self, look: Look, presenter: SellPresenter, on_key: Callable[[str], None]) -> None:
        self._title = label("body", strong=True)
        self._type = chip(look, "order-type").on_press(presenter.served.change_order_type)
        self._guests = Button(look, "guest-count", look_name="chip").on_press(
            presenter.served.set_guests
        )
        self._items = right(label("body", tone="muted", name="cart-items"))
        self._empty = centred(paragraph("body", tone="muted", name="cart-empty"))
        self._list = CartList(look, presenter.select)
        self._list_words = label("body", tone="muted")
        self._list_amount = right(label("body", tone="muted", name="list-amount"))
        self._saving_words = label("body", tone="accent")
        self._saving = right(label("body", tone="accent", strong=True, name="saving"))
        self._extras = right(paragraph("body", tone="muted", name="extras"))
        self._due_words = label("heading")
        self._entry = label("heading", tone="accent", strong=True, name="entry")
        self._due = right(label("amount", strong=True, name="due"))
        card = frame("card", self._card(look))
        pad = NumberPad(look, on_key)
        self.layout = down(card, pad, gap=look.px(tokens.SPACE_SMALL))
        self.layout.setStretch(0, 1)

    def retext(self, wording: Wording) -> None:
        self._title.setText(wording.text("sell.order"))
        self._empty.setText(wording.text("sell.empty_cart"))
        self._list_words.setText(wording.text("sell.list_amount"))
        self._saving_words.setText(wording.text("sell.saving"))
        self._due_words.setText(wording.text("sell.due"))

    def draw(self, state: SellState) -> None:
        totals = state.totals
        self._type.setChecked(state.takes_away)
        self._type.setText(state.order_type)
        self._guests.setText(state.guests)
        self._items.setText(totals.items)
        self._list.show_lines(state.lines)
        self._list.setVisible(bool(state.lines))
        self._empty.setVisible(not state.lines)
        self._list_amount.setText(totals.list_amount)
        self._saving.setText(totals.saving)
        show_or_hide(self._extras, totals.extras)
        self._saving_words.setVisible(bool(totals.saving))
        self._due.setText(totals.due)
        self._entry.setText(f"× {totals.entry}" if totals.entry else "")

    def _card(self, look: Look) -> QVBoxLayout:
        side, small = look.px(tokens.SPACE), look.px(tokens.SPACE_SMALL)
        head = across(self._title, self._type, self._guests, None, self._items, gap=small)
        head.setContentsMargins(side, small, side, small)
        sums = across(
            self._list_words, self._list_amount, None, self._saving_words, self._saving, gap=small
        )
        sums.setContentsMargins(side, small, side, 0)
        extras = across(self._extras)
        extras.setContentsMargins(side, 0, side, 0)
        due = across(self._due_words, self._entry, None, self._due, gap=look.px(tokens.SPACE))
        due.setContentsMargins(side, 0, side, look.px(tokens.SPACE_HAIR))
        box = down(head, divider(look), self._list, self._empty, divider(look), sums, extras, due)
        box.setStretch(2, 1)
        box.setStretch(3, 1)
        return box
