"""What goes wrong: machines, disks, clocks, the network, the server."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from tests.simulation.chance import Chance
from tests.simulation.disk import CrashPoint
from tests.simulation.plan import Event
from tests.simulation.reached import Reached
from tests.simulation.server import SimulatedServer
from tests.simulation.tills import SimulatedTill
from tests.simulation.world import DAY_MS, HOUR_MS, MINUTE_MS, World

_OUTAGES_MS: Final = (2 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS)


class Run(Protocol):
    """What a fault needs of the run that it happens in."""

    world: World
    reached: Reached
    server: SimulatedServer
    folder: Path

    def may_crash(
        self, till: SimulatedTill, *, boots: bool = True
    ) -> AbstractContextManager[None]: ...
    def boot_in(self, till: SimulatedTill, chance: Chance) -> None: ...
    def fall_back(self, copy: Path, history: str | None) -> None: ...
    def lose_disk(self, till: SimulatedTill) -> None: ...
    def restore(self, till: SimulatedTill, image: Path) -> None: ...
    def start_copy(self, till: SimulatedTill, image: Path) -> None: ...


class Faults:
    def __init__(self, simulation: Run) -> None:
        self._simulation = simulation
        self._world = simulation.world
        self._reached = simulation.reached
        self._copy = simulation.folder / "copy.db"
        self._image = simulation.folder / "image"

    def strike(self, till: SimulatedTill, event: Event, chance: Chance) -> None:
        if till.gone:
            return
        match event.what:
            case "crash":
                till.disk.armed = CrashPoint(event.crash)
            case "partition" | "bad network" as what:
                trouble = self._partition if what == "partition" else self._spoil
                trouble(till, chance)
            case "set clock":
                self._set_clock(till, chance)
            case "lose till":
                self._lose(till)
            case "keep image" | "restore image" | "start copy":
                self._image_of(till, event.what, chance)
            case _ if till.running:
                self._stop_and_damage(till, event.what, chance)

    def _image_of(self, till: SimulatedTill, what: str, chance: Chance) -> None:
        """Nothing where the image was never kept, as in a plan that was shrunk."""
        if what == "keep image":
            till.disk.keep_image(self._image)
        elif self._image.exists() and what == "restore image":
            till.end()
            self._simulation.restore(till, self._image)
            self._simulation.boot_in(till, chance)
        elif self._image.exists():
            self._simulation.start_copy(till, self._image)

    def strike_server(self, event: Event, chance: Chance) -> None:
        server = self._simulation.server
        match event.what:
            case "restart":
                server.restart()
                self._reached.note("server started again")
            case "keep copy":
                server.keep_copy(self._copy)
            case "fall back" if self._copy.exists():
                history = f"history-{chance.getrandbits(32):x}"
                self._simulation.fall_back(self._copy, history if chance.happens(50) else None)

    def _partition(self, till: SimulatedTill, chance: Chance) -> None:
        link = till.link
        match chance.randrange(3):
            case 0:
                link.requests_pass = link.answers_pass = False
                self._reached.note("partition of both ways")
            case 1:
                link.requests_pass = False
                self._reached.note("partition of requests alone")
            case _:
                link.answers_pass = False
                self._reached.note("partition of answers alone")
        self._world.after(chance.choice(_OUTAGES_MS), link.heal)

    def _spoil(self, till: SimulatedTill, chance: Chance) -> None:
        link = till.link
        link.lost = chance.choice((0, 10, 40))
        link.twice = chance.choice((0, 10, 40))
        link.late = chance.choice((0, 10, 40))
        link.strange = chance.choice((0, 10))
        self._world.after(chance.choice(_OUTAGES_MS), link.heal)

    def _set_clock(self, till: SimulatedTill, chance: Chance) -> None:
        if chance.happens(40):
            till.clock.drift(chance.choice((-200, -50, 50, 200)))
            self._reached.note("clock drifted")
            return
        by_ms = chance.choice(
            (2 * HOUR_MS, -2 * HOUR_MS, 400 * DAY_MS, -365 * DAY_MS, 3 * MINUTE_MS, -MINUTE_MS)
        )
        till.clock.set_by(by_ms)
        which = "forwards" if by_ms > 0 else "backwards"
        self._reached.note(f"wall clock set {which}")

    def _stop_and_damage(self, till: SimulatedTill, what: str, chance: Chance) -> None:
        """The power goes between two writes, or the program ends; then a medium is damaged."""
        if what == "restart":
            till.end()
            self._reached.note("program ended and started")
        else:
            till.disk.armed = None
            with self._simulation.may_crash(till, boots=False):
                till.disk.crash()
        till.forgot = till.forgot or what in {"lose database", "drop commits"}
        match what:
            case "lose database":
                till.disk.lose_database()
            case "drop commits" if till.disk.drop_commits():
                self._reached.note("commits dropped from the write-ahead log")
            case "lose second journal":
                till.disk.lose_second_journal()
        self._simulation.boot_in(till, chance)

    def _lose(self, till: SimulatedTill) -> None:
        """The till burns: what no server held is gone with it."""
        till.end()
        till.gone = True
        self._reached.note("till lost with its disk")
        self._simulation.lose_disk(till)
