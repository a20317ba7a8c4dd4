"""Which entries published which version of menu and rules, and how far sales were priced again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "published_version",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("version", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True),
        sqlite_strict=True,
    )
    op.create_table(
        "price_check",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, primary_key=True),
        sa.Column("epoch", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sqlite_strict=True,
    )
