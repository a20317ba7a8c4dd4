"""A provider's statement against the till's books: the pure comparison, and the command."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from hardware.payments.statements import StatementLine
from pos_client.__main__ import main
from pos_client.bootstrap.reconciliation import reconciled
from pos_client.use_cases.own_payments import STATEMENT_ZONE
from pos_client.use_cases.reconciling import (
    Finding,
    OwnPayment,
    Reconciliation,
    reconcile,
    tagged,
    till_tag,
)
from tests.builders.payments import PayingTill
from tests.builders.till import Till
from tests.hardware.payments.shops import wechat_gateway
from tests.hardware.payments.test_statements import WECHAT_HEADING, wechat_row

TERMINAL = "till-1"
OURS = tagged("01a20038-0100-7091-afcd-96890c35d624", TERMINAL)


def line(order_id: str, amount_fen: int, *, back: bool = False) -> StatementLine:
    return StatementLine(order_id=order_id, reference="42", amount_fen=amount_fen, back=back, at="")


def own(booked_fen: int, *, of_day: bool = True) -> OwnPayment:
    return OwnPayment(payment_id=OURS, booked_fen=booked_fen, of_day=of_day)


def findings(result: Reconciliation) -> list[Finding]:
    return [one.finding for one in result.compared]


@pytest.mark.parametrize(
    ("lines", "payments", "expected"),
    [
        ([line(OURS, 500)], [own(500)], [Finding.MATCHED]),
        ([line(OURS, 500), line(OURS, 500, back=True)], [own(0)], [Finding.MATCHED]),
        ([line(OURS, 500), line(OURS, 500, back=True)], [], [Finding.MATCHED]),
        ([], [own(500)], [Finding.MISSING_THERE]),
        ([], [own(500, of_day=False)], []),
        ([line(OURS, 500)], [own(500, of_day=False)], [Finding.MATCHED]),
        ([], [own(0)], []),
        ([line(OURS, 500)], [own(0)], [Finding.MISSING_HERE]),
        ([line(OURS, 500)], [], [Finding.MISSING_HERE]),
        ([line(OURS, 501)], [own(500)], [Finding.AMOUNT_DIFFERS]),
        ([line(OURS, 500), line(OURS, 500)], [own(500)], [Finding.AMOUNT_DIFFERS]),
        ([line("somebody-else", 500)], [], [Finding.OTHER_TILL]),
    ],
)
def test_each_payment_is_found_once(
    lines: list[StatementLine], payments: list[OwnPayment], expected: list[Finding]
) -> None:
    assert findings(reconcile(lines, payments, TERMINAL)) == expected


AMOUNTS = st.dictionaries(st.integers(0, 30), st.integers(1, 10_000), max_size=10)


@given(AMOUNTS, AMOUNTS)
def test_it_agrees_exactly_when_both_sides_say_the_same(
    here: dict[int, int], there: dict[int, int]
) -> None:
    def name(number: int) -> str:
        return f"{number:024d}{till_tag(TERMINAL)}"

    lines = [line(name(number), amount) for number, amount in there.items()]
    payments = [
        OwnPayment(payment_id=name(number), booked_fen=amount, of_day=True)
        for number, amount in here.items()
    ]
    result = reconcile(lines, payments, TERMINAL)
    assert result.agrees is (here == there)
    assert (result.here_fen, result.there_fen) == (sum(here.values()), sum(there.values()))
    assert len(result.compared) == len({*here, *there})


def test_a_payment_number_fits_and_tells_its_till() -> None:
    assert len(OURS) == 32
    assert OURS.endswith(till_tag(TERMINAL))
    assert not OURS.endswith(till_tag("till-2"))


def test_the_command_compares_a_statement_with_the_journal(tmp_path: Path) -> None:
    gateway = wechat_gateway()
    paying = PayingTill(tmp_path, gateway)
    paying.begin()
    paying.come_to_rest()
    (number,) = paying.booked()
    day = paying.clock.now_ms()
    files, secrets = paying.files.place, paying.files.secrets
    paying.end()
    gateway.close()
    till = Till(tmp_path, clock=paying.clock)
    till.machinery._key_store.write(secrets)
    assert files.data == till.settings.data_path
    when = datetime.fromtimestamp(day // 1000, STATEMENT_ZONE).date()
    statement = tmp_path / "statement.csv"
    row = wechat_row("SUCCESS", paid="128.00").replace("`A1,", f"`{number},")
    statement.write_text(f"{WECHAT_HEADING}\n{row}\n", encoding="utf-8")
    till.machinery.open_only()
    report = reconciled(till.machinery, statement, "wechat", when)
    assert report.findings == ()
    assert (report.here_fen, report.there_fen) == (12_800, 12_800)
    statement.write_text(f"{WECHAT_HEADING}\n", encoding="utf-8")
    (missing,) = reconciled(till.machinery, statement, "wechat", when).findings
    assert (missing.finding, missing.payment_id) == (Finding.MISSING_THERE, number)
    assert reconciled(till.machinery, statement, "wechat", when - timedelta(1)).findings == ()
    statement.write_bytes(b"\xff\xff")
    with pytest.raises(TillfoldError) as caught:
        reconciled(till.machinery, statement, "wechat", when)
    assert caught.value.code is ErrorCode.FILE_UNREADABLE
    till.close()


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    till = Till(tmp_path)
    till.begin()
    till.close()
    statement = tmp_path / "statement.csv"
    row = wechat_row("SUCCESS", paid="12.50").replace("`A1,", f"`{OURS},")
    statement.write_text(f"{WECHAT_HEADING}\n{row}\n", encoding="utf-8")
    for name in ("data_directory", "second_journal_directory", "key_store"):
        monkeypatch.setenv(f"TILLFOLD_TILL_{name.upper()}", getattr(till.settings, name))
    words = ["reconcile", str(statement), "--provider", "wechat", "--day", "2026-11-27"]
    assert main(words) == 1
    assert "本机没有入账：1 笔" in capsys.readouterr().out
    assert main([*words, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["there_fen"], said["counts"]["missing_here"]) == (1_250, 1)
