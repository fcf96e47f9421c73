"""Run the migrations against the database given by infra.database.migrate."""

import sqlalchemy
from alembic import context

engine = sqlalchemy.create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, version_table_schema="public", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
