"""Closing a sale: the sale, its points, its coupon and its receipt are one transaction."""

from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from domain.allowances.messages import AuthoriseRequest
from domain.allowances.offline import Wanted
from domain.allowances.rights import UsedRight
from domain.errors import ErrorCode, TillfoldError
from domain.facts import SaleClosed
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, Rules
from domain.fold.spendable import wanted_by
from domain.identifiers import CouponId, MemberId, SaleId, StaffId
from domain.loyalty.expiry import expiry_of
from domain.money import format_fen
from domain.months import month_of
from domain.orders import Sale, TenderKind
from domain.pricing.earnings import earned_by_limited_rules
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rights import Right
from domain.rulebook import RuleBook
from pos_client.storage import rights
from pos_client.storage.aggregates import load
from pos_client.storage.identity import Identity
from pos_client.storage.journal import Head
from pos_client.storage.store import Store
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.booking import book_payments
from pos_client.use_cases.guests import Circumstances
from pos_client.use_cases.members import (
    guest_at_counter,
    joined_member,
    rules_now,
)
from pos_client.use_cases.rule_uses import earned_today, uses_by_all, uses_by_rule
from pos_client.use_cases.sale_printing import Printing, SoldBy, balance_after, print_sale
from pos_client.use_cases.sign_in import require
from pos_client.use_cases.spending import (
    Authority,
    Spending,
    counted,
    is_at_home,
    request_for,
    rights_to,
    want_for,
)
from pos_client.use_cases.store_time import business_day_at, moment_in

FIRST_EPOCH: Final = 1


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """What closing needs beside the order: who, the new sale's id, and how the till stands.

    `printing` None: the till has no printer. `authority` is what came of asking the server, where
    it was asked. `priced_ms`: the order is priced as at that time, when the guest began to pay; 0:
    as now.
    """

    actor: StaffId
    sale_id: SaleId
    offline: bool
    printing: Printing | None = None
    authority: Authority | None = None
    priced_ms: int = 0


