"""Bringing the keys and statuses of signed codes: with the first contact, then once an hour."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import CodesAnswer, SignedContent
from domain.signatures import Verifier
from domain.signed_codes.keys import CodeKeys, code_keys_text
from domain.signed_codes.status import StatusList, status_text
from pos_client.storage.code_material import Material, MaterialKind, keep_material, taken_ms
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.sync.transport import Transport

T = TypeVar("T", CodeKeys, StatusList)

REFRESH_MS: Final = 60 * 60 * 1000


def refresh_codes(storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
    """Fetch what is older than an hour.

    Raises:
        TillfoldError: `signature_wrong`, `server_garbled`, or as every request does.
    """
    if storage.run(_is_due):
        answer = transport.codes()
        keys = _checked(verifier, answer.keys, code_keys_text, CodeKeys)
        status = _checked(verifier, answer.status, status_text, StatusList)
        storage.run(partial(_keep, answer=answer, keys=keys, status=status))


def _is_due(store: Store) -> bool:
    with store.read() as connection:
        return store.trusted_time.now_ms() - taken_ms(connection) >= REFRESH_MS


def _checked(
    verifier: Verifier, signed: SignedContent, text: Callable[[bytes], bytes], kind: type[T]
) -> T:
    if not verifier.accepts(text(signed.content), signed.signature):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    try:
        return msgspec.msgpack.decode(signed.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error


def _keep(store: Store, answer: CodesAnswer, keys: CodeKeys, status: StatusList) -> None:
    """Raises TillfoldError `signature_wrong` for another brand's."""
    brand = store.identity.brand
    if keys.brand != brand or status.brand != brand:
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    now_ms = store.trusted_time.now_ms()
    parts = (
        (MaterialKind.KEYS, answer.keys, keys.issued_ms),
        (MaterialKind.STATUS, answer.status, status.issued_ms),
    )
    with store.write() as writing:
        for kind, signed, issued_ms in parts:
            new = Material(content=signed.content, issued_ms=issued_ms, taken_ms=now_ms)
            keep_material(writing.connection, kind, new)
