"""Signed coupons: what the code says, and that nobody else can say it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId, RuleId
from domain.signatures import Signer
from domain.signed_codes.coupons import COUPON_PREFIX, read_coupon, write_coupon
from domain.signed_codes.text import LONGEST_CODE_TEXT, long_id, read_code, short_id, write_code
from tests.builders.facts import coupon_terms

KEY = Signer(bytes(range(32)))
OTHER = Signer(bytes(32))
UUID_TEXT = "0190f3a0-0000-7000-8000-000000000001"


def written(**changes: object) -> str:
    terms = msgspec.structs.replace(coupon_terms(UUID_TEXT), **changes)
    text = write_coupon(terms, 7, KEY)
    assert text is not None
    return text


def refusal(text: str, *keys: Signer) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        read_coupon(text, [key.public_key for key in keys])
    return caught.value.code


@given(
    member=st.none() | st.uuids().map(str) | st.text("ab-1", min_size=1, max_size=20),
    coupon=st.uuids().map(str) | st.text("AZ09-", min_size=4, max_size=20),
    valid=st.integers(0, (1 << 47) - 1),
    position=st.integers(0, (1 << 53) - 1),
)
def test_a_till_reads_what_head_office_wrote(
    member: str | None, coupon: str, valid: int, position: int
) -> None:
    terms = msgspec.structs.replace(
        coupon_terms(coupon),
        valid_until_ms=valid,
        member_id=None if member is None else MemberId(member),
    )
    text = write_coupon(terms, position, KEY)
    assert text is not None
    read = read_coupon(text.lower(), [OTHER.public_key, KEY.public_key])
    assert read.position == position
    assert msgspec.structs.replace(read.terms, code=terms.code) == terms


def test_any_changed_letter_is_refused() -> None:
    text = written()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    taken = 0
    for place in range(len(COUPON_PREFIX), len(text)):
        other = letters[(letters.index(text[place]) + 7) % len(letters)]
        changed = text[:place] + other + text[place + 1 :]
        if read_code(COUPON_PREFIX, changed) == read_code(COUPON_PREFIX, text):
            taken += 1  # the last letter carries bits that no byte needs
            continue
        assert refusal(changed, KEY) in {
            ErrorCode.CODE_FORGED,
            ErrorCode.CODE_UNREADABLE,
            ErrorCode.CODE_KEY_UNKNOWN,
        }
    assert taken <= 1


def test_a_key_that_the_till_does_not_know_is_another_matter_than_a_forgery() -> None:
    assert refusal(written(), OTHER) is ErrorCode.CODE_KEY_UNKNOWN
    assert refusal(written()) is ErrorCode.CODE_KEY_UNKNOWN


@pytest.mark.parametrize("text", ["", "CS-", "CS-1", "CS-AAAA", "MS-AAAA", "CS-" + "A" * 900, "券"])
def test_what_is_no_signed_coupon_is_unreadable(text: str) -> None:
    assert refusal(text, KEY) is ErrorCode.CODE_UNREADABLE


def test_a_rule_too_long_for_a_code_has_none() -> None:
    rule = msgspec.structs.replace(coupon_terms().rule, name="很长的名字" * 24)
    terms = msgspec.structs.replace(coupon_terms(), rule=rule)
    assert write_coupon(terms, 0, KEY) is None


def test_the_usual_coupon_fits_a_small_qr_code() -> None:
    """QR version 11-M holds 366 letters of this alphabet."""
    rule = msgspec.structs.replace(coupon_terms().rule, rule_id=RuleId("coupon"))
    text = written(member_id=MemberId(UUID_TEXT), rule=rule)
    assert len(text) <= 366


@given(st.binary(max_size=300))
def test_text_gives_the_bytes_back(content: bytes) -> None:
    text = write_code("X-", content)
    assert text is not None
    assert len(text) <= LONGEST_CODE_TEXT
    assert read_code("X-", text) == content


@given(
    st.uuids().map(str) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
)
def test_ids_come_back_as_they_were(identifier: str) -> None:
    assert long_id(short_id(identifier)) == identifier


@given(st.binary(max_size=400))
def test_bytes_of_strangers_are_refused_and_never_crash(content: bytes) -> None:
    text = write_code(COUPON_PREFIX, content)
    if text is not None:
        assert refusal(text, KEY) is not None
