"""Fields that were written and that no record knows."""

from typing import Any

import msgspec
import pytest

from domain.menu import MenuItem
from domain.rulebook import RuleBook
from domain.strict_reading import MOST_PATHS, unknown_fields

RULE: dict[str, Any] = {
    "rule_id": "r",
    "name": "满100减15",
    "stage": "S4",
    "effect": {"kind": "amount_off", "steps": [{"from_fen": 10_000, "saving_fen": 1_500}]},
}


def unknown(written: dict[str, Any]) -> list[str]:
    return unknown_fields(written, msgspec.convert(written, RuleBook))


def test_what_is_known_is_not_told_however_deep_it_stands() -> None:
    prices = RULE | {"stage": "S1", "effect": {"kind": "new_price", "prices": {"D1": 200}}}
    assert unknown({"rules": [RULE, prices], "points": {"step": 50}, "rounding": None}) == []


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"extra": 1}, "rules[0].extra"),
        ({"scope": {"item": ["D1"]}}, "rules[0].scope.item"),
        ({"effect": RULE["effect"] | {"cap_fen": 5}}, "rules[0].effect.cap_fen"),
        (
            {"effect": {"kind": "amount_off", "steps": [{"from_fen": 1, "saving_fen": 1, "x": 1}]}},
            "rules[0].effect.steps[0].x",
        ),
        ({"conditions": {"windows": [], "tier": "gold"}}, "rules[0].conditions.tier"),
    ],
)
def test_what_is_not_known_is_told_with_its_path(rule: dict[str, Any], path: str) -> None:
    assert unknown({"rules": [RULE | rule]}) == [path]


def test_a_value_that_is_left_out_when_written_is_known_all_the_same() -> None:
    dish = {
        "item_id": "1", "name": "酸梅汤", "category": "饮品", "unit_price_fen": 600,
        "sold_out": False, "modifier_groups": [],
    }  # fmt: skip
    assert unknown_fields(dish, msgspec.convert(dish, MenuItem)) == []


def test_only_so_many_paths_are_told() -> None:
    found = unknown({f"field-{number}": 1 for number in range(100)})
    assert len(found) == MOST_PATHS
    assert found[0] == "field-0"
