"""The tables of the till's database. `migrations/pos_client` makes them; here they are named.

`aggregate` holds what the feed brought, untouched. `overlay` holds the same aggregates with this
till's unacknowledged entries folded on top; where it has a row, that row is what is shown.
`pending` says which aggregates each unacknowledged entry touches.
"""

from typing import Final

from sqlalchemy import BLOB, Column, Index, Integer, MetaData, String, Table, text

metadata: Final = MetaData()

identity: Final = Table(
    "identity",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("content", BLOB, nullable=False),
)

journal: Final = Table(
    "journal",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", BLOB, nullable=False),
    Column("signature", BLOB, nullable=False),
    Column("hash", BLOB, nullable=False),
    # Where the second journal ends after this entry.
    Column("second_size_bytes", Integer, nullable=False),
    Column("second_records", Integer, nullable=False),
)

# Entries that were written again in a later epoch: the server holds another branch under their
# numbers. They count nowhere.
superseded: Final = Table(
    "superseded",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("hash", BLOB, primary_key=True),
    Column("content", BLOB, nullable=False),
    Column("signature", BLOB, nullable=False),
)

aggregate: Final = Table(
    "aggregate",
    metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", BLOB, nullable=False),
    Column("digest", Integer, nullable=False),
    # Of the `sync_state` under which the row was written last.
    Column("generation", Integer, nullable=False),
    # A member's name and card as they are looked up by (`member_index`); null for all else.
    Column("name", String),
    Column("card", String),
    Index("aggregate_by_name", "name", sqlite_where=text("name IS NOT NULL")),
    Index("aggregate_by_card", "card", sqlite_where=text("card IS NOT NULL")),
    Index("phone_by_end", text("substr(id, -4)"), sqlite_where=text("kind = 'phone'")),
)

# The sum of all digests in `aggregate`, kept by triggers of the database.
feed_sum: Final = Table(
    "feed_sum",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("sum", Integer, nullable=False),
)

overlay: Final = Table(
    "overlay",
    metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", BLOB, nullable=False),
    Column("name", String),
    Column("card", String),
    Index("overlay_by_name", "name", sqlite_where=text("name IS NOT NULL")),
    Index("overlay_by_card", "card", sqlite_where=text("card IS NOT NULL")),
    Index("own_phone_by_end", text("substr(id, -4)"), sqlite_where=text("kind = 'phone'")),
)

pending: Final = Table(
    "pending",
    metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Index("pending_by_entry", "epoch", "number"),
)

# Aggregates that have an open case, so that the status screen need not look through all.
open_case: Final = Table(
    "open_case",
    metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
)

# The ways to say a member's name by the first letters of its pinyin: once for each name.
name_initials: Final = Table(
    "name_initials",
    metadata,
    Column("initials", String, primary_key=True),
    Column("name", String, primary_key=True),
)

# Codes of coupons and the coupons of a member.
coupon_code: Final = Table(
    "coupon_code",
    metadata,
    Column("code", String, primary_key=True),
    Column("coupon_id", String, nullable=False),
    Column("member_id", String, nullable=False),
    Index("coupon_by_member", "member_id"),
)

# What signed codes are checked with, by `code_material.MaterialKind`.
code_material: Final = Table(
    "code_material",
    metadata,
    Column("kind", String, primary_key=True),
    Column("content", BLOB, nullable=False),
    Column("issued_ms", Integer, nullable=False),
    Column("taken_ms", Integer, nullable=False),
)

# The latest step of each member's device whose code was taken here.
member_code_seen: Final = Table(
    "member_code_seen",
    metadata,
    Column("device_key", BLOB, primary_key=True),
    Column("step", Integer, nullable=False),
    Column("member_id", String, nullable=False),
    Column("masked_name", String, nullable=False),
    Index("member_code_seen_by_member", "member_id"),
)

