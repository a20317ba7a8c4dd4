"""A coupon as a signed code: all that a till needs to use it is in the code itself."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId, MemberId
from domain.offers import Rule
from domain.signatures import Signer
from domain.signed_codes.keys import KeyId, check_signed, key_id_of
from domain.signed_codes.text import long_id, read_code, short_id, write_code

COUPON_PREFIX: Final = "CS-"
_SIGNATURE_BYTES: Final = 64

Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=1 << 47)]
ShortId = Annotated[bytes, msgspec.Meta(min_length=1, max_length=128)]


class _Written(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """`position` is the coupon's place in the brand's status list."""

    key_id: KeyId
    coupon_id: ShortId
    position: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
    rule: Rule
    valid_from_ms: Milliseconds
    valid_until_ms: Milliseconds
    member_id: ShortId | None = None
    returned_on_refund: bool = True
    return_grace_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0


class SignedCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon that a code proved; its terms have the code's beginning for their code."""

    terms: CouponTerms
    position: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Written)


def write_coupon(terms: CouponTerms, position: int, signer: Signer) -> str | None:
    """The signed code of a coupon; None where its rule is too long for one."""
    content = _encoder.encode(
        _Written(
            key_id=key_id_of(signer.public_key),
            coupon_id=short_id(terms.coupon_id),
            position=position,
            rule=terms.rule,
            valid_from_ms=terms.valid_from_ms,
            valid_until_ms=terms.valid_until_ms,
            member_id=None if terms.member_id is None else short_id(terms.member_id),
            returned_on_refund=terms.returned_on_refund,
            return_grace_days=terms.return_grace_days,
        )
    )
    return write_code(COUPON_PREFIX, signer.sign(_signed_text(content)) + content)


def read_coupon(text: str, keys: Sequence[bytes]) -> SignedCoupon:
    """The coupon of a code that one of the brand's `keys` signed.

    Whether it is in its time, used or revoked is for the caller.

    Raises:
        TillfoldError: `code_unreadable`, `code_key_unknown`, `code_forged`.
    """
    packed = read_code(COUPON_PREFIX, text)
    signature, content = packed[:_SIGNATURE_BYTES], packed[_SIGNATURE_BYTES:]
    try:
        written = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.CODE_UNREADABLE) from error
    check_signed(keys, written.key_id, message=_signed_text(content), signature=signature)
    try:
        return SignedCoupon(terms=_terms(written), position=written.position)
    except ValueError as error:
        raise TillfoldError(ErrorCode.CODE_UNREADABLE) from error


def _terms(written: _Written) -> CouponTerms:
    member = written.member_id
    coupon_id = long_id(written.coupon_id)
    return CouponTerms(
        coupon_id=CouponId(coupon_id),
        # The plain code is not in the signed one; people know the coupon by the end of its id.
        code=coupon_id[-12:].upper().rjust(4, "0"),
        rule=written.rule,
        valid_from_ms=written.valid_from_ms,
        valid_until_ms=written.valid_until_ms,
        member_id=None if member is None else MemberId(long_id(member)),
        returned_on_refund=written.returned_on_refund,
        return_grace_days=written.return_grace_days,
    )


def _signed_text(content: bytes) -> bytes:
    return b"tillfold coupon 1\0" + content
