"""Run the built programs as a restaurant would: `smoke_test.py FOLDER`, the unpacked bundle.

A server is set up and started, a till joins it, its database is made again from the second
journal, its window opens offscreen and is closed. Whatever the bundle forgot (a migration, a
text, a library, a Qt plugin) stops one of these.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

STEP_TIMEOUT_S: Final = 60
# A signal that comes before Qt's loop runs is lost, so it is repeated; not so soon that the second
# one would meet a program that is closing down.
SIGNAL_EVERY_S: Final = 5


def main() -> int:
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="tillfold-smoke-") as scratch:
        bundle = Bundle(folder, Path(scratch))
        for arguments in (["pos-client"], ["pos-client", "recover"], ["sync-server"]):
            bundle.run(*arguments, "--help")
        code = bundle.set_up_server()
        with bundle.serving() as address:
            for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
                check_answer(address + path)
            print(bundle.run("pos-client", "join", address, code).strip())
            print(bundle.run("pos-client", "recover").strip())
            print(f"window open after {bundle.open_window()} ms")
        print(bundle.run("sync-server", "verify").strip())
    return 0


def check_answer(address: str) -> None:
    """Raises HTTPError unless the server answers with success."""
    with urllib.request.urlopen(address, timeout=STEP_TIMEOUT_S):  # noqa: S310 - our own server
        return


class Bundle:
    """The programs of a bundle, with a home and settings of their own."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._folder = folder
        self._scratch = scratch
        self._environment = {
            "HOME": str(scratch),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "QT_QPA_PLATFORM": "offscreen",
            "TILLFOLD_SERVER_DATABASE": str(scratch / "server.db"),
            "TILLFOLD_TILL_DATA_DIRECTORY": str(scratch / "till"),
            "TILLFOLD_TILL_KEY_STORE": "file",
        }

    def run(self, program: str, *arguments: str) -> str:
        """Run a command to its end; what it printed."""
        done = subprocess.run(  # noqa: S603 - the programs just built
            [self._folder / program, *arguments],
            cwd=self._scratch,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{program} {' '.join(arguments)} failed: {done.stderr}{done.stdout}")
        return done.stdout

    def set_up_server(self) -> str:
        """A brand with a store; answers an enrolment code for a till of it."""
        self.run("sync-server", "create-brand", "Smoke test")
        self.run("sync-server", "create-store", "A", "First store")
        said = self.run("sync-server", "enrol", "--json", "A", "A1")
        return str(json.loads(said)["code"])

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The server on a free port; its address."""
        process = self._start("sync-server", "run", "--port", "0")
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            if address is None:
                sys.exit("sync-server does not say where it listens")
            yield address[0]
        finally:
            process.terminate()
            process.wait(STEP_TIMEOUT_S)

    def open_window(self) -> int:
        """Open the till's window and close it; the milliseconds until the till was open."""
        log = self._scratch / "till" / "till.log"
        began = time.monotonic()
        process = self._start("pos-client")
        while process.poll() is None and not (log.exists() and "till opened" in log.read_text()):
            self._check_deadline(began, process)
            time.sleep(0.01)
        opened = time.monotonic()
        while process.poll() is None:
            self._check_deadline(began, process)
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(SIGNAL_EVERY_S)
        said = log.read_text() if log.exists() else ""
        if process.returncode or "till opened" not in said or '"fault"' in said:
            sys.exit(f"the window did not open: exit code {process.returncode}\n{said}")
        return round((opened - began) * 1000)

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - the programs just built
            [self._folder / program, *arguments],
            cwd=self._scratch,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _check_deadline(self, began: float, process: subprocess.Popen[str]) -> None:
        if time.monotonic() - began > STEP_TIMEOUT_S:
            process.kill()
            sys.exit("the window did not open, or did not close, in time")


if __name__ == "__main__":
    sys.exit(main())
