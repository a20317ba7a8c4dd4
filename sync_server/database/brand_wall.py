"""The second line that keeps brands apart: row-level security on PostgreSQL.

Every statement of ours names its brand. Should one ever forget to, the database itself shows and
takes nothing but the rows of the brand that the transaction was begun for. `FORCE` binds the owner
of the tables too; a superuser is bound by nothing, so the server should not be one.
"""

from typing import Final

from sqlalchemy import Connection, text

from domain.identifiers import BrandId

# No brand can have this id: theirs are letters, digits, "-" and "_".
ALL_BRANDS: Final = BrandId("*")

POLICY: Final = "own_brand"
_SETTING: Final = "current_setting('tillfold.brand', true)"
_RULE: Final = f"brand_id = {_SETTING} OR {_SETTING} = '{ALL_BRANDS}'"
_ENTER: Final = text("SELECT set_config('tillfold.brand', :brand, true)")
_UNGUARDED: Final = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
    " AND a.attname = 'brand_id' AND NOT a.attisdropped"
    " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
    " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = :policy))"
    " ORDER BY c.relname"
)


def enter_brand(connection: Connection, brand_id: BrandId) -> None:
    """Until the end of its transaction the connection sees the rows of this brand alone."""
    connection.execute(_ENTER, {"brand": brand_id})


def unguarded_tables(connection: Connection) -> list[str]:
    """The tables on PostgreSQL that have a brand in their rows and no wall between them."""
    return list(connection.execute(_UNGUARDED, {"policy": POLICY}).scalars())


def raise_walls(connection: Connection) -> None:
    """Guard every table that is not guarded yet. Part of each migration, so none is forgotten."""
    if connection.dialect.name != "postgresql":
        return
    for table in unguarded_tables(connection):
        for statement in (
            f'DROP POLICY IF EXISTS {POLICY} ON "{table}"',
            f'CREATE POLICY {POLICY} ON "{table}" USING ({_RULE}) WITH CHECK ({_RULE})',
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        ):
            connection.execute(text(statement))
