"""Documents: what is read, what is refused with its place, and what question they ask."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import MINUTES_A_DAY, moment_at
from domain.errors import ErrorCode, TillfoldError
from domain.pricing.basket import LARGEST_BASKET_LINES
from domain.pricing.document import (
    LARGEST_DOCUMENT_BYTES,
    answer,
    basket_of,
    moment_of,
    question_of,
    read_document,
)
from domain.pricing.document_schema import PriceDocument, schema
from tests.architecture.tree import ROOT

EXAMPLE: dict[str, Any] = json.loads((ROOT / "docs/examples/order.json").read_bytes())
SMALLEST: dict[str, Any] = {"version": 1, "local_time": "2026-11-22T12:30:00", "cart": {}}
TEA = {"item_id": "tea", "name": "茶", "unit_price_fen": 1_000}


def read(values: object) -> PriceDocument:
    return read_document(json.dumps(values).encode())


def refused(values: object) -> tuple[ErrorCode, str]:
    with pytest.raises(TillfoldError) as caught:
        answer(read(values))
    return caught.value.code, str(caught.value.values.get("where", ""))


def test_the_smallest_document_is_an_empty_order() -> None:
    order = answer(read(SMALLEST))
    assert (order.lines, order.total_fen, order.used_rules) == ((), 0, ())


def test_the_example_is_what_the_worked_order_costs() -> None:
    order = answer(read(EXAMPLE))
    assert order.total_fen == 11_610
    assert [line.net_fen for line in order.lines] == [6_332, 1_780, 300, 2_998]


def test_a_byte_order_mark_in_front_is_passed_over() -> None:
    data = json.dumps(SMALLEST).encode()
    assert read_document(b"\xef\xbb\xbf" + data) == read_document(data)


def test_what_is_read_can_be_written_and_read_again() -> None:
    document = read(EXAMPLE)
    assert read_document(msgspec.json.encode(document)) == document


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["version"], 2, "version (value_out_of_range)"),
        (["version"], "1", "version (value_malformed)"),
        (["verson"], 1, "verson (field_unknown)"),
        (["local_time"], "2026-11-22T12:30:00+08:00", "local_time (value_malformed)"),
        (["local_time"], "22.11.2026", "local_time (value_malformed)"),
        (["utc_offset_minutes"], 841, "utc_offset_minutes (value_out_of_range)"),
        (["cart", "points"], 1, "cart.points (field_unknown)"),
        (["cart", "items", 0, "quantity"], 0, "cart.items[0].quantity (value_out_of_range)"),
        (["cart", "items", 0, "item_id"], "whale", "cart.items[0].item_id"),
        (["cart", "coupons", 0, "rule", "scop"], {}, "cart.coupons[0].rule.scop (field_unknown)"),
        (["cart", "tip_fen"], -1, "cart.tip_fen (value_out_of_range)"),
        (["guest", "tier"], "gold", "guest.tier (field_unknown)"),
        (["guest", "birthday"], "1990-02-30", "guest.birthday"),
        (["guest", "birthday"], "20 May", "guest.birthday"),
        (["menu", 0, "price"], 1, "menu[0].price (field_unknown)"),
        (
            ["book", "rules", 0, "effect", "prices"],
            {"rice": "2.00"},
            "book.rules[0].effect.prices[...] (value_malformed)",
        ),
        (
            ["book", "rules", 2, "effect", "steps", 0, "off_basis_points"],
            10_001,
            "book.rules[2].effect.steps[0].off_basis_points (rate_above_whole)",
        ),
        (["expected_total_fen"], 1.5, "expected_total_fen (value_malformed)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    path: list[str | int], value: object, where: str
) -> None:
    values = deepcopy(EXAMPLE)
    inner: Any = values
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert refused(values) == (ErrorCode.REQUEST_MALFORMED, where)


@pytest.mark.parametrize("field", ["version", "cart", "local_time"])
def test_what_has_no_default_has_to_be_given(field: str) -> None:
    values = {name: value for name, value in SMALLEST.items() if name != field}
    assert refused(values) == (ErrorCode.REQUEST_MALFORMED, f"{field} (field_missing)")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"nothing"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(TillfoldError) as caught:
        read_document(data)
    assert caught.value.values == {"where": "JSON"}


def test_what_is_no_object_is_refused() -> None:
    assert refused([]) == (ErrorCode.REQUEST_MALFORMED, "document (value_malformed)")


def test_a_document_has_a_largest_size() -> None:
    written = json.dumps(SMALLEST).encode()
    assert read_document(written.ljust(LARGEST_DOCUMENT_BYTES)).version == 1
    with pytest.raises(TillfoldError) as caught:
        read_document(written.ljust(LARGEST_DOCUMENT_BYTES + 1))
    assert caught.value.code is ErrorCode.REQUEST_TOO_LARGE


def test_items_are_entered_as_at_a_till() -> None:
    values = deepcopy(EXAMPLE)
    juice = values["cart"]["items"][1]
    values["cart"]["items"] = [juice, {"item_id": "fish"}, juice]
    lines = basket_of(read(values)).lines
    assert [(line.number, line.item_id, line.quantity) for line in lines] == [
        (1, "juice", 6),
        (2, "fish", 1),
    ]
    assert [option.name for option in lines[0].options] == ["去冰"]


def test_a_choice_that_has_to_be_made_is_asked_for() -> None:
    values = deepcopy(EXAMPLE)
    del values["cart"]["items"][1]["choices"]
    assert refused(values)[0] is ErrorCode.CHOICE_INCOMPLETE


def test_weighed_goods_of_the_menu_need_their_weight() -> None:
    values = deepcopy(EXAMPLE)
    values["menu"][0]["by_weight"] = True
    assert refused(values)[0] is ErrorCode.WEIGHT_OUT_OF_RANGE
    values["cart"]["items"][0]["weight_grams"] = 500
    assert answer(read(values)).lines[0].list_fen == 4_444


def with_lines(*lines: dict[str, Any]) -> dict[str, Any]:
    return SMALLEST | {"cart": {"lines": list(lines)}}


def test_lines_in_full_need_no_menu_and_come_behind_the_items() -> None:
    assert answer(read(with_lines(TEA, TEA | {"quantity": 2}))).total_fen == 3_000
    values = deepcopy(EXAMPLE)
    values["cart"]["lines"] = [TEA]
    assert [line.item_id for line in basket_of(read(values)).lines][3:] == ["beer", "tea"]
    assert basket_of(read(values)).lines[4].number == 5


def test_a_line_cannot_cost_less_than_nothing() -> None:
    less = {"name": "减", "price_fen": -1_000}
    assert answer(read(with_lines(TEA | {"options": [less]}))).total_fen == 0
    too_little = TEA | {"options": [less | {"price_fen": -1_001}]}
    assert refused(with_lines(TEA, too_little)) == (
        ErrorCode.REQUEST_MALFORMED,
        "cart.lines[1].options",
    )


def test_a_weighing_is_one_unit() -> None:
    assert answer(read(with_lines(TEA | {"weight_grams": 500}))).total_fen == 500
    twice = TEA | {"weight_grams": 500, "quantity": 2}
    assert refused(with_lines(twice))[1] == "cart.lines[0].quantity"


def test_an_order_has_a_largest_number_of_lines_and_a_largest_amount() -> None:
    most = [TEA] * LARGEST_BASKET_LINES
    assert len(answer(read(with_lines(*most))).lines) == LARGEST_BASKET_LINES
    values = deepcopy(EXAMPLE)
    values["cart"]["lines"] = most
    assert refused(values)[0] is ErrorCode.ORDER_TOO_LARGE
    largest = TEA | {"unit_price_fen": 10_000_000_000}
    assert answer(read(with_lines(largest))).total_fen == 10_000_000_000
    beyond = TEA | {"unit_price_fen": 1}
    assert refused(with_lines(largest, beyond))[0] is ErrorCode.ORDER_TOO_LARGE


def test_all_circumstances_reach_the_question() -> None:
    values = EXAMPLE | {
        "uses": {"less-15": {"total": 7}},
        "redeemed": ["c-1"],
        "earned_today": {"earn": 50},
    }
    document = read(values)
    question = question_of(document)
    assert question.uses["less-15"].total == 7  # type: ignore[index]
    assert question.redeemed == {"c-1"}
    assert question.earned_today == {"earn": 50}
    assert (question.store, question.guest) == ("A", document.guest)
    assert question.book == document.book


def test_the_cart_reaches_the_basket_whole() -> None:
    values = deepcopy(EXAMPLE)
    values["cart"] |= {
        "rewards": ["r"],
        "staff_discounts": [{"kind": "comp", "reason": "R"}],
        "waived_fees": ["packing"],
        "channel": "online",
        "guest_count": 4,
        "tip_fen": 5,
    }
    basket = basket_of(read(values))
    assert (list(basket.rewards), list(basket.waived_fees)) == (["r"], ["packing"])
    assert basket.staff_discounts[0].reason == "R"
    assert (basket.order_type, basket.channel) == ("takeaway", "online")
    assert (basket.guest_count, basket.tip_fen, basket.points_wanted) == (4, 5, 550)


@given(st.integers(-62_000_000_000_000, 253_000_000_000_000), st.integers(-840, 840))
def test_local_time_and_offset_give_the_moment_back(now_ms: int, offset: int) -> None:
    moment = moment_at(now_ms, offset)
    seconds, beyond_ms = divmod(now_ms % 60_000, 1_000)
    hours, minutes = divmod(moment.minute, 60)
    clock = f"{moment.day.isoformat()}T{hours:02}:{minutes:02}:{seconds:02}.{beyond_ms:03}"
    document = read(SMALLEST | {"local_time": clock, "utc_offset_minutes": offset})
    assert moment_of(document) == moment


def test_without_an_offset_the_clock_is_that_of_china() -> None:
    moment = moment_of(read(SMALLEST | {"local_time": "1970-01-02T08:00:00"}))
    assert (moment.now_ms, moment.day) == (MINUTES_A_DAY * 60_000, date(1970, 1, 2))


def test_the_schema_describes_every_field_and_allows_no_other() -> None:
    described = schema()
    document = described["$defs"]["PriceDocument"]
    assert document["properties"].keys() == set(PriceDocument.__struct_fields__)
    assert sorted(document["required"]) == ["cart", "local_time", "version"]
    objects = [part for part in described["$defs"].values() if "properties" in part]
    assert all(part["additionalProperties"] is False for part in objects)
