"""Messages that carry the server's signature: nothing of one is read before that was checked."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.signatures import Verifier

T = TypeVar("T")


class Signed(Protocol):
    """An encoded message and the signature of it."""

    @property
    def content(self) -> bytes: ...
    @property
    def signature(self) -> bytes: ...


def read_signed(
    verifier: Verifier, signed: Signed, text: Callable[[bytes], bytes], kind: type[T]
) -> T:
    """The message; `text` says what of its bytes the server signs.

    Raises:
        TillfoldError: `signature_wrong`, or `server_garbled` where it is no such message.
    """
    if not verifier.accepts(text(signed.content), signed.signature):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    try:
        return msgspec.msgpack.decode(signed.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error
