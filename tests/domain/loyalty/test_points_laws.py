"""What holds for every points account, whatever its lines."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.loyalty.expiry import NEVER, Expiry
from domain.loyalty.lines import PointsLine, Side, post_all, reversed_line
from domain.loyalty.points_account import (
    NO_POINTS,
    PointsAccount,
    freeze,
    join,
    net_points,
)
from domain.loyalty.points_standing import standing
from domain.months import Month
from domain.reasons import LedgerReason

FIRST = 24_000
ENCODER = msgspec.msgpack.Encoder(order="deterministic")
MONTHS = st.integers(FIRST, FIRST + 30).map(Month)
POINTS = st.integers(-30, 60)
KEYS = st.one_of(
    st.just(NEVER),
    st.integers(FIRST, FIRST + 40).map(Expiry),
    st.integers(-6, -1).map(Expiry),
)
CREDITS = st.builds(
    PointsLine,
    side=st.just(Side.CREDIT),
    reason=st.just(LedgerReason.EARNED),
    month=MONTHS,
    points=POINTS,
    expiry=KEYS,
)
OTHERS = st.builds(
    PointsLine,
    side=st.sampled_from([Side.DEBIT, Side.FROZEN]),
    reason=st.just(LedgerReason.ADJUSTED),
    month=MONTHS,
    points=POINTS,
)
LINES = st.lists(st.one_of(CREDITS, OTHERS), max_size=14)


def encoded(account: PointsAccount) -> bytes:
    return ENCODER.encode(account)


@given(LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_any_order_of_lines_gives_the_same_account_to_the_byte(
    orders: tuple[Sequence[PointsLine], Sequence[PointsLine]],
) -> None:
    one, other = (post_all(NO_POINTS, lines) for lines in orders)
    assert one == other
    assert encoded(one) == encoded(other)


@given(LINES)
def test_an_account_survives_being_written_and_read(lines: list[PointsLine]) -> None:
    account = post_all(NO_POINTS, lines)
    assert msgspec.msgpack.decode(encoded(account), type=PointsAccount) == account


@given(LINES)
def test_rows_are_sorted_without_zeros_and_without_two_of_one_key(lines: list[PointsLine]) -> None:
    account = post_all(NO_POINTS, lines)
    credit_keys = [row[:2] for row in account.credits]
    debit_keys = [row[0] for row in account.debits]
    assert credit_keys == sorted(set(credit_keys))
    assert debit_keys == sorted(set(debit_keys))
    assert all(row[-1] for row in (*account.credits, *account.debits))


@given(LINES, LINES)
def test_two_accounts_of_one_person_are_as_if_there_had_been_one(
    mine: list[PointsLine], theirs: list[PointsLine]
) -> None:
    joined = join(post_all(NO_POINTS, mine), post_all(NO_POINTS, theirs))
    assert joined == post_all(NO_POINTS, [*mine, *theirs])
    assert joined == join(post_all(NO_POINTS, theirs), post_all(NO_POINTS, mine))


@given(LINES)
def test_taking_everything_back_leaves_the_empty_account(lines: list[PointsLine]) -> None:
    account = post_all(NO_POINTS, lines)
    back = [reversed_line(line, line.points) for line in reversed(lines)]
    assert post_all(account, back) == NO_POINTS
    assert post_all(post_all(NO_POINTS, back), lines) == NO_POINTS


@given(LINES, MONTHS)
def test_balance_and_expired_are_credits_less_debits(lines: list[PointsLine], month: Month) -> None:
    account = post_all(NO_POINTS, lines)
    found = standing(account, month)
    assert found.balance + found.expired_points == net_points(account)
    assert net_points(account) == sum(line.change for line in lines)


@given(LINES, MONTHS)
def test_lots_are_the_balance_unless_something_is_owed(
    lines: list[PointsLine], month: Month
) -> None:
    found = standing(post_all(NO_POINTS, lines), month)
    assert sum(lot.points for lot in found.lots) == max(0, found.balance)
    assert all(lot.points > 0 for lot in found.lots)
    assert all(points > 0 for _, points in found.expired)


@given(LINES, MONTHS)
def test_lots_stand_in_spending_order_and_none_has_ended(
    lines: list[PointsLine], month: Month
) -> None:
    found = standing(post_all(NO_POINTS, lines), month)
    ends = [lot.last_month or 10**9 for lot in found.lots]
    assert ends == sorted(set(ends))
    assert all(end >= month for end in ends)
    assert all(last < month for last, _ in found.expired)


@given(LINES, MONTHS, st.integers(0, 50), st.integers(-20, 50))
def test_available_is_never_below_zero_nor_above_the_balance(
    lines: list[PointsLine], month: Month, pending: int, frozen: int
) -> None:
    found = standing(freeze(post_all(NO_POINTS, lines), frozen), month, pending=pending)
    assert 0 <= found.available <= max(0, found.balance)
    assert found.available >= found.balance - found.frozen - pending


@given(LINES, MONTHS)
def test_while_nothing_is_done_what_has_expired_stays_and_only_grows(
    lines: list[PointsLine], month: Month
) -> None:
    done = [line for line in lines if line.month <= month]
    account = post_all(NO_POINTS, done)
    earlier, later = standing(account, month), standing(account, Month(month + 1))
    assert later.expired[: len(earlier.expired)] == earlier.expired
    assert later.balance <= earlier.balance
