"""The worked order in docs/pricing.md is what the code answers."""

from domain.money import allocate
from domain.orders import Stage
from domain.pricing.earnings import with_earnings
from domain.pricing.price import price
from domain.pricing.result import PricedOrder
from tests.architecture.tree import rows, section
from tests.domain.pricing.worked_order import BASKET, BONUS_FEN, QUESTION


def worked_order() -> PricedOrder:
    """Priced, and then paid with some bonus money."""
    return with_earnings(price(BASKET, QUESTION), BASKET, QUESTION, bonus_fen=BONUS_FEN)


def savings(order: PricedOrder, stage: Stage) -> list[int]:
    """What a stage took off each line, and off the order; negative, as in the table."""
    shares = {share.line: -share.saving_fen for share in order.shares if share.stage is stage}
    each = [shares.get(line.number, 0) for line in order.lines]
    return [*each, sum(each)]


def test_the_worked_order_is_priced_as_documented() -> None:
    order = worked_order()
    nets = [line.net_fen for line in order.lines]
    bonus = allocate(BONUS_FEN, [*nets, order.fees_fen])[:-1]
    earned = {line.line: line.points_earned for line in order.loyalty}
    stages = (
        Stage.PRICE_REPLACEMENT,
        Stage.ITEM_OFFER,
        Stage.TIER_DISCOUNT,
        Stage.ORDER_OFFER,
        Stage.COUPON,
        Stage.POINTS,
        Stage.ROUNDING,
    )
    expected = {
        "`S0`": [*(line.list_fen for line in order.lines), order.list_fen],
        **{f"`{stage}`": savings(order, stage) for stage in stages},
        "net": [*nets, sum(nets)],
        "bonus money": [*bonus, sum(bonus)],
        "points earned": [*(earned[line.number] for line in order.lines), order.points_earned],
    }
    _, *written = rows(section("docs/pricing.md", "## A worked order"))
    assert {row[0]: [int(cell) for cell in row[1:]] for row in written} == expected
    assert (order.fees_fen, order.total_fen) == (200, 11_610)
