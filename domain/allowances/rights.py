"""The rights to spend: the server's allowance for one till, its return, and what a sale used."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.allowances.subjects import Subject
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, TerminalId
from domain.signatures import Verifier

LARGEST_RIGHT: Final = 100_000_000

RightId = Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[^\x00]*\Z")]
RightAmount = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_RIGHT)]
Time = Annotated[int, msgspec.Meta(ge=0, lt=1 << 47)]


class RightKind(StrEnum):
    """Held by the server for this sale; out of the till's allowance; without either, by rule."""

    AUTHORISATION = "authorisation"
    ALLOWANCE = "allowance"
    COURTESY = "courtesy"


class UsedRight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`right_id` is the operation that was authorised, or the allowance; empty for a courtesy.

    `worth_fen` is what a courtesy may cost.
    """

    kind: RightKind
    subject: Subject
    amount: RightAmount
    right_id: RightId = ""
    worth_fen: RightAmount = 0


class Allowance(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """`terminal` alone may spend `amount` of `subject`, with or without the server.

    `issue` counts what the server has given to this till. At `expires_ms` the right is over.
    """

    allowance_id: RightId
    issue: int
    brand: BrandId
    terminal: TerminalId
    subject: Subject
    amount: RightAmount
    issued_ms: Time
    expires_ms: Time


class SignedAllowance(msgspec.Struct, frozen=True, array_like=True):
    """`content` is an encoded Allowance, signed by the server's key."""

    content: bytes
    signature: bytes


class Return(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A till gives an allowance back: it used `used` of it in all and will use no more.

    What is left goes to `to`, another till of its store, or to nobody in particular.
    """

    allowance_id: RightId
    terminal: TerminalId
    used: RightAmount
    to: TerminalId = TerminalId("")


class SignedReturn(msgspec.Struct, frozen=True, array_like=True):
    """`content` is an encoded Return, signed by the till's key."""

    content: bytes
    signature: bytes


def allowance_text(content: bytes) -> bytes:
    """What the server signs for an allowance."""
    return b"tillfold allowance 1\0" + content


def return_text(content: bytes) -> bytes:
    """What a till signs for a return."""
    return b"tillfold return 1\0" + content


def open_allowance(signed: SignedAllowance, verifier: Verifier) -> Allowance:
    """Raises TillfoldError `signature_wrong`, `server_garbled`."""
    if not verifier.accepts(allowance_text(signed.content), signed.signature):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    try:
        return msgspec.msgpack.decode(signed.content, type=Allowance)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error


def open_return(signed: SignedReturn, verifier: Verifier) -> Return:
    """Raises TillfoldError `signature_wrong`, `request_malformed`."""
    if not verifier.accepts(return_text(signed.content), signed.signature):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    try:
        return msgspec.msgpack.decode(signed.content, type=Return)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="return") from error
