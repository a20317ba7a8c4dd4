"""kill -9 of a till at random moments of its payments; the provider answers with faults meanwhile.

The provider is a process of its own and lives on. At the end its books must be those of the till:
each payment that it holds is a tender of one sale, and no other money is booked.
"""

import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final, NoReturn

import msgspec
from sqlalchemy import delete

from hardware.emulators.payment_books import Fault
from hardware.emulators.payment_gateway import BOOKS_PATH, PaymentGateway
from hardware.payments.alipay import AlipayProvider
from hardware.payments.port import Capabilities, PaymentProvider
from hardware.payments.wechat import WeChatPayProvider
from pos_client.storage.payments import Money
from pos_client.storage.store import Store
from pos_client.storage.tables import payment_attempt
from pos_client.time_and_chance import SystemClock
from tests.builders.payments import PayingTill
from tests.builders.till import HandClock
from tests.faults.processes import Child
from tests.faults.report import Report, timed
from tests.hardware.payments.shops import (
    alipay_gateway,
    alipay_settings,
    keys,
    wechat_gateway,
    wechat_settings,
)

_KILLS_A_TILL: Final = 10
_LONGEST_LIFE_S: Final = 0.6
_PATIENCE_S: Final = 20.0
_SCRIPTED: Final = 400
# The days of a provider in milliseconds, so that a life has all of an attempt in it.
_HASTY: Final = Capabilities(
    takes_code=True, needs_internet=True, cancels=True, refunds=True,
    deadline_ms=150, first_query_ms=20, query_every_ms=20, earliest_cancel_ms=60,
    forgets_after_ms=300,
)  # fmt: skip
_OF_PAY: Final = tuple(set(Fault) - {Fault.SLOW, Fault.SLOW_PAID}) + (Fault.NONE,) * 6
_OF_OTHERS: Final = (*(Fault.NONE,) * 5, Fault.DROPPED, Fault.FAILED, Fault.GARBLED_PAID)


class RunningClock(HandClock):
    """The machine's clock, for a till that runs by itself."""

    def now_ms(self) -> int:
        return SystemClock().now_ms()

    def elapsed_ms(self) -> int:
        return SystemClock().elapsed_ms()


