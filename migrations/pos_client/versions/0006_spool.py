"""The print spool for several printers: kinds, doubts, expiry, copies, standing in.

Jobs that are there already are receipts of the one printer that a till had.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (
    "kind TEXT NOT NULL DEFAULT 'receipt'",
    "title TEXT NOT NULL DEFAULT ''",
    "station TEXT NOT NULL DEFAULT ''",
    "copied_by TEXT NOT NULL DEFAULT ''",
    "expires_ms INTEGER NOT NULL DEFAULT 0",
    "doubts INTEGER NOT NULL DEFAULT 0",
    "doubt_reason TEXT NOT NULL DEFAULT ''",
)


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE print_job ADD COLUMN {column}")
    op.execute("CREATE INDEX print_job_by_printer ON print_job (printer, state, job_id)")
    op.execute("UPDATE print_job SET doubt_reason = reason, reason = '' WHERE state = 'in_doubt'")


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
