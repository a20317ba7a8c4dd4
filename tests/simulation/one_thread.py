"""The session's own second thread and stopwatch, replaced: one thing happens after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from pos_client.sync import session
from tests.simulation.patching import patched


class _Later:
    """What was submitted is done when its result is wanted, on the thread that wants it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work

    def result(self) -> Any:  # noqa: ANN401 - whatever the work answers
        return self._work()


class _Executor:
    def __init__(self, _threads: int, *, thread_name_prefix: str) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> _Later:  # noqa: ANN401
        return _Later(lambda: work(*arguments, **named))


class _StoppedWatch:
    """Every page is quick."""

    def monotonic(self) -> float:
        return 0.0


@contextmanager
def one_thread() -> Iterator[None]:
    with (
        patched(session, "ThreadPoolExecutor", _Executor),
        patched(session, "time", _StoppedWatch()),
    ):
        yield
