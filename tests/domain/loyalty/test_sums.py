"""Rows of sums, and what an empty account and an empty activity are."""

from domain.loyalty.activity import NO_ACTIVITY, join_activity, record
from domain.loyalty.points_account import NO_POINTS, credit, debit, join
from domain.loyalty.points_standing import PointsStanding, standing
from domain.loyalty.sums import add_row, join_rows
from tests.domain.loyalty.builders import month

ROWS = ((1, 10), (3, 30), (5, 50))


def test_a_new_key_takes_its_place_among_the_rows() -> None:
    assert add_row(ROWS, (0, 7), keys=1) == ((0, 7), *ROWS)
    assert add_row(ROWS, (4, 7), keys=1) == ((1, 10), (3, 30), (4, 7), (5, 50))
    assert add_row(ROWS, (6, 7), keys=1) == (*ROWS, (6, 7))


def test_a_known_key_adds_up_and_the_rows_around_it_stay() -> None:
    assert add_row(ROWS, (1, 7), keys=1) == ((1, 17), (3, 30), (5, 50))
    assert add_row(ROWS, (3, 7), keys=1) == ((1, 10), (3, 37), (5, 50))
    assert add_row(ROWS, (5, -7), keys=1) == ((1, 10), (3, 30), (5, 43))


def test_a_row_of_zeros_goes_and_none_comes() -> None:
    assert add_row(ROWS, (3, -30), keys=1) == ((1, 10), (5, 50))
    assert add_row(ROWS, (4, 0), keys=1) == ROWS
    assert add_row(ROWS, (3, 0), keys=1) == ROWS


def test_a_row_with_several_sums_stays_while_one_of_them_is_left() -> None:
    assert add_row(((1, 5, 7),), (1, -5, 0), keys=1) == ((1, 0, 7),)
    assert add_row(((1, 5, 7),), (1, -5, -7), keys=1) == ()
    assert add_row((), (1, 0, 7), keys=1) == ((1, 0, 7),)


def test_a_key_may_be_two_numbers() -> None:
    assert add_row(((1, 5, 7),), (1, 6, 7), keys=2) == ((1, 5, 7), (1, 6, 7))
    assert join_rows(((1, 5, 7),), ((1, 5, 1), (1, 6, 2)), keys=2) == ((1, 5, 8), (1, 6, 2))


def test_nothing_joined_with_nothing_is_nothing() -> None:
    now = month("2026-11")
    assert join(NO_POINTS, NO_POINTS) == NO_POINTS == credit(NO_POINTS, 0, month=now)
    assert debit(NO_POINTS, 0, month=now) == NO_POINTS
    assert join_activity(NO_ACTIVITY, NO_ACTIVITY) == NO_ACTIVITY == record(NO_ACTIVITY, now)
    assert standing(NO_POINTS, now) == PointsStanding()
