"""Disks that can be filled, made read-only and cut off from power. Only root can have them.

A campaign or a test that mounts runs in a mount namespace of its own (`unshare --mount`), so that
whatever happens to it, its mounts vanish with it.
"""

import fcntl
import os
import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

# EXT4_IOC_SHUTDOWN: the file system is down from now on, its journal is not flushed. It is what
# xfstests cuts the power with.
_SHUTDOWN: Final = 0x8004587D
_NO_LOG_FLUSH: Final = 2
_TOOLS: Final = ("mkfs.ext4", "mount", "umount", "unshare")
OWN_MOUNTS: Final = ("unshare", "--mount")


class Disk:
    """An ext4 file system in a file, mounted at `path`."""

    def __init__(self, folder: Path, *, megabytes: int = 64) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._image = folder / "disk.img"
        self.path = folder / "disk"
        self.path.mkdir()
        with self._image.open("wb") as image:
            image.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self._image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.path))

    def unmount(self) -> None:
        _run("umount", str(self.path))

    def cut(self) -> None:
        """What is not on the disk now never will be; every call on it fails."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def power_on(self) -> None:
        """Mount again what a cut left. Nobody may hold a file of it open."""
        self.unmount()
        self.mount()

    def make_read_only(self) -> None:
        _run("mount", "-o", "remount,ro", str(self.path))

    def make_writable(self) -> None:
        _run("mount", "-o", "remount,rw", str(self.path))


def mount_memory(path: Path, *, kibibytes: int) -> None:
    """A small disk that is soon full."""
    path.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(path))


def unmount(path: Path) -> None:
    _run("umount", str(path))


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@cache
def why_not() -> str:
    """Why this process cannot have such disks; empty where it can."""
    if not is_root():
        return "only root can mount disks"
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return mounts_refused()


@cache
def mounts_refused() -> str:
    """What the system says where it lets not even root mount (a chroot, a container); or empty."""
    if not is_root() or shutil.which(OWN_MOUNTS[0]) is None:
        return ""
    tried = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    said = tried.stderr.strip() or f"exit code {tried.returncode}"
    return f"no mounts of its own: {said}" if tried.returncode else ""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
