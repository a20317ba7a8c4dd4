"""`verify` finds what was done to a till's files; what is sound it calls sound."""

from contextlib import closing

import msgspec
import pytest

from domain.protocol import Receipt, SignedReceipt, receipt_text
from domain.signatures import Signer
from pos_client.storage.identity import Identity
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, encode_receipt, write_sync_state
from pos_client.storage.verification import Problem, verify
from tests.builders.till import IDENTITY, MANAGER, TillFiles
from tests.pos_client.storage.looking import FACTS, flip

SERVER = Signer(b"\x07" * 32)
JOINED: Identity = msgspec.structs.replace(
    IDENTITY, server_url="http://127.0.0.1:1", server_public_key=SERVER.public_key
)


def problems(store: Store) -> set[Problem]:
    return {finding.problem for finding in verify(store).findings}


def change(store: Store, statement: str) -> None:
    with store.write() as writing:
        writing.connection.exec_driver_sql(statement)


def test_a_sound_till_is_called_sound_with_what_was_checked(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        done = verify(store)
    assert (done.holds, done.entries, done.epochs, done.superseded) == (True, len(FACTS), 1, 0)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM journal WHERE number = 2", {Problem.GAP, Problem.CHAIN}),
        ("UPDATE journal SET hash = zeroblob(32) WHERE number = 2", {Problem.HASH}),
        ("UPDATE journal SET signature = zeroblob(64) WHERE number = 3", {Problem.SIGNATURE}),
        ("UPDATE journal SET content = X'80' WHERE number = 3", {Problem.FACT, Problem.HASH}),
        ("UPDATE overlay SET body = X'80' WHERE kind = 'member'", {Problem.SHOWN}),
        ("DELETE FROM overlay WHERE kind = 'member'", {Problem.SHOWN}),
    ],
)
def test_what_was_changed_in_the_database_is_named(
    files: TillFiles, statement: str, found: set[Problem]
) -> None:
    with files.created(FACTS) as store:
        change(store, statement)
        assert found <= problems(store)


def test_a_second_journal_that_differs_is_named(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        path = files.place.second_journal_file
        flip(path, path.stat().st_size // 2)
        assert problems(store) == {Problem.SECOND_JOURNAL}


def test_a_second_journal_that_is_cut_is_named(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        path = files.place.second_journal_file
        path.write_bytes(path.read_bytes()[:-10])
        assert problems(store) == {Problem.SECOND_JOURNAL}


def keep_receipt(store: Store, signer: Signer = SERVER, **changes: object) -> None:
    receipt = Receipt(
        brand=JOINED.brand,
        terminal=JOINED.terminal,
        epoch=1,
        number=store.head.number,
        hash=store.head.hash,
        history="h",
        server_time_ms=1,
    )
    content = msgspec.msgpack.encode(msgspec.structs.replace(receipt, **changes))
    signed = SignedReceipt(content, signer.sign(receipt_text(content)))
    with store.write() as writing:
        write_sync_state(writing.connection, SyncState(receipt=encode_receipt(signed)))


def test_the_servers_last_receipt_is_held_against_the_journal(files: TillFiles) -> None:
    with closing(files.opener.create(JOINED)) as store:
        with store.write() as writing:
            store.record(writing, FACTS, MANAGER)
        keep_receipt(store)
        assert problems(store) == set()
        for signer, changes in (
            (SERVER, {"number": 9}),
            (SERVER, {"hash": bytes(32)}),
            (Signer(b"\x08" * 32), {}),
        ):
            keep_receipt(store, signer, **changes)
            assert problems(store) == {Problem.RECEIPT}
