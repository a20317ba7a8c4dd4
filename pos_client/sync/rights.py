"""Bringing this till's rights to spend up to date: returns and releases out, allowances in."""

from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.allowances.messages import (
    LARGEST_GIVEN_BACK,
    LARGEST_WANTED,
    RightsAnswer,
    RightsRequest,
)
from domain.allowances.rights import (
    Allowance,
    Return,
    SignedReturn,
    open_allowance,
    return_text,
)
from domain.allowances.subjects import SubjectKind
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.signatures import Verifier
from pos_client.storage import rights
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.transport import Transport

# An allowance that ends sooner is given back for a new one.
RENEWED_BEFORE_MS: Final = 24 * 3_600_000
_ROUNDS: Final = 20


def exchange_rights(
    storage: StorageThread, transport: Transport, verifier: Verifier, *, told: int
) -> None:
    """Ask where there is something to say or to hear; `told` is what the feed said of it.

    Raises:
        TillfoldError: `signature_wrong`, `server_garbled`, or as every request does.
    """
    for _ in range(_ROUNDS):
        request = storage.run(partial(_request, told=told))
        if request is None:
            return
        answer = transport.rights(request)
        allowances = [open_allowance(each, verifier) for each in answer.allowances]
        again = storage.run(partial(_keep, request=request, answer=answer, allowances=allowances))
        if not again:
            return


def _request(store: Store, told: int) -> RightsRequest | None:
    """What is to be said; None where there is nothing to say and nothing to hear."""
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        connection = writing.connection
        _follow_history(connection)
        ending = rights.ending_before(connection, now_ms + RENEWED_BEFORE_MS)
        rights.begin_returning(connection, (each.allowance_id for each in ending))
        # One that is over is not worth a new one until the member comes again.
        rights.want(connection, (each.subject for each in ending if now_ms < each.expires_ms))
        rights.purge(connection, now_ms)
        state = rights.read_right_state(connection)
        request = RightsRequest(
            after=state.number,
            released=tuple(rights.abandoned(connection, now_ms, LARGEST_GIVEN_BACK)),
            returned=tuple(
                _signed(store, connection, each)
                for each in rights.returning(connection, LARGEST_GIVEN_BACK)
            ),
            wanted=tuple(rights.wanted(connection, LARGEST_WANTED)),
        )
    says = request.released or request.returned or request.wanted
    return request if says or told != state.number else None


def _follow_history(connection: Connection) -> None:
    """Rights of a server before it was restored are used no more, as it may not know of them.

    They go back with what was used of them: those that it knows are free then, and it passes the
    others over. What it gave in its new history is told from the first number on.
    """
    history = read_sync_state(connection).history
    state = rights.read_right_state(connection)
    if state.history and state.history != history:
        rights.give_all_back(connection)


def _signed(store: Store, connection: Connection, allowance_id: str) -> SignedReturn:
    used = rights.used_of(connection, allowance_id)
    content = msgspec.msgpack.encode(
        Return(allowance_id=allowance_id, terminal=store.identity.terminal, used=used)
    )
    return SignedReturn(content, store.signer.sign(return_text(content)))


def _keep(
    store: Store, request: RightsRequest, answer: RightsAnswer, allowances: list[Allowance]
) -> bool:
    """Lay the answer down; whether there is more to say or to hear."""
    identity = store.identity
    addressees = {(each.brand, each.terminal) for each in allowances}
    if addressees - {(identity.brand, identity.terminal)}:
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    with store.write() as writing:
        connection = writing.connection
        if read_sync_state(connection).history != answer.history:
            # The next pull finds out, and forgets.
            return False
        rights.forget_operations(connection, request.released)
        rights.forget_wanted(connection, request.wanted)
        given_back = [
            msgspec.msgpack.decode(each.content, type=Return).allowance_id
            for each in request.returned
        ]
        rights.forget_rights(connection, given_back)
        rights.lay_down(connection, allowances)
        rights.begin_returning(connection, answer.recalled)
        # What can be done for her without the server has changed: screens look again.
        writing.changed |= frozenset(
            AggregateKey(AggregateKind.MEMBER, each.subject.id)
            for each in allowances
            if each.subject.kind is SubjectKind.POINTS
        )
        rights.write_right_state(
            connection,
            rights.RightState(
                history=answer.history,
                number=answer.number,
                store_tills=max(1, answer.store_tills),
            ),
        )
    return answer.more or bool(answer.recalled)
