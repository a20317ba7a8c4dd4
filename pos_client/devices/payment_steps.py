"""What an answer of a provider makes of a payment attempt. Pure: no clock, no disk, no network."""

from typing import Final

import msgspec

from hardware.payments.port import (
    Approved,
    Cancelled,
    Capabilities,
    DeclineCode,
    Declined,
    Outcome,
    Pending,
)
from pos_client.storage.payments import Money, PaymentAttempt, PaymentState

_replace = msgspec.structs.replace

SOON_MS: Final = 1_000
LONGEST_PAUSE_MS: Final = 60_000
# A refusal to give money back may be for want of funds: it is tried again, seldom.
REFUSED_RETURN_MS: Final = 10 * 60_000
# After the end of an attempt its provider is asked again so much later: money can come in late.
CHECKS_MS: Final = (60_000, 10 * 60_000)
# A question that never gets through is given up a day after the start.
LONGEST_CHECK_MS: Final = 24 * 60 * 60_000
LONGEST_ANSWER: Final = 64
# Answers that say something of the way to the provider and nothing of the payment.
_NO_ANSWER: Final = frozenset({DeclineCode.NOT_SENT, DeclineCode.MISCONFIGURED})
# Answers to a question after which no money of this payment will come.
SAYS_NO: Final = frozenset(DeclineCode) - _NO_ANSWER - {DeclineCode.NOT_FOUND}
NOTHING_PAID: Final = Cancelled(refunded=False)


def submitted(attempt: PaymentAttempt, now_ms: int, can: Capabilities) -> PaymentAttempt:
    """Written before the request leaves: from now on the guest may have paid."""
    return _replace(
        attempt,
        state=PaymentState.SUBMITTED,
        started_ms=now_ms,
        deadline_ms=now_ms + can.deadline_ms,
        next_query_ms=now_ms + can.first_query_ms,
        asked=0,
    )


def never_sent(attempt: PaymentAttempt, why: DeclineCode = DeclineCode.NOT_SENT) -> PaymentAttempt:
    """The till ended, or could not ask, after the attempt was written: nothing of it left."""
    return _ended(attempt, PaymentState.DECLINED, why, 0)


def postponed(attempt: PaymentAttempt, answer: str, now_ms: int) -> PaymentAttempt:
    """Nothing could be asked; its state stays."""
    return _replace(attempt, next_query_ms=now_ms + LONGEST_PAUSE_MS, last_answer=answer)


def started(
    attempt: PaymentAttempt, outcome: Outcome, now_ms: int, can: Capabilities
) -> PaymentAttempt:
    if isinstance(outcome, Declined):
        sent = outcome.code is not DeclineCode.NOT_SENT
        check_ms = now_ms + CHECKS_MS[0] if sent else 0
        return _ended(attempt, PaymentState.DECLINED, _said(outcome), check_ms)
    return _ongoing(attempt, outcome, now_ms, now_ms + can.first_query_ms)


def queried(
    attempt: PaymentAttempt, outcome: Outcome, now_ms: int, can: Capabilities
) -> PaymentAttempt:
    """A provider that knows of no such payment may not have got the request yet."""
    if isinstance(outcome, Declined) and outcome.code in SAYS_NO:
        return _ended(attempt, PaymentState.DECLINED, _said(outcome), now_ms + CHECKS_MS[0])
    return _ongoing(attempt, outcome, now_ms, now_ms + can.query_every_ms)


def cancelling(attempt: PaymentAttempt, now_ms: int, can: Capabilities) -> PaymentAttempt:
    """Written before it is asked for: what comes in from now on goes back."""
    return _replace(
        attempt,
        state=PaymentState.CANCELLING,
        next_query_ms=max(now_ms, attempt.started_ms + can.earliest_cancel_ms),
        asked=0,
    )


def cancelled(
    attempt: PaymentAttempt, outcome: Outcome, now_ms: int, can: Capabilities
) -> PaymentAttempt:
    """Asked for until it is answered.

    A provider that knows of no such payment is believed only once a request that is still on its
    way could no longer pay.
    """
    if isinstance(outcome, Cancelled):
        return _ended(attempt, PaymentState.CANCELLED, "", now_ms + CHECKS_MS[0])
    if isinstance(outcome, Approved):
        return _late(attempt, outcome, now_ms)
    gone = now_ms >= attempt.started_ms + can.forgets_after_ms
    if isinstance(outcome, Declined) and outcome.code is DeclineCode.NOT_FOUND and gone:
        return _ended(attempt, PaymentState.CANCELLED, _said(outcome), now_ms + CHECKS_MS[0])
    return _again(attempt, outcome, now_ms, LONGEST_PAUSE_MS)


