"""What a run really reached: every fault and every business case is counted ("sometimes")."""

from collections import Counter
from typing import Final


class Violation(AssertionError):  # noqa: N818 - reads as what happened
    """Something that must hold always does not."""


class Reached:
    """Counts by name. A name that is not in MUST_BE_REACHED is a slip of the pen."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def note(self, name: str, times: int = 1) -> None:
        assert name in MUST_BE_REACHED, name
        self.counts[name] += times

    def never(self) -> list[str]:
        return [name for name in MUST_BE_REACHED if not self.counts[name]]


MUST_BE_REACHED: Final = (
    # the network
    "request lost",
    "answer lost after the server had committed",
    "message sent twice",
    "message late",
    "partition of both ways",
    "partition of requests alone",
    "partition of answers alone",
    "exchange broken off",
    "batch that the server already had",
    # the disk and the machine
    "crash before the second journal was written",
    "crash between second journal and commit",
    "crash after the commit, before the flush",
    "crash after a write",
    "crash while a session ran",
    "crash while a sale was being closed",
    "second journal torn",
    "entry of a crash recovered",
    "database lost and built again",
    "commits dropped from the write-ahead log",
    "second journal lost and written again",
    "program ended and started",
    "till lost with its disk",
    "till restored from an older image",
    "till cloned",
    "journal forked",
    "lost end taken back",
    "case of a fork decided",
    # clocks
    "wall clock set forwards",
    "wall clock set backwards",
    "clock drifted",
    "sold before the first contact of a boot",
    # the server
    "server started again",
    "server fell back, another history",
    "server fell back, same history",
    "entries offered again to a server that lost them",
    # what happens at counters
    "sale",
    "sale to a member",
    "sale with a coupon",
    "sale paid with points",
    "sale offline",
    "sale paid with stored value",
    "sale paid with a pass",
    "hold given",
    "hold refused",
    "hold answered too late or not at all",
    "allowances called back",
    "sale that spends what the server held for it",
    "sale that spends out of an allowance",
    "sale without network that spends",
    "spending held back",
    "sale paid with two tenders",
    "member enrolled",
    "member enrolled twice",
    "phone already enrolled",
    "member edited",
    "consent given and withdrawn",
    "member tagged",
    "topped up",
    "gift card sold",
    "pass sold",
    "refund",
    "refund of all that is left",
    "entry set aside",
    "fact with fields of a later release",
    "entry of a kind of a later release",
    # head office
    "menu published",
    "rules published",
    "coupons issued",
    "members merged",
    "members parted",
    "member frozen",
    "member unfrozen",
    "member closed",
    "points adjusted",
    # what follows from them
    "case: refunded too much",
)
