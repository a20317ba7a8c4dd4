"""What a till needs to check signed codes, and the member codes that it has seen."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE code_material (
        kind TEXT PRIMARY KEY,
        content BLOB NOT NULL,
        issued_ms INTEGER NOT NULL,
        taken_ms INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE member_code_seen (
        device_key BLOB PRIMARY KEY,
        step INTEGER NOT NULL,
        member_id TEXT NOT NULL,
        masked_name TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX member_code_seen_by_member ON member_code_seen (member_id)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
