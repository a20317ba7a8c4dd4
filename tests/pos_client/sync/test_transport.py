"""What a till makes of whatever answers at its server's address."""

import socket
import threading

import pytest
import zstandard

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import LARGEST_ANSWER_BYTES, PushRequest
from domain.signatures import Signer
from hardware.timing import monotonic_ms
from pos_client.sync.transport import RefusedByServerError, Timeouts, Transport, enrol
from tests.builders.facts import sale
from tests.builders.terminal import TestTerminal
from tests.pos_client.sync.strangers import (
    OURS,
    PORTAL,
    Answer,
    http,
    never,
    ours,
    packed,
    page,
    raw,
    refuses,
    stranger,
)

QUICK = Timeouts(connect_s=2.0, answer_s=0.3, live_silence_s=0.3)
SIGNER = Signer(bytes(32))
TEXT = {"Content-Type": "text/html"}


def transport(url: str, timeouts: Timeouts = QUICK) -> Transport:
    return Transport(url, terminal="till-1", signer=SIGNER, timeouts=timeouts)


def a_push() -> PushRequest:
    terminal = TestTerminal()
    terminal.write(sale())
    return terminal.push_request()


HALF = packed(page())[:-4]
STRANGE: list[tuple[str, Answer, ErrorCode]] = [
    ("captive portal", http(headers=TEXT, body=PORTAL), ErrorCode.SERVER_NOT_OURS),
    ("redirect", http("302 Found", {"Location": "http://portal/"}), ErrorCode.SERVER_NOT_OURS),
    ("redirect to ourselves", http("307 X", {"Location": "/sync"}), ErrorCode.SERVER_NOT_OURS),
    ("not found", http("404 Not Found", TEXT, b"nothing here"), ErrorCode.SERVER_NOT_OURS),
    ("proxy failed", http("502 Bad Gateway", TEXT, b"oops"), ErrorCode.SERVER_FAILED),
    ("other server failed", http("500 X", TEXT), ErrorCode.SERVER_FAILED),
    ("other 426", http("426 Upgrade Required"), ErrorCode.SERVER_NOT_OURS),
    ("garbage", http(headers=OURS, body=b"\x00garbage"), ErrorCode.SERVER_GARBLED),
    ("empty", http(headers=OURS), ErrorCode.SERVER_GARBLED),
    (
        "packed garbage",
        http(headers=OURS, body=zstandard.compress(b"\xc1")),
        ErrorCode.SERVER_GARBLED,
    ),
    ("half a body", http(headers=OURS, body=HALF), ErrorCode.SERVER_GARBLED),
    ("another message", ours({"hello": 1}), ErrorCode.SERVER_GARBLED),
    ("a list", ours([1, 2, 3]), ErrorCode.SERVER_GARBLED),
    ("wrong type", http(headers={**OURS, **TEXT}, body=packed(page())), ErrorCode.SERVER_GARBLED),
    ("no type", http(headers={"Tillfold-Protocol": "1"}), ErrorCode.SERVER_GARBLED),
    (
        "wrong encoding",
        http(headers={**OURS, "Content-Encoding": "gzip"}, body=b"x"),
        ErrorCode.SERVER_GARBLED,
    ),
    ("not http", raw(b"220 mail.example.com ESMTP\r\n"), ErrorCode.SERVER_UNREACHABLE),
    ("closes at once", raw(b""), ErrorCode.SERVER_UNREACHABLE),
    ("half a head", raw(b"HTTP/1.1 200 OK\r\nTillf"), ErrorCode.SERVER_UNREACHABLE),
    (
        "half an answer",
        http(headers={**OURS, "Content-Length": "4000"}, body=packed(page())),
        ErrorCode.SERVER_UNREACHABLE,
    ),
    ("silence", never, ErrorCode.SERVER_UNREACHABLE),
    ("500 of ours", refuses(ErrorCode.SERVER_FAILED, "500 X"), ErrorCode.SERVER_FAILED),
    ("older than us", refuses(ErrorCode.SERVER_OUTDATED, "426 X"), ErrorCode.SERVER_OUTDATED),
    ("newer than us", refuses(ErrorCode.TILL_OUTDATED, "426 X"), ErrorCode.TILL_OUTDATED),
    ("revoked", refuses(ErrorCode.TERMINAL_REVOKED, "403 X"), ErrorCode.TERMINAL_REVOKED),
    ("a code of later", ours({"code": "moon_phase"}, "400 X"), ErrorCode.SERVER_CODE_UNKNOWN),
    ("no code at all", ours({"code": "Moon\n"}, "400 X"), ErrorCode.SERVER_GARBLED),
    ("a code of ours, garbled", ours({"code": "x" * 61}, "400 X"), ErrorCode.SERVER_GARBLED),
    ("a stale nonce for ever", refuses(ErrorCode.NONCE_STALE, "401 X"), ErrorCode.NONCE_STALE),
    ("no fresh nonce", refuses(ErrorCode.NONCE_STALE, "401 X", nonce=""), ErrorCode.NONCE_STALE),
]


