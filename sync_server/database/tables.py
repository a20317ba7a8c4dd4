"""The tables. `migrations/sync_server` makes them; here they are named.

The brand comes first in every key: it is the unit of ordering, of sharding and of access.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata: Final = MetaData()

# Sorted by code point on both databases; INTEGER holds 64 bits in a STRICT table of SQLite.
KeyText: Final = Text().with_variant(Text(collation="C"), "postgresql")
Whole: Final = BigInteger().with_variant(Integer(), "sqlite")

# `version` is the head of the brand's feed: the one counter that orders its changes. Tombstones up
# to `feed_horizon` are purged. `member_feed` says which members tills get: a `MemberFeed`.
brand: Final = Table(
    "brand",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("history", KeyText, nullable=False),
    Column("created_ms", Whole, nullable=False),
    Column("feed_horizon", Whole, nullable=False, server_default="0"),
    Column("member_feed", KeyText, nullable=False, server_default="all"),
    sqlite_strict=True,
)

store: Final = Table(
    "store",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("store_id", KeyText, primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    sqlite_strict=True,
)

# A journal and who may write it. `head_*` is its last entry, `last_stamp` what of its stamps head
# office's clock believes.
terminal: Final = Table(
    "terminal",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("store_id", KeyText, nullable=False),
    Column("label", KeyText, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("program_version", Text, nullable=False),
    Column("epoch", Whole, nullable=False),
    Column("head_number", Whole, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    Column("last_stamp", Whole, nullable=False),
    Column("enrolled_ms", Whole, nullable=False),
    Column("last_push_ms", Whole, nullable=True),
    Column("revoked_ms", Whole, nullable=True),
    Column("forked_ms", Whole, nullable=True),
    # A till that is switched off may push until then: head office wants what it still holds.
    Column("hand_in_until_ms", Whole, nullable=True),
    Index("terminal_by_id", "terminal_id"),
    sqlite_strict=True,
)

# The epochs of a journal that has more than one. Each begins behind entry `from_number` of
# `from_epoch`; `branch` is the hash of the till's next entry there, which the server did not take
# in. `head_*` is of the epochs that are not the terminal's newest: a clone may go on in them.
journal_epoch: Final = Table(
    "journal_epoch",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("from_epoch", Whole, nullable=False),
    Column("from_number", Whole, nullable=False),
    Column("branch", LargeBinary, nullable=False),
    Column("head_number", Whole, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    Column("opened_ms", Whole, nullable=False),
    sqlite_strict=True,
)

enrolment_code: Final = Table(
    "enrolment_code",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
    Column("store_id", KeyText, nullable=False),
    Column("label", KeyText, nullable=False),
    Column("expires_ms", Whole, nullable=False),
    Column("attempts", Whole, nullable=False),
    Column("used_ms", Whole, nullable=True),
    Index("enrolment_code_by_hash", "code_hash", unique=True),
    sqlite_strict=True,
)

# Each code of a brand's coupons is given to one coupon, for ever.
coupon_code: Final = Table(
    "coupon_code",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("code", KeyText, primary_key=True),
    Column("coupon_id", KeyText, nullable=False),
    sqlite_strict=True,
)

# Where each coupon stands in the brand's status list, and what became of it.
coupon_status: Final = Table(
    "coupon_status",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("coupon_id", KeyText, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("status", Whole, nullable=False),
    Index("coupon_status_by_position", "brand_id", "position", unique=True),
    sqlite_strict=True,
)

# Generations of a brand's code key; the keys themselves follow from the server's secret.
code_key: Final = Table(
    "code_key",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("generation", Whole, primary_key=True),
    Column("created_ms", Whole, nullable=False),
    Column("revoked_ms", Whole, nullable=True),
    sqlite_strict=True,
)

hq_user: Final = Table(
    "hq_user",
    metadata,
    Column("brand_id", KeyText, ForeignKey("brand.brand_id"), primary_key=True),
    Column("user_id", KeyText, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_ms", Whole, nullable=False),
    Index("hq_user_by_token", "token_hash", unique=True),
    sqlite_strict=True,
)

# The journals as they were sent. `version` is the feed's head once the entry was folded.
entry: Final = Table(
    "entry",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("received_ms", Whole, nullable=False),
    Column("version", Whole, nullable=False),
    sqlite_strict=True,
)

# What was set aside. With `hash` in the key both branches of a fork find a place.
quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("error", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("received_ms", Whole, nullable=False),
    sqlite_strict=True,
)

# The folded state. `scope` is the one store that receives the row, '' for all of the brand,
# '@members' for what is the member's in `owner`. `digest` is that of `domain.digests`.
aggregate: Final = Table(
    "aggregate",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("id", KeyText, primary_key=True),
    Column("scope", KeyText, nullable=False),
    Column("version", Whole, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("owner", KeyText, nullable=False, server_default=""),
    Column("digest", Whole, nullable=False, server_default="0"),
    Index("aggregate_by_version", "brand_id", "scope", "version"),
    Index(
        "aggregate_by_owner",
        "brand_id",
        "owner",
        postgresql_where=text("owner <> ''"),
        sqlite_where=text("owner <> ''"),
    ),
    sqlite_strict=True,
)

# The sum of the digests of all rows in one place: a scope, or '@' and a store for what is its
# interesting members'.
feed_sum: Final = Table(
    "feed_sum",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("place", KeyText, primary_key=True),
    Column("sum", Whole, nullable=False),
    sqlite_strict=True,
)

# Rows that a store's tills no longer get; place '' means every store's.
tombstone: Final = Table(
    "tombstone",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("place", KeyText, primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("id", KeyText, primary_key=True),
    Column("version", Whole, nullable=False),
    Column("made_ms", Whole, nullable=False),
    Index("tombstone_by_version", "brand_id", "place", "version"),
    sqlite_strict=True,
)

# Which members a store's tills get where they do not get all, and since which version.
interest: Final = Table(
    "interest",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("store_id", KeyText, primary_key=True),
    Column("member_id", KeyText, primary_key=True),
    Column("since", Whole, nullable=False),
    Index("interest_by_member", "brand_id", "member_id"),
    Index("interest_by_version", "brand_id", "store_id", "since"),
    sqlite_strict=True,
)

# Reversed digits find a phone by its last four.
member_search: Final = Table(
    "member_search",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("member_id", KeyText, primary_key=True),
    Column("digits", KeyText, nullable=False),
    Column("digits_reversed", KeyText, nullable=False),
    Column("name", KeyText, nullable=False),
    Index("member_by_digits", "brand_id", "digits"),
    Index("member_by_last_digits", "brand_id", "digits_reversed"),
    Index("member_by_name", "brand_id", "name"),
    sqlite_strict=True,
)

ledger_line: Final = Table(
    "ledger_line",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("position", Whole, primary_key=True),
    Column("member_id", KeyText, nullable=False),
    Column("points", Whole, nullable=False),
    Column("reason", KeyText, nullable=False),
    Column("sale_id", KeyText, nullable=False),
    Column("store_id", KeyText, nullable=False),
    Column("stamp", Whole, nullable=False),
    Index("ledger_line_by_member", "brand_id", "member_id", "stamp"),
    sqlite_strict=True,
)

sale: Final = Table(
    "sale",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("sale_id", KeyText, nullable=False),
    Column("store_id", KeyText, nullable=False),
    Column("business_day", KeyText, nullable=False),
    Column("total_fen", Whole, nullable=False),
    sqlite_strict=True,
)

tender: Final = Table(
    "tender",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("position", Whole, primary_key=True),
    Column("kind", KeyText, nullable=False),
    Column("amount_fen", Whole, nullable=False),
    sqlite_strict=True,
)

# Derived from the aggregate (`source_kind`, `source_id`) after each change to it.
case_record: Final = Table(
    "case_record",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("case_id", KeyText, primary_key=True),
    Column("source_kind", KeyText, nullable=False),
    Column("source_id", KeyText, nullable=False),
    Column("kind", KeyText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("opened_ms", Whole, nullable=False),
    Column("closed_ms", Whole, nullable=True),
    Index("case_record_by_source", "brand_id", "source_kind", "source_id"),
    Index("case_record_by_time", "brand_id", "opened_ms"),
    sqlite_strict=True,
)

# What members share with others, as a hash, and the pairs that share something.
member_likeness: Final = Table(
    "member_likeness",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("member_id", KeyText, primary_key=True),
    Column("reason", KeyText, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Index("member_likeness_by_hash", "brand_id", "hash"),
    sqlite_strict=True,
)

duplicate_proposal: Final = Table(
    "duplicate_proposal",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("first", KeyText, primary_key=True),
    Column("second", KeyText, primary_key=True),
    Column("reason", KeyText, primary_key=True),
    Index("duplicate_by_second", "brand_id", "second"),
    sqlite_strict=True,
)

# Which entry of which journal published a version; the entry holds what it says.
published_version: Final = Table(
    "published_version",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("version", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, primary_key=True),
    Column("number", Whole, primary_key=True),
    sqlite_strict=True,
)

# How far the sales of a journal were priced again.
price_check: Final = Table(
    "price_check",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("epoch", Whole, nullable=False),
    Column("number", Whole, nullable=False),
    sqlite_strict=True,
)

# The only table without a brand: one run of a job serves all of them.
job: Final = Table(
    "job",
    metadata,
    Column("name", KeyText, primary_key=True),
    Column("owner", KeyText, nullable=False),
    Column("until_ms", Whole, nullable=False),
    Column("done_ms", Whole, nullable=True),
    Column("failed_ms", Whole, nullable=True),
    sqlite_strict=True,
)
