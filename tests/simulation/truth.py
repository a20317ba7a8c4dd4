"""What really happened, kept apart from till and server: each entry that a till has promised."""

import msgspec

from domain.entries import Entry, decode_entry
from domain.facts import Fact, decode_fact
from domain.identifiers import TerminalId

Place = tuple[TerminalId, int, int]


class Made(msgspec.Struct, frozen=True):
    """An entry as its till wrote it."""

    content: bytes
    hash: bytes

    @property
    def entry(self) -> Entry:
        return decode_entry(self.content)

    @property
    def fact(self) -> Fact:
        entry = self.entry
        return decode_fact(entry.kind, entry.schema, entry.body)


class Truth:
    """Entries by place (terminal, epoch, number).

    One that went with its disk before any server had it was promised to nobody but that till.
    """

    def __init__(self) -> None:
        self.made: dict[Place, Made] = {}

    def add(self, place: Place, made: Made) -> None:
        self.made[place] = made

    def forget(self, place: Place) -> None:
        del self.made[place]

    def of_till(self, terminal: TerminalId) -> dict[Place, Made]:
        return {place: made for place, made in self.made.items() if place[0] == terminal}
