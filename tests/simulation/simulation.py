"""One run: a plan is carried out by the real programs, then everything heals and must agree."""

import hashlib
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from pos_client.storage.identity import Identity
from pos_client.storage.keys import TillSecrets
from tests.simulation import oracle
from tests.simulation.asking import asking_on
from tests.simulation.chance import Chance
from tests.simulation.disk import Disk, MachineCrashed, watched_disks
from tests.simulation.exchanges import Exchanges
from tests.simulation.faults import Faults
from tests.simulation.future import FutureTill
from tests.simulation.guests import Guests
from tests.simulation.head_office import HeadOffice
from tests.simulation.invariants import check_quiet
from tests.simulation.network import Network
from tests.simulation.one_thread import one_thread
from tests.simulation.plan import Event, Plan, most_steps
from tests.simulation.reached import Reached, Violation
from tests.simulation.server import SimulatedServer, in_this_thread
from tests.simulation.template import Template, copy_server, copy_till
from tests.simulation.tills import SimulatedTill
from tests.simulation.truth import Truth
from tests.simulation.witness import Witness
from tests.simulation.world import DAY_MS, MINUTE_MS, SECOND_MS, START_MS, TillClock, World

QUIET_MS: Final = 10 * MINUTE_MS
SAME_HISTORY: Final = "server fell back, same history"

