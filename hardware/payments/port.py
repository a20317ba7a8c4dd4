"""What a program may ask of a payment provider, and the closed list of answers it can get.

Every call names the payment by our own id, so asking twice pays once. Calls block until they have
an answer or their deadline is over. They do not raise for anything a provider or a network can do:
a fault before the request left is `Declined(NOT_SENT)`, one after it is `Unknown`, and then only
`query` or `cancel` can tell.
"""

from enum import StrEnum
from typing import Final, Protocol

import msgspec

from hardware.ports import DeviceStatus

# WeChat Pay and Alipay both take `out_trade_no` up to here.
LONGEST_ID: Final = 32


class ProviderName(StrEnum):
    """The values are stable codes: they are stored with payments and translated by the program."""

    CASH = "cash"
    RECORDED_CARD = "recorded_card"
    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"


class DeclineCode(StrEnum):
    """Why no money moved; each one is something a cashier can act on."""

    NOT_SENT = "not_sent"  # no internet here: cash or card
    CODE_INVALID = "code_invalid"  # old or already used: the guest opens a new code
    NOT_ENOUGH = "not_enough"  # the guest pays with another card in the app, or otherwise
    GUEST_CANCELLED = "guest_cancelled"  # the guest said no
    LIMIT = "limit"  # beyond what this guest or shop may pay: another way
    MISCONFIGURED = "misconfigured"  # keys or contract of this shop: call whoever set it up
    NOT_FOUND = "not_found"  # the provider knows of no such payment
    REFUSED = "refused"  # any other no of the provider


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider can do, and how long it wants to be given.

    `deadline_ms` after the start a payment that is still open is cancelled, but not before
    `earliest_cancel_ms`. Questions follow the start after `first_query_ms` and each other after
    `query_every_ms`. `forgets_after_ms`: a request that has not arrived by then never pays.
    """

    takes_code: bool = False
    needs_internet: bool = False
    cancels: bool = False
    refunds: bool = False
    deadline_ms: int = 0
    first_query_ms: int = 0
    query_every_ms: int = 0
    earliest_cancel_ms: int = 0
    forgets_after_ms: int = 0


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to be paid. `code` is the guest's payment code: needed to start, never kept."""

    attempt_id: str
    amount_fen: int
    description: str = ""
    code: str = ""
    provider_ref: str = ""

    def __repr__(self) -> str:
        """Never the code."""
        return f"Attempt(attempt_id={self.attempt_id!r}, amount_fen={self.amount_fen})"


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """`amount_fen` of the `paid_fen` of a payment goes back, once for each `refund_id`."""

    refund_id: str
    attempt_id: str
    amount_fen: int
    paid_fen: int
    reason: str = ""


class Approved(msgspec.Struct, frozen=True, tag="approved"):
    """The money is there; for a refund: it is on its way back. `fee_fen` where the answer says."""

    provider_ref: str
    amount_fen: int
    fee_fen: int | None = None


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """No money moved and none will. `said` is the provider's own code."""

    code: DeclineCode
    said: str = ""


class Pending(msgspec.Struct, frozen=True, tag="pending"):
    """The provider waits for somebody; it gives up `until_ms` after the start, where it says so."""

    hint: str
    until_ms: int | None = None


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """The money may have moved: ask again, never start anew."""

    reason: str


class Cancelled(msgspec.Struct, frozen=True, tag="cancelled"):
    """Closed for good. `refunded`: money had moved and went back; None where nobody says."""

    refunded: bool | None = None


Outcome = Approved | Declined | Pending | Unknown | Cancelled


class PaymentProvider(Protocol):
    @property
    def name(self) -> ProviderName: ...

    def capabilities(self) -> Capabilities: ...

    def start(self, attempt: Attempt) -> Outcome: ...

    def query(self, attempt: Attempt) -> Outcome: ...

    def cancel(self, attempt: Attempt) -> Outcome: ...

    def refund(self, refund: Refund) -> Outcome: ...

    def examine(self) -> DeviceStatus:
        """Whether it answers to these settings; moves no money."""
        ...
