from domain.facts import Fact
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Member,
    PhoneClaims,
    Rules,
)
from domain.fold.cases import Case, CaseKind, Severity, cases_of
from domain.fold.members import join_members
from domain.identifiers import HEAD_OFFICE, MemberId
from domain.members.profile import ProfileField
from tests.domain.builders import (
    edit,
    enrolment,
    entry_of,
    folded,
    menu,
    sale_of,
)


def cases_after(*steps: tuple[Fact, str]) -> list[Case]:
    """Cases after (fact, terminal) pairs were taken in, stamped 1, 2, 3 …"""
    state = folded(
        (entry_of(fact, stamp=stamp, terminal=terminal, number=stamp), fact)
        for stamp, (fact, terminal) in enumerate(steps, start=1)
    )
    return [case for key, aggregate in state.items() for case in cases_of(key, aggregate)]


def test_a_coupon_used_twice_opens_a_case_that_costs_the_later_saving() -> None:
    first = sale_of("s1", coupon="coupon-1", coupon_saving_fen=300)
    second = sale_of("s2", coupon="coupon-1", coupon_saving_fen=500)
    third = sale_of("s3", coupon="coupon-1", coupon_saving_fen=20)
    assert cases_after((first, "till-a")) == []
    (case,) = cases_after((first, "till-a"), (second, "till-b"), (third, "till-a"))
    assert case.kind is CaseKind.COUPON_REDEEMED_TWICE
    assert (case.severity, case.cost_fen) == (Severity.REVIEW, 520)
    assert [side.terminal for side in case.sides] == ["till-a", "till-b", "till-a"]
    assert case.case_id == "coupon_redeemed_twice:coupon-1"


def test_points_overspent_open_a_case_that_later_earning_closes() -> None:
    enrolled = enrolment("m1")
    spent = sale_of("s1", member="m1", redeemed=500)
    earned = sale_of("s2", member="m1", earned=499)
    rest = sale_of("s3", member="m1", earned=1)
    (case,) = cases_after((enrolled, "till-a"), (spent, "till-b"))
    assert (case.kind, case.points) == (CaseKind.POINTS_OVERSPENT, 500)
    (smaller,) = cases_after((enrolled, "till-a"), (spent, "till-b"), (earned, "till-a"))
    assert (smaller.case_id, smaller.points) == (case.case_id, 1)
    all_worked_off = cases_after(
        (enrolled, "till-a"), (spent, "till-b"), (earned, "till-a"), (rest, "till-a")
    )
    assert all_worked_off == []


def test_one_phone_enrolled_twice_is_told_of() -> None:
    steps: list[tuple[Fact, str]] = [(enrolment("m1"), "till-a"), (enrolment("m2"), "till-b")]
    assert cases_after(steps[0]) == []
    (case,) = cases_after(*steps)
    assert case.kind is CaseKind.MEMBER_ENROLLED_TWICE
    assert case.severity is Severity.INFORMATION
    assert case.about == AggregateKey(AggregateKind.MEMBER, "m1")
    assert [side.terminal for side in case.sides] == ["till-a", "till-b"]


def test_a_store_menu_that_was_not_applied_is_told_of_until_head_office_publishes_again() -> None:
    head = (menu("head-1"), HEAD_OFFICE)
    store = (menu("store-1"), "till-a")
    assert cases_after(store) == []
    assert cases_after(store, head) == []
    (case,) = cases_after(head, store)
    assert case.kind is CaseKind.MENU_NOT_APPLIED
    assert [side.terminal for side in case.sides] == [HEAD_OFFICE, "till-a"]
    assert cases_after(head, store, (menu("head-2"), HEAD_OFFICE)) == []


def test_other_aggregates_never_open_a_case() -> None:
    assert cases_of(AggregateKey(AggregateKind.RULES, "brand"), Rules()) == ()


def _joined(*facts: Fact) -> Member:
    state = folded(
        (entry_of(fact, stamp=stamp, number=stamp), fact)
        for stamp, fact in enumerate(facts, start=1)
    )
    claims = next(each for each in state.values() if isinstance(each, PhoneClaims))
    members = {MemberId(key.id): each for key, each in state.items() if isinstance(each, Member)}
    return join_members(claims, members)


def test_members_of_one_phone_are_one_with_the_latest_fields_and_all_points() -> None:
    joined = _joined(
        enrolment("m1", name="李四", birthday="1990-05-20"),
        enrolment("m2", name="李四四"),
        sale_of("s1", member="m1", list_fen=1_000, earned=10),
        sale_of("s2", member="m2", list_fen=2_000, earned=20, redeemed=5),
        edit("m1", note="靠窗"),
    )
    assert joined.member_id == "m1"
    assert {field: text.text for field, text in joined.profile.items()} == {
        "name": "李四四",
        "birthday": "1990-05-20",
        "note": "靠窗",
    }
    assert (joined.points, joined.visits, joined.spent_fen) == (25, 2, 3_000)
    assert joined.last_visit is not None
    assert joined.last_visit.number == 4


def test_a_joined_member_keeps_what_lost_under_either_id() -> None:
    joined = _joined(
        enrolment("m1", name="李四"),
        edit("m1", note="靠窗"),
        enrolment("m2", name="李四四"),
        edit("m2", note="靠门"),
        edit("m2", note="二楼"),
    )
    assert joined.field(ProfileField.NOTE) == "二楼"
    lost = [(field, text.text) for field, text in joined.superseded]
    assert lost == [("note", "靠门"), ("note", "靠窗"), ("name", "李四")]


def test_one_enrolment_taken_in_twice_counts_once() -> None:
    joined = _joined(
        enrolment("m1"), enrolment("m1"), sale_of("s1", member="m1", list_fen=1_000, earned=10)
    )
    assert (joined.points, joined.visits) == (10, 1)


def test_a_member_alone_is_joined_with_no_one() -> None:
    joined = _joined(enrolment("m1", name="李四"))
    assert (joined.member_id, joined.last_visit, joined.phone) == ("m1", None, "+8613800138000")