sync_state: Final = Table(
    "sync_state",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("history", String, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("acknowledged_epoch", Integer, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Column("receipt", BLOB, nullable=False),
    Column("last_contact_ms", Integer, nullable=False),
    # The brand's head when the first sync began that is under way or was the last.
    Column("began", Integer, nullable=False),
    Column("repairs", Integer, nullable=False),
    Column("repaired_rows", Integer, nullable=False),
    # How often the feed was begun anew; while it is fetched, rows of earlier generations are
    # what was there before. They hold own entries up to `kept`.
    Column("generation", Integer, nullable=False),
    Column("refetching", Integer, nullable=False),
    Column("kept_epoch", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
)

quarantined: Final = Table(
    "quarantined",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("error", String, nullable=False),
)

sign_in_attempt: Final = Table(
    "sign_in_attempt",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("waits_until_ms", Integer, nullable=False),
)

# In the order of their numbers. `station` is the printer that another one stands in for, `doubts`
# how often the job may have come out before, `expires_ms` 0: never.
print_job: Final = Table(
    "print_job",
    metadata,
    Column("job_id", Integer, primary_key=True),
    Column("document_id", String, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("printer", String, nullable=False),
    Column("document", BLOB, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("created_ms", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("station", String, nullable=False),
    Column("copied_by", String, nullable=False),
    Column("expires_ms", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("doubt_reason", String, nullable=False),
    Index("print_job_once", "document_id", "copy_number", "printer", unique=True),
    Index("print_job_by_state", "state", "job_id"),
    Index("print_job_by_printer", "printer", "state", "job_id"),
)

# This till's allowances; `leaving` ones are used no more and go back with the next exchange.
spending_right: Final = Table(
    "spending_right",
    metadata,
    Column("allowance_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("expires_ms", Integer, nullable=False),
    Column("leaving", Integer, nullable=False),
    Index("spending_right_by_subject", "kind", "subject_id"),
)

# What the entries of this till's journal used, by any right.
right_use: Final = Table(
    "right_use",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("right_kind", String, nullable=False),
    Column("right_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("worth_fen", Integer, nullable=False),
    Index("right_use_by_right", "right_id"),
)

# Subjects that the till asks allowances for with the next exchange.
right_wanted: Final = Table(
    "right_wanted",
    metadata,
    Column("kind", String, primary_key=True),
    Column("subject_id", String, primary_key=True),
)

# Holds that were asked for and whose sale is not closed; abandoned ones are to be released.
right_operation: Final = Table(
    "right_operation",
    metadata,
    Column("operation_id", String, primary_key=True),
    Column("asked_ms", Integer, nullable=False),
    Column("abandoned", Integer, nullable=False),
)

right_state: Final = Table(
    "right_state",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("history", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("store_tills", Integer, nullable=False),
)

# Payments by a guest's code. `bill` is what closes the sale with them; `money` what became of
# money that came in. An attempt with a `next_query_ms` is owed something by the payments thread.
payment_attempt: Final = Table(
    "payment_attempt",
    metadata,
    Column("attempt_id", String, primary_key=True),
    Column("bill_id", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("money", String, nullable=False),
    Column("started_ms", Integer, nullable=False),
    Column("deadline_ms", Integer, nullable=False),
    Column("next_query_ms", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("provider_ref", String, nullable=False),
    Column("last_answer", String, nullable=False),
    Column("parked", Integer, nullable=False),
    Column("confirmed_by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("bill", BLOB, nullable=False),
)
Index(
    "payment_attempt_open",
    payment_attempt.c.bill_id,
    unique=True,
    sqlite_where=payment_attempt.c.state.in_(
        ["created", "submitted", "pending", "unknown", "cancelling"]
    ),
)
Index(
    "payment_attempt_due",
    payment_attempt.c.next_query_ms,
    sqlite_where=payment_attempt.c.next_query_ms > 0,
)
Index("payment_attempt_by_bill", payment_attempt.c.bill_id)
Index("payment_attempt_by_start", payment_attempt.c.started_ms)
