"""What operators and load balancers ask, and what the logs say."""

import io
import json
import sys

import httpx
import pytest
from sqlalchemy import text

from sync_server.logs import configure_logging
from sync_server.settings import ServerSettings
from tests.builders import facts
from tests.builders.sync_server import BRAND, RunningServer, running_server

_PHONE = "+8613712340987"
_NAME = "司马昭之心"


def test_a_server_with_its_tables_lives_and_is_ready(server: RunningServer) -> None:
    assert httpx.get(f"{server.url}/healthz").json() == {"status": "lives"}
    assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready"}


def test_a_server_whose_database_is_behind_lives_and_is_not_ready(server: RunningServer) -> None:
    server.context.database.write(
        lambda c: c.execute(text("DELETE FROM alembic_version")), brand=BRAND
    )
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert httpx.get(f"{server.url}/readyz").status_code == 503


def test_metrics_count_outcomes_cases_and_the_head(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.sale("sale-1", member="m", redeemed=5))
    till.terminal.write_raw("later", 1, b"\x80")
    till.push()
    till.push()
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    assert 'tillfold_entries_total{outcome="applied_with_case"} 1.0' in lines
    assert 'tillfold_entries_total{outcome="quarantined"} 1.0' in lines
    assert 'tillfold_entries_total{outcome="already_had"} 2.0' in lines
    assert 'tillfold_quarantined_entries{brand="brand"} 1.0' in lines
    assert 'tillfold_open_cases{brand="brand"} 1.0' in lines
    head = server.first_head + 2
    assert f'tillfold_feed_head{{brand="brand"}} {head}.0' in lines
    count = 'tillfold_request_seconds_count{method="POST",route="/sync/v1/push",status="200"} 2.0'
    assert count in lines


def test_logs_are_json_and_hold_no_personal_data(
    settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logging("DEBUG")
    with running_server(settings) as server:
        till = server.enrolled_till("A1")
        till.terminal.write(facts.enrolled("m-1", phone=_PHONE, name=_NAME))
        till.push()
        token = server.hq_token()
        code = server.new_code("A9")
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{server.url}/api/v1"
        for search in (_PHONE, _NAME, _PHONE[-4:]):
            httpx.get(f"{url}/members", params={"search": search}, headers=headers)
        httpx.get(f"{url}/members/{_PHONE}", headers=headers)
        httpx.post(f"{url}/stores", json={"name": _NAME, "store_id": _PHONE}, headers=headers)
        _break_database(server)
        assert httpx.get(f"{url}/members/m-1", headers=headers).json()["code"] == "server_failed"
        till.terminal.write(facts.enrolled("m-2", phone=_PHONE, name=_NAME))
        assert till.send("POST", "/sync/v1/push", body=b"x").status_code == 400
        assert till.send("GET", "/sync/v1/feed").status_code == 500
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert {line["event"] for line in lines} >= {"request", "refused", "failed"}
    assert any(line.get("error_type") for line in lines)
    for secret in (_PHONE, _PHONE[3:], _PHONE[-4:], _NAME, token, code):
        assert secret not in written.getvalue()


def _break_database(server: RunningServer) -> None:
    """Take away a table, so that every later statement fails with its values at hand."""
    server.context.database.write(lambda c: c.execute(text("DROP TABLE aggregate")), brand=BRAND)
