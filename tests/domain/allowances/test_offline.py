"""What a till without the server lets a guest spend: allowances, then courtesies that age."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allowances.offline import (
    CourtesyUse,
    OpenAllowance,
    OutageAge,
    Wanted,
    age_of,
    courtesy_fen,
    courtesy_units,
    rights_for,
    usable,
)
from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import Subject, SubjectKind
from domain.allowances.terms import MS_AN_HOUR, CourtesyTerms

MONEY = Subject(SubjectKind.STORED_VALUE, "acc")
TERMS = CourtesyTerms()


def allowance(name: str, left: int, *, expires_ms: int = 100) -> OpenAllowance:
    return OpenAllowance(allowance_id=name, subject=MONEY, left=left, expires_ms=expires_ms)


@pytest.mark.parametrize(
    ("hours", "age"),
    [(0, OutageAge.FRESH), (24, OutageAge.FRESH), (25, OutageAge.LONG), (72, OutageAge.LONG),
     (73, OutageAge.OVER)],
)  # fmt: skip
def test_an_outage_ages_after_one_day_and_after_three(hours: int, age: OutageAge) -> None:
    assert age_of(hours * MS_AN_HOUR) is age


def test_courtesy_is_off_unless_a_brand_turns_it_on() -> None:
    use = CourtesyUse(offline_ms=0)
    assert courtesy_fen(SubjectKind.STORED_VALUE, None, use) == 0
    assert courtesy_fen(SubjectKind.STORED_VALUE, TERMS, use) == 5_000


def test_courtesy_is_halved_after_a_day_and_gone_after_three() -> None:
    limits = [
        courtesy_fen(SubjectKind.STORED_VALUE, TERMS, CourtesyUse(offline_ms=hours * MS_AN_HOUR))
        for hours in (24, 25, 73)
    ]
    assert limits == [5_000, 2_500, 0]


def test_the_tills_of_a_store_share_what_it_may_give_to_one_member() -> None:
    use = CourtesyUse(offline_ms=0, store_tills=3)
    assert courtesy_fen(SubjectKind.POINTS, TERMS, use) == 500 // 3
    assert courtesy_units(SubjectKind.POINTS, TERMS, use, point_fen=5) == 33


def test_the_till_gives_no_more_than_its_own_limit_to_all_members_together() -> None:
    use = CourtesyUse(offline_ms=0, by_till_fen=49_000)
    assert courtesy_fen(SubjectKind.STORED_VALUE, TERMS, use) == 1_000


def test_a_pass_has_no_courtesy() -> None:
    assert courtesy_fen(SubjectKind.PASS, TERMS, CourtesyUse(offline_ms=0)) == 0


def test_allowances_that_are_over_or_used_up_do_not_count() -> None:
    held = [allowance("late", 5, expires_ms=300), allowance("over", 5), allowance("none", 0)]
    found = usable([*held, allowance("soon", 1, expires_ms=200)], MONEY, now_ms=100)
    assert [each.allowance_id for each in found] == ["soon", "late"]


@given(
    st.integers(1, 1_000), st.integers(0, 1_000), st.lists(st.integers(1, 400), max_size=4),
    st.integers(0, 500),
)  # fmt: skip
def test_rights_cover_exactly_what_is_wanted_or_there_are_none(
    amount: int, held: int, lefts: list[int], courtesy: int
) -> None:
    hold = UsedRight(
        kind=RightKind.AUTHORISATION, subject=MONEY, amount=min(held, amount), right_id="op"
    )
    allowances = [allowance(str(place), left) for place, left in enumerate(lefts)]
    rights = rights_for(
        Wanted(subject=MONEY, amount=amount),
        held=hold if hold.amount else None,
        allowances=allowances,
        courtesy_left_fen=courtesy,
        point_fen=1,
    )
    if min(held, amount) + sum(lefts) + courtesy < amount:
        assert rights is None
        return
    assert rights is not None
    assert sum(right.amount for right in rights) == amount
    lefts_by_id = {each.allowance_id: each.left for each in allowances}
    for right in rights:
        if right.kind is RightKind.ALLOWANCE:
            assert 0 < right.amount <= lefts_by_id[right.right_id]
        if right.kind is RightKind.COURTESY:
            assert right.worth_fen == right.amount <= courtesy
            assert sum(lefts) + hold.amount + right.amount == amount


@pytest.mark.parametrize(("worth_fen", "covered"), [(2_000, True), (2_001, False), (0, False)])
def test_a_coupon_in_courtesy_counts_with_what_it_saves(worth_fen: int, *, covered: bool) -> None:
    coupon = Wanted(subject=Subject(SubjectKind.COUPON, "c"), amount=1, worth_fen=worth_fen)
    rights = rights_for(coupon, held=None, allowances=[], courtesy_left_fen=2_000, point_fen=1)
    assert (rights is not None) == covered
