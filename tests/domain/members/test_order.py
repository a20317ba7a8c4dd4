"""Any order of arrival, and any number of arrivals, gives the same members to the byte."""

from itertools import permutations
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.entries import Entry
from domain.facts import Fact, SaleClosed
from domain.fold import fold, touched
from domain.fold.aggregates import (
    CLAIMS_KEPT,
    AggregateKey,
    AggregateKind,
    Member,
    PhoneClaims,
    decode_aggregate,
    encode_aggregate,
)
from domain.fold.cases import cases_of
from domain.fold.members import MERGED_KEPT, join_members, joined
from domain.fold.people import load_people
from domain.identifiers import MemberId
from domain.members.facts import (
    MemberClosed,
    MemberFrozen,
    MembersMerged,
    MemberTagged,
    MemberUnfrozen,
)
from domain.members.freezes import FREEZES_KEPT, SPENDS_KEPT
from domain.members.profile import CUSTOM_FIELDS_KEPT
from domain.members.tags import TAGS_KEPT
from domain.origins import Mark, Origin, StampedText
from tests.domain.builders import State, edit, enrolment, entry_of, folded, sale_of
from tests.domain.members.journals import ONE, PHONES, TWO, Journal, journals, steps


def as_bytes(state: State) -> dict[AggregateKey, bytes]:
    return {
        key: encode_aggregate(value)
        for key, value in state.items()
        if key.kind is not AggregateKind.ORDER
    }


def member_in(state: State, member_id: str = ONE) -> Member:
    return cast("Member", state[AggregateKey(AggregateKind.MEMBER, member_id)])


@given(journals(), st.data())
def test_any_order_of_arrival_gives_the_same_bytes(made: Journal, data: st.DataObject) -> None:
    other = data.draw(st.permutations(made))
    assert as_bytes(folded(made)) == as_bytes(folded(other))


@given(journals(most=4))
def test_each_order_of_a_few_facts_gives_the_same_bytes(made: Journal) -> None:
    outcomes = {frozenset(as_bytes(folded(order)).items()) for order in permutations(made)}
    assert len(outcomes) == 1


@given(journals(), st.data())
def test_an_entry_that_arrives_again_changes_no_register(
    made: Journal, data: st.DataObject
) -> None:
    """Ledgers count each entry once by the journal's promise; registers need no promise."""
    registers = [step for step in made if not isinstance(step[1], SaleClosed)]
    again = data.draw(st.lists(st.sampled_from(registers), max_size=4)) if registers else []
    assert as_bytes(folded(made)) == as_bytes(folded([*made, *again]))


@given(journals())
def test_a_state_goes_on_from_its_bytes(made: Journal) -> None:
    """Folding on what was stored and read again is folding on."""
    state: State = {}
    for entry, fact in made:
        state.update(folded_on(state, entry, fact))
        state = {
            key: decode_aggregate(key.kind, encode_aggregate(value)) for key, value in state.items()
        }
    assert as_bytes(state) == as_bytes(folded(made))


def folded_on(state: State, entry: Entry, fact: Fact) -> State:
    return {key: fold(key, state.get(key), entry, fact) for key in touched(fact)}


@given(journals())
def test_a_closed_member_has_no_personal_data_in_any_order(made: Journal) -> None:
    state = folded(made)
    for name in (ONE, TWO):
        closed = any(isinstance(f, MemberClosed) and f.member_id == name for _, f in made)
        member = state.get(AggregateKey(AggregateKind.MEMBER, name))
        assert (isinstance(member, Member) and member.closed is not None) == closed
        if isinstance(member, Member) and closed:
            assert (member.phone, member.profile, member.superseded) == ("", {}, ())
            assert (member.tags, member.consents) == ({}, {})


@given(journals())
def test_the_ledger_of_a_closed_member_stays(made: Journal) -> None:
    state = folded(made)
    for name in (ONE, TWO):
        sales = [f.sale for _, f in made if isinstance(f, SaleClosed) and f.sale.member_id == name]
        if sales:
            member = member_in(state, name)
            assert member.visits == len(sales)
            assert member.points == sum(s.points_earned - s.points_redeemed for s in sales)


@given(journals())
def test_a_phone_never_leads_to_an_enrolment_from_before_its_closure(made: Journal) -> None:
    for phone in PHONES:
        claims = folded(made).get(AggregateKey(AggregateKind.PHONE, phone))
        if isinstance(claims, PhoneClaims) and claims.closed is not None:
            assert all(origin > claims.closed for origin, _ in claims.claims)


@given(journals())
def test_cases_and_people_follow_from_any_state(made: Journal) -> None:
    """Neither ever raises, and each open person is found once, under one id."""
    state = folded(made)
    for key, value in state.items():
        cases_of(key, value)
    people = load_people(lambda keys: {k: state[k] for k in keys if k in state}, [ONE, TWO])
    ids = [person.member.member_id for person in people]
    assert len(ids) == len(set(ids))
    for person in people:
        assert person.ids[0] == person.member.member_id
        assert person.member.closed is None


@given(journals(), st.data())
def test_people_are_the_same_whichever_of_their_ids_is_asked_for(
    made: Journal, data: st.DataObject
) -> None:
    state = folded(made)

    def load(keys: list[AggregateKey]) -> State:
        return {key: state[key] for key in keys if key in state}

    both = load_people(load, [ONE, TWO])
    apart = [person for name in (ONE, TWO) for person in load_people(load, [name])]
    assert {person.member.member_id for person in both} == {p.member.member_id for p in apart}
    for person in apart:
        assert person in both


