"""The worked order in docs/pricing.md is what the code answers."""

import msgspec

from domain.conditions import Guest, Scope, moment_at
from domain.configuration import CouponTerms
from domain.identifiers import CouponId, ItemId, MemberId
from domain.offers import amount_off
from domain.orders import Stage
from domain.pricing.basket import Basket, BasketLine
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rulebook import RuleBook
from tests.architecture.tree import rows, section

DISHES = (
    ("fish", "热菜", 8888, 1),
    ("juice", "饮品", 1250, 3),
    ("rice", "主食", 300, 2),
    ("beer", "酒水", 1500, 2),
)
OFFER = msgspec.structs.replace(
    amount_off("offer", "满100减15", from_fen=10_000, saving_fen=1_500),
    scope=Scope(excluded_categories=("酒水",)),
)
COUPON = CouponTerms(
    coupon_id=CouponId("coupon"),
    code="WORKED",
    rule=amount_off("coupon", "满80减8", from_fen=8_000, saving_fen=800, stage=Stage.COUPON),
    valid_from_ms=0,
    valid_until_ms=2,
)


def worked_order() -> PricedOrder:
    lines = tuple(
        BasketLine(
            number=number,
            item_id=ItemId(name),
            name=name,
            category=category,
            unit_price_fen=unit_price_fen,
            quantity=quantity,
        )
        for number, (name, category, unit_price_fen, quantity) in enumerate(DISHES, start=1)
    )
    guest = Guest(member_id=MemberId("guest"), points_spendable=1_240)
    question = Question(book=RuleBook(rules=(OFFER,)), moment=moment_at(1, 0), guest=guest)
    return price(Basket(lines=lines, coupons=(COUPON,), points_wanted=550), question)


def savings(order: PricedOrder, stage: Stage) -> list[int]:
    """What a stage took off each line, and off the order; negative, as in the table."""
    shares = {share.line: -share.saving_fen for share in order.shares if share.stage is stage}
    each = [shares.get(line.number, 0) for line in order.lines]
    return [*each, sum(each)]


def test_the_worked_order_is_priced_as_documented() -> None:
    order = worked_order()
    earned = dict(order.points_earned_shares)
    expected = {
        "`S0`": [*(line.list_fen for line in order.lines), order.list_fen],
        "`S4`": savings(order, Stage.ORDER_OFFER),
        "`S5`": savings(order, Stage.COUPON),
        "`S6`": savings(order, Stage.POINTS),
        "net": [*(line.net_fen for line in order.lines), order.total_fen],
        "points earned": [*(earned[line.number] for line in order.lines), order.points_earned],
    }
    _, *written = rows(section("docs/pricing.md", "## A worked order"))
    assert {row[0]: [int(cell) for cell in row[1:]] for row in written} == expected
