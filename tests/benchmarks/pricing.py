"""Pricing a long basket with many rules."""

from domain.configuration import OrderOffer
from domain.fold.aggregates import Rules
from domain.identifiers import RuleId
from domain.menu import MenuItem
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.stages import Question
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.tills import dishes

RUNS = 300
BUDGET_MS = 10
SMALL_BUDGET_MS = 0.5


def measure() -> list[Measured]:
    return [
        _measured("price 60 lines with 200 rules, p99", dishes(60), 200, BUDGET_MS),
        _measured("price 3 lines with 20 rules, p99", dishes(3), 20, SMALL_BUDGET_MS),
    ]


def _measured(name: str, items: tuple[MenuItem, ...], rules: int, budget_ms: float) -> Measured:
    basket = Basket()
    for item in items:
        basket = add_item(basket, item)
    offers = tuple(
        OrderOffer(
            rule_id=RuleId(f"o{number}"),
            name=f"满减{number}",
            threshold_fen=number * 900,
            saving_fen=number * 40,
            excluded_categories=("分类5",),
        )
        for number in range(1, rules + 1)
    )
    question = Question(rules=Rules(version="1", offers=offers), now_ms=1_790_000_000_000)
    times = [time_ms(lambda: price(basket, question)) for _ in range(RUNS)]
    return judged(name, percentile(times, 0.99), "ms", budget=budget_ms)
