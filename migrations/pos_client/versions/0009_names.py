"""Members are looked up by the rows themselves: a name beside each, phones by the rows of phones.

The table of terms held four to six rows for each member and cost a first sync half of its time.
"""

import unicodedata

import msgspec
from alembic import op
from sqlalchemy import Connection

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 1_000

COLUMNS = (
    "ALTER TABLE aggregate ADD COLUMN name TEXT",
    "ALTER TABLE aggregate ADD COLUMN card TEXT",
    "ALTER TABLE overlay ADD COLUMN name TEXT",
    "ALTER TABLE overlay ADD COLUMN card TEXT",
    """CREATE TABLE name_initials (
        initials TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (initials, name)
    ) STRICT, WITHOUT ROWID""",
)
# The terms tell initials by member: those of an earlier name are looked up in vain.
INITIALS = """INSERT OR IGNORE INTO name_initials (initials, name)
    SELECT substr(member_term.term, 2), said.name FROM member_term
        JOIN {table} AS said ON said.kind = 'member' AND said.id = member_term.member_id
        WHERE member_term.term >= 'i' AND member_term.term < 'j' AND said.name IS NOT NULL"""
INDEXES = (
    "DROP TABLE member_term",
    "CREATE INDEX aggregate_by_name ON aggregate (name) WHERE name IS NOT NULL",
    "CREATE INDEX overlay_by_name ON overlay (name) WHERE name IS NOT NULL",
    "CREATE INDEX aggregate_by_card ON aggregate (card) WHERE card IS NOT NULL",
    "CREATE INDEX overlay_by_card ON overlay (card) WHERE card IS NOT NULL",
    "CREATE INDEX phone_by_end ON aggregate (substr(id, -4)) WHERE kind = 'phone'",
    "CREATE INDEX own_phone_by_end ON overlay (substr(id, -4)) WHERE kind = 'phone'",
)


def upgrade() -> None:
    for statement in COLUMNS:
        op.execute(statement)
    for table in ("aggregate", "overlay"):
        name_rows(op.get_bind(), table)
        op.execute(INITIALS.format(table=table))
    for statement in INDEXES:
        op.execute(statement)


def name_rows(connection: Connection, table: str) -> None:
    after = ""
    some = f"SELECT id, body FROM {table} WHERE kind = 'member' AND id > ? ORDER BY id LIMIT ?"  # noqa: S608 - one of two names of ours
    while rows := connection.exec_driver_sql(some, (after, ROWS_AT_ONCE)).all():
        named = [(*said_in(row.body), row.id) for row in rows]
        connection.exec_driver_sql(
            f"UPDATE {table} SET name = ?, card = ? WHERE kind = 'member' AND id = ?",  # noqa: S608
            named,
        )
        after = rows[-1].id


def said_in(body: bytes) -> tuple[str | None, str | None]:
    """Name and card in an encoded member; a damaged row has none until it is repaired."""
    try:
        profile = msgspec.msgpack.decode(body, type=dict[str, msgspec.Raw]).get("profile")
        stamped = (
            msgspec.msgpack.decode(profile, type=dict[str, list[msgspec.Raw]]) if profile else {}
        )
        texts = [
            msgspec.msgpack.decode(stamped[field][1], type=str) if field in stamped else ""
            for field in ("name", "card")
        ]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, IndexError):
        return None, None
    name, card = (
        unicodedata.normalize("NFKC", t).replace(" ", "").casefold() or None for t in texts
    )
    return name, card


def downgrade() -> None:
    message = "a till is never taken back a version; the backup made before the upgrade is restored"
    raise NotImplementedError(message)
