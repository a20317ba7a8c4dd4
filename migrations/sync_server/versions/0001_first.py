"""The first tables of the server."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_aggregate()
    _create_brand()
    _create_case_record()
    _create_entry()
    _create_ledger_line()
    _create_member_search()
    _create_quarantine()
    _create_sale()
    _create_tender()
    _create_coupon_code()
    _create_enrolment_code()
    _create_hq_user()
    _create_store()
    _create_terminal()


def _create_aggregate() -> None:
    op.create_table(
        "aggregate",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("scope", KEY, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("aggregate_by_version", "aggregate", ["brand_id", "scope", "version"])


def _create_brand() -> None:
    op.create_table(
        "brand",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("history", KEY, nullable=False),
        sa.Column("created_ms", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_case_record() -> None:
    op.create_table(
        "case_record",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("case_id", KEY, primary_key=True),
        sa.Column("source_kind", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("opened_ms", WHOLE, nullable=False),
        sa.Column("closed_ms", WHOLE, nullable=True),
        sqlite_strict=True,
    )
    op.create_index(
        "case_record_by_source", "case_record", ["brand_id", "source_kind", "source_id"]
    )
    op.create_index("case_record_by_time", "case_record", ["brand_id", "opened_ms"])


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_ledger_line() -> None:
    op.create_table(
        "ledger_line",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sa.Column("position", WHOLE, primary_key=True),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("points", WHOLE, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("sale_id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("stamp", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ledger_line_by_member", "ledger_line", ["brand_id", "member_id", "stamp"])


def _create_member_search() -> None:
    op.create_table(
        "member_search",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("member_id", KEY, primary_key=True),
        sa.Column("digits", KEY, nullable=False),
        sa.Column("digits_reversed", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("member_by_digits", "member_search", ["brand_id", "digits"])
    op.create_index("member_by_last_digits", "member_search", ["brand_id", "digits_reversed"])
    op.create_index("member_by_name", "member_search", ["brand_id", "name"])


def _create_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_sale() -> None:
    op.create_table(
        "sale",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sa.Column("sale_id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("business_day", KEY, nullable=False),
        sa.Column("total_fen", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_tender() -> None:
    op.create_table(
        "tender",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sa.Column("position", WHOLE, primary_key=True),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("amount_fen", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_coupon_code() -> None:
    op.create_table(
        "coupon_code",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("code", KEY, primary_key=True),
        sa.Column("coupon_id", KEY, nullable=False),
        sqlite_strict=True,
    )


def _create_enrolment_code() -> None:
    op.create_table(
        "enrolment_code",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("label", KEY, nullable=False),
        sa.Column("expires_ms", WHOLE, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("used_ms", WHOLE, nullable=True),
        sqlite_strict=True,
    )
    op.create_index("enrolment_code_by_hash", "enrolment_code", ["code_hash"], unique=True)


def _create_hq_user() -> None:
    op.create_table(
        "hq_user",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("user_id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("hq_user_by_token", "hq_user", ["token_hash"], unique=True)


def _create_store() -> None:
    op.create_table(
        "store",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("store_id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _create_terminal() -> None:
    op.create_table(
        "terminal",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("label", KEY, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("program_version", sa.Text, nullable=False),
        sa.Column("epoch", WHOLE, nullable=False),
        sa.Column("head_number", WHOLE, nullable=False),
        sa.Column("head_hash", sa.LargeBinary, nullable=False),
        sa.Column("last_stamp", WHOLE, nullable=False),
        sa.Column("enrolled_ms", WHOLE, nullable=False),
        sa.Column("last_push_ms", WHOLE, nullable=True),
        sa.Column("revoked_ms", WHOLE, nullable=True),
        sa.Column("forked_ms", WHOLE, nullable=True),
        sqlite_strict=True,
    )
    op.create_index("terminal_by_id", "terminal", ["terminal_id"])
