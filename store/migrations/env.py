"""Alembic's entry: run the steps on the connection that was handed over."""

from alembic import context

from store.columns import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
