"""A provider's statement against the till's own books. Pure."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from hardware.payments.statements import StatementLine

_TAG_CHARACTERS: Final = 8


class Finding(StrEnum):
    """MATCHED: both say the same. OTHER_TILL: its number was not made by this till."""

    MATCHED = "matched"
    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    AMOUNT_DIFFERS = "amount_differs"
    OTHER_TILL = "other_till"


# What somebody has to look into.
WRONG: Final = (Finding.MISSING_THERE, Finding.MISSING_HERE, Finding.AMOUNT_DIFFERS)


class OwnPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as this till knows it. `booked_fen` is what sales took of it, 0 where none did.

    `of_day`: it was begun on the day in question; others are there because a statement goes by
    the time of payment, which may be after midnight. `open`: it has no end yet.
    """

    payment_id: str
    booked_fen: int
    of_day: bool
    open: bool = False
    by_hand: bool = False
    receipt_number: str = ""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """`here_fen` and `there_fen` are what is left after refunds."""

    payment_id: str
    finding: Finding
    here_fen: int
    there_fen: int
    reference: str = ""
    receipt_number: str = ""
    by_hand: bool = False
    open: bool = False


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """By our number of the payment. `here_fen` and `there_fen` sum up what is this till's."""

    compared: tuple[Compared, ...]
    here_fen: int
    there_fen: int

    @property
    def agrees(self) -> bool:
        return not any(one.finding in WRONG for one in self.compared)

    def count(self, finding: Finding) -> int:
        return sum(one.finding is finding for one in self.compared)


def till_tag(terminal: str) -> str:
    """How the payment numbers of a till end, so that a merchant's statement can be told apart."""
    return hashlib.sha256(terminal.encode()).hexdigest()[:_TAG_CHARACTERS]


def tagged(identifier: str, terminal: str) -> str:
    """32 characters: time and chance of a UUIDv7, then the till's tag."""
    return identifier.replace("-", "")[:-_TAG_CHARACTERS] + till_tag(terminal)


def reconcile(
    lines: Iterable[StatementLine], own: Iterable[OwnPayment], terminal: str
) -> Reconciliation:
    """Every payment that either side knows of, once.

    A payment that came in and went back again leaves nothing on either side, and matches.
    """
    tag, known = till_tag(terminal), {payment.payment_id: payment for payment in own}
    there: dict[str, int] = {}
    references: dict[str, str] = {}
    for line in lines:
        amount_fen = -line.amount_fen if line.back else line.amount_fen
        there[line.order_id] = there.get(line.order_id, 0) + amount_fen
        references.setdefault(line.order_id, line.reference)
    wanted = {key for key, payment in known.items() if payment.of_day and payment.booked_fen}
    compared = [
        _compare(key, known.get(key), there.get(key), references.get(key, ""), tag=tag)
        for key in sorted(wanted | set(there))
    ]
    ours = [one for one in compared if one.finding is not Finding.OTHER_TILL]
    return Reconciliation(
        compared=tuple(compared),
        here_fen=sum(one.here_fen for one in ours),
        there_fen=sum(one.there_fen for one in ours),
    )


def _compare(
    key: str, here: OwnPayment | None, there_fen: int | None, reference: str, *, tag: str
) -> Compared:
    if here is None:
        finding = Finding.MISSING_HERE if key.endswith(tag) else Finding.OTHER_TILL
        if finding is Finding.MISSING_HERE and not there_fen:
            finding = Finding.MATCHED
        return Compared(
            payment_id=key, finding=finding, here_fen=0, there_fen=there_fen or 0,
            reference=reference,
        )  # fmt: skip
    return Compared(
        payment_id=key,
        finding=_finding(here.booked_fen, there_fen),
        here_fen=here.booked_fen,
        there_fen=there_fen or 0,
        reference=reference,
        receipt_number=here.receipt_number,
        by_hand=here.by_hand,
        open=here.open,
    )


def _finding(here_fen: int, there_fen: int | None) -> Finding:
    if there_fen is None:
        return Finding.MISSING_THERE
    if here_fen == there_fen:
        return Finding.MATCHED
    return Finding.AMOUNT_DIFFERS if here_fen else Finding.MISSING_HERE
