"""Space that is kept back beside the database. What it is for: tests/faults, on a full disk."""

import shutil
from pathlib import Path
from typing import Final

import msgspec

from pos_client.settings import TillSettings
from pos_client.storage.ballast import FILE_NAME, Ballast
from tests.builders.facts import sale
from tests.builders.till import Till, TillFiles, write

SIZE: Final = 300_001
BLOCK: Final = 512


def with_ballast(files: TillFiles, size_bytes: int = SIZE) -> Path:
    files.place = msgspec.structs.replace(files.place, ballast_bytes=size_bytes)
    return files.place.data / FILE_NAME


def test_a_new_till_takes_up_ballast_that_really_takes_space(files: TillFiles) -> None:
    path = with_ballast(files)
    with files.created():
        assert path.stat().st_size == SIZE
        assert path.stat().st_blocks * BLOCK >= SIZE


def test_a_till_of_an_earlier_release_takes_it_up_when_it_is_opened(files: TillFiles) -> None:
    with files.created():
        pass
    path = with_ballast(files)
    assert not path.exists()
    with files.opened():
        assert path.stat().st_size == SIZE


def test_it_is_taken_up_again_with_the_next_write_that_goes_through(files: TillFiles) -> None:
    path = with_ballast(files)
    with files.created() as store:
        assert store.release_ballast()
        assert not path.exists()
        write(store, [sale()])
        assert path.stat().st_size == SIZE


def test_a_disk_without_room_for_twice_as_much_gets_none(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    ballast = Ballast(tmp_path / FILE_NAME, free * 3 // 4)
    ballast.keep()
    assert not (tmp_path / FILE_NAME).exists()
    assert not ballast.release()


def test_a_till_that_is_to_have_none_any_more_gives_it_up(files: TillFiles) -> None:
    with_ballast(files)
    with files.created():
        pass
    path = with_ballast(files, 0)
    assert path.exists()
    with files.opened() as opened:
        assert not path.exists()
        write(opened.store, [sale()])
        assert not path.exists()
        assert not opened.store.release_ballast()


def test_the_program_takes_up_what_its_settings_say(tmp_path: Path) -> None:
    till = Till(tmp_path)
    till.close()
    till.settings = msgspec.structs.replace(till.settings, ballast_mib=1)
    till.machinery = till.new_machinery()
    till.begin()
    till.close()
    assert (till.settings.data_path / FILE_NAME).stat().st_size == 1024 * 1024
    assert TillSettings().ballast_bytes == 16 * 1024 * 1024
