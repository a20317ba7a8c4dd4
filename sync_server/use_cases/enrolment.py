"""A new till exchanges a one-time code for its place in a brand."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.entries import GENESIS
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, StoreId, TerminalId
from domain.protocol import EnrolAnswer, EnrolRequest, enrolment_proof
from domain.signatures import Verifier, check_number
from sync_server.authentication.codes import new_enrolment_code, normalise_enrolment_code
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import find_brand, find_store
from sync_server.database.enrolment_codes import (
    StoredCode,
    add_code,
    brand_of_code,
    change_code,
    find_code,
    label_promised,
)
from sync_server.database.terminals import Terminal, add_terminal, label_in_use
from sync_server.use_cases.context import Context

CODE_VALID_MS: Final = 15 * 60 * 1000
MOST_ATTEMPTS: Final = 5
LONGEST_LABEL: Final = 8
_FIRST_EPOCH: Final = 1


class NewCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code as it is shown once; only its hash is kept.

    `check_number` is what the till shows when it is enrolled at this server and no other.
    """

    code: str
    store_id: StoreId
    label: str
    expires_ms: int
    check_number: str


def issue_code(context: Context, brand_id: BrandId, store_id: StoreId, label: str) -> NewCode:
    """A code for one till of a store. `label` begins the till's receipt numbers, as in "A1".

    Raises:
        TillfoldError: `not_found` for a store that is not there, `already_exists` for a label
            that another till bears or is promised, `request_malformed` for one too long or empty.
    """
    if not 0 < len(label) <= LONGEST_LABEL or not label.isalnum():
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="label")
    code = new_enrolment_code(context.entropy)
    now_ms = context.now_ms()
    stored = StoredCode(
        brand_id=brand_id,
        code_hash=context.keys.hash_enrolment_code(normalise_enrolment_code(code)),
        store_id=store_id,
        label=label,
        expires_ms=now_ms + CODE_VALID_MS,
    )

    def work(connection: Connection) -> None:
        if find_store(connection, brand_id, store_id) is None:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        taken = label_in_use(connection, brand_id, label)
        if taken or label_promised(connection, brand_id, label, now_ms):
            raise TillfoldError(ErrorCode.ALREADY_EXISTS)
        add_code(connection, stored)

    context.database.write(work, brand=brand_id)
    return NewCode(
        code=code,
        store_id=store_id,
        label=label,
        expires_ms=stored.expires_ms,
        check_number=check_number(context.keys.signer.public_key),
    )


def enrol(context: Context, request: EnrolRequest) -> EnrolAnswer:
    """Use a code once. The proof shows that the sender holds the private key.

    Raises:
        TillfoldError: `enrolment_code_wrong` for a code that is unknown, used, too old, or was
            tried too often with a wrong proof; `signature_wrong` for a wrong proof.
    """
    proof_fits = _proof_fits(request)
    code_hash = context.keys.hash_enrolment_code(normalise_enrolment_code(request.code))

    def work(connection: Connection) -> EnrolAnswer | None:
        now_ms = context.now_ms()
        code = find_code(connection, code_hash)
        if code is None or not _usable(code, now_ms):
            raise TillfoldError(ErrorCode.ENROLMENT_CODE_WRONG)
        if not proof_fits:
            change_code(connection, code, attempts=code.attempts + 1)
            return None
        change_code(connection, code, used_ms=now_ms)
        return _welcome(context, connection, code, request, now_ms=now_ms)

    # Only the code says which brand it is of.
    found = context.database.read(
        lambda connection: brand_of_code(connection, code_hash), brand=ALL_BRANDS
    )
    if found is None:
        raise TillfoldError(ErrorCode.ENROLMENT_CODE_WRONG)
    answer = context.database.write(work, brand=found)
    if answer is None:
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    return answer


def _proof_fits(request: EnrolRequest) -> bool:
    try:
        verifier = Verifier(request.public_key)
    except ValueError:
        return False
    return verifier.accepts(enrolment_proof(request.code, request.public_key), request.proof)


def _usable(code: StoredCode, now_ms: int) -> bool:
    return code.used_ms is None and now_ms <= code.expires_ms and code.attempts < MOST_ATTEMPTS


def _welcome(
    context: Context,
    connection: Connection,
    code: StoredCode,
    request: EnrolRequest,
    *,
    now_ms: int,
) -> EnrolAnswer:
    brand = find_brand(connection, code.brand_id)
    store = find_store(connection, code.brand_id, code.store_id)
    assert brand is not None
    assert store is not None
    terminal_id = TerminalId(context.new_identifier())
    new = Terminal(
        brand_id=code.brand_id,
        terminal_id=terminal_id,
        store_id=code.store_id,
        label=code.label,
        public_key=request.public_key,
        program_version=request.program_version.replace("\0", ""),
        epoch=_FIRST_EPOCH,
        head_number=0,
        head_hash=GENESIS,
        last_stamp=0,
        enrolled_ms=now_ms,
    )
    add_terminal(connection, new)
    return EnrolAnswer(
        brand=brand.brand_id,
        brand_name=brand.name,
        store=store.store_id,
        store_name=store.name,
        terminal=terminal_id,
        label=code.label,
        epoch=_FIRST_EPOCH,
        time_zone=store.time_zone,
        server_public_key=context.keys.signer.public_key,
        server_time_ms=now_ms,
    )
