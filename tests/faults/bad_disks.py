"""What a till does on a disk that is full, read-only or broken. Run by test_bad_disks."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact
from pos_client.storage.ballast import FILE_NAME
from pos_client.storage.opening import Place
from pos_client.storage.store import Store
from tests.builders.facts import enrolled, sale
from tests.builders.till import TillFiles, write
from tests.faults.disks import Disk, mount_memory, unmount
from tests.faults.selling import MEMBER, points_of, sales_of
from tests.pos_client.storage.looking import refused

_MOST_SALES: Final = 3_000
_BALLAST_BYTES: Final = 1024 * 1024


def sell(store: Store, order: int) -> None:
    facts: list[Fact] = [sale(f"order-{order}", member=MEMBER, earned=1)]
    write(store, facts)


def sell_until_refused(store: Store, first: int = 1) -> tuple[int, ErrorCode]:
    """How far it came, and what it was refused with."""
    for order in range(first, first + _MOST_SALES):
        try:
            sell(store, order)
        except TillfoldError as error:
            return order - 1, error.code
    raise AssertionError("the disk was never full")


def holds(store: Store, orders: int) -> bool:
    wanted = [f"order-{order}" for order in range(1, orders + 1)]
    return sales_of(store) == wanted and points_of(store) == orders


def fill(folder: Path) -> Path:
    """Take what is left of a disk, to the last byte."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
    return path


def full_disk_of_the_database(folder: Path) -> None:
    mount_memory(folder / "disk", kibibytes=2_048)
    _fills_up(folder, Place(data=folder / "disk" / "data", second_journal=folder / "second"))


def full_disk_of_the_second_journal(folder: Path) -> None:
    mount_memory(folder / "disk", kibibytes=256)
    _fills_up(folder, Place(data=folder / "data", second_journal=folder / "disk" / "second"))


def _fills_up(folder: Path, place: Place) -> None:
    files = TillFiles(folder)
    files.place = place
    with files.created([enrolled(MEMBER)]) as store:
        filler = fill(folder / "disk")
        told, code = sell_until_refused(store)
        assert code is ErrorCode.DISK_FULL, code
        # Again and again, as a cashier would try: always the same answer, and reading goes on.
        for _ in range(3):
            assert sell_until_refused(store, told + 1) == (told, ErrorCode.DISK_FULL)
        assert holds(store, told)
        filler.unlink()
        for order in range(told + 1, told + 11):
            sell(store, order)
        assert holds(store, told + 10)
    with files.opened() as opened:
        assert opened.notice is None
        assert holds(opened.store, told + 10)


def full_disk_with_ballast(folder: Path) -> None:
    """The sale that was refused goes through when it is tried again, and others after it."""
    disk = folder / "disk"
    mount_memory(disk, kibibytes=6 * 1024)
    files = TillFiles(disk / "till")
    files.place = msgspec.structs.replace(files.place, ballast_bytes=_BALLAST_BYTES)
    ballast = files.place.data / FILE_NAME
    with files.created([enrolled(MEMBER)]) as store:
        filler = fill(disk)
        told, code = sell_until_refused(store)
        assert code is ErrorCode.DISK_FULL, code
        assert not ballast.exists()
        for order in range(told + 1, told + 21):
            sell(store, order)
        assert not ballast.exists()
        filler.unlink()
        sell(store, told + 21)
        assert ballast.stat().st_size == _BALLAST_BYTES
        assert holds(store, told + 21)
    fill(disk)
    # Not even a start fails: it gives up the ballast by itself where it has to.
    with files.opened() as opened:
        sell_again(opened.store, told + 22)
        assert holds(opened.store, told + 22)
        assert not ballast.exists()


def sell_again(store: Store, order: int) -> None:
    """As a cashier does: where the disk is full, once more."""
    try:
        sell(store, order)
    except TillfoldError as error:
        if error.code is not ErrorCode.DISK_FULL:
            raise
        sell(store, order)


def full_disk_at_each_size(folder: Path) -> None:
    """The space ends at another step of the write each time."""
    for pages in range(24):
        disk = folder / f"disk-{pages}"
        mount_memory(disk, kibibytes=2_048)
        files = TillFiles(disk / "till")
        with files.created([enrolled(MEMBER)]) as store:
            sell(store, 1)
            filler = fill(disk)
            with filler.open("r+b") as file:
                file.truncate(filler.stat().st_size - pages * 4096)
            told, code = sell_until_refused(store, 2)
            assert code is ErrorCode.DISK_FULL, (pages, code)
            filler.unlink()
            sell(store, told + 1)
            assert holds(store, told + 1), pages
        with files.opened() as opened:
            assert holds(opened.store, told + 1), pages
        unmount(disk)


def read_only_disk(folder: Path) -> None:
    """Found so at the start, as a dying disk is."""
    disk = Disk(folder)
    files = TillFiles(disk.path / "till")
    with files.created([enrolled(MEMBER)]) as store:
        sell(store, 1)
    disk.make_read_only()
    assert refused(files) is ErrorCode.DISK_FAILED
    disk.make_writable()
    with files.opened() as opened:
        assert opened.notice is None
        assert holds(opened.store, 1)
        sell(opened.store, 2)
        assert holds(opened.store, 2)
    disk.unmount()


def broken_disk(folder: Path) -> None:
    """Every call fails from some moment on, with the till alive."""
    disk = Disk(folder)
    files = TillFiles(disk.path / "till")
    with files.created([enrolled(MEMBER)]) as store:
        for order in range(1, 11):
            sell(store, order)
        disk.cut()
        for _ in range(3):
            # SQLite itself calls the file damaged from the second attempt on, which it is not.
            assert sell_until_refused(store, 11) == (10, ErrorCode.DISK_FAILED)
    disk.power_on()
    with files.opened() as opened:
        assert holds(opened.store, 10)
        sell(opened.store, 11)
        assert holds(opened.store, 11)
    disk.unmount()


CLAIMS: Final[tuple[Callable[[Path], None], ...]] = (
    full_disk_of_the_database,
    full_disk_of_the_second_journal,
    full_disk_with_ballast,
    full_disk_at_each_size,
    read_only_disk,
    broken_disk,
)


def main() -> int:
    name, folder = sys.argv[1:]
    next(claim for claim in CLAIMS if claim.__name__ == name)(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
