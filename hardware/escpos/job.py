"""One job on an open link, from the question how the printer is to its confirmation."""

from collections.abc import Callable

import msgspec

from hardware.escpos.conversation import Conversation
from hardware.escpos.link import Link, LinkError
from hardware.escpos.model import CompletionWay
from hardware.escpos.settings import EscposSettings
from hardware.ports import (
    DeviceReason,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrintOutcome,
    SentUnconfirmed,
    StatusListener,
)
from hardware.timing import Deadline


class Listening(msgspec.Struct, frozen=True):
    """What a caller wants to be told while its job is under way; see `ReceiptPrinter.print`."""

    on_status: StatusListener
    before_first_byte: Callable[[], None]
    after_last_byte: Callable[[], None]


class Job:
    """First `hand_over`, then `end`: each has the outcome, or `hand_over` lets `end` go on."""

    def __init__(
        self, link: Link, talk: Conversation, settings: EscposSettings, *, deadline: Deadline
    ) -> None:
        self._link = link
        self._talk = talk
        self._settings = settings
        self._deadline = deadline
        self.left = False  # whether any of it may have reached the printer

    def hand_over(self, data: bytes, listening: Listening, *, settle: bool) -> PrintOutcome | None:
        """Ask, then send the whole job and its mark; None when that is done.

        Raises:
            LinkError: only while nothing of the job has left.
        """
        soon = self._deadline.at_most(self._settings.status_timeout_ms)
        status = self._talk.ask_status(deadline=soon)
        if not status.can_print:
            return NotSent(status.reason or DeviceReason.DEVICE_ERROR)
        if settle and self._talk.completion is CompletionWay.GS_R:
            self._talk.settle(deadline=self._deadline.at_most(self._settings.status_timeout_ms))
        if self._talk.heard_noise:
            return NotSent(DeviceReason.DEVICE_ERROR)
        listening.before_first_byte()
        return self._send(data)

    def end(self, listening: Listening) -> PrintOutcome:
        """Wait until the printer confirms, or until all was handed over where it cannot."""
        listening.after_last_byte()
        try:
            if self._talk.completion is CompletionWay.NONE:
                self._link.finish(deadline=self._deadline)
                return SentUnconfirmed()
            done = self._talk.wait_for_completion(
                deadline=self._deadline,
                poll_ms=self._settings.poll_interval_ms,
                on_status=listening.on_status,
            )
        except LinkError as fault:
            return InDoubt(fault.reason)
        if not done:
            return InDoubt(_why_waiting(self._talk.last_status))
        if self._talk.heard_noise and self._talk.completion is CompletionWay.GS_R:
            return InDoubt(DeviceReason.DEVICE_ERROR)  # the answer may have been noise as well
        return Done()

    def _send(self, data: bytes) -> PrintOutcome | None:
        try:
            self._link.send(data, deadline=self._deadline)
        except LinkError as fault:
            if not fault.sent_bytes:
                raise
            self.left = True
            return InDoubt(fault.reason)
        self.left = True
        try:
            if self._talk.completion is not CompletionWay.NONE:
                self._talk.mark_end(deadline=self._deadline)
        except LinkError as fault:
            return InDoubt(fault.reason)
        return None


def _why_waiting(status: DeviceStatus | None) -> DeviceReason:
    if status is None or status.can_print or status.reason is None:
        return DeviceReason.TIMED_OUT
    return status.reason
