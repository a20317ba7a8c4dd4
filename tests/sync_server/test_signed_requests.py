"""Who may ask: signatures, nonces, versions, and bodies that are no requests of ours."""

from collections.abc import Mapping
from itertools import product

import msgspec
import pytest
import zstandard

from domain.errors import ErrorCode
from domain.protocol import (
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    LARGEST_PUSH_BYTES,
    PATH_FEED,
    PATH_LIVE,
    PATH_PUSH,
    FeedPage,
    PushAnswer,
)
from sync_server.authentication import requests
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient, packed, unpacked
from tests.builders.sync_server import RunningServer
from tests.builders.terminal import TestTerminal

_MIB = 1024 * 1024
GARBAGE = [
    b"",
    b"<html>sign in here</html>",
    zstandard.compress(b""),
    zstandard.compress(b"\xc1"),
    zstandard.compress(b"\x91" * 100_000),
    zstandard.compress(msgspec.msgpack.encode({"epoch": 1})),
    zstandard.compress(msgspec.msgpack.encode({"epoch": 1, "entries": []})),
    zstandard.compress(msgspec.msgpack.encode({"epoch": 1, "entries": [["a", b""]]})),
    zstandard.compress(msgspec.msgpack.encode({"epoch": 1, "entries": [[b"", b""]] * 1_001})),
    zstandard.compress(b"cut short" * 100)[:-9],
]


def refused_with(
    client: SyncClient,
    method: str,
    target: str,
    *,
    body: bytes = b"",
    changed: Mapping[str, str] | None = None,
) -> Refused:
    """Send one request, signed and then `changed` in its headers, and take the refusal."""
    headers = client.headers(method, target, body) | dict(changed or {})
    response = client.http.request(method, target, content=body, headers=headers)
    client.nonce = response.headers[HEADER_NONCE]
    with pytest.raises(Refused) as refused:
        unpacked(response, FeedPage)
    return refused.value


