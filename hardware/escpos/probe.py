"""Finding out at set-up how a printer can be talked to, by asking it.

Manuals of cheap printers are silent or wrong about this. Nothing is printed by a printer that knows
the questions; one that does not know the last of them may print its few letters, so that one is
asked only where the one before was answered.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from hardware.escpos.link import Link
from hardware.escpos.model import CompletionWay, StatusWay
from hardware.escpos.opening import LinkOpener, open_link
from hardware.escpos.settings import EscposSettings
from hardware.escpos.status import (
    COMPLETION_MARKER,
    QUERY,
    REPORTS_OFF,
    REPORTS_ON,
    Answer,
    AnswerParser,
    ProcessAnswer,
    PushedStatus,
    QueuedAnswer,
    RealTimeAnswer,
    process_marker,
    read_report,
    read_status,
)
from hardware.ports import DeviceReason
from hardware.timing import Deadline, MonotonicMs

A = TypeVar("A", bound=Answer)
PATIENCE_MS = 600
QUIET_MS = 50
ASKED_STATES = 4
IDENTIFIER = b"Prob"
NAME_QUERY = b"\x1dI\x43"  # GS I 67: the name of the model, as a block
NAME_HEAD, NAME_END = b"_", b"\x00"
MAX_NAME_BYTES = 80


class Probed(msgspec.Struct, frozen=True):
    """What the printer answers; the ways are what settings should say.

    Attributes:
        name: what it calls itself, or "".
        obstacle: why it could not be asked for its way of confirming, such as paper that is out;
            put that right and probe again, for what is proposed here is not all it can do.
    """

    status: StatusWay = StatusWay.NONE
    completion: CompletionWay = CompletionWay.NONE
    name: str = ""
    obstacle: DeviceReason | None = None


def probe_settings(
    settings: EscposSettings, *, clock: MonotonicMs, opener: LinkOpener = open_link
) -> Probed:
    """Probe the printer of these settings; takes at most four seconds.

    Raises:
        LinkError: it cannot be reached, or goes away meanwhile.
    """
    with opener(settings, Deadline(clock, settings.connect_timeout_ms)) as link:
        return probe(link, clock=clock)


def probe(link: Link, *, clock: MonotonicMs, patience_ms: int = PATIENCE_MS) -> Probed:
    """Ask on an open link that nobody else uses.

    Raises:
        LinkError: the link failed.
    """
    if not link.answers:
        return Probed()
    asking = _Asking(link, lambda: Deadline(clock, patience_ms))
    asking.forget(Deadline(clock, QUIET_MS))
    status, obstacle = _status_way(asking)
    if obstacle is not None:  # it would answer nothing that waits in its queue
        return Probed(status, obstacle=obstacle)
    completion = _completion_way(asking)
    silent = (status, completion) == (StatusWay.NONE, CompletionWay.NONE)
    return Probed(status, completion, "" if silent else asking.name())


def _status_way(asking: "_Asking") -> tuple[StatusWay, DeviceReason | None]:
    """How it tells its state, and what keeps it from printing now."""
    answers = asking.hear(QUERY, RealTimeAnswer, count=ASKED_STATES)
    if len(answers) == ASKED_STATES:
        status = read_status(tuple(answer.value for answer in answers))
        return StatusWay.DLE_EOT, None if status.can_print else status.reason
    reports = asking.hear(REPORTS_ON, PushedStatus)
    asking.say(REPORTS_OFF)
    if not reports:
        return StatusWay.NONE, None
    status = read_report(reports[0].value)
    return StatusWay.ASB, None if status.can_print else status.reason


def _completion_way(asking: "_Asking") -> CompletionWay:
    if not asking.hear(COMPLETION_MARKER, QueuedAnswer):
        return CompletionWay.NONE
    answers = asking.hear(process_marker(IDENTIFIER), ProcessAnswer)
    ours = ProcessAnswer(IDENTIFIER) in answers
    return CompletionWay.PROCESS_ID if ours else CompletionWay.GS_R


class _Asking:
    """One question after the other, each with its own patience."""

    def __init__(self, link: Link, patience: Callable[[], Deadline]) -> None:
        self._link = link
        self._patience = patience

    def forget(self, quiet: Deadline) -> None:
        """Let go what still comes from somebody before."""
        while not quiet.over:
            self._link.receive(deadline=quiet)

    def say(self, command: bytes) -> None:
        self._link.send(command, deadline=self._patience())

    def hear(self, question: bytes, kind: type[A], *, count: int = 1) -> list[A]:
        """The first `count` answers of that kind, or those that came in time."""
        self.say(question)
        parser = AnswerParser()
        deadline = self._patience()
        heard: list[A] = []
        while len(heard) < count and not deadline.over:
            answers = parser.feed(self._link.receive(deadline=deadline))
            heard += [answer for answer in answers if isinstance(answer, kind)]
        return heard

    def name(self) -> str:
        self.say(NAME_QUERY)
        deadline = self._patience()
        block = b""
        while NAME_END not in block and len(block) < MAX_NAME_BYTES and not deadline.over:
            block += self._link.receive(deadline=deadline)
        head, _, rest = block.partition(NAME_HEAD)
        name, end, _ = rest.partition(NAME_END)
        if head or not end:
            return ""
        return name.decode("ascii", errors="replace").strip()
