"""A sync server of its own: set up by its command line, run as a process."""

import json
import time
from pathlib import Path
from typing import Any

import httpx

from tests.harness.process import Program, run_program

MODULE = "sync_server"
HOUR_MS = 60 * 60 * 1000


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
    def settings_path(self) -> Path:
        return self._settings

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def set_up(self, brand: str, stores: dict[str, str], *, pin: str, published: Path) -> None:
        """Make the brand, its stores, a manager in each store, and publish a file."""
        self.command("create-brand", brand)
        for store_id, name in stores.items():
            self.command("create-store", store_id, name)
            self.command(
                *("staff", "add", store_id, "王芳", "--role", "store_manager", "--pin-file", "-"),
                typed=pin + "\n",
            )
        self.command("publish", str(published))
        self._token = str(self.command("hq-user", "add", "总部")["token"])

    def command(self, *arguments: str, typed: str = "") -> Any:  # noqa: ANN401 - JSON
        """Run one `sync-server` command; its JSON answer."""
        said = run_program(
            MODULE, ["--settings", str(self._settings), "--json", *arguments], typed=typed
        )
        return json.loads(said)

    def start(self) -> None:
        self._program = Program(
            MODULE,
            ["--settings", str(self._settings), "run"],
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

    def issue_coupon(
        self, name: str, *, saving_fen: int, threshold_fen: int = 0, member_id: str | None = None
    ) -> str:
        """Issue a coupon as head office's user; its code."""
        now_ms = time.time_ns() // 1_000_000
        order = {
            "rule": {
                "rule_id": "coupon",
                "name": name,
                "stage": "S5",
                "effect": {
                    "kind": "amount_off",
                    "steps": [{"from_fen": threshold_fen, "saving_fen": saving_fen}],
                },
            },
            "valid_from_ms": now_ms - HOUR_MS,
            "valid_until_ms": now_ms + 30 * 24 * HOUR_MS,
            "member_id": member_id,
        }
        answer = httpx.post(
            f"{self.url}/api/v1/coupons", json=order, headers=self._headers(), timeout=20
        )
        answer.raise_for_status()
        return str(answer.json()[0]["code"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def find_members(self, text: str) -> Any:  # noqa: ANN401 - the API's JSON
        answer = httpx.post(
            f"{self.url}/api/v1/members/search",
            json={"text": text},
            headers=self._headers(),
            timeout=20,
        )
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 - the API's JSON
        """Ask the HQ interface as head office's user."""
        answer = httpx.get(
            f"{self.url}/api/v1/{path}", params=query, headers=self._headers(), timeout=20
        )
        answer.raise_for_status()
        return answer.json()
