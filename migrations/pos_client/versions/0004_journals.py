"""Entries that were written again in a later epoch."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE superseded (
            epoch INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hash BLOB NOT NULL,
            content BLOB NOT NULL,
            signature BLOB NOT NULL,
            PRIMARY KEY (epoch, number, hash)
        ) STRICT"""
    )


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
