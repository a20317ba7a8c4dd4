"""Which fetching of the feed a row came with, so that one that is left over at its end is known."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE aggregate ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN refetching INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN kept_epoch INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
