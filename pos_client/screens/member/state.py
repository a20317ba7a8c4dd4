"""The member sheet as one frozen value: looking up, enrolling, or one member's card."""

import msgspec

from pos_client.widgets.faces import RowText


class EnrolForm(msgspec.Struct, frozen=True, kw_only=True):
    """`message` says what is wrong with what was typed; `phone` is what the form starts with."""

    phone: str
    message: str
    busy: bool


class CardFigure(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    value: str


class PointsStepper(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted` points pay `worth`; `limit` says how many there may be and why."""

    wanted: str
    worth: str
    limit: str
    can_add: bool
    can_take: bool


class CardWait(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet waits for a card for `name`; `message` says what was wrong with the last one."""

    name: str
    message: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """`plastic` names the card she has, or says that she has none; `give` is its key's word."""

    name: str
    phone: str
    offline: str
    plastic: str
    give: str
    can_give: bool
    can_take: bool
    figures: tuple[CardFigure, ...]
    coupons: tuple[RowText, ...]
    no_coupons: str
    points: PointsStepper


class MemberState(msgspec.Struct, frozen=True, kw_only=True):
    """At most one of `form`, `wait` and `card` is there; without any the look-up is shown."""

    query: str
    found: tuple[RowText, ...]
    hint: str
    can_enrol: bool
    form: EnrolForm | None
    wait: CardWait | None
    card: Card | None