def run(folder: Path, *, count: int, seed: int, forgetful: bool = False) -> Report:
    """Kill a till `count` times. Not for a process with threads: it forks.

    `forgetful` is a fault that a campaign has to find: a till that keeps its payments in memory.
    """
    random = Random(seed)
    keys()  # before the forks, so that all sides have the same
    who = "forgetful till" if forgetful else "till"
    with timed(Report(name=f"{who} killed while it is paid by code", seed=seed)) as report:
        for till in range(-(-count // _KILLS_A_TILL)):
            kills = min(_KILLS_A_TILL, count - report.faults)
            be = partial(_be_a_till, alipay=bool(till % 2), forgetful=forgetful)
            _one_till(folder / f"till-{till}", random, kills, report, be)
    return report


def _one_till(
    folder: Path, random: Random, kills: int, report: Report, be: "partial[NoReturn]"
) -> None:
    alipay = bool(be.keywords["alipay"])
    folder.mkdir(parents=True)
    gateway = Child(partial(_be_a_gateway, seed=random.randrange(1 << 30), alipay=alipay))
    gateway.wait_for_number()
    port = gateway.last_number()
    assert port is not None
    _forked(partial(_make, folder, port, alipay))
    for _ in range(kills):
        child = Child(partial(be, folder=folder, port=port))
        child.wait_for_number()
        time.sleep(random.uniform(0, _LONGEST_LIFE_S))  # the moment is the fault itself
        child.kill()
        report.faults += 1
    _forked(partial(_look, folder, port, alipay))
    gateway.kill()
    _compare(folder, report)


def _forked(work: Callable[[], None]) -> None:
    """In a process of its own: threads would be in the way of the next fork."""

    def be(told: Callable[[int], None]) -> NoReturn:
        work()
        told(1)
        time.sleep(_PATIENCE_S)
        raise AssertionError

    child = Child(be)
    child.wait_for_number()
    assert child.kill() == 1, "see what it printed"


def _be_a_gateway(told: Callable[[int], None], *, seed: int, alipay: bool) -> NoReturn:
    gateway: PaymentGateway = alipay_gateway() if alipay else wechat_gateway()
    random = Random(seed)
    gateway.books.script("pay", *random.choices(_OF_PAY, k=_SCRIPTED))
    for operation in ("query", "cancel", "refund"):
        gateway.books.script(operation, *random.choices(_OF_OTHERS, k=_SCRIPTED))
    told(gateway.port)
    while True:
        time.sleep(_PATIENCE_S)


def _provider(folder: Path, port: int, *, alipay: bool) -> PaymentProvider:
    address = f"http://127.0.0.1:{port}"
    if alipay:
        return AlipayProvider(alipay_settings(folder, f"{address}/gateway.do"), _HASTY)
    return WeChatPayProvider(wechat_settings(folder, address), _HASTY)


def _make(folder: Path, port: int, alipay: bool) -> None:
    provider = _provider(folder, port, alipay=alipay)
    gateway = alipay_gateway() if alipay else wechat_gateway()
    PayingTill(folder, gateway, provider=provider).end()


def _be_a_till(
    told: Callable[[int], None], *, folder: Path, port: int, alipay: bool, forgetful: bool
) -> NoReturn:
    """Bill after bill, each until it has its result; each result is told."""
    till = PayingTill.opened(folder, _provider(folder, port, alipay=alipay), RunningClock())
    if forgetful:
        till.storage.run(_forget)
    till.thread.start()
    bill = 0
    while True:
        bill_id = till.begin().payments[-1].bill_id
        told(bill)
        give_up = time.monotonic() + _PATIENCE_S
        while not _has_result(till, bill_id) and time.monotonic() < give_up:
            time.sleep(0.005)
        bill += 1


def _forget(store: Store) -> None:
    with store.write() as writing:
        writing.connection.execute(delete(payment_attempt))


def _has_result(till: PayingTill, bill_id: str) -> bool:
    status = till.desk.bill(bill_id)
    return status.closed is not None or not (status.payments[-1].open or status.payments[-1].held)


def _look(folder: Path, port: int, alipay: bool) -> None:
    """Start it once more, let it come to rest, and write down what both sides hold."""
    clock = HandClock(SystemClock().now_ms())
    till = PayingTill.opened(folder, _provider(folder, port, alipay=alipay), clock)
    till.come_to_rest()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{BOOKS_PATH}") as opened:
        there = msgspec.json.decode(opened.read(), type=dict[str, int])
    attempts = till.all_attempts()
    held = Held(
        here=till.booked(),
        there=there,
        marked=sorted(a.attempt_id for a in attempts if a.money is Money.BOOKED),
        ends=[f"{attempt.state} {attempt.money}" for attempt in attempts],
    )
    (folder / "held.json").write_bytes(msgspec.json.encode(held))
    till.end()


class Held(msgspec.Struct):
    """What each side has of each payment, which the till marks as booked, and how all ended."""

    here: dict[str, int]
    there: dict[str, int]
    marked: list[str]
    ends: list[str]


def _compare(folder: Path, report: Report) -> None:
    held = msgspec.json.decode((folder / "held.json").read_bytes(), type=Held)
    for payment in sorted({*held.here, *held.there}):
        here, there = held.here.get(payment, 0), held.there.get(payment, 0)
        report.lost += there > here
        report.doubled += here > there
    # A till that was rebuilt, or is forgetful, does not know its old payments any more.
    report.damaged += not set(held.marked) <= set(held.here)
    report.acknowledged += len(held.here)
    for end in held.ends:
        report.saw(end)
