"""Digests of feed rows and their sum over a set of rows, which each side keeps for itself.

A sum does not depend on the order of its rows and changes by what changes, so that comparing two
replicas costs nothing per row. Nobody ever takes the other side's sum over: a row that is missing
would then be missing for ever (Actual Budget, MattFaz/actuali PR 188).
"""

import hashlib
import zlib
from collections.abc import Iterable
from typing import Final

# Two terms and a sum fit into the 64-bit integers of both databases.
DIGEST_BITS: Final = 62
LARGEST_DIGEST: Final = (1 << DIGEST_BITS) - 1
BUCKETS: Final = 256


def row_digest(kind: str, row_id: str, *, version: int, body: bytes) -> int:
    """A number below 2 ** 62: the first bits of BLAKE2b over kind, id, version and body."""
    text = f"{kind}\0{row_id}\0{version}\0".encode() + body
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 2


def add_digests(*digests: int) -> int:
    """The sum; a digest that is taken away stands with a minus."""
    return sum(digests) & LARGEST_DIGEST


def bucket_of(kind: str, row_id: str) -> int:
    """The bucket, below BUCKETS, that a row belongs to as long as it lives."""
    return zlib.crc32(f"{kind}\0{row_id}".encode()) % BUCKETS


def bucket_sums(rows: Iterable[tuple[str, str, int]]) -> list[int]:
    """The sum of each bucket over (kind, id, digest)."""
    sums = [0] * BUCKETS
    for kind, row_id, digest in rows:
        bucket = bucket_of(kind, row_id)
        sums[bucket] = (sums[bucket] + digest) & LARGEST_DIGEST
    return sums
