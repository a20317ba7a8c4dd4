"""A worker process with one job that never ends by itself, and says what becomes of it.

`python -m tests.builders.job_process SETTINGS LEASE_MS`, the settings in JSON.
"""

import sys
import threading

import msgspec

from sync_server.bootstrap import build_context
from sync_server.settings import ServerSettings
from sync_server.use_cases.context import Context
from sync_server.use_cases.scheduled import Job, Lease, keep_working

JOB = "endless"
_PAUSE_SECONDS = 0.1


def _endless(_context: Context, lease: Lease) -> int:
    print("mine", flush=True)
    while True:
        lease.keep()
        threading.Event().wait(_PAUSE_SECONDS)


def main() -> None:
    settings = msgspec.json.decode(sys.argv[1], type=ServerSettings)
    context = build_context(settings)
    job = Job(name=JOB, every_ms=0, work=_endless, lease_ms=int(sys.argv[2]))
    print("looks", flush=True)
    keep_working(context, [job], threading.Event(), look_seconds=0.05)


if __name__ == "__main__":
    main()
