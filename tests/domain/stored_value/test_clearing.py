"""Who owes whom, when value is sold in one store and used in another."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import StoreId
from domain.stored_value.account import Movement, StoredValueLine
from domain.stored_value.clearing import BRAND, BonusBearer, Clearing, clearing
from tests.domain.stored_value.builders import in_two_orders, line

SOLD, SPENT, BACK = Movement.TOPPED_UP, Movement.SPENT, Movement.GIVEN_BACK


def settled(
    *lines: StoredValueLine, bearer: BonusBearer = BonusBearer.ISSUING_STORE
) -> list[tuple[str, str, int, int]]:
    done = clearing(lines, bearer)
    assert done.uncovered == ()
    return [(s.payer, s.payee, s.principal_fen, s.bonus_fen) for s in done.settlements]


def test_what_is_used_where_it_was_sold_owes_nothing() -> None:
    assert settled(line(SOLD, 1000, 200), line(SPENT, -500, -100)) == []


def test_the_store_that_sold_pays_the_store_that_served() -> None:
    assert settled(line(SOLD, 1000, 200), line(SPENT, -500, -100, store="B")) == [
        ("A", "B", 500, 100)
    ]


def test_the_brand_pays_for_all_used_bonus_where_it_bears_it() -> None:
    lines = (
        line(SOLD, 1000, 200),
        line(SPENT, -100, -20),
        line(SPENT, -500, -100, store="B"),
        line(BACK, 50, 10, store="B"),
    )
    assert settled(*lines, bearer=BonusBearer.BRAND) == [
        (BRAND, "A", 0, 20),
        (BRAND, "B", 0, 90),
        ("A", "B", 450, 0),
    ]


def test_use_is_shared_over_the_stores_that_hold_money_of_the_account() -> None:
    lines = (line(SOLD, 10000), line(SOLD, 20000, store="B"), line(SPENT, -6000, store="C"))
    assert settled(*lines) == [("A", "C", 2000, 0), ("B", "C", 4000, 0)]


def test_a_stores_own_sales_pay_for_its_own_use_first() -> None:
    lines = (line(SOLD, 100), line(SOLD, 100, store="B"), line(SPENT, -150, store="B"))
    assert settled(*lines) == [("A", "B", 50, 0)]


def test_several_stores_empty_what_is_held_to_the_fen() -> None:
    lines = (
        line(SOLD, 1),
        line(SOLD, 2, store="B"),
        line(SPENT, -1, store="C"),
        line(SPENT, -2, store="D"),
    )
    assert settled(*lines) == [("A", "D", 1, 0), ("B", "C", 1, 0), ("B", "D", 1, 0)]


def test_accounts_do_not_pay_for_each_other() -> None:
    lines = (line(SOLD, 100), line(SPENT, -100, store="B", account="other"))
    assert clearing(lines, BonusBearer.ISSUING_STORE) == Clearing(
        settlements=(), uncovered=((StoreId("B"), 100),)
    )


def test_payments_of_several_accounts_add_up() -> None:
    lines = [
        each
        for account in ("x", "y")
        for each in (
            line(SOLD, 100, 10, account=account),
            line(SPENT, -60, -6, store="B", account=account),
        )
    ]
    assert settled(*lines) == [("A", "B", 120, 12)]


def test_debt_is_the_loss_of_the_stores_that_gave_it_out() -> None:
    lines = (line(SOLD, 100), line(SPENT, -150, store="B"), line(SPENT, -50, store="C"))
    done = clearing(lines, BonusBearer.ISSUING_STORE)
    assert [(s.payee, s.principal_fen) for s in done.settlements] == [("B", 75), ("C", 25)]
    assert done.uncovered == (("B", 75), ("C", 25))


def test_a_bonus_beyond_what_was_given_is_uncovered_too() -> None:
    lines = (line(SOLD, 0, 10), line(SPENT, -5, -25, store="B"))
    done = clearing(lines, BonusBearer.ISSUING_STORE)
    assert [(s.payer, s.payee, s.bonus_fen) for s in done.settlements] == [("A", "B", 10)]
    assert done.uncovered == (("B", 20),)


def test_a_balance_paid_out_counts_with_the_money_paid() -> None:
    lines = (
        line(SOLD, 1000, 200),
        line(Movement.WITHDRAWN, -1000, -200, store="B", paid_fen=-950),
    )
    assert settled(*lines) == [("A", "B", 950, 0)]


def test_what_expired_stays_where_it_was_sold() -> None:
    assert settled(line(SOLD, 1000, 200), line(Movement.EXPIRED, -1000, -200, store="B")) == []


def test_a_correction_counts_for_the_brand() -> None:
    lines = (line(SOLD, 1000), line(Movement.ADJUSTED, -10, 5, store=""), line(SPENT, 0, -5))
    assert settled(*lines) == [(BRAND, "A", 0, 5), ("A", BRAND, 10, 0)]


movements = st.tuples(
    st.sampled_from([SOLD, SPENT, BACK]),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.sampled_from("ABCD"),
    st.sampled_from(["x", "y"]),
)


Drawn = tuple[Movement, int, int, str, str]


def _line_of(drawn: Drawn) -> StoredValueLine:
    movement, principal_fen, bonus_fen, store, account = drawn
    sign = -1 if movement is SPENT else 1
    return line(movement, sign * principal_fen, sign * bonus_fen, store=store, account=account)


@pytest.mark.parametrize("bearer", BonusBearer)
@given(orders=in_two_orders(st.lists(movements, max_size=12)))
def test_clearing_evens_out_every_store_whatever_the_order(
    bearer: BonusBearer, orders: tuple[list[Drawn], list[Drawn]]
) -> None:
    lines, shuffled = ([_line_of(drawn) for drawn in order] for order in orders)
    nets: defaultdict[str, int] = defaultdict(int)
    for each in lines:
        nets[each.store] += each.change.principal_fen
    done = clearing(lines, bearer)
    assert clearing(shuffled, bearer) == done
    for settlement in done.settlements:
        assert settlement.payer != settlement.payee
        assert settlement.principal_fen >= 0 <= settlement.bonus_fen
        nets[settlement.payer] -= settlement.principal_fen
        nets[settlement.payee] += settlement.principal_fen
    if bearer is BonusBearer.BRAND:
        for store, short_fen in done.uncovered:
            nets[store] += short_fen
        assert all(net >= 0 for net in nets.values())
