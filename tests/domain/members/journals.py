"""Facts about two members and their phones, for laws that hold in any order."""

from collections.abc import Sequence

from hypothesis import strategies as st

from domain.entries import Entry
from domain.facts import Fact
from domain.identifiers import MemberId, StoreId, TerminalId
from domain.members.consents import ConsentPurpose
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberClosed,
    MemberFrozen,
    MembersKeptApart,
    MembersMerged,
    MembersParted,
    MemberTagged,
    MemberUnfrozen,
    MemberUntagged,
)
from domain.origins import Origin
from domain.stamps import Stamp
from tests.domain.builders import edit, enrolment, entry_of, sale_of

Journal = list[tuple[Entry, Fact]]

ONE, TWO = MemberId("m1"), MemberId("m2")
PHONES = ("+8613800138000", "+85291234567")
TILLS = ("till-a", "till-b")

members = st.sampled_from([ONE, TWO])
phones = st.sampled_from(PHONES)
tags = st.lists(st.sampled_from(["素食", "靠窗", "贵宾"]), min_size=1, max_size=2).map(tuple)
purposes = st.sampled_from([ConsentPurpose.TERMS, ConsentPurpose.MARKETING_SMS])


def origin(stamp: int, terminal: str = "till-a", number: int = 1) -> Origin:
    return Origin(Stamp(stamp), TerminalId(terminal), StoreId("store-1"), 1, number)


origins = st.builds(origin, st.integers(1, 12), st.sampled_from(TILLS), st.integers(1, 3))
fields = st.dictionaries(
    st.sampled_from(["name", "note", "email", "custom.seat", "custom.pet"]),
    st.text("甲乙", max_size=2),
    min_size=1,
)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(enrolment, members, phone=phones, name=st.sampled_from(["李四", "王五"])),
    st.builds(lambda member, changes: edit(member, **changes), members, fields),
    st.builds(MemberTagged, member_id=members, tags=tags),
    st.builds(MemberUntagged, member_id=members, tags=tags),
    st.builds(
        ConsentGiven,
        member_id=members,
        purpose=purposes,
        version=st.sampled_from(["1", "2"]),
        answers=st.none() | origins,
    ),
    st.builds(ConsentWithdrawn, member_id=members, purpose=purposes),
    st.builds(MemberClosed, member_id=members, phone=st.none() | phones),
    st.builds(MembersMerged, member_id=members, into=members),
    st.builds(MembersParted, member_id=members, parted_from=members),
    st.builds(MembersKeptApart, member_id=members, other=members),
    st.builds(MemberFrozen, member_id=members),
    st.builds(MemberUnfrozen, member_id=members),
    st.builds(
        sale_of, st.just("s"), member=members, redeemed=st.integers(0, 1), earned=st.integers(0, 9)
    ),
)


@st.composite
def journals(draw: st.DrawFn, most: int = 8) -> Journal:
    """Entries with stamps that may be equal, each of them at a place of its own."""
    made: Journal = []
    for number, fact in enumerate(draw(st.lists(facts, max_size=most)), start=1):
        stamp, terminal = draw(st.integers(1, 6)), draw(st.sampled_from(TILLS))
        made.append((entry_of(fact, stamp=stamp, terminal=terminal, number=number), fact))
    return made


def steps(*facts_at: tuple[int, Fact]) -> Journal:
    """(stamp, fact) pairs as entries of one till, in this order."""
    return [
        (entry_of(fact, stamp=stamp, number=number), fact)
        for number, (stamp, fact) in enumerate(facts_at, start=1)
    ]


def rotations(journal: Sequence[tuple[Entry, Fact]]) -> list[Journal]:
    """The same entries beginning at each place, and all of these backwards."""
    turned = [[*journal[i:], *journal[:i]] for i in range(len(journal))]
    return turned + [order[::-1] for order in turned]
