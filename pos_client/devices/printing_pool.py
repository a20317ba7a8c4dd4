"""All printers of a till: one worker for each address, found by the names of the printers."""

from collections.abc import Callable, Sequence

from hardware.ports import CashDrawer
from pos_client.devices.printing import PrinterCondition, PrintingThread


class PrintingPool:
    def __init__(self, threads: Sequence[PrintingThread]) -> None:
        self._threads = tuple(threads)
        self._by_name = {name: thread for thread in threads for name in thread.names}
        for thread in threads:
            thread.is_ready = self.is_ready

    def start(self, on_changed: Callable[[], None]) -> None:
        for thread in self._threads:
            thread.on_changed = on_changed
            thread.start()

    def wake(self) -> None:
        for thread in self._threads:
            thread.wake()

    def stop(self) -> None:
        for thread in self._threads:
            thread.begin_stop()
        for thread in self._threads:
            thread.stop()

    def drawer(self, name: str) -> CashDrawer:
        """What opens the drawer on that printer, also while a job waits for paper."""
        return self._by_name[name].drawer

    def condition(self, name: str) -> PrinterCondition:
        return self._by_name[name].condition

    def is_ready(self, name: str) -> bool:
        return name not in self._by_name or self.condition(name).ready
