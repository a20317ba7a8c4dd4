"""Looking at a till's files from outside, and doing to them what crashes and bad disks do."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pytest
from sqlalchemy import select

from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact
from pos_client.storage.journal import SealedEntry, seal
from pos_client.storage.second_journal import Position, SecondJournal, encode_record
from pos_client.storage.store import Store
from pos_client.storage.tables import journal
from tests.builders.facts import enrolled, sale
from tests.builders.till import IDENTITY, MANAGER, TillFiles

FACTS: Final[list[Fact]] = [
    enrolled(),
    sale(member="member-1", earned=50),
    enrolled("member-2", phone="+8613800138001", name="韩梅梅"),
    sale("sale-2", member="member-2", earned=7),
]


def numbers(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.scalars(select(journal.c.number).order_by(journal.c.number)))


def second_journal_of(files: TillFiles) -> "closing[SecondJournal]":
    return closing(
        SecondJournal(
            files.place.second_journal_file, files.secrets.database_key, files.entropy.bytes
        )
    )


def records(files: TillFiles) -> list[bytes]:
    with second_journal_of(files) as second:
        return list(second.read_from(Position(0, 0)))


def in_step(files: TillFiles, store: Store) -> bool:
    """Whether the second journal holds exactly the database's entries, in order."""
    with store.read() as connection:
        rows = connection.execute(select(journal).order_by(journal.c.number)).all()
    held = [row.signature + row.content for row in rows]
    ends = [row.second_size_bytes for row in rows]
    size = files.place.second_journal_file.stat().st_size
    return records(files) == [msgspec.msgpack.encode(IDENTITY), *held] and ends[-1:] == [size]


def append_unseen(store: Store, facts: Sequence[Fact]) -> list[SealedEntry]:
    """What a crash leaves that came between the second journal's write and the commit."""
    sealed = seal(
        facts,
        head=store.head,
        identity=store.identity,
        signer=store.signer,
        actor=MANAGER,
        trusted_now_ms=store.trusted_time.now_ms(),
    )
    store.second_journal.append([encode_record(item.signed) for item in sealed])
    return sealed


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x55
    path.write_bytes(content)


def refused(files: TillFiles) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        files.opener.open()
    return caught.value.code
