"""One fact as a person reads it beside another: what it was, who did it, how much it moved."""

import contextlib

import msgspec
from sqlalchemy import Connection

from domain.cases.repriced import SaleRepriced
from domain.entries import Entry, decode_entry
from domain.errors import TillfoldError
from domain.facts import (
    CouponRevoked,
    CouponTransferred,
    Fact,
    MenuPublished,
    SaleClosed,
    decode_fact,
)
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, StaffMember
from domain.identifiers import BrandId, MemberId
from domain.members.facts import MemberFrozen, MembersMerged
from domain.members.profile import ProfileField
from domain.origins import Origin
from domain.passes.facts import PassRefunded, PassSold
from domain.phones import mask_name, mask_phone
from domain.refunds.facts import RefundMade
from domain.stored_value.facts import BalanceRefunded, ToppedUp
from domain.texts.facts import FACT_TEXTS
from sync_server.database import aggregates, hq_users, journal

_UNNAMED = ("", "")


class FactRead(msgspec.Struct, frozen=True, kw_only=True):
    """`amount_fen` is the whole of it, `part_fen` what of it the case is about.

    `actor` is a name, `approver` too where there was one; `member` and `phone` are masked.
    """

    kind: str = ""
    text_zh: str = ""
    text_en: str = ""
    actor: str = ""
    approver: str = ""
    receipt_number: str = ""
    amount_fen: int = 0
    part_fen: int = 0
    points: int = 0
    member: str = ""
    phone: str = ""
    note: str = ""


UNREADABLE = FactRead()


def _entry_at(connection: Connection, brand_id: BrandId, origin: Origin) -> Entry | None:
    """The entry of this stamp: after a fork two stand under one number, the later one set aside."""
    at = (connection, brand_id, origin.terminal)
    held = journal.find_entry(*at, epoch=origin.epoch, number=origin.number)
    contents = [] if held is None else [held.content]
    contents += journal.contents_set_aside(*at, epoch=origin.epoch, number=origin.number)
    for content in contents:
        with contextlib.suppress(TillfoldError):
            entry = decode_entry(content)
            if entry.stamp == origin.stamp:
                return entry
    return None


def read_fact(
    connection: Connection, brand_id: BrandId, origin: Origin, *, about: AggregateKey
) -> FactRead:
    """The fact at `origin`, read from the journal; empty where the journal does not hold it."""
    entry = _entry_at(connection, brand_id, origin)
    if entry is None:
        return UNREADABLE
    try:
        fact = decode_fact(entry.kind, entry.schema, entry.body)
    except TillfoldError:
        return UNREADABLE
    member, phone = _member(connection, brand_id, fact)
    text_zh, text_en = FACT_TEXTS.get(entry.kind, (entry.kind, entry.kind))
    return msgspec.structs.replace(
        _sizes(fact, about),
        kind=entry.kind,
        text_zh=text_zh,
        text_en=text_en,
        actor=name_of_actor(connection, brand_id, entry.actor),
        approver=_approver(connection, brand_id, entry),
        member=mask_name(member),
        phone=mask_phone(phone) if phone else "",
    )


def name_of_actor(connection: Connection, brand_id: BrandId, actor: str) -> str:
    """Staff of a store, or a user of head office; else what the entry says, as `operator`."""
    key = AggregateKey(AggregateKind.STAFF, actor)
    held = aggregates.load(connection, brand_id, [key]).get(key)
    if held is not None and isinstance(held.state, StaffMember):
        return held.state.staff.name
    return hq_users.name_of(connection, brand_id, actor) or actor


def _approver(connection: Connection, brand_id: BrandId, entry: Entry) -> str:
    return "" if entry.approver is None else name_of_actor(connection, brand_id, entry.approver)


def _member(connection: Connection, brand_id: BrandId, fact: Fact) -> tuple[str, str]:
    """Name and phone of the fact's member as they are now: a closed account has neither."""
    match fact:
        case SaleClosed(sale=sale):
            member_id = sale.member_id
        case RefundMade(refund=refund):
            member_id = refund.member_id
        case CouponTransferred(to=to):
            member_id = to
        case _:
            member_id = getattr(fact, "member_id", None)
    if member_id is None:
        return _UNNAMED
    key = AggregateKey(AggregateKind.MEMBER, MemberId(member_id))
    held = aggregates.load(connection, brand_id, [key]).get(key)
    if held is None or not isinstance(held.state, Member):
        return _UNNAMED
    return held.state.field(ProfileField.NAME), held.state.phone


def _sizes(  # noqa: C901, PLR0911 - one answer a kind
    fact: Fact, about: AggregateKey
) -> FactRead:
    match fact:
        case SaleClosed():
            return _of_sale(fact, about)
        case RefundMade(refund=refund):
            points = refund.points_given - refund.points_taken
            return FactRead(
                amount_fen=refund.total_fen,
                part_fen=refund.total_fen,
                points=points,
                note=refund.reason,
            )
        case ToppedUp():
            amount_fen = fact.principal_fen
            return FactRead(receipt_number=fact.receipt_number, amount_fen=amount_fen)
        case PassSold():
            return FactRead(receipt_number=fact.receipt_number, amount_fen=fact.paid_fen)
        case BalanceRefunded() | PassRefunded():
            return FactRead(receipt_number=fact.receipt_number, amount_fen=fact.paid_out_fen)
        case SaleRepriced():
            return FactRead(amount_fen=fact.expected_fen, note=_differences(fact))
        case MenuPublished():
            return FactRead(note=fact.version)
        case CouponRevoked() | MemberFrozen():
            return FactRead(note=fact.reason)
        case MembersMerged(into=into):
            return FactRead(note=into)
        case _:
            return UNREADABLE


def _differences(fact: SaleRepriced) -> str:
    return "; ".join(
        f"{one.what} {one.name} {one.said} -> {one.expected}".replace("  ", " ")
        for one in fact.differences
    )


def _of_sale(fact: SaleClosed, about: AggregateKey) -> FactRead:
    """The part is what the coupon saved, or what the account or pass of the case paid."""
    sale = fact.sale
    if about.kind is AggregateKind.COUPON:
        part_fen = sum(share.saving_fen for share in sale.shares if share.rule_id == about.id)
    else:
        part_fen = sum(
            tender.amount_fen for tender in sale.tenders if tender.account_id == about.id
        )
    return FactRead(
        receipt_number=sale.receipt_number,
        amount_fen=sale.total_fen,
        part_fen=part_fen,
        points=sale.points_earned - sale.points_redeemed,
    )
