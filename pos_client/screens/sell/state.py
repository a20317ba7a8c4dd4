"""The sell screen as one frozen value; every text is ready to be shown."""

import msgspec

from pos_client.screens.notices import Notice
from pos_client.widgets.faces import CartLine, DishFace


class TopBar(msgspec.Struct, frozen=True, kw_only=True):
    """`connection_tone` is the tone of the dot: positive, warning or muted."""

    store: str
    till: str
    connection: str
    connection_tone: str
    clock: str
    cashier: str


class MemberBar(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is empty where there is no member; `hint` then says what to do."""

    hint: str
    name: str = ""
    phone: str = ""
    points: str = ""
    coupons: str = ""
    offline: str = ""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """`entry` is what was typed on the number pad for the next step.

    `list_amount` less `saving` and with all in `extras` is `due`.
    """

    items: str
    list_amount: str
    saving: str
    extras: str
    due: str
    entry: str


class SellState(msgspec.Struct, frozen=True, kw_only=True):
    """`empty` is what stands in the dish grid when there is no dish to show.

    `category` is the chosen one, empty while the search is shown.
    """

    top: TopBar
    member: MemberBar
    notice: Notice | None
    confirm: str
    lines: tuple[CartLine, ...]
    order_type: str
    takes_away: bool
    guests: str
    totals: Totals
    categories: tuple[str, ...]
    category: str
    dishes: tuple[DishFace, ...]
    empty: str
    search: str
    can_pay: bool
    can_import: bool
