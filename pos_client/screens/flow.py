"""Which page and which sheet is shown."""

from collections.abc import Callable
from enum import StrEnum


class Page(StrEnum):
    WAITING = "waiting"
    FIRST_RUN = "first_run"
    SIGN_IN = "sign_in"
    SELL = "sell"


class Sheet(StrEnum):
    """What lies over the dishes on the sell page; NONE shows the dishes."""

    NONE = "none"
    MEMBER = "member"
    COUPON = "coupon"
    PAY = "pay"
    STATUS = "status"
    SPOOL = "spool"
    IMPORTS = "imports"
    DEVICES = "devices"


class Flow:
    def __init__(self) -> None:
        self.page = Page.WAITING
        self.sheet = Sheet.NONE
        self.held = False
        self._listeners: list[Callable[[], None]] = []

    def listen(self, on_change: Callable[[], None]) -> None:
        self._listeners.append(on_change)

    def hold(self) -> None:
        """Stay on this sheet until `release`: a sale is being closed, or its change is shown."""
        self.held = True

    def release(self) -> None:
        self.held = False

    def go(self, page: Page) -> None:
        if self.held:
            return
        self.page, self.sheet = page, Sheet.NONE
        self._tell()

    def open(self, sheet: Sheet) -> None:
        if self.held:
            return
        self.sheet = sheet
        self._tell()

    def close_sheet(self) -> None:
        self.open(Sheet.NONE)

    def _tell(self) -> None:
        for on_change in self._listeners:
            on_change()
