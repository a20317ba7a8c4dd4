"""Who is one person: by one phone, by a merge, and never with a closed account."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Fact
from domain.fold import fold, touched
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, PhoneClaims
from domain.fold.cases import Case, CaseKind, Severity, cases_of
from domain.fold.people import KnownPerson, closing_facts, load_people
from domain.identifiers import MemberId
from domain.members.aliases import canonical
from domain.members.facts import (
    MemberClosed,
    MemberFrozen,
    MembersMerged,
    MembersParted,
    MemberUnfrozen,
)
from domain.members.freezes import freeze_before, is_frozen, spent_while_frozen
from domain.members.profile import ProfileField
from domain.origins import Mark
from tests.domain.builders import State, edit, enrolment, entry_of, folded, sale_of
from tests.domain.members.journals import ONE, PHONES, TWO, origin, rotations, steps

THREE, FOUR = MemberId("m3"), MemberId("m4")
IDS = [ONE, TWO, THREE, FOUR]


def merge(one: MemberId, into: MemberId) -> MembersMerged:
    return MembersMerged(member_id=one, into=into)


def part(one: MemberId, parted_from: MemberId) -> MembersParted:
    return MembersParted(member_id=one, parted_from=parted_from)


def enrolled(*ids: MemberId) -> list[tuple[int, Fact]]:
    """Each with a phone of its own, stamped 1, 2, 3 …"""
    return [
        (number, enrolment(each, phone=f"+861380013800{number}", name=f"n{number}"))
        for number, each in enumerate(ids, start=1)
    ]


def known(state: State, *ids: MemberId) -> list[KnownPerson]:
    return load_people(lambda keys: {k: state[k] for k in keys if k in state}, ids or IDS)


def ids_after(*facts_at: tuple[int, Fact], asked: MemberId | None = None) -> list[list[MemberId]]:
    """The ids of each person, which must be the same in any order of arrival."""
    outcomes = [
        [list(person.ids) for person in known(folded(order), *([asked] if asked else []))]
        for order in rotations(steps(*facts_at))
    ]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    return outcomes[0]


def cases(*facts_at: tuple[int, Fact]) -> list[Case]:
    outcomes = []
    for order in rotations(steps(*facts_at)):
        state = folded(order)
        outcomes.append([case for key in sorted(state) for case in cases_of(key, state[key])])
    assert all(outcome == outcomes[0] for outcome in outcomes)
    return outcomes[0]


@pytest.mark.parametrize(
    ("aliases", "ends"),
    [
        ({}, {"m1": "m1"}),
        ({"m2": "m1"}, {"m1": "m1", "m2": "m1"}),
        ({"m3": "m2", "m2": "m1"}, {"m1": "m1", "m2": "m1", "m3": "m1"}),
        ({"m1": "m1"}, {"m1": "m1"}),
        ({"m1": "m2", "m2": "m1"}, {"m1": "m1", "m2": "m1"}),
        ({"m2": "m3", "m3": "m4", "m4": "m2"}, {"m2": "m2", "m3": "m2", "m4": "m2"}),
        # A chain that leads into a circle does not belong to it.
        ({"m1": "m3", "m3": "m4", "m4": "m3"}, {"m1": "m3", "m3": "m3", "m4": "m3"}),
    ],
)
def test_an_id_stands_for_the_end_of_its_chain(
    aliases: dict[MemberId, MemberId], ends: dict[MemberId, MemberId]
) -> None:
    assert {member_id: canonical(aliases, member_id) for member_id in ends} == ends


@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from(IDS)))
def test_whoever_is_linked_has_one_answer(aliases: dict[MemberId, MemberId]) -> None:
    for one, into in aliases.items():
        assert canonical(aliases, one) == canonical(aliases, into)
    for each in IDS:
        end = canonical(aliases, each)
        assert canonical(aliases, end) == end
        assert canonical(dict(reversed(aliases.items())), each) == end


def test_a_merged_member_is_one_person_with_the_other_and_has_both_ledgers() -> None:
    made = [
        *enrolled(ONE, TWO),
        (3, sale_of("s1", member=ONE, earned=5)),
        (4, sale_of("s2", member=TWO, earned=7)),
        (5, edit(TWO, note="靠窗")),
        (6, merge(TWO, ONE)),
    ]
    (person,) = known(folded(steps(*made)))
    assert person.ids == (ONE, TWO)
    assert (person.member.member_id, person.member.phone) == (ONE, "+8613800138001")
    assert (person.member.points, person.member.visits) == (12, 2)
    assert person.member.field(ProfileField.NOTE) == "靠窗"
    assert person.member.field(ProfileField.NAME) == "n2"
    assert ids_after(*made, asked=TWO) == [["m1", "m2"]]


def test_parting_undoes_a_merge_and_a_later_merge_holds_again() -> None:
    made = [*enrolled(ONE, TWO), (3, merge(TWO, ONE))]
    assert ids_after(*made) == [["m1", "m2"]]
    assert ids_after(*made, (4, part(TWO, ONE))) == [["m1"], ["m2"]]
    assert ids_after(*made, (4, part(TWO, ONE)), (5, merge(TWO, ONE))) == [["m1", "m2"]]
    assert ids_after(*made, (2, part(TWO, ONE))) == [["m1", "m2"]]


def test_of_two_merges_of_one_member_the_later_holds() -> None:
    made = [*enrolled(ONE, TWO, THREE), (4, merge(THREE, ONE)), (5, merge(THREE, TWO))]
    assert ids_after(*made) == [["m1"], ["m2", "m3"]]


def test_chains_and_circles_are_one_person() -> None:
    chain = [(5, merge(THREE, TWO)), (6, merge(TWO, ONE))]
    assert ids_after(*enrolled(ONE, TWO, THREE), *chain) == [["m1", "m2", "m3"]]
    circle = [(5, merge(TWO, ONE)), (6, merge(ONE, TWO))]
    assert ids_after(*enrolled(ONE, TWO), *circle) == [["m1", "m2"]]


def test_a_merge_carries_along_who_is_enrolled_with_the_same_phone() -> None:
    made: list[tuple[int, Fact]] = [
        (1, enrolment(TWO)),
        (2, enrolment(THREE)),
        (3, enrolment(ONE, phone=PHONES[1])),
        (4, merge(TWO, ONE)),
    ]
    assert ids_after(*made) == [["m1", "m2", "m3"]]
    # Not the canonical enrolment of its phone: the merge of the person decides.
    assert ids_after(*made[:3], (4, merge(THREE, ONE))) == [["m1"], ["m2", "m3"]]


def test_a_merge_with_a_member_that_nobody_knows_changes_nothing() -> None:
    assert ids_after(*enrolled(ONE), (2, merge(ONE, FOUR)), asked=ONE) == [["m1"]]


@pytest.mark.parametrize("closed", [ONE, TWO])
def test_a_merge_with_a_closed_account_does_not_count_and_is_a_case(closed: MemberId) -> None:
    other = TWO if closed == ONE else ONE
    made = [*enrolled(ONE, TWO), (3, merge(TWO, ONE)), (4, MemberClosed(member_id=closed))]
    assert ids_after(*made) == [[other]]
    (case,) = cases(*made)
    assert (case.kind, case.severity) == (CaseKind.MERGED_AND_CLOSED, Severity.REVIEW)
    assert case.about == AggregateKey(AggregateKind.MEMBER, closed)
    assert [side.stamp for side in case.sides] == [4, 3]
    assert cases(*made, (5, part(TWO, ONE))) == []


def test_a_closed_account_is_nobody_and_its_phone_is_free_again() -> None:
    made: list[tuple[int, Fact]] = [
        (1, enrolment(ONE)),
        (2, sale_of("s1", member=ONE, earned=5)),
        (3, MemberClosed(member_id=ONE, phone=PHONES[0])),
    ]
    assert ids_after(*made) == []
    again = [*made, (4, enrolment(TWO, name="新"))]
    (person,) = known(folded(steps(*again)))
    assert (person.ids, person.member.points, person.member.visits) == ((TWO,), 0, 0)
    assert cases(*again) == []


def test_an_enrolment_at_the_moment_of_the_closure_is_closed_with_it() -> None:
    closure = MemberClosed(member_id=ONE, phone=PHONES[0])
    for stamp, people in ((2, []), (3, []), (4, [["m2"]])):
        made: list[tuple[int, Fact]] = [(1, enrolment(ONE)), (stamp, enrolment(TWO)), (3, closure)]
        # The closure is the last entry, so at its stamp it is the later one.
        assert ids_after(*made) == people, stamp


def test_an_enrolment_elsewhere_before_the_closure_is_closed_with_the_phone() -> None:
    """Another till enrolled the same guest, and the till that closed had not heard of it."""
    made: list[tuple[int, Fact]] = [
        (1, enrolment(ONE)),
        (2, enrolment(TWO)),
        (3, MemberClosed(member_id=ONE, phone=PHONES[0])),
        (4, enrolment(THREE)),
    ]
    assert ids_after(*made) == [["m3"]]
    assert ids_after(*made, asked=TWO) == []


def test_a_phone_number_does_not_lead_to_a_closed_account() -> None:
    made = steps((1, enrolment(ONE)), (2, MemberClosed(member_id=ONE, phone=PHONES[0])))
    claims = folded(made)[AggregateKey(AggregateKind.PHONE, PHONES[0])]
    assert isinstance(claims, PhoneClaims)
    assert claims.claims == ()
    assert claims.closed is not None


def test_closing_a_person_closes_every_enrolment_and_leaves_no_case() -> None:
    made: list[tuple[int, Fact]] = [
        (1, enrolment(ONE)),
        (2, enrolment(TWO)),
        (3, enrolment(THREE, phone=PHONES[1])),
        (4, merge(THREE, ONE)),
    ]
    state = folded(steps(*made))

    def load(keys: list[AggregateKey]) -> State:
        return {key: state[key] for key in keys if key in state}

    facts = closing_facts(load, TWO)
    assert facts == [
        part(THREE, ONE),
        MemberClosed(member_id=ONE, phone=PHONES[0]),
        MemberClosed(member_id=TWO, phone=PHONES[0]),
        MemberClosed(member_id=THREE, phone=PHONES[1]),
    ]
    for number, fact in enumerate(facts, start=10):
        for key in touched(fact):
            state[key] = fold(
                key, state.get(key), entry_of(fact, stamp=number, number=number), fact
            )
    assert known(state) == []
    assert [case for key in state for case in cases_of(key, state[key])] == []
    assert closing_facts(load, TWO) == []


def test_nobody_is_closed_where_nobody_is() -> None:
    assert closing_facts(lambda _: {}, FOUR) == []


FREEZE, THAW = MemberFrozen(member_id=ONE, reason="挂失"), MemberUnfrozen(member_id=ONE)


@pytest.mark.parametrize(
    ("spent_at", "flagged"), [(4, False), (5, False), (6, True), (9, True), (10, False)]
)
def test_a_spend_stamped_before_the_freeze_is_valid_and_a_later_one_flagged(
    spent_at: int, flagged: bool
) -> None:
    """The sale is entry 1: at the stamp of a freeze it counts as made before it."""
    earned = sale_of("s0", member=ONE, earned=1_000)
    spent = sale_of("s1", member=ONE, redeemed=100)
    made: list[tuple[int, Fact]] = [(spent_at, spent), (5, FREEZE), (9, THAW), (1, earned)]
    found = cases(*made)
    assert [case.kind for case in found] == [CaseKind.SPENT_WHILE_FROZEN] * flagged
    if flagged:
        assert [side.stamp for side in found[0].sides] == [5, spent_at]
        assert found[0].severity is Severity.REVIEW


def test_earning_on_a_frozen_account_is_no_case() -> None:
    assert cases((1, FREEZE), (2, sale_of("s1", member=ONE, earned=9))) == []


def test_an_account_is_frozen_by_the_latest_word() -> None:
    words: list[tuple[list[Fact], bool]] = [([], False), ([FREEZE], True), ([FREEZE, THAW], False)]
    for made, frozen in words:
        first: tuple[int, Fact] = (0, edit(ONE, note="x"))
        for order in permutations(steps(first, *enumerate(made, start=1))):
            member = folded(order)[AggregateKey(AggregateKind.MEMBER, ONE)]
            assert isinstance(member, Member)
            assert is_frozen(member.freezes) is frozen


def test_a_spend_falls_under_the_freeze_before_it() -> None:
    freezes = (Mark(origin(2), True), Mark(origin(4), False), Mark(origin(6), True))
    spends = tuple(origin(stamp) for stamp in (1, 2, 3, 4, 5, 6, 7))
    assert [spend.stamp for spend in spent_while_frozen(freezes, spends)] == [3, 4, 7]
    assert freeze_before(freezes, origin(3)) == freezes[0]
    assert freeze_before(freezes, origin(5)) is None
    assert freeze_before((), origin(5)) is None
