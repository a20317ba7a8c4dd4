"""What really happened, kept apart from till and server: each entry that a till has promised."""

from collections import Counter
from typing import Final, NamedTuple

import msgspec

from domain.entries import Entry, decode_entry
from domain.facts import Fact, decode_fact
from domain.identifiers import TerminalId

Place = tuple[TerminalId, int, int]
EPOCH_BEGUN: Final = "epoch_begun"


class Deed(NamedTuple):
    """What happened, whatever number it has: in another epoch the same deed is written again."""

    terminal: TerminalId
    stamp: int
    kind: str
    body: bytes


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

    @property
    def deed(self) -> Deed:
        return deed_of(self.content)


def deed_of(content: bytes) -> Deed:
    entry = decode_entry(content)
    return Deed(entry.terminal, entry.stamp, entry.kind, bytes(entry.body))


class Truth:
    """Deeds, and the journal of each machine by epoch and number.

    A deed that went with a disk before any server had it was promised to nobody but that till: it
    is at risk. It may be taken in, as it may be under way; once, as all others.
    """

    def __init__(self) -> None:
        self.deeds: dict[Deed, Made] = {}
        self.at_risk: set[Deed] = set()
        self._journals: dict[str, dict[tuple[int, int], Made]] = {}

    def journal(self, machine: str) -> dict[tuple[int, int], Made]:
        return self._journals.setdefault(machine, {})

    def add(self, machine: str, place: tuple[int, int], made: Made) -> bool:
        """Note what a machine has in its journal; whether it is something that was not before."""
        self.journal(machine)[place] = made
        self.at_risk.discard(made.deed)
        is_new = made.deed not in self.deeds
        self.deeds.setdefault(made.deed, made)
        return is_new

    def lose(self, machine: str, held_by_server: set[Deed]) -> None:
        """The disk of a machine is gone."""
        lost = {made.deed for made in self.journal(machine).values()}
        self._journals[machine] = {}
        elsewhere = {made.deed for own in self._journals.values() for made in own.values()}
        self.at_risk |= lost - elsewhere - held_by_server

    def missing(self, held: Counter[Deed]) -> list[Deed]:
        """What was promised and is not held. What begins an epoch goes with its branch."""
        promised = self.deeds.keys() - self.at_risk
        return [one for one in promised if one not in held and one.kind != EPOCH_BEGUN]
