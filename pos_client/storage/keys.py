"""The two secrets of a till: the database key and the seed of its signing key.

They are kept apart from the data: in the operating system's key store where there is one, else in
a file that only this user can read.
"""

import base64
import binascii
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import keyring
import keyring.errors
import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.signatures import SEED_BYTES

DATABASE_KEY_BYTES: Final = 32
_SERVICE: Final = "tillfold"


class TillSecrets(msgspec.Struct, frozen=True, array_like=True):
    database_key: bytes
    signing_seed: bytes


class KeyStore(Protocol):
    def read(self) -> TillSecrets | None: ...
    def write(self, secrets: TillSecrets) -> None: ...


class FileKeyStore:
    """`till.key` in the data directory, mode 0600."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "till.key"

    def read(self) -> TillSecrets | None:
        try:
            return _from_text(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise TillfoldError(ErrorCode.DATABASE_KEY_MISSING) from error

    def write(self, secrets: TillSecrets) -> None:
        temporary = self._path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_to_text(secrets))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)


class KeyringKeyStore:
    """The operating system's key store; one entry a data directory."""

    def __init__(self, directory: Path) -> None:
        self._name = str(directory.resolve())

    def read(self) -> TillSecrets | None:
        text = keyring.get_password(_SERVICE, self._name)
        return None if text is None else _from_text(text)

    def write(self, secrets: TillSecrets) -> None:
        keyring.set_password(_SERVICE, self._name, _to_text(secrets))


def choose_key_store(kind: str, directory: Path) -> KeyStore:
    """`auto` takes the operating system's where one answers, else the file."""
    if kind == "file" or (kind == "auto" and FileKeyStore(directory).read() is not None):
        return FileKeyStore(directory)
    store = KeyringKeyStore(directory)
    if kind == "auto":
        try:
            store.read()
        except keyring.errors.KeyringError:
            return FileKeyStore(directory)
    return store


def make_secrets(entropy: Callable[[int], bytes]) -> TillSecrets:
    return TillSecrets(entropy(DATABASE_KEY_BYTES), entropy(SEED_BYTES))


def _to_text(secrets: TillSecrets) -> str:
    return base64.b64encode(msgspec.msgpack.encode(secrets)).decode("ascii")


def _from_text(text: str) -> TillSecrets:
    try:
        secrets = msgspec.msgpack.decode(base64.b64decode(text, validate=True), type=TillSecrets)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise TillfoldError(ErrorCode.DATABASE_KEY_WRONG) from error
    if len(secrets.database_key) != DATABASE_KEY_BYTES or len(secrets.signing_seed) != SEED_BYTES:
        raise TillfoldError(ErrorCode.DATABASE_KEY_WRONG)
    return secrets
