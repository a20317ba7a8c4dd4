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


class Card(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    phone: str
    offline: str
    figures: tuple[CardFigure, ...]
    coupons: tuple[RowText, ...]
    no_coupons: str
    points: PointsStepper


class MemberState(msgspec.Struct, frozen=True, kw_only=True):
    """At most one of `form` and `card` is there; without both the look-up is shown."""

    query: str
    found: tuple[RowText, ...]
    hint: str
    can_enrol: bool
    form: EnrolForm | None
    card: Card | None
