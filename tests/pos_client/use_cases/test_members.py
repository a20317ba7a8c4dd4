"""Enrolling, finding and opening members."""

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued
from domain.identifiers import MemberId, StaffId
from domain.members.facts import (
    MemberClosed,
    MemberFrozen,
    MembersMerged,
    MembersParted,
    MemberUnfrozen,
)
from domain.rights import AREA_MANAGER
from tests.builders.facts import coupon_terms, enrolled, sale
from tests.builders.till import CASHIER, DUCK, MANAGER, RICE, Till, appointed


def enrol(
    till: Till, phone: str = "138 0013 8000", name: str = "李 小龙", birthday: str = ""
) -> str:
    card = till.machinery.counter.enrol_member(CASHIER, phone=phone, name=name, birthday=birthday)
    return card.member_id


def test_an_enrolled_member_is_there_at_once_and_masked(till: Till) -> None:
    card = till.machinery.counter.enrol_member(
        CASHIER, phone="+86 138-0013-8000", name="　李 小龙 ", birthday="1990-05-01"
    )
    assert (card.masked_name, card.shown_phone) == ("李**", "138****8000")
    assert (card.guest.points, card.visits, card.spent_fen, card.last_visit_ms) == (0, 0, 0, 0)
    (found,) = till.machinery.counter.find_members("lxl")
    assert found.member_id == card.member_id
    till.restart()
    assert till.machinery.counter.open_member(card.member_id) == card


def test_a_merged_member_is_the_joined_one_by_either_id_and_two_again_once_parted(
    till: Till,
) -> None:
    till.write(
        enrolled("li", phone="+8613800138000", name="李雷"),
        enrolled("liu", phone="+8613900139000", name="李雷"),
        sale("s1", member="li", earned=4, total_fen=1_000),
        sale("s2", member="liu", earned=3, total_fen=2_000),
        CouponIssued(terms=msgspec.structs.replace(coupon_terms("c1"), member_id=MemberId("liu"))),
        MembersMerged(member_id=MemberId("liu"), into=MemberId("li")),
    )
    counter = till.machinery.counter
    card = counter.open_member(MemberId("li"))
    assert counter.open_member(MemberId("liu")) == card
    assert (card.member_id, set(card.ids)) == ("li", {"li", "liu"})
    assert (card.guest.points, card.visits, card.spent_fen) == (7, 2, 3_000)
    assert [(terms.coupon_id, terms.member_id) for terms in card.coupons] == [("c1", "li")]
    till.write(MembersParted(member_id=MemberId("liu"), parted_from=MemberId("li")))
    assert counter.open_member(MemberId("li")).guest.points == 4
    assert counter.open_member(MemberId("li")).coupons == ()
    assert counter.open_member(MemberId("liu")).guest.points == 3
    assert [terms.coupon_id for terms in counter.open_member(MemberId("liu")).coupons] == ["c1"]


@pytest.mark.parametrize(
    ("phone", "name", "birthday", "code"),
    [
        ("", "李雷", "", ErrorCode.PHONE_MALFORMED),
        ("1380013800", "李雷", "", ErrorCode.PHONE_MALFORMED),
        ("13800138000a", "李雷", "", ErrorCode.PHONE_MALFORMED),
        ("13800138000", "", "", ErrorCode.NAME_MISSING),
        ("13800138000", " \u200b ", "", ErrorCode.NAME_MISSING),
        ("13800138000", "李" * 121, "", ErrorCode.NAME_TOO_LONG),
        ("13800138000", "李雷", "31.12.", ErrorCode.BIRTHDAY_MALFORMED),
        ("13800138000", "李雷", "2999-01-01", ErrorCode.BIRTHDAY_MALFORMED),
    ],
)
def test_what_cannot_be_read_enrols_nobody(
    till: Till, phone: str, name: str, birthday: str, code: ErrorCode
) -> None:
    before = till.shown()
    with pytest.raises(TillfoldError) as caught:
        enrol(till, phone, name, birthday)
    assert caught.value.code is code
    assert till.shown() == before


def test_a_phone_is_enrolled_once_however_it_is_written(till: Till) -> None:
    enrol(till)
    for phone in ("13800138000", "+86 13800138000", "１３８００１３８０００"):
        with pytest.raises(TillfoldError) as caught:
            enrol(till, phone)
        assert caught.value.code is ErrorCode.PHONE_ALREADY_ENROLLED


def test_enrolling_needs_the_right(till: Till) -> None:
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.enrol_member(
            StaffId("nobody"), phone="13800138000", name="李雷", birthday=""
        )
    assert caught.value.code is ErrorCode.RIGHT_MISSING


def test_a_member_that_is_not_here_is_unknown(till: Till) -> None:
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.open_member(MemberId("nobody"))
    assert caught.value.code is ErrorCode.MEMBER_UNKNOWN


def test_errors_about_people_carry_nothing_about_them(till: Till) -> None:
    enrol(till)
    for phone in ("13800138000", "1380013"):
        with pytest.raises(TillfoldError) as caught:
            enrol(till, phone)
        assert not caught.value.values
        assert phone not in str(caught.value)


