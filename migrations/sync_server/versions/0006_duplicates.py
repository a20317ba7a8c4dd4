"""Members that may be one person."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "member_likeness",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("member_id", KEY, primary_key=True),
        sa.Column("reason", KEY, primary_key=True),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sqlite_strict=True,
    )
    op.create_index("member_likeness_by_hash", "member_likeness", ["brand_id", "hash"])
    op.create_table(
        "duplicate_proposal",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("first", KEY, primary_key=True),
        sa.Column("second", KEY, primary_key=True),
        sa.Column("reason", KEY, primary_key=True),
        sqlite_strict=True,
    )
    op.create_index("duplicate_by_second", "duplicate_proposal", ["brand_id", "second"])
