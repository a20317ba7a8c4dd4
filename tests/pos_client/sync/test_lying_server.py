"""Every field of what a server answers a till, altered one at a time on its way over real HTTP.

The fields are read from the messages that really came, signed ones are signed again by the
server's own key: so this is a server that lies, and not only a network. An altered answer is
refused with a code, or does no lasting harm for the reason stated here. Afterwards, when the server
is honest again, till and server hold the same, and nothing that was written is lost.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pytest
from sqlalchemy import select

from domain.allowances.messages import PATH_RIGHTS, RightsAnswer
from domain.allowances.rights import Allowance, allowance_text
from domain.allowances.subjects import Subject, SubjectKind
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    PATH_CODES,
    PATH_DIGESTS,
    PATH_FEED,
    PATH_MEMBERS,
    PATH_PUSH,
    PATH_ROWS,
    CodesAnswer,
    DigestsAnswer,
    FeedPage,
    MemberQuestion,
    PushAnswer,
    Receipt,
    receipt_text,
)
from domain.signatures import Signer, Verifier
from domain.signed_codes.keys import CodeKeys, code_keys_text
from domain.signed_codes.status import StatusList, status_text
from pos_client.storage import rights
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import aggregate, pending
from pos_client.storage.thread import StorageThread
from pos_client.storage.verification import verify as verify_till
from pos_client.sync.looking_up import MemberLookUp
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport
from pos_client.use_cases.joining import enrol_at
from sync_server.use_cases.books import read_books
from sync_server.use_cases.verification import verify
from tests.builders.altering import Signed, alterations
from tests.builders.facts import enrolled, sale
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER, TillFiles, write
from tests.pos_client.sync.strangers import altering, stranger

# Where a signed message stands, by the struct and field that hold it.
SIGNED: Final[Signed] = {
    "PushAnswer.receipt": (Receipt, receipt_text),
    "RightsAnswer.allowances": (Allowance, allowance_text),
    "CodesAnswer.keys": (CodeKeys, code_keys_text),
    "CodesAnswer.status": (StatusList, status_text),
}
ANSWERS: Final[dict[str, type[msgspec.Struct]]] = {
    PATH_PUSH: PushAnswer,
    PATH_FEED: FeedPage,
    PATH_DIGESTS: DigestsAnswer,
    PATH_ROWS: FeedPage,
    PATH_MEMBERS: FeedPage,
    PATH_RIGHTS: RightsAnswer,
    PATH_CODES: CodesAnswer,
}
REFUSED: Final[dict[str, ErrorCode]] = {
    "push Verdict.outcome": ErrorCode.SERVER_GARBLED,
    "push Verdict.error": ErrorCode.SERVER_GARBLED,
    "push Receipt.brand": ErrorCode.SIGNATURE_WRONG,
    "push Receipt.terminal": ErrorCode.SIGNATURE_WRONG,
    "push Receipt.epoch": ErrorCode.SIGNATURE_WRONG,
    "push Receipt.hash": ErrorCode.JOURNAL_FORKED,
    "push SignedReceipt.content": ErrorCode.SIGNATURE_WRONG,
    "push SignedReceipt.signature": ErrorCode.SIGNATURE_WRONG,
    "feed FeedPage.history": ErrorCode.SERVER_GARBLED,
    "feed FeedPage.acknowledged": ErrorCode.SERVER_GARBLED,
    "feed FeedRow.body": ErrorCode.SERVER_GARBLED,
    "digests DigestsAnswer.sums[]": ErrorCode.SERVER_GARBLED,
    "rows FeedPage.history": ErrorCode.SERVER_GARBLED,
    "rows FeedRow.body": ErrorCode.SERVER_GARBLED,
    "members FeedPage.history": ErrorCode.SERVER_FAILED,
    "members FeedRow.body": ErrorCode.SERVER_GARBLED,
    "rights Allowance.brand": ErrorCode.SIGNATURE_WRONG,
    "rights Allowance.terminal": ErrorCode.SIGNATURE_WRONG,
    "rights Subject.kind": ErrorCode.SERVER_GARBLED,
    "rights SignedAllowance.content": ErrorCode.SIGNATURE_WRONG,
    "rights SignedAllowance.signature": ErrorCode.SIGNATURE_WRONG,
    "codes CodeKeys.brand": ErrorCode.SIGNATURE_WRONG,
    "codes StatusList.brand": ErrorCode.SIGNATURE_WRONG,
    "codes SignedContent.content": ErrorCode.SIGNATURE_WRONG,
    "codes SignedContent.signature": ErrorCode.SIGNATURE_WRONG,
}
_PAGE: Final = ("next_cursor", "head", "more", "acknowledged_epoch", "server_time_ms", "rights")
_ROWS: Final = ("FeedRow.kind", "FeedRow.id", "FeedRow.version", "FeedPage.rows[]")
# What does no lasting harm, by the reason.
HARMLESS: Final[dict[str, tuple[str, ...]]] = {
    "only entries that are set aside are looked at": (
        *("push Verdict.number", "push PushAnswer.verdicts[]"),
    ),
    "a receipt that goes further than the journal, or is of another history, proves nothing": (
        *("push Receipt.number", "push Receipt.history"),
    ),
    "the server's time is the server's to tell": (
        *("push Receipt.server_time_ms", "rights Allowance.issued_ms"),
        *("codes CodeKeys.issued_ms", "codes StatusList.issued_ms"),
        *("codes StatusList.valid_until_ms", "rights Allowance.expires_ms"),
    ),
    "the sum finds rows that are missing, too many or others": (
        *(f"{path} {row}" for path in ("feed", "rows", "members") for row in _ROWS),
    ),
    "a page that leads or acknowledges too far is found by the next one, which then has less": (
        *(f"{path} FeedPage.{field}" for path in ("feed", "rows", "members") for field in _PAGE),
        *("rows FeedPage.acknowledged", "members FeedPage.acknowledged"),
    ),
    "rows are compared before one is changed; scopes are not": (
        *("feed ScopeSum.scope", "feed ScopeSum.sum", "feed FeedPage.sums[]"),
        *("digests DigestsAnswer.history", "digests DigestsAnswer.head"),
        *("digests DigestsAnswer.sums", "digests DigestsAnswer.rows[]"),
        *("digests RowDigest.kind", "digests RowDigest.id", "digests RowDigest.digest"),
    ),
    "an answer about rights of another history is passed over": ("rights RightsAnswer.history",),
    "a right that the till does not hear of runs out": (
        *("rights RightsAnswer.number", "rights RightsAnswer.allowances[]"),
        *("rights RightsAnswer.more", "rights RightsAnswer.store_tills"),
    ),
    "what the server has signed is its own promise; what it does not know of becomes a case": (
        *("rights Allowance.allowance_id", "rights Allowance.issue", "rights Allowance.amount"),
        *("rights Subject.id", "codes CodeKeys.keys", "codes CodeKeys.keys[]"),
        *("codes StatusList.first", "codes StatusList.bits"),
    ),
}


class Liar:
    """Tells the truth, and one lie about the next answer at a path when it is asked to."""

    def __init__(self, server: RunningServer) -> None:
        self._sign: Callable[[bytes], bytes] = server.context.keys.signer.sign
        self.path = self.leaf = ""
        self.leaves: dict[str, list[str]] = {}

    def __call__(self, target: str, message: bytes) -> bytes:
        path = target.partition("?")[0]
        try:
            answer = msgspec.msgpack.decode(message, type=ANSWERS[path])
        except (KeyError, msgspec.ValidationError):
            return message  # a refusal: a nonce that grew old
        lies = dict(alterations(answer, SIGNED, self._sign))
        known = self.leaves.setdefault(path, [])
        known += [leaf for leaf in lies if leaf not in known]
        if path != self.path or self.leaf not in lies:
            return message
        self.path = ""
        return msgspec.msgpack.encode(lies[self.leaf])


class Place:
    """A till's storage and its session with a real server, through the liar."""

    def __init__(self, folder: Path, server: RunningServer, url: str) -> None:
        files = TillFiles(folder)
        signer = Signer(files.secrets.signing_seed)
        identity = enrol_at(url, server.new_code("A1"), signer)
        verifier = Verifier(identity.server_public_key)

        def transport() -> Transport:
            return Transport(url, terminal=identity.terminal, signer=signer)

        self.server = server
        self.storage = StorageThread()
        self.storage.adopt(self.storage.run_first(lambda: files.opener.create(identity)))
        self._transport, self._verifier = transport, verifier
        self.session = self._new_session()
        self.look_up = MemberLookUp(self.storage, transport)
        self.members = self.sales = 0

    def _new_session(self) -> Session:
        return Session(self.storage, self._transport(), self._verifier)

    def stir(self, path: str) -> None:
        """See to it that an answer of every kind has something in it."""
        if path in {PATH_DIGESTS, PATH_ROWS}:
            # So often a till may not ask, and one that compared in vain asks less.
            self.server.clock.advance(minutes=1)
            self.session.close()
            self.session = self._new_session()
        self.members += 1
        name = f"m-{self.members}"

        def work(store: Store) -> None:
            write(store, [enrolled(name, phone=f"+86138{self.members:08d}")])
            with store.write() as writing:
                connection = writing.connection
                if path == PATH_RIGHTS:
                    self.sales += 1
                    store.record(writing, [sale(f"s-{name}", member=name, earned=100)], CASHIER)
                    rights.want(connection, [Subject(SubjectKind.POINTS, name)])
                if path == PATH_CODES:
                    connection.exec_driver_sql("DELETE FROM code_material")
                if path in {PATH_DIGESTS, PATH_ROWS}:
                    sql = "DELETE FROM aggregate WHERE kind = 'member' AND id = 'm-1'"
                    connection.exec_driver_sql(sql)

        self.storage.run(work)

    def exchange(self, path: str = "") -> None:
        if path == PATH_MEMBERS:
            self.look_up.find(MemberQuestion(member_id="m-1"))
        self.session.run(lambda *_: None, lambda: False)

    def holds_what_the_server_holds(self) -> bool:
        till = self.server.context.database

        def work(store: Store) -> tuple[int, int, dict[tuple[str, str], bytes]]:
            with store.read() as connection:
                state = read_sync_state(connection)
                waiting = connection.execute(select(pending)).all()
                rows = connection.execute(
                    select(aggregate.c.kind, aggregate.c.id, aggregate.c.body)
                )
                held = {(row.kind, row.id): row.body for row in rows}
            missing = store.head.number - state.acknowledged
            return missing, len(waiting) + state.refetching, held

        missing, waiting, held = self.storage.run(work)
        theirs = till.read(
            lambda connection: {
                (row.kind, row.id): row.body
                for row in connection.exec_driver_sql(
                    "SELECT kind, id, body FROM aggregate WHERE scope <> 'B'"
                )
            },
            brand=BRAND,
        )
        return (missing, waiting, held) == (0, 0, theirs)

    def close(self) -> None:
        self.session.close()
        self.storage.close()


