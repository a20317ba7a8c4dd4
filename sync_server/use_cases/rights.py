"""A till and the server bring each other up to date on rights: what is over, what is new."""

from functools import partial

import msgspec
from sqlalchemy import Connection

from domain.allowances.messages import (
    LARGEST_GIVEN_BACK,
    LARGEST_RIGHTS_ANSWER,
    RightsAnswer,
    RightsRequest,
)
from domain.allowances.rights import (
    Allowance,
    SignedAllowance,
    SignedReturn,
    allowance_text,
    open_return,
)
from domain.allowances.subjects import Subject
from domain.signatures import Verifier
from sync_server.database import allowances
from sync_server.database.allowances import AllowanceRow
from sync_server.database.brands import find_brand
from sync_server.database.terminals import Terminal, tills_of_store
from sync_server.use_cases.authorising import release
from sync_server.use_cases.context import Context
from sync_server.use_cases.granting import grant, take_back
from sync_server.use_cases.spendable import book_of


def exchange_rights(context: Context, till: Terminal, request: RightsRequest) -> RightsAnswer:
    """Take back, release, grant; then answer with what is new for the till. Each can be repeated.

    Raises:
        TillfoldError: `signature_wrong`, `request_malformed` for a return that the till did not
            sign.
    """
    verifier = Verifier(till.public_key)
    database, brand = context.database, till.brand_id
    for signed in request.returned:
        database.write(partial(_take_back, context, till, signed, verifier), brand=brand)
    if request.released:
        database.write(
            lambda connection: release(connection, till, request.released, now_ms=context.now_ms()),
            brand=brand,
        )
    for subject in dict.fromkeys(request.wanted):
        database.write(partial(_grant, context, till, subject), brand=brand)
    return database.read(partial(_answer, context, till, request.after), brand=brand)


def _take_back(
    context: Context,
    till: Terminal,
    signed: SignedReturn,
    verifier: Verifier,
    connection: Connection,
) -> None:
    take_back(context, connection, till, open_return(signed, verifier))


def _grant(context: Context, till: Terminal, subject: Subject, connection: Connection) -> None:
    grant(context, connection, till.brand_id, subject, asker=till)


def _answer(context: Context, till: Terminal, after: int, connection: Connection) -> RightsAnswer:
    brand_id, terminal_id = till.brand_id, till.terminal_id
    brand = find_brand(connection, brand_id)
    assert brand is not None
    found = allowances.at_till(
        connection, brand_id, terminal_id, after=after, limit=LARGEST_RIGHTS_ANSWER + 1
    )
    rows, more = found[:LARGEST_RIGHTS_ANSWER], len(found) > LARGEST_RIGHTS_ANSWER
    number = allowances.till_number(connection, brand_id, terminal_id)
    since_ms = context.now_ms() - book_of(connection, brand_id).spending.lease_ms
    siblings = tills_of_store(connection, brand_id, till.store_id, heard_since_ms=since_ms)
    return RightsAnswer(
        history=brand.history,
        number=rows[-1].issue if more else number,
        allowances=tuple(_signed(context, row) for row in rows),
        recalled=tuple(
            allowances.recalled_at(connection, brand_id, terminal_id, LARGEST_GIVEN_BACK)
        ),
        store_tills=len({terminal_id, *(each.terminal_id for each in siblings)}),
        more=more,
    )


def _signed(context: Context, row: AllowanceRow) -> SignedAllowance:
    content = msgspec.msgpack.encode(
        Allowance(
            allowance_id=row.allowance_id,
            issue=row.issue,
            brand=row.brand_id,
            terminal=row.terminal_id,
            subject=Subject(row.kind, row.subject_id),
            amount=row.amount,
            issued_ms=row.issued_ms,
            expires_ms=row.expires_ms,
        )
    )
    return SignedAllowance(content, context.keys.signer.sign(allowance_text(content)))