def close_sale(store: Store, order: OrderToClose, closing: Closing) -> ClosedSale:
    """Price once more, check the tenders, write the sale and queue what is printed of it.

    Raises:
        TillfoldError: `basket_empty`, `price_changed`, `tender_insufficient`,
            `tender_exceeds_due`, `right_missing`, `payment_not_held`, `payment_open`, as
            `spending.rights_to` does; the sale is then not closed.
    """
    with store.write() as writing:
        rules = rules_now(writing.connection)
        require(writing.connection, closing.actor, Right.SELL, roles=rules.book.roles)
        known = _known(store, writing.connection, order, rules, closing=closing)
        priced = _price_again(order, known.question)
        _check_tenders(order, priced)
        used = _rights(store, writing.connection, order, priced, known, closing)
        sale = _sale(store, order, priced, rules=rules, closing=closing, question=known.question)
        sale = msgspec.structs.replace(sale, rights=used)
        book_payments(writing.connection, order)
        store.record(writing, [SaleClosed(sale=sale)], closing.actor)
        if not store.identity.standalone:
            _see_to_allowances(store, writing.connection, sale, known, closing.authority)
        balance = balance_after(writing.connection, sale)
        if closing.printing is not None:
            sold = SoldBy(seller=closing.actor, balance=balance)
            print_sale(store, writing.connection, sale, closing.printing, sold)
    change_fen = sum(tender.change_fen for tender in sale.tenders)
    return ClosedSale(sale=sale, change_fen=change_fen, points_balance=balance)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an order is priced with, and what is needed to decide by what right it spends."""

    question: Question
    book: RuleBook
    ids: tuple[MemberId, ...]
    now_ms: int


def _known(
    store: Store, connection: Connection, order: OrderToClose, rules: Rules, *, closing: Closing
) -> Known:
    """What is known now, inside the transaction that closes the sale."""
    book, identity, now_ms = rules.book, store.identity, store.trusted_time.now_ms()
    moment = moment_in(closing.priced_ms or now_ms, ZoneInfo(identity.time_zone))
    day = business_day_at(moment)
    now = Circumstances(
        day=day, offline=closing.offline, standalone=identity.standalone, now_ms=now_ms
    )
    member = None
    if order.member_id is not None:
        member = guest_at_counter(connection, order.member_id, rules, now)
    ids = member.ids if member is not None else ()
    known = uses_by_all(connection, book) | (member.uses if member is not None else {})
    question = Question(
        book=book,
        moment=moment,
        store=identity.store,
        guest=member.guest if member is not None else None,
        redeemed=_redeemed(connection, order),
        uses=uses_by_rule(book, known, ids, day),
        earned_today=earned_today(book, known, ids, day),
    )
    return Known(question=question, book=book, ids=ids, now_ms=now_ms)


def due_now(store: Store, connection: Connection, order: OrderToClose, closing: Closing) -> int:
    """What the order comes to with its tip, priced once more.

    Raises:
        TillfoldError: `basket_empty`, `price_changed`, `member_unknown`, `right_missing`.
    """
    rules = rules_now(connection)
    require(connection, closing.actor, Right.SELL, roles=rules.book.roles)
    known = _known(store, connection, order, rules, closing=closing)
    return _price_again(order, known.question).due_fen


def plan_spending(
    store: Store, order: OrderToClose, closing: Closing, operation_id: str
) -> AuthoriseRequest | None:
    """What to ask the server for before this sale is closed; None where there is nothing to ask.

    The operation is noted first, so that a hold whose sale never comes about is released.

    Raises:
        TillfoldError: `basket_empty`, `price_changed`, `member_unknown`.
    """
    if closing.offline or store.identity.standalone:
        return None
    with store.write() as writing:
        connection = writing.connection
        known = _known(store, connection, order, rules_now(connection), closing=closing)
        wanted = _wanted(connection, order, _price_again(order, known.question))
        if not wanted:
            return None
        rights.begin_operation(connection, operation_id, known.now_ms)
        how = Spending(book=known.book, now_ms=known.now_ms, ids=known.ids)
        return request_for(connection, operation_id, wanted, how)


def abandon_operation(store: Store, operation_id: str) -> None:
    """The sale did not come about: what is held for it goes back with the next exchange."""
    with store.write() as writing:
        rights.abandon(writing.connection, operation_id)


def _wanted(connection: Connection, order: OrderToClose, priced: PricedOrder) -> list[Wanted]:
    wanted = wanted_by(
        member_id=order.member_id,
        points=priced.points_redeemed,
        coupon_ids=priced.coupon_ids,
        shares=priced.shares,
        tenders=order.tenders,
    )
    return counted(connection, wanted)


def _rights(
    store: Store,
    connection: Connection,
    order: OrderToClose,
    priced: PricedOrder,
    known: Known,
    closing: Closing,
) -> tuple[UsedRight, ...]:
    """By what rights the order spends. A till of its own needs none."""
    if store.identity.standalone:
        return ()
    authority = closing.authority
    answered = authority is not None and authority.answer is not None
    how = Spending(book=known.book, now_ms=known.now_ms, ids=known.ids, courtesy=not answered)
    return rights_to(connection, _wanted(connection, order, priced), authority, how)


def _see_to_allowances(
    store: Store, connection: Connection, sale: Sale, known: Known, authority: Authority | None
) -> None:
    """A hold that was not needed goes back; a member of this store gets allowances here."""
    used = {right.right_id for right in sale.rights}
    if authority is not None and authority.operation_id not in used:
        rights.abandon(connection, authority.operation_id)
    if sale.member_id is None:
        return
    member = joined_member(connection, sale.member_id)
    if is_at_home(member, store.identity.store):
        want_for(connection, member, known.ids)


def _price_again(order: OrderToClose, question: Question) -> PricedOrder:
    """The price must still be what the cashier confirmed."""
    if not order.basket.lines:
        raise TillfoldError(ErrorCode.BASKET_EMPTY)
    priced = price(order.basket, question)
    if priced.total_fen != order.expected_total_fen:
        raise TillfoldError(ErrorCode.PRICE_CHANGED)
    return priced


def _redeemed(connection: Connection, order: OrderToClose) -> frozenset[CouponId]:
    keys = [AggregateKey(AggregateKind.COUPON, terms.coupon_id) for terms in order.basket.coupons]
    return frozenset(
        CouponId(coupon.coupon_id)
        for coupon in load(connection, keys).values()
        if isinstance(coupon, Coupon) and coupon.redemptions
    )


def _check_tenders(order: OrderToClose, priced: PricedOrder) -> None:
    paid_fen = sum(tender.amount_fen for tender in order.tenders)
    if paid_fen < priced.due_fen:
        missing = format_fen(priced.due_fen - paid_fen)
        raise TillfoldError(ErrorCode.TENDER_INSUFFICIENT, missing=missing)
    no_change = (tender for tender in order.tenders if tender.kind is not TenderKind.CASH)
    if paid_fen > priced.due_fen or any(tender.change_fen for tender in no_change):
        raise TillfoldError(ErrorCode.TENDER_EXCEEDS_DUE)


def _sale(
    store: Store,
    order: OrderToClose,
    priced: PricedOrder,
    *,
    rules: Rules,
    closing: Closing,
    question: Question,
) -> Sale:
    day = business_day_at(question.moment)
    return Sale(
        sale_id=closing.sale_id,
        receipt_number=receipt_number(store.identity, store.head),
        business_day=day.isoformat(),
        lines=priced.lines,
        shares=priced.shares,
        used_rules=priced.used_rules,
        list_fen=priced.list_fen,
        total_fen=priced.total_fen,
        tenders=order.tenders,
        member_id=order.member_id,
        points_earned=priced.points_earned,
        points_redeemed=priced.points_redeemed,
        coupon_ids=priced.coupon_ids,
        menu_version=order.menu_version,
        rules_version=rules.version,
        order_type=order.basket.order_type,
        channel=order.basket.channel,
        guest_count=order.basket.guest_count,
        fees=priced.fees,
        tip_fen=priced.tip_fen,
        taxes=priced.taxes,
        growth_earned=priced.growth_earned,
        loyalty=priced.loyalty,
        points_expiry=expiry_of(rules.book.loyalty.expiry, month_of(day)),
        reward_ids=priced.reward_ids,
        earned_by_limited_rules=earned_by_limited_rules(priced, question),
    )


def receipt_number(identity: Identity, head: Head) -> str:
    """A1-000042: unique without asking anybody, since a till never uses an entry number twice."""
    label = identity.label if head.epoch == FIRST_EPOCH else f"{identity.label}.{head.epoch}"
    return f"{label}-{head.number + 1:06d}"
