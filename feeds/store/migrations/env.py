"""Alembic's entry: it runs the steps on the connection that feeds.store.schema hands it."""

from alembic import context

from feeds.store.side_tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # it can alter a table only by copying
    transaction_per_migration=False,  # the caller's transaction holds the whole climb
)
context.run_migrations()
