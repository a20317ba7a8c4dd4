"""Every field of what a till asks, and every value in an address, altered one at a time.

Altered on its way it is refused. Altered by the till itself, which signs what it likes, it is
refused with a code or answered, and no books change; nothing makes the server fail.
"""

from collections.abc import Iterator

import httpx
import msgspec
import pytest

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseRequest,
    RightsRequest,
    Want,
)
from domain.allowances.rights import Return, SignedReturn, return_text
from domain.entries import hash_entry
from domain.errors import ErrorCode
from domain.identifiers import TerminalId
from domain.protocol import (
    PATH_DIGESTS,
    PATH_EPOCH,
    PATH_FEED,
    PATH_JOURNAL,
    PATH_MEMBERS,
    PATH_ROWS,
    DigestsRequest,
    EpochRequest,
    FeedPage,
    MemberQuestion,
    RowsRequest,
)
from sync_server.use_cases.books import read_books
from sync_server.use_cases.verification import verify
from tests.builders.altering import alterations
from tests.builders.spending import POINTS, allowances, member_with, row_of
from tests.builders.sync_client import Refused, SyncClient, packed, unpacked
from tests.builders.sync_server import BRAND, RunningServer

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

QUERIES = {
    PATH_FEED: {"cursor": 1, "limit": 10, "epoch": 1, "began": 1},
    PATH_JOURNAL: {"epoch": 1, "after": 0},
}
# Not a number, none at all, negative, too large for any counter, too large for a machine.
NO_NUMBERS = ("x", "", "-1", str(10**16), "9" * 400)
# What a till is told that signed it so itself. All else is answered.
REFUSED = {
    ("authorise AuthoriseRequest.wants[]", ErrorCode.REQUEST_MALFORMED),
    ("authorise Subject.kind", ErrorCode.REQUEST_MALFORMED),
    ("epoch EpochRequest.epoch", ErrorCode.JOURNAL_GAP),
    ("epoch EpochRequest.first", ErrorCode.JOURNAL_FORKED),
    ("members MemberQuestion.card", ErrorCode.REQUEST_MALFORMED),
    ("members MemberQuestion.member_id", ErrorCode.REQUEST_MALFORMED),
    ("members MemberQuestion.phone", ErrorCode.PHONE_MALFORMED),
    ("rights SignedReturn.content", ErrorCode.SIGNATURE_WRONG),
    ("rights SignedReturn.signature", ErrorCode.SIGNATURE_WRONG),
    ("rights Subject.kind", ErrorCode.REQUEST_MALFORMED),
    ("rows RowsRequest.keys[]", ErrorCode.REQUEST_MALFORMED),
}
SIGNED = {"RightsRequest.returned": (Return, return_text)}


def requests(till: SyncClient, allowance_id: str) -> dict[str, msgspec.Struct]:
    """One of each kind with something in every field."""
    content = msgspec.msgpack.encode(
        Return(allowance_id=allowance_id, terminal=TerminalId(till.terminal.terminal), used=0)
    )
    signed = SignedReturn(content, till.terminal.signer.sign(return_text(content)))
    hashes = b"".join(hash_entry(each.content) for each in till.terminal.entries)
    want = Want(subject=POINTS, amount=2, least=1)
    return {
        PATH_EPOCH: EpochRequest(epoch=1, first=1, hashes=hashes),
        PATH_DIGESTS: DigestsRequest(buckets=(1,)),
        PATH_ROWS: RowsRequest(keys=(("member", "member-1"),), epoch=1),
        PATH_MEMBERS: MemberQuestion(phone="+8613800138000", epoch=1),
        PATH_AUTHORISE: AuthoriseRequest(operation_id="op", wants=(want,)),
        PATH_RIGHTS: RightsRequest(after=0, released=("op",), returned=(signed,), wanted=(POINTS,)),
    }


def code_of(response: httpx.Response) -> ErrorCode | None:
    """The code of a refusal; an answer has none. A failing server is neither."""
    assert response.status_code < httpx.codes.INTERNAL_SERVER_ERROR, response.url
    if response.status_code == httpx.codes.OK:
        return None
    with pytest.raises(Refused) as refused:
        unpacked(response, FeedPage)
    return refused.value.code


def ready(server: RunningServer) -> tuple[SyncClient, dict[str, msgspec.Struct]]:
    till = server.enrolled_till("A1")
    for fact in member_with(1_000):
        till.terminal.write(fact)
    till.push()
    (given,) = allowances(till, server.context, POINTS)
    return till, requests(till, given.allowance_id)


def altered_bodies(till: SyncClient, message: msgspec.Struct) -> Iterator[tuple[str, bytes]]:
    for leaf, altered in alterations(message, SIGNED, till.terminal.signer.sign):
        yield leaf, packed(altered)


def test_what_is_altered_on_its_way_is_refused(server: RunningServer) -> None:
    till, messages = ready(server)
    before = read_books(server.context, BRAND), row_of(server.context)
    for path, message in messages.items():
        headers = till.headers("POST", path, packed(message))
        for leaf, body in altered_bodies(till, message):
            response = till.http.post(path, content=body, headers=headers)
            assert code_of(response) is ErrorCode.SIGNATURE_WRONG, (path, leaf)
    for path, values in QUERIES.items():
        headers = till.headers("GET", target(path, values))
        for name in values:
            response = till.http.get(
                target(path, values | {name: values[name] + 1}), headers=headers
            )
            assert code_of(response) is ErrorCode.SIGNATURE_WRONG, (path, name)
    assert (read_books(server.context, BRAND), row_of(server.context)) == before


def target(path: str, values: dict[str, int] | dict[str, str]) -> str:
    return f"{path}?" + "&".join(f"{name}={value}" for name, value in values.items())


def test_what_a_till_alters_itself_is_refused_or_answered_and_makes_nothing_fail(
    server: RunningServer,
) -> None:
    till, messages = ready(server)
    before = read_books(server.context, BRAND)
    refused = set()
    for path, message in messages.items():
        for leaf, body in altered_bodies(till, message):
            server.clock.advance(minutes=1)
            till.feed()
            code = code_of(till.send("POST", path, body=body))
            if code is not None:
                refused.add((f"{path.rpartition('/')[2]} {leaf}", code))
            row = row_of(server.context)
            assert row.granted + row.held <= row.balance + row.forced
    assert refused == REFUSED
    assert read_books(server.context, BRAND) == before
    assert verify(server.context, BRAND).holds


@pytest.mark.parametrize("path", QUERIES)
def test_an_address_with_what_is_no_number_is_malformed(server: RunningServer, path: str) -> None:
    till = server.enrolled_till("A1")
    values = {name: str(value) for name, value in QUERIES[path].items()}
    till.feed()
    for name in values:
        for wrong in NO_NUMBERS:
            response = till.send("GET", target(path, values | {name: wrong}))
            assert code_of(response) is ErrorCode.REQUEST_MALFORMED, (name, wrong)
