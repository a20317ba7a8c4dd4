"""Asking a printer things while a job is under way on the same connection."""

from hardware.escpos.connection import Connection, LinkError
from hardware.escpos.status import (
    ASKED,
    COMPLETION_MARKER,
    QUERY,
    AnswerParser,
    QueuedAnswer,
    RealTimeAnswer,
    read_status,
)
from hardware.ports import DeviceReason, DeviceStatus, StatusListener
from hardware.timing import Deadline


class Conversation:
    """Questions and answers on one connection; answers are matched in the order asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parser = AnswerParser()
        self._answers: list[int] = []
        self._asked = False
        self._completed = False
        self.last_status: DeviceStatus | None = None

    def ask_status(self, *, deadline: Deadline) -> DeviceStatus:
        """The printer's state now.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        self._ask(deadline)
        while not deadline.over:
            if status := self._listen(deadline):
                return status
        raise LinkError(DeviceReason.TIMED_OUT)

    def mark_end(self, *, deadline: Deadline) -> None:
        """Queue the question that is answered when all before it has been printed."""
        self._connection.send(COMPLETION_MARKER, deadline=deadline)

    def wait_for_completion(
        self, *, deadline: Deadline, poll_ms: int | None, on_status: StatusListener
    ) -> bool:
        """Whether the printer confirmed the end before the deadline.

        Asks for the state every `poll_ms` (None: never) and tells each change to `on_status`.

        Raises:
            LinkError: connection_lost.
        """
        while not self._completed and not deadline.over:
            if poll_ms is not None and not self._asked:
                self._ask(deadline)
            wait = deadline if poll_ms is None else deadline.at_most(poll_ms)
            self._listen_for(wait, on_status)
        return self._completed

    def _listen_for(self, wait: Deadline, on_status: StatusListener) -> None:
        while not self._completed and not wait.over:
            before = self.last_status
            status = self._listen(wait)
            if status is not None and status != before:
                on_status(status)

    def _ask(self, deadline: Deadline) -> None:
        self._answers.clear()
        self._asked = True
        self._connection.send(QUERY, deadline=deadline)

    def _listen(self, deadline: Deadline) -> DeviceStatus | None:
        """Take in what arrives; the printer's state when its answer to the last question ended."""
        status = None
        for answer in self._parser.feed(self._connection.receive(deadline=deadline)):
            match answer:
                case RealTimeAnswer(value) if self._asked:
                    status = self._take(value) or status
                case QueuedAnswer():
                    self._completed = True
                case _:
                    pass  # pushed reports of a printer that another program had set so
        return status

    def _take(self, value: int) -> DeviceStatus | None:
        self._answers.append(value)
        if len(self._answers) < len(ASKED):
            return None
        self._asked = False
        self.last_status = read_status(tuple(self._answers))
        return self.last_status