@pytest.mark.parametrize(
    ("answer", "code"), [case[1:] for case in STRANGE], ids=[c[0] for c in STRANGE]
)
@pytest.mark.parametrize("what", ["feed", "push", "live", "enrol"])
def test_whatever_answers_ends_as_a_coded_error(
    answer: Answer, code: ErrorCode, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_client.sync.transport.USUAL_TIMEOUTS", QUICK)
    with (
        stranger(answer) as server,
        transport(server.url) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        ask(what, client, server.url)
    assert caught.value.code is code


def test_a_code_of_a_later_release_is_told_as_it_is() -> None:
    later = ours({"code": "moon_phase", "values": {"until": "noon"}}, "409 X")
    with (
        stranger(later) as server,
        transport(server.url) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        client.feed(cursor=0, limit=10)
    assert caught.value.values == {"answer": "moon_phase"}


def test_an_entry_that_is_set_aside_for_a_later_reason_does_not_stop_the_push() -> None:
    verdict = {"number": 1, "outcome": "quarantined", "error": "moon_phase"}
    answer = {"verdicts": [verdict], "receipt": [b"content", b"signature"]}
    with stranger(ours(answer)) as server, transport(server.url) as client:
        (told,) = client.push(a_push()).verdicts
    assert told.error == "moon_phase"


def ask(what: str, client: Transport, url: str) -> None:
    match what:
        case "feed":
            client.feed(cursor=0, limit=10)
        case "push":
            client.push(a_push())
        case "live":
            list(client.live())
        case _:
            enrol(url, "ABCD-EFGH", SIGNER)


def test_a_nonce_that_no_header_can_hold_is_no_crash() -> None:
    strange = ours(page(), nonce="\x7f\u00e4")
    with stranger(strange) as server, transport(server.url) as client:
        client.feed(cursor=0, limit=10)
        try:
            client.feed(cursor=0, limit=10)
        except TillfoldError as error:
            code = error.code
        else:
            return
    assert code is ErrorCode.SERVER_UNREACHABLE


def test_a_head_that_never_ends_is_refused() -> None:
    def endless(client: socket.socket, _request: bytes) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(2_000):
            client.sendall(b"X-More: " + b"x" * 10_000 + b"\r\n")

    with (
        stranger(endless) as server,
        transport(server.url) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        client.feed(cursor=0, limit=10)
    assert caught.value.code is ErrorCode.SERVER_UNREACHABLE


def test_a_stale_nonce_is_taken_fresh_and_the_request_goes_through() -> None:
    stale = refuses(ErrorCode.NONCE_STALE, "401 X", nonce="fresh")
    with stranger(stale, ours(page(head=7), nonce="next")) as server:
        with transport(server.url) as client:
            assert client.feed(cursor=0, limit=10).head == 7
            client.feed(cursor=0, limit=10)
        assert b"Tillfold-Nonce: fresh" in server.requests[1]
        assert b"Tillfold-Nonce: next" in server.requests[2]
        assert len(server.requests) == 3


def test_a_gap_says_which_number_is_wanted() -> None:
    with (
        stranger(refuses(ErrorCode.JOURNAL_GAP, "409 X", expected=5)) as server,
        transport(server.url) as client,
        pytest.raises(RefusedByServerError) as caught,
    ):
        client.push(a_push())
    assert (caught.value.code, caught.value.expected) == (ErrorCode.JOURNAL_GAP, 5)


def bomb(content_bytes: int) -> bytes:
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    parts = [compressor.compress(bytes(1 << 20)) for _ in range(content_bytes >> 20)]
    return b"".join(parts) + compressor.flush()


def test_an_answer_that_unpacks_beyond_the_limit_is_not_unpacked() -> None:
    tracemalloc = pytest.importorskip("tracemalloc")
    body = bomb(1 << 30)
    assert len(body) < 1 << 20
    with stranger(http(headers=OURS, body=body)) as server, transport(server.url) as client:
        tracemalloc.start()
        try:
            with pytest.raises(TillfoldError) as caught:
                client.feed(cursor=0, limit=10)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert caught.value.code is ErrorCode.SERVER_GARBLED
    assert most < 3 * LARGEST_ANSWER_BYTES


def test_a_body_without_an_end_is_not_taken_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_client.sync.transport.LARGEST_ANSWER_BYTES", 100_000)

    def endless(client: socket.socket, _request: bytes) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in OURS.items())
        client.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode())
        while True:
            client.sendall(b"x" * 65_536)

    with (
        stranger(endless) as server,
        transport(server.url) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        client.feed(cursor=0, limit=10)
    assert caught.value.code is ErrorCode.SERVER_GARBLED


def test_what_a_portal_sends_is_not_even_read() -> None:
    sent = threading.Event()

    def long_page(client: socket.socket, _request: bytes) -> None:
        client.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n"
        )
        sent.set()
        never(client, b"")

    with (
        stranger(long_page) as server,
        transport(server.url, Timeouts(answer_s=30)) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        client.feed(cursor=0, limit=10)
    assert sent.is_set()
    assert caught.value.code is ErrorCode.SERVER_NOT_OURS


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1",
        "http://no-such-host.invalid",
        "http://[::1",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "",
        "http://exa mple",
        "http://\u2603.invalid",
    ],
)
def test_an_address_where_nobody_is_is_unreachable(url: str) -> None:
    for ask in (
        lambda: enrol(url, "ABCD-EFGH", SIGNER),
        lambda: transport(url).feed(cursor=0, limit=1),
    ):
        with pytest.raises(TillfoldError) as caught:
            ask()
        assert caught.value.code is ErrorCode.SERVER_UNREACHABLE


LIVE_HEAD = (
    b"HTTP/1.1 200 OK\r\nTillfold-Protocol: 1\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def live_answer(*parts: bytes, then: Answer | None = None) -> Answer:
    """The parts as chunks; then the end, or something else."""

    def answer(client: socket.socket, request: bytes) -> None:
        client.sendall(LIVE_HEAD)
        for part in parts:
            client.sendall(b"%x\r\n%b\r\n" % (len(part), part))
        if then is None:
            client.sendall(b"0\r\n\r\n")
        else:
            then(client, request)

    return answer


def test_the_live_channel_tells_each_head_and_passes_over_the_rest() -> None:
    parts = (b"data: 5\n\n", b": still here\n\n", b"event: x\ndata: y\n\n", b"da", b"ta: 6\n\n")
    with stranger(live_answer(*parts)) as server, transport(server.url) as client:
        assert list(client.live()) == [5, 6]


def test_a_live_channel_that_falls_silent_is_given_up() -> None:
    silent = live_answer(b"data: 5\n\n", then=never)
    with stranger(silent) as server, transport(server.url) as client:
        heads = client.live()
        assert next(heads) == 5
        with pytest.raises(TillfoldError) as caught:
            next(heads)
    assert caught.value.code is ErrorCode.SERVER_UNREACHABLE


def test_an_event_stream_of_somebody_else_is_not_listened_to() -> None:
    strange = raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 5\n\n")
    with (
        stranger(strange) as server,
        transport(server.url) as client,
        pytest.raises(TillfoldError) as caught,
    ):
        list(client.live())
    assert caught.value.code is ErrorCode.SERVER_NOT_OURS


@pytest.fixture
def patient() -> Timeouts:
    return Timeouts(connect_s=30, answer_s=30, live_silence_s=30)


@pytest.mark.parametrize("what", ["feed", "live", "live after an event"])
def test_a_request_under_way_is_broken_off_from_another_thread(
    patient: Timeouts, what: str
) -> None:
    silent = live_answer(b"data: 5\n\n", then=never) if "event" in what else never
    codes: list[ErrorCode] = []

    def ask(client: Transport) -> None:
        try:
            if what == "feed":
                client.feed(cursor=0, limit=1)
            for _ in client.live():
                got_one.set()
        except TillfoldError as error:
            codes.append(error.code)

    with stranger(silent) as server, transport(server.url, patient) as client:
        got_one = threading.Event()
        worker = threading.Thread(target=ask, args=(client,))
        worker.start()
        assert (got_one if "event" in what else server.asked).wait(10)
        before_ms = monotonic_ms()
        client.interrupt()
        worker.join(10)
        assert not worker.is_alive()
        assert monotonic_ms() - before_ms < 5_000
        assert codes == [ErrorCode.SERVER_UNREACHABLE]
        with pytest.raises(TillfoldError):
            client.feed(cursor=0, limit=1)


def test_interrupting_one_that_never_asked_is_no_error() -> None:
    with transport("http://127.0.0.1:1") as client:
        client.interrupt()
