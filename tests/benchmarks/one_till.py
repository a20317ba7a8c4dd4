"""`python -m tests.benchmarks.one_till FOLDER URL CODE SELLS`: one till joins and syncs, and tells.

A process of its own, so that its memory and its CPU time are a till's and nobody else's. With
`SELLS` 1 somebody sells all the while. Answers one line of JSON.
"""

import json
import resource
import sys
import threading
import time
from pathlib import Path

from domain.signatures import Signer, Verifier
from pos_client.storage.keys import FileKeyStore, make_secrets
from pos_client.storage.opening import Opener, Place
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport
from pos_client.time_and_chance import SystemClock, SystemEntropy
from pos_client.use_cases.joining import enrol_at
from tests.benchmarks.measure import time_ms
from tests.benchmarks.tills import CASHIER
from tests.builders.facts import sale

# Somebody sells that often: far more than a counter does.
PAUSE_S = 0.2


def main() -> None:
    folder, url, code, sells = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] == "1"
    entropy = SystemEntropy()
    secrets = make_secrets(entropy.bytes)
    folder.mkdir(parents=True, exist_ok=True)
    FileKeyStore(folder).write(secrets)
    place = Place(data=folder, second_journal=folder)
    opener = Opener(place, secrets, clock=SystemClock(), entropy=entropy)
    identity = enrol_at(url, code, Signer(secrets.signing_seed))
    storage = StorageThread()
    store = storage.run_first(lambda: opener.create(identity))
    storage.adopt(store)
    transport = Transport(url, terminal=identity.terminal, signer=store.signer)
    session = Session(storage, transport, Verifier(identity.server_public_key))
    before_mib = _peak_mib()
    seller = _Seller(storage) if sells else None
    began, cpu = time.perf_counter(), time.process_time()
    session.run(lambda *_: None, lambda: False)
    taken = {"s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
    waits = seller.stop() if seller else []
    repairs = storage.run(_repairs)
    print(
        json.dumps(
            {
                **taken,
                "before_mib": before_mib,
                "mib": _peak_mib(),
                "waits_ms": waits,
                "repairs": repairs,
            }
        )
    )
    session.close()
    storage.close()


def _repairs(store: Store) -> int:
    with store.read() as connection:
        return read_sync_state(connection).repairs


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Seller:
    """Records a sale again and again, on a thread of its own, as the Qt thread would ask for it."""

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage
        self._waits: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sell_on)
        self._thread.start()

    def stop(self) -> list[float]:
        self._ended.set()
        self._thread.join()
        return self._waits

    def _sell_on(self) -> None:
        while not self._ended.wait(PAUSE_S):
            self._waits.append(time_ms(lambda: self._storage.run(_sell)))


def _sell(store: Store) -> None:
    with store.write() as writing:
        store.record(writing, [sale(f"s{time.monotonic_ns()}")], CASHIER)


if __name__ == "__main__":
    main()