def test_a_card_tells_visits_money_and_points(till: Till) -> None:
    member = enrol(till)
    till.clock.advance(60_000)
    till.sell(DUCK, total_fen=12_800, member=member)
    card = till.machinery.counter.open_member(MemberId(member))
    assert (card.guest.points, card.visits, card.spent_fen) == (128, 1, 12_800)
    assert card.last_visit_ms == till.clock.wall_ms
    assert (card.guest.points_spendable, card.guest.offline) == (128, False)


def test_a_card_shows_usable_coupons_the_one_that_ends_first_on_top(till: Till) -> None:
    member = enrol(till)
    now_ms = till.clock.wall_ms
    times = {"late": now_ms + 9_000, "soon": now_ms + 5_000, "over": now_ms - 1, "used": now_ms + 1}
    for name, until_ms in times.items():
        terms = msgspec.structs.replace(
            coupon_terms(name, code=f"CODE-{name}"),
            member_id=MemberId(member),
            valid_until_ms=until_ms,
        )
        till.write(CouponIssued(terms=terms))
    till.write(CouponIssued(terms=coupon_terms("anyone", code="ANYONE")))
    till.write(sale("s", coupon="used"))
    shown = till.machinery.counter.open_member(MemberId(member)).coupons
    assert [terms.coupon_id for terms in shown] == ["soon", "late"]


def test_a_person_enrolled_twice_is_one_with_all_points_and_coupons(till: Till) -> None:
    till.write(enrolled("first"), sale("s1", member="first", earned=300))
    till.clock.advance(1_000)
    till.write(enrolled("second", name="李磊"), sale("s2", member="second", earned=40))
    given_to_second = msgspec.structs.replace(coupon_terms(), member_id=MemberId("second"))
    till.write(CouponIssued(terms=given_to_second))
    counter = till.machinery.counter
    for member_id in ("first", "second"):
        card = counter.open_member(MemberId(member_id))
        assert (card.member_id, card.guest.points, card.visits) == ("first", 340, 2)
        assert [terms.member_id for terms in card.coupons] == ["first"]
    assert counter.find_coupon("TESTCODE").terms.member_id == "first"


def test_a_coupon_is_found_by_its_code_however_it_is_typed(till: Till) -> None:
    till.write(CouponIssued(terms=coupon_terms(code="AB12-CD34")))
    counter = till.machinery.counter
    for text in ("AB12-CD34", "ab12cd34", " ab12 cd34 "):
        assert counter.find_coupon(text).redeemed is False
    till.write(sale("s", coupon="coupon-1"))
    assert counter.find_coupon("AB12CD34").redeemed is True
    for text in ("", "AB12", "%", "ab12cd35"):
        with pytest.raises(TillfoldError) as caught:
            counter.find_coupon(text)
        assert caught.value.code is ErrorCode.COUPON_UNKNOWN


def test_rice_is_on_the_menu(till: Till) -> None:
    assert RICE in till.machinery.counter.home().menu.items


def test_a_phone_is_whole_for_those_who_may_see_it_and_masked_for_all_others(till: Till) -> None:
    counter = till.machinery.counter
    card = counter.enrol_member(MANAGER, phone="13800138000", name="李小龙", birthday="")
    member_id = card.guest.member_id
    chief, plain = StaffId("chief"), "138****8000"
    till.write(appointed(chief, AREA_MANAGER, "975318"))
    for viewer, shown in (
        (None, plain),
        (CASHIER, plain),
        (MANAGER, plain),
        (StaffId("nobody"), plain),
        (chief, "13800138000"),
    ):
        (row,) = counter.find_members("lxl", viewer=viewer)
        opened = counter.open_member(member_id, viewer=viewer)
        assert (row.shown_phone, opened.shown_phone) == (shown, shown), viewer


def test_a_frozen_account_spends_nothing_until_it_is_free_again(till: Till) -> None:
    till.write(enrolled("one"), sale("s1", member="one", earned=900))
    counter, one = till.machinery.counter, MemberId("one")
    assert counter.open_member(one).guest.points_spendable > 0
    till.write(MemberFrozen(member_id=one))
    guest = counter.open_member(one).guest
    assert (guest.points, guest.points_spendable) == (900, 0)
    till.clock.advance(1_000)
    till.write(MemberUnfrozen(member_id=one))
    assert counter.open_member(one).guest.points_spendable > 0


def test_the_phone_of_a_closed_account_can_be_enrolled_anew(till: Till) -> None:
    counter = till.machinery.counter
    first = counter.enrol_member(CASHIER, phone="13800138000", name="李小龙", birthday="")
    old = first.guest.member_id
    till.clock.advance(1_000)
    till.write(MemberClosed(member_id=old, phone="+8613800138000"))
    with pytest.raises(TillfoldError) as caught:
        counter.open_member(old)
    assert caught.value.code is ErrorCode.MEMBER_UNKNOWN
    till.clock.advance(1_000)
    again = counter.enrol_member(CASHIER, phone="13800138000", name="新客", birthday="")
    assert again.guest.member_id != old
    (row,) = counter.find_members("13800138000")
    assert (row.member_id, row.masked_name) == (again.guest.member_id, "新*")