def test_the_first_refusal_brings_a_nonce_that_works(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    refused = refused_with(till, "GET", PATH_FEED)
    assert (refused.status, refused.code) == (401, ErrorCode.NONCE_STALE)
    assert unpacked(till.send("GET", PATH_FEED), FeedPage).head == server.first_head


@pytest.mark.parametrize("path", [PATH_FEED, PATH_LIVE])
def test_a_nonce_grows_stale_within_five_minutes(server: RunningServer, path: str) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    server.clock.advance(minutes=4)
    headers = till.headers("GET", path)
    with till.http.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
    server.clock.advance(minutes=1)
    assert till.http.get(path, headers=headers).status_code == 401


def test_a_made_up_nonce_is_refused(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for nonce in ("", "1", "x.y", "9" * 90, "9" * 4_000, "-5.ff"):
        till.nonce = nonce
        assert refused_with(till, "GET", PATH_FEED).code is ErrorCode.NONCE_STALE, nonce


def test_a_signed_push_cannot_be_altered_or_used_elsewhere(server: RunningServer) -> None:
    till, other = server.enrolled_till("A1"), server.enrolled_till("A2")
    till.feed()
    till.terminal.write(facts.sale())
    body = packed(till.terminal.push_request())
    headers = till.headers("POST", PATH_PUSH, body)
    forged = [
        ("body", dict(headers), body + b"x", PATH_PUSH),
        ("target", dict(headers), body, f"{PATH_PUSH}?x=1"),
        ("terminal", headers | {HEADER_TERMINAL: other.terminal.terminal}, body, PATH_PUSH),
        ("signature", headers | {HEADER_SIGNATURE: "00" * 64}, body, PATH_PUSH),
        ("no signature", headers | {HEADER_SIGNATURE: "zz"}, body, PATH_PUSH),
    ]
    for name, changed, sent, target in forged:
        response = till.http.post(target, content=sent, headers=changed)
        with pytest.raises(Refused) as refused:
            unpacked(response, PushAnswer)
        assert (refused.value.status, refused.value.code) == (
            401,
            ErrorCode.SIGNATURE_WRONG,
        ), name
    untouched = unpacked(till.http.post(PATH_PUSH, content=body, headers=headers), PushAnswer)
    assert len(untouched.verdicts) == 1


def test_a_replayed_push_within_the_nonce_s_life_changes_nothing(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    till.terminal.write(facts.sale())
    body = packed(till.terminal.push_request())
    headers = till.headers("POST", PATH_PUSH, body)
    heads = []
    for _ in range(2):
        till.http.post(PATH_PUSH, content=body, headers=headers)
        heads.append(till.feed().head)
    assert heads == [server.first_head + 1] * 2


def test_an_unknown_terminal_is_told_so(server: RunningServer) -> None:
    for name in ("nobody", "head-office"):
        stranger = server.client(TestTerminal(name))
        refused_with(stranger, "GET", PATH_FEED)
        refused = refused_with(stranger, "GET", PATH_FEED)
        assert (refused.status, refused.code) == (401, ErrorCode.TERMINAL_UNKNOWN)


def test_another_protocol_is_refused_as_such(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for path, version in product(
        (PATH_FEED, PATH_LIVE, "/sync/v2/feed"), ("", "0", "one", "9" * 9)
    ):
        refused = refused_with(till, "GET", path, changed={HEADER_PROTOCOL: version})
        assert (refused.status, refused.code) == (426, ErrorCode.PROTOCOL_UNSUPPORTED)


def test_of_two_releases_that_do_not_understand_each_other_the_older_is_to_be_upgraded(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = server.enrolled_till("A1")
    newer = refused_with(till, "GET", PATH_FEED, changed={HEADER_PROTOCOL: "2"})
    assert (newer.status, newer.code) == (426, ErrorCode.SERVER_OUTDATED)
    monkeypatch.setattr(requests, "PROTOCOL_VERSION", 3)
    assert till.feed().head
    monkeypatch.setattr(requests, "OLDEST_PROTOCOL", 2)
    older = refused_with(till, "GET", PATH_FEED)
    assert (older.status, older.code) == (426, ErrorCode.TILL_OUTDATED)


def test_an_unknown_sync_path_or_method_gets_a_coded_answer(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for method, path in (("GET", "/sync/v1/nothing"), ("POST", PATH_FEED), ("GET", PATH_PUSH)):
        assert refused_with(till, method, path).code is ErrorCode.NOT_FOUND


def test_a_body_larger_than_a_push_is_refused_while_it_arrives(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    refused = refused_with(till, "POST", PATH_PUSH, body=bytes(LARGEST_PUSH_BYTES + 1))
    assert (refused.status, refused.code) == (413, ErrorCode.REQUEST_TOO_LARGE)


def test_a_small_body_that_swells_is_refused(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    with_size = zstandard.compress(bytes(256 * _MIB))
    stream = zstandard.ZstdCompressor().compressobj()
    without_size = b"".join(stream.compress(bytes(_MIB)) for _ in range(64)) + stream.flush()
    for bomb in (with_size, without_size):
        refused = refused_with(till, "POST", PATH_PUSH, body=bomb)
        assert (refused.status, refused.code) == (413, ErrorCode.REQUEST_TOO_LARGE)


def test_garbage_signed_by_a_till_is_refused_with_a_code(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    for body in GARBAGE:
        refused = refused_with(till, "POST", PATH_PUSH, body=body)
        assert (refused.status, refused.code) == (400, ErrorCode.REQUEST_MALFORMED)


def test_a_malformed_cursor_is_refused(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.feed()
    queries = ("cursor=-1", "cursor=x", "limit=0", f"cursor={'9' * 20}", "limit=%EF%BC%91")
    for query in queries:
        refused = refused_with(till, "GET", f"{PATH_FEED}?{query}")
        assert refused.code is ErrorCode.REQUEST_MALFORMED, query
