"""Bringing the keys and statuses of signed codes: with the first contact, then once an hour."""

from functools import partial
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import CodesAnswer
from domain.signatures import Verifier
from domain.signed_codes.keys import CodeKeys, code_keys_text
from domain.signed_codes.status import StatusList, status_text
from pos_client.storage.code_material import Material, MaterialKind, keep_material, taken_ms
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.sync.signed import read_signed
from pos_client.sync.transport import Transport

REFRESH_MS: Final = 60 * 60 * 1000


def refresh_codes(storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
    """Fetch what is older than an hour.

    Raises:
        TillfoldError: `signature_wrong`, `server_garbled`, or as every request does.
    """
    if storage.run(_is_due):
        answer = transport.codes()
        keys = read_signed(verifier, answer.keys, code_keys_text, CodeKeys)
        status = read_signed(verifier, answer.status, status_text, StatusList)
        storage.run(partial(_keep, answer=answer, keys=keys, status=status))


def _is_due(store: Store) -> bool:
    with store.read() as connection:
        return store.trusted_time.now_ms() - taken_ms(connection) >= REFRESH_MS


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
