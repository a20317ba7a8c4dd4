"""A member's card: one form of its number, and the register that says which card she has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from domain.members.cards import card_of_number, mask_card, parse_card
from domain.members.likeness import Likeness, likeness_keys
from domain.members.profile import ProfileField, checked_changes
from domain.orders import grams_at_price, list_amount_fen
from tests.domain.builders import edit, enrolment, folded
from tests.domain.members.journals import ONE, TWO, rotations, steps
from tests.domain.members.test_profile import STORES, TODAY

FIRST, SECOND = "uid-04A224B1C23D80", "mag-6000123456"


@pytest.mark.parametrize(
    ("text", "card"),
    [
        (" uid-04a224b1c23d80 ", FIRST),
        ("UID-DEADBEEF", "uid-DEADBEEF"),
        ("uid-" + "0A" * 10, "uid-" + "0A" * 10),
        (SECOND, SECOND),
        ("M-7Q2X9K", "M-7Q2X9K"),
        ("num-0012345678", "num-0012345678"),
        ("uid-08112233445566", "uid-08112233445566"),
    ],
)
def test_a_card_has_one_form(text: str, card: str) -> None:
    assert parse_card(text) == card
    assert checked_changes({"card": text}, today=TODAY, stores=STORES, held={}) == {"card": card}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.CARD_MALFORMED),
        ("0012345678", ErrorCode.CARD_MALFORMED),
        ("m-7Q2X9K", ErrorCode.CARD_MALFORMED),
        ("uid-04A224", ErrorCode.CARD_MALFORMED),
        ("uid-04A224B1C2", ErrorCode.CARD_MALFORMED),
        ("mag-411111 111", ErrorCode.CARD_MALFORMED),
        ("uid-08A1B2C3", ErrorCode.CARD_CHANGES),
    ],
)
def test_what_is_no_card_is_refused(text: str, code: ErrorCode) -> None:
    with pytest.raises(TillfoldError) as caught:
        parse_card(text)
    assert caught.value.code is code


def test_a_bare_number_is_a_card_of_its_own_kind() -> None:
    assert card_of_number("0012345678") == "num-0012345678"
    assert card_of_number("12345") is None
    assert card_of_number("a b c d e f") is None


def test_a_mask_shows_what_people_compare() -> None:
    assert (mask_card(FIRST), mask_card("")) == ("…3D80", "")


def test_the_card_given_last_stands_in_any_order_of_arrival() -> None:
    facts = steps(
        (1, enrolment(ONE, phone="+8613800138000", name="李雷")),
        (2, edit(ONE, card=FIRST)),
        (4, edit(ONE, card=SECOND)),
        (3, edit(ONE, card="")),
    )
    for order in rotations(facts):
        member = folded(order)[AggregateKey(AggregateKind.MEMBER, ONE)]
        assert isinstance(member, Member)
        assert member.field(ProfileField.CARD) == SECOND
        assert {text.text for field, text in member.superseded if field == "card"} == {FIRST, ""}


def test_two_members_with_one_card_may_be_one_person() -> None:
    facts = steps((1, edit(ONE, card=FIRST)), (2, edit(TWO, card=FIRST)))
    state = folded(facts)
    keys = [
        likeness_keys(member.profile) for member in state.values() if isinstance(member, Member)
    ]
    assert keys[0] == keys[1]
    assert {reason for reason, _ in keys[0]} == {Likeness.CARD}


@given(st.integers(1, 200_000), st.integers(1, 20_000))
def test_a_price_gives_the_lightest_weight_that_costs_it(unit_fen: int, grams: int) -> None:
    price_fen = list_amount_fen(unit_fen, (), 1, grams)
    found = grams_at_price(unit_fen, price_fen)
    if price_fen == 0:
        assert found is None
        return
    assert found is not None
    assert 1 <= found <= grams
    assert list_amount_fen(unit_fen, (), 1, found) == price_fen
    assert list_amount_fen(unit_fen, (), 1, found - 1) != price_fen or found == 1


@pytest.mark.parametrize(("unit_fen", "price_fen"), [(500_000, 1), (0, 5), (1_000, 0), (1, 10_000)])
def test_a_price_that_no_gram_gives_has_no_weight(unit_fen: int, price_fen: int) -> None:
    assert grams_at_price(unit_fen, price_fen) is None