@pytest.fixture
def place(server: RunningServer, tmp_path: Path) -> Iterator[tuple[Place, Liar]]:
    liar = Liar(server)
    with stranger(altering(int(server.url.rpartition(":")[2]), liar)) as between:
        made = Place(tmp_path / "till", server, between.url)
        with closing(made):
            yield made, liar


def told(place: Place, path: str) -> str:
    """What the till makes of an exchange: a code, or nothing."""
    place.stir(path)
    try:
        place.exchange(path)
    except TillfoldError as error:
        return error.code.value
    return ""


def test_every_altered_field_of_an_answer_is_refused_or_does_no_lasting_harm(
    server: RunningServer, place: tuple[Place, Liar]
) -> None:
    till, liar = place
    found: dict[str, str] = {}
    for path in ANSWERS:
        told(till, path)
        for leaf in list(liar.leaves[path]):
            liar.path, liar.leaf = path, leaf
            found[f"{path.rpartition('/')[2]} {leaf}"] = told(till, path)
            assert not liar.path, f"{path} {leaf} was not asked for"
            for _ in range(3):
                if till.holds_what_the_server_holds():
                    break
                till.exchange()
            assert till.holds_what_the_server_holds(), (path, leaf)
    assert found == {name: code.value for name, code in REFUSED.items()} | {
        name: "" for names in HARMLESS.values() for name in names
    }
    assert not till.storage.run(verify_till).findings
    assert verify(server.context, BRAND).holds
    books = read_books(server.context, BRAND)
    assert (books.members, books.points_total) == (till.members, 100 * till.sales)