Say = Callable[[str], None]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`digest` stands for everything that happened; `violation` is empty where all held."""

    seed: int
    digest: str
    violation: str
    steps: int
    reached: dict[str, int]


def run_plan(plan: Plan, template: Template, say: Say = lambda _text: None) -> Result:
    shared_memory = Path("/dev/shm")
    with (
        watched_disks(),
        in_this_thread(),
        one_thread(),
        tempfile.TemporaryDirectory(
            prefix="tillfold-simulation-",
            dir=shared_memory if shared_memory.is_dir() else None,
            ignore_cleanup_errors=True,
        ) as folder,
        _built(plan, template, Path(folder), say) as simulation,
    ):
        violation = ""
        try:
            with asking_on(simulation.world):
                simulation.run()
        except Violation as found:
            violation = str(found)
        except Exception as fault:  # noqa: BLE001 - told with the seed; nothing of the kind may come
            say(traceback.format_exc())
            violation = f"{type(fault).__name__}: {fault}"
        return Result(
            seed=plan.seed,
            digest=simulation.digest(),
            violation=violation,
            steps=simulation.world.steps,
            reached=dict(simulation.reached.counts),
        )


@contextmanager
def _built(plan: Plan, template: Template, folder: Path, say: Say) -> Iterator["Simulation"]:
    simulation = Simulation(plan, template, folder, say)
    try:
        yield simulation
    finally:
        simulation.close()


class Simulation:
    def __init__(self, plan: Plan, template: Template, folder: Path, say: Say) -> None:
        self.plan = plan
        self.world = World()
        self.reached = Reached()
        self.truth = Truth()
        self.folder = folder
        self._say = say
        copy_server(template, folder / "server")
        self.server = SimulatedServer(folder / "server", self.world, self.reached, plan.seed)
        network = Network(self.world, self.server, self.reached)
        self.exchanges = Exchanges(self, self.world, network, self.reached)
        self.guests = Guests(self, self.world, network, self.exchanges, self.reached)
        self.server.on_head = self.exchanges.announce
        self.head_office = HeadOffice(self.server, self.reached)
        self.tills = [
            self._new_till(template, number)
            for number in range(min(plan.tills, len(template.tills)))
        ]
        self.future = FutureTill(template, self.server, self.truth, self.reached)
        self.faults = Faults(self)

    def run(self) -> None:
        """Raises Violation."""
        self.world.most_steps = most_steps(self.plan)
        for till in self.tills:
            self._boot(till)
            self.exchanges.wake_in(till, 0)
        for event in self.plan.events:
            self.world.at(event.at_ms, partial(self._happen, event))
        self.world.run_until(START_MS + self.plan.days * DAY_MS, _nothing)
        self._heal()
        self.world.run_until(self.world.now_ms + QUIET_MS, _nothing)
        check_quiet(
            self.server,
            self.tills,
            self.truth,
            self.reached,
            may_need_repair=bool(self.reached.counts[SAME_HISTORY]),
        )

    def digest(self) -> str:
        made = sorted(one.hash.hex() for one in self.truth.deeds.values())
        held = self.server.read(oracle.held_by_server)
        state = sorted((key.kind, key.id, body) for key, body in held.items())
        counts = sorted(self.reached.counts.items())
        text = repr((self.world.steps, made, state, counts)).encode()
        return hashlib.sha256(text).hexdigest()[:16]

    def close(self) -> None:
        for till in self.tills:
            till.end()
        self.server.stop()

    def note(self, text: str) -> None:
        passed_ms = self.world.now_ms - START_MS
        days, rest_ms = divmod(passed_ms, DAY_MS)
        seconds = rest_ms / SECOND_MS
        self._say(f"day {days} {seconds:9.3f} s  {text}")

    def chance(self, *purpose: object) -> Chance:
        return Chance(self.plan.seed, *purpose)

    # Events of the plan.

    def _happen(self, event: Event) -> None:
        chance = self.chance("event", event.number)
        match event.who:
            case "guest":
                # The copy of a till comes behind all others, if it was started.
                for till in self.tills[event.till : event.till + 1]:
                    self.guests.come(till, event.what, chance)
            case "hq":
                self.note(f"head office: {event.what}")
                self.head_office.decide(event.what, chance)
            case "future":
                self.future.push(chance, self.world.now_ms)
            case "fault":
                self.note(f"{self.tills[event.till].name}: {event.what} {event.crash}")
                self.faults.strike(self.tills[event.till], event, chance)
            case _:
                self.note(f"server: {event.what}")
                self.faults.strike_server(event, chance)

    def restore(self, till: SimulatedTill, image: Path) -> None:
        """What no server had is gone with the disk; the machine goes on with the old one."""
        till.disk.bring_back(image)
        self.lose_disk(till)
        self.server.all_honest = False
        till.begin_with_image()
        self.reached.note("till restored from an older image")

    def start_copy(self, till: SimulatedTill, image: Path) -> None:
        """The image runs on a second machine, with the same key."""
        folder = self.folder / f"{till.name} copy"
        shutil.copytree(image, folder / "0")
        copy = self._till_on(folder, till.identity, till.secrets, machine=f"{till.name} copy")
        till.has_copy = True
        self.server.all_honest = False
        copy.begin_with_image()
        self.tills.append(copy)
        self.reached.note("till cloned")
        self._boot(copy)

    @contextmanager
    def may_crash(self, till: SimulatedTill, *, boots: bool = True) -> Iterator[None]:
        """What is inside may be the last that the machine does."""
        try:
            yield
        except MachineCrashed:
            self.note(f"{till.name}: crashed")
            till.die()
            if boots:
                self.boot_in(till, self.chance("boot", till.name, self.world.steps))

    def boot_in(self, till: SimulatedTill, chance: Chance) -> None:
        delay_ms = chance.choice((5 * SECOND_MS, MINUTE_MS, 30 * MINUTE_MS))
        self.world.after(delay_ms, partial(self._boot, till))

    def _boot(self, till: SimulatedTill) -> None:
        if till.running or till.gone:
            return
        with self.may_crash(till):
            before = len(self.truth.deeds)
            till.boot()
            more = len(self.truth.deeds) - before
            self.note(f"{till.name}: runs" + (f", {more} recovered" if more else ""))
            self.exchanges.wake_in(till, 0)

    def fall_back(self, copy: Path, history: str | None) -> None:
        """The server lost what came since the copy; what its tills still hold they offer again."""
        held = self.server.read(oracle.places)
        self.server.all_honest = False
        self.server.fall_back_to(copy, history)
        self.reached.note("server fell back, another history" if history else SAME_HISTORY)
        for till in self.tills:
            till.link.disturbed += 1
            till.misled = history is None
        lost = held - self.server.read(oracle.places)
        for till in self.tills:
            if any(place[0] == till.identity.terminal for place in lost):
                self.reached.note("entries offered again to a server that lost them")
        self.future.offer_all()

    def lose_disk(self, till: SimulatedTill) -> None:
        """What no server had is gone with it, or still under way."""
        self.truth.lose(till.name, set(self.server.read(oracle.deeds)))

    def _heal(self) -> None:
        """The network is whole and every machine runs; no clock is set right."""
        self.note("everything heals")
        for till in self.tills:
            till.link.heal()
            till.disk.armed = None
            self._boot(till)
        self.exchanges.begin_healing()

    def _new_till(self, template: Template, number: int) -> SimulatedTill:
        identity, secrets = template.tills[number]
        folder = self.folder / identity.label
        copy_till(template, identity, folder)
        return self._till_on(folder, identity, secrets, machine=identity.label)

    def _till_on(
        self, folder: Path, identity: Identity, secrets: TillSecrets, *, machine: str
    ) -> SimulatedTill:
        chance = self.chance("till", machine)
        return SimulatedTill(
            identity,
            secrets,
            machine=machine,
            disk=Disk(folder, chance, self.reached),
            clock=TillClock(self.world, off_ms=chance.choice((0, 0, -90_000, 200_000))),
            witness=Witness(self.truth, self.server.promises, self.world),
            reached=self.reached,
            seed=self.plan.seed,
        )


def _nothing() -> None:
    pass
