"""Starting a program of ours, reading what it says, ending it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0


class Program:
    """`python -m MODULE ARGUMENTS`, its standard output line by line, its errors in a file."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        self._name = module
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        self._lines: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def line(self, timeout_s: float = START_TIMEOUT_S) -> str:
        """The next line of its output.

        Raises:
            AssertionError: it ended or said nothing in time; with what it logged.
        """
        try:
            line = self._lines.get(timeout=timeout_s)
        except Empty:
            line = None
        if line is None:
            raise AssertionError(f"{self._name} said no more:\n{self.log_tail()}")
        return line

    def line_with(self, text: str, timeout_s: float = START_TIMEOUT_S) -> str:
        while text not in (line := self.line(timeout_s)):
            pass
        return line

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def stop(self) -> int:
        """Ask it to end; kill it when it does not."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        try:
            code = self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait(STOP_TIMEOUT_S)
        self._release()
        return code

    def wait_for_person(self) -> None:
        """Until the program ends by itself, however long a person takes."""
        self._process.wait()
        self._release()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait(STOP_TIMEOUT_S)
        self._release()

    def log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _release(self) -> None:
        self._reader.join(STOP_TIMEOUT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def run_program(module: str, arguments: Sequence[str], *, typed: str = "") -> str:
    """Run a command to its end; its output.

    Raises:
        AssertionError: it failed; with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=START_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, f"{module} {arguments}: {done.stderr or done.stdout}"
    return done.stdout
