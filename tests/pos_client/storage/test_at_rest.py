"""What somebody finds who takes the till's disk away."""

import stat

import pytest
import sqlcipher3.dbapi2

from pos_client.storage.keys import FileKeyStore, TillSecrets, make_secrets
from pos_client.storage.second_journal import MAGIC
from tests.builders.facts import enrolled, sale
from tests.builders.till import SeededEntropy, TillFiles, shown, staffed, write

PHONE = "+8613911112222"
NAME = "欧阳小燕"
PLANTED = (PHONE.encode(), b"13911112222", NAME.encode(), b"oyxy", "欧阳".encode())


def test_no_byte_of_any_file_tells_a_name_or_a_phone(files: TillFiles) -> None:
    with files.created([*staffed(), enrolled(phone=PHONE, name=NAME), sale(member="member-1")]):
        names = {path.name for path in files.all_files()}
        assert {"till.db", "till.db-wal", "second-journal"} <= names
        for path in files.all_files():
            content = path.read_bytes()
            assert not [text for text in PLANTED if text in content], path.name


def test_nothing_is_told_after_a_checkpoint_either(files: TillFiles) -> None:
    with files.created([enrolled(phone=PHONE, name=NAME)]):
        pass
    assert files.place.database.stat().st_size > 4096
    for path in files.all_files():
        content = path.read_bytes()
        assert not [text for text in PLANTED if text in content], path.name


def test_neither_file_begins_as_a_plain_sqlite_database(files: TillFiles) -> None:
    with files.created():
        pass
    assert not files.place.database.read_bytes().startswith(b"SQLite format 3")
    assert files.place.second_journal_file.read_bytes().startswith(MAGIC)


def test_database_and_second_journal_do_not_share_a_key(files: TillFiles) -> None:
    """The second journal's key is derived: the database key itself opens none of its records."""
    with files.created([enrolled(phone=PHONE, name=NAME)]):
        pass
    connection = sqlcipher3.dbapi2.connect(files.place.database)
    try:
        connection.execute(f"PRAGMA key = \"x'{files.secrets.signing_seed.hex()}'\"")
        with pytest.raises(sqlcipher3.dbapi2.DatabaseError):
            connection.execute("SELECT count(*) FROM sqlite_master")
    finally:
        connection.close()


def test_all_files_are_for_this_user_alone(files: TillFiles) -> None:
    with files.created(staffed()):
        for path in (files.place.database, files.place.second_journal_file):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in (files.place.data, files.place.second_journal):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_file_is_read_back_and_is_for_this_user_alone(files: TillFiles) -> None:
    files.place.data.mkdir(parents=True)
    secrets = make_secrets(SeededEntropy().bytes)
    assert FileKeyStore(files.place.data).read() is None
    FileKeyStore(files.place.data).write(secrets)
    path = files.place.data / "till.key"
    assert FileKeyStore(files.place.data).read() == secrets
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_tills_never_get_the_same_secrets() -> None:
    entropy = SeededEntropy()
    first, second = make_secrets(entropy.bytes), make_secrets(entropy.bytes)
    assert isinstance(first, TillSecrets)
    values = {first.database_key, first.signing_seed, second.database_key, second.signing_seed}
    assert len(values) == 4


def test_what_was_written_is_read_again_with_the_key(files: TillFiles) -> None:
    with files.created(staffed()) as store:
        write(store, [enrolled(phone=PHONE, name=NAME)])
        before = shown(store)
    with files.opened() as opened:
        assert shown(opened.store) == before
    assert any(getattr(value, "phone", "") == PHONE for value in before.values())
