import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.phones import mask_name, mask_phone, national_digits, parse_phone, typed_digits


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+86-138-0013-8000", "+8613800138000"),
        ("（010）6552－9988", "+861065529988"),
        ("+852 9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+886 0912 345 678", "+886912345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_numbers_of_many_places_are_read(text: str, phone: str) -> None:
    assert parse_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("9123 4567", "HK", "+85291234567"),
        ("6612 3456", "MO", "+85366123456"),
        ("0912345678", "TW", "+886912345678"),
        ("+86 13800138000", "HK", "+8613800138000"),
    ],
)
def test_a_number_without_code_belongs_to_the_region(text: str, region: str, phone: str) -> None:
    assert parse_phone(text, region) == phone


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "110", "91234567", "12345678901", "1380013800", "138001380001", "+8613800138"),
        *("1380013TAXI", "联系13800138000", "13800138000转5", "13800138000;ext=5", "1.38E+10"),
        *("tel:+8613800138000", "13800138000/13900139000", "1" * 41, "+", "+86"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(TillfoldError) as caught:
        parse_phone(text)
    assert caught.value.code is ErrorCode.PHONE_MALFORMED
    assert caught.value.values == {}


@given(st.text(max_size=45) | st.from_regex(r"[+0-9 ()\-]{0,20}", fullmatch=True))
def test_any_text_is_e164_or_refused_and_reading_it_again_changes_nothing(text: str) -> None:
    try:
        phone = parse_phone(text)
    except TillfoldError:
        return
    assert phone.startswith("+")
    assert phone[1:].isascii()
    assert phone[1:].isdigit()
    assert len(phone) <= 20
    assert parse_phone(phone) == phone


def test_home_numbers_are_shown_without_their_code() -> None:
    assert national_digits("+8613800138000") == "13800138000"
    assert national_digits("+85291234567") == "85291234567"


@pytest.mark.parametrize(
    ("digits", "with_country", "left"),
    [
        ("138", False, "138"),
        ("86138001380", False, "86138001380"),
        ("8613800138000", False, "13800138000"),
        ("861380013800", False, "1380013800"),
        ("86138", True, "138"),
        ("86", True, ""),
        ("85291234567", True, "85291234567"),
    ],
)
def test_typed_digits_begin_as_a_home_number_is_said(
    digits: str, with_country: bool, left: str
) -> None:
    assert typed_digits(digits, with_country=with_country) == left


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_a_home_number_is_the_same_typed_with_its_code_and_without(said: str) -> None:
    assert typed_digits(said, with_country=False) == national_digits(f"+86{said}") == said
    assert typed_digits(f"86{said}", with_country=False) == said


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+8613800138000", "138****8000"),
        ("+85291234567", "852****4567"),
        ("+1234567", "*******"),
        ("+861234567", "*******"),
    ],
)
def test_a_masked_phone_shows_three_and_four_digits_at_most(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李四", "李*"), ("欧阳若曦", "欧**"), ("李", "李"), ("", ""), ("Chan Ka Yan", "C**")],
)
def test_a_masked_name_shows_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked
