"""The real `Authoriser` on virtual time: its pool, its clock and its pauses are the simulator's."""

from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as OutOfTimeError
from contextlib import contextmanager
from typing import Any

from pos_client.sync import authoriser
from pos_client.sync.authoriser import Authoriser
from pos_client.sync.transport import Transport
from tests.simulation.patching import patched
from tests.simulation.tills import PauseWish, SimulatedTill
from tests.simulation.world import SECOND_MS, World


class _Asked:
    """What was submitted is done when its answer is wanted, up to the deadline of who wants it."""

    def __init__(self, till: SimulatedTill, work: Callable[[], Any]) -> None:
        self._till = till
        self._work = work

    def result(self, timeout_s: float) -> Any:  # noqa: ANN401 - whatever the work answers
        self._till.guest_waits_ms = int(timeout_s * SECOND_MS)
        return self._work()


class _Pool:
    def __init__(self, till: SimulatedTill) -> None:
        self._till = till

    def submit(self, work: Callable[..., Any], *arguments: Any) -> _Asked:  # noqa: ANN401
        return _Asked(self._till, lambda: work(*arguments))


class _Event:
    def __init__(self, till: SimulatedTill) -> None:
        self._till = till

    def is_set(self) -> bool:
        return False

    def wait(self, timeout_s: float) -> bool:
        self._till.ask_as_guest(PauseWish(int(timeout_s * SECOND_MS)))
        return False


class _Threading:
    """In the place of the module `threading`, for one till."""

    def __init__(self, till: SimulatedTill) -> None:
        self._till = till

    def Event(self) -> _Event:  # noqa: N802 - the name in `threading`
        return _Event(self._till)


class _Clock:
    def __init__(self, world: World) -> None:
        self._world = world

    def monotonic(self) -> float:
        return self._world.now_ms / SECOND_MS


def authoriser_of(till: SimulatedTill, make_transport: Callable[[], Transport]) -> Authoriser:
    def pool(_threads: int, *, thread_name_prefix: str) -> _Pool:
        return _Pool(till)

    with (
        patched(authoriser, "threading", _Threading(till)),
        patched(authoriser, "ThreadPoolExecutor", pool),
    ):
        return Authoriser(make_transport)


@contextmanager
def asking_on(world: World) -> Iterator[None]:
    """Inside, the time that a guest waits is that of the world."""
    with patched(authoriser, "time", _Clock(world)):
        yield


__all__ = ["OutOfTimeError", "asking_on", "authoriser_of"]
