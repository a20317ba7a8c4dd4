"""The keyboard map: which screen hears a key. One owner of key input at a time."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sign_in.presenter import SignInPresenter

SHEET_KEYS: Final = {"F3": Sheet.MEMBER, "F4": Sheet.COUPON}


class HearsKeys(Protocol):
    def press(self, key: str) -> None:
        """A digit, ".", "00", times, minus, backspace or enter."""
        ...

    def escape(self) -> None: ...


class Keyboard:
    """Keys come by name: F2, enter, escape, delete, up, times, 0 to 9, 00 and so on.

    `actions` are keys of the sale that mean the same whatever lies over the dishes.
    """

    def __init__(
        self,
        flow: Flow,
        notices: Notices,
        *,
        sell: SellPresenter,
        sign_in: SignInPresenter,
        sheets: Mapping[Sheet, HearsKeys],
        actions: Mapping[str, Callable[[], None]],
    ) -> None:
        self._flow = flow
        self._notices = notices
        self._sell = sell
        self._sign_in = sign_in
        self._sheets = sheets
        self._actions = actions

    def press(self, key: str) -> None:
        if self._flow.page is Page.SIGN_IN:
            self._press_at_sign_in(key)
        elif self._flow.page is Page.SELL and not self._confirms_notice(key):
            self._press_at_sale(key)

    def _press_at_sign_in(self, key: str) -> None:
        if key == "escape":
            self._sign_in.escape()
        else:
            self._sign_in.press(key)

    def _confirms_notice(self, key: str) -> bool:
        return key in {"enter", "escape"} and self._notices.dismiss()

    def _press_at_sale(self, key: str) -> None:
        if key in self._actions:
            self._actions[key]()
        elif key in SHEET_KEYS:
            self._sell.open(SHEET_KEYS[key])
        elif key == "F9":
            self._sell.pay()
        elif key == "F10":
            self._sell.served.change_order_type()
        elif key == "F12":
            self._sell.lock()
        elif self._flow.sheet is Sheet.NONE:
            self._press_at_cart(key)
        else:
            self._press_at_sheet(key, self._sheets.get(self._flow.sheet))

    def _press_at_cart(self, key: str) -> None:
        if key == "escape":
            self._sell.escape()
        elif key == "delete":
            self._sell.remove_selected()
        elif key in {"up", "down"}:
            self._sell.step_selection(-1 if key == "up" else 1)
        else:
            self._sell.press(key)

    def _press_at_sheet(self, key: str, sheet: HearsKeys | None) -> None:
        if sheet is None:
            if key == "escape":
                self._flow.close_sheet()
        elif key == "escape":
            sheet.escape()
        else:
            sheet.press(key)
