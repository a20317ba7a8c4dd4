"""What rows, dishes and cart lines show: values without Qt, made by presenters."""

import msgspec


class RowText(msgspec.Struct, frozen=True, kw_only=True):
    """What a row shows. `tone` colours icon and note: muted, positive, warning, danger, accent.

    `end_icon` says what a tap does, where that is not plain.
    """

    title: str
    detail: str = ""
    note: str = ""
    icon: str = ""
    end_icon: str = ""
    tone: str = "muted"
    chosen: bool = False
    enabled: bool = True


class DishFace(msgspec.Struct, frozen=True, kw_only=True):
    """`count` is how many are in the cart; `sold_out` is empty, or the word for it."""

    item_id: str
    name: str
    price: str
    tint: int
    count: int = 0
    sold_out: str = ""


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """`saving_names` and `saving` are empty where no rule reduced the line.

    `flash` counts the changes of lines, 0 for a line at rest.
    """

    number: int
    quantity: str
    name: str
    amount: str
    saving_names: str = ""
    saving: str = ""
    selected: bool = False
    flash: int = 0
