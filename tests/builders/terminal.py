"""A terminal for tests: a key, and a journal of chained and signed entries, all in memory."""

import hashlib
from typing import Final

import msgspec

from domain.entries import GENESIS, Entry, SignedEntry, decode_entry, encode_entry, hash_entry
from domain.facts import Fact, encode_fact
from domain.identifiers import BrandId, StaffId, StoreId, TerminalId
from domain.journals import EpochBegun
from domain.protocol import (
    EnrolAnswer,
    EnrolRequest,
    EpochGrant,
    PushRequest,
    enrolment_proof,
)
from domain.signatures import Signer
from domain.stamps import Stamp, stamp_at, tick

START_MS: Final = 1_795_300_000_000


class TestTerminal:
    """Writes entries as a till does. `name` makes its key, so that runs are alike."""

    __test__ = False

    def __init__(self, name: str = "till-1") -> None:
        self.signer = Signer(hashlib.sha256(name.encode()).digest())
        self.brand = BrandId("brand")
        self.store = StoreId("A")
        self.terminal = TerminalId(name)
        self.epoch = 1
        self.entries: list[SignedEntry] = []
        self.head_hash = GENESIS
        self._stamp = Stamp(0)

    def enrol_request(self, code: str) -> EnrolRequest:
        key = self.signer.public_key
        return EnrolRequest(
            code=code,
            public_key=key,
            proof=self.signer.sign(enrolment_proof(code, key)),
            program_version="test",
        )

    def become(self, answer: EnrolAnswer) -> None:
        """Take the place in a brand that an enrolment gave."""
        self.brand, self.store, self.terminal = answer.brand, answer.store, answer.terminal
        self.epoch = answer.epoch

    def twin(self, entries: int = 0) -> "TestTerminal":
        """The same till from an old disk image: same key, same place, so many of its entries."""
        twin = TestTerminal(self.terminal)
        twin.signer = self.signer
        twin.brand, twin.store, twin.terminal = self.brand, self.store, self.terminal
        twin.epoch = self.epoch
        for signed in self.entries[:entries]:
            twin.append(signed)
        twin._stamp = self._stamp
        return twin

    def go_on(self, grant: EpochGrant) -> None:
        """Begin the granted epoch: what the server does not hold follows in it once more."""
        again = [decode_entry(each.content) for each in self.entries[grant.agreed :]]
        begun = EpochBegun(
            terminal=self.terminal,
            from_epoch=self.epoch,
            after=grant.agreed,
            after_hash=grant.agreed_hash,
            branch=hash_entry(self.entries[grant.agreed].content),
        )
        self.epoch, self.entries, self.head_hash = grant.epoch, [], GENESIS
        self.write(begun, stamp=again[0].stamp)
        for entry in again:
            self.write_raw(entry.kind, entry.schema, entry.body, stamp=entry.stamp)

    def write(self, fact: Fact, *, now_ms: int = START_MS, **changes: object) -> SignedEntry:
        """Append a fact. `changes` replace fields of the envelope before it is signed."""
        kind, schema, body = encode_fact(fact)
        return self.write_raw(kind, schema, body, now_ms=now_ms, **changes)

    def write_raw(
        self, kind: str, schema: int, body: bytes, *, now_ms: int = START_MS, **changes: object
    ) -> SignedEntry:
        self._stamp = tick(self._stamp, now_ms) if now_ms else stamp_at(0)
        entry = Entry(
            brand=self.brand,
            store=self.store,
            terminal=self.terminal,
            epoch=self.epoch,
            number=len(self.entries) + 1,
            stamp=self._stamp,
            actor=StaffId("staff-1"),
            approver=None,
            kind=kind,
            schema=schema,
            body=body,
            prev_hash=self.head_hash,
        )
        content = encode_entry(msgspec.structs.replace(entry, **changes))
        return self.append(SignedEntry(content, self.signer.sign(content)))

    def append(self, signed: SignedEntry) -> SignedEntry:
        """Put anything at all into the journal as its next entry."""
        self.entries.append(signed)
        self.head_hash = hash_entry(signed.content)
        return signed

    def push_request(self, after: int = 0) -> PushRequest:
        """Everything behind entry number `after`."""
        return PushRequest(epoch=self.epoch, entries=tuple(self.entries[after:]))
