"""The three laws of the fold: ledgers join, the later edit wins, a settled claim never flips."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.entries import Entry
from domain.facts import Fact, SaleClosed
from domain.fold import ONLY_ONE, fold
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    Menu,
    PhoneClaims,
    Rules,
    decode_aggregate,
    encode_aggregate,
)
from domain.fold.members import join_members
from domain.identifiers import HEAD_OFFICE, MemberId
from domain.members.facts import MemberEdited, MemberEnrolled
from domain.members.profile import SUPERSEDED_KEPT
from tests.domain.builders import (
    State,
    coupon_issued,
    edit,
    enrolment,
    entry_of,
    folded,
    menu,
    sale_of,
)

MEMBERS = ("m1", "m2", "m3")
PHONES = {"m1": "+8613800138000", "m2": "+8613800138000", "m3": "+85291234567"}
TILLS = ("till-a", "till-b", "till-c")
COUPONS = ("coupon-1", "coupon-2")
Journal = list[tuple[Entry, Fact]]

member_ids = st.sampled_from(MEMBERS)
edits = st.builds(
    lambda member, changes: edit(member, **changes),
    member_ids,
    st.dictionaries(
        st.sampled_from(["name", "birthday", "note"]), st.text("甲乙丙", max_size=3), min_size=1
    ),
)
# Sale ids are set by `journals`: no two sales share one.
sales = st.builds(
    sale_of,
    st.just("s"),
    member=st.none() | member_ids,
    list_fen=st.integers(1_000, 50_000),
    earned=st.integers(0, 500),
    redeemed=st.integers(0, 500),
    coupon=st.none() | st.sampled_from(COUPONS),
    coupon_saving_fen=st.just(0),
)


def _named(fact: Fact, name: str) -> Fact:
    if not isinstance(fact, SaleClosed):
        return fact
    return msgspec.structs.replace(fact, sale=msgspec.structs.replace(fact.sale, sale_id=name))


@st.composite
def journals(draw: st.DrawFn) -> list[Journal]:
    """One journal a till with rising stamps; each member is enrolled once, somewhere."""
    made: list[Journal] = []
    enrolled_at = {member: draw(st.sampled_from(TILLS)) for member in MEMBERS}
    for till in TILLS:
        facts: list[Fact] = [
            enrolment(member, phone=PHONES[member], name=member)
            for member in MEMBERS
            if enrolled_at[member] == till
        ]
        facts = draw(st.permutations(facts + draw(st.lists(edits | sales, max_size=6))))
        stamp, journal = 0, []
        for number, fact in enumerate(facts, start=1):
            stamp += draw(st.integers(1, 3))
            named = _named(fact, f"{till}-{number}")
            entry = entry_of(named, stamp=stamp, terminal=till, number=number)
            journal.append((entry, named))
        made.append(journal)
    return made


@st.composite
def two_interleavings(draw: st.DrawFn) -> tuple[Journal, Journal]:
    made = draw(journals())
    return _interleaved(draw, made), _interleaved(draw, made)


def _interleaved(draw: st.DrawFn, made: Sequence[Journal]) -> Journal:
    """One intake order that keeps each till's own order."""
    turns = [place for place, journal in enumerate(made) for _ in journal]
    waiting = [iter(journal) for journal in made]
    return [next(waiting[place]) for place in draw(st.permutations(turns))]


def _without_coupons(state: State) -> State:
    return {key: value for key, value in state.items() if key.kind is not AggregateKind.COUPON}


@given(two_interleavings())
def test_any_intake_order_gives_the_same_members_phones_and_orders(
    orders: tuple[Journal, Journal],
) -> None:
    first, second = (_without_coupons(folded(order)) for order in orders)
    assert first == second
    for key, aggregate in first.items():
        assert encode_aggregate(aggregate) == encode_aggregate(second[key])


@given(journals())
def test_a_balance_is_the_sum_of_its_ledger(made: list[Journal]) -> None:
    facts = [fact for journal in made for _, fact in journal]
    state = folded(step for journal in made for step in journal)
    for name in MEMBERS:
        sales_of = [
            fact.sale
            for fact in facts
            if isinstance(fact, SaleClosed) and fact.sale.member_id == name
        ]
        member = state[AggregateKey(AggregateKind.MEMBER, name)]
        assert isinstance(member, Member)
        assert member.points == sum(s.points_earned - s.points_redeemed for s in sales_of)
        assert member.spent_fen == sum(s.total_fen for s in sales_of)
        assert member.visits == len(sales_of)


