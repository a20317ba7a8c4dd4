"""The sell screen: turning taps, keys and scans into a basket."""

from collections.abc import Callable
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.menu import MenuItem
from domain.pricing.basket import Basket, add_item, set_quantity
from pos_client.screens.desk import Desk, Presenter
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.sell.drawing import SellFacts, categories_of, draw_sell, shown_items
from pos_client.screens.sell.how_served import HowServed
from pos_client.screens.sell.state import SellState
from pos_client.use_cases.answers import SyncStatus

_LONGEST_ENTRY: Final = 3
_MINUTE_MS: Final = 60_000


class SellPresenter(Presenter[SellState]):
    def __init__(self, desk: Desk, order: OrderInHand, flow: Flow, notices: Notices) -> None:
        super().__init__(desk)
        self._order = order
        self._flow = flow
        self._notices = notices
        self.act_on_notice = notices.act
        self._facts = SellFacts()
        self._minute = 0
        self.served = HowServed(order, self._take_entry)
        order.listen(self.redraw)

    def menu_changed(self) -> None:
        """The home was read: keep the chosen category where the menu still has it."""
        home = self.desk.home
        names = categories_of(home.menu) if home else ()
        if self._facts.category not in names:
            self._note(category=names[0] if names else "")
        else:
            self.redraw()

    def tick(self) -> None:
        """Once a second; clock and prices change with the minute alone."""
        minute = self.desk.now_ms() // _MINUTE_MS
        if minute != self._minute:
            self._minute = minute
            self._order.price_again()
            self.redraw()

    def show_sync(self, sync: SyncStatus) -> None:
        if sync != self._facts.sync:
            self._note(sync=sync)

    # Dishes

    def choose_category(self, name: str) -> None:
        self._note(category=name, search="")

    def search(self, text: str) -> None:
        self._note(search=text)

    def take_first_found(self) -> None:
        """Enter in the search: the first dish that can be sold goes into the cart."""
        if not self._facts.search.strip():
            return
        items = shown_items(self._facts, self.desk.home.menu) if self.desk.home else ()
        found = next((item for item in items if not item.sold_out), None)
        if found is not None:
            self.tap_dish(found.item_id)
            self._note(search="")

    def tap_dish(self, item_id: str) -> None:
        """Add a dish, as many as the number pad says."""
        item = self.item(item_id)
        if item is not None and not item.sold_out:
            self.add(item, int(self._facts.entry or "1"))

    def add(self, item: MenuItem, quantity: int, *, weight_grams: int = 0) -> None:
        basket = self._order.basket
        self._change(lambda: add_item(basket, item, quantity, weight_grams=weight_grams))

    def item(self, item_id: str) -> MenuItem | None:
        items = self.desk.home.menu.items if self.desk.home else ()
        return next((item for item in items if item.item_id == item_id), None)

    # Cart

    def select(self, number: int) -> None:
        self._note(selected=number)

    def step_selection(self, step: int) -> None:
        numbers = [line.number for line in self._order.basket.lines]
        if not numbers:
            return
        place = numbers.index(self._selected()) + step
        self._note(selected=numbers[max(0, min(place, len(numbers) - 1))])

    def remove_selected(self) -> None:
        self._set_selected_quantity(0)

    def press(self, key: str) -> None:
        """A key of the number pad, from the screen or the keyboard."""
        entry = self._facts.entry
        if key.isdigit():
            self._note(entry=(entry + key).lstrip("0")[:_LONGEST_ENTRY])
        elif key == "backspace":
            self._note(entry=entry[:-1])
        elif key == "times" and entry:
            self._set_selected_quantity(int(entry))
        elif key == "minus":
            self._reduce_selected()
        elif key == "enter":
            self._enter()

    def escape(self) -> None:
        """Back to a screen at rest, one step at a time."""
        if self._facts.search:
            self._note(search="")
        else:
            self._note(entry="")

    # Other screens

    def open(self, sheet: Sheet) -> None:
        self._notices.fade()
        self._flow.open(Sheet.NONE if self._flow.sheet is sheet else sheet)

    def pay(self) -> None:
        if not self._order.basket.lines:
            self._notices.error(TillfoldError(ErrorCode.BASKET_EMPTY))
            return
        self._notices.fade()
        self._note(entry="", search="")
        self._flow.open(Sheet.PAY)

    def lock(self) -> None:
        """Back to the sign-in; the order stays."""
        if self._flow.held:
            return
        self._note(entry="", search="")
        self.desk.signed_in = None
        self._flow.go(Page.SIGN_IN)

    def drop_member(self) -> None:
        self._order.drop_member()

    def dismiss_notice(self) -> None:
        self._notices.dismiss()

    def start_next(self) -> None:
        """After a sale: nothing is left of the order before."""
        self._facts = msgspec.structs.replace(
            self._facts, selected=0, entry="", search="", changed=0
        )
        self._order.start_next()

    def _enter(self) -> None:
        if self._facts.entry:
            self._set_selected_quantity(int(self._facts.entry))
        else:
            self.pay()

    def _take_entry(self) -> int:
        number = int(self._facts.entry or "0")
        self._note(entry="")
        return number

    def _reduce_selected(self) -> None:
        quantities = {line.number: line.quantity for line in self._order.basket.lines}
        if quantities:
            self._set_selected_quantity(quantities[self._selected()] - 1)

    def _set_selected_quantity(self, quantity: int) -> None:
        if not self._order.basket.lines:
            return
        basket, number = self._order.basket, self._selected()
        self._change(lambda: set_quantity(basket, number, quantity), number)

    def _selected(self) -> int:
        """The selected line, else the last one."""
        numbers = [line.number for line in self._order.basket.lines]
        return self._facts.selected if self._facts.selected in numbers else numbers[-1]

    def _change(self, changed: Callable[[], Basket], number: int = 0) -> None:
        """Change a line, or add one; noted before the order changes, so that all is drawn once."""
        before = self._order.basket.lines
        if self._order.frozen:
            return
        try:
            basket = changed()
        except TillfoldError as error:
            self._notices.error(error)
            return
        lines = basket.lines
        last = lines[-1].number if lines else 0
        place = next((each.number for each in lines if each not in before), 0)
        there = place or next((each.number for each in lines if each.number == number), 0)
        self._facts = msgspec.structs.replace(
            self._facts,
            selected=there or last,
            changed=there,
            flash=self._facts.flash + 1,
            entry="",
        )
        self._notices.fade()
        self._order.change(basket)

    def _note(self, **changes: object) -> None:
        self._facts = msgspec.structs.replace(self._facts, **changes)
        self.redraw()

    def _draw(self) -> SellState:
        notice = self._notices.shown(self.wording)
        facts = msgspec.structs.replace(self._facts, notice=notice)
        return draw_sell(facts, self.desk, self._order)
