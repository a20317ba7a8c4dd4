"""Senders that never finish: a body has its time, what comes behind it has all of it."""

import http.client
import time
from pathlib import Path

import msgspec
import pytest

from domain.protocol import CONTENT_TYPE, HEADER_PROTOCOL, PATH_PUSH
from tests.builders.sync_server import running_server, sqlite_settings

_DEADLINE_SECONDS = 20


@pytest.mark.parametrize(
    ("path", "answered"), [(PATH_PUSH, CONTENT_TYPE), ("/api/v1/stores", "application/json")]
)
def test_a_body_that_never_ends_is_given_up(tmp_path: Path, path: str, answered: str) -> None:
    settings = msgspec.structs.replace(sqlite_settings(tmp_path), body_seconds=1)
    with running_server(settings) as server:
        address = server.url.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=_DEADLINE_SECONDS)
        connection.putrequest("POST", path)
        connection.putheader(HEADER_PROTOCOL, "1")
        connection.putheader("Authorization", f"Bearer {server.hq_token()}")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"{")
        began = time.monotonic()
        response = connection.getresponse()
        assert time.monotonic() - began < _DEADLINE_SECONDS / 2
        assert response.status == 400
        assert response.headers["Content-Type"] == answered
        assert b"request_malformed" in response.read() or answered == CONTENT_TYPE
        connection.close()
