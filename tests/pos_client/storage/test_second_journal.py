"""The second journal's file: what goes in comes out, and a cut or flipped byte is told."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from pos_client.storage.second_journal import FILE_NAME, MAGIC, Position, SecondJournal
from tests.builders.till import SeededEntropy

KEY = bytes(range(32))
BEGIN = Position(0, 0)
payloads = st.lists(st.binary(max_size=300), max_size=12)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / FILE_NAME


def opened(path: Path, key: bytes = KEY) -> "closing[SecondJournal]":
    return closing(SecondJournal(path, key, SeededEntropy().bytes))


def written(path: Path, batches: list[list[bytes]]) -> list[Position]:
    """The end after the identity and after each batch."""
    with opened(path) as journal:
        journal.start(b"identity")
        ends = [journal.position]
        for batch in batches:
            promised = journal.end_after(batch)
            journal.append(batch)
            assert not promised or journal.position == promised[-1]
            ends.append(journal.position)
        assert journal.size_bytes == journal.position.size_bytes
    return ends


def read(path: Path, start: Position = BEGIN, key: bytes = KEY) -> list[bytes]:
    with opened(path, key) as journal:
        return list(journal.read_from(start))


@given(batches=st.lists(payloads, max_size=5))
def test_what_was_appended_is_read_back_in_order(batches: list[list[bytes]]) -> None:
    with folder() as path:
        ends = written(path, batches)
        flat = [payload for batch in batches for payload in batch]
        assert read(path) == [b"identity", *flat]
        for place, end in enumerate(ends):
            behind = [payload for batch in batches[place:] for payload in batch]
            assert read(path, end) == behind


@given(batch=payloads.filter(bool), data=st.data())
def test_a_tail_cut_anywhere_leaves_the_whole_records_before_it(
    batch: list[bytes], data: st.DataObject
) -> None:
    with folder() as path:
        written(path, [[payload] for payload in batch])
        size = path.stat().st_size
        cut = data.draw(st.integers(len(MAGIC), size))
        os.truncate(path, cut)
        found = read(path)
        assert found == [b"identity", *batch][: len(found)]
        again = [b"after the cut"]
        with opened(path) as journal:
            kept = list(journal.read_from(Position(0, 0)))
            assert journal.has_torn_tail == (journal.position.size_bytes != cut)
            journal.cut_torn_tail()
            journal.append(again)
        assert kept == found
        assert read(path) == found + again


@given(batch=payloads.filter(bool), data=st.data())
def test_a_flipped_bit_is_never_read_as_content(batch: list[bytes], data: st.DataObject) -> None:
    with folder() as path:
        written(path, [batch])
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
        everything = [b"identity", *batch]
        with opened(path) as journal:
            found: list[bytes] = []
            with suppress(TillfoldError):
                found.extend(journal.read_from(BEGIN))
        # A flip in a length field can look like a cut tail: then the rest is missing, never wrong.
        assert found == everything[: len(found)]
        assert len(found) < len(everything)


def test_records_in_another_order_are_damage(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    identity, first, second = written(path, [[b"first.", b"second"][:1], [b"second"]])
    content = path.read_bytes()
    one = content[identity.size_bytes : first.size_bytes]
    two = content[first.size_bytes : second.size_bytes]
    path.write_bytes(content[: identity.size_bytes] + two + one)
    with pytest.raises(TillfoldError) as caught:
        read(path)
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED


def test_another_key_reads_nothing(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    written(path, [[b"secret"]])
    with pytest.raises(TillfoldError) as caught:
        read(path, key=bytes(32))
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED


@pytest.mark.parametrize("content", [b"", b"TF", b"XXXX", b"TFJ1\xff\xff\xff\xff"])
def test_a_file_that_is_no_second_journal_is_damage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(TillfoldError) as caught:
        read(path)
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED


def test_cutting_back_takes_away_what_was_not_committed(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with opened(path) as journal:
        journal.start(b"identity")
        before = journal.position
        journal.append([b"one", b"two"])
        journal.cut_back(before)
        journal.append([b"three"])
    assert read(path) == [b"identity", b"three"]


def test_the_place_to_write_is_right_also_when_taking_back_does_not_reach_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails once must not leave a hole between two records."""

    def fails(_descriptor: int) -> None:
        raise OSError(5, "input/output error")

    path = tmp_path / FILE_NAME
    with opened(path) as journal:
        journal.start(b"identity")
        before = journal.position
        journal.append([b"one"])
        with monkeypatch.context() as broken:
            broken.setattr("pos_client.storage.second_journal._flush", fails)
            with pytest.raises(OSError, match="input/output"):
                journal.cut_back(before)
        journal.append([b"two"])
    assert read(path) == [b"identity", b"two"]


def test_an_append_that_the_disk_refuses_leaves_the_file_as_long_as_before(tmp_path: Path) -> None:
    """A limit on the file's size is the one refusal that needs no disk of its own."""
    path = tmp_path / FILE_NAME
    with opened(path) as journal:
        journal.start(b"identity")
        before = journal.position
        with files_not_longer_than(before.size_bytes + 40), pytest.raises(OSError, match="large"):
            journal.append([b"one", b"x" * 1_000])
        assert journal.position == before
        assert journal.size_bytes == before.size_bytes
        journal.append([b"two"])
    assert read(path) == [b"identity", b"two"]


@contextmanager
def files_not_longer_than(size_bytes: int) -> Iterator[None]:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
