"""What a person chose at the till itself: language and colours, kept for the next start."""

from pathlib import Path

import msgspec

from domain.wording import Language


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """None where nobody chose: then the settings hold."""

    language: Language | None = None
    theme: str | None = None


class PreferenceFile:
    """`preferences.json` in the data directory; a damaged one counts as empty."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "preferences.json"
        self.kept = self._read()

    def keep(self, preferences: Preferences) -> None:
        self.kept = preferences
        temporary = self._path.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode(preferences))
        temporary.replace(self._path)

    def _read(self) -> Preferences:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Preferences)
        except (OSError, msgspec.DecodeError):
            return Preferences()
