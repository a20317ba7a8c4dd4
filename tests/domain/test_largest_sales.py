"""Sales as large as a till can close them are read, by the server and by the till itself."""

import msgspec

from domain.facts import SaleClosed, decode_fact, encode_fact
from domain.identifiers import ItemId
from domain.menu import MenuItem
from domain.orders import LARGEST_TENDERS, Tender, TenderKind
from domain.pricing.basket import LARGEST_BASKET_LINES, Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.refunds.facts import RefundMade
from tests.domain.pricing.sales import closed
from tests.domain.refunds.builders import refund_made


def sale_of_lines(count: int) -> SaleClosed:
    """Each dish at a rate of its own."""
    basket = Basket()
    for number in range(count):
        dish = MenuItem(
            item_id=ItemId(f"d{number}"),
            name=f"d{number}",
            category="c",
            unit_price_fen=1_000,
            tax_basis_points=number + 1,
        )
        basket = add_item(basket, dish)
    question = Question()
    return SaleClosed(sale=closed(price(basket, question), basket, question))


def read(fact: SaleClosed | RefundMade) -> object:
    return decode_fact(*encode_fact(fact))


def test_every_line_of_an_order_may_have_a_tax_rate_of_its_own() -> None:
    fact = sale_of_lines(LARGEST_BASKET_LINES)
    assert len(fact.sale.taxes) == LARGEST_BASKET_LINES
    assert read(fact) == fact


def test_everybody_at_a_large_table_may_pay_for_one_order_and_be_paid_back() -> None:
    sale = sale_of_lines(20).sale
    one = Tender(kind=TenderKind.WECHAT_PAY, amount_fen=100, received_fen=100)
    fact = SaleClosed(sale=msgspec.structs.replace(sale, tenders=(one,) * LARGEST_TENDERS))
    assert read(fact) == fact
    refund = refund_made(fact.sale, {line.number: 1 for line in fact.sale.lines})
    assert len(refund.refund.tenders) == LARGEST_TENDERS
    assert read(refund) == refund
