"""`sync-server verify`: what it finds, in words, and what to do about it."""

import contextlib

from domain.identifiers import BrandId
from sync_server.bootstrap import build_context
from sync_server.settings import ServerSettings
from tests.sync_server.commands import Run


def test_verify_finds_what_was_tampered_with(chain: Run, settings: ServerSettings) -> None:
    chain("issue-coupon", "一", "--saving", "1")
    chain("issue-coupon", "二", "--saving", "1")
    context = build_context(settings)
    with contextlib.closing(context.database):
        context.database.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE entry SET content = signature WHERE number = 2"
            ),
            brand=BrandId("demo"),
        )
    found = chain("verify", "--json")
    assert found.code == 1
    findings = found.values["findings"]
    assert isinstance(findings, list)
    assert {finding["problem"] for finding in findings} == {"hash", "signature", "chain"}