@given(journals(), journals())
def test_joining_two_members_does_not_depend_on_who_is_first(one: Journal, other: Journal) -> None:
    first, second = (member_in_or_new(folded(made)) for made in (one, other))
    forward, back = joined([first, second]), joined([second, first])
    same_id = {"member_id": ONE, "phone": "", "enrolled": None}
    if first.closed is None and second.closed is None:
        assert encode_aggregate(msgspec.structs.replace(forward, **same_id)) == encode_aggregate(
            msgspec.structs.replace(back, **same_id)
        )


def member_in_or_new(state: State) -> Member:
    found = state.get(AggregateKey(AggregateKind.MEMBER, ONE))
    return found if isinstance(found, Member) else Member(member_id=ONE)


def many(count: int) -> dict[str, list[Fact]]:
    """Facts of one kind, more than are kept."""
    frozen: list[Fact] = [MemberFrozen(member_id=ONE), MemberUnfrozen(member_id=ONE)]
    return {
        "tags": [MemberTagged(member_id=ONE, tags=(f"t{n:03d}",)) for n in range(count)],
        "profile": [edit(ONE, **{f"custom.f{n:03d}": "x"}) for n in range(count)],
        "freezes": [frozen[n % 2] for n in range(count)],
        "spends": [sale_of(f"s{n}", member=ONE, redeemed=1) for n in range(count)],
        "merged": [MembersMerged(member_id=MemberId(f"m{n:03d}"), into=ONE) for n in range(count)],
    }


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("tags", TAGS_KEPT),
        ("profile", CUSTOM_FIELDS_KEPT),
        ("freezes", FREEZES_KEPT),
        ("spends", SPENDS_KEPT),
        ("merged", MERGED_KEPT),
    ],
)
def test_a_member_keeps_so_many_and_the_latest_of_them_in_any_order(what: str, most: int) -> None:
    for extra in (0, 1, 9):
        made = steps(*((n, f) for n, f in enumerate(many(most + extra)[what], start=1)))
        states = [folded(order) for order in (made, made[::-1], [*made[5:], *made[:5]])]
        assert len({tuple(as_bytes_of_one(state)) for state in states}) == 1
        kept = getattr(member_in(states[0]), what)
        assert len(kept) == most
        held = kept.values() if isinstance(kept, dict) else kept
        stamps = {stamp_of(mark) for mark in held}
        assert stamps == set(range(extra + 1, most + extra + 1))


def stamp_of(register: Mark | StampedText | Origin) -> int:
    return (register if isinstance(register, Origin) else register.origin).stamp


def as_bytes_of_one(state: State) -> list[bytes]:
    return [encode_aggregate(member_in(state))]


def test_a_field_of_its_own_that_falls_out_is_kept_among_what_lost() -> None:
    made = steps(*((n, edit(ONE, **{f"custom.f{n}": "x"})) for n in range(CUSTOM_FIELDS_KEPT + 1)))
    member = member_in(folded(made))
    assert "custom.f0" not in member.profile
    assert [field for field, _ in member.superseded] == ["custom.f0"]


def test_a_phone_keeps_so_many_enrolments_and_the_latest_of_them() -> None:
    made = steps(*((n, enrolment(f"m{n:03d}")) for n in range(1, CLAIMS_KEPT + 3)))
    key = AggregateKey(AggregateKind.PHONE, PHONES[0])
    for order in (made, made[::-1]):
        claims = folded(order)[key]
        assert isinstance(claims, PhoneClaims)
        assert len(claims.claims) == CLAIMS_KEPT
        assert claims.member_ids[0] == "m003"


def test_closed_enrolments_are_left_out_of_the_one_member_of_a_phone() -> None:
    state = folded(
        steps(
            (1, enrolment(ONE)),
            (2, enrolment(TWO, name="王五")),
            (3, sale_of("s1", member=ONE, earned=5)),
            (4, MemberClosed(member_id=ONE)),
        )
    )
    claims = state[AggregateKey(AggregateKind.PHONE, PHONES[0])]
    assert isinstance(claims, PhoneClaims)
    member = join_members(claims, {name: member_in(state, name) for name in (ONE, TWO)})
    assert (member.member_id, member.points) == (TWO, 0)


def test_a_phone_whose_enrolments_are_all_closed_gives_a_closed_member() -> None:
    state = folded(steps((1, enrolment(ONE)), (2, MemberClosed(member_id=ONE))))
    claims = state[AggregateKey(AggregateKind.PHONE, PHONES[0])]
    assert isinstance(claims, PhoneClaims)
    assert join_members(claims, {ONE: member_in(state)}).closed is not None


def test_the_order_of_two_closures_does_not_matter_and_the_earlier_holds() -> None:
    made = steps((5, MemberClosed(member_id=ONE)), (3, MemberClosed(member_id=ONE)))
    for order in (made, made[::-1]):
        closed = member_in(folded(order)).closed
        assert closed is not None
        assert closed.stamp == 3


def test_one_entry_folds_into_an_own_member_only() -> None:
    fact = MembersMerged(member_id=ONE, into=ONE)
    state = folded([(entry_of(fact), fact)])
    assert member_in(state) == Member(member_id=ONE)
