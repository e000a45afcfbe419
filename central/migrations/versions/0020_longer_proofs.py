"""Keep every paper that an act may rest on: there are more of them now."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Lengthen the column."""
    with op.batch_alter_table("acts") as changed:
        changed.alter_column(
            "proof", existing_type=sa.String(200), type_=sa.String(500), existing_nullable=False
        )
