"""Who runs which scheduled job."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", KEY, primary_key=True),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("until_ms", WHOLE, nullable=False),
        sa.Column("done_ms", WHOLE, nullable=True),
        sa.Column("failed_ms", WHOLE, nullable=True),
        sqlite_strict=True,
    )
