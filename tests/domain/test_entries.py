import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.entries import (
    GENESIS,
    LARGEST_ENTRY_BYTES,
    Entry,
    decode_entry,
    encode_entry,
    hash_entry,
)
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, StaffId, StoreId, TerminalId
from domain.stamps import Stamp
from tests.domain.builders import enrolment, entry_of

NAMES = st.text(min_size=1, max_size=64)
COUNTS = st.integers(1, (1 << 53) - 1)
ENTRIES = st.builds(
    Entry,
    brand=NAMES.map(BrandId),
    store=st.text(max_size=64).map(StoreId),
    terminal=NAMES.map(TerminalId),
    epoch=COUNTS,
    number=COUNTS,
    stamp=st.integers(0, (1 << 63) - 1).map(Stamp),
    actor=st.text(max_size=64).map(StaffId),
    approver=st.none() | st.text(max_size=64).map(StaffId),
    kind=NAMES,
    schema=COUNTS,
    body=st.binary(max_size=200),
    prev_hash=st.binary(min_size=32, max_size=32),
)
SAMPLE = entry_of(enrolment("m1"))


@given(ENTRIES)
def test_an_entry_reads_back_as_it_was_written(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


@given(st.binary(max_size=300))
def test_any_bytes_are_an_entry_or_malformed(content: bytes) -> None:
    _entry_or_malformed(content)


@given(st.integers(0, len(encode_entry(SAMPLE)) - 1), st.integers(0, 255))
def test_an_entry_with_one_other_byte_is_an_entry_or_malformed(place: int, byte: int) -> None:
    content = bytearray(encode_entry(SAMPLE))
    content[place] = byte
    _entry_or_malformed(bytes(content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xc1",
        bytes(LARGEST_ENTRY_BYTES + 1),
        b"\x91" * 100_000,
        encode_entry(SAMPLE)[:-1],
        encode_entry(SAMPLE) + b"\0",
        b"\x9d" + encode_entry(SAMPLE)[1:] + b"\x91" * 100_000 + b"\0",
    ],
)
def test_broken_entries_are_malformed(content: bytes) -> None:
    with pytest.raises(TillfoldError) as caught:
        decode_entry(content)
    assert caught.value.code is ErrorCode.ENTRY_MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {"number": 0},
        {"epoch": 0},
        {"brand": ""},
        {"terminal": "t" * 65},
        {"prev_hash": bytes(31)},
        {"stamp": -1},
        {"number": 1 << 53},
    ],
)
def test_values_out_of_their_range_are_malformed(change: dict[str, object]) -> None:
    with pytest.raises(TillfoldError) as caught:
        decode_entry(encode_entry(msgspec.structs.replace(SAMPLE, **change)))
    assert caught.value.code is ErrorCode.ENTRY_MALFORMED


def test_a_field_of_a_later_release_is_passed_over() -> None:
    fields = [*msgspec.msgpack.decode(encode_entry(SAMPLE)), {"later": [1, "two"]}]
    assert decode_entry(msgspec.msgpack.encode(fields)) == SAMPLE


@given(ENTRIES, ENTRIES)
def test_different_entries_have_different_hashes(one: Entry, other: Entry) -> None:
    same = hash_entry(encode_entry(one)) == hash_entry(encode_entry(other))
    assert same == (one == other)


def test_the_hash_is_sha256_with_its_own_prefix() -> None:
    # Pinned: another prefix would break the chain of every journal in use.
    assert hash_entry(b"content") == hashlib.sha256(b"tillfold entry 1\0content").digest()
    assert len(hash_entry(b"")) == len(GENESIS)


def _entry_or_malformed(content: bytes) -> None:
    try:
        assert isinstance(decode_entry(content), Entry)
    except TillfoldError as error:
        assert error.code is ErrorCode.ENTRY_MALFORMED  # noqa: PT017 - either outcome is right
