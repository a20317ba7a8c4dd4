"""Pricing a long basket with many rules."""

import msgspec

from domain.conditions import Scope
from domain.menu import MenuItem
from domain.offers import amount_off
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.rulebook import RuleBook
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
        msgspec.structs.replace(
            amount_off(
                f"o{number}", f"满减{number}", from_fen=number * 900, saving_fen=number * 40
            ),
            scope=Scope(excluded_categories=("分类5",)),
        )
        for number in range(1, rules + 1)
    )
    question = Question(book=RuleBook(rules=offers))
    times = [time_ms(lambda: price(basket, question)) for _ in range(RUNS)]
    return judged(name, percentile(times, 0.99), "ms", budget=budget_ms)
