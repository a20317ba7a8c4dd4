"""Payments by a guest's code: each attempt is a row before anything of it leaves the till."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE payment_attempt (
        attempt_id TEXT NOT NULL PRIMARY KEY CHECK (length(attempt_id) <= 32),
        bill_id TEXT NOT NULL,
        provider TEXT NOT NULL,
        amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
        state TEXT NOT NULL,
        money TEXT NOT NULL,
        started_ms INTEGER NOT NULL,
        deadline_ms INTEGER NOT NULL,
        next_query_ms INTEGER NOT NULL,
        asked INTEGER NOT NULL,
        provider_ref TEXT NOT NULL,
        last_answer TEXT NOT NULL,
        parked INTEGER NOT NULL,
        confirmed_by TEXT NOT NULL,
        reason TEXT NOT NULL,
        bill BLOB NOT NULL
    ) STRICT""",
    """CREATE UNIQUE INDEX payment_attempt_open ON payment_attempt (bill_id)
        WHERE state IN ('created', 'submitted', 'pending', 'unknown', 'cancelling')""",
    """CREATE INDEX payment_attempt_due ON payment_attempt (next_query_ms)
        WHERE next_query_ms > 0""",
    "CREATE INDEX payment_attempt_by_bill ON payment_attempt (bill_id)",
    "CREATE INDEX payment_attempt_by_start ON payment_attempt (started_ms)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
