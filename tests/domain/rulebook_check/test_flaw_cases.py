"""The table of refused menus, books and coupons, each with its flaws."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.identifiers import StoreId
from domain.menu import MenuItem
from domain.offers import Rule
from domain.rule_flaws import Flaw, RuleFlaw
from domain.rulebook import RuleBook
from domain.rulebook_check.book import check_book, check_coupon
from domain.rulebook_check.menu import check_menu
from domain.strict_reading import read_strictly
from domain.wording import Language, Wording

TABLE = tomllib.loads(Path(__file__).with_name("flaw_cases.toml").read_text(encoding="utf-8"))
MENU = tuple(
    msgspec.convert({"item_id": name, "name": name, **dish}, MenuItem)
    for name, dish in TABLE["menu"].items()
)
DISH = {"item_id": "x", "name": "X", "category": "热菜", "unit_price_fen": 1000}
RULE = {"rule_id": "r", "name": "R", "stage": "S4"}
COUPON = {"rule_id": "c", "name": "C", "stage": "S5"}


class Items(msgspec.Struct):
    items: tuple[MenuItem, ...]


def flaws_of(case: dict[str, Any]) -> tuple[Flaw, ...]:
    if "coupon" in case:
        rule = read_strictly(COUPON | case["coupon"], Rule)
        return rule if isinstance(rule, tuple) else check_coupon(rule, MENU)
    dishes = case.get("menu", [case["dish"]] if "dish" in case else [])
    if dishes:
        menu = read_strictly({"items": [DISH | dish for dish in dishes]}, Items)
        return menu if isinstance(menu, tuple) else check_menu(menu.items)
    rules = case.get("rules", [case["rule"]] if "rule" in case else [])
    values = case.get("book", {}) | {"rules": [RULE | rule for rule in rules]}
    book = read_strictly(values, RuleBook)
    return book if isinstance(book, tuple) else check_book(book, MENU, stores=[StoreId("A")])


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["claim"])
def test_each_case_has_its_flaws(case: dict[str, Any]) -> None:
    found = flaws_of(case)
    assert [f"{one.where} {one.code}" for one in found] == case.get("flaws", [])
    for language in Language:
        texts = [Wording(language, {}).flaw(one) for one in found]
        assert all(text and "{" not in text and "…" not in text for text in texts)


def test_every_flaw_has_a_case() -> None:
    told = {line.split()[1] for case in TABLE["case"] for line in case.get("flaws", [])}
    elsewhere = {RuleFlaw.TOO_MANY_ALONE, RuleFlaw.TOO_MANY_OPTIONS}
    assert set(RuleFlaw) - told == elsewhere
