"""Rights to spend: what may be spent of each subject, holds, allowances of tills."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_spending_subject()
    _create_spending_name()
    _create_allowance()
    _create_spending_hold()
    _create_spending_till()


def _create_spending_subject() -> None:
    op.create_table(
        "spending_subject",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("home_store", KEY, nullable=False),
        sa.Column("balance", WHOLE, nullable=False),
        sa.Column("granted", WHOLE, nullable=False),
        sa.Column("held", WHOLE, nullable=False),
        sa.Column("forced", WHOLE, nullable=False),
        sa.Column("active_ms", WHOLE, nullable=False),
        sa.CheckConstraint("balance >= 0 AND granted >= 0 AND held >= 0 AND forced >= 0"),
        sa.CheckConstraint("granted + held <= balance + forced"),
        sqlite_strict=True,
    )
    columns = ["brand_id", "active_ms"]
    op.create_index("spending_subject_by_activity", "spending_subject", columns)


def _create_spending_name() -> None:
    op.create_table(
        "spending_name",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("member_id", KEY, primary_key=True),
        sa.Column("row_id", KEY, nullable=False),
        sqlite_strict=True,
    )


def _create_allowance() -> None:
    op.create_table(
        "allowance",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("allowance_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("amount", WHOLE, nullable=False),
        sa.Column("used", WHOLE, nullable=False),
        sa.Column("issue", WHOLE, nullable=False),
        sa.Column("issued_ms", WHOLE, nullable=False),
        sa.Column("expires_ms", WHOLE, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= amount"),
        sqlite_strict=True,
    )
    op.create_index("allowance_by_terminal", "allowance", ["brand_id", "terminal_id", "issue"])
    op.create_index("allowance_by_row", "allowance", ["brand_id", "kind", "row_id"])
    op.create_index("allowance_by_end", "allowance", ["brand_id", "expires_ms"])


def _create_spending_hold() -> None:
    op.create_table(
        "spending_hold",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("operation_id", KEY, primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("subject_id", KEY, primary_key=True),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("amount", WHOLE, nullable=False),
        sa.Column("expires_ms", WHOLE, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("spending_hold_by_row", "spending_hold", ["brand_id", "kind", "row_id"])
    op.create_index("spending_hold_by_end", "spending_hold", ["brand_id", "expires_ms"])


def _create_spending_till() -> None:
    op.create_table(
        "spending_till",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("open_points", WHOLE, nullable=False),
        sa.Column("open_fen", WHOLE, nullable=False),
        sa.CheckConstraint("number >= 0 AND open_points >= 0 AND open_fen >= 0"),
        sqlite_strict=True,
    )
