import hashlib
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWNED = sa.text("owner <> ''")

MEMBERS = "@members"
LARGEST_DIGEST = (1 << 62) - 1
ROWS_AT_ONCE = 1_000


def upgrade() -> None:
    op.add_column("brand", sa.Column("feed_horizon", WHOLE, nullable=False, server_default="0"))
    op.add_column("brand", sa.Column("member_feed", KEY, nullable=False, server_default="all"))
    op.add_column("aggregate", sa.Column("owner", KEY, nullable=False, server_default=""))
    op.add_column("aggregate", sa.Column("digest", WHOLE, nullable=False, server_default="0"))
    op.create_index(
        "aggregate_by_owner",
        "aggregate",
        ["brand_id", "owner"],
        postgresql_where=OWNED,
        sqlite_where=OWNED,
    )
    _create_feed_sum()
    _create_interest()
    _create_tombstone()
    if not context.is_offline_mode():
        _fill()


def _create_feed_sum() -> None:
    op.create_table(
        "feed_sum",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("place", KEY, primary_key=True),
        sa.Column("sum", WHOLE, nullable=False),
        sqlite_strict=True,
    )


def _create_interest() -> None:
    op.create_table(
        "interest",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("store_id", KEY, primary_key=True),
        sa.Column("member_id", KEY, primary_key=True),
        sa.Column("since", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("interest_by_member", "interest", ["brand_id", "member_id"])
    op.create_index("interest_by_version", "interest", ["brand_id", "store_id", "since"])


def _create_tombstone() -> None:
    op.create_table(
        "tombstone",
        sa.Column("brand_id", KEY, primary_key=True),
        sa.Column("place", KEY, primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("made_ms", WHOLE, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("tombstone_by_version", "tombstone", ["brand_id", "place", "version"])


def _fill() -> None:
    """Whose each row is, its digest, and the sums. The versions stay: tills need nothing anew."""
    connection = op.get_bind()
    read = sa.text(
        "SELECT brand_id, kind, id, scope, version, body FROM aggregate"
        " WHERE (brand_id, kind, id) > (:brand_id, :kind, :id)"
        " ORDER BY brand_id, kind, id LIMIT :limit"
    )
    write = sa.text(
        "UPDATE aggregate SET owner = :owner, scope = :scope, digest = :digest"
        " WHERE brand_id = :brand_id AND kind = :kind AND id = :id"
    )
    sums: dict[tuple[str, str], int] = {}
    after = {"brand_id": "", "kind": "", "id": ""}
    while rows := connection.execute(read, {**after, "limit": ROWS_AT_ONCE}).all():
        changes = [_filled(row) for row in rows]
        connection.execute(write, changes)
        for change in changes:
            key = (change["brand_id"], change["scope"])
            sums[key] = (sums.get(key, 0) + change["digest"]) & LARGEST_DIGEST
        after = {"brand_id": rows[-1].brand_id, "kind": rows[-1].kind, "id": rows[-1].id}
    add = sa.text("INSERT INTO feed_sum (brand_id, place, sum) VALUES (:brand_id, :place, :sum)")
    for place, total in sums.items():
        connection.execute(add, {"brand_id": place[0], "place": place[1], "sum": total})


def _filled(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of this revision's table
    owner = "" if row.scope else _owner(row.kind, row.id, bytes(row.body))
    head = f"{row.kind}\0{row.id}\0{row.version}\0".encode()
    digest = hashlib.blake2b(head + bytes(row.body), digest_size=8).digest()
    return {
        "brand_id": row.brand_id,
        "kind": row.kind,
        "id": row.id,
        "owner": owner,
        "scope": MEMBERS if owner else row.scope,
        "digest": int.from_bytes(digest, "big") >> 2,
    }


def _owner(kind: str, row_id: str, body: bytes) -> str:
    """As `domain.fold.owners` at this revision."""
    if kind == "member":
        return row_id
    if kind == "rule_use":
        return row_id.rpartition("|")[2] if "|" in row_id else ""
    if kind == "coupon":
        terms = msgspec.msgpack.decode(body).get("terms") or {}
        return terms.get("member_id") or ""
    if kind == "phone":
        claims = msgspec.msgpack.decode(body).get("claims") or []
        return claims[0][1] if claims else ""
    if kind == "pass":
        sale = msgspec.msgpack.decode(body).get("sale") or []
        return next(iter(sale[5:6]), None) or ""
    return ""
