"""Several epochs of one journal; a till that was switched off may hand in what it still holds."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "journal_epoch",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("from_epoch", WHOLE, nullable=False),
        sa.Column("from_number", WHOLE, nullable=False),
        sa.Column("branch", sa.LargeBinary, nullable=False),
        sa.Column("head_number", WHOLE, nullable=False),
        sa.Column("head_hash", sa.LargeBinary, nullable=False),
        sa.Column("opened_ms", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.add_column("terminal", sa.Column("hand_in_until_ms", WHOLE, nullable=True))
