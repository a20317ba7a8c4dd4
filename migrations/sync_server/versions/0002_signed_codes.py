"""Signed codes: what became of each coupon, and the generations of a brand's code key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Coupons of before have their places in the order of their ids, which is that of their issue.
PLACES = """INSERT INTO coupon_status (brand_id, coupon_id, position, status)
    SELECT brand_id, coupon_id,
        row_number() OVER (PARTITION BY brand_id ORDER BY coupon_id) - 1, 0
    FROM coupon_code"""


def upgrade() -> None:
    op.create_table(
        "coupon_status",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("coupon_id", KEY, primary_key=True),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("status", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.create_index(
        "coupon_status_by_position", "coupon_status", ["brand_id", "position"], unique=True
    )
    op.create_table(
        "code_key",
        sa.Column("brand_id", KEY, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("generation", WHOLE, primary_key=True),
        sa.Column("created_ms", WHOLE, nullable=False),
        sa.Column("revoked_ms", WHOLE, nullable=True),
        sqlite_strict=True,
    )
    op.execute(PLACES)


def downgrade() -> None:
    op.drop_table("code_key")
    op.drop_table("coupon_status")
