"""`python -m tests.recorded`: write the recordings of this release."""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec
import sqlcipher3.dbapi2
import zstandard

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsAnswer,
    RightsRequest,
    Want,
)
from domain.allowances.subjects import Subject, SubjectKind
from domain.protocol import PATH_CODES, PATH_DIGESTS, CodesAnswer, DigestsAnswer, DigestsRequest
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient, packed
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings
from tests.builders.terminal import TestTerminal
from tests.builders.till import DUCK, RICE
from tests.pos_client.sync.joined import JoinedTill, enrol
from tests.recorded.release import (
    PRESENT,
    Books,
    Exchange,
    exchange_of,
    folder_of,
    journals_of,
    pack_folder,
    published,
    write_packed,
)

_WAITING_FEN = 300
_LATER = "a_kind_of_a_later_release"


def main() -> None:
    target = folder_of(PRESENT)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "server").mkdir()
        with contextlib.closing(JoinedTill(folder / "till")) as till:
            with running_server(sqlite_settings(folder / "server")) as server:
                decide(server.context, BRAND, published(), actor="hq")
                _record_exchange(server, target)
                _work(server, till)
                _record_server(server.context, folder, target)
            till.sell(RICE, total_fen=_WAITING_FEN)
        pack_folder(folder / "till", target / "till")
    sizes = {path.name: path.stat().st_size for path in sorted(target.rglob("*")) if path.is_file()}
    print(f"{target}: {sum(sizes.values())} bytes {sizes}")


def _record_exchange(server: RunningServer, target: Path) -> None:
    """A till's whole conversation; the backup `before` is what it began from."""
    exchanges: list[Exchange] = []
    client = SyncClient(server.url, TestTerminal("recorded"))
    with client:
        client.http.event_hooks["response"] = [lambda one: exchanges.append(exchange_of(one))]
        client.enrol(server.new_code("R1"))
        back_up(server.context, target / "before", release=PRESENT, key_file=None)
        _converse(client)
    write_packed(target / "exchange", exchanges)


def _converse(client: SyncClient) -> None:
    client.feed()
    terminal = client.terminal
    terminal.write(facts.enrolled("m-1", phone="+8613800000001", name="李小龙"))
    terminal.write(facts.sale("sale-1", member="m-1", earned=50, total_fen=5_000))
    terminal.write_raw(_LATER, 1, msgspec.msgpack.encode({"later": True}))
    terminal.write(facts.sale("sale-2", member="m-1", redeemed=60, total_fen=700))
    client.push()
    client.push()
    page = client.feed(limit=3)
    client.feed(page.next_cursor)
    client.member(phone="+8613800000001")
    client.journal()
    client.ask("GET", PATH_CODES, CodesAnswer)
    client.ask("POST", PATH_DIGESTS, DigestsAnswer, body=packed(DigestsRequest()))
    points = Subject(kind=SubjectKind.POINTS, id="m-1")
    wanted = AuthoriseRequest(
        operation_id="sale-9", wants=(Want(subject=points, amount=1, least=1),)
    )
    client.ask("POST", PATH_AUTHORISE, AuthoriseAnswer, body=packed(wanted))
    rights = RightsRequest(released=("sale-9",), wanted=(points,))
    client.ask("POST", PATH_RIGHTS, RightsAnswer, body=packed(rights))
    for sale in ("sale-3", "sale-4"):
        terminal.write(facts.sale(sale))
    gap = msgspec.structs.replace(
        terminal.push_request(), entries=terminal.push_request().entries[-1:]
    )
    with contextlib.suppress(Refused):
        client.push(gap)


def _work(server: RunningServer, till: JoinedTill) -> None:
    till.join(server.url, server.new_code("A1"))
    till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
    member = enrol(till, "13800000002", "张三")
    till.sell(DUCK, total_fen=12_800, member=member)
    till.sell(RICE, DUCK, total_fen=13_100)
    till.wait_for_quiet()


def _record_server(context: Context, folder: Path, target: Path) -> None:
    back_up(context, target / "backup", release=PRESENT, key_file=None)
    copy = folder / "copy.db"
    with contextlib.closing(sqlcipher3.dbapi2.connect(str(folder / "server" / "server.db"))) as db:
        db.execute("VACUUM INTO ?", (str(copy),))
    (target / "server.db").write_bytes(zstandard.compress(copy.read_bytes(), level=19))
    books = read_books(context, BRAND)
    held = Books(
        journals=journals_of(books),
        members=books.members,
        points=books.points_total,
        waiting_fen=_WAITING_FEN,
    )
    (target / "books.json").write_bytes(msgspec.json.format(msgspec.json.encode(held)))


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets are written in the order of their hashes.
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.recorded"],
            {**os.environ, "PYTHONHASHSEED": "0", "QT_QPA_PLATFORM": "offscreen"},
        )
    main()
