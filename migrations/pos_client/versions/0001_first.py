"""The first tables of the till."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE identity (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        content BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE journal (
        epoch INTEGER NOT NULL,
        number INTEGER NOT NULL,
        content BLOB NOT NULL,
        signature BLOB NOT NULL,
        hash BLOB NOT NULL,
        second_size_bytes INTEGER NOT NULL,
        second_records INTEGER NOT NULL,
        PRIMARY KEY (epoch, number)
    ) STRICT""",
    """CREATE TABLE aggregate (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT""",
    """CREATE TABLE overlay (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT""",
    """CREATE TABLE pending (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (kind, id, epoch, number)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX pending_by_entry ON pending (epoch, number)",
    """CREATE TABLE open_case (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE member_term (
        term TEXT NOT NULL,
        member_id TEXT NOT NULL,
        PRIMARY KEY (term, member_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE coupon_code (
        code TEXT NOT NULL PRIMARY KEY,
        coupon_id TEXT NOT NULL,
        member_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX coupon_by_member ON coupon_code (member_id)",
    """CREATE TABLE sync_state (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        history TEXT NOT NULL,
        cursor INTEGER NOT NULL,
        acknowledged_epoch INTEGER NOT NULL,
        acknowledged INTEGER NOT NULL,
        receipt BLOB NOT NULL,
        last_contact_ms INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE quarantined (
        epoch INTEGER NOT NULL,
        number INTEGER NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (epoch, number)
    ) STRICT""",
    """CREATE TABLE sign_in_attempt (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        failures INTEGER NOT NULL,
        waits_until_ms INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE print_job (
        job_id INTEGER PRIMARY KEY,
        document_id TEXT NOT NULL,
        copy_number INTEGER NOT NULL,
        printer TEXT NOT NULL,
        document BLOB NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        reason TEXT NOT NULL,
        created_ms INTEGER NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX print_job_once ON print_job (document_id, copy_number, printer)",
    "CREATE INDEX print_job_by_state ON print_job (state, job_id)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
