"""A priced order as text: every figure that counts, in columns, in both languages."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fees import StaffDiscount, StaffDiscountKind
from domain.money import parse_fen
from domain.pricing.document import answer, read_document
from domain.pricing.document_schema import PriceDocument
from domain.pricing.explain import explain
from domain.pricing.result import PricedOrder, UnusedRule
from domain.pricing.text_columns import ROW_CELLS, cells_of, row, shown
from domain.reasons import Reason
from domain.wording import Language, Wording
from tests.architecture.tree import ROOT

EXAMPLE = (ROOT / "docs/examples/order.json").read_bytes()
DOCUMENT = read_document(EXAMPLE)
CHINESE, ENGLISH = (Wording(language, {}) for language in Language)
AMOUNT = re.compile(r" (-?[0-9]+\.[0-9]{2})$")


def changed(document: PriceDocument = DOCUMENT, **fields: object) -> PricedOrder:
    """The example's order with other fields of its cart."""
    cart = msgspec.structs.replace(document.cart, **fields)
    return answer(msgspec.structs.replace(document, cart=cart))


def amounts(lines: tuple[str, ...], depth: int) -> list[int]:
    """The amounts at the right edge of the rows this deep, above the nets of the lines."""
    found = []
    for line in lines:
        if line == ENGLISH.text("explain.nets"):
            break
        amount = AMOUNT.search(line)
        if amount and len(line) - len(line.lstrip()) == 2 * depth:
            sign = -1 if amount[1].startswith("-") else 1
            found.append(sign * parse_fen(amount[1].lstrip("-")))
    return found


def test_the_worked_order_reads_as_documented() -> None:
    lines = explain(answer(DOCUMENT), CHINESE)
    documented = (ROOT / "docs/price-command.md").read_text(encoding="utf-8")
    block = [line[4:] for line in documented.splitlines() if line.startswith("    ")][4:]
    start = lines.index(block[0])
    assert list(lines[start : start + len(block)]) == block
    assert len(block) == 5


def test_the_whole_text_stands_in_a_file_beside_this_test() -> None:
    for wording, name in ((CHINESE, "explained_zh.txt"), (ENGLISH, "explained_en.txt")):
        expected = Path(__file__).with_name(name).read_text(encoding="utf-8")
        assert "\n".join(explain(answer(DOCUMENT), wording)) + "\n" == expected


@pytest.mark.parametrize("wording", [CHINESE, ENGLISH])
def test_the_right_edge_is_straight_where_signs_are_two_cells_wide(wording: Wording) -> None:
    lines = explain(answer(DOCUMENT), wording)
    assert {cells_of(line) for line in lines if AMOUNT.search(line)} == {ROW_CELLS}


DISCOUNTS = (
    StaffDiscount(kind=StaffDiscountKind.PERCENT, value=1_000, line=1, reason="老顾客"),
    StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=300, reason="上菜慢"),
    StaffDiscount(kind=StaffDiscountKind.COMP, reason="免单"),
)


@given(
    st.lists(st.sampled_from(DISCOUNTS), max_size=2, unique=True),
    st.integers(0, 2_000),
    st.booleans(),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
)
def test_lines_rules_and_fees_add_up_to_the_total(
    discounts: list[StaffDiscount], points: int, waive: bool, quantities: list[int]
) -> None:
    items = tuple(
        msgspec.structs.replace(item, quantity=quantity)
        for item, quantity in zip(DOCUMENT.cart.items, quantities, strict=True)
    )
    order = changed(
        items=items,
        staff_discounts=tuple(discounts),
        points_wanted=points,
        waived_fees=("packing",) if waive else (),
    )
    shown_fen = amounts(explain(order, ENGLISH), 1)
    # The sum of the list prices stands among them.
    assert sum(shown_fen) - order.list_fen == order.total_fen


def test_shares_stand_below_their_rule_and_add_up_to_it() -> None:
    lines = explain(answer(DOCUMENT), ENGLISH)
    start = lines.index("S4 Order offers")
    rule, *shares = [parse_fen(line.split("-")[-1]) for line in lines[start + 1 : start + 5]]
    assert rule == sum(shares) == 1_500


