"""A sync server of its own: set up by its command line, run as a process."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.harness.process import Program, run_program

MODULE = "sync_server"


class ServerProcess:
    """`start` after the set-up; the address is `url`."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._settings = directory / "server.toml"
        self._settings.write_text(
            f'database = "{directory / "server.db"}"\nport = 0\nlog_level = "INFO"\n',
            encoding="utf-8",
        )
        self._program: Program | None = None
        self.url = ""
        self._token = ""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def set_up(self, brand: str, stores: dict[str, str], *, pin: str, published: Path) -> None:
        """Make the brand, its stores, a manager in each store, and publish a file."""
        self.command("init", "--brand", brand)
        for store_id, name in stores.items():
            self.command("store", "add", store_id, name)
            self.command(
                *("staff", "add", store_id, "王芳", "--role", "store_manager", "--pin-file", "-"),
                typed=pin + "\n",
            )
        self.command("publish", str(published))
        self._token = str(self.command("hq-user", "add", "总部")["token"])

    def command(self, *arguments: str, typed: str = "") -> dict[str, Any]:
        """Run one `sync-server` command; its JSON answer."""
        said = run_program(
            MODULE, ["--settings", str(self._settings), "--json", *arguments], typed=typed
        )
        values: dict[str, Any] = json.loads(said)
        return values

    def start(self) -> None:
        self._program = Program(
            MODULE,
            ["--settings", str(self._settings), "serve"],
            log=self._directory / "server.log",
        )
        self.url = self._program.line_with("listening on").split()[-1]

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None

    def kill(self) -> None:
        """kill -9."""
        if self._program is not None:
            self._program.kill()
            self._program = None

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 - the API's JSON
        """Ask the HQ interface as head office's user."""
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=query, headers=headers, timeout=20)
        answer.raise_for_status()
        return answer.json()