def _as_one(fact: Fact) -> Fact:
    """The same fact, had the phone of m1 and m2 been enrolled under one id."""
    if isinstance(fact, SaleClosed):
        sale = fact.sale
        one = MemberId("m1") if sale.member_id == "m2" else sale.member_id
        return SaleClosed(sale=msgspec.structs.replace(sale, member_id=one))
    if isinstance(fact, MemberEnrolled | MemberEdited) and fact.member_id == "m2":
        return msgspec.structs.replace(fact, member_id=MemberId("m1"))
    return fact


@given(journals())
def test_two_joined_enrolments_are_as_if_there_had_been_one(made: list[Journal]) -> None:
    steps = [step for journal in made for step in journal]
    apart = folded(steps)
    claims = apart[AggregateKey(AggregateKind.PHONE, PHONES["m1"])]
    assert isinstance(claims, PhoneClaims)
    members = {MemberId(key.id): each for key, each in apart.items() if isinstance(each, Member)}
    joined = join_members(claims, members)
    together = folded((entry, _as_one(fact)) for entry, fact in steps)
    one = together[AggregateKey(AggregateKind.MEMBER, "m1")]
    assert msgspec.structs.replace(joined, member_id=MemberId("m1")) == one


@given(journals())
def test_the_edit_with_the_latest_stamp_wins_field_by_field(made: list[Journal]) -> None:
    steps = [step for journal in made for step in journal]
    state = folded(steps)
    for name in MEMBERS:
        member = state[AggregateKey(AggregateKind.MEMBER, name)]
        assert isinstance(member, Member)
        expected: dict[str, tuple[int, str, str]] = {}
        for entry, fact in steps:
            for field, text in _changes(fact, name).items():
                candidate = (entry.stamp, entry.terminal, text)
                if field not in expected or candidate[:2] > expected[field][:2]:
                    expected[field] = candidate
        assert {field: value.text for field, value in member.profile.items()} == {
            field: text for field, (_, _, text) in expected.items()
        }


def _changes(fact: Fact, member: str) -> dict[str, str]:
    if isinstance(fact, MemberEnrolled) and fact.member_id == member:
        return {"name": fact.name}
    if isinstance(fact, MemberEdited) and fact.member_id == member:
        return {str(field): text for field, text in fact.changes.items()}
    return {}


@given(journals())
def test_edits_that_lost_stay_in_the_history_newest_first(made: list[Journal]) -> None:
    steps = [step for journal in made for step in journal]
    state = folded(steps)
    for name in MEMBERS:
        member = state[AggregateKey(AggregateKind.MEMBER, name)]
        assert isinstance(member, Member)
        written = sum(len(_changes(fact, name)) for _, fact in steps)
        lost = [text.origin for _, text in member.superseded]
        assert len(lost) == min(SUPERSEDED_KEPT, written - len(member.profile))
        assert lost == sorted(lost, reverse=True)


@given(st.permutations(range(1, SUPERSEDED_KEPT * 2)))
def test_a_long_history_keeps_the_same_newest_edits_in_any_order(stamps: list[int]) -> None:
    def state_after(order: Sequence[int]) -> State:
        facts = [edit("m1", note=str(stamp)) for stamp in order]
        return folded(
            (entry_of(fact, stamp=stamp), fact) for stamp, fact in zip(order, facts, strict=True)
        )

    assert state_after(stamps) == state_after(sorted(stamps))


def test_the_terminal_breaks_a_tie_between_stamps() -> None:
    one, other = edit("m1", name="甲"), edit("m1", name="乙")
    steps = [(entry_of(one, terminal="till-a"), one), (entry_of(other, terminal="till-b"), other)]
    for order in (steps, steps[::-1]):
        (member,) = folded(order).values()
        assert isinstance(member, Member)
        assert [value.text for value in member.profile.values()] == ["乙"]


def test_of_two_enrolments_under_one_id_the_earlier_holds_in_any_order() -> None:
    early, late = enrolment("m1"), enrolment("m1", phone="+85291234567", name="王五")
    steps: Journal = [(entry_of(early, stamp=1), early), (entry_of(late, stamp=2), late)]
    assert folded(steps) == folded(steps[::-1])
    member = folded(steps)[AggregateKey(AggregateKind.MEMBER, "m1")]
    assert isinstance(member, Member)
    assert member.phone == "+8613800138000"


