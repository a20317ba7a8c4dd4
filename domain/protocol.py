"""Messages between till and server, and the text that a request's signature covers.

Bodies are msgpack, compressed with zstd, under the content type CONTENT_TYPE. An answer without
that type, or without a protocol header, did not come from a server of ours (a captive portal).
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.digests import BUCKETS
from domain.entries import SignedEntry
from domain.errors import ErrorCode
from domain.identifiers import BrandId, StoreId, TerminalId

PROTOCOL_VERSION: Final = 1
# A server speaks all from this one on; tills of a release speak its newest.
OLDEST_PROTOCOL: Final = 1
CONTENT_TYPE: Final = "application/vnd.tillfold.sync"

HEADER_PROTOCOL: Final = "Tillfold-Protocol"
HEADER_TERMINAL: Final = "Tillfold-Terminal"
HEADER_NONCE: Final = "Tillfold-Nonce"
HEADER_SIGNATURE: Final = "Tillfold-Signature"

PATH_ENROL: Final = "/sync/v1/enrol"
PATH_PUSH: Final = "/sync/v1/push"
PATH_FEED: Final = "/sync/v1/feed"
PATH_LIVE: Final = "/sync/v1/live"
PATH_DIGESTS: Final = "/sync/v1/digests"
PATH_ROWS: Final = "/sync/v1/rows"
PATH_MEMBERS: Final = "/sync/v1/members"
PATH_CODES: Final = "/sync/v1/codes"
PATH_EPOCH: Final = "/sync/v1/epoch"
PATH_JOURNAL: Final = "/sync/v1/journal"

LARGEST_PUSH_ENTRIES: Final = 1_000
LARGEST_PUSH_BYTES: Final = 8 * 1024 * 1024
LARGEST_PAGE_ROWS: Final = 20_000
LARGEST_ROWS_REQUEST: Final = 1_000
LARGEST_BUCKETS_REQUEST: Final = 32
LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
HASH_BYTES: Final = 32
# What a till tells of its journal when it asks where it and the server part: about 6 MiB.
LARGEST_HASHES: Final = 200_000

Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A new terminal hands in its one-time code and its public key, signed with that key.

    `proof` signs `enrolment_proof(code, public_key)`: the sender holds the private key.
    """

    code: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    public_key: Hash
    proof: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    program_version: Annotated[str, msgspec.Meta(max_length=40)]


class EnrolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the terminal is from now on. `label` begins its receipt numbers, as in "A1"."""

    brand: BrandId
    brand_name: str
    store: StoreId
    store_name: str
    terminal: TerminalId
    label: str
    epoch: int
    time_zone: str
    server_public_key: Hash
    server_time_ms: int


class PushRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the calling terminal in one epoch, with contiguous numbers."""

    epoch: int
    entries: Annotated[
        tuple[SignedEntry, ...], msgspec.Meta(min_length=1, max_length=LARGEST_PUSH_ENTRIES)
    ]


class Outcome(StrEnum):
    APPLIED = "applied"
    APPLIED_WITH_CASE = "applied_with_case"
    ALREADY_HAD = "already_had"
    QUARANTINED = "quarantined"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one entry. `error` is the code why it was quarantined.

    A text, as a later server has codes that a till does not know: they must not stop its pushes.
    """

    number: int
    outcome: Outcome
    error: str | None = None


class Receipt(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """The server's word that it holds a terminal's journal up to `number`, whose hash is `hash`."""

    brand: BrandId
    terminal: TerminalId
    epoch: int
    number: int
    hash: Hash
    history: str
    server_time_ms: int


class SignedReceipt(msgspec.Struct, frozen=True, array_like=True):
    """`content` is an encoded Receipt, signed by the server's key."""

    content: bytes
    signature: bytes


class PushAnswer(msgspec.Struct, frozen=True, kw_only=True):
    verdicts: tuple[Verdict, ...]
    receipt: SignedReceipt


class EpochRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a till holds of an epoch in which the server refused it as forked.

    `hashes` are those of its entries from number `first` to its last one, one behind the other.
    """

    epoch: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    first: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    hashes: Annotated[
        bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=LARGEST_HASHES * HASH_BYTES)
    ]


class EpochGrant(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Where till and server part, and the epoch in which the till goes on.

    Both hold the entries of `from_epoch` up to `agreed`, whose hash is `agreed_hash` (GENESIS for
    0); the server's go up to `held`. `epoch` is `from_epoch` where the server holds no other entry
    under a number of the till's. `asked` is the last hash of the request.
    """

    brand: BrandId
    terminal: TerminalId
    from_epoch: int
    agreed: int
    agreed_hash: Hash
    held: int
    epoch: int
    asked: Hash
    server_time_ms: int


