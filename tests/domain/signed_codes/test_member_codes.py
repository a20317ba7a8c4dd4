"""Member codes: two signatures, a step of 30 seconds, nothing else is taken."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId
from domain.signatures import Signer
from domain.signed_codes.member_codes import (
    STEP_MS,
    Credential,
    grant_credential,
    read_member_code,
    write_member_code,
)

KEY = Signer(bytes(range(32)))
OTHER_KEY = Signer(bytes(32))
DEVICE = Signer(b"device".ljust(32, b"."))
OTHER_DEVICE = Signer(b"other device".ljust(32, b"."))
MEMBER = MemberId("0190f3a0-0000-7000-8000-000000000001")
NOW_MS = 1_790_000_000_000
UNTIL_MS = NOW_MS + 7 * 86_400_000


def credential(key: Signer = KEY, device: Signer = DEVICE) -> Credential:
    return grant_credential(
        MEMBER, device.public_key, key, valid_until_ms=UNTIL_MS, masked_name="李**"
    )


def refusal(text: str, now_ms: int = NOW_MS) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        read_member_code(text, [KEY.public_key], now_ms)
    return caught.value.code


def test_a_fresh_code_proves_the_member() -> None:
    text = write_member_code(credential(), DEVICE, NOW_MS)
    proven = read_member_code(text, [KEY.public_key], NOW_MS)
    assert (proven.member_id, proven.masked_name) == (MEMBER, "李**")
    assert (proven.device_key, proven.step) == (DEVICE.public_key, NOW_MS // STEP_MS)


@given(st.integers(-90_000, 90_000))
def test_a_code_is_taken_in_its_step_and_the_two_beside_it(apart_ms: int) -> None:
    text = write_member_code(credential(), DEVICE, NOW_MS)
    now_ms = NOW_MS + apart_ms
    if abs(now_ms // STEP_MS - NOW_MS // STEP_MS) <= 1:
        assert read_member_code(text, [KEY.public_key], now_ms).member_id == MEMBER
    else:
        assert refusal(text, now_ms) is ErrorCode.CODE_EXPIRED


def test_a_credential_ends_with_its_days() -> None:
    text = write_member_code(credential(), DEVICE, UNTIL_MS + 1)
    assert refusal(text, UNTIL_MS + 1) is ErrorCode.CODE_EXPIRED
    text = write_member_code(credential(), DEVICE, UNTIL_MS)
    assert read_member_code(text, [KEY.public_key], UNTIL_MS).member_id == MEMBER


def test_who_copied_the_credential_cannot_make_codes_without_the_device() -> None:
    text = write_member_code(credential(), OTHER_DEVICE, NOW_MS)
    assert refusal(text) is ErrorCode.CODE_FORGED


def test_a_credential_of_nobody_we_know_proves_nothing() -> None:
    text = write_member_code(credential(key=OTHER_KEY), DEVICE, NOW_MS)
    assert refusal(text) is ErrorCode.CODE_KEY_UNKNOWN


def test_a_changed_credential_is_a_forgery() -> None:
    held = credential()
    content = held.content.replace("李".encode(), "王".encode())
    text = write_member_code(msgspec.structs.replace(held, content=content), DEVICE, NOW_MS)
    assert refusal(text) is ErrorCode.CODE_FORGED


def test_a_device_key_has_to_be_one() -> None:
    with pytest.raises(ValueError, match="public key"):
        grant_credential(MEMBER, b"short", KEY, valid_until_ms=UNTIL_MS)


def test_a_member_code_fits_a_qr_code() -> None:
    """QR version 11-M holds 366 letters of this alphabet."""
    assert len(write_member_code(credential(), DEVICE, NOW_MS)) <= 366