@given(two_interleavings())
def test_the_earliest_enrolment_of_a_phone_is_canonical_in_any_order(
    orders: tuple[Journal, Journal],
) -> None:
    key = AggregateKey(AggregateKind.PHONE, PHONES["m1"])
    claims = folded(orders[0])[key]
    assert isinstance(claims, PhoneClaims)
    assert set(claims.member_ids) == {"m1", "m2"}
    assert [origin for origin, _ in claims.claims] == sorted(o for o, _ in claims.claims)
    assert folded(orders[1])[key] == claims


@given(journals(), st.data())
def test_the_first_redemption_taken_in_holds_and_never_flips(
    made: list[Journal], data: st.DataObject
) -> None:
    state: State = {}
    held: dict[AggregateKey, str] = {}
    for entry, fact in data.draw(st.permutations([s for journal in made for s in journal])):
        if not isinstance(fact, SaleClosed):
            continue
        for coupon_id in fact.sale.coupon_ids:
            key = AggregateKey(AggregateKind.COUPON, coupon_id)
            state[key] = fold(key, state.get(key), entry, fact)
            coupon = state[key]
            assert isinstance(coupon, Coupon)
            held.setdefault(key, fact.sale.sale_id)
            assert coupon.redemptions[0].sale_id == held[key]
            assert coupon.redemptions[-1].sale_id == fact.sale.sale_id


def test_a_coupon_keeps_its_terms_and_claims_whichever_comes_first() -> None:
    issued = coupon_issued()
    sale = sale_of("s1", coupon="coupon-1", coupon_saving_fen=300)
    steps: Journal = [(entry_of(issued, terminal=HEAD_OFFICE), issued), (entry_of(sale), sale)]
    key = AggregateKey(AggregateKind.COUPON, "coupon-1")
    coupon = folded(steps)[key]
    assert coupon == folded(steps[::-1])[key]
    assert isinstance(coupon, Coupon)
    assert coupon.terms == issued.terms
    assert [claim.saving_fen for claim in coupon.redemptions] == [300]


def test_a_coupon_named_twice_in_one_sale_is_one_redemption() -> None:
    sale = sale_of("s1", coupon="coupon-1")
    twice = msgspec.structs.replace(
        sale, sale=msgspec.structs.replace(sale.sale, coupon_ids=sale.sale.coupon_ids * 2)
    )
    coupon = folded([(entry_of(twice), twice)])[AggregateKey(AggregateKind.COUPON, "coupon-1")]
    assert isinstance(coupon, Coupon)
    assert len(coupon.redemptions) == 1


@given(st.permutations(["head-1", "head-2", "store-1", "store-2", "store-3"]))
def test_once_head_office_has_published_a_menu_its_last_one_holds(versions: list[str]) -> None:
    state: State = {}
    key = AggregateKey(AggregateKind.MENU, ONLY_ONE)
    last_of_head, last_of_store = "", ""
    for number, version in enumerate(versions, start=1):
        from_head = version.startswith("head")
        fact = menu(version)
        terminal = HEAD_OFFICE if from_head else "till-a"
        state[key] = fold(key, state.get(key), entry_of(fact, terminal=terminal), fact)
        last_of_head = version if from_head else last_of_head
        last_of_store = last_of_store if from_head else version
        held = state[key]
        assert isinstance(held, Menu)
        assert held.version == (last_of_head or last_of_store), number


def test_a_store_menu_after_head_office_is_kept_as_refused() -> None:
    head, store = menu("head"), menu("store")
    steps: Journal = [
        (entry_of(head, terminal=HEAD_OFFICE), head),
        *[(entry_of(store, number=number), store) for number in range(1, 9)],
    ]
    (held,) = folded(steps).values()
    assert isinstance(held, Menu)
    assert [refused.origin.number for refused in held.refused] == [8, 7, 6, 5, 4]


@given(journals())
def test_every_aggregate_reads_back_as_it_was_written(made: list[Journal]) -> None:
    for key, aggregate in folded(step for journal in made for step in journal).items():
        assert decode_aggregate(key.kind, encode_aggregate(aggregate)) == aggregate


@pytest.mark.parametrize("kind", AggregateKind)
@given(body=st.binary(max_size=60))
def test_bytes_that_are_no_aggregate_are_told_apart(kind: AggregateKind, body: bytes) -> None:
    try:
        decode_aggregate(kind, body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    assert body


def test_a_fact_is_never_folded_into_an_aggregate_it_does_not_concern() -> None:
    fact = enrolment("m1")
    with pytest.raises(ValueError, match="rules"):
        fold(AggregateKey(AggregateKind.RULES, ONLY_ONE), Rules(), entry_of(fact), fact)
