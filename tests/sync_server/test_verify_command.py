"""`sync-server verify`: what it finds, in words, and what to do about it."""

import contextlib

import pytest
from sqlalchemy import Connection

from domain.identifiers import BrandId
from sync_server.bootstrap import build_context
from sync_server.operations.verifying import WORDS
from sync_server.settings import ServerSettings
from sync_server.use_cases.verification import Problem
from tests.sync_server.commands import Run, push_an_overspending, top_up


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
    assert "restore the brand from the backup" in chain("verify").out


def tamper(settings: ServerSettings, *statements: str) -> None:
    context = build_context(settings)

    def work(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    with contextlib.closing(context.database):
        context.database.write(work, brand=BrandId("demo"))


def test_verify_says_that_all_holds_and_how_much_that_is(
    chain: Run, settings: ServerSettings
) -> None:
    push_an_overspending(settings)
    said = chain("verify")
    assert said.code == 0
    assert said.out.startswith("everything holds\nchecked 2 journals, ")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE ledger_line SET points = points - 1", "balance"),
        ("UPDATE sale SET total_fen = total_fen + 1", "sales"),
        ("DELETE FROM entry WHERE terminal_id <> 'head-office'", "head"),
        ("UPDATE brand SET version = 0", "feed"),
        ("UPDATE aggregate SET digest = digest / 2 WHERE kind = 'order'", "feed_row"),
        ("UPDATE feed_sum SET sum = sum / 2 WHERE place = ''", "feed_sum"),
        ("DELETE FROM feed_sum", "feed_sum"),
    ],
)
def test_verify_names_what_does_not_hold(
    chain: Run, settings: ServerSettings, statement: str, problem: str
) -> None:
    push_an_overspending(settings)
    tamper(settings, statement)
    found = chain("verify", "--json")
    assert found.code == 1
    findings = found.values["findings"]
    assert isinstance(findings, list)
    assert problem in {finding["problem"] for finding in findings}
    assert all(finding["text"] and finding["advice"] for finding in findings)


def test_money_paid_in_advance_is_folded_once_more(chain: Run, settings: ServerSettings) -> None:
    top_up(settings)
    held = chain("verify", "--json")
    assert (held.code, held.values["accounts"]) == (0, 1)
    tamper(settings, "DELETE FROM aggregate WHERE kind = 'stored_value'")
    found = chain("verify", "--json")
    assert found.code == 1
    assert [each["problem"] for each in found.values["findings"]] == [  # type: ignore[attr-defined]
        "stored_value",
        "feed_sum",
    ]


def test_every_problem_has_words_and_advice_in_both_languages() -> None:
    assert set(WORDS) == set(Problem)
    assert all(all(pair) for words in WORDS.values() for pair in words)
