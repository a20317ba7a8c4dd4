"""What a stripe reader says: cards of the house by number, cards of a bank not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.magstripe import (
    BankCard,
    StripeCard,
    StripeUnreadable,
    is_stripe,
    read_stripe,
)
from hardware.check_digits import passes_luhn
from hardware.scanners.classify import ScanKind, classify

VISA = "4111111111111111"
UNIONPAY = "6222021234567890128"
BANKS = [
    VISA,
    UNIONPAY,
    "5555555555554444",
    "2223000048400011",
    "378282246310005",
    "30569309025904",
    "3530111333300000",
    "6011111111111117",
    "8171999927660000",
]


@pytest.mark.parametrize(
    ("text", "card"),
    [
        (";6000123456?", "mag-6000123456"),
        (";9900112233=2912?", "mag-9900112233"),
        ("%M9900112233^WANG/FANG?", "mag-9900112233"),
        ("%VIP00017^WANG?", "mag-VIP00017"),
        ("%M9900112233^WANG/FANG?;9900112233?", "mag-9900112233"),
        ("%E?;9900112233?", "mag-9900112233"),
        ("+9900112233=1?", "mag-9900112233"),
        # Sixteen digits of a bank's range whose check digit does not fit are the house's own.
        (";4111111111111112?", "mag-4111111111111112"),
        # A number that passes the check, outside all bank ranges.
        (";9000000000000001?", "mag-9000000000000001"),
    ],
)
def test_a_card_of_the_house_is_known_by_its_number(text: str, card: str) -> None:
    assert is_stripe(text)
    assert read_stripe(text) == StripeCard(card)


def test_the_check_character_must_fit() -> None:
    data = ";1234?"
    lrc = 0
    for sign in data:
        lrc ^= ord(sign) & 0x0F
    assert read_stripe(data + chr(0x30 + lrc)) == StripeCard("mag-1234")
    assert read_stripe(data + chr(0x30 + (lrc ^ 1))) == StripeUnreadable()


@pytest.mark.parametrize("number", BANKS)
@pytest.mark.parametrize(
    "track",
    ["%B{}^WANG/FANG^29121010000?", ";{}=29121010000012300000?", ";{}?", "%M1234?;{}=2912?"],
)
def test_a_bank_card_is_recognised_and_nothing_of_it_is_kept(number: str, track: str) -> None:
    assert passes_luhn(number)
    text = track.format(number)
    assert read_stripe(text) == BankCard()
    scan = classify(text)
    assert (scan.kind, scan.text, scan.elements) == (ScanKind.BANK_CARD, "", ())


def test_format_b_belongs_to_banks_whatever_the_range() -> None:
    assert read_stripe("%B9000000000000001^A^2912?") == BankCard()


@pytest.mark.parametrize("text", [";E?", "%E?;E?", ";?", "%?", ";12?"])
def test_what_cannot_be_read_is_to_be_swiped_again(text: str) -> None:
    assert read_stripe(text) == StripeUnreadable()


@pytest.mark.parametrize("text", ["", "6000123456", ";6000123456", "6000?", "a;6000123456?"])
def test_other_texts_are_no_stripe(text: str) -> None:
    assert not is_stripe(text)


@given(st.text("%;+?=^BME0123456789/ A", max_size=60))
def test_no_text_is_an_error_and_no_bank_number_gets_out(text: str) -> None:
    read = read_stripe(text)
    if isinstance(read, StripeCard):
        number = read.card.removeprefix("mag-")
        assert number not in BANKS
