"""Cards at the till: found, given, replaced, taken off, and what other tills make of it."""

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId, StaffId
from domain.members.facts import MemberClosed, MemberEdited, MembersMerged, MembersParted
from pos_client.use_cases.cards import receipt_code
from tests.builders.facts import enrolled
from tests.builders.till import CASHIER, Till

LI, HAN = MemberId("li"), MemberId("han")
FIRST, SECOND, THIRD = "uid-04A224B1C23D80", "mag-6000123456", "M-7Q2X9K"


@pytest.fixture
def members(till: Till) -> Till:
    till.write(
        enrolled(LI, phone="+8613800138000", name="李雷"),
        enrolled(HAN, phone="+8613900139000", name="韩梅梅"),
    )
    return till


def who_has(till: Till, card: str) -> str:
    try:
        return till.machinery.counter.cards.open_member(card).member_id
    except TillfoldError as error:
        return error.code


def give(till: Till, member: MemberId, card: str) -> None:
    till.machinery.counter.cards.give(CASHIER, member, card)


def test_a_card_given_finds_its_member_also_after_a_restart(members: Till) -> None:
    card = members.machinery.counter.cards.give(CASHIER, LI, FIRST)
    assert (card.member_id, card.masked_card) == (LI, "…3D80")
    assert who_has(members, FIRST) == LI
    members.restart()
    assert who_has(members, FIRST) == LI


def test_a_lost_card_that_was_replaced_is_nobodys(members: Till) -> None:
    give(members, LI, FIRST)
    give(members, LI, SECOND)
    assert (who_has(members, FIRST), who_has(members, SECOND)) == (ErrorCode.CARD_UNKNOWN, LI)
    members.restart()
    assert (who_has(members, FIRST), who_has(members, SECOND)) == (ErrorCode.CARD_UNKNOWN, LI)
    give(members, HAN, FIRST)
    assert who_has(members, FIRST) == HAN


def test_a_card_taken_off_is_nobodys(members: Till) -> None:
    give(members, LI, FIRST)
    assert members.machinery.counter.cards.take_away(CASHIER, LI).masked_card == ""
    assert who_has(members, FIRST) == ErrorCode.CARD_UNKNOWN
    before = len(members.machinery.counter.status().cases)
    members.machinery.counter.cards.take_away(CASHIER, LI)
    assert len(members.machinery.counter.status().cases) == before


def test_a_card_of_another_member_is_refused(members: Till) -> None:
    give(members, LI, FIRST)
    give(members, LI, FIRST)
    with pytest.raises(TillfoldError) as caught:
        give(members, HAN, FIRST)
    assert caught.value.code is ErrorCode.CARD_TAKEN
    assert who_has(members, FIRST) == LI


@pytest.mark.parametrize(
    ("card", "code"),
    [("uid-08A1B2C3", ErrorCode.CARD_CHANGES), ("nothing", ErrorCode.CARD_MALFORMED)],
)
def test_what_is_no_card_is_refused(members: Till, card: str, code: ErrorCode) -> None:
    with pytest.raises(TillfoldError) as caught:
        give(members, LI, card)
    assert caught.value.code is code


def test_of_two_members_with_one_card_the_later_one_has_it(members: Till) -> None:
    """Two tills that could not ask each other gave it away."""
    members.write(MemberEdited(member_id=HAN, changes={"card": FIRST}))
    members.write(MemberEdited(member_id=LI, changes={"card": FIRST}))
    assert who_has(members, FIRST) == LI


def test_a_merged_person_has_the_card_given_last_and_parted_each_has_its_own(
    members: Till,
) -> None:
    give(members, LI, FIRST)
    give(members, HAN, SECOND)
    members.write(MembersMerged(member_id=HAN, into=LI))
    assert (who_has(members, FIRST), who_has(members, SECOND)) == (ErrorCode.CARD_UNKNOWN, LI)
    members.write(MembersParted(member_id=HAN, parted_from=LI))
    assert (who_has(members, FIRST), who_has(members, SECOND)) == (LI, HAN)


def test_the_card_of_a_closed_account_is_free(members: Till) -> None:
    give(members, LI, FIRST)
    members.write(MemberClosed(member_id=LI, phone="+8613800138000"))
    assert who_has(members, FIRST) == ErrorCode.CARD_UNKNOWN
    give(members, HAN, FIRST)
    assert who_has(members, FIRST) == HAN


def test_a_number_read_aloud_from_a_card_finds_her_while_typing(members: Till) -> None:
    give(members, LI, SECOND)
    give(members, HAN, THIRD)
    find = members.machinery.counter.find_members
    assert [found.member_id for found in find("600012")] == [LI]
    assert [found.member_id for found in find("m-7q2")] == [HAN]
    give(members, LI, FIRST)
    assert find("600012") == ()


def test_it_takes_the_right_to_edit_members(members: Till) -> None:
    with pytest.raises(TillfoldError) as caught:
        members.machinery.counter.cards.give(StaffId("nobody"), LI, FIRST)
    assert caught.value.code is ErrorCode.RIGHT_MISSING


def test_the_code_on_a_receipt_finds_its_member_until_she_is_gone(members: Till) -> None:
    long_id = MemberId("0193b7f2-1111-7000-8000-000000000001")
    members.write(enrolled(long_id, phone="+8613700137000"))
    assert who_has(members, receipt_code(long_id)) == long_id
    assert who_has(members, "M-nobody-at-all") == ErrorCode.CARD_UNKNOWN
    members.write(MemberClosed(member_id=long_id))
    assert who_has(members, receipt_code(long_id)) == ErrorCode.CARD_UNKNOWN
