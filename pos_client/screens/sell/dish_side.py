"""The dishes' side of the sell screen: categories, dish grid, action row with the pay key."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QSizePolicy, QWidget

from domain.wording import Wording
from pos_client.screens.flow import Sheet
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sell.state import SellState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import ActionKey, Button
from pos_client.widgets.chip_flow import ChipFlow
from pos_client.widgets.dish_grid import DishGrid
from pos_client.widgets.layout import across, centred, down, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look

_ACTIONS: Final = (
    ("member", "user-round", Sheet.MEMBER, "F3"),
    ("coupon", "ticket-percent", Sheet.COUPON, "F4"),
    ("status", "activity", Sheet.STATUS, ""),
    ("imports", "file-up", Sheet.IMPORTS, ""),
)
_ACTION_SHARE: Final = 2
_PAY_SHARE: Final = 6


class DishSide(QWidget):
    def __init__(self, look: Look, presenter: SellPresenter, on_drawer: Callable[[], None]) -> None:
        super().__init__()
        self._chips = ChipFlow(look, "category", presenter.choose_category)
        self._grid = DishGrid(look, presenter.tap_dish)
        self._area = scrolling(self._grid)
        self._empty = centred(paragraph("item", tone="muted", name="dishes-empty"))
        self._actions = {
            name: _action(look, presenter, name, icon, sheet) for name, icon, sheet, _ in _ACTIONS
        }
        self._drawer = ActionKey(look, "action-drawer", "banknote").on_press(on_drawer)
        self._pay = Button(look, "pay", look_name="pay").on_press(presenter.pay)
        self._pay.tall(tokens.PAY_MM, least=tokens.PAY_LEAST)
        self._pay.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._pay_words = ""
        gap = look.px(tokens.SPACE_SMALL)
        keys = (*self._actions.values(), self._drawer)
        actions = across(*keys, self._pay, gap=gap)
        for place in range(len(keys)):
            actions.setStretch(place, _ACTION_SHARE)
        actions.setStretch(len(keys), _PAY_SHARE)
        box = down(self._chips, self._area, self._empty, actions, gap=gap)
        box.setStretch(1, 1)
        box.setStretch(2, 1)
        self.setLayout(box)

    def retext(self, wording: Wording) -> None:
        for name, _, _, key in _ACTIONS:
            self._actions[name].setText(f"{wording.text(f'action.{name}')} {key}".strip())
        self._drawer.setText(f"{wording.text('drawer.key')} F8")
        self._actions["imports"].setToolTip(wording.text("sell.import_right"))
        self._pay_words = f"{wording.text('sell.pay')} F9"

    def draw(self, state: SellState) -> None:
        self._chips.show_chips(state.categories, state.category)
        self._grid.show_dishes(state.dishes)
        self._area.setVisible(bool(state.dishes))
        show_or_hide(self._empty, state.empty)
        self._actions["imports"].setEnabled(state.can_import)
        self._pay.setEnabled(state.can_pay)
        amount = state.totals.due if state.can_pay else ""
        self._pay.setText(f"{self._pay_words}   {amount}".strip())


def _action(look: Look, presenter: SellPresenter, name: str, icon: str, sheet: Sheet) -> ActionKey:
    return ActionKey(look, f"action-{name}", icon).on_press(lambda: presenter.open(sheet))
