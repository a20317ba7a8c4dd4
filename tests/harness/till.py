"""A till program as a process, with a hand at its window."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from tests.harness.process import Program

ANSWER_TIMEOUT_S = 60.0
LOOK_AGAIN_S = 0.05
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


class TillProcess:
    """Started with settings of its own; every method is something a person does or sees."""

    def __init__(
        self,
        directory: Path,
        *,
        printer_port: int | None = None,
        devices: Mapping[str, object] | None = None,
        environment: Mapping[str, str] = OFFSCREEN,
    ) -> None:
        """`devices` are more tables of its settings."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._environment = environment
        self._settings = directory / "till.toml"
        settings: dict[str, object] = {
            "data_directory": str(directory / "data"),
            "key_store": "file",
        }
        if printer_port:
            settings["printer"] = {"host": "127.0.0.1", "port": printer_port}
        self._settings.write_text(tomli_w.dumps(settings | dict(devices or {})), encoding="utf-8")
        self._program = self._start()

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def data(self) -> Path:
        return self._directory / "data"

    def restart(self) -> None:
        self._program = self._start()

    def kill(self) -> None:
        """kill -9."""
        self._program.kill()

    def quit(self) -> int:
        self._ask(do="quit")
        return self._program.wait()

    def stop(self) -> None:
        self._program.stop()

    def wait_until_closed(self) -> None:
        """A person closes the window."""
        self._program.wait_for_person()

    def click(self, name: str) -> None:
        """As soon as it is there and enabled."""
        self.wait(name)
        self._ask(do="click", name=name)

    def type(self, name: str, text: str) -> None:
        self.wait(name)
        self._ask(do="type", name=name, text=text)

    def key(self, key: str) -> None:
        self._ask(do="key", key=key)

    def scan(self, text: str) -> None:
        self._ask(do="scan", text=text)

    def wait(self, name: str, text: str = "") -> None:
        """Until a thing can be seen, and shows a text."""
        self._ask(do="wait", name=name, text=text)

    def text(self, name: str) -> str:
        return str(self._ask(do="text", name=name))

    def sees(self, name: str) -> bool:
        return bool(self._ask(do="sees", name=name))

    def picture(self, path: Path) -> None:
        self._ask(do="picture", path=str(path))

    def guest_picture(self, path: Path) -> None:
        """What stands on the second screen."""
        self._ask(do="guest-picture", path=str(path))

    def books(self) -> dict[str, Any]:
        books: dict[str, Any] = self._ask(do="books")
        return books

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self._ask(do="status")
        return status

    def knows_coupon(self, code: str) -> bool:
        return bool(self._ask(do="coupon", code=code))

    def enrol_quietly(self, phone: str) -> None:
        """Enrol a member without the form, for measuring."""
        self._ask(do="enrol", phone=phone)

    def wait_for_member(self, digits: str) -> None:
        """Until the till finds a member by these digits, looked at every few milliseconds."""
        self._ask(do="await-member", text=digits)

    def sync(self) -> None:
        self._ask(do="sync")

    def wait_until_printed(self) -> None:
        """Until nothing is being printed, waits, or is in doubt."""
        give_up = time.monotonic() + ANSWER_TIMEOUT_S
        while self.status()["printing"]:
            assert time.monotonic() < give_up, self.status()
            time.sleep(LOOK_AGAIN_S)

    # What people do, in several steps.

    def join(self, server_url: str, code: str) -> str:
        """Join a brand in the first window; answers the check number."""
        self.type("join-server", server_url)
        self.type("join-code", code)
        self.click("join-brand")
        self.wait("check-number")
        number = self.text("check-number")
        self.click("join-brand")  # the same key goes on once the number was compared
        return number

    def sign_in(self, pin: str) -> None:
        self.wait("pin-1")
        for digit in pin:
            self.click(f"pin-{digit}")
        self.wait("dish-search")

    def open_member(self, digits: str) -> None:
        """F3, the last digits, the first row."""
        self.key("F3")
        self.wait("member-search")
        self.type("member-search", digits)
        self.wait("member-row-0")
        self.click("member-row-0")
        self.wait("card-name")

    def import_file(self, kind: str, source: Path) -> None:
        """`kind` is import-menu or import-members; the import sheet stays open with the result."""
        if not self.sees(kind):
            self.click("action-imports")
        self.click(kind)
        self.type("import-path", str(source))
        self.click("import-start")
        self.wait("import-accepted")

    def pay_cash(self) -> None:
        """F9, cash, exactly."""
        self.key("F9")
        self.wait("pay-due")
        self.click("cash-exact")
        self.click("confirm-pay")
        self.wait("receipt-number")

    def _start(self) -> Program:
        program = Program(
            "tests.harness.till_hand",
            [str(self._settings)],
            log=self._directory / "till.log",
            environment=self._environment,
        )
        program.line_with('"ready"')
        return program

    def _ask(self, **command: str) -> Any:  # noqa: ANN401 - JSON
        self._program.say(json.dumps(command))
        answer = json.loads(self._program.line(ANSWER_TIMEOUT_S))
        assert answer["ok"], f"{command}: {answer.get('error')}\n{self._program.log_tail()}"
        return answer.get("result")
