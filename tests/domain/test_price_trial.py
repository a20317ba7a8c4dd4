"""Trying rules on a cart: flaws first, then the price where it is safe, and the exit code."""

import json
from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest

from domain.price_trial import ExitCode, Trial, schema_as_json, try_out
from domain.wording import Language, Wording
from tests.architecture.tree import ROOT, rows, section

DATA = (ROOT / "docs/examples/order.json").read_bytes()
EXAMPLE: dict[str, Any] = json.loads(DATA)
ENGLISH = Wording(Language.ENGLISH, {})


def tried(values: object) -> Trial:
    return try_out(json.dumps(values).encode(), ENGLISH)


def test_an_order_as_expected_is_priced_and_explained() -> None:
    trial = try_out(DATA, ENGLISH)
    assert trial.exit_code is ExitCode.PRICED
    assert trial.lines[0] == "S0 List price"
    assert trial.lines[-1] == "as expected: 116.10"
    assert trial.values["document_sha256"] == sha256(DATA).hexdigest()
    assert (trial.values["version"], trial.values["flaws"]) == (1, [])
    order = trial.values["order"]
    assert (order["total_fen"], order["due_fen"]) == (11_610, 11_610)
    assert (order["fees_fen"], order["saving_fen"]) == (200, 4_828)
    assert json.loads(json.dumps(trial.values))["order"]["lines"][0]["net_fen"] == 6_332


def test_another_total_than_expected_is_told_with_its_difference() -> None:
    trial = tried(EXAMPLE | {"expected_total_fen": 11_700})
    assert trial.exit_code is ExitCode.OTHER_TOTAL
    assert trial.lines[-1] == "not as expected: 117.00, a difference of -0.90"


def test_without_an_expected_total_nothing_is_said_of_it() -> None:
    values = {name: value for name, value in EXAMPLE.items() if name != "expected_total_fen"}
    trial = tried(values)
    assert trial.exit_code is ExitCode.PRICED
    assert not any("expected" in line for line in trial.lines)
    assert trial.values["expected_total_fen"] is None


def flawed() -> dict[str, Any]:
    values = deepcopy(EXAMPLE)
    values["book"]["rules"][3]["effect"]["steps"].reverse()
    values["menu"][0]["modifier_groups"] = [
        {"name": "G", "least": 0, "most": 0, "options": [{"modifier_id": "m", "name": "M"}]}
    ]
    values["cart"]["coupons"][0]["rule"]["limits"] = {"quota": 1}
    values["cart"]["coupons"][0]["rule"]["conditions"] = {"tiers": ["platinum"]}
    return values


def test_flaws_of_menu_book_and_coupons_come_first_and_the_order_is_priced_all_the_same() -> None:
    trial = tried(flawed())
    assert trial.exit_code is ExitCode.FLAWED
    assert trial.lines[0] == "Flaws (4)"
    assert [flaw["where"] for flaw in trial.values["flaws"]] == [
        "menu[0].modifier_groups[0].most",
        "book.rules[3].effect.steps",
        "cart.coupons[0].rule.limits",
        "cart.coupons[0].rule.conditions.tiers",
    ]
    assert trial.lines[2] == (
        "  book.rules[3].effect.steps: The thresholds of the steps have to rise, none of them "
        "twice. Sort them. [steps_not_rising]"
    )
    assert trial.lines[5:7] == ("", "S0 List price")
    assert trial.values["flaws"][3] == {
        "code": "tier_unknown",
        "family": "rule_flaw",
        "where": "cart.coupons[0].rule.conditions.tiers",
        "values": {"tier": "platinum"},
        "text": "There is no tier “platinum”. Add the tier first, or correct the id.",
    }
    assert trial.values["order"]["total_fen"] == 12_410


def test_where_no_price_can_be_relied_on_the_flaws_alone_are_told() -> None:
    values = deepcopy(EXAMPLE)
    values["book"]["rules"][1]["rule_id"] = "gold"
    trial = tried(values)
    assert trial.exit_code is ExitCode.FLAWED
    assert trial.values["order"] is None
    assert [flaw["code"] for flaw in trial.values["flaws"]] == ["id_twice"]
    assert trial.lines[-1].startswith("With these flaws no price can be relied on")


@pytest.mark.parametrize("part", ["menu", "items"])
def test_without_a_menu_no_dish_is_unknown(part: str) -> None:
    line = {"item_id": "soup", "name": "汤", "unit_price_fen": 3_000}
    values = EXAMPLE | {"menu": [], "cart": {"lines": [line]}, "expected_total_fen": 2_850}
    if part == "menu":
        assert tried(values).exit_code is ExitCode.PRICED
    else:
        with_menu = values | {"menu": EXAMPLE["menu"][:1]}
        assert {flaw["code"] for flaw in tried(with_menu).values["flaws"]} == {
            "item_unknown",
            "category_unknown",
        }


def test_exit_codes_are_those_of_the_page() -> None:
    documented = rows(section("docs/price-command.md", "## Exit codes"))[1:]
    assert [int(cells[0]) for cells in documented] == [int(code) for code in ExitCode]


def test_the_schema_is_json() -> None:
    assert json.loads(schema_as_json())["$ref"] == "#/$defs/PriceDocument"
