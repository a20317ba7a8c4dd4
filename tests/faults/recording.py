"""Recording what a process does to a disk: the disk is a process of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from tests.faults.disk_image import Call, Image
from tests.faults.disks import OWN_MOUNTS, why_not
from tests.harness.process import ROOT

DEVICE: Final = Path("/dev/fuse")


def record(image: Image, folder: Path, use: Callable[[Path], object]) -> list[Call]:
    """Mount `image`, `use` it, unmount it; every call that changed it, in order.

    Raises:
        OSError: the disk was not mounted; with what it said.
    """
    place, before, calls = folder / "disk", folder / "image", folder / "calls"
    place.mkdir(exist_ok=True)
    before.write_bytes(msgspec.msgpack.encode(image))
    module = ("-m", "tests.faults.recorded_disk")
    program = [sys.executable, *module, str(place), str(before), str(calls)]
    with subprocess.Popen(
        program, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as disk:
        assert disk.stdout is not None
        assert disk.stderr is not None
        if not disk.stdout.readline():
            raise OSError(disk.stderr.read())
        try:
            use(place)
        finally:
            subprocess.run(["umount", str(place)], check=True)
    assert disk.returncode == 0
    return msgspec.msgpack.decode(calls.read_bytes(), type=list[Call])


@cache
def why_no_recording() -> str:
    """Why this process cannot record; empty where it can."""
    if why_not():
        return why_not()
    if not DEVICE.exists():
        return f"no {DEVICE}: FUSE is not to be had"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            [*OWN_MOUNTS, sys.executable, "-m", "tests.faults.recording", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if tried.returncode == 0:
        return ""
    return f"FUSE does not work: {tried.stderr.strip().splitlines()[-1]}"


if __name__ == "__main__":
    record(Image(folders=[]), Path(sys.argv[1]), lambda place: (place / "tried").write_bytes(b"1"))
