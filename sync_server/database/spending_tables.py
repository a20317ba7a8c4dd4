"""The tables of spending: what may be spent of each subject, and who holds which part of it.

`migrations/sync_server` makes them, with the same checks.
"""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Table

from sync_server.database.tables import KeyText, Whole, metadata

# `granted` is open at tills, `held` for sales under way. What authentic facts have taken beyond
# that is `forced`. The check is the promise of docs/spending.md.
spending_subject: Final = Table(
    "spending_subject",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("id", KeyText, primary_key=True),
    Column("home_store", KeyText, nullable=False),
    Column("balance", Whole, nullable=False),
    Column("granted", Whole, nullable=False),
    Column("held", Whole, nullable=False),
    Column("forced", Whole, nullable=False),
    Column("active_ms", Whole, nullable=False),
    CheckConstraint("balance >= 0 AND granted >= 0 AND held >= 0 AND forced >= 0"),
    CheckConstraint("granted + held <= balance + forced"),
    Index("spending_subject_by_activity", "brand_id", "active_ms"),
    sqlite_strict=True,
)

# All ids of a person lead to the one row of her points.
spending_name: Final = Table(
    "spending_name",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("member_id", KeyText, primary_key=True),
    Column("row_id", KeyText, nullable=False),
    sqlite_strict=True,
)

# `row_id` is the subject's row that it is booked on; `state` as in `allowances.AllowanceState`.
allowance: Final = Table(
    "allowance",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("allowance_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, nullable=False),
    Column("kind", KeyText, nullable=False),
    Column("subject_id", KeyText, nullable=False),
    Column("row_id", KeyText, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("used", Whole, nullable=False),
    Column("issue", Whole, nullable=False),
    Column("issued_ms", Whole, nullable=False),
    Column("expires_ms", Whole, nullable=False),
    Column("state", KeyText, nullable=False),
    CheckConstraint("used >= 0 AND used <= amount"),
    Index("allowance_by_terminal", "brand_id", "terminal_id", "issue"),
    Index("allowance_by_row", "brand_id", "kind", "row_id"),
    Index("allowance_by_end", "brand_id", "expires_ms"),
    sqlite_strict=True,
)

# `operation_id` is the till's own name for the sale that it is about to close.
spending_hold: Final = Table(
    "spending_hold",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("operation_id", KeyText, primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("subject_id", KeyText, primary_key=True),
    Column("row_id", KeyText, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("expires_ms", Whole, nullable=False),
    Column("state", KeyText, nullable=False),
    Index("spending_hold_by_row", "brand_id", "kind", "row_id"),
    Index("spending_hold_by_end", "brand_id", "expires_ms"),
    sqlite_strict=True,
)

# `number` counts what the server has to say to a till about its rights.
spending_till: Final = Table(
    "spending_till",
    metadata,
    Column("brand_id", KeyText, primary_key=True),
    Column("terminal_id", KeyText, primary_key=True),
    Column("number", Whole, nullable=False),
    Column("open_points", Whole, nullable=False),
    Column("open_fen", Whole, nullable=False),
    CheckConstraint("number >= 0 AND open_points >= 0 AND open_fen >= 0"),
    sqlite_strict=True,
)