def test_a_waived_fee_shows_what_it_was_and_what_was_taken_off() -> None:
    lines = explain(changed(waived_fees=("packing",)), ENGLISH)
    start = lines.index("S7 Staff discount")
    assert lines[start + 1].split() == ["打包费", "[packing]", "-2.00"]
    assert lines[start + 2].split() == ["fees", "-2.00"]
    start = lines.index("S8 Fees")
    assert lines[start + 1].split() == ["打包费", "[packing]", "2.00"]


def test_a_tip_stands_between_total_and_what_is_to_pay() -> None:
    lines = [line.split() for line in explain(changed(tip_fen=390), ENGLISH)]
    start = lines.index(["Total", "116.10"])
    assert lines[start + 3 : start + 5] == [["Tip", "3.90"], ["To", "pay", "120.00"]]
    assert not any("Tip" in line for line in explain(answer(DOCUMENT), ENGLISH))


def weighed(price_fen: int) -> PricedOrder:
    document = read_document(
        msgspec.json.encode(
            {
                "version": 1,
                "local_time": "2026-11-22T12:30:00",
                "cart": {
                    "lines": [
                        {
                            "item_id": "crab",
                            "name": "帝王蟹",
                            "unit_price_fen": price_fen,
                            "weight_grams": 1_050,
                            "options": [{"name": "蒸"}, {"name": "姜", "price_fen": 100}],
                        }
                    ]
                },
            }
        )
    )
    return answer(document)


def test_weighed_goods_show_weight_price_and_options() -> None:
    lines = [line.strip() for line in explain(weighed(20_000), ENGLISH)]
    assert re.sub(r" +", " ", lines[1]) == "1. 帝王蟹 1.050 kg at 200.00 a kg 211.00"
    assert lines[2:4] == ["with 蒸 × 1", "with 姜 × 1 (+1.00)"]


def test_an_order_without_a_member_says_nothing_of_points() -> None:
    assert "Points and growth value" not in explain(weighed(20_000), ENGLISH)


def test_what_a_rule_lacks_is_told_with_its_reason() -> None:
    order = changed(items=DOCUMENT.cart.items[1:2], coupons=DOCUMENT.cart.coupons)
    lines = [line.strip() for line in explain(order, ENGLISH)]
    start = lines.index("Not used")
    assert "满100减15 [less-15], S4: ¥76.25 more to use it" in lines[start:]
    assert "晚市9折 [evening], S4: Outside its hours" in lines[start:]


def test_rules_not_used_stand_by_stage() -> None:
    order = changed()
    late, early = (
        msgspec.structs.replace(order.unused_rules[0], stage=stage, rule_id=stage)
        for stage in ("S9", "S1")
    )
    lines = explain(msgspec.structs.replace(order, unused_rules=(late, early)), ENGLISH)
    assert [line.split("[")[1][:2] for line in lines[-2:]] == ["S1", "S9"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_can_be_told(language: Language, reason: Reason) -> None:
    order = answer(DOCUMENT)
    unused = UnusedRule(
        rule_id=order.used_rules[0].rule_id,
        stage=order.used_rules[0].stage,
        name="R",
        reason=reason,
        missing_fen=1_234,
        missing_units=7,
    )
    order = msgspec.structs.replace(order, unused_rules=(unused,))
    last = explain(order, Wording(language, {}))[-1]
    assert "{" not in last
    assert ("12.34" in last) == (reason is Reason.THRESHOLD_NOT_MET)


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("米饭", 4), ("（）", 4), ("¥12.50", 6), ("e\u0301", 1), ("ｱ", 1), ("\u200b", 0)],
)
def test_cells_are_counted_as_a_terminal_shows_them(text: str, cells: int) -> None:
    assert cells_of(text) == cells


def test_a_row_that_is_too_long_loses_nothing() -> None:
    assert row("米" * 40, "1.00") == "米" * 40 + "  1.00"
    assert row("left", depth=2) == "    left"
    assert row("a" * (ROW_CELLS - 6), "1.00") == "a" * (ROW_CELLS - 6) + "  1.00"


def test_a_name_cannot_break_or_steer_a_row() -> None:
    assert shown("a\nb\x1b[31m\u2028c\u202ed") == "a b [31m c d"
