"""docs/sync.md: another client could be written from it, so what it says is held to the code."""

import hashlib
import re
from itertools import groupby
from typing import Final

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain import protocol
from domain.protocol import Outcome
from tests.architecture.tree import ROOT
from tests.builders import facts
from tests.builders.terminal import TestTerminal

DOCUMENT: Final = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
EXAMPLE: Final = DOCUMENT.partition("## An example with all its bytes")[2]
PATHS: Final = sorted(value for name, value in vars(protocol).items() if name.startswith("PATH_"))


def blocks() -> list[bytes]:
    """The indented hexadecimal blocks of the example, in their order."""
    lines = EXAMPLE.splitlines()
    grouped = groupby(lines, key=lambda line: bool(re.fullmatch(r" {4}[0-9a-f]+", line)))
    return [bytes.fromhex("".join(part).replace(" ", "")) for is_hex, part in grouped if is_hex]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_of_the_protocol_is_described(path: str) -> None:
    name = path.removeprefix("/sync/v1/")
    assert re.search(rf"`[A-Z]+ (/sync/v1/)?{re.escape(name)}", DOCUMENT), path


@pytest.mark.parametrize("outcome", Outcome)
def test_every_verdict_is_described(outcome: Outcome) -> None:
    assert f"| `{outcome}` |" in DOCUMENT


def test_the_example_is_what_the_code_writes() -> None:
    terminal = TestTerminal("till-1")
    signed = terminal.write(facts.enrolled("m-1", phone="+8613800138000", name="李雷"))
    public_key, content, digest, signature, _ = blocks()
    assert (public_key, content) == (terminal.signer.public_key, signed.content)
    assert (digest, signature) == (terminal.head_hash, signed.signature)


def test_a_stranger_gets_the_same_bytes_from_the_words_alone() -> None:
    """Nothing of ours is used here but what the page says."""
    public_key, content, digest, signature, request_signature = blocks()
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"till-1").digest())
    assert key.public_key() == Ed25519PublicKey.from_public_bytes(public_key)
    assert hashlib.sha256(b"tillfold entry 1\0" + content).digest() == digest
    assert key.sign(content) == signature
    entry = msgspec.msgpack.decode(content)
    assert entry[:5] == ["brand", "A", "till-1", 1, 1]
    assert entry[5] >> 16 == 1_795_300_000_000
    assert entry[11] == bytes(32)
    fact = msgspec.msgpack.decode(entry[10])
    assert (entry[8:10], fact["name"]) == (["member_enrolled", 1], "李雷")
    text = "\n".join(
        (
            "tillfold request 1",
            "GET",
            "/sync/v1/feed?cursor=0&limit=2000",
            hashlib.sha256(b"").hexdigest(),
            "till-1",
            "29921666.00",
        )
    )
    assert key.sign(text.encode()) == request_signature
