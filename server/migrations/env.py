"""Alembic's entry: the server opens the connection and its transaction, and passes both in."""

from alembic import context

from server.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
