"""A new till and its one-time code."""

from pathlib import Path

import httpx
import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import StoreId
from domain.protocol import HEADER_PROTOCOL, PATH_ENROL, EnrolAnswer, EnrolRequest
from domain.signatures import check_number
from sync_server.use_cases.enrolment import MOST_ATTEMPTS, issue_code
from tests.builders.sync_client import Refused, SyncClient, packed, unpacked
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings
from tests.builders.terminal import TestTerminal


def test_a_code_enrols_one_till_and_tells_it_where_it_belongs(server: RunningServer) -> None:
    client = server.client(TestTerminal())
    answer = client.enrol(server.new_code("B1", "B"))
    assert (answer.brand, answer.store, answer.label) == (BRAND, "B", "B1")
    assert (answer.store_name, answer.time_zone) == ("二店", "Asia/Urumqi")
    assert (answer.epoch, answer.server_time_ms) == (1, server.clock.now_ms)
    assert answer.server_public_key == server.context.keys.signer.public_key
    assert len(check_number(answer.server_public_key)) == 6
    assert client.feed().acknowledged == 0


def test_a_code_may_be_typed_in_small_letters_without_its_dashes(server: RunningServer) -> None:
    code = server.new_code("A1").lower().replace("-", " ").replace("0", "o")
    assert server.client(TestTerminal()).enrol(code).label == "A1"


def test_a_code_works_once(server: RunningServer) -> None:
    code = server.new_code("A1")
    server.client(TestTerminal("first")).enrol(code)
    for name in ("first", "second"):
        assert _refusal(server.client(TestTerminal(name)), code) is ErrorCode.ENROLMENT_CODE_WRONG


def test_a_code_holds_for_fifteen_minutes(server: RunningServer) -> None:
    early, late = server.new_code("A1"), server.new_code("A2")
    server.clock.advance(minutes=15)
    server.client(TestTerminal("early")).enrol(early)
    server.clock.now_ms += 1
    assert _refusal(server.client(TestTerminal("late")), late) is ErrorCode.ENROLMENT_CODE_WRONG


def test_a_wrong_code_is_refused(server: RunningServer) -> None:
    with pytest.raises(Refused) as refused:
        server.client(TestTerminal()).enrol("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-F")
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.ENROLMENT_CODE_WRONG)


def test_a_code_without_the_private_key_dies_after_a_few_attempts(server: RunningServer) -> None:
    code = server.new_code("A1")
    client = server.client(TestTerminal())
    stolen = msgspec.structs.replace(client.terminal.enrol_request(code), proof=bytes(64))
    for _ in range(MOST_ATTEMPTS):
        assert _sent(client, stolen) is ErrorCode.SIGNATURE_WRONG
    assert _refusal(client, code) is ErrorCode.ENROLMENT_CODE_WRONG


def test_bytes_that_are_no_public_key_are_refused(server: RunningServer) -> None:
    client = server.client(TestTerminal())
    request = client.terminal.enrol_request(server.new_code("A1"))
    # A point of small order: OpenSSL takes it as a key, no signature of it holds.
    no_key = msgspec.structs.replace(request, public_key=bytes(32))
    assert _sent(client, no_key) is ErrorCode.SIGNATURE_WRONG


def test_two_tills_cannot_bear_one_label(server: RunningServer) -> None:
    server.new_code("A1")
    with pytest.raises(TillfoldError) as promised:
        issue_code(server.context, BRAND, StoreId("B"), "A1")
    assert promised.value.code is ErrorCode.ALREADY_EXISTS
    server.enrolled_till("A2")
    server.clock.advance(minutes=16)
    assert issue_code(server.context, BRAND, StoreId("B"), "A1").label == "A1"
    with pytest.raises(TillfoldError) as borne:
        issue_code(server.context, BRAND, StoreId("B"), "A2")
    assert borne.value.code is ErrorCode.ALREADY_EXISTS


def test_guessing_codes_is_stopped_and_allowed_again_a_minute_later(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(sqlite_settings(tmp_path), enrolments_per_minute=3)
    with running_server(settings) as server:
        code = server.new_code("A1")
        client = server.client(TestTerminal())
        wrong = [_refusal(client, "AAAAAAAAAAAAAAAA") for _ in range(4)]
        assert wrong == [ErrorCode.ENROLMENT_CODE_WRONG] * 3 + [ErrorCode.TOO_MANY_REQUESTS]
        assert _refusal(client, code) is ErrorCode.TOO_MANY_REQUESTS
        server.clock.advance(minutes=1)
        assert client.enrol(code).label == "A1"


def _refusal(client: SyncClient, code: str) -> ErrorCode:
    with pytest.raises(Refused) as refused:
        client.enrol(code)
    return refused.value.code


def _sent(client: SyncClient, request: EnrolRequest) -> ErrorCode:
    response: httpx.Response = client.http.post(
        PATH_ENROL, content=packed(request), headers={HEADER_PROTOCOL: "1"}
    )
    with pytest.raises(Refused) as refused:
        unpacked(response, EnrolAnswer)
    return refused.value.code
