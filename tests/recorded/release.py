"""Where the recordings of a release stand, and how they are read."""

import io
import tarfile
from pathlib import Path
from typing import Final

import httpx
import msgspec
import zstandard

from domain.facts import Fact
from sync_server.use_cases.books import Books as ServerBooks
from tests.builders.till import CASHIER_PIN, configured
from tests.recorded.staff import seeded_staff

PRESENT: Final = "0.1.0"
_HERE: Final = Path(__file__).parent
RELEASES: Final = tuple(
    sorted(path.name for path in _HERE.iterdir() if (path / "exchange").is_file())
)
PIN: Final = CASHIER_PIN
SERVER_SEED: Final = bytes(range(32))
_KEPT_HEADERS: Final = ("tillfold-", "content-type")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer, as they were on the wire."""

    method: str
    target: str
    request_headers: dict[str, str]
    request: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What the recorded server held; of each journal label, entries, sales and fen."""

    journals: list[tuple[str, int, int, int]]
    members: int
    points: int
    # Total of the sale that waits on the recorded till.
    waiting_fen: int


def journals_of(books: ServerBooks) -> list[tuple[str, int, int, int]]:
    return [(one.label, one.head_number, one.sales, one.total_fen) for one in books.terminals]


def folder_of(release: str) -> Path:
    return _HERE / release


def published() -> list[Fact]:
    """What head office had decided."""
    return [*seeded_staff(), *configured()]


def exchange_of(response: httpx.Response) -> Exchange:
    response.read()
    return Exchange(
        method=response.request.method,
        target=response.request.url.raw_path.decode(),
        request_headers=_kept(response.request.headers),
        request=response.request.content,
        status=response.status_code,
        answer_headers=_kept(response.headers),
        answer=response.content,
    )


def _kept(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith(_KEPT_HEADERS)}


def write_packed(path: Path, value: object) -> None:
    path.write_bytes(zstandard.compress(msgspec.msgpack.encode(value), level=19))


def read_exchanges(release: str) -> list[Exchange]:
    content = zstandard.decompress((folder_of(release) / "exchange").read_bytes())
    return msgspec.msgpack.decode(content, type=list[Exchange])


def read_books(release: str) -> Books:
    return msgspec.json.decode((folder_of(release) / "books.json").read_bytes(), type=Books)


def pack_folder(source: Path, target: Path) -> None:
    """A folder as one file, without times and owners."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(path.relative_to(source).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o600
            with path.open("rb") as file:
                archive.addfile(entry, file)
    target.write_bytes(zstandard.compress(content.getvalue(), level=19))


def unpack_folder(source: Path, target: Path) -> Path:
    content = zstandard.decompress(source.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        # Filters came with Python 3.11.4, and Debian 12 has 3.11.2.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(target)
    return target
