"""The pay sheet as one frozen value."""

from enum import StrEnum

import msgspec

from pos_client.widgets.faces import RowText


class CashKey(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is `exact` or the amount in fen."""

    name: str
    received_fen: int
    text: str


class AfterSale(msgspec.Struct, frozen=True, kw_only=True):
    """What the cashier tells the guest after the sale.

    `change` is empty where nobody gave cash, `points` without a member.
    """

    change: str
    paid: str
    points: str
    balance: str
    number: str


class CodeKey(StrEnum):
    """What a cashier can do about a payment by code. The values name the buttons and texts."""

    BACK = "back"
    ASK = "ask"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    NEXT = "next"
    GIVE_BACK = "give_back"
    GO_ON = "go_on"


class CodeState(msgspec.Struct, frozen=True, kw_only=True):
    """A payment by code as it takes the place of the tenders. `word` is how it stands."""

    word: str
    title: str
    amount: str
    detail: str
    icon: str
    tone: str
    keys: tuple[CodeKey, ...]
    confirming: bool = False


class PayState(msgspec.Struct, frozen=True, kw_only=True):
    """`closed` is there once the sale is in the journal; then the rest is of no more use.

    `entry` is the amount typed for the next tender; `left` is what is still to pay; `change` is
    what goes back with the tenders so far and the entry. `sums` show how `due` adds up. `code` is
    there while a payment by code wants attention, `takes_codes` where this till can take them.
    `card_taken`: there is a card among the tenders, and its slip has a number.
    """

    due: str
    saving: str
    entry: str
    left: str
    change: str
    tenders: tuple[RowText, ...]
    cash_keys: tuple[CashKey, ...]
    sums: tuple[RowText, ...]
    unused: tuple[RowText, ...]
    confirm: str
    can_confirm: bool
    busy: bool
    closed: AfterSale | None
    code: CodeState | None = None
    takes_codes: bool = False
    card_taken: bool = False
