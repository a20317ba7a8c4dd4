"""A decision settles what it has seen: in any order of arrival, and no more than that."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.decided import CaseDecided, join_decisions
from domain.cases.kinds import DECISIONS, CaseKind, Decision
from domain.facts import Fact
from domain.fold import fold
from domain.fold.aggregates import AggregateKey, AggregateKind, decode_aggregate, encode_aggregate
from domain.fold.cases import Case, cases_of, disagreements, settled_on
from domain.fold.decisions import MAY_HAVE_CASES, SOURCES, HasCases, decided_key
from tests.domain.arrivals import Arrivals, cases_in, happened, one_state
from tests.domain.builders import (
    State,
    enrolment,
    entry_of,
    folded,
    menu,
    sale_of,
)
from tests.domain.members.journals import origins

USE_A = (1, "a", sale_of("s1", coupon="coupon-1", coupon_saving_fen=300))
USE_B = (2, "b", sale_of("s2", coupon="coupon-1", coupon_saving_fen=500))
USE_C = (3, "a", sale_of("s3", coupon="coupon-1", coupon_saving_fen=200))
POINTS: list[tuple[int, str, Fact]] = [
    (1, "a", enrolment("m1")),
    (2, "a", sale_of("s1", member="m1", redeemed=100)),
]


def decision_on(case: Case, source: AggregateKey, what: Decision) -> CaseDecided:
    return CaseDecided(
        case=case.kind,
        source_id=source.id,
        decision=what,
        note="已核对",
        sides=case.sides,
        cost_fen=case.cost_fen,
        points=case.points,
    )


def decided(*happenings: tuple[int, str, Fact], what: Decision) -> tuple[int, str, Fact]:
    """Head office decides the one case there is, at stamp 50."""
    state = folded(happened(*happenings))
    ((key, case),) = [(key, case) for key in state for case in cases_of(key, state[key])]
    return (50, "hq", decision_on(case, key, what))


def test_a_decision_closes_the_case_and_says_what_it_was() -> None:
    made = decided(USE_A, USE_B, what=Decision.CAMPAIGN_LOSS)
    state = folded(happened(USE_A, USE_B, made))
    assert cases_in(state) == []
    key = AggregateKey(AggregateKind.COUPON, "coupon-1")
    (case,) = disagreements(key, state[key])
    settled = settled_on(state[key], case)
    assert settled is not None
    assert (settled.decision, settled.note) == ("campaign_loss", "已核对")
    assert settled.origin.stamp == 50


def test_a_third_use_of_a_coupon_opens_the_case_anew() -> None:
    made = decided(USE_A, USE_B, what=Decision.STORE_LOSS)
    (case,) = cases_in(folded(happened(USE_A, USE_B, made, USE_C)))
    assert case.cost_fen == 700
    again = decided(USE_A, USE_B, made, USE_C, what=Decision.STORE_LOSS)
    assert cases_in(folded(happened(USE_A, USE_B, made, USE_C, (51, "hq", again[2])))) == []


def test_a_decision_on_points_holds_while_they_become_fewer_and_not_for_a_new_spend() -> None:
    made = decided(*POINTS, what=Decision.CHARGED)
    earned = (3, "a", sale_of("s2", member="m1", earned=60))
    spent = (4, "b", sale_of("s3", member="m1", redeemed=10))
    assert cases_in(one_state(happened(*POINTS, made))) == []
    assert cases_in(one_state(happened(*POINTS, made, earned))) == []
    (case,) = cases_in(one_state(happened(*POINTS, made, earned, spent)))
    assert case.points == 50


def test_a_decision_on_one_kind_of_case_leaves_the_others_open() -> None:
    made = decided(*POINTS, what=Decision.CHARGED)
    phone = (3, "b", enrolment("m2"))
    assert [case.kind for case in cases_in(folded(happened(*POINTS, phone, made)))] == [
        CaseKind.MEMBER_ENROLLED_TWICE
    ]


def test_head_office_s_new_menu_keeps_what_was_decided() -> None:
    head, store = (1, "hq", menu("1")), (2, "a", menu("store"))
    made = decided(head, store, what=Decision.NOTED)
    state = folded(happened(head, store, made, (51, "hq", menu("2"))))
    key = AggregateKey(AggregateKind.MENU, "brand")
    value = state[key]
    assert isinstance(value, HasCases)
    assert [settled.case for settled in value.decided] == ["menu_not_applied"]


facts_of_decisions = st.builds(
    CaseDecided,
    case=st.sampled_from(CaseKind),
    source_id=st.just("x"),
    decision=st.sampled_from(Decision),
    note=st.sampled_from(["", "甲"]),
    sides=st.lists(origins, max_size=2).map(tuple),
    cost_fen=st.integers(0, 3),
)


@given(st.lists(st.tuples(st.integers(1, 4), facts_of_decisions), max_size=5), st.data())
def test_decisions_arrive_in_any_order_and_any_number_of_times(
    made: list[tuple[int, CaseDecided]], data: st.DataObject
) -> None:
    arrivals = happened(*((stamp, "hq", fact) for stamp, fact in made))
    again = data.draw(st.lists(st.sampled_from(arrivals), max_size=3)) if arrivals else []
    other = data.draw(st.permutations([*arrivals, *again]))
    assert as_bytes(folded(arrivals)) == as_bytes(folded(other))


@given(facts_of_decisions, st.data())
def test_a_decision_is_kept_beside_whatever_the_aggregate_was_before(
    fact: CaseDecided, data: st.DataObject
) -> None:
    entry = entry_of(fact, stamp=9)
    key = decided_key(fact)
    value = fold(key, None, entry, fact)
    assert decode_aggregate(key.kind, encode_aggregate(value)) == value
    assert isinstance(value, HasCases)
    (settled,) = value.decided
    assert settled.covers(fact.sides, cost_fen=fact.cost_fen, points=fact.points)
    assert not settled.covers(fact.sides, cost_fen=fact.cost_fen + 1, points=fact.points)
    unseen = data.draw(origins.filter(lambda origin: origin not in fact.sides))
    assert not settled.covers([unseen], cost_fen=0, points=0)


def as_bytes(state: State) -> dict[AggregateKey, bytes]:
    return {key: encode_aggregate(value) for key, value in state.items()}


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_case_has_a_source_and_something_to_decide(kind: CaseKind) -> None:
    assert SOURCES[kind] in MAY_HAVE_CASES
    assert len(set(DECISIONS[kind])) == len(DECISIONS[kind]) > 0
    value = fold(
        AggregateKey(SOURCES[kind], "x"),
        None,
        entry_of(made := CaseDecided(case=kind, source_id="x", decision=Decision.NOTED)),
        made,
    )
    assert type(value) in get_args(HasCases)


def test_the_later_of_two_decisions_stands() -> None:
    first, second = (
        happened((stamp, "hq", CaseDecided(case=CaseKind.OVER_REFUNDED, source_id="x", decision=d)))
        for stamp, d in ((1, Decision.CHARGED), (2, Decision.STORE_LOSS))
    )
    (settled,) = order_in([*second, *first])
    assert settled == "store_loss"
    assert join_decisions((), ()) == ()


def order_in(arrivals: Arrivals) -> list[str]:
    value = folded(arrivals)[AggregateKey(AggregateKind.ORDER, "x")]
    assert isinstance(value, HasCases)
    return [settled.decision for settled in value.decided]
