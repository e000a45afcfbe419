"""How Alembic runs the migrations: on the connection that central.store.database hands over."""

from alembic import context

import central.audit.tables
import central.feeds.tables  # noqa: F401 its tables belong to the metadata
from central.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