def checked(attempt: PaymentAttempt, outcome: Outcome, now_ms: int) -> PaymentAttempt:
    """Some time after the end: did money come in after all?"""
    if isinstance(outcome, Approved):
        return _late(attempt, outcome, now_ms)
    told = isinstance(outcome, Cancelled | Pending) or (
        isinstance(outcome, Declined) and outcome.code not in _NO_ANSWER
    )
    if told:
        return _after_check(attempt, now_ms)
    if now_ms >= attempt.started_ms + LONGEST_CHECK_MS:
        return _replace(attempt, next_query_ms=0)
    return _replace(attempt, next_query_ms=now_ms + CHECKS_MS[1])


def returned(attempt: PaymentAttempt, outcome: Outcome, now_ms: int) -> PaymentAttempt:
    """Giving back is asked for until it is answered; a refusal is for a person to look at."""
    if isinstance(outcome, Approved | Cancelled):
        return _replace(attempt, money=Money.RETURNED, next_query_ms=0, last_answer="")
    if isinstance(outcome, Declined) and outcome.code is not DeclineCode.NOT_SENT:
        later_ms = now_ms + REFUSED_RETURN_MS
        return _replace(attempt, next_query_ms=later_ms, last_answer=_said(outcome))
    return _again(attempt, outcome, now_ms, REFUSED_RETURN_MS)


def _ongoing(
    attempt: PaymentAttempt, outcome: Outcome, now_ms: int, next_ms: int
) -> PaymentAttempt:
    if isinstance(outcome, Approved):
        return _replace(
            attempt,
            state=PaymentState.APPROVED,
            money=Money.HELD,
            provider_ref=outcome.provider_ref[:LONGEST_ANSWER],
            next_query_ms=now_ms,
            asked=0,
            last_answer="",
        )
    if isinstance(outcome, Cancelled):
        return _ended(attempt, PaymentState.CANCELLED, "", now_ms + CHECKS_MS[0])
    waits = isinstance(outcome, Pending)
    return _replace(
        attempt,
        state=PaymentState.PENDING if waits else PaymentState.UNKNOWN,
        next_query_ms=min(next_ms, max(attempt.deadline_ms, now_ms + SOON_MS)),
        asked=attempt.asked + 1,
        last_answer=_said(outcome),
    )


def _late(attempt: PaymentAttempt, outcome: Approved, now_ms: int) -> PaymentAttempt:
    """Money came in for what had ended: it goes back, and somebody is told."""
    return _replace(
        attempt,
        state=PaymentState.LATE,
        money=Money.RETURNING,
        provider_ref=outcome.provider_ref[:LONGEST_ANSWER],
        next_query_ms=now_ms,
        asked=0,
        last_answer="",
    )


def _ended(
    attempt: PaymentAttempt, state: PaymentState, answer: str, check_ms: int
) -> PaymentAttempt:
    return _replace(attempt, state=state, asked=0, next_query_ms=check_ms, last_answer=answer)


def _after_check(attempt: PaymentAttempt, now_ms: int) -> PaymentAttempt:
    done = attempt.asked + 1
    later_ms = now_ms + CHECKS_MS[done] if done < len(CHECKS_MS) else 0
    return _replace(attempt, asked=done, next_query_ms=later_ms)


def _again(
    attempt: PaymentAttempt, outcome: Outcome, now_ms: int, longest_ms: int
) -> PaymentAttempt:
    """Twice as long after each time that brought no answer."""
    pause_ms = min(longest_ms, SOON_MS << min(attempt.asked, 20))
    return _replace(
        attempt,
        asked=attempt.asked + 1,
        next_query_ms=now_ms + pause_ms,
        last_answer=_said(outcome),
    )


def _said(outcome: Outcome) -> str:
    """A short code; what a provider wrote is never kept whole."""
    match outcome:
        case Declined(code=code):
            return code.value
        case Pending(hint=hint):
            return hint[:LONGEST_ANSWER]
        case _:
            return getattr(outcome, "reason", "")[:LONGEST_ANSWER]
