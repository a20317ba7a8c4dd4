"""What a program of a later release would write: fields and kinds that this one does not know."""

import msgspec

from domain.entries import SignedEntry, encode_entry, hash_entry
from domain.facts import Fact, decode_fact, encode_fact
from domain.identifiers import StaffId
from pos_client.storage.journal import SealedEntry, seal
from pos_client.storage.store import Store


def record_with_unknown_fields(store: Store, fact: Fact, actor: StaffId) -> None:
    """As `Store.record`, with a body that says more than this release can read."""
    with store.write() as writing:
        (plain,) = seal(
            [fact],
            head=writing.head,
            identity=store.identity,
            signer=store.signer,
            actor=actor,
            trusted_now_ms=store.trusted_time.now_ms(),
        )
        kind, schema, body = encode_fact(fact)
        more = msgspec.msgpack.encode(msgspec.msgpack.decode(body) | {"mood": ["cheerful", 7]})
        entry = msgspec.structs.replace(plain.entry, body=more)
        content = encode_entry(entry)
        sealed = SealedEntry(
            entry=entry,
            fact=decode_fact(kind, schema, more),
            signed=SignedEntry(content, store.signer.sign(content)),
            hash=hash_entry(content),
        )
        store.keep(writing, [sealed], store._ends(writing, [sealed]))
        writing.sealed.append(sealed)
