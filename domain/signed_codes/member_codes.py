"""A member's code: two signatures, so that no till holds a secret and no screenshot lasts.

The server signs a credential: this member's device has this key, for some days. The device signs
each step of 30 seconds. A till checks both without the server and refuses a step that it has seen.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId
from domain.signatures import Signer, Verifier
from domain.signed_codes.coupons import Milliseconds, ShortId
from domain.signed_codes.keys import KeyId, PublicKey, check_signed, key_id_of
from domain.signed_codes.text import long_id, read_code, short_id, write_code

MEMBER_PREFIX: Final = "MS-"
STEP_MS: Final = 30_000
# A code is taken in its own step and the two beside it: clocks differ, and people take time.
STEPS_APART: Final = 1
LONGEST_NAME: Final = 20

Signature = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class _Credential(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    key_id: KeyId
    member_id: ShortId
    device_key: PublicKey
    valid_until_ms: Milliseconds
    masked_name: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)] = ""


class Credential(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What the server gives a member's device: encoded content and the server's signature."""

    content: bytes
    signature: Signature


class _Written(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    credential: Credential
    step: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
    proof: Signature


class ProvenMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member whose device proved itself in `step`; `device_key` is what may not repeat it."""

    member_id: MemberId
    masked_name: str
    device_key: bytes
    step: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Written)
_credential_decoder = msgspec.msgpack.Decoder(_Credential)


def grant_credential(
    member_id: MemberId,
    device_key: bytes,
    signer: Signer,
    *,
    valid_until_ms: int,
    masked_name: str = "",
) -> Credential:
    """Let a device stand for a member until then. `signer` holds the brand's present code key.

    Raises:
        ValueError: the device's key is no Ed25519 public key.
    """
    Verifier(device_key)
    content = _encoder.encode(
        _Credential(
            key_id=key_id_of(signer.public_key),
            member_id=short_id(member_id),
            device_key=device_key,
            valid_until_ms=valid_until_ms,
            masked_name=masked_name[:LONGEST_NAME],
        )
    )
    return Credential(content=content, signature=signer.sign(_credential_text(content)))


def write_member_code(credential: Credential, device: Signer, now_ms: int) -> str:
    """The code that the member's device shows now."""
    step = now_ms // STEP_MS
    written = _Written(
        credential=credential, step=step, proof=device.sign(_step_text(credential, step))
    )
    text = write_code(MEMBER_PREFIX, _encoder.encode(written))
    assert text is not None  # its parts have a longest length
    return text


def read_member_code(text: str, keys: Sequence[bytes], now_ms: int) -> ProvenMember:
    """The member of a code that was made just now. `now_ms` is trusted time.

    Whether the step was seen before is for the caller, who remembers.

    Raises:
        TillfoldError: `code_unreadable`, `code_key_unknown`, `code_forged`, `code_expired`.
    """
    packed = read_code(MEMBER_PREFIX, text)
    try:
        written = _decoder.decode(packed)
        credential = _credential_decoder.decode(written.credential.content)
        device = Verifier(credential.device_key)
        member_id = MemberId(long_id(credential.member_id))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise TillfoldError(ErrorCode.CODE_UNREADABLE) from error
    check_signed(
        keys,
        credential.key_id,
        message=_credential_text(written.credential.content),
        signature=written.credential.signature,
    )
    if not device.accepts(_step_text(written.credential, written.step), written.proof):
        raise TillfoldError(ErrorCode.CODE_FORGED)
    late = abs(now_ms // STEP_MS - written.step) > STEPS_APART
    if late or now_ms > credential.valid_until_ms:
        raise TillfoldError(ErrorCode.CODE_EXPIRED)
    return ProvenMember(
        member_id=member_id,
        masked_name=credential.masked_name,
        device_key=credential.device_key,
        step=written.step,
    )


def _credential_text(content: bytes) -> bytes:
    return b"tillfold member credential 1\0" + content


def _step_text(credential: Credential, step: int) -> bytes:
    return b"tillfold member step 1\0" + credential.signature + step.to_bytes(8, "big")
