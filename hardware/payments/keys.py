"""Keys of a merchant: files that only this user may read, named in the settings."""

import os
import stat
from pathlib import Path
from typing import Final

LARGEST_KEY_BYTES: Final = 64 * 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class PaymentSettingsError(Exception):
    """What in the settings is wrong, without anything of a key. `where` is a setting's name."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def read_private_key(setting: str, path: str) -> str:
    """The text of a key file.

    Raises:
        PaymentSettingsError: it is missing, no file, too large, or others may read it.
    """
    text = read_public_key(setting, path)
    if os.name == "posix" and Path(path).stat().st_mode & _OTHERS:
        raise PaymentSettingsError(f"{setting}: mode must be 0600")
    return text


def read_public_key(setting: str, path: str) -> str:
    """The same for a key that everybody may read."""
    if not path:
        raise PaymentSettingsError(f"{setting}: missing")
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(LARGEST_KEY_BYTES + 1)
    except OSError as error:
        raise PaymentSettingsError(f"{setting}: unreadable") from error
    if len(data) > LARGEST_KEY_BYTES:
        raise PaymentSettingsError(f"{setting}: no key")
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise PaymentSettingsError(f"{setting}: no key") from error