class SignedGrant(msgspec.Struct, frozen=True, array_like=True):
    """`content` is an encoded EpochGrant, signed by the server's key."""

    content: bytes
    signature: bytes


class JournalPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the server holds of the asker's journal in one epoch, behind the number asked for.

    `held` is the epoch's last number; entries that were set aside are among the others.
    """

    epoch: int
    entries: tuple[SignedEntry, ...]
    held: int


class FeedRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An aggregate as it stands at `version`; no body means that it is gone (tombstone).

    `kind` is an AggregateKind, or one of a later release: a till keeps such rows unread.
    """

    kind: str
    id: str
    version: int
    body: bytes | None


class ScopeSum(msgspec.Struct, frozen=True, array_like=True):
    """The sum of the digests of all rows that a till gets for one reason (`domain.digests`)."""

    scope: str
    sum: int


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Rows changed after the asked cursor, and how far the asker's journal is inside them.

    Rows, `acknowledged` and `sums` come from one snapshot. `next_cursor` is the cursor for the
    next page; `more` tells that there is one. `head` is the brand's newest version, for showing
    progress. Another `history` than before means a restored server: start again from cursor 0.
    `sums` stand on the last page alone: together they are what the asker's rows must add up to.
    `rights` is how much the server has to say to this till about its rights to spend: where that
    is more than it has heard, it asks.
    """

    history: str
    rows: tuple[FeedRow, ...]
    next_cursor: int
    head: int
    more: bool
    acknowledged_epoch: int
    acknowledged: int
    server_time_ms: int
    sums: tuple[ScopeSum, ...] = ()
    rights: int = 0


class RowDigest(msgspec.Struct, frozen=True, array_like=True):
    kind: str
    id: str
    digest: int


class DigestsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the sums of all buckets; with `buckets` for the rows in these."""

    buckets: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, lt=BUCKETS)], ...],
        msgspec.Meta(max_length=LARGEST_BUCKETS_REQUEST),
    ] = ()


class DigestsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`sums` of all buckets over the asker's rows, or the `rows` of the asked buckets."""

    history: str
    head: int
    sums: tuple[int, ...] = ()
    rows: tuple[RowDigest, ...] = ()


class RowsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for rows by (kind, id); the answer is a FeedPage with those that are the asker's.

    `epoch` is the one that the asker writes in.
    """

    keys: Annotated[
        tuple[tuple[str, str], ...], msgspec.Meta(min_length=1, max_length=LARGEST_ROWS_REQUEST)
    ]
    epoch: int = 0


class MemberQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for one member by whole phone number (E.164), by id or by card, by one of these.

    It is a body, as addresses are logged.

    The answer is a FeedPage with all rows of that person, empty where there is nobody. From then
    on they are in the asker's feed.
    """

    phone: Annotated[str, msgspec.Meta(max_length=32)] = ""
    member_id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    epoch: int = 0
    card: Annotated[str, msgspec.Meta(max_length=64)] = ""


class SignedContent(msgspec.Struct, frozen=True, array_like=True):
    """An encoded message and the signature of the server's key."""

    content: bytes
    signature: bytes


class CodesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a till needs to check signed codes: CodeKeys and a StatusList of the brand's coupons."""

    keys: SignedContent
    status: SignedContent


class ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Any refusal: a code and the values that its text wants.

    For `journal_gap` and `journal_forked`, `expected` is the number that the server wants next; it
    is of another epoch than the one that was pushed where `values` name an `epoch`.
    """

    code: ErrorCode
    values: dict[str, str | int] = {}
    expected: int | None = None


def enrolment_proof(code: str, public_key: bytes) -> bytes:
    """What a new terminal signs to show that it holds the private key."""
    return b"tillfold enrol 1\0" + hashlib.sha256(code.encode() + b"\0" + public_key).digest()


def request_text(method: str, target: str, *, body: bytes, terminal: str, nonce: str) -> bytes:
    """What a terminal signs for each request; `target` is the path with its query.

    The nonce is the server's, so that a till with a wrong clock can still prove who it is.
    """
    digest = hashlib.sha256(body).hexdigest()
    return f"tillfold request 1\n{method}\n{target}\n{digest}\n{terminal}\n{nonce}".encode()


def receipt_text(content: bytes) -> bytes:
    """What the server signs for a receipt."""
    return b"tillfold receipt 1\0" + content


def grant_text(content: bytes) -> bytes:
    """What the server signs for an epoch."""
    return b"tillfold epoch 1\0" + content
