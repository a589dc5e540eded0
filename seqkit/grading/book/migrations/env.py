"""Alembic runs this file: it hands over the connection that `run` was given."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["table"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
