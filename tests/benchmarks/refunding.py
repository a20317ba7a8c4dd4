"""The refund of one line of a long order, and of all of it."""

from domain.conditions import moment_at
from domain.identifiers import RefundId, SaleId, StoreId
from domain.orders import Sale, Tender, TenderKind
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.refunds.quote import RefundQuestion, RefundWish, quote_refund
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.pricing import GUEST, NOW_MS, basket_of, mixed_book
from tests.benchmarks.tills import dishes

RUNS = 200
BUDGET_MS = 5


def measure() -> list[Measured]:
    sale = _long_sale()
    whole = {line.number: line.quantity for line in sale.lines}
    return [
        _measured("refund one dish of a 60-line order, p99", sale, {sale.lines[1].number: 1}),
        _measured("refund a 60-line order, p99", sale, whole),
    ]


def _measured(name: str, sale: Sale, lines: dict[int, int]) -> Measured:
    question = RefundQuestion(sale=sale, sale_store=StoreId("store"))
    wish = RefundWish(
        refund_id=RefundId("r"), business_day=sale.business_day, reason="上错菜", lines=lines
    )
    times = [time_ms(lambda: quote_refund(question, wish)) for _ in range(RUNS)]
    return judged(name, percentile(times, 0.99), "ms", budget=BUDGET_MS)


def _long_sale() -> Sale:
    """An order that many rules have shared, paid with stored value and by an app."""
    items = dishes(60)
    basket = basket_of(items)
    book = mixed_book(items, 200)
    order = price(basket, Question(book=book, moment=moment_at(NOW_MS, 480), guest=GUEST))
    stored_fen = order.total_fen // 3
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
                kind=TenderKind.STORED_VALUE,
                amount_fen=stored_fen,
                received_fen=stored_fen,
                bonus_fen=stored_fen // 6,
            ),
            Tender(
                kind=TenderKind.WECHAT_PAY,
                amount_fen=order.total_fen - stored_fen,
                received_fen=order.total_fen - stored_fen,
            ),
        ),
        member_id=GUEST.member_id,
        points_earned=order.points_earned,
        points_redeemed=order.points_redeemed,
        fees=order.fees,
        loyalty=order.loyalty,
    )
