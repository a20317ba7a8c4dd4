"""Alembic's entry for the till's database; the connection is handed in by `pos_client`."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
