"""The kinds of facts that a journal can hold, each with its name and schema number on the wire.

A released kind or schema is never removed: the server reads every one that a till may still send.
"""

from typing import Annotated, Final

import msgspec

from domain.cases.decided import CaseDecided
from domain.cases.repriced import SaleRepriced
from domain.configuration import CouponTerms, Staff
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId, MemberId, StoreId
from domain.journals import EpochBegun, JournalFact, JournalForked, JournalTakenBack
from domain.loyalty.facts import (
    BenefitHandedOut,
    LoyaltyFact,
    PointsAdjusted,
    PointsFrozen,
    RewardExchanged,
    TierGranted,
)
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberClosed,
    MemberEdited,
    MemberEnrolled,
    MemberFact,
    MemberFrozen,
    MembersKeptApart,
    MembersMerged,
    MembersParted,
    MemberTagged,
    MemberUnfrozen,
    MemberUntagged,
)
from domain.menu import MenuItem
from domain.orders import Name, Sale
from domain.passes.facts import PassFact, PassRefunded, PassSold
from domain.refunds.facts import RefundMade
from domain.rulebook import RuleBook
from domain.stored_value.facts import (
    AccountFrozen,
    BalanceAdjusted,
    BalanceRefunded,
    GiftCardSold,
    StoredValueFact,
    ToppedUp,
)

LARGEST_MENU_ITEMS: Final = 2000


class SaleClosed(msgspec.Struct, frozen=True, kw_only=True):
    sale: Sale


class CouponIssued(msgspec.Struct, frozen=True, kw_only=True):
    terms: CouponTerms


class CouponRevoked(msgspec.Struct, frozen=True, kw_only=True):
    """From this stamp on the coupon may not be used, for ever."""

    coupon_id: CouponId
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CouponTransferred(msgspec.Struct, frozen=True, kw_only=True):
    """From this stamp on the coupon is for this member alone."""

    coupon_id: CouponId
    to: MemberId


class MenuPublished(msgspec.Struct, frozen=True, kw_only=True):
    """A whole menu in the order in which it is shown; it replaces the one before."""

    version: Name
    items: Annotated[tuple[MenuItem, ...], msgspec.Meta(max_length=LARGEST_MENU_ITEMS)]


class RulesPublished(msgspec.Struct, frozen=True, kw_only=True):
    """A whole rule book; it replaces the one before."""

    version: Name
    book: RuleBook = RuleBook()


class StoreOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Head office opened a store, or gave it another name."""

    store: StoreId
    name: Name


class StaffAppointed(msgspec.Struct, frozen=True, kw_only=True):
    """Someone may sign in at `store`, with these rights and this PIN, from now on."""

    store: StoreId
    staff: Staff


class DrawerOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opened the cash drawer without a sale. It changes nothing; it is on record."""

    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


Fact = (
    MemberFact
    | LoyaltyFact
    | StoredValueFact
    | PassFact
    | JournalFact
    | SaleClosed
    | RefundMade
    | CouponIssued
    | CouponRevoked
    | CouponTransferred
    | CaseDecided
    | SaleRepriced
    | MenuPublished
    | RulesPublished
    | StaffAppointed
    | StoreOpened
    | DrawerOpened
)

# Kind on the wire and the schema that this release writes.
KINDS: Final[dict[type[Fact], tuple[str, int]]] = {
    MemberEnrolled: ("member_enrolled", 1),
    MemberEdited: ("member_edited", 1),
    MemberTagged: ("member_tagged", 1),
    MemberUntagged: ("member_untagged", 1),
    ConsentGiven: ("consent_given", 1),
    ConsentWithdrawn: ("consent_withdrawn", 1),
    MemberClosed: ("member_closed", 1),
    MembersMerged: ("members_merged", 1),
    MembersParted: ("members_parted", 1),
    MembersKeptApart: ("members_kept_apart", 1),
    MemberFrozen: ("member_frozen", 1),
    MemberUnfrozen: ("member_unfrozen", 1),
    PointsAdjusted: ("points_adjusted", 1),
    PointsFrozen: ("points_frozen", 1),
    RewardExchanged: ("reward_exchanged", 1),
    TierGranted: ("tier_granted", 1),
    BenefitHandedOut: ("benefit_handed_out", 1),
    ToppedUp: ("topped_up", 1),
    GiftCardSold: ("gift_card_sold", 1),
    BalanceRefunded: ("balance_refunded", 1),
    BalanceAdjusted: ("balance_adjusted", 1),
    AccountFrozen: ("account_frozen", 1),
    PassSold: ("pass_sold", 1),
    PassRefunded: ("pass_refunded", 1),
    SaleClosed: ("sale_closed", 1),
    RefundMade: ("refund_made", 1),
    CouponIssued: ("coupon_issued", 1),
    CouponRevoked: ("coupon_revoked", 1),
    CouponTransferred: ("coupon_transferred", 1),
    CaseDecided: ("case_decided", 1),
    SaleRepriced: ("sale_repriced", 1),
    MenuPublished: ("menu_published", 1),
    RulesPublished: ("rules_published", 1),
    StaffAppointed: ("staff_appointed", 1),
    StoreOpened: ("store_opened", 1),
    DrawerOpened: ("drawer_opened", 1),
    JournalForked: ("journal_forked", 1),
    EpochBegun: ("epoch_begun", 1),
    JournalTakenBack: ("journal_taken_back", 1),
}

# What only head office may decide. A menu may also come from a till (`domain.fold.menus`), and a
# shop of its own appoints its first manager.
HEAD_OFFICE_ONLY: Final[frozenset[type[Fact]]] = frozenset(
    {
        CaseDecided,
        CouponIssued,
        CouponRevoked,
        CouponTransferred,
        JournalForked,
        MembersKeptApart,
        RulesPublished,
        SaleRepriced,
        StoreOpened,
    }
)

_encoder = msgspec.msgpack.Encoder()
_decoders: Final = {
    (name, schema): msgspec.msgpack.Decoder(kind) for kind, (name, schema) in KINDS.items()
}


def encode_fact(fact: Fact) -> tuple[str, int, bytes]:
    """The kind, the schema number and the body of a fact."""
    name, schema = KINDS[type(fact)]
    return name, schema, _encoder.encode(fact)


def decode_fact(kind: str, schema: int, body: bytes) -> Fact:
    """Read a body; fields that this release does not know are passed over.

    Raises:
        TillfoldError: `fact_unknown` for a kind or schema of a later release, `fact_malformed`
            where the body does not fit, or the amounts of a sale or refund do not add up.
    """
    decoder = _decoders.get((kind, schema))
    if decoder is None:
        raise TillfoldError(ErrorCode.FACT_UNKNOWN, kind=kind, schema=schema)
    try:
        fact = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.FACT_MALFORMED, kind=kind) from error
    if isinstance(fact, SaleClosed) and not fact.sale.balances():
        raise TillfoldError(ErrorCode.FACT_MALFORMED, kind=kind)
    if isinstance(fact, RefundMade) and not fact.refund.adds_up():
        raise TillfoldError(ErrorCode.FACT_MALFORMED, kind=kind)
    return fact
