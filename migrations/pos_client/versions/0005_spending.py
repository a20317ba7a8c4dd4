"""Rights to spend: the till's allowances, what its sales used of them, and what it asks for."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE spending_right (
        allowance_id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        leaving INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX spending_right_by_subject ON spending_right (kind, subject_id)",
    """CREATE TABLE right_use (
        epoch INTEGER NOT NULL,
        number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        right_kind TEXT NOT NULL,
        right_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        worth_fen INTEGER NOT NULL,
        PRIMARY KEY (epoch, number, position)
    ) STRICT""",
    "CREATE INDEX right_use_by_right ON right_use (right_id)",
    """CREATE TABLE right_wanted (
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        PRIMARY KEY (kind, subject_id)
    ) STRICT""",
    """CREATE TABLE right_operation (
        operation_id TEXT NOT NULL PRIMARY KEY,
        asked_ms INTEGER NOT NULL,
        abandoned INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE right_state (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        history TEXT NOT NULL,
        number INTEGER NOT NULL,
        store_tills INTEGER NOT NULL
    ) STRICT""",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
