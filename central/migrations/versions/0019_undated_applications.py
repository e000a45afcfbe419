"""Find the applications whose day is not known yet without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create the index, of those alone."""
    undated = sa.text("due IS NULL")
    op.create_index(
        "ix_applications_undated", "applications", ["number"], sqlite_where=undated, postgresql_where=undated
    )
