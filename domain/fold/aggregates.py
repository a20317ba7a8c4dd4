"""The states that facts fold into; each has a kind and an id and travels in the feed as msgpack."""

from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from domain.cases.decided import Decisions
from domain.cases.repriced import PriceDifference
from domain.configuration import CouponTerms, Staff
from domain.fold.rule_uses import RuleUse
from domain.identifiers import HEAD_OFFICE, MemberId, RefundId, SaleId, StoreId
from domain.journals import TerminalJournals
from domain.loyalty.points_account import net_points
from domain.loyalty.state import NO_LOYALTY, LoyaltyState
from domain.members.consents import Consent
from domain.members.profile import ProfileField, Superseded
from domain.menu import MenuItem
from domain.orders import Sale
from domain.origins import Mark, Origin, StampedText
from domain.passes.account import PassAccount
from domain.refunds.refund import RefundKind
from domain.refunds.refunded import NOT_REFUNDED, Refunded
from domain.rulebook import RuleBook
from domain.stored_value.account import StoredValueAccount


class AggregateKind(StrEnum):
    MEMBER = "member"
    PHONE = "phone"
    COUPON = "coupon"
    ORDER = "order"
    MENU = "menu"
    RULES = "rules"
    STAFF = "staff"
    STORE = "store"
    RULE_USE = "rule_use"
    STORED_VALUE = "stored_value"
    TERMINAL = "terminal"
    PASS = "pass"  # noqa: S105 - a kind of aggregate, not a password


