"""The sum over what the feed brought: triggers keep it, so that no write can pass it by.

Rows that are there already count as 0 until they are read again; the first comparison with the
server sees to that.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# 4611686018427387903 is domain.digests.LARGEST_DIGEST.
STATEMENTS = (
    "ALTER TABLE aggregate ADD COLUMN digest INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE feed_sum (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        sum INTEGER NOT NULL
    ) STRICT""",
    "INSERT INTO feed_sum (only, sum) VALUES (1, 0)",
    """CREATE TRIGGER aggregate_added AFTER INSERT ON aggregate BEGIN
        UPDATE feed_sum SET sum = (sum + new.digest) & 4611686018427387903;
    END""",
    """CREATE TRIGGER aggregate_taken AFTER DELETE ON aggregate BEGIN
        UPDATE feed_sum SET sum = (sum - old.digest) & 4611686018427387903;
    END""",
    """CREATE TRIGGER aggregate_changed AFTER UPDATE OF digest ON aggregate BEGIN
        UPDATE feed_sum SET sum = (sum - old.digest + new.digest) & 4611686018427387903;
    END""",
    "ALTER TABLE sync_state ADD COLUMN began INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN repairs INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sync_state ADD COLUMN repaired_rows INTEGER NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
