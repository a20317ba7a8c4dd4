import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.spending import spendable_points

NUMBERS = st.integers(-(10**6), 10**6)


@pytest.mark.parametrize(
    ("balance", "offline", "spent", "spendable"),
    [
        (1200, False, 0, 1200),
        (-50, False, 0, 0),
        (1200, True, 0, 500),
        (300, True, 0, 300),
        (1200, True, 200, 300),
        (1200, True, 500, 0),
        (1200, True, 900, 0),
        (-50, True, 0, 0),
    ],
)
def test_offline_the_limit_holds_and_online_the_balance(
    balance: int, offline: bool, spent: int, spendable: int
) -> None:
    found = spendable_points(balance, offline=offline, offline_limit=500, spent_offline=spent)
    assert found == spendable


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.integers(1, 10**5), max_size=20))
def test_one_outage_takes_no_more_than_the_limit(
    balance: int, limit: int, wishes: list[int]
) -> None:
    spent = 0
    for wish in wishes:
        spent += min(
            wish,
            spendable_points(
                balance - spent, offline=True, offline_limit=limit, spent_offline=spent
            ),
        )
    assert spent <= min(limit, balance)


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans())
def test_spendable_points_are_never_negative(
    balance: int, limit: int, spent: int, offline: bool
) -> None:
    found = spendable_points(balance, offline=offline, offline_limit=limit, spent_offline=spent)
    assert found >= 0
