"""Asking a printer things while a job is under way on the same link."""

from hardware.escpos.link import Link, LinkError
from hardware.escpos.model import CompletionWay, StatusWay
from hardware.escpos.status import (
    ASKED,
    COMPLETION_MARKER,
    QUERY,
    REPORTS_OFF,
    REPORTS_ON,
    Answer,
    AnswerParser,
    Noise,
    ProcessAnswer,
    PushedStatus,
    QueuedAnswer,
    RealTimeAnswer,
    process_marker,
    read_report,
    read_status,
)
from hardware.ports import DeviceReason, DeviceState, DeviceStatus, StatusListener
from hardware.timing import Deadline

LAST_ANSWER_MS = 150
SETTLED_MS = 100  # nothing more comes so long after the answer of an idle printer


class Conversation:
    """Questions and answers on one link; answers are matched in the order asked."""

    def __init__(
        self, link: Link, *, status: StatusWay, completion: CompletionWay, identifier: bytes
    ) -> None:
        """`identifier`: 4 printable characters that no other job had lately."""
        self._link = link
        self._status_way = status if link.answers else StatusWay.NONE
        self.completion = completion if link.answers else CompletionWay.NONE
        self._identifier = identifier
        self._parser = AnswerParser()
        self._answers: list[int] = []
        self._asked = False
        self._marked = False
        self._completed = False
        self.heard_noise = False
        self.last_status: DeviceStatus | None = None

    def ask_status(self, *, deadline: Deadline) -> DeviceStatus:
        """The printer's state now; one that cannot tell counts as ready.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        if self._status_way is StatusWay.NONE:
            return DeviceStatus(DeviceState.READY)
        self._ask(deadline)
        while not deadline.over:
            if status := self._listen(deadline):
                return status
        raise LinkError(DeviceReason.TIMED_OUT)

    def settle(self, *, deadline: Deadline) -> None:
        """Wait until nothing of an earlier job can be answered any more.

        An answer to `GS r 1` does not say which job it is about. Where an earlier one was left
        without an answer, its late answer would pass for ours.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        self._link.send(COMPLETION_MARKER, deadline=deadline)
        heard = self._hears_queued_answer(deadline)
        while heard and deadline.left_ms >= SETTLED_MS:
            heard = self._hears_queued_answer(deadline.at_most(SETTLED_MS))
            if not heard:
                return
        raise LinkError(DeviceReason.TIMED_OUT)

    def mark_end(self, *, deadline: Deadline) -> None:
        """Queue the question that is answered when all before it has been printed."""
        self._marked = True
        ours = self.completion is CompletionWay.PROCESS_ID
        marker = process_marker(self._identifier) if ours else COMPLETION_MARKER
        self._link.send(marker, deadline=deadline)

    def wait_for_completion(
        self, *, deadline: Deadline, poll_ms: int, on_status: StatusListener
    ) -> bool:
        """Whether the printer confirmed the end before the deadline.

        Asks for the state every `poll_ms` where it can be asked, and tells each change.

        Raises:
            LinkError: connection_lost.
        """
        polls = self._status_way is StatusWay.DLE_EOT
        while not self._completed and not deadline.over:
            if polls and not self._asked:
                self._ask(deadline)
            wait = deadline.at_most(poll_ms) if polls else deadline
            self._listen_for(wait, on_status)
        return self._completed

    def quieten(self, *, deadline: Deadline) -> None:
        """Leave nothing behind that the next talk would take for its own.

        Automatic reports are switched off, since unread ones at a close cost what is still unsent,
        and the answer to the last question is awaited for a moment.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        if self._status_way is StatusWay.ASB:
            self._link.send(REPORTS_OFF, deadline=deadline)
            return
        within = deadline.at_most(LAST_ANSWER_MS)
        while self._asked and not within.over:
            self._listen(within)

    def _listen_for(self, wait: Deadline, on_status: StatusListener) -> None:
        while not self._completed and not wait.over:
            before = self.last_status
            status = self._listen(wait)
            if status is not None and status != before:
                on_status(status)

    def _hears_queued_answer(self, deadline: Deadline) -> bool:
        while not deadline.over:
            received = self._link.receive(deadline=deadline)
            if any(isinstance(answer, QueuedAnswer) for answer in self._parser.feed(received)):
                return True
        return False

    def _ask(self, deadline: Deadline) -> None:
        self._answers.clear()
        self._asked = True
        question = REPORTS_ON if self._status_way is StatusWay.ASB else QUERY
        self._link.send(question, deadline=deadline)

    def _listen(self, deadline: Deadline) -> DeviceStatus | None:
        """Take in what arrives; the printer's state when it told a whole one."""
        status = None
        for answer in self._parser.feed(self._link.receive(deadline=deadline)):
            status = self._take(answer) or status
        return status

    def _take(self, answer: Answer) -> DeviceStatus | None:
        match answer:
            case RealTimeAnswer(value) if self._asked:
                return self._take_real_time(value)
            case PushedStatus(report) if self._status_way is StatusWay.ASB:
                self.last_status = read_report(report)
                return self.last_status
            case QueuedAnswer() if self.completion is CompletionWay.GS_R and self._marked:
                self._completed = True
            case ProcessAnswer(identifier) if identifier == self._identifier:
                self._completed = True
            case Noise() | QueuedAnswer():
                self.heard_noise = True
            case _:
                pass  # reports that another program had switched on, answers to earlier jobs
        return None

    def _take_real_time(self, value: int) -> DeviceStatus | None:
        self._answers.append(value)
        if len(self._answers) < len(ASKED):
            return None
        self._asked = False
        self.last_status = read_status(tuple(self._answers))
        return self.last_status
