"""The two secrets of a till: the database key and the seed of its signing key.

They are kept apart from the data: in the operating system's key store where there is one, else in
a file that only this user can read.
"""

import base64
import binascii
import os
from collections.abc import Callable
from itertools import count
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

    def exists(self) -> bool:
        return self._path.exists()

    def write(self, secrets: TillSecrets) -> None:
        """A file that is there already is kept under another name: it may still be mended."""
        temporary = self._path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_to_text(secrets))
            file.flush()
            os.fsync(file.fileno())
        if self.exists():
            names = (self._path.with_suffix(f".key.set-aside-{number}") for number in count(1))
            self._path.rename(next(path for path in names if not path.exists()))
        temporary.replace(self._path)


class KeyringKeyStore:
    """The operating system's key store; one entry a data directory."""

    def __init__(self, directory: Path) -> None:
        self._name = str(directory.resolve())

    def answers(self) -> bool:
        try:
            keyring.get_password(_SERVICE, self._name)
        except keyring.errors.KeyringError:
            return False
        return True

    def read(self) -> TillSecrets | None:
        try:
            text = keyring.get_password(_SERVICE, self._name)
        except keyring.errors.KeyringError as error:
            raise TillfoldError(ErrorCode.DATABASE_KEY_MISSING) from error
        return None if text is None else _from_text(text)

    def write(self, secrets: TillSecrets) -> None:
        try:
            keyring.set_password(_SERVICE, self._name, _to_text(secrets))
        except keyring.errors.KeyringError as error:
            raise TillfoldError(ErrorCode.DATABASE_KEY_MISSING) from error


def choose_key_store(kind: str, directory: Path) -> KeyStore:
    """`auto` takes the operating system's where one answers, else the file."""
    in_file, in_system = FileKeyStore(directory), KeyringKeyStore(directory)
    if kind == "file" or (kind == "auto" and (in_file.exists() or not in_system.answers())):
        return in_file
    return in_system


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
