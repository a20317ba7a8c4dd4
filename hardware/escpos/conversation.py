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
        """The printer's state now; raises `LinkError` (timed_out, connection_lost)."""
        self._ask(deadline)
        while self._asked:
            self._listen(deadline)
            if self._asked and deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT)
        assert self.last_status is not None
        return self.last_status

    def mark_end(self, *, deadline: Deadline) -> None:
        """Queue the question that is answered when all before it has been printed."""
        self._connection.send(COMPLETION_MARKER, deadline=deadline)

    def wait_for_completion(
        self, *, deadline: Deadline, poll_ms: int | None, on_status: StatusListener
    ) -> bool:
        """Whether the printer confirmed the end before the deadline.

        Asks for the state every `poll_ms` (None: never) and tells each change to `on_status`.
        Raises `LinkError` (connection_lost).
        """
        while not self._completed and not deadline.over:
            before = self.last_status
            if poll_ms is not None and not self._asked:
                self._ask(deadline)
            poll = deadline if poll_ms is None else deadline.at_most(poll_ms)
            while not self._completed and not poll.over:
                self._listen(poll)
            if self.last_status is not None and self.last_status != before:
                on_status(self.last_status)
        return self._completed

    def _ask(self, deadline: Deadline) -> None:
        self._answers.clear()
        self._asked = True
        self._connection.send(QUERY, deadline=deadline)

    def _listen(self, deadline: Deadline) -> None:
        for answer in self._parser.feed(self._connection.receive(deadline=deadline)):
            match answer:
                case RealTimeAnswer(value) if self._asked:
                    self._take(value)
                case QueuedAnswer():
                    self._completed = True
                case _:
                    pass  # pushed reports of a printer that another program had set so

    def _take(self, value: int) -> None:
        self._answers.append(value)
        if len(self._answers) == len(ASKED):
            self.last_status = read_status(tuple(self._answers))
            self._asked = False