class AggregateKey(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    kind: AggregateKind
    id: str


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One enrolment: profile fields with their stamps, and its part of points, tier and benefits.

    `points` are all credits less all debits; what of them has expired by a month, and what may be
    spent, says `domain.loyalty.points_standing.standing`.
    `superseded` keeps the edits that lost, newest first. A member that is `closed` has no personal
    data. `alias` names the member it was merged into (empty: parted again), `merged` those that
    were merged into it, as far as their own `alias` still says so. `kept_apart` are members
    that are like this one and somebody else. `freezes` and `spends` are the latest ones, oldest
    first.
    """

    member_id: MemberId
    phone: str = ""
    enrolled: Origin | None = None
    profile: dict[str, StampedText] = {}
    superseded: Superseded = ()
    tags: dict[str, Mark] = {}
    consents: dict[str, Consent] = {}
    closed: Origin | None = None
    alias: StampedText | None = None
    merged: dict[str, Mark] = {}
    kept_apart: dict[str, Mark] = {}
    freezes: tuple[Mark, ...] = ()
    spends: tuple[Origin, ...] = ()
    loyalty: LoyaltyState = NO_LOYALTY
    last_visit: Origin | None = None
    decided: Decisions = ()

    @property
    def points(self) -> int:
        return net_points(self.loyalty.points)

    @property
    def visits(self) -> int:
        return sum(visits for _, _, visits, _ in self.loyalty.activity.months)

    @property
    def spent_fen(self) -> int:
        return sum(spend_fen for _, spend_fen, _, _ in self.loyalty.activity.months)

    def field(self, field: ProfileField) -> str:
        value = self.profile.get(field)
        return value.text if value else ""


class PhoneClaims(msgspec.Struct, frozen=True, kw_only=True):
    """Enrolments of one phone number, the earliest first: it is the canonical member.

    `closed` is the latest closure of an account with this phone. Enrolments stamped before it are
    gone, and of the others the latest CLAIMS_KEPT are held.
    """

    phone: str
    claims: tuple[tuple[Origin, MemberId], ...] = ()
    closed: Origin | None = None
    decided: Decisions = ()

    @property
    def member_ids(self) -> tuple[MemberId, ...]:
        return tuple(dict.fromkeys(member_id for _, member_id in self.claims))


CLAIMS_KEPT: Final = 50


class Redemption(msgspec.Struct, frozen=True, array_like=True):
    origin: Origin
    sale_id: SaleId
    saving_fen: int
    member_id: MemberId | None = None


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A single-use coupon. The first redemption taken in holds it; later ones make a case.

    A sale in `returned` gave it back and holds it no longer, and the terms last until
    `extended_until_ms` where that is later than they say. `terms` are those that hold now: they end
    with the first revocation, and the owner is who it was `transferred` to last.
    """

    coupon_id: str
    terms: CouponTerms | None = None
    redemptions: tuple[Redemption, ...] = ()
    returned: tuple[SaleId, ...] = ()
    extended_until_ms: int = 0
    revoked: Origin | None = None
    transferred: tuple[tuple[Origin, MemberId], ...] = ()
    decided: Decisions = ()


class RefundNote(msgspec.Struct, frozen=True, array_like=True):
    """One refund of an order; `sale_store` is where the order was closed."""

    origin: Origin
    refund_id: RefundId
    sale_store: StoreId
    kind: RefundKind
    total_fen: int


class Repriced(msgspec.Struct, frozen=True, array_like=True):
    """What head office found when it priced the sale again."""

    origin: Origin
    said_fen: int
    expected_fen: int
    differences: tuple[PriceDifference, ...]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A closed sale and what its refunds, the earliest first, gave back together.

    Without `sale` refunds have arrived before it. `repriced` is there where head office's prices
    give another total.
    """

    sale: Sale | None = None
    origin: Origin | None = None
    refunded: Refunded = NOT_REFUNDED
    refunds: tuple[RefundNote, ...] = ()
    repriced: Repriced | None = None
    decided: Decisions = ()

    @property
    def store(self) -> StoreId | None:
        """Where the order was closed, as far as that is known."""
        if self.origin is not None:
            return self.origin.store
        return min((note.sale_store for note in self.refunds), default=None)


class RefusedMenu(msgspec.Struct, frozen=True, array_like=True):
    origin: Origin
    version: str


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """The brand's menu. `refused` keeps the last menus of stores that came after head office's."""

    version: str = ""
    items: tuple[MenuItem, ...] = ()
    origin: Origin | None = None
    refused: tuple[RefusedMenu, ...] = ()
    decided: Decisions = ()


REFUSED_MENUS_KEPT: Final = 5


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    version: str = ""
    book: RuleBook = RuleBook()


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    store: StoreId
    staff: Staff
    origin: Origin


class StoreName(msgspec.Struct, frozen=True, kw_only=True):
    """What people call a store: every till knows all names, for cases and for visits."""

    store: StoreId
    name: str


Aggregate = (
    Member
    | PhoneClaims
    | Coupon
    | Order
    | Menu
    | Rules
    | StaffMember
    | StoreName
    | RuleUse
    | StoredValueAccount
    | PassAccount
    | TerminalJournals
)

_TYPES: Final[dict[AggregateKind, type[Aggregate]]] = {
    AggregateKind.MEMBER: Member,
    AggregateKind.PHONE: PhoneClaims,
    AggregateKind.COUPON: Coupon,
    AggregateKind.ORDER: Order,
    AggregateKind.MENU: Menu,
    AggregateKind.RULES: Rules,
    AggregateKind.STAFF: StaffMember,
    AggregateKind.STORE: StoreName,
    AggregateKind.RULE_USE: RuleUse,
    AggregateKind.STORED_VALUE: StoredValueAccount,
    AggregateKind.PASS: PassAccount,
    AggregateKind.TERMINAL: TerminalJournals,
}
# Equal states give equal bytes, whatever the order in which a member's fields arrived.
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoders: Final = {kind: msgspec.msgpack.Decoder(type_) for kind, type_ in _TYPES.items()}


def encode_aggregate(aggregate: Aggregate) -> bytes:
    return _encoder.encode(aggregate)


def decode_aggregate(kind: AggregateKind, body: bytes) -> Aggregate:
    """Read a stored or fed aggregate.

    Raises:
        msgspec.DecodeError: the bytes are no such aggregate.
    """
    if kind in _LARGE:
        return _decode_large(kind, body)
    return _decoders[kind].decode(body)


# A book of 200 rules takes half a millisecond to read, and every sale asks for it.
_LARGE: Final = frozenset({AggregateKind.RULES})


@lru_cache(maxsize=2)
def _decode_large(kind: AggregateKind, body: bytes) -> Aggregate:
    return _decoders[kind].decode(body)


def scope_of(aggregate: Aggregate) -> StoreId | None:
    """The one store whose tills receive this aggregate; None: all of the brand."""
    match aggregate:
        case Order(store=store):
            return store
        case StaffMember(store=store) | TerminalJournals(store=store):
            return store
        case _:
            return None


def from_head_office(origin: Origin) -> bool:
    return origin.terminal == HEAD_OFFICE
