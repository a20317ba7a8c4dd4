"""The server's secret: one seed, from which each purpose has a key of its own."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.signatures import SEED_BYTES, Signer

_OTHERS: Final = 0o077


class ServerKeys:
    """The keys of one server. The seed itself is kept nowhere else than in its file."""

    def __init__(self, seed: bytes) -> None:
        self.signer = Signer(seed)
        self.nonces = _derive(seed, b"nonces")
        self._enrolment_codes = _derive(seed, b"enrolment codes")
        self._tokens = _derive(seed, b"hq tokens")
        self._signed_codes = _derive(seed, b"signed codes")

    def hash_enrolment_code(self, code: str) -> bytes:
        return hmac.digest(self._enrolment_codes, code.encode(), "sha256")

    def code_signer(self, brand_id: str, generation: int) -> Signer:
        """The key that signs a brand's coupons and credentials; each generation has its own."""
        text = f"{generation}\0{brand_id}".encode()
        return Signer(hmac.digest(self._signed_codes, text, "sha256"))

    def hash_token(self, token: str) -> bytes:
        return hmac.digest(self._tokens, token.encode(), "sha256")


def _derive(seed: bytes, purpose: bytes) -> bytes:
    return hmac.digest(seed, b"tillfold server key 1\0" + purpose, hashlib.sha256)


def make_key_file(path: Path, seed: bytes) -> None:
    """Write the seed where only this user can read it; a file that is there stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(seed.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> ServerKeys:
    """The keys made from the seed in the file.

    Raises:
        TillfoldError: `settings_malformed` where the file is missing, open to others, or no key.
    """
    try:
        open_to_others = os.name == "posix" and path.stat().st_mode & _OTHERS
        seed = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise _refused(path, reason) from error
    if open_to_others:
        raise _refused(path, "others can read it (chmod 600)")
    if len(seed) != SEED_BYTES:
        raise _refused(path, "not a key")
    return ServerKeys(seed)


def _refused(path: Path, reason: str) -> TillfoldError:
    return TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"key_file {path}: {reason}")
