"""The top bar: where we are, the dish search, the connection, the clock, who is signed in."""

from typing import Final

from PySide6.QtWidgets import QSizePolicy

from domain.wording import Wording
from pos_client.screens.flow import Sheet
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sell.state import SellState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, frame, label
from pos_client.widgets.look import Look

_DOT_COLOUR: Final = {"positive": "positive", "warning": "warning", "muted": "line_strong"}


class TopBarView:
    def __init__(self, look: Look, presenter: SellPresenter) -> None:
        self._look = look
        self._store = label("body", strong=True, name="store-name")
        self.search = Field(look, "dish-search", longest=40, search=True)
        self.search.on_edit(presenter.search)
        self.search.on_enter(lambda _text: self._take_first(presenter))
        self.search.on_escape(lambda: self._leave(presenter))
        self.search.setFixedWidth(look.px(300))
        self._connection = Button(look, "connection", look_name="plain", icon="dot")
        self._connection.on_press(lambda: presenter.open(Sheet.STATUS))
        self._clock = label("item", strong=True, name="clock")
        self._cashier = Button(look, "lock", look_name="plain", icon="lock")
        self._cashier.on_press(presenter.lock)
        names = across(self._store)
        ends = across(
            None, self._connection, self._clock, self._cashier, gap=look.px(tokens.SPACE_SMALL)
        )
        row = across(names, self.search, ends, gap=look.px(tokens.SPACE))
        row.setStretch(0, 1)
        row.setStretch(2, 1)
        side, edge = look.px(tokens.SPACE), look.px(tokens.SPACE_HAIR)
        row.setContentsMargins(side, edge, look.px(tokens.SPACE_SMALL), edge)
        self.frame = frame("bar", row)
        self._store.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def retext(self, wording: Wording) -> None:
        self.search.setPlaceholderText(f"{wording.text('sell.search')}  F2")
        self._cashier.setToolTip(wording.text("sell.lock"))

    def _take_first(self, presenter: SellPresenter) -> None:
        presenter.take_first_found()
        self.search.clearFocus()

    def _leave(self, presenter: SellPresenter) -> None:
        presenter.search("")
        self.search.clearFocus()

    def draw(self, state: SellState) -> None:
        top = state.top
        self._store.setText(f"{top.store} · {top.till}")
        self._connection.setText(top.connection)
        self._clock.setText(top.clock)
        self._cashier.setText(top.cashier)
        self.search.show_text(state.search)
        self._connection.show_icon("dot", tone=_DOT_COLOUR[top.connection_tone])
