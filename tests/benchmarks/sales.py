"""Sales as a busy till makes them: five dishes, rules of every kind, a member with points."""

from collections.abc import Sequence
from itertools import count

import msgspec

from domain.conditions import moment_at
from domain.facts import SaleClosed
from domain.identifiers import MemberId, SaleId
from domain.loyalty.expiry import Expiry
from domain.months import Month
from domain.orders import LineLoyalty, Sale, Tender, TenderKind
from domain.pricing.price import price
from domain.pricing.question import Question
from tests.benchmarks.pricing import GUEST, NOW_MS, basket_of, mixed_book
from tests.benchmarks.tills import dishes
from tests.builders.terminal import TestTerminal

_NUMBERS = count()
_EXPIRES = Expiry(Month(2027 * 12))


def usual_sale() -> Sale:
    items = dishes(5)
    book = mixed_book(items, 20)
    order = price(basket_of(items), Question(book=book, moment=moment_at(NOW_MS, 480), guest=GUEST))
    return Sale(
        sale_id=SaleId("s"),
        receipt_number="A1-000001",
        business_day="2026-11-22",
        lines=order.lines,
        shares=order.shares,
        used_rules=order.used_rules,
        list_fen=order.list_fen,
        total_fen=order.total_fen,
        tenders=(
            Tender(
                kind=TenderKind.WECHAT_PAY,
                amount_fen=order.total_fen,
                received_fen=order.total_fen,
            ),
        ),
        fees=order.fees,
        points_earned=80,
        growth_earned=80,
        points_redeemed=order.points_redeemed,
        points_expiry=_EXPIRES,
        loyalty=(
            LineLoyalty(
                line=1, points_earned=80, growth_earned=80, points_redeemed=order.points_redeemed
            ),
        ),
    )


def sell(terminal: TestTerminal, members: Sequence[MemberId], entries: int) -> None:
    """So many sales into the terminal's journal, to these members in turn."""
    sale = usual_sale()
    for number in range(entries):
        sold = msgspec.structs.replace(
            sale,
            sale_id=SaleId(f"{terminal.terminal}-{next(_NUMBERS)}"),
            receipt_number=f"A1-{number:06d}",
            member_id=members[number % len(members)],
        )
        terminal.write(SaleClosed(sale=sold))


def member_id(number: int) -> MemberId:
    """The members of `tills.members`."""
    return MemberId(f"01a2{number:08x}-0000-7000-8000-{number:012x}")
