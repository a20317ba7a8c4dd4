"""Today's code reads what earlier releases wrote, and talks with what they say."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest
import zstandard
from sqlalchemy import update

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsAnswer,
    RightsRequest,
)
from domain.protocol import (
    PATH_CODES,
    PATH_DIGESTS,
    PATH_ENROL,
    PATH_FEED,
    PATH_JOURNAL,
    PATH_MEMBERS,
    PATH_PUSH,
    CodesAnswer,
    DigestsAnswer,
    DigestsRequest,
    EnrolAnswer,
    EnrolRequest,
    ErrorAnswer,
    FeedPage,
    JournalPage,
    PushAnswer,
    PushRequest,
)
from pos_client.storage.identity import encode_identity, read_identity
from pos_client.storage.store import Store
from pos_client.storage.tables import identity
from sync_server.authentication.keys import make_key_file
from sync_server.bootstrap import build_context, migrate_database, restore_backup
from sync_server.settings import ServerSettings
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, Clock, serving, sqlite_settings
from tests.pos_client.sync.joined import JoinedTill
from tests.recorded import release as recordings
from tests.recorded.release import RELEASES, SERVER_SEED, Exchange, journals_of

ANSWERS: Final[dict[str, type[msgspec.Struct]]] = {
    PATH_ENROL: EnrolAnswer,
    PATH_PUSH: PushAnswer,
    PATH_FEED: FeedPage,
    PATH_MEMBERS: FeedPage,
    PATH_JOURNAL: JournalPage,
    PATH_CODES: CodesAnswer,
    PATH_DIGESTS: DigestsAnswer,
    PATH_AUTHORISE: AuthoriseAnswer,
    PATH_RIGHTS: RightsAnswer,
}
REQUESTS: Final[dict[str, type[msgspec.Struct]]] = {
    PATH_ENROL: EnrolRequest,
    PATH_PUSH: PushRequest,
    PATH_DIGESTS: DigestsRequest,
    PATH_AUTHORISE: AuthoriseRequest,
    PATH_RIGHTS: RightsRequest,
}

pytestmark = pytest.mark.parametrize("release", RELEASES)


def decoded(content: bytes, kind: type[msgspec.Struct]) -> Any:  # noqa: ANN401
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return msgspec.msgpack.decode(plain, type=kind)


def kind_of(exchange: Exchange) -> type[msgspec.Struct]:
    path = exchange.target.partition("?")[0]
    return ANSWERS[path] if exchange.status == httpx.codes.OK else ErrorAnswer


def test_every_message_is_still_read(release: str) -> None:
    exchanges = recordings.read_exchanges(release)
    assert {exchange.target.partition("?")[0] for exchange in exchanges} >= set(ANSWERS)
    for exchange in exchanges:
        assert decoded(exchange.answer, kind_of(exchange))
        kind = REQUESTS.get(exchange.target)
        if kind is not None:
            assert decoded(exchange.request, kind)


@contextmanager
def brought_back(settings: ServerSettings, folder: Path, clock: Clock) -> Iterator[Context]:
    make_key_file(settings.key_path, SERVER_SEED)
    restore_backup(settings, folder)
    context = build_context(settings, now_ms=clock)
    with contextlib.closing(context.database):
        yield context


def essence(exchange: Exchange) -> Any:  # noqa: ANN401
    """What an answer says, without what a server of another history says otherwise."""
    message = decoded(exchange.answer, kind_of(exchange))
    match message:
        case PushAnswer():
            return message.verdicts
        case FeedPage():
            return [(row.kind, row.id) for row in message.rows], message.more, message.acknowledged
        case JournalPage():
            return message.entries
        case _:
            return type(message), exchange.status


def test_recorded_requests_get_the_answers_of_then(
    release: str, settings: ServerSettings, clock: Clock
) -> None:
    """Byte for byte, signatures and nonces too."""
    exchanges = [each for each in recordings.read_exchanges(release) if each.target != PATH_ENROL]
    with (
        brought_back(settings, recordings.folder_of(release) / "before", clock) as context,
        serving(settings, context, clock) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        for then in exchanges:
            response = http.request(
                then.method, then.target, content=then.request, headers=then.request_headers
            )
            now = recordings.exchange_of(response)
            assert now.status == then.status, then.target
            assert essence(now) == essence(then), then.target
        assert verify(context, BRAND).holds


def assert_books(context: Context, release: str) -> None:
    then, now = recordings.read_books(release), read_books(context, BRAND)
    assert journals_of(now) == then.journals
    assert (now.members, now.points_total) == (then.members, then.points)
    assert verify(context, BRAND).holds


def test_a_recorded_backup_is_restored(
    release: str, settings: ServerSettings, clock: Clock
) -> None:
    with brought_back(settings, recordings.folder_of(release) / "backup", clock) as context:
        assert_books(context, release)


@contextmanager
def recorded_server(release: str, folder: Path, clock: Clock) -> Iterator[Context]:
    """The recorded database file, migrated to what this release works with."""
    folder.mkdir()
    settings = sqlite_settings(folder)
    packed = (recordings.folder_of(release) / "server.db").read_bytes()
    settings.database_path.write_bytes(zstandard.decompress(packed))
    make_key_file(settings.key_path, SERVER_SEED)
    migrate_database(settings)
    context = build_context(settings, now_ms=clock)
    with contextlib.closing(context.database):
        yield context


def test_a_recorded_database_is_migrated_and_holds(
    release: str, tmp_path: Path, clock: Clock
) -> None:
    with recorded_server(release, tmp_path / "server", clock) as context:
        assert_books(context, release)


def start(till: JoinedTill) -> None:
    till.machinery.start()


def rebuild(till: JoinedTill) -> None:
    """Its database is lost: the second journal has it all."""
    Path(till.settings.data_directory, "till.db").unlink()
    till.machinery.rebuild()


@pytest.mark.parametrize("begin", [start, rebuild])
def test_a_recorded_till_starts_and_brings_what_waited(
    release: str, begin: Callable[[JoinedTill], None], tmp_path: Path, clock: Clock
) -> None:
    recordings.unpack_folder(recordings.folder_of(release) / "till", tmp_path / "till")
    then = recordings.read_books(release)
    with (
        recorded_server(release, tmp_path / "server", clock) as context,
        serving(sqlite_settings(tmp_path / "server"), context, clock) as server,
        contextlib.closing(JoinedTill(tmp_path / "till")) as till,
    ):
        begin(till)
        till.run(lambda store: _move(store, server.url))
        till.machinery.close()
        till.machinery = till.new_machinery()
        till.machinery.start()
        till.machinery.on_changed = lambda _keys: till.changed.set()
        till.wait_for_quiet()
        sold = {label: fen for label, _, _, fen in journals_of(read_books(context, BRAND))}
        before = {label: fen for label, _, _, fen in then.journals}
        assert sold == before | {"A1": before["A1"] + then.waiting_fen}
        assert verify(context, BRAND).holds


def _move(store: Store, url: str) -> None:
    """The server has another address today."""
    with store.write() as writing:
        held = read_identity(writing.connection)
        assert held is not None
        content = encode_identity(msgspec.structs.replace(held, server_url=url))
        writing.connection.execute(update(identity).values(content=content))
