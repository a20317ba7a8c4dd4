"""A PC/SC service of the test's own with a virtual reader; the machine's own must not run."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from hardware.cards.pcsc import pcsc_readers
from hardware.supervisor import DeviceFault

PORT: Final = 0xB38B
DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER: Final = "Tillfold test reader"
_LOCK: Final = Path(tempfile.gettempdir()) / "tillfold-test-pcscd.lock"
_DEADLINE_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.02


def skip_without_pcscd() -> None:
    if sys.platform != "linux":
        pytest.skip("the virtual card reader was tried on Linux alone")
    if os.geteuid() != 0:
        pytest.skip("pcscd keeps its socket where only root may write")
    if shutil.which("pcscd") is None or not DRIVER.exists():
        pytest.skip("apt-get install pcscd vsmartcard-vpcd, and this test runs")


class PrivatePcscd:
    """Started and stopped by the test, as often as it wants."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "vpcd").write_text(
            f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{PORT:#X}\n'.replace("0X", "0x")
            + f"LIBPATH {DRIVER}\nCHANNELID {PORT:#X}\n".replace("0X", "0x")
        )

    def start(self) -> None:
        command = ["pcscd", "--foreground", "--critical", "--config", str(self._folder)]
        self._process = subprocess.Popen(command)
        give_up = time.monotonic() + _DEADLINE_S
        while not _readers():
            assert self._process.poll() is None, "pcscd ended"
            assert time.monotonic() < give_up, "pcscd shows no reader"
            time.sleep(_LOOK_EVERY_S)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_DEADLINE_S)
            self._process = None


def _readers() -> list[str]:
    try:
        return pcsc_readers()
    except DeviceFault:
        return []


@contextmanager
def private_pcscd(folder: Path) -> Iterator[PrivatePcscd]:
    """One at a time on a machine: its socket and the reader's port are fixed."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _readers():
            pytest.skip("a PC/SC service runs on this machine; stop it, and this test runs")
        service = PrivatePcscd(folder)
        try:
            yield service
        finally:
            service.stop()
